"""Wireless bitmap (WAP-237, section 4.5.1): a type, a fixed header, width, height, and a bit a pixel."""

from __future__ import annotations

from mmspack.media.containers.walk import Walk


def is_wbmp(data: bytes) -> bool:
    """Type 0, fixed header 0, and exactly as many bytes as width and height require."""
    size = _size(data)
    if size is None:
        return False
    width, height, offset = size
    return width > 0 and height > 0 and len(data) - offset == (width + 7) // 8 * height


def walk(data: bytes) -> Walk:
    """Width and height."""
    size = _size(data)
    return Walk(width=size[0], height=size[1]) if size else Walk(error="broken WBMP")


def _size(data: bytes) -> tuple[int, int, int] | None:
    """Width, height and the offset of the pixels of a type-0 WBMP, or None."""
    if data[:2] != b"\0\0":
        return None
    numbers, at = [], 2
    for _ in range(2):
        value = 0
        for byte in data[at : at + 4]:
            value, at = value << 7 | byte & 0x7F, at + 1
            if not byte & 0x80:
                break
        else:
            return None
        numbers.append(value)
    return numbers[0], numbers[1], at
