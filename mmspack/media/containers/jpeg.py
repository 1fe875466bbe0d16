"""JPEG, marker by marker (ITU-T T.81, annex B)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from mmspack.media.containers.walk import Walk

SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE
END = b"\xff\xd9"
_NO_PAYLOAD = {0x01, *range(0xD0, 0xD9)}
"""TEM, the restart markers and SOI stand alone."""
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""SOF0 to SOF15, without DHT, JPG and DAC, which lie among them."""
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_BASELINE = 0xC0


class Segment(NamedTuple):
    """A marker with its payload; `end` may lie beyond the data where they end early."""

    marker: int
    """0 where no marker is where one must be."""
    start: int
    end: int

    def body(self, data: bytes) -> bytes:
        """The payload, without marker and length."""
        return data[self.start + 4 : self.end]


def segments(data: bytes) -> Iterator[Segment]:
    """The segments up to the first scan's header, to the end, or to the first byte that is out of place."""
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            yield Segment(0, at, at)
            return
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _NO_PAYLOAD:
            at += 2
        elif marker == EOI:
            yield Segment(marker, at, at + 2)
            return
        else:
            end = at + 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
            yield Segment(marker, at, end)
            if marker == SOS:
                return
            at = end


def walk(data: bytes) -> Walk:
    """Frame header, JFIF and EXIF segments, and whether the end marker is there."""
    found, at = Walk(), 2
    for segment in segments(data):
        at = segment.start
        if not segment.marker:
            found.error = "broken JPEG: no marker where one must be"
            return found
        if segment.marker in (SOS, EOI):
            in_scan = data[segment.start + 4 : segment.start + 5]
            found.several_scans = found.progressive or in_scan < bytes([found.components])
        else:
            _take_in(found, segment.marker, segment.body(data))
            at = segment.end
    end = data.rfind(END)
    if found.width is None:
        found.error = "broken JPEG: no frame header"
    elif end < at:
        found.error = "truncated JPEG: the end marker is missing"
    else:
        found.trailing_bytes = len(data) - end - 2
    return found


def _take_in(found: Walk, marker: int, body: bytes) -> None:
    if marker in _FRAMES and len(body) >= 6:
        found.bits = body[0]
        found.height, found.width = struct.unpack(">HH", body[1:5])
        found.components = body[5]
        found.progressive = marker in _PROGRESSIVE
        found.arithmetic = marker >= 0xC9
    elif marker == 0xE0 and body[:5] == b"JFIF\0":
        found.jfif = True
    elif marker == 0xE1 and body[:6] == b"Exif\0\0":
        found.exif = found.exif or body
    if 0xE1 <= marker <= 0xEF or marker == COM:
        found.metadata_bytes += len(body) + 4


def stripped(data: bytes) -> bytes | None:
    """A baseline JPEG without its application segments and comments, JFIF and Adobe's colour marker excepted.

    None when the file is not a plain baseline JPEG.
    """
    kept, baseline = [data[:2]], False
    for segment in segments(data):
        if not segment.marker or (segment.marker in _FRAMES and segment.marker != _BASELINE):
            return None
        baseline = baseline or segment.marker == _BASELINE
        if segment.marker == SOS:
            end = data.find(END, segment.end)
            return b"".join((*kept, data[segment.start : end + 2])) if baseline and end >= 0 else None
        if _is_pixels(segment.marker, segment.body(data)):
            kept.append(data[segment.start : segment.end])
    return None


def _is_pixels(marker: int, body: bytes) -> bool:
    if marker == 0xE0:
        return body[:5] == b"JFIF\0"
    if marker == 0xEE:
        return body[:5] == b"Adobe"
    return not (0xE0 <= marker <= 0xEF or marker == COM)
