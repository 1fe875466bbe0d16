"""MMS532 to MMS534: what a part has lost of its source. Only a build knows it, as it saw both."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.model import NO_NOTES, BuildNotes, Severity
from mmspack.rules.declaring import Hit, Needs, Remains, rule
from mmspack.rules.sources import OURS
from mmspack.rules.terms import Terms

POOR_QUALITY = 35
"""Of 100, as SSIMULACRA2 counts at display size, where 30 is low and 50 medium."""


def _notes(part: FoundPart, terms: Terms) -> BuildNotes:
    return terms.notes.get(part.name, NO_NOTES)


@rule(
    "MMS532",
    title="Picture looks poor",
    severity=Severity.WARNING,
    source=OURS,
    reason="So few bytes were left for the picture or video that the damage is visible on a phone's screen, "
    "or its format shows no more, as the 3GP of a content class (176 × 144 pixels): 30 looks low, 50 medium, "
    "70 high. Only a build knows it, since a bundle does not have the original.",
    fix="Give it more bytes: send fewer slides, raise its weight, or choose a larger profile; where bytes "
    "are left over, a profile for smartphones. For a moving GIF, still = true sends its first frame; a video "
    "may be cut (end), muted (mute) or sent as a still (poster). With min_quality the build fails instead.",
    bad="image1.jpg with a predicted quality of 18",
    good="image1.jpg with a predicted quality of 62",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
)
def _poor(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in opened.media:
        quality = _notes(part, terms).quality
        if quality is not None and quality < POOR_QUALITY:
            words = f"{part.name!r} has a predicted quality of {quality:.0f} of 100 on a phone's screen"
            yield Hit(words, part=part.name)


@rule(
    "MMS533",
    title="Code no longer scans",
    severity=Severity.WARNING,
    source=OURS,
    reason="A QR code or barcode that scans in the author's picture no longer does in the one that is sent: "
    "its squares or bars have become too small for a phone's screen, or too blurred. Only a build knows it, "
    "since a bundle does not have the original.",
    fix="Crop the picture to the code, or have it drawn: qr or barcode in an overlay. More bytes help where "
    "the code is large enough: a higher weight, fewer slides, or a larger profile.",
    bad="image1.jpg with a QR code of 1.5 pixels a square",
    good="image1.jpg with a QR code of 4 pixels a square",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
)
def _lost_codes(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in opened.media:
        kinds = _notes(part, terms).lost_codes
        if kinds:
            yield Hit(f"{part.name!r}: its {' and '.join(kinds)} may no longer scan", part=part.name)


@rule(
    "MMS534",
    title="Part of the source is missing",
    severity=Severity.WARNING,
    source=OURS,
    reason="The file of the video or sound is damaged: some of it cannot be decoded, so that pictures are "
    "missing or wrong, the sound has a gap, or the end is lost. What can be decoded is sent. Only a build "
    "knows it, since check decodes no videos or sounds.",
    fix="Copy the file again, or export it again from its original. If the rest is good enough, start "
    "and end cut off what is damaged.",
    bad="video1.mp4 of a file whose pictures are damaged at 3.2 s",
    good="video1.mp4 of a file that can be decoded as a whole",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
)
def _damaged_source(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in opened.media:
        damage = _notes(part, terms).damage
        if damage:
            yield Hit(f"{part.name!r}: {'; '.join(damage)}", part=part.name)
