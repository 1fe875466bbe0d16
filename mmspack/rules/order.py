"""MMS215 and up: the manifest against the presentation, and both against the gateway's dialect."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import is_smil_suffix
from mmspack.bundle.manifest import NAME
from mmspack.bundle.opened import Form, Opened
from mmspack.facts.pairing import strays
from mmspack.model import SMIL_TYPE, Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, rule
from mmspack.rules.sources import DIALECT, NEW_ANDROID, conf
from mmspack.rules.terms import Terms


@rule(
    "MMS215",
    title="Slide layout (SMIL) is not the first part",
    severity=Severity.WARNING,
    source=conf("10.2.3, and RFC 2387 3.2: without a start the root is the first part", Evidence.CLAUSE),
    reason="The gateway builds the message in the manifest's order; readers that find no start "
    "parameter treat the first part as the slide layout.",
    fix="Move the line of the SMIL file to the top of the manifest.",
    bad="image1.jpg=image/jpeg\nmessage.smil=application/smil",
    good="message.smil=application/smil\nimage1.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)
def _smil_not_first(opened: Opened) -> Iterator[Hit]:
    listed = [part for part in opened.parts if part.entry]
    smil = opened.smil
    if smil is not None and smil.entry and listed and listed[0] is not smil:
        yield Hit(
            f"{listed[0].name!r} comes before {smil.name!r}", part=NAME, line=smil.entry.line, about=smil.name
        )


@rule(
    "MMS216",
    title="Order differs from the slides",
    severity=Severity.WARNING,
    source=NEW_ANDROID,
    reason="iPhones and newer Androids ignore the slide layout and show the parts as they are "
    "stored: slides change places, and captions are separated from their pictures.",
    fix="List the parts in the order in which the slides show them; if the gateway uses no "
    "manifest, store them in that order in the zip.",
    bad="SMIL: image1, text1, image2, text2; manifest: image1, image2, text1, text2",
    good="SMIL and manifest: image1, text1, image2, text2",
    needs=Needs.SLIDES,
)
def _order(opened: Opened) -> Iterator[Hit]:
    stored = [part.name for part in opened.media if part.name in opened.referenced]
    shown = [medium.part.name for slide in opened.slides for medium in slide.media if medium.part]
    wanted = [name for name in dict.fromkeys(shown) if name in stored]
    if _by_slide(opened, wanted) != _by_slide(opened, stored):
        first = next(pair for pair in zip(wanted, stored, strict=True) if pair[0] != pair[1])
        line = next((part.entry.line for part in opened.media if part.name == first[1] and part.entry), None)
        place = NAME if opened.manifest else None
        yield Hit(f"{first[1]!r} is stored where the slides have {first[0]!r}", part=place, line=line)


def _by_slide(opened: Opened, names: list[str]) -> list[int]:
    """The slide of each name: within one slide any order is right."""
    slide_of: dict[str, int] = {}
    for slide in opened.slides:
        for medium in slide.media:
            if medium.part:
                slide_of.setdefault(medium.part.name, slide.number)
    return [slide_of[name] for name in names]


@rule(
    "MMS217",
    title="More than one SMIL file",
    severity=Severity.WARNING,
    source=conf("10.2.1; old Android takes the first", Evidence.IMPLEMENTED),
    reason="Readers use the first and show the others as text or as a useless attachment.",
    fix="Keep one SMIL file.",
    bad="message.smil=application/smil\nold.smil=application/smil",
    good="message.smil=application/smil",
    needs=Needs.CONTENT,
)
def _second_smil(opened: Opened) -> Iterator[Hit]:
    unlisted = strays(opened)
    for part in [part for part in opened.parts if part.is_smil and part.name not in unlisted][1:]:
        yield Hit(f"{part.name!r} is a second SMIL file", part=part.name)


@rule(
    "MMS218",
    title="SMIL file has a name that the gateway does not recognise",
    severity=Severity.ERROR,
    source=DIALECT,
    reason="A gateway without a manifest finds the slide layout only by its name, or by its ending; under "
    "any other name it is an ordinary file.",
    fix="Rename it as the dialect requires.",
    bad="message.smil",
    good="mms.smil",
    needs=Needs.CONTENT,
)
def _smil_name(opened: Opened, terms: Terms) -> Iterator[Hit]:
    wanted = terms.dialect.smil_name
    smil = opened.smil
    if smil is None or opened.form is Form.SMIL:
        return
    if wanted and smil.name != wanted:
        yield Hit(f"{smil.name!r}: {terms.dialect.name} requires {wanted!r}", part=smil.name)
    elif not wanted and not terms.dialect.manifest and not is_smil_suffix(smil.suffix):
        yield Hit(
            f"{smil.name!r} does not end in .smil, and there is no manifest to give its type", part=smil.name
        )


@rule(
    "MMS219",
    title="Manifest for a gateway that does not use one",
    severity=Severity.INFO,
    source=DIALECT,
    reason="Gateways without a manifest treat every file as a part: the phone may show the manifest as text.",
    fix="Omit the manifest for this dialect.",
    bad="mms.smil, image1.jpg, manifest",
    good="mms.smil, image1.jpg",
    needs=Needs.CONTENT,
)
def _needless(opened: Opened, terms: Terms) -> Iterator[Hit]:
    if not terms.dialect.manifest and NAME in opened.names and opened.form is not Form.FOLDER:
        yield Hit(f"{terms.dialect.name} does not use a manifest", part=NAME)


@rule(
    "MMS220",
    title="Slide layout is not declared as SMIL",
    severity=Severity.ERROR,
    source=conf("10.2.1; old Android compares the type letter by letter", Evidence.IMPLEMENTED),
    reason="Readers look for exactly application/smil. With any other type, the slides are lost "
    "and the file may be shown as text.",
    fix="Declare it as application/smil.",
    bad="message.smil=text/xml",
    good="message.smil=application/smil",
    needs=Needs.MANIFEST,
)
def _smil_type(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        if part.is_smil and part.entry and part.declared and part.entry.spelling != SMIL_TYPE:
            yield Hit(
                f"{part.name!r} is declared as {part.entry.spelling}",
                part=NAME,
                line=part.entry.line,
                about=part.name,
            )
