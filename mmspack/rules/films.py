"""MMS438, MMS439 and MMS471: how a film is coded, by the boxes of its container."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Hit, Needs, rule
from mmspack.rules.sources import MEDIA_TYPES, OURS, PLAYBACK
from mmspack.rules.types import is_shown

_STORED = {90: "on its left side", 180: "upside down", 270: "on its right side"}
"""How the pictures lie that a player turns clockwise by so many degrees."""


def _films(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in opened.media if is_shown(part, Kind.VIDEO) and not part.probe.error)


@rule(
    "MMS438",
    title="Video at a level that not every phone plays",
    severity=Severity.WARNING,
    source=PLAYBACK,
    reason="The level says what size and frame rate a decoder must keep up with. Phones whose decoder stops "
    "at a lower level show nothing, or play only the sound.",
    fix="Export it smaller: 720 lines and 30 frames a second are level 3.1 "
    "(ffmpeg -vf scale=-2:720 -r 30 -level 3.1).",
    bad="video1.mp4: avc1 at level 5.1",
    good="video1.mp4: avc1 at level 3",
    needs=Needs.CONTENT,
)
def _level(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        for track in part.probe.tracks:
            if track.is_demanding:
                yield Hit(
                    f"{part.name!r} is H.264 at level {track.level / 10:g}, above level 4", part=part.name
                )


@rule(
    "MMS439",
    title="Video whose index comes last",
    severity=Severity.INFO,
    source=OURS,
    reason="A player that starts before the download has ended needs the index first: without it, nothing is "
    "shown until the last byte has arrived.",
    fix="Move the index to the front: ffmpeg -c copy -movflags +faststart.",
    bad="video1.mp4: mdat, moov",
    good="video1.mp4: moov, mdat",
    needs=Needs.CONTENT,
)
def _index(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        if part.probe.index_last:
            yield Hit(f"{part.name!r} has its index after the pictures and the sound", part=part.name)


@rule(
    "MMS471",
    title="Video is rotated only by metadata",
    severity=Severity.WARNING,
    source=MEDIA_TYPES,
    reason="The pictures are stored sideways or upside down, and the file tells players to rotate them. Old "
    "phones, and carriers that convert videos, ignore that: people see the pictures as they are stored.",
    fix="Rotate the pictures themselves: ffmpeg does so whenever it re-encodes.",
    bad="video1.mp4: stored on its left side",
    good="video1.mp4: stored upright",
    needs=Needs.CONTENT,
)
def _turned(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        stored = next((_STORED.get(track.rotation) for track in part.probe.tracks if track.is_film), None)
        if stored:
            words = f"{part.name!r} is stored {stored}; phones that ignore its rotation show it that way"
            yield Hit(words, part=part.name)
