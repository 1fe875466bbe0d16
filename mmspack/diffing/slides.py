"""What changed in the presentation: how it is declared, the display, what slides show, where and when."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mmspack import profiles
from mmspack.bundle.opened import Opened, Shown, ShownSlide
from mmspack.diffing.difference import Difference, declared_anew
from mmspack.model import Kind
from mmspack.smil.boxes import Box, place, screen
from mmspack.smil.tree import Medium, clock_ms, reference
from mmspack.words import count

_NOUNS = {Kind.IMAGE: "picture", Kind.TEXT: "text", Kind.VIDEO: "film", Kind.AUDIO: "sound"}
_PLACED = (Kind.IMAGE, Kind.TEXT, Kind.VIDEO)
_TIMES = ("begin", "end", "dur")
_MOST_NUMBERS = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two bundles, and what its media are called in the other's words."""

    opened: Opened
    names: Mapping[str, str]
    """New names of the parts by their own."""
    unread: frozenset[str]
    """Files that cannot be read, in either bundle."""
    told: frozenset[str]
    """Parts that came or went, by their new names: that a slide gains or loses them goes without saying."""

    def name(self, shown: Shown) -> str:
        """What a medium shows."""
        if shown.part is not None:
            return self.names.get(shown.part.name, shown.part.name)
        meant = reference(shown.src)
        return meant if meant in self.unread else f"{shown.src!r} (no such part)"

    def box(self, slide: ShownSlide, shown: Shown) -> Box | None:
        """Where phones draw it."""
        presentation = self.opened.presentation
        if presentation is None:
            return None
        get = shown.node.attributes.get
        medium = Medium(shown.node.name, shown.src, get("region"), None, None, None, None)
        profile = profiles.get(profiles.DEFAULT)
        size = screen(presentation) or (profile.screen_width, profile.screen_height)
        return place(presentation, medium, size, crowded=slide.is_crowded)


@dataclass
class _Alike:
    """The slides in which one kind of medium changed in the same way, reported together."""

    slides: dict[tuple[str, Kind, str], list[int]] = field(default_factory=dict)

    def add(self, number: int, kind: str, medium: Kind, words: str) -> None:
        numbers = self.slides.setdefault((kind, medium, words), [])
        if number not in numbers:
            numbers.append(number)

    def differences(self, slides: Sequence[ShownSlide]) -> Iterator[Difference]:
        for (kind, medium, words), numbers in self.slides.items():
            having = [slide.number for slide in slides if any(slide.of(medium))]
            noun = _NOUNS.get(medium, "attachment")
            yield Difference(kind=kind, part=None, what=f"{_where(numbers, having)}: {noun} {words}")


def presentation_differences(before: Side, after: Side, *, declared: bool) -> Iterator[Difference]:
    """The differences; `declared`: both manifests could be read."""
    old, new = before.opened, after.opened
    if old.presentation is None or new.presentation is None:
        was, now = _standing(old), _standing(new)
        if was != now:
            words = f"slide layout (SMIL): was {was}, now {now}"
            yield Difference(kind="presentation", part=None, what=words)
    if old.smil and new.smil:
        words = declared_anew(old.smil, new.smil) if declared else ""
        if words:
            yield Difference(kind="presentation", part=new.smil.name, what=words)
    if old.presentation is None or new.presentation is None:
        return
    encodings = [presentation.encoding for presentation in (old.presentation, new.presentation)]
    if _codec(encodings[0]) != _codec(encodings[1]):
        words = f"written in {encodings[1]}, was {encodings[0]}"
        yield Difference(kind="presentation", part=new.smil.name if new.smil else None, what=words)
    displays = [screen(presentation) for presentation in (old.presentation, new.presentation)]
    if displays[0] != displays[1]:
        sizes = [f"{size[0]}×{size[1]}" if size else "the phone's own size" for size in displays]
        yield Difference(kind="layout", part=None, what=f"display: {sizes[0]} became {sizes[1]}")
    yield from _slide_differences(before, after)


def _slide_differences(before: Side, after: Side) -> Iterator[Difference]:
    old_slides, new_slides = before.opened.slides, after.opened.slides
    if len(old_slides) != len(new_slides):
        words = f"{count(len(old_slides), 'slide')} became {len(new_slides):,}"
        yield Difference(kind="slides", part=None, what=words)
        return
    alike = _Alike()
    for old, new in zip(old_slides, new_slides, strict=True):
        was, now = (slide.node.attributes.get("dur", "") for slide in (old, new))
        if was != now:
            words = f"slide {new.number}: {_became(was, now, 'no time')}"
            yield Difference(kind="time", part=None, what=words)
        if _compared(before, old) != _compared(after, new):
            words = f"slide {new.number}: shows {_names(after, new)}; showed {_names(before, old)}"
            yield Difference(kind="shows", part=None, what=words)
        for one, other in _media_pairs(before, old, after, new):
            kind = other.part.kind if other.part else Kind.ATTACHMENT
            words = _box_words(before.box(old, one), after.box(new, other)) if kind in _PLACED else ""
            if words:
                alike.add(new.number, "layout", kind, words)
            if one.node.name != other.node.name:
                words = f"in <{other.node.name}>, was in <{one.node.name}>"
                alike.add(new.number, "element", kind, words)
            words = _time_words(one, other)
            if words:
                alike.add(new.number, "time", kind, words)
    yield from alike.differences(new_slides)


def _standing(opened: Opened) -> str:
    """Whether there is a presentation, and what keeps it from being read."""
    if opened.smil is None:
        return "none"
    if opened.presentation is not None:
        return count(len(opened.slides), "slide")
    fault = opened.smil_fault
    if fault is None:
        return f"cannot be read (<{opened.smil_root.name if opened.smil_root else ''}>, not <smil>)"
    line = f" in line {fault.line}" if fault.line else ""
    return f"cannot be read ({fault.message}{line})"


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def _compared(side: Side, slide: ShownSlide) -> list[str]:
    """What the slide shows, kind by kind: a phone does not mind whether picture or text stands first."""
    names = [side.name(shown) for kind in Kind for shown in slide.of(kind)]
    return [name for name in names if name not in side.told]


def _names(side: Side, slide: ShownSlide) -> str:
    return ", ".join(side.name(shown) for shown in slide.media) or "nothing"


def _media_pairs(
    before: Side, old: ShownSlide, after: Side, new: ShownSlide
) -> Iterator[tuple[Shown, Shown]]:
    """The media of two slides that show the same part."""
    left: dict[str, deque[Shown]] = {}
    for shown in old.media:
        left.setdefault(before.name(shown), deque()).append(shown)
    for shown in new.media:
        if alike := left.get(after.name(shown)):
            yield alike.popleft(), shown


def _box_words(was: Box | None, now: Box | None) -> str:
    if was is None or now is None:
        return ""
    places = [f"{box.width}×{box.height} at {box.left},{box.top}" for box in (was, now)]
    words = [f"in {places[1]}, was in {places[0]}"] if places[0] != places[1] else []
    if was.fit != now.fit:
        words.append(f"fit {now.fit}, was {was.fit}")
    return "; ".join(words)


def _time_words(one: Shown, other: Shown) -> str:
    words = []
    for name in _TIMES:
        was, now = (shown.node.attributes.get(name, "") for shown in (one, other))
        if _moment(name, was) != _moment(name, now):
            words.append(f"{name} {_became(was, now, 'none')}")
    return ", ".join(words)


def _became(was: str, now: str, nothing: str) -> str:
    """Two clock values in seconds; as they are written where they mean the same or cannot be read."""
    read = [clock_ms(value) for value in (was, now)]
    said = [value if ms is None else f"{ms / 1000:g} s" for value, ms in zip((was, now), read, strict=True)]
    one, other = said if said[0] != said[1] else (was, now)
    return f"{one or nothing} became {other or nothing}"


def _moment(name: str, value: str) -> int | str:
    if name == "begin" and not value:
        return 0
    read = clock_ms(value)
    return value if read is None else read


def _where(numbers: Sequence[int], having: Sequence[int]) -> str:
    if len(numbers) == len(having) > 1:
        return "every slide"
    more = len(numbers) - _MOST_NUMBERS
    told = ", ".join(str(number) for number in numbers[:_MOST_NUMBERS])
    return f"slide{'s' if len(numbers) > 1 else ''} {told}" + (f" and {more:,} more" if more > 0 else "")
