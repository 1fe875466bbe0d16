"""Which slide of a new version was which slide of the old one, and what is different about it."""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from mmspack.errors import MmspackError
from mmspack.media.pictures import decode, read_picture
from mmspack.previewing.view import Look, PartView, SlideView, View

MAX_SLIDES = 40
"""Slides that are compared; a message has about ten."""
_SIDE = 16
_SHARED_WORDS = 0.5
"""Share of the longer text's words from which two texts are versions of one."""


@dataclass(frozen=True, slots=True)
class SlidePair:
    """A slide before and after. None where it is new or gone."""

    before: SlideView | None
    after: SlideView | None
    moved: bool = False
    """True where its place among the slides that both versions have is another one."""
    changed: tuple[str, ...] = ()
    """What is different, in words: `picture`, `text`, `time`, `layout` ..."""

    @property
    def is_same(self) -> bool:
        """True where nobody can see a difference."""
        return self.before is not None and self.after is not None and not self.moved and not self.changed

    @property
    def old_mark(self) -> str:
        """For the old slide: `gone`, `moved to 3; changed: text`, `same`."""
        return self._mark(f"moved to {self.after.number}") if self.after else "gone"

    @property
    def new_mark(self) -> str:
        """For the new slide: `new`, `moved from 1; changed: text`, `same`."""
        return self._mark(f"moved from {self.before.number}") if self.before else "new"

    def _mark(self, moved: str) -> str:
        words = [moved] if self.moved else []
        if self.changed:
            words.append(f"changed: {', '.join(self.changed)}")
        return "; ".join(words) or "same"


def rows_of(old: View, new: View) -> tuple[SlidePair, ...]:
    """The slides of both in the new order; one that is gone comes where it was."""
    before, after = old.slides[:MAX_SLIDES], new.slides[:MAX_SLIDES]
    found = _matches([_Shown(old, slide) for slide in before], [_Shown(new, slide) for slide in after])
    stayed = _longest_rise([found[at] for at in sorted(found)])
    rows = [
        SlidePair(
            before[found[at]],
            slide,
            found[at] not in stayed,
            tuple(changes(old, new, before[found[at]], slide)),
        )
        if at in found
        else SlidePair(None, slide)
        for at, slide in enumerate(after)
    ]
    kept = set(found.values())
    for at, slide in enumerate(before):
        if at not in kept:
            rows.insert(_place(rows, slide), SlidePair(slide, None))
    return tuple(rows)


def _place(rows: Sequence[SlidePair], slide: SlideView) -> int:
    """Where a slide that is gone is shown: after the last unmoved one that came before it."""
    return max(
        (
            at + 1
            for at, row in enumerate(rows)
            if row.before and not row.moved and row.before.number < slide.number
        ),
        default=0,
    )


class _Shown:
    """What a slide shows, whatever its files are called; pictures are looked at only where bytes differ."""

    def __init__(self, view: View, slide: SlideView) -> None:
        parts = [view.parts[placed.part] if placed.part is not None else None for placed in slide.media]
        self.contents: tuple[Hashable, ...] = tuple(
            (part.look, part.data) if part else placed.src
            for placed, part in zip(slide.media, parts, strict=True)
        )
        self.words = text_of(view, slide).split()
        self._pictures = [part for part in parts if part and part.look is Look.PICTURE]

    @functools.cached_property
    def looks(self) -> tuple[bytes, ...]:
        return tuple(look for part in self._pictures if (look := _look_of(part)))

    def likeness(self, other: _Shown) -> float:
        """From 0 to 3: media that are the same, pictures that look the same, words that are the same."""
        score = min(1.0, len(set(self.contents) & set(other.contents)))
        if any(_alike(one, two) for one in self.looks for two in other.looks):
            score += 1
        if self.words and other.words:
            mine, others = Counter(self.words), Counter(other.words)
            share = (mine & others).total() / max(mine.total(), others.total())
            score += share if share >= _SHARED_WORDS else 0
        return score


def _look_of(part: PartView) -> bytes:
    """The picture in 256 greys, 16 by 16: enough to know it again after it was re-encoded."""
    try:
        return decode(read_picture(part.data), (_SIDE, _SIDE), background="white").convert("L").tobytes()
    except MmspackError:
        return b""


def _alike(one: bytes, two: bytes, most: float = 12) -> bool:
    """Whether two pictures differ by at most `most` greys of 255 on average."""
    return sum(abs(a - b) for a, b in zip(one, two, strict=True)) <= most * len(one)


def _matches(before: Sequence[_Shown], after: Sequence[_Shown]) -> dict[int, int]:
    """The old slide's index by the new one's: the same content, then the most alike, then the same gap."""
    found: dict[int, int] = {}
    waiting: dict[tuple[Hashable, ...], deque[int]] = defaultdict(deque)
    for at, shown in enumerate(before):
        waiting[shown.contents].append(at)
    for at, shown in enumerate(after):
        if waiting[shown.contents]:
            found[at] = waiting[shown.contents].popleft()
    taken = set(found.values())
    alike = sorted(
        (-score, abs(was - at), at, was)
        for at, shown in enumerate(after)
        if at not in found
        for was, other in enumerate(before)
        if was not in taken and (score := shown.likeness(other))
    )
    for _, _, at, was in alike:
        if at not in found and was not in taken:
            found[at] = was
            taken.add(was)
    found.update(_replaced(found, len(before), len(after)))
    return found


def _replaced(found: dict[int, int], before: int, after: int) -> Iterator[tuple[int, int]]:
    """Slides in the same gap between two that both versions have: rewritten, not gone and new."""
    stayed = _longest_rise([found[at] for at in sorted(found)])
    anchors = [(-1, -1), *((at, was) for at, was in sorted(found.items()) if was in stayed), (after, before)]
    taken = set(found.values())
    for (at, was), (next_at, next_was) in itertools.pairwise(anchors):
        new = [index for index in range(at + 1, next_at) if index not in found]
        old = [index for index in range(was + 1, next_was) if index not in taken]
        if len(new) == len(old):
            yield from zip(new, old, strict=True)


def _longest_rise(values: Sequence[int]) -> frozenset[int]:
    """The longest run of values that rise, not side by side: what kept its order. All are different."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for value in values:
        at = bisect_left(tails, value)
        before[value] = tails[at - 1] if at else None
        tails[at : at + 1] = [value]
    kept, value_or_none = set(), tails[-1] if tails else None
    while value_or_none is not None:
        kept.add(value_or_none)
        value_or_none = before[value_or_none]
    return frozenset(kept)


def changes(old: View, new: View, before: SlideView, after: SlideView) -> list[str]:
    """What differs between two slides, in words: `picture`, `text`, `time` ..."""
    words = []
    was, now = _looks(old, before), _looks(new, after)
    for look in dict.fromkeys((*was, *now)):
        if was.get(look) != now.get(look):
            words.append(look if look != Look.PICTURE else _picture_words(old, before, new, after))
    if before.duration_ms != after.duration_ms:
        words.append("time")
    boxes = [[(m.left, m.top, m.width, m.height, m.fit) for m in slide.media] for slide in (before, after)]
    if boxes[0] != boxes[1] and not set(was) ^ set(now):
        words.append("layout")
    return words


def _picture_words(old: View, before: SlideView, new: View, after: SlideView) -> str:
    """`picture re-encoded` where the eye sees hardly any difference: every fit writes new bytes."""
    one, two = _Shown(old, before).looks, _Shown(new, after).looks
    if one and len(one) == len(two) and all(_alike(a, b, 3) for a, b in zip(one, two, strict=True)):
        sizes = [_sizes(old, before), _sizes(new, after)]
        return "picture re-encoded" + (f", {sizes[0]} → {sizes[1]}" if sizes[0] != sizes[1] else "")
    return "picture"


def _sizes(view: View, slide: SlideView) -> str:
    """The pixels of a slide's pictures: `1600×1200`."""
    facts = [view.parts[placed.part].facts for placed in slide.media if placed.part is not None]
    return ", ".join(f"{one.width}×{one.height}" for one in facts if one is not None and one.width)


def _looks(view: View, slide: SlideView) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for placed in slide.media:
        part: PartView | None = view.parts[placed.part] if placed.part is not None else None
        found.setdefault(part.look.value if part else "missing part", []).append(part.data if part else b"")
    return found


def text_of(view: View, slide: SlideView) -> str:
    """All that a person reads on the slide."""
    shown = (view.parts[placed.part] for placed in slide.media if placed.part is not None)
    return "\n".join(part.text for part in shown if part.look is Look.TEXT)
