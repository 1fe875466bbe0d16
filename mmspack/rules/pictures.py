"""MMS42x: pictures, by their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.media.allowance import MESSAGE_PIXELS
from mmspack.media.formats import format_of
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, Reads, Remains, Source, rule
from mmspack.rules.sources import JPEG, OURS
from mmspack.rules.types import is_shown

HEAVY_METADATA_BYTES = 8_000
"""Metadata above this is reported: an ICC profile of sRGB and a short EXIF block stay below it."""
HEAVY_TAIL_BYTES = 64
"""Bytes after a picture's end above this are reported: some cameras align their files."""

_ORIENTED = {
    2: "mirrored",
    3: "upside down",
    4: "mirrored and upside down",
    5: "mirrored and turned onto its side",
    6: "turned onto its left side",
    7: "mirrored and turned onto its side",
    8: "turned onto its right side",
}


def pictures(opened: Opened) -> Iterator[FoundPart]:
    """The pictures whose bytes are what they are declared to be."""
    return (part for part in opened.media if is_shown(part, Kind.IMAGE))


def whole_pictures(opened: Opened) -> Iterator[FoundPart]:
    """The pictures that also decode."""
    return (part for part in pictures(opened) if not part.probe.error)


@rule(
    "MMS421",
    title="Picture cannot be read",
    severity=Severity.ERROR,
    source=JPEG,
    reason="The picture is not complete: phones show a grey box, or half a picture.",
    fix="Export or download the picture again.",
    bad="image1.jpg (the first 30 of 61 kB)",
    good="image1.jpg (whole)",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _broken(opened: Opened) -> Iterator[Hit]:
    for part in pictures(opened):
        # A format that is not analysed, or not even known, is checked by its type.
        unknown = part.data and part.probe.type is None and format_of(part.type) is None
        if part.probe.error and not unknown and not part.probe.unread:
            yield Hit(f"{part.name!r}: {part.probe.error}", part=part.name)


@rule(
    "MMS422",
    title="Progressive JPEG",
    severity=Severity.WARNING,
    source=Source("3GPP TS 26.140, still images: baseline; MediaTek refuses others", Evidence.IMPLEMENTED),
    reason="Old phones cannot decode it and show an empty box; it is at most 4 % smaller than a "
    "baseline JPEG.",
    fix="Save it as baseline. mmspack build and mmspack fix do this.",
    bad="image1.jpg: SOF2 (progressive)",
    good="image1.jpg: SOF0 (baseline)",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
    by_class=True,
)
def _progressive(opened: Opened) -> Iterator[Hit]:
    for part in whole_pictures(opened):
        if part.probe.progressive and not part.probe.arithmetic:
            yield Hit(f"{part.name!r} is progressive", part=part.name)


@rule(
    "MMS423",
    title="JPEG that phones cannot decode",
    severity=Severity.ERROR,
    source=JPEG,
    reason="Baseline JPEG has one or three components with 8 bits. A decoder limited to that "
    "shows print colours (CMYK) wrongly or not at all, and nothing with arithmetic coding.",
    fix="Save it as RGB, baseline, 8 bits. mmspack build and mmspack fix do this.",
    bad="image1.jpg: 4 components (CMYK)",
    good="image1.jpg: 3 components",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _coding(opened: Opened) -> Iterator[Hit]:
    for part in whole_pictures(opened):
        if part.probe.type == "image/jpeg":
            if part.probe.components not in (1, 3):
                yield Hit(f"{part.name!r} has {part.probe.components} colour components", part=part.name)
            elif part.probe.arithmetic:
                yield Hit(f"{part.name!r} uses arithmetic coding", part=part.name)


@rule(
    "MMS424",
    title="Picture is rotated only by metadata",
    severity=Severity.WARNING,
    source=OURS,
    reason="Readers that ignore the EXIF orientation show the picture sideways, and so do all "
    "phones if the gateway strips metadata.",
    fix="Rotate the pixels. mmspack build and mmspack fix do this.",
    bad="image1.jpg: EXIF orientation 6",
    good="image1.jpg: EXIF orientation 1, or none",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _turned(opened: Opened) -> Iterator[Hit]:
    for part in whole_pictures(opened):
        way = _ORIENTED.get(part.probe.orientation)
        if way:
            words = f"{part.name!r} is {way} (EXIF orientation {part.probe.orientation})"
            yield Hit(words, part=part.name)


@rule(
    "MMS425",
    title="Picture contains its GPS location",
    severity=Severity.WARNING,
    source=OURS,
    reason="Every recipient can read where it was taken, to within a few metres.",
    fix="Remove the metadata. mmspack build and mmspack fix do this.",
    bad="image1.jpg: GPS 51.5 N, 0.1 W",
    good="image1.jpg: no GPS",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _place(opened: Opened) -> Iterator[Hit]:
    for part in pictures(opened):
        if part.probe.has_gps:
            yield Hit(f"{part.name!r} contains a GPS position", part=part.name)


@rule(
    "MMS426",
    title="Bytes that no phone displays",
    severity=Severity.INFO,
    source=OURS,
    reason="Thumbnails, colour profiles and camera notes count towards the limit but are not "
    "displayed; the picture could use that space.",
    fix="Remove the metadata. mmspack build and mmspack fix do this.",
    bad="image1.jpg: 41,380 bytes of metadata",
    good="image1.jpg: 0 bytes of metadata",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _metadata(opened: Opened) -> Iterator[Hit]:
    for part in whole_pictures(opened):
        wasted, tail = part.probe.metadata_bytes, part.probe.trailing_bytes
        if wasted > HEAVY_METADATA_BYTES:
            yield Hit(f"{part.name!r} contains {wasted:,} bytes of metadata", part=part.name)
        elif tail > HEAVY_TAIL_BYTES:
            yield Hit(f"{part.name!r} has {tail:,} bytes after the picture's end", part=part.name)


@rule(
    "MMS427",
    title="JPEG without a JFIF header",
    severity=Severity.INFO,
    source=JPEG,
    reason="The standard requires JFIF. Camera files have EXIF instead, and phones accept them.",
    fix="Save it again with a program that writes JFIF.",
    bad="image1.jpg: SOI, APP1 (Exif)",
    good="image1.jpg: SOI, APP0 (JFIF)",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
    by_class=True,
)
def _jfif(opened: Opened) -> Iterator[Hit]:
    for part in whole_pictures(opened):
        found = part.probe
        baseline = found.components in (1, 3) and not (found.progressive or found.arithmetic)
        if found.type == "image/jpeg" and baseline and not found.jfif:
            yield Hit(f"{part.name!r} has no JFIF header", part=part.name)


@rule(
    "MMS428",
    title="JPEG without its end marker",
    severity=Severity.INFO,
    source=JPEG,
    reason="All rows are there, and nearly all phones show them. A strict decoder treats the file as "
    "truncated.",
    fix="Save it again. mmspack build and mmspack fix add the marker.",
    bad="image1.jpg: SOI ... SOS, rows",
    good="image1.jpg: SOI ... SOS, rows, EOI",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _unended(opened: Opened) -> Iterator[Hit]:
    for part in whole_pictures(opened):
        if part.probe.unended:
            yield Hit(f"{part.name!r} has all of its rows and no end marker", part=part.name)


@rule(
    "MMS429",
    title="Picture that was not decoded",
    severity=Severity.INFO,
    source=OURS,
    reason="Whether it is damaged is not known: check decodes at most "
    f"{MESSAGE_PIXELS // 1_000_000} megapixels of one message, so that none can hold it up.",
    fix="Make the picture smaller: no phone shows so many pixels. mmspack build does this.",
    bad="image1.png: 6000×4000 pixels",
    good="image1.png: 1080×720 pixels",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _undecoded(opened: Opened) -> Iterator[Hit]:
    for part in whole_pictures(opened):
        if part.probe.undecoded:
            yield Hit(f"{part.name!r} was not decoded: {part.probe.undecoded}", part=part.name)
