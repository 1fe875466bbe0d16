"""MMS438, MMS439 and MMS471: how a film is coded, by the boxes of its container."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Hit, Needs, rule
from mmspack.rules.sources import MEDIA_TYPES, OURS, PLAYBACK
from mmspack.rules.types import is_shown


def _films(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in opened.media if is_shown(part, Kind.VIDEO) and not part.probe.error)


@rule(
    "MMS438",
    title="Video at a level that few phones play",
    severity=Severity.WARNING,
    source=PLAYBACK,
    reason="The level says how large and how fast the pictures are. Phones whose decoder stops below it show "
    "nothing, or play the sound alone.",
    fix="Export it at level 3 or 4: ffmpeg -level 3.",
    bad="video1.mp4: avc1 at level 5.1",
    good="video1.mp4: avc1 at level 3",
    needs=Needs.CONTENT,
)
def _level(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        for track in part.probe.tracks:
            if track.is_demanding:
                yield Hit(f"{part.name!r} is H.264 at level {track.level / 10:g}", part=part.name)


@rule(
    "MMS439",
    title="Video whose index comes last",
    severity=Severity.INFO,
    source=OURS,
    reason="A player that reads while it downloads shows nothing until the last byte has arrived.",
    fix="Move the index to the front: ffmpeg -c copy -movflags +faststart.",
    bad="video1.mp4: mdat, moov",
    good="video1.mp4: moov, mdat",
    needs=Needs.CONTENT,
)
def _index(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        if part.probe.index_last:
            yield Hit(f"{part.name!r} has its index behind the samples", part=part.name)


@rule(
    "MMS471",
    title="Video is rotated only by metadata",
    severity=Severity.WARNING,
    source=MEDIA_TYPES,
    reason="The pictures are stored on their side, and the container asks players to turn them. Old phones "
    "and carriers that convert videos do not, and people see them sideways.",
    fix="Turn the pictures themselves: ffmpeg does so whenever it re-encodes.",
    bad="video1.mp4: turned by 90 degrees",
    good="video1.mp4: upright",
    needs=Needs.CONTENT,
)
def _turned(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        turn = next((track.rotation for track in part.probe.tracks if track.is_film), 0)
        if turn:
            yield Hit(f"{part.name!r} is to be turned by {turn} degrees", part=part.name)
