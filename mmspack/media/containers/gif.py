"""GIF, block by block (GIF89a specification, sections 17 to 27)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from mmspack.media.containers.walk import Walk

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
CONTROL, COMMENT, APPLICATION = 0xF9, 0xFE, 0xFF
"""Labels of the extensions that matter here."""
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_SCREEN_BYTES = 13
"""Header and logical screen descriptor."""


class Block(NamedTuple):
    """One block; `end` may lie beyond the data where they end early."""

    kind: int
    """`EXTENSION`, `IMAGE`, `TRAILER`, or a byte that begins no block."""
    label: int
    """Of an extension; else 0."""
    start: int
    body: int
    """Where its sub-blocks begin."""
    end: int


class Control(NamedTuple):
    """A graphic control extension: how the image after it is shown."""

    transparent: int | None = None
    disposal: int = 0
    delay_ms: int = 0


def screen_end(data: bytes) -> int:
    """Where the first block begins: past the header, the screen descriptor and the shared palette."""
    return _SCREEN_BYTES + palette_bytes(data[10]) if len(data) > 10 else _SCREEN_BYTES


def palette_bytes(flags: int) -> int:
    """Length of the palette that a descriptor's flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def blocks(data: bytes) -> Iterator[Block]:
    """The blocks after the shared palette, up to the trailer or to the first byte that begins none."""
    at = screen_end(data)
    while at < len(data):
        kind, label = data[at], 0
        if kind == EXTENSION:
            label, body = data[at + 1] if at + 1 < len(data) else 0, at + 2
        elif kind == IMAGE and at + 10 <= len(data):
            # The byte before the sub-blocks is the size of the first LZW code.
            body = at + 10 + palette_bytes(data[at + 9]) + 1
        else:
            yield Block(kind, 0, at, at + 1, at + 1)
            return
        end = _past(data, body)
        yield Block(kind, label, at, body, end)
        at = end


def control(data: bytes, block: Block) -> Control | None:
    """What a graphic control extension says; None for other blocks, and for one that is cut off."""
    fields = data[block.body + 1 : block.body + 5]
    if block.label != CONTROL or len(fields) < 4:
        return None
    flags, delay, transparent = struct.unpack("<BHB", fields)
    # Delays are in hundredths of a second.
    return Control(transparent if flags & 1 else None, flags >> 2 & 7, delay * 10)


def loops(data: bytes, block: Block) -> int | None:
    """How often the frames are repeated, by an application extension that says so: 0 for ever."""
    if block.label != APPLICATION or data[block.body + 1 : block.body + 12] not in _LOOPING:
        return None
    count = data[block.body + 14 : block.body + 16]
    return int.from_bytes(count, "little") if len(count) == 2 else None


def is_private(data: bytes, block: Block) -> bool:
    """True for comments and application data: what no viewer shows, the loop count excepted."""
    if block.label == COMMENT:
        return True
    return block.label == APPLICATION and data[block.body + 1 : block.body + 12] not in _LOOPING


def _past(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def walk(data: bytes) -> Walk:
    """Screen size, frames with their delays, transparency and the loop count."""
    found = Walk(frames=0)
    if len(data) < _SCREEN_BYTES:
        found.error = "truncated GIF: the header is incomplete"
        return found
    found.width, found.height = struct.unpack("<HH", data[6:10])
    at, ended, delays, shown = screen_end(data), False, [], Control()
    for block in blocks(data):
        at = block.end
        if block.kind == TRAILER:
            ended = True
        elif block.kind == EXTENSION:
            told = control(data, block)
            shown = told or shown
            found.alpha = found.alpha or (told is not None and told.transparent is not None)
            repeated = loops(data, block)
            found.loops = found.loops if repeated is None else repeated
        elif block.kind == IMAGE and block.body > block.start + 1:
            found.interlaced = found.interlaced or bool(data[block.start + 9] & 0x40)
            found.extent = _wider(found.extent, data, block)
            delays.append(shown.delay_ms)
            shown = Control()
        else:
            found.error = f"broken GIF: unknown block 0x{block.kind:02x} at byte {block.start}"
            at = block.start
    found.frames, found.delays_ms = len(delays), tuple(delays)
    found.duration_ms = sum(delays) if len(delays) > 1 else None
    if not found.error and (not ended or not delays):
        found.error = "truncated GIF: " + ("the trailer is missing" if delays else "no frame")
    found.trailing_bytes = max(0, len(data) - at) if ended else 0
    return found


def _wider(extent: tuple[int, int], data: bytes, block: Block) -> tuple[int, int]:
    left, top, width, height = struct.unpack_from("<HHHH", data, block.start + 1)
    return max(extent[0], left + width), max(extent[1], top + height)


def stripped(data: bytes) -> bytes:
    """A GIF without comments and application data, its loop count excepted, and nothing after its end.

    A trailer that is missing after whole blocks is added: libraries such as giflib refuse a file without it.
    Returned as it is where its blocks cannot be followed.
    """
    kept, end = [data[: screen_end(data)]], 0
    for block in blocks(data):
        if block.kind == TRAILER:
            return b"".join((*kept, b";"))
        if block.kind not in (EXTENSION, IMAGE):
            return data
        if not is_private(data, block):
            kept.append(data[block.start : block.end])
        end = block.end
    return b"".join((*kept, b";")) if end == len(data) else data
