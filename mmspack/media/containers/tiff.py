"""TIFF: whether it is a camera's raw file (TIFF 6.0, section 2; DNG 1.7)."""

from __future__ import annotations

import struct

_NEW_SUBFILE_TYPE, _COMPRESSION, _SUB_IFDS, _DNG_VERSION = 0x00FE, 0x0103, 0x014A, 0xC612
_CAMERAS_OWN = {32_767, 34_713, 65_535}
"""Compressions of Sony, Nikon and Pentax."""
_MOST_TAGS = 200


def is_raw(data: bytes) -> bool:
    """True for a camera's raw file: its first picture is a thumbnail, and the real one lies elsewhere."""
    order = "<" if data[:2] == b"II" else ">"
    if data[8:10] == b"CR" and order == "<":  # Canon's CR2
        return True
    tags = _tags(data, order)
    if _DNG_VERSION in tags or tags.get(_COMPRESSION) in _CAMERAS_OWN:
        return True
    return _SUB_IFDS in tags and tags.get(_NEW_SUBFILE_TYPE, 0) & 1 == 1


def _tags(data: bytes, order: str) -> dict[int, int]:
    """The first directory's tags with the first two or four bytes of their values."""
    if len(data) < 8:
        return {}
    at = struct.unpack_from(f"{order}L", data, 4)[0]
    count = int.from_bytes(data[at : at + 2], "little" if order == "<" else "big")
    found = {}
    for entry in range(at + 2, at + 2 + 12 * min(count, _MOST_TAGS), 12):
        if entry + 12 > len(data):
            break
        tag, kind = struct.unpack_from(f"{order}HH", data, entry)
        found[tag] = struct.unpack_from(f"{order}{'H' if kind == 3 else 'L'}", data, entry + 8)[0]
    return found
