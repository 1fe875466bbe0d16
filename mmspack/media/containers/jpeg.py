"""JPEG, marker by marker (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
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
_LOSSLESS = {0xC3, 0xC7, 0xCB, 0xCF}
_BASELINE = 0xC0
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""A marker among coded data, where a byte 0xFF is followed by 0, and restart markers lie between."""
MAX_SCANS = 100
"""Scans above which a JPEG is refused: programs write about ten, each a pass over the whole picture."""


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
    """The segments up to the end marker or to the first byte that is out of place, past all scans."""
    at = 2
    while at + 2 <= len(data):
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
            at = _past_scan(data, end) if marker == SOS else end


def _past_scan(data: bytes, at: int) -> int:
    """Where the coded data after a scan's header end: at the next marker that is not a restart."""
    found = _MARKER.search(data, at)
    return found.start() if found else len(data)


def walk(data: bytes) -> Walk:
    """Frame header, JFIF and EXIF segments, and whether the end marker is there."""
    found, end = Walk(), 0
    for segment in segments(data):
        if not segment.marker:
            where = (
                "a marker stands inside its picture data"
                if found.scans
                else "no marker where one is required"
            )
            found.error = f"damaged JPEG: {where}"
            return found
        if segment.marker == SOS:
            found.scans += 1
            in_scan = data[segment.start + 4 : segment.start + 5]
            found.several_scans = (
                found.several_scans or found.progressive or in_scan < bytes([found.components])
            )
        elif segment.marker == EOI:
            end = segment.end
        else:
            _take_in(found, segment.marker, segment.body(data))
    found.unended = not end
    if found.width is None:
        found.error = "broken JPEG: no frame header"
    elif found.lossless:
        found.error = "lossless JPEG, which few programs open: save it as a baseline JPEG"
    elif not found.scans:
        found.error = "truncated JPEG: there is no picture in it"
    elif end:
        found.trailing_bytes = len(data) - end
    return found


def _take_in(found: Walk, marker: int, body: bytes) -> None:
    if marker in _FRAMES and len(body) >= 6:
        found.bits = body[0]
        found.height, found.width = struct.unpack(">HH", body[1:5])
        found.components = body[5]
        found.progressive = marker in _PROGRESSIVE
        found.arithmetic = marker >= 0xC9
        found.lossless = marker in _LOSSLESS
    elif marker == 0xE0 and body[:5] == b"JFIF\0":
        found.jfif = True
    elif marker == 0xE1 and body[:6] == b"Exif\0\0":
        found.exif = found.exif or body
    if 0xE1 <= marker <= 0xEF or marker == COM:
        found.metadata_bytes += len(body) + 4


def ended(data: bytes) -> bytes:
    """The same with an end marker in place of the padding at its end."""
    return data.rstrip(b"\0\r\n") + END


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
            coded = data[segment.start : end + 2] if end >= 0 else ended(data[segment.start :])
            return b"".join((*kept, coded)) if baseline else None
        if _is_pixels(segment.marker, segment.body(data)):
            kept.append(data[segment.start : segment.end])
    return None


def _is_pixels(marker: int, body: bytes) -> bool:
    if marker == 0xE0:
        return body[:5] == b"JFIF\0"
    if marker == 0xEE:
        return body[:5] == b"Adobe"
    return not (0xE0 <= marker <= 0xEF or marker == COM)
