"""What the boxes of one track say (ISO/IEC 14496-12, -14 and -15): times, turns, profiles, rates.

Each function takes the body of a box, and answers 0 for what is cut off.
"""

from __future__ import annotations

_UNIT = 1 << 16
_TURNS = {
    (_UNIT, 0, 0, _UNIT): 0,
    (0, _UNIT, -_UNIT, 0): 90,
    (-_UNIT, 0, 0, -_UNIT): 180,
    (0, -_UNIT, _UNIT, 0): 270,
}
"""a, b, c and d of the matrix by which a track is shown."""
_SPECIFIC = 5
"""Tag of the decoder's own configuration (ISO/IEC 14496-1, 7.2.2.1)."""
_HEADERS = {3: 3, 4: 13}
"""Descriptors that hold others, and the bytes before these."""


def number(body: bytes, at: int, wide: int = 4) -> int:
    """A big-endian number; 0 where the body is too short."""
    return int.from_bytes(body[at : at + wide], "big") if len(body) >= at + wide else 0


def length_ms(body: bytes) -> int:
    """By the times of `mdhd` or `mvhd`: 0 where it does not say."""
    wide = body[:1] == b"\1"
    scale = number(body, 20 if wide else 12)
    length = number(body, 24, 8) if wide else number(body, 16)
    return length * 1000 // scale if scale else 0


def rotation(body: bytes) -> int:
    """By the matrix of `tkhd`: degrees clockwise; 0 also for any other matrix."""
    at = 52 if body[:1] == b"\1" else 40
    cells = [int.from_bytes(body[at + n : at + n + 4], "big", signed=True) for n in (0, 4, 12, 16)]
    a, b, c, d = cells
    return _TURNS.get((a, b, c, d), 0)


def avc_profile(body: bytes) -> tuple[int, int]:
    """Profile and level by `avcC`."""
    return number(body, 1, 1), number(body, 3, 1)


def sound_format(entry: bytes) -> tuple[int, int]:
    """Channels and samples a second by a sound's sample entry, its header left out."""
    return number(entry, 16, 2), number(entry, 24) >> 16


def sound_object(body: bytes) -> int:
    """The object type of MPEG-4 sound by `esds` (2: AAC-LC, 5: HE-AAC); 0 where it is not told."""
    at, end = 4, len(body)
    while at + 2 <= end:
        tag, at = body[at], at + 1
        length = 0
        for _ in range(4):  # seven bits a byte
            if at >= end:
                return 0
            length, more, at = length << 7 | body[at] & 0x7F, body[at] & 0x80, at + 1
            if not more:
                break
        if tag == _SPECIFIC:
            return body[at] >> 3 if at < end else 0
        at += _HEADERS.get(tag, length)
    return 0
