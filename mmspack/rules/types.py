"""MMS40x: what the parts are, by the manifest and by their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.manifest import NAME
from mmspack.bundle.opened import Opened
from mmspack.facts.types import (
    DRM,
    disagrees,
    holds_no_medium,
    is_like_declared,
    moves_unseen,
    other_charset,
    parameter_fault,
    sent_as,
)
from mmspack.media.formats import CARDS, canonical, format_of, named, spelled
from mmspack.media.texts import BEYOND_ASCII, read_text
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, Reads, Remains, Source, rule
from mmspack.rules.sources import CLASSES, EDITORS, JAVA, MEDIA_TYPES, PARTS
from mmspack.rules.terms import Terms

_ALWAYS_SENT = ("text/plain", "application/smil")


def _at(part: FoundPart, message: str) -> Hit:
    """A hit at the part's line in the manifest, or at the part where it has none."""
    if part.entry is None:
        return Hit(message, part=part.name)
    return Hit(message, part=NAME, line=part.entry.line, about=part.name)


_NO_MEDIUM = (
    "Put the file itself there, and build the bundle again: these bytes are a text in its place, such as an "
    "error page or a git-lfs pointer (git lfs pull)."
)


@rule(
    "MMS401",
    title="Part is not of the declared type",
    severity=Severity.ERROR,
    source=MEDIA_TYPES,
    reason="Phones choose the decoder by the declared type: a WebP declared as JPEG may stay a grey box.",
    fix="Declare the actual type, or convert the file. Renaming a file does not change its content.",
    bad="beach.jpg=image/jpeg (the bytes are a WebP)",
    good="beach.webp=image/webp",
    needs=Needs.CONTENT,
    reads=Reads.TYPES,
)
def _mismatch(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        if disagrees(part) and not is_like_declared(part):
            yield _disagreement(opened, part)._replace(fix=_NO_MEDIUM if holds_no_medium(part) else "")


def _disagreement(opened: Opened, part: FoundPart) -> Hit:
    found = part.probe.type
    what = named(found) if found else "of an unknown type"
    entries = opened.manifest.entries if opened.manifest else ()
    lines = sum(entry.name == part.name for entry in entries)
    words = f" in the last of {lines} lines" if lines > 1 else ""
    return _at(part, f"{part.name!r} is declared as {part.declared}{words}, its bytes are {what}")


@rule(
    "MMS410",
    title="JPEG, PNG or GIF declared as another of them",
    severity=Severity.WARNING,
    source=EDITORS,
    reason="The readers that were tried recognise these three by their bytes and show them. A gateway that "
    "converts pictures may go by the declared type, and so may a program that saves them.",
    fix="Declare the actual type, and use its extension.",
    bad="beach.jpg=image/jpeg (the bytes are a PNG)",
    good="beach.png=image/png",
    needs=Needs.CONTENT,
    reads=Reads.TYPES,
)
def _like(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        if disagrees(part) and is_like_declared(part):
            yield _disagreement(opened, part)


@rule(
    "MMS402",
    title="Type with a name that phones do not know",
    severity=Severity.WARNING,
    source=CLASSES,
    reason="Readers that compare types literally do not know image/jpg: the part may become an "
    "attachment without a preview. The content classes call a card text/x-vCard, although "
    "text/vcard is registered.",
    fix="Write the type given in the finding.",
    bad="image1.jpg=image/jpg",
    good="image1.jpg=image/jpeg",
    needs=Needs.MANIFEST,
    yields_to=("MMS401", "MMS410"),
)
def _alias(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        if part.declared is None or part.entry is None or part.is_smil:
            continue
        meant = spelled(canonical(part.declared))
        if part.entry.spelling not in (meant, meant.lower()):
            yield _at(part, f"{part.name!r} is declared as {part.entry.spelling}: write {meant}")


@rule(
    "MMS403",
    title="Text declared in a charset other than UTF-8",
    severity=Severity.ERROR,
    source=PARTS,
    reason="The gateway requires UTF-8 text and may not deliver anything else. A phone that "
    "trusts the declaration shows each accented letter of a UTF-8 text as two odd "
    "characters.",
    fix="Save the text as UTF-8, and declare it as text/plain, or text/plain; charset=utf-8.",
    bad="text1.txt=text/plain; charset=iso-8859-1",
    good="text1.txt=text/plain",
    needs=Needs.MANIFEST,
    reads=Reads.TEXT,
    only_if=BEYOND_ASCII,
)
def _charset(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        charset = other_charset(part)
        if charset:
            found = read_text(part.data, charset)
            utf8 = found is not None and found.charset == "UTF-8" and not part.data.isascii()
            words = ", its bytes are UTF-8" if utf8 else ", but its bytes are not" if found is None else ""
            yield _at(part, f"{part.name!r} is declared in {charset}{words}")


@rule(
    "MMS409",
    title="Charset or parameter that readers do not know",
    severity=Severity.WARNING,
    source=Source("IANA, Character Sets; RFC 2045, 5.1: a parameter is name=value", Evidence.CLAUSE),
    reason="A reader that does not know the name shows the text in its own charset, or not at all; one that "
    "is strict about the syntax treats the type as unknown.",
    fix="Declare text/plain; charset=utf-8, or text/plain alone. mmspack fix does this.",
    bad="text1.txt=text/plain; charset=utf8",
    good="text1.txt=text/plain; charset=utf-8",
    needs=Needs.MANIFEST,
    only_if=BEYOND_ASCII,  # it reads no text itself, but MMS403 does
    yields_to=("MMS403",),
)
def _parameters(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        fault = parameter_fault(part)
        if fault:
            yield _at(part, f"the type of {part.name!r} {fault}")


@rule(
    "MMS404",
    title="Space after the type",
    severity=Severity.WARNING,
    source=JAVA,
    reason="Java keeps spaces at the end of a value: 'image/jpeg ' then does not equal 'image/jpeg'.",
    fix="Remove the spaces at the end of the line.",
    bad="image1.jpg=image/jpeg\u2423",
    good="image1.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)
def _blank(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        if part.entry and part.declared and part.entry.type != part.entry.type.rstrip():
            yield _at(part, f"{part.name!r}: the line ends in a space")


@rule(
    "MMS405",
    title="Type that the profile does not allow",
    severity=Severity.WARNING,
    source=CLASSES,
    reason="A phone or carrier that does not support the type may drop the part, or show an "
    "attachment without a preview. Of an animation that is not a GIF, phones show the first frame at most.",
    fix="Convert it: JPEG or GIF for pictures, AMR or MP3 for sound, 3GP or MP4 for video. "
    "mmspack build and mmspack fix do this; sounds and videos need the extra 'video'.",
    bad="image1.webp=image/webp",
    good="image1.jpg=image/jpeg",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
    yields_to=("MMS401",),
    by_class=True,
)
def _outside(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in opened.media:
        if is_outside(terms, part):
            type_ = canonical(part.type)
            row, moves = format_of(type_), moves_unseen(part)
            what = f"an animated {named(part.probe.type or type_)}" if moves else named(type_)
            words = f"{part.name!r} is {what}; {terms.profile.name} does not allow it"
            cure = _sentence(row.cure) if row and row.cure else ""
            yield Hit(words, part=part.name, fix=_still_cure(terms) if moves else cure)


def _still_cure(terms: Terms) -> str:
    if "image/gif" not in terms.profile.image_types:
        return "Save it as a still picture."
    return "Save it as an animated GIF, which mmspack build and mmspack fix do, or as a still picture."


def _sentence(cure: str) -> str:
    return f"{cure[:1].upper()}{cure[1:]}."


def is_outside(terms: Terms, part: FoundPart) -> bool:
    """True for a part of a type that the profile does not take, as far as the type is true."""
    type_ = sent_as(part)
    if not type_ or part.is_smil or type_.startswith(DRM):
        return False
    profile = terms.profile
    allowed = (*profile.image_types, *profile.audio_types, *profile.video_types, *_ALWAYS_SENT)
    cards = () if profile.content_class == "text" else CARDS
    return type_ not in {one.lower() for one in (*allowed, *cards)}


@rule(
    "MMS406",
    title="Empty part",
    severity=Severity.ERROR,
    source=MEDIA_TYPES,
    reason="A picture, sound or slide layout of 0 bytes is shown as broken or not at all; usually an export "
    "failed. An empty text is shown as what it is, and not reported.",
    fix="Add the file again, or remove it together with its line and its reference.",
    bad="image1.jpg (0 bytes)",
    good="image1.jpg (61,244 bytes)",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    reads=Reads.TYPES,
)
def _empty(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        if not part.data and part.type != "text/plain":
            yield Hit(f"{part.name!r} has 0 bytes", part=part.name)


@rule(
    "MMS407",
    title="Protected content",
    severity=Severity.WARNING,
    source=Source(
        "OMA MMS conformance, 7: DRM from Image Rich up; implementers disagree", Evidence.IMPLEMENTED
    ),
    reason="Some phones refuse to send or forward protected parts, others do not open them.",
    fix="Send the plain file.",
    bad="ring.dm=application/vnd.oma.drm.message",
    good="ring.mid=audio/midi",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    by_class=True,
)
def _drm(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        if (part.declared or "").startswith(DRM):
            yield Hit(f"{part.name!r} is {part.declared}", part=part.name)


@rule(
    "MMS408",
    title="Part of an unknown type",
    severity=Severity.WARNING,
    source=PARTS,
    reason="Without a type, phones do not know how to show it.",
    fix="Declare its type, or remove it.",
    bad="data.bin=application/octet-stream",
    good="image1.jpg=image/jpeg",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    reads=Reads.TYPES,
)
def _unknown(opened: Opened) -> Iterator[Hit]:
    for part in opened.media:
        if part.data and not part.type and part.entry is None and opened.manifest is None:
            yield Hit(f"{part.name!r} cannot be identified by its bytes or its name", part=part.name)


def is_shown(part: FoundPart, kind: Kind) -> bool:
    """True for a part of that kind whose bytes are what they are declared to be."""
    return part.kind is kind and bool(part.data) and not disagrees(part)
