"""Metadata taken out of files whose pixels stay as they are, byte for byte."""

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
