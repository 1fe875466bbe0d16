"""Metadata removed from files whose pixels stay unchanged, byte for byte."""

from __future__ import annotations

import struct

_PNG_PRIVATE = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}


def strip_jpeg(data: bytes) -> bytes | None:
    """A baseline JPEG without its application segments and comments, JFIF and Adobe's colour marker excepted.

    None when the file is not a plain baseline JPEG.
    """
    kept = [b"\xff\xd8"]
    at = 2
    baseline = False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = struct.unpack_from(">H", data, at + 2)[0]
        segment = data[at : at + 2 + length]
        at += 2 + length
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if marker != 0xC0:
                return None
            baseline = True
        if _is_pixels(marker, segment):
            kept.append(segment)
        if marker == 0xDA:
            end = data.find(b"\xff\xd9", at)
            return b"".join((*kept, data[at : end + 2])) if baseline and end >= 0 else None
    return None


def _is_pixels(marker: int, segment: bytes) -> bool:
    if marker == 0xE0:
        return segment[4:9] == b"JFIF\0"
    if marker == 0xEE:
        return segment[4:9] == b"Adobe"
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def strip_png(data: bytes) -> bytes:
    """A PNG without EXIF, texts and dates, and without bytes after its end."""
    kept = [data[:8]]
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind not in _PNG_PRIVATE:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)


def strip_gif(data: bytes) -> bytes:
    """A GIF without comments and application data, its loop count excepted, and nothing after its end.

    Returned as it is where its blocks cannot be followed.
    """
    kept, at = _gif_head(data)
    while at < len(data):
        start, kind = at, data[at]
        if kind == 0x3B:
            return b"".join((*kept, b";"))
        if kind == 0x2C and at + 10 <= len(data):
            at += 10 + (3 << ((data[at + 9] & 7) + 1) if data[at + 9] & 0x80 else 0) + 1
        elif kind == 0x21 and at + 2 <= len(data):
            at += 2
        else:
            return data
        at = _past_blocks(data, at)
        if not (kind == 0x21 and _is_private(data, start)):
            kept.append(data[start:at])
    return data


def _gif_head(data: bytes) -> tuple[list[bytes], int]:
    end = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    return [data[:end]], end


def _past_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _is_private(data: bytes, at: int) -> bool:
    if data[at + 1] == 0xFE:
        return True
    return data[at + 1] == 0xFF and data[at + 3 : at + 14] not in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
