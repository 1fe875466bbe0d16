"""Walks through media containers: sizes, frames, times and metadata, without decoding a pixel.

Every walk is bounded by the data's length, and ends with what it has found when the data end early.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_BOXES = 20_000
"""Boxes of an MP4 or chunks of a PNG that are looked at; hostile files hold millions of empty ones."""


@dataclass(slots=True)
class Walk:
    """What one walk found; `error` is a phrase for a person, empty when the container is whole."""

    width: int | None = None
    height: int | None = None
    frames: int = 1
    duration_ms: int | None = None
    error: str = ""
    progressive: bool = False
    several_scans: bool = False
    """Of a JPEG: its decoder holds all coefficients of the whole picture at once, at any scale."""
    arithmetic: bool = False
    jfif: bool = False
    interlaced: bool = False
    alpha: bool = False
    components: int = 3
    bits: int = 8
    exif: bytes = b""
    metadata_bytes: int = 0
    trailing_bytes: int = 0
    codecs: tuple[str, ...] = ()
    delays_ms: tuple[int, ...] = field(default=())
    loops: int | None = None
    channels: int | None = None


_NO_PAYLOAD = {0x01, *range(0xD0, 0xD9)}
_SOF = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def walk_jpeg(data: bytes) -> Walk:
    """Frame header, JFIF and EXIF segments, and whether the end marker is there."""
    found = Walk()
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            found.error = "broken JPEG: no marker where one is required"
            return found
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _NO_PAYLOAD:
            at += 2
            continue
        if marker in (0xD9, 0xDA):
            found.several_scans = found.progressive or data[at + 4 : at + 5] < bytes([found.components])
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        _jpeg_segment(found, marker, data[at + 4 : at + 2 + length])
        at += 2 + max(length, 2)
    end = data.rfind(b"\xff\xd9")
    if found.width is None:
        found.error = "broken JPEG: no frame header"
    elif end < at:
        found.error = "truncated JPEG: the end marker is missing"
    else:
        found.trailing_bytes = len(data) - end - 2
    return found


def _jpeg_segment(found: Walk, marker: int, body: bytes) -> None:
    if marker in _SOF and len(body) >= 6:
        found.bits = body[0]
        found.height, found.width = struct.unpack(">HH", body[1:5])
        found.components = body[5]
        found.progressive = marker in (0xC2, 0xC6, 0xCA, 0xCE)
        found.arithmetic = marker >= 0xC9
    elif marker == 0xE0 and body[:5] == b"JFIF\0":
        found.jfif = True
    elif marker == 0xE1 and body[:6] == b"Exif\0\0":
        found.exif = found.exif or body
    if 0xE1 <= marker <= 0xEF or marker == 0xFE:
        found.metadata_bytes += len(body) + 4


def walk_gif(data: bytes) -> Walk:
    """Screen size, frames with their delays, transparency and the loop count."""
    found = Walk(frames=0)
    if len(data) < 13:
        found.error = "truncated GIF: the header is incomplete"
        return found
    found.width, found.height = struct.unpack("<HH", data[6:10])
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    delay, delays = 0, []
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x21:
            label, body = data[at + 1 : at + 2], data[at + 3 : at + 3 + 16]
            if label == b"\xf9" and len(body) >= 4:
                delay = int.from_bytes(body[1:3], "little") * 10
                found.alpha = found.alpha or bool(body[0] & 1)
            elif label == b"\xff" and body[:11] in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
                found.loops = int.from_bytes(data[at + 16 : at + 18], "little")
            at = _skip_blocks(data, at + 2)
        elif data[at] == 0x2C and at + 10 <= len(data):
            flags = data[at + 9]
            found.interlaced = found.interlaced or bool(flags & 0x40)
            at = _skip_blocks(data, at + 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0))
            delays.append(delay)
            delay = 0
        else:
            found.error = f"broken GIF: unknown block 0x{data[at]:02x} at byte {at}"
            break
    found.frames, found.delays_ms = len(delays), tuple(delays)
    found.duration_ms = sum(delays) if len(delays) > 1 else None
    if not found.error and (at >= len(data) or not delays):
        found.error = "truncated GIF: " + ("the trailer is missing" if delays else "no frame")
    found.trailing_bytes = max(0, len(data) - at - 1)
    return found


def _skip_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def walk_png(data: bytes) -> Walk:
    """Size, depth, transparency, animation, and whether the chunks are whole."""
    found = Walk()
    at, ended = 8, False
    for _ in range(MAX_BOXES):
        if at + 12 > len(data):
            break
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + min(length, 1 << 16)]
        if kind == b"IHDR" and len(body) >= 13:
            found.width, found.height, found.bits, colour = struct.unpack(">IIBB", body[:10])
            found.alpha, found.interlaced = colour in (4, 6), body[12] == 1
        elif kind == b"tRNS":
            found.alpha = True
        elif kind == b"acTL" and len(body) >= 4:
            found.frames = int.from_bytes(body[:4], "big")
        elif kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            found.metadata_bytes += length + 12
            found.exif = found.exif or (b"Exif\0\0" + body if kind == b"eXIf" else b"")
        at += length + 12
        if kind == b"IEND":
            ended = True
            break
    if found.width is None:
        found.error = "broken PNG: no header chunk"
    elif not ended or at > len(data):
        found.error = "truncated PNG: the end chunk is missing"
    found.trailing_bytes = max(0, len(data) - at) if ended else 0
    return found


_AMR_FRAMES = (12, 13, 15, 17, 19, 20, 26, 31, 5)


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


def walk_iso(data: bytes) -> Walk:
    """Duration, picture size and codecs of an MP4 or 3GP (ISO 14496-12)."""
    found = Walk()
    codecs = []
    complete = False
    for kind, body in _boxes(data):
        if kind == b"mvhd":
            complete = True
            found.duration_ms = _movie_ms(body)
        elif kind == b"tkhd" and len(body) >= 84:
            width, height = (int.from_bytes(body[at : at + 4], "big") >> 16 for at in _tkhd_size(body))
            if width and height:
                found.width, found.height = width, height
        elif kind == b"stsd" and len(body) >= 16:
            codecs.append(body[12:16].decode("latin-1").strip())
    found.codecs = tuple(codecs)
    if not complete:
        found.error = "truncated or empty video: no movie header"
    return found


def _tkhd_size(body: bytes) -> tuple[int, int]:
    base = 88 if body[0] == 1 else 76
    return base, base + 4


def _movie_ms(body: bytes) -> int | None:
    if body[:1] == b"\1":
        scale, length = body[20:24], body[24:32]
    else:
        scale, length = body[12:16], body[16:20]
    ticks = int.from_bytes(scale, "big")
    return int.from_bytes(length, "big") * 1000 // ticks if ticks else None


_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Leaf boxes that matter, in file order; containers are entered, never recursed into twice."""
    at = 0
    for _ in range(MAX_BOXES):
        if at + 8 > len(data):
            return
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if kind in _CONTAINERS:
            at += head
            continue
        end = len(data) if size == 0 else at + max(size, head)
        if kind in (b"mvhd", b"tkhd", b"stsd"):
            yield kind, data[at + head : min(end, at + 4096)]
        at = end
