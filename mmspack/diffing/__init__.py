"""`diff()`: what changed between two bundles, part by part; pictures by how different they look."""

from __future__ import annotations

import difflib
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from mmspack.bundle import dialects
from mmspack.bundle.dialects import Dialect
from mmspack.bundle.found import FoundPart, is_smil_suffix
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.opened import Opened, Source
from mmspack.diffing.difference import Difference, declared_anew
from mmspack.diffing.slides import Side, presentation_differences
from mmspack.inspecting.opening import open_readable, unreadable
from mmspack.inspecting.readers import PhoneReading, readings
from mmspack.media.appearance import MOST_PIXELS, difference
from mmspack.media.formats import CHECKED, named
from mmspack.model import Kind
from mmspack.rules.reporting import MOST_ALIKE, alike
from mmspack.words import count, printable

__all__ = ["Difference", "diff", "document", "lines"]

_LOOKS = (
    (0.004, "looks the same"),
    (0.02, "looks almost the same"),
    (0.08, "looks different"),
    (1.0, "is a different picture"),
)
_TEXT_SHOWN = 60
_SAME_TEXT = 0.4

_Key = Callable[[FoundPart], Hashable]
"""What two parts share that are one; None matches nothing."""


def diff(
    old: Source | Opened,
    new: Source | Opened,
    *,
    dialect: Dialect | str = dialects.SENDMMS,
) -> tuple[Difference, ...]:
    """What changed from `old` to `new`; empty when a phone shows them alike.

    Parts are matched by name, by equal bytes, by their place in the slides, by their rank. Raises
    `InputError` for a file that cannot be read, and `BundleError` where no part in it can be.
    """
    spoken = dialects.get(dialect) if isinstance(dialect, str) else dialect
    before, after = (open_readable(source, spoken) for source in (old, new))
    return tuple(_differences(before, after))


def document(differences: tuple[Difference, ...]) -> dict[str, Any]:
    """The differences as JSON-ready data."""
    return {"equal": not differences, "differences": [asdict(one) for one in differences]}


def lines(differences: tuple[Difference, ...]) -> list[str]:
    """One line a difference, of many of one kind the first ones."""
    if not differences:
        return ["No difference that a phone would show."]
    told: Counter[str] = Counter()
    words = []
    for one in differences:
        told[one.kind] += 1
        if told[one.kind] <= MOST_ALIKE:
            words.append(printable(f"{one.part}: {one.what}" if one.part else one.what))
    more = sum(max(0, number - MOST_ALIKE) for number in told.values())
    return [*words, alike(more)] if more else words


def _differences(before: Opened, after: Opened) -> Iterator[Difference]:
    found = list(_by_parts_and_slides(before, after))
    yield from found
    # What is left: a presentation of which a reader makes something else, for its structure or its media.
    if all(one.kind in ("changed", "subject", "fallback", "layout", "element") for one in found):
        yield from _readers(before, after)


def _by_parts_and_slides(before: Opened, after: Opened) -> Iterator[Difference]:
    unread = unreadable(before), unreadable(after)
    yield from _unreadable(*unread)
    declared = not any(MANIFEST in names for names in unread)
    if before.noted_subject != after.noted_subject and declared:
        words = f"subject: {before.noted_subject!r} became {after.noted_subject!r}"
        yield Difference(kind="subject", part=None, what=words)
    if before.noted_fallback != after.noted_fallback and declared:
        words = f"fallback text: {before.noted_fallback!r} became {after.noted_fallback!r}"
        yield Difference(kind="fallback", part=None, what=words)
    left = [part for part in before.media if part.name not in unread[1]]
    right = [part for part in after.media if part.name not in unread[0]]
    pairs = _pairs(before, after, left, right)
    for old, new in pairs:
        yield from _part_differences(old, new, declared=declared)
    paired = {part for pair in pairs for part in pair}
    gone = [part for part in left if part not in paired]
    come = [part for part in right if part not in paired]
    for part in gone:
        yield Difference(kind="removed", part=part.name, what=f"removed ({_bytes(part)})")
    for part in come:
        yield Difference(kind="added", part=part.name, what=f"added ({_bytes(part)})")
    if declared:
        yield from _order(pairs, before, after)
    if not _presentation_unread(before, unread[0]) and not _presentation_unread(after, unread[1]):
        told = frozenset(part.name for part in (*gone, *come))
        doubtful = frozenset((*unread[0], *unread[1]))
        names = {old.name: new.name for old, new in pairs}
        sides = Side(before, names, doubtful, told), Side(after, {}, doubtful, told)
        yield from presentation_differences(*sides, declared=declared)


def _bytes(part: FoundPart) -> str:
    return count(len(part.data), "byte")


def _unreadable(before: dict[str, str], after: dict[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        which = "either bundle" if name in before and name in after else "the old bundle"
        which = which if name in before else "the new bundle"
        reasons = "; ".join(dict.fromkeys(names[name] for names in (before, after) if name in names))
        yield Difference(kind="unreadable", part=name, what=f"cannot be read in {which}: {reasons}")


def _presentation_unread(opened: Opened, unread: dict[str, str]) -> bool:
    """Whether the file that cannot be read is the presentation."""
    lines = {entry.name: entry.essence for entry in opened.manifest.entries} if opened.manifest else {}
    return opened.smil is None and any(
        is_smil_suffix(PurePosixPath(name).suffix) or "smil" in lines.get(name, "") for name in unread
    )


def _readers(before: Opened, after: Opened) -> Iterator[Difference]:
    for old, new in zip(readings(before), readings(after), strict=True):
        was, now = _told(old), _told(new)
        if was != now:
            yield Difference(kind="reader", part=None, what=f"{new.reader}: {now}; before: {was}")


def _told(reading: PhoneReading) -> str:
    return ", ".join([reading.shows, *(f"loses {lost}" for lost in reading.loses)])


def _pairs(
    before: Opened, after: Opened, olds: Sequence[FoundPart], news: Sequence[FoundPart]
) -> list[tuple[FoundPart, FoundPart]]:
    """Old and new parts that are one: of one name, of equal bytes, in one place, or of one rank."""
    left, right = list(olds), list(news)
    pairs = []
    places = _places(before), _places(after)
    ranks = _ranks(before), _ranks(after)
    keys: tuple[tuple[_Key, _Key], ...] = (
        (lambda part: part.name, lambda part: part.name),
        (lambda part: (part.data, part.kind), lambda part: (part.data, part.kind)),
        (places[0].get, places[1].get),
        (ranks[0].get, ranks[1].get),
    )
    for old_key, new_key in keys:
        waiting: dict[Hashable, deque[FoundPart]] = {}
        for part in right:
            waiting.setdefault(new_key(part), deque()).append(part)
        taken: set[FoundPart] = set()
        for old in left:
            key = old_key(old)
            if key is not None and waiting.get(key):
                pairs.append((old, waiting[key].popleft()))
                taken.update(pairs[-1])
        left, right = ([part for part in parts if part not in taken] for parts in (left, right))
    order = {part: at for at, part in enumerate(after.media)}
    return sorted(pairs, key=lambda pair: order[pair[1]])


def _places(opened: Opened) -> dict[FoundPart, tuple[int, Kind]]:
    """The first slide that shows each part."""
    found: dict[FoundPart, tuple[int, Kind]] = {}
    for slide in opened.slides:
        for shown in slide.media:
            if shown.part is not None:
                found.setdefault(shown.part, (slide.number, shown.part.kind))
    return found


def _ranks(opened: Opened) -> dict[FoundPart, tuple[Kind, int, int]]:
    """Which part of its kind each is, and of how many: the last hint at what it was before."""
    counts = Counter(part.kind for part in opened.media)
    seen: Counter[Kind] = Counter()
    found = {}
    for part in opened.media:
        found[part] = (part.kind, seen[part.kind], counts[part.kind])
        seen[part.kind] += 1
    return found


def _part_differences(old: FoundPart, new: FoundPart, *, declared: bool) -> Iterator[Difference]:
    if old.name != new.name:
        yield Difference(kind="renamed", part=new.name, what=f"renamed from {old.name!r}")
    if declared and declared_anew(old, new):
        yield Difference(kind="changed", part=new.name, what=declared_anew(old, new))
    if old.data == new.data:
        return
    sizes = f"{len(old.data):,} → {len(new.data):,} bytes"
    if new.kind is Kind.IMAGE and old.kind is Kind.IMAGE:
        yield _picture_difference(old, new, sizes)
    elif new.kind is Kind.TEXT and old.text is not None and new.text is not None:
        if old.text == new.text:
            yield Difference(kind="changed", part=new.name, what="a byte order mark was added or removed")
        else:
            yield Difference(kind="changed", part=new.name, what=_text_words(old.text, new.text))
    else:
        yield Difference(kind="changed", part=new.name, what=f"changed, {sizes}")


def _picture_difference(old: FoundPart, new: FoundPart, sizes: str) -> Difference:
    look = difference(old.data, new.data)
    shapes = [
        f"{part.probe.facts.width}×{part.probe.facts.height}"
        for part in (old, new)
        if part.probe.facts and part.probe.facts.width
    ]
    shape = f", {shapes[0]} → {shapes[1]}" if len(set(shapes)) > 1 else ""
    turned = [part.probe.orientation != 1 for part in (old, new)]
    if turned[0] != turned[1]:
        shape += ", rotated in its pixels" if turned[0] else ", rotated by metadata only"
    if look is None:
        words = f"cannot be compared ({_not_seen(old, new)})"
    else:
        words = f"{next(words for most, words in _LOOKS if look <= most)} (pixels differ by {look:.1%})"
    return Difference(kind="changed", part=new.name, what=f"{words}{shape}, {sizes}", look=look)


def _not_seen(old: FoundPart, new: FoundPart) -> str:
    """Why two pictures cannot be compared."""
    reasons = {which: _not_looked_at(part) for which, part in (("before", old), ("after", new))}
    if reasons["before"] == reasons["after"]:
        return reasons["after"] or "one of them cannot be decoded"
    return ", ".join(f"{which}: {why}" for which, why in reasons.items() if why)


def _not_looked_at(part: FoundPart) -> str:
    facts, type_ = part.probe.facts, part.probe.type or ""
    if part.probe.error:
        return part.probe.error
    if type_ not in CHECKED:
        return f"{named(type_, 'an unknown format')} is not compared"
    pixels = (facts.width or 0) * (facts.height or 0) if facts else 0
    return f"{pixels:,} pixels, more than {MOST_PIXELS:,}" if pixels > MOST_PIXELS else ""


def _text_words(old: str, new: str) -> str:
    """The words that differ first; where hardly any is kept, both texts."""
    before, after = old.split(), new.split()
    matcher = difflib.SequenceMatcher(None, before[:2000], after[:2000], autojunk=False)
    if matcher.ratio() < _SAME_TEXT:
        return f"{_short(old)!r} became {_short(new)!r}"
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if not changes:
        return "only whitespace changed" if before == after else "changed near its end"
    _, begin, stop, other_begin, other_stop = changes[0]
    was, now = _short(" ".join(before[begin:stop])), _short(" ".join(after[other_begin:other_stop]))
    words = f"{was!r} became {now!r}" if was and now else (f"{now!r} added" if now else f"{was!r} removed")
    return words + (f", and {count(len(changes) - 1, 'more change')}" if len(changes) > 1 else "")


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_SHOWN else text[: _TEXT_SHOWN - 1] + "…"


def _order(pairs: list[tuple[FoundPart, FoundPart]], before: Opened, after: Opened) -> Iterator[Difference]:
    names = {old.name: new.name for old, new in pairs}
    was = [names[part.name] for part in before.media if part.name in names]
    now = [part.name for part in after.media if part.name in names.values()]
    if was != now:
        first = next(b for a, b in zip(was, now, strict=True) if a != b)
        words = f"the order changed: {', '.join(was)} became {', '.join(now)}"
        yield Difference(kind="order", part=first, what=words)
