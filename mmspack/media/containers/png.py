"""PNG, chunk by chunk (ISO/IEC 15948, section 5)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from mmspack.media.containers.walk import Walk

_PRIVATE = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_TEXTS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}
_PALETTE = 3
"""The colour type of pictures whose colours are in a palette."""
_END = b"\0\0\0\0IEND\xaeB`\x82"
"""The chunk that ends a picture, with its checksum."""
_MOST_BODY = 1 << 16
"""Bytes of a chunk that a walk looks into: more than any EXIF block has."""


class PngChunk(NamedTuple):
    """A chunk from its length to its checksum; `end` may lie beyond the data where they end early."""

    kind: bytes
    start: int
    end: int

    def body(self, data: bytes) -> bytes:
        """What lies between the name and the checksum, as far as it is looked into."""
        return data[self.start + 8 : min(self.end - 4, self.start + 8 + _MOST_BODY)]


def chunks(data: bytes) -> Iterator[PngChunk]:
    """The chunks up to the one that ends the picture."""
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield PngChunk(kind, at, at + 12 + length)
        at += 12 + length
        if kind == b"IEND":
            return


def walk(data: bytes) -> Walk:
    """Size, depth, transparency, animation, and whether the chunks are whole."""
    found, at, ended, needs_palette = Walk(), 8, False, False
    for chunk in chunks(data):
        at = chunk.end
        ended = chunk.kind == b"IEND"
        if chunk.kind in _TEXTS:
            found.metadata_bytes += chunk.end - chunk.start
        if chunk.kind == b"IDAT":
            continue
        body = chunk.body(data)
        if chunk.kind == b"IHDR" and len(body) >= 13:
            found.width, found.height, found.bits, colour = struct.unpack(">IIBB", body[:10])
            found.alpha, found.interlaced = colour in (4, 6), body[12] == 1
            needs_palette = colour == _PALETTE
        elif chunk.kind == b"PLTE":
            needs_palette = needs_palette and not body
        elif chunk.kind == b"tRNS":
            found.alpha = True
        elif chunk.kind == b"acTL" and len(body) >= 4:
            found.frames = int.from_bytes(body[:4], "big")
        elif chunk.kind == b"eXIf":
            found.exif = found.exif or b"Exif\0\0" + body
    if found.width is None:
        found.error = "damaged PNG: no header chunk"
    elif not ended or at > len(data):
        found.error = "truncated PNG: the end chunk is missing"
    elif needs_palette:
        found.error = "damaged PNG: its palette is missing"
    found.trailing_bytes = max(0, len(data) - at) if ended else 0
    return found


def stripped(data: bytes) -> bytes:
    """A PNG without EXIF, texts and dates, and with its end, which may be missing, and nothing after it."""
    found = list(chunks(data))
    kept = (data[chunk.start : chunk.end] for chunk in found if chunk.kind not in _PRIVATE)
    unended = bool(found) and found[-1].kind != b"IEND" and found[-1].end <= len(data)
    return b"".join((data[:8], *kept, _END if unended else b""))
