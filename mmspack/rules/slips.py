"""MMS45x, MMS465: slips in the copy itself, which every phone shows as they stand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.media import slips
from mmspack.media.slips import Slip
from mmspack.media.texts import ODD
from mmspack.model import Severity
from mmspack.rules.declaring import Hit, Needs, Reads, Remains, rule
from mmspack.rules.sources import OURS
from mmspack.rules.terms import Terms
from mmspack.rules.texts import texts
from mmspack.words import count, printable

_SHOWN = 10
"""Slips of a text that a finding names; the others are counted."""
MOST_READ = 100_000
"""Characters of all texts together in which slips are looked for, and `_MOST_FOUND` slips of each: nobody
writes as much, and a search in the five million that a gateway may take would last ten seconds."""
_MOST_FOUND = 1_000
_COPY = Reads.TYPES | Reads.TEXT
_WORDS = _COPY | Reads.SUBJECT


def _in_words(
    opened: Opened, terms: Terms, find: Callable[[str], Iterable[Slip]], why: str = ""
) -> Iterator[Hit]:
    """A hit for each text with slips, and for the subject."""
    yield from _in_texts(opened, find, why)
    found = list(find(terms.subject_of(opened)))
    if found:
        yield Hit(f"the subject contains {_named(found)}{why}")


def _in_texts(opened: Opened, find: Callable[[str], Iterable[Slip]], why: str = "") -> Iterator[Hit]:
    left = MOST_READ
    for part in texts(opened):
        text = (part.text or "")[:left]
        left -= len(text)
        found = list(itertools.islice(find(text), _MOST_FOUND))
        if found:
            yield _hit(part, found[0].start, f"contains {_named(found)}{why}")


def _hit(part: FoundPart, start: int, words: str) -> Hit:
    text = part.text or ""
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return Hit(f"{part.name!r} {words}", part=part.name, line=line, column=column)


def _named(found: list[Slip]) -> str:
    named = ", ".join(repr(printable(slip.text)[:60]) for slip in found[:_SHOWN])
    more = len(found) - _SHOWN
    least = "at least " if len(found) == _MOST_FOUND else ""
    return f"{named} and {least}{more:,} more" if more > 0 else named


def _codes(text: str, form: str) -> Iterator[Slip]:
    return (Slip(found.start(), f"U+{ord(found[0]):04X}") for found in re.finditer(form, text))


def _in_codes(opened: Opened, form: str) -> Iterator[Hit]:
    """A hit for each text that has characters of that form, by their code."""
    for part in texts(opened):
        first = next(_codes(part.text or "", form), None)
        if first is not None:
            often = re.subn(form, "", part.text or "")[1]
            times = f" {count(often, 'time')}" if often > 1 else ""
            yield _hit(part, first.start, f"contains {first.text}{times}")


@rule(
    "MMS450",
    title="Placeholder that nobody filled in",
    severity=Severity.WARNING,
    source=OURS,
    reason="The place for a name or a code was written for another program, or no value was given: every "
    "recipient reads the placeholder itself.",
    fix="In the message write {{ name }}, and give the value with --set or a campaign's table; or write the "
    "words. Then build it again.",
    bad="Hello {{ name }}, [First Name]",
    good="Hello Ada",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_WORDS,
    only_if=slips.PLACE_FORMS,
    yields_to=("MMS401",),
)
def _placeholders(opened: Opened, terms: Terms) -> Iterator[Hit]:
    yield from _in_words(opened, terms, slips.placeholders)


@rule(
    "MMS451",
    title="A program's word for a missing value",
    severity=Severity.WARNING,
    source=OURS,
    reason="A table or a database had no value there, and its own word for that ended up in the message.",
    fix="Give the value, or write a text that needs none: {{ name or 'customer' }}.",
    bad="Hi NULL,",
    good="Hi there,",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_WORDS,
    only_if=slips.NOTHING_FORMS,
    only_with=slips.NOTHING_SIGNS,
    yields_to=("MMS401",),
)
def _nothing(opened: Opened, terms: Terms) -> Iterator[Hit]:
    yield from _in_words(opened, terms, slips.blanks)


@rule(
    "MMS452",
    title="Copy that is still a draft",
    severity=Severity.WARNING,
    source=OURS,
    reason="Filler text and notes to oneself are sent like any other words.",
    fix="Write the copy.",
    bad="TODO: opening hours",
    good="Open from 9 to 5",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_WORDS,
    only_if=slips.DRAFT_GATE,
    only_with=slips.DRAFT_SIGNS,
    yields_to=("MMS401",),
)
def _drafts(opened: Opened, terms: Terms) -> Iterator[Hit]:
    yield from _in_words(opened, terms, slips.drafts)


@rule(
    "MMS453",
    title="Text is the name of a file",
    severity=Severity.WARNING,
    source=OURS,
    reason="The contents of the file were meant, but recipients read its name.",
    fix='Read the text from the file: text = { file = "offer.md" } in message.toml.',
    bad="offer.md",
    good="Our offer: see offer.md",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=r"\.[A-Za-z][A-Za-z0-9]{1,4}\s*(?:\n|\Z)",
    yields_to=("MMS401",),
)
def _file_name(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        if slips.is_file_name(part.text or ""):
            yield _hit(part, 0, f"consists of {(part.text or '').strip()!r} alone")


@rule(
    "MMS454",
    title="Text is RTF",
    severity=Severity.WARNING,
    source=OURS,
    reason="Phones show the codes of Rich Text literally, with the words scattered among them.",
    fix="Save it as plain text in UTF-8.",
    bad="{\\rtf1\\ansi Hello}",
    good="Hello",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=r"\{\\rtf",
    only_with=("\\",),
    yields_to=("MMS401",),
)
def _rtf(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        if (part.text or "").lstrip().startswith("{\\rtf"):
            yield _hit(part, 0, "is in Rich Text Format")


@rule(
    "MMS455",
    title="Text is blank",
    severity=Severity.WARNING,
    source=OURS,
    reason="It contains only spaces and invisible characters: the words are missing, and phones show an "
    "empty box.",
    fix="Write the words, or leave the text out.",
    bad="three blanks",
    good="Hello",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=rf"\n(?:[^\S\n]|{slips.INVISIBLE})+(?:\n|\Z)|\n\n(?:\n|\Z)",
    yields_to=("MMS401",),
)
def _blank(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        if part.text and slips.shows_nothing(part.text):
            yield _hit(part, 0, f"shows nothing: {count(len(part.text), 'character')}, all blank")


@rule(
    "MMS456",
    title="Text with hidden characters that reverse its letters",
    severity=Severity.WARNING,
    source=OURS,
    reason="Bidirectional overrides display letters in a different order from the one they are written in, "
    "so that people read something other than what is there. Spam filters treat this as fraud.",
    fix="Remove U+202D and U+202E. Embeddings and isolates, which right-to-left copy needs, may stay.",
    bad="Pay now \\u202egpj.exe",
    good="Pay now",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _overrides(opened: Opened) -> Iterator[Hit]:
    yield from _in_codes(opened, slips.OVERRIDES)


@rule(
    "MMS457",
    title="Byte order mark in the middle of a text",
    severity=Severity.WARNING,
    source=OURS,
    reason="It was left where files were joined. Phones show nothing, a space or a box, and a link that "
    "contains it does not open.",
    fix="Remove U+FEFF. mmspack fix does this.",
    bad="Hello\\ufeffthere",
    good="Hello there",
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _marks(opened: Opened) -> Iterator[Hit]:
    yield from _in_codes(opened, "\ufeff")


@rule(
    "MMS458",
    title="Line separator that phones do not know",
    severity=Severity.WARNING,
    source=OURS,
    reason="Word processors and JavaScript write U+2028 and U+2029 for a new line. Many phones show a box, "
    "or run the lines together.",
    fix="Write an ordinary line break. mmspack fix does this.",
    bad="Line one\\u2028Line two",
    good="Line one\\nLine two",
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _separators(opened: Opened) -> Iterator[Hit]:
    yield from _in_codes(opened, "[\u2028\u2029]")


@rule(
    "MMS459",
    title="Character for private use",
    severity=Severity.WARNING,
    source=OURS,
    reason="Only the font that it was written in knows it: Apple's logo is an empty box on other phones.",
    fix="Write the word, or put the sign into the picture.",
    bad="\\uf8ff Pay",
    good="Apple Pay",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _private(opened: Opened) -> Iterator[Hit]:
    yield from _in_codes(opened, slips.PRIVATE)


@rule(
    "MMS460",
    title="Link that leads nowhere",
    severity=Severity.WARNING,
    source=OURS,
    reason="A typing error: phones do not turn it into a link, or the link does not open.",
    fix="Correct the address, and tap it once on a phone.",
    bad="htp://example.com, www.example,com",
    good="https://example.com",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=slips.ADDRESS_FORMS,
    only_with=slips.ADDRESS_SIGNS,
    yields_to=("MMS401",),
)
def _addresses(opened: Opened) -> Iterator[Hit]:
    yield from _in_texts(opened, slips.broken_addresses)


@rule(
    "MMS465",
    title="Punctuation touches a link",
    severity=Severity.WARNING,
    source=OURS,
    reason="Some phones and gateways include the full stop or comma after an address in the link, which then "
    "does not open.",
    fix="Put a space after the address, or end the line with it.",
    bad="See https://example.com/offer. Now",
    good="See https://example.com/offer now",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=_COPY,
    only_if=slips.ADDRESS_FORMS,
    only_with=slips.ADDRESS_SIGNS,
    yields_to=("MMS401", "MMS460"),
)
def _running(opened: Opened) -> Iterator[Hit]:
    yield from _in_texts(opened, slips.running_addresses)
