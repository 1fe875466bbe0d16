"""MMS43x: sounds and films, by their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.opened import FoundPart, Opened
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Hit, Needs, rule
from mmspack.rules.sources import CLASSES, MEDIA_TYPES, OURS, SPEECH, SYNTHETIC_AUDIO
from mmspack.rules.terms import Terms
from mmspack.rules.types import is_outside, is_shown

_QCIF = {(176, 144), (128, 96)}
_CORE_CODECS = {"s263", "samr"}
_VIDEO_CODECS = {"s263", "avc1", "avc3", "mp4v", "hvc1", "hev1", "vp09", "av01"}


def _sounds(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in opened.media if is_shown(part, Kind.AUDIO))


def _films(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in opened.media if is_shown(part, Kind.VIDEO) and not part.probe.error)


@rule(
    "MMS431",
    title="Sound or video cannot be read",
    severity=Severity.ERROR,
    source=MEDIA_TYPES,
    reason="It stops early, or does not play at all.",
    fix="Export it again.",
    bad="audio1.amr (the last frame is incomplete)",
    good="audio1.amr (whole)",
    needs=Needs.CONTENT,
)
def _broken(opened: Opened) -> Iterator[Hit]:
    for part in opened.media:
        played = is_shown(part, Kind.AUDIO) or is_shown(part, Kind.VIDEO)
        if played and part.probe.error and part.probe.type is not None:
            yield Hit(f"{part.name!r}: {part.probe.error}", part=part.name)


@rule(
    "MMS432",
    title="AMR with several channels",
    severity=Severity.ERROR,
    source=SPEECH,
    reason="Phones play AMR narrow-band with one channel; the multichannel file format is not allowed.",
    fix="Export it in mono: ffmpeg -ac 1 -ar 8000.",
    bad="#!AMR_MC1.0",
    good="#!AMR",
    needs=Needs.CONTENT,
)
def _channels(opened: Opened) -> Iterator[Hit]:
    for part in _sounds(opened):
        if part.data.startswith(b"#!AMR_MC1.0"):
            yield Hit(f"{part.name!r} has {part.probe.channels} channels", part=part.name)


@rule(
    "MMS433",
    title="MIDI format 2",
    severity=Severity.ERROR,
    source=SYNTHETIC_AUDIO,
    reason="Phones play Standard MIDI Files of formats 0 and 1; format 2 contains independent "
    "patterns that they do not play.",
    fix="Save it as format 0.",
    bad="MThd ... format 2",
    good="MThd ... format 0",
    needs=Needs.CONTENT,
)
def _midi(opened: Opened) -> Iterator[Hit]:
    for part in _sounds(opened):
        if part.data.startswith(b"MThd") and int.from_bytes(part.data[8:10], "big") > 1:
            yield Hit(f"{part.name!r} has format {int.from_bytes(part.data[8:10], 'big')}", part=part.name)


@rule(
    "MMS434",
    title="Video outside the content classes",
    severity=Severity.WARNING,
    source=CLASSES,
    reason="In the content classes, video is H.263 with AMR at 176x144 or 128x96; phones of these "
    "classes need not play anything else.",
    fix="Encode it like that, or choose a profile for smartphones.",
    bad="video1.3gp: avc1, 640x480",
    good="video1.3gp: s263 and samr, 176x144",
    needs=Needs.CONTENT,
    by_class=True,
)
def _film(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in _films(opened) if terms.profile.content_class else ():
        other = sorted(set(part.probe.codecs) - _CORE_CODECS)
        facts = part.probe.facts
        size = (facts.width, facts.height) if facts else (None, None)
        if is_outside(terms, part):
            continue
        if other:
            yield Hit(f"{part.name!r} is encoded as {', '.join(other)}", part=part.name)
        elif size != (None, None) and size not in _QCIF:
            yield Hit(f"{part.name!r} has {size[0]}x{size[1]} pixels", part=part.name)


@rule(
    "MMS435",
    title="Video without a picture",
    severity=Severity.WARNING,
    source=OURS,
    reason="It only contains sound: phones may open a black player.",
    fix="Declare it as audio, or export it with its video track.",
    bad="video1.mp4: mp4a",
    good="video1.mp4: avc1, mp4a",
    needs=Needs.CONTENT,
)
def _blind(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        codecs = set(part.probe.codecs)
        if codecs and not codecs & _VIDEO_CODECS and not (part.probe.facts and part.probe.facts.width):
            yield Hit(f"{part.name!r} only contains {', '.join(sorted(codecs))}", part=part.name)
