"""Large pictures made smaller strip by strip, so that nothing but the small one is ever whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image, ImageFile

ROWS = 128
"""Rows that are processed together, approximately."""
_BYTES = {"L": 1, "RGB": 3, "BGR": 3, "RGBX": 4, "BGRX": 4, "RGBA": 4, "BGRA": 4, "CMYK": 4}
"""Bytes a pixel of the raw modes that are read here."""


class _Run(NamedTuple):
    """Rows that lie one after the other in a file, from `first`; `stride` is negative from the bottom up."""

    first: int
    rows: int
    offset: int
    stride: int


def shrink_uncompressed(image: ImageFile.ImageFile, data: bytes, factor: int) -> Image.Image | None:
    """An unread BMP or TIFF at 1/`factor` of its size, straight from its bytes; None where they are coded."""
    found = _runs(image)
    if found is None:
        return None
    raw_mode, runs = found
    rows = {run.first + at: run.offset + at * run.stride for run in runs for at in range(run.rows)}
    width, height = image.size
    length = width * _BYTES[raw_mode]
    if len(rows) != height or min(rows.values()) < 0 or max(rows.values()) + length > len(data):
        return None
    small = Image.new(image.mode, (-(-width // factor), -(-height // factor)))
    view = memoryview(data)
    for top, bottom in strips(height, factor):
        pixels = b"".join(view[rows[row] : rows[row] + length] for row in range(top, bottom))
        strip = Image.frombytes(image.mode, (width, bottom - top), pixels, "raw", raw_mode, 0, 1)
        small.paste(strip.reduce(factor), (0, top // factor))
    return small


def strips(height: int, factor: int) -> Iterator[tuple[int, int]]:
    """First and last row of strips whose height is a multiple of `factor`, the last one excepted."""
    rows = ROWS // factor * factor or factor
    for top in range(0, height, rows):
        yield top, min(height, top + rows)


def _runs(image: ImageFile.ImageFile) -> tuple[str, list[_Run]] | None:
    """The raw mode of an unread picture and where its rows lie; None where it is compressed or tiled."""
    runs, modes = [], set()
    for codec, box, offset, args in image.tile:
        if codec != "raw" or not isinstance(args, tuple) or box is None or box[::2] != (0, image.width):
            return None
        raw_mode, stride, step = (*args, 0, 1)[:3] if len(args) < 3 else args[:3]
        if raw_mode not in _BYTES or step not in (1, -1):
            return None
        modes.add(raw_mode)
        stride = stride or image.width * _BYTES[raw_mode]
        count = box[3] - box[1]
        start = offset if step == 1 else offset + (count - 1) * stride
        runs.append(_Run(box[1], count, start, stride * step))
    return (modes.pop(), runs) if len(modes) == 1 else None
