"""`diff()`: what changed between two bundles, part by part; pictures by how different they look."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from mmspack import profiles
from mmspack.media.looking import difference
from mmspack.model import Bundle, Kind
from mmspack.packing import dialects
from mmspack.packing.dialects import Dialect
from mmspack.reporting import printable
from mmspack.unpacking import FoundPart, Unpacked, unpack

VERSION = 1
_LOOKS = (
    (0.004, "looks the same"),
    (0.02, "looks almost the same"),
    (0.08, "looks different"),
    (1.0, "is another picture"),
)
_TEXT_SHOWN = 60
_SAME_TEXT = 0.4

_Matcher = Callable[[FoundPart, FoundPart], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that changed."""

    kind: str
    """`added`, `removed`, `renamed`, `changed`, `order`, `time`, `subject` or `slides`."""
    part: str | None
    what: str
    look: float | None = None
    """For a picture: mean difference of the pixels, 0 (none) to 1."""


def diff(
    old: Bundle | str | os.PathLike[str] | bytes,
    new: Bundle | str | os.PathLike[str] | bytes,
    *,
    dialect: Dialect | str = dialects.SENDMMS,
) -> tuple[Difference, ...]:
    """What changed from `old` to `new`; empty when a phone shows them alike.

    Parts are matched by name, by equal bytes, by their place in the slides, by their rank. Raises
    `InputError` for a file that cannot be read.
    """
    spoken = dialects.get(dialect) if isinstance(dialect, str) else dialect
    profile = profiles.get(profiles.DEFAULT)
    before, after = (unpack(source, profile, dialect=spoken) for source in (old, new))
    return tuple(_differences(before, after))


def document(differences: tuple[Difference, ...]) -> dict[str, Any]:
    """The differences as JSON-ready data with a `version`."""
    return {"version": VERSION, "equal": not differences, "differences": [asdict(one) for one in differences]}


def lines(differences: tuple[Difference, ...]) -> list[str]:
    """One line a difference."""
    if not differences:
        return ["No difference that a phone would show."]
    return [printable(f"{one.part}: {one.what}" if one.part else one.what) for one in differences]


def _differences(before: Unpacked, after: Unpacked) -> Iterator[Difference]:
    if before.subject != after.subject:
        words = f"subject: {before.subject!r} became {after.subject!r}"
        yield Difference(kind="subject", part=None, what=words)
    pairs = _pairs(before, after)
    for old, new in pairs:
        yield from _part_differences(old, new)
    gone = [part for part in before.media if part not in [old for old, _ in pairs]]
    come = [part for part in after.media if part not in [new for _, new in pairs]]
    for part in gone:
        yield Difference(kind="removed", part=part.name, what=f"removed ({len(part.data):,} bytes)")
    for part in come:
        yield Difference(kind="added", part=part.name, what=f"added ({len(part.data):,} bytes)")
    yield from _order(pairs, before, after)
    yield from _slides(before, after)


def _pairs(before: Unpacked, after: Unpacked) -> list[tuple[FoundPart, FoundPart]]:
    """Old and new parts that are one: of one name, of equal bytes, in one place, or of one rank."""
    left, right = list(before.media), list(after.media)
    pairs = []
    matchers: tuple[_Matcher, ...] = (
        lambda a, b: a.name == b.name,
        lambda a, b: a.data == b.data and a.kind is b.kind,
        lambda a, b: _place(before, a) is not None and _place(before, a) == _place(after, b),
        lambda a, b: _rank(before, a) == _rank(after, b),
    )
    for same in matchers:
        for old in list(left):
            new = next((part for part in right if same(old, part)), None)
            if new is not None:
                pairs.append((old, new))
                left.remove(old)
                right.remove(new)
    order = {id(part): at for at, part in enumerate(after.media)}
    return sorted(pairs, key=lambda pair: order[id(pair[1])])


def _place(unpacked: Unpacked, part: FoundPart) -> tuple[int, Kind] | None:
    return next(
        (
            (slide.number, part.kind)
            for slide in unpacked.slides
            for shown in slide.media
            if shown.part is part
        ),
        None,
    )


def _rank(unpacked: Unpacked, part: FoundPart) -> tuple[Kind, int, int]:
    """The how manieth of its kind it is, and of how many: the last hint at what it was before."""
    alike = [other for other in unpacked.media if other.kind is part.kind]
    return part.kind, alike.index(part), len(alike)


def _part_differences(old: FoundPart, new: FoundPart) -> Iterator[Difference]:
    if old.name != new.name:
        yield Difference(kind="renamed", part=new.name, what=f"renamed from {old.name!r}")
    was, now = (_declaration(part) for part in (old, new))
    if was.lower() != now.lower():
        yield Difference(kind="changed", part=new.name, what=f"declared as {now}, was {was}")
    if old.data == new.data:
        return
    sizes = f"{len(old.data):,} → {len(new.data):,} bytes"
    if new.kind is Kind.IMAGE and old.kind is Kind.IMAGE:
        yield _picture_difference(old, new, sizes)
    elif new.kind is Kind.TEXT and old.text is not None and new.text is not None:
        if old.text == new.text:
            yield Difference(kind="changed", part=new.name, what="a byte order mark came or went")
        else:
            yield Difference(kind="changed", part=new.name, what=_text_words(old.text, new.text))
    else:
        yield Difference(kind="changed", part=new.name, what=f"changed, {sizes}")


def _declaration(part: FoundPart) -> str:
    """The type with its parameters, as the manifest has them; without a line there, what it is."""
    written = part.entry.type if part.entry and part.declared else part.type
    return "; ".join(piece.strip() for piece in written.split(";")) or "no type"


def _picture_difference(old: FoundPart, new: FoundPart, sizes: str) -> Difference:
    look = difference(old.data, new.data)
    shapes = [
        f"{part.probe.facts.width}x{part.probe.facts.height}" if part.probe.facts else "?"
        for part in (old, new)
    ]
    shape = f", {shapes[0]} → {shapes[1]}" if shapes[0] != shapes[1] else ""
    turned = [part.probe.orientation != 1 for part in (old, new)]
    if turned[0] != turned[1]:
        shape += ", turned in its pixels" if turned[0] else ", turned by its metadata alone"
    words = (
        next(words for most, words in _LOOKS if look <= most) if look is not None else "cannot be compared"
    )
    share = f" ({look:.1%})" if look is not None else ""
    return Difference(kind="changed", part=new.name, what=f"{words}{share}{shape}, {sizes}", look=look)


def _text_words(old: str, new: str) -> str:
    """The words that differ first; where hardly any is kept, both texts."""
    before, after = old.split(), new.split()
    matcher = difflib.SequenceMatcher(None, before[:2000], after[:2000], autojunk=False)
    if matcher.ratio() < _SAME_TEXT:
        return f"{_short(old)!r} became {_short(new)!r}"
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if not changes:
        return "only blanks and line ends changed" if before == after else "changed towards its end"
    _, begin, stop, other_begin, other_stop = changes[0]
    was, now = _short(" ".join(before[begin:stop])), _short(" ".join(after[other_begin:other_stop]))
    words = f"{was!r} became {now!r}" if was and now else (f"{now!r} added" if now else f"{was!r} removed")
    return words + (f", and {len(changes) - 1} more changes" if len(changes) > 1 else "")


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_SHOWN else text[: _TEXT_SHOWN - 1] + "…"


def _order(
    pairs: list[tuple[FoundPart, FoundPart]], before: Unpacked, after: Unpacked
) -> Iterator[Difference]:
    names = {old.name: new.name for old, new in pairs}
    was = [names[part.name] for part in before.media if part.name in names]
    now = [part.name for part in after.media if part.name in names.values()]
    if was != now:
        first = next(b for a, b in zip(was, now, strict=True) if a != b)
        words = f"the order changed: {', '.join(was)} became {', '.join(now)}"
        yield Difference(kind="order", part=first, what=words)


def _slides(before: Unpacked, after: Unpacked) -> Iterator[Difference]:
    if len(before.slides) != len(after.slides):
        words = f"{len(before.slides)} slides became {len(after.slides)}"
        yield Difference(kind="slides", part=None, what=words)
        return
    for old, new in zip(before.slides, after.slides, strict=True):
        was, now = (slide.node.attributes.get("dur", "") for slide in (old, new))
        if was != now:
            yield Difference(
                kind="time",
                part=None,
                what=f"slide {new.number}: {was or 'no time'} became {now or 'no time'}",
            )
