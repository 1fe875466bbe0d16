"""MMS44x: text, vCards and calendar entries."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.facts.types import other_charset
from mmspack.files import not_utf8
from mmspack.media.formats import format_of
from mmspack.media.mojibake import MOJIBAKE_FORMS, mojibake
from mmspack.media.texts import ODD, converted_twice, is_wide
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Hit, Needs, Reads, Remains, rule
from mmspack.rules.sources import CLASSES, IPHONE, OURS, PARTS
from mmspack.rules.terms import Terms
from mmspack.words import count

BOM = b"\xef\xbb\xbf"
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")


def _card_word(part: FoundPart) -> str | None:
    """What a card's BEGIN line says, whatever name its type goes by; None for all else."""
    row = format_of(part.type)
    return row.card if row is not None and row.is_card else None


def _is_vcard(part: FoundPart) -> bool:
    return _card_word(part) == "VCARD"


def texts(opened: Opened) -> Iterator[FoundPart]:
    """The parts that are declared as text, or look like it."""
    return (part for part in opened.media if part.data and part.kind is Kind.TEXT)


@rule(
    "MMS441",
    title="Text is not UTF-8",
    severity=Severity.ERROR,
    source=PARTS,
    reason="The gateway may not deliver it. If it does, old Android shows a replacement character "
    "for each accented letter.",
    fix="Save it as UTF-8. mmspack fix converts it if the text itself reveals its charset: "
    "UTF-16, or Windows-1252 in which every letter occurs where Western European languages "
    "have it.",
    bad="Caf\\xe9",
    good="Caf\\xc3\\xa9",
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _utf8(opened: Opened) -> Iterator[Hit]:
    for part in opened.media:
        if not part.data or not (part.kind is Kind.TEXT or _card_word(part)):
            continue
        if other_charset(part):
            continue  # the manifest says so, and is reported
        marked = next((charset for mark, charset in _MARKS if part.data.startswith(mark)), None)
        if marked or is_wide(part.data):
            words = f"is {marked}" if marked else "is UTF-16 without a byte order mark"
            yield Hit(f"{part.name!r} {words}", part=part.name, line=1, column=1)
            continue
        try:
            part.data.decode("utf-8")
        except UnicodeDecodeError as error:
            words, line, column = not_utf8(error)
            yield Hit(f"{part.name!r} {words}", part=part.name, line=line, column=column)


@rule(
    "MMS442",
    title="Text starts with a byte order mark",
    severity=Severity.WARNING,
    source=PARTS,
    reason="Phones that do not know the mark show it as '\xef\xbb\xbf' or as a space before the first word.",
    fix="Save it as UTF-8 without a BOM.",
    bad="\\xef\\xbb\\xbfHello",
    good="Hello",
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _bom(opened: Opened) -> Iterator[Hit]:
    for part in opened.media:
        if part.data.startswith(BOM) and (part.kind is Kind.TEXT or _card_word(part)):
            yield Hit(f"{part.name!r} starts with a byte order mark", part=part.name, line=1)


@rule(
    "MMS443",
    title="Control character in a text",
    severity=Severity.WARNING,
    source=OURS,
    reason="Phones may show a box for it, or cut the text off there.",
    fix="Remove it: it usually comes from a word processor or a database.",
    bad="Hello\\x0bworld",
    good="Hello\\nworld",
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _controls(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        text = part.text
        match = _CONTROLS.search(text) if text else None
        if text and match and not converted_twice(text):
            line = text.count("\n", 0, match.start()) + 1
            words = f"{part.name!r} contains the control character U+{ord(match[0]):04X}"
            yield Hit(words, part=part.name, line=line)


@rule(
    "MMS444",
    title="Text that lost its letters",
    severity=Severity.WARNING,
    source=OURS,
    reason="The text was converted wrongly earlier: each lost letter is now a replacement "
    "character, and all phones show it.",
    fix="Take the text from its source and save it as UTF-8.",
    bad="Caf\ufffd",
    good="Caf\u00e9",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _lost(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        text = part.text or ""
        if "\ufffd" in text:
            line = text.count("\n", 0, text.index("\ufffd")) + 1
            words = (
                f"{part.name!r} contains {count(text.count(chr(0xFFFD)), 'replacement character')} (U+FFFD)"
            )
            yield Hit(words, part=part.name, line=line)


@rule(
    "MMS445",
    title="Text converted twice",
    severity=Severity.WARNING,
    source=OURS,
    reason="UTF-8 was mistaken for another charset (Latin-1, a Windows, Mac or DOS code page, GBK) and "
    "converted again: phones show two odd characters for each accented letter, and three for each letter of "
    "Asian scripts.",
    fix="Take the text from its source and save it as UTF-8 once.",
    bad="Caf\u00c3\u00a9",
    good="Caf\u00e9",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
    only_if=MOJIBAKE_FORMS,
    yields_to=("MMS401",),
)
def _twice(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        text = part.text or ""
        found = mojibake(text)
        if found:
            line = text.count("\n", 0, found.start) + 1
            yield Hit(f"{part.name!r} contains {found.text[:20]!r}", part=part.name, line=line)


@rule(
    "MMS446",
    title="Card or calendar entry is incomplete",
    severity=Severity.WARNING,
    source=OURS,
    reason="A reader that finds no END line may not offer to save it.",
    fix="Export it again.",
    bad="BEGIN:VCARD\nVERSION:2.1\nFN:Shop",
    good="BEGIN:VCARD\nVERSION:2.1\nFN:Shop\nEND:VCARD",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    yields_to=("MMS401",),
)
def _card(opened: Opened) -> Iterator[Hit]:
    for part in opened.media:
        word = _card_word(part)
        if word and part.data:
            lines = [line.strip().upper() for line in part.data.decode("utf-8", "replace").splitlines()]
            if f"END:{word}" not in lines:
                yield Hit(f"{part.name!r} has no line END:{word}", part=part.name)


@rule(
    "MMS447",
    title="vCard or calendar entry in a newer version",
    severity=Severity.INFO,
    source=CLASSES,
    reason="The content classes have vCard 2.1 and vCalendar 1.0. Smartphones read newer "
    "versions; old phones may not. vCard 3.0 and iCalendar 2.0, which current programs "
    "write, are only reported against a content class.",
    fix="Export it as vCard 2.1 or vCalendar 1.0 if old phones matter.",
    bad="BEGIN:VCARD\nVERSION:4.0",
    good="BEGIN:VCARD\nVERSION:2.1",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    yields_to=("MMS401",),
    by_class=True,
)
def _version(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in opened.media:
        if _card_word(part):
            match = re.search(rb"(?im)^VERSION:\s*([\d.]+)", part.data)
            wanted = b"2.1" if _is_vcard(part) else b"1.0"
            todays = b"3.0" if _is_vcard(part) else b"2.0"
            let_pass = (wanted,) if terms.profile.content_class else (wanted, todays)
            if match and match[1] not in let_pass:
                yield Hit(f"{part.name!r} has version {match[1].decode()}", part=part.name)


@rule(
    "MMS448",
    title="vCard whose name does not end in .vcf",
    severity=Severity.WARNING,
    source=IPHONE,
    reason="iPhones identify a card by the extension of its Content-Id, which is the part's name: "
    "with any other extension it cannot be opened.",
    fix="Name it contact.vcf.",
    bad="shop.txt=text/x-vCard",
    good="shop.vcf=text/x-vCard",
    needs=Needs.CONTENT,
    yields_to=("MMS401",),
)
def _vcf(opened: Opened) -> Iterator[Hit]:
    for part in opened.media:
        if _is_vcard(part) and part.suffix != ".vcf":
            yield Hit(f"{part.name!r} is a vCard", part=part.name)
