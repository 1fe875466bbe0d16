"""MMS46x: the parts' names, which are their Content-Ids."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Form, Opened
from mmspack.facts.names import defects_of, ends_wrongly, stem
from mmspack.facts.pairing import strays
from mmspack.media.formats import by_ending, canonical
from mmspack.model import SMIL_TYPE, Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, Reads, Source, rule
from mmspack.rules.sources import CONTENT_ID, FIELD_SIZES, TIZEN

LONGEST_NAME = 40
ADVISED_NAME = 20
LONGEST_ID = 100
"""Characters of a Content-ID beyond which Tizen's reader does not find the part."""


def _meant(opened: Opened) -> list[FoundPart]:
    """The parts that are listed: what is not sent needs no better name."""
    unlisted = strays(opened)
    return [part for part in opened.parts if part.name not in unlisted]


@rule(
    "MMS461",
    title="Name's extension does not match its type",
    severity=Severity.WARNING,
    source=Source("Phones go by the ending where they doubt the type", Evidence.IMPLEMENTED),
    reason="Phones that save or open the part by its name pass it to the wrong program, or to none.",
    fix="Use the extension of the type: .jpg, .gif, .txt, .smil.",
    bad="image1.gif=image/jpeg",
    good="image1.jpg=image/jpeg",
    needs=Needs.CONTENT,
    reads=Reads.TYPES,
    yields_to=("MMS401", "MMS405", "MMS410"),
)
def _ending(opened: Opened) -> Iterator[Hit]:
    for part in _meant(opened):
        type_ = SMIL_TYPE if part.is_smil else canonical(part.type)
        as_other = part.is_smil and part.declared not in (None, SMIL_TYPE)
        # What Windows takes off the end of a name hides the extension: that is reported as such.
        told = as_other or part.name.endswith((".", " "))
        if told or not part.data or not ends_wrongly(part.name, type_):
            continue
        by_name = by_ending(part.suffix)
        words = f"is {type_}, not {by_name.key}" if by_name else f"({type_}) has no extension"
        yield Hit(f"{part.name!r} {words}", part=part.name)


@rule(
    "MMS462",
    title="Names that are identical up to their first dot",
    severity=Severity.ERROR,
    source=TIZEN,
    reason="Tizen falls back to the name up to its first dot, ignoring case: with slide1.txt "
    "before slide1.jpg, the text appeared in place of the picture.",
    fix="Give each part a distinct name with one dot: image1.jpg, text1.txt.",
    bad="slide1.jpg, Slide1.de.txt",
    good="image1.jpg, text1.txt",
    needs=Needs.CONTENT,
)
def _stems(opened: Opened) -> Iterator[Hit]:
    first: dict[str, str] = {}
    told: set[str] = set()
    for part in _meant(opened):
        if part is opened.smil:
            continue  # readers that go by stems have taken the presentation out of the list by then
        own = stem(part.name)
        other = first.setdefault(own, part.name)
        # In a zip, names that differ in case alone are reported as such.
        clash = opened.form is Form.ZIP and other.casefold() == part.name.casefold()
        if other != part.name and own not in told and not clash:
            told.add(own)
            yield Hit(f"{part.name!r} and {other!r} are identical up to the first dot", part=part.name)


@rule(
    "MMS463",
    title="Name is longer than 40 characters",
    severity=Severity.WARNING,
    source=FIELD_SIZES,
    reason="The conformance document requires phones to support 40 characters; a longer name may "
    "be cut off, and the slide no longer finds its part.",
    fix="Use short names: image1.jpg.",
    bad="summer-sale-2026-beach-towels-final-v3-approved.jpg",
    good="image1.jpg",
    needs=Needs.CONTENT,
    yields_to=("MMS466",),
)
def _long(opened: Opened) -> Iterator[Hit]:
    told = defects_of(opened, "name-long")
    for part in _meant(opened):
        if len(part.name) > LONGEST_NAME and part.name not in told:
            yield Hit(f"{part.name!r} has {len(part.name)} characters", part=part.name)


@rule(
    "MMS466",
    title="Name that Tizen does not find",
    severity=Severity.ERROR,
    source=TIZEN,
    reason="Tizen does not find a part whose name, which is its Content-ID, has more than 100 characters or "
    "contains %25: the slide stays without it.",
    fix="Use short names of letters and digits: image1.jpg.",
    bad="50%25-off.jpg",
    good="50-off.jpg",
    needs=Needs.CONTENT,
)
def _unfindable(opened: Opened) -> Iterator[Hit]:
    told = defects_of(opened, "name-long")
    for part in _meant(opened):
        if part is opened.smil or part.name in told:
            continue
        if len(part.name) > LONGEST_ID:
            yield Hit(f"{part.name!r} has {len(part.name)} characters", part=part.name)
        elif "%25" in part.name:
            yield Hit(f"{part.name!r} contains '%25'", part=part.name)


@rule(
    "MMS464",
    title="Name is longer than recommended",
    severity=Severity.INFO,
    source=CONTENT_ID,
    reason="The operator's successor recommends Content-Ids of letters and digits with fewer than "
    "20 characters.",
    fix="Use short names: image1.jpg.",
    bad="summer-sale-beach-towels.jpg",
    good="image1.jpg",
    needs=Needs.CONTENT,
)
def _longish(opened: Opened) -> Iterator[Hit]:
    for part in _meant(opened):
        if ADVISED_NAME <= len(part.name) <= LONGEST_NAME:
            yield Hit(f"{part.name!r} has {len(part.name)} characters", part=part.name)
