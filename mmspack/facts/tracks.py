"""The tracks of a film or a sound in words: codec, profile, level, rates."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.media.containers.walk import Track
from mmspack.media.probing import Probe

_CODECS = {
    "avc1": "H.264", "avc3": "H.264", "hvc1": "HEVC", "hev1": "HEVC", "s263": "H.263", "h263": "H.263",
    "mp4v": "MPEG-4 Visual", "av01": "AV1", "vp08": "VP8", "vp09": "VP9", "samr": "AMR", "sawb": "AMR-WB",
    "mp4a": "AAC", "ac-3": "AC-3", "ec-3": "E-AC-3", "alac": "ALAC", "fLaC": "FLAC", ".mp3": "MP3",
}  # fmt: skip
_AVC_PROFILES = {66: "baseline", 77: "main", 88: "extended", 100: "high", 110: "high 10", 122: "high 4:2:2"}
_AAC_OBJECTS = {2: "-LC", 5: " HE", 29: " HE v2"}
_CHANNELS = {1: "mono", 2: "stereo"}


def codec_name(codec: str) -> str:
    """What a person calls a codec, by its sample entry; the sample entry itself where there is no name."""
    return _CODECS.get(codec, codec or "unknown codec")


def track_words(found: Probe) -> Iterator[str]:
    """A phrase for each track, and what of the container matters to a player."""
    for track in found.tracks:
        if track.is_film:
            yield " ".join(_film(track))
        elif track.is_sound:
            yield " ".join(_sound(track))
    if found.index_last:
        yield "index last"


def _film(track: Track) -> Iterator[str]:
    yield codec_name(track.codec)
    if track.profile:
        yield _AVC_PROFILES.get(track.profile, f"profile {track.profile}")
    if track.level:
        yield f"level {track.level / 10:g}"
    if track.bits > 8:
        yield f"{track.bits} bits"
    if track.frames_a_second:
        yield f"{track.frames_a_second:.3g} frames/s"
    yield from _rate(track)
    if track.rotation:
        yield f"turned by {track.rotation}°"


def _sound(track: Track) -> Iterator[str]:
    object_type = _AAC_OBJECTS.get(track.profile, "") if track.codec == "mp4a" else ""
    yield codec_name(track.codec) + object_type
    if track.channels:
        yield _CHANNELS.get(track.channels, f"{track.channels} channels")
    if track.rate:
        yield f"{track.rate:,} Hz"
    yield from _rate(track)


def _rate(track: Track) -> Iterator[str]:
    if track.bits_a_second:
        kilobits = track.bits_a_second / 1000
        yield f"{kilobits:.3g} kbit/s" if kilobits < 1000 else f"{kilobits:,.0f} kbit/s"
