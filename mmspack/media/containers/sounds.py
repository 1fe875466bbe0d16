"""Sounds that are a row of frames or events: AMR, MPEG audio, MIDI."""

from __future__ import annotations

from mmspack.media.containers.walk import Walk

_AMR_FRAMES = (12, 13, 15, 17, 19, 20, 26, 31, 5)
"""Bytes of a frame's speech by its mode (RFC 4867, table 1a, rounded up)."""


def walk_amr(data: bytes) -> Walk:
    """Channels and duration: frames of 20 ms each (RFC 4867, section 5)."""
    found = Walk(channels=1)
    if data.startswith(b"#!AMR_MC1.0\n"):
        found.channels = int.from_bytes(data[12:16], "big") & 15
        return found
    at, frames = len(b"#!AMR\n"), 0
    while at < len(data):
        mode = data[at] >> 3 & 15
        at += 1 + (_AMR_FRAMES[mode] if mode < len(_AMR_FRAMES) else 0)
        frames += 1
    found.duration_ms = frames * 20
    if not frames:
        found.error = "empty AMR: no frame"
    elif at > len(data):
        found.error = "truncated AMR: the last frame is incomplete"
    return found


def walk_midi(data: bytes) -> Walk:
    """The header of a Standard MIDI File; `frames` is its format (0, 1 or 2)."""
    if len(data) < 14:
        return Walk(error="truncated MIDI: the header is incomplete")
    return Walk(frames=int.from_bytes(data[8:10], "big"))


def is_aac(data: bytes) -> bool:
    """An ADTS frame of AAC: twelve bits set, layer 0 (ISO/IEC 13818-7, 6.2)."""
    return len(data) >= 4 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0


def is_mpeg(data: bytes) -> bool:
    """An MPEG audio frame: eleven bits set, then a layer and rates that are not reserved."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    # Layer I (both layer bits set) is never met, and its two bytes are the byte order mark of UTF-16.
    return data[1] & 0x06 in (0x02, 0x04) and data[1] & 0x18 != 0x08 and data[2] & 0xF0 not in (0x00, 0xF0)
