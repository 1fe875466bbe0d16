"""Which file each line of the manifest means, even if it misspells it: one defect is reported once."""

from __future__ import annotations

import itertools
import re
import unicodedata

from mmspack.bundle.found import is_type
from mmspack.bundle.manifest import NAME, Entry
from mmspack.bundle.opened import Opened
from mmspack.bundle.zip_reader import MAX_ENTRIES
from mmspack.facts.spelling import Spellings, folded
from mmspack.media.texts import is_wide
from mmspack.smil.tree import reference
from mmspack.words import nearest

_QUOTES = "\"'<> "
_CHANGED = ("name-backslash", "name-dot", "name-root", "name-form")
"""Defects of a zip by which the file has another name here than in the zip, or in some readers."""
_MOST_COMPARED = 40
"""Lines and files up to which misspelled names are sought: it takes the square of their number."""


def lines(opened: Opened) -> tuple[Entry, ...]:
    """The lines of a manifest that can be read."""
    return opened.manifest.entries if opened.manifest and not broken_encoding(opened) else ()


def missing(opened: Opened) -> list[Entry]:
    """The lines that MMS203 reports: what they name does not exist, and no other rule says why."""
    there = {folded(name) for name in opened.names}
    unclear = unclear_lines(opened)
    changed = changed_names(opened)
    return [
        entry
        for entry in lines(opened)
        if entry.name not in opened.names and plausible(entry) and entry.line not in unclear
        # A manifest in UTF-8 is reported as such.
        if folded(as_utf8(entry.name)) not in there or folded(entry.name) in there
        # What the zip calls by this name, and readers do not, is reported as that.
        if entry.name not in changed and unicodedata.normalize("NFC", entry.name) not in changed
    ]


def changed_names(opened: Opened) -> set[str]:
    """The names in the zip that a rule reports because readers change them; those in NFD as in NFC."""
    defects = opened.archive.defects if opened.archive else ()
    found = {one.entry: one.kind for one in defects if one.entry and one.kind in _CHANGED}
    composed = {unicodedata.normalize("NFC", name) for name, kind in found.items() if kind == "name-form"}
    return composed | {name for name, kind in found.items() if kind != "name-form"}


def strays(opened: Opened) -> frozenset[str]:
    """The files that no line of the manifest means: MMS204 reports them, and their names do not matter."""
    if not lines(opened) or escape_lines(opened):
        return frozenset()
    unlisted = {part.name for part in opened.parts if part.entry is None}
    return frozenset(unlisted.difference(pairs(opened).values()))


def pairs(opened: Opened) -> dict[int, str]:
    """For lines that name no file, by number, the unlisted file that each means: the line is reported."""
    free = {part.name for part in opened.parts if part.entry is None}
    if not free:
        return {}
    named = opened.names
    wrong = (entry for entry in lines(opened) if entry.name not in named or not plausible(entry))
    odd = [*itertools.islice(wrong, 2 * MAX_ENTRIES)]
    by_name = {folded(name): name for name in sorted(free)}
    spellings = Spellings(free)
    answers = {}
    for entry in odd:
        meant = meanings(entry)
        whole = next((by_name[one] for one in meant if one in by_name), None)
        found = whole or next(filter(None, map(spellings.meant, meant)), None)
        if found is None and len(odd) + len(free) <= _MOST_COMPARED:
            found = _misspelled(entry.name, free)
        if found:
            answers[entry.line] = found
    return answers


def _misspelled(name: str, free: set[str]) -> str | None:
    """The file that differs in a letter or two, and in no digit: image2.jpg is not image1.jpg."""
    alike = [one for one in sorted(free) if re.sub(r"\D", "", one) == re.sub(r"\D", "", name)]
    return nearest(name, alike, cutoff=0.8)


def plausible(entry: Entry) -> bool:
    """False for a line whose type is invalid: another rule reports the broken line."""
    return is_type(entry.type)


def meanings(entry: Entry) -> tuple[str, ...]:
    """The names that a line may mean, folded: without quotes or brackets, from UTF-8, of a broken line."""
    bare = reference(entry.name).strip(_QUOTES + "\0")
    names = [entry.name, bare, as_utf8(entry.name), bare.rpartition("/")[2]]
    if not plausible(entry):
        whole = f"{entry.name} {entry.type}".partition("=")[0].strip()
        names += [whole, re.split("[,;|\t]", entry.name)[0].strip(_QUOTES), entry.type.strip(_QUOTES)]
        names.append(entry.type.partition("=")[0].strip(_QUOTES))
    return tuple(folded(name) for name in names)


def as_utf8(name: str) -> str:
    """What a name is when its bytes are read as UTF-8; the name itself where they are not."""
    try:
        return name.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return name


def escape_lines(opened: Opened) -> set[int | None]:
    """Lines whose name cannot be determined because of a broken escape."""
    defects = opened.manifest.defects if opened.manifest else ()
    return {defect.line for defect in defects if defect.kind == "escape"}


def unclear_lines(opened: Opened) -> set[int | None]:
    """Lines that another rule reports: with a broken escape, or a NUL."""
    nul = {entry.line for entry in lines(opened) if "\0" in entry.name + entry.type}
    return escape_lines(opened) | nul


def broken_encoding(opened: Opened) -> bool:
    """True for a manifest in UTF-16, of which no line can be read; without a mark it shows by its NULs."""
    kinds = {defect.kind for defect in opened.manifest.defects} if opened.manifest else set()
    if "nul" not in kinds:
        return "utf-16" in kinds
    return is_wide(opened.file(NAME) or b"")
