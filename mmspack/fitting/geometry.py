"""Sizes and crops in whole pixels."""

from __future__ import annotations

import math

from mmspack.authoring.values import RATIO
from mmspack.errors import UsageError

Size = tuple[int, int]
Box = tuple[float, float, float, float]


def inside(size: Size, box: Size, *, turn: bool = False) -> Size:
    """The largest size of the same shape within `box`, never larger than `size` itself.

    With `turn`, a picture may use the box turned by 90 degrees when that leaves it larger.
    """
    fitted = _inside(size, box)
    if turn:
        turned = _inside(size, (box[1], box[0]))
        if turned[0] * turned[1] > fitted[0] * fitted[1]:
            return turned
    return fitted


def _inside(size: Size, box: Size) -> Size:
    ratio = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, min(box[0], round(size[0] * ratio))), max(1, min(box[1], round(size[1] * ratio)))


def scaled(size: Size, factor: float) -> Size:
    """`size` times `factor`, at least one pixel each way."""
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def crop_box(size: Size, ratio: str, focus: tuple[float, float] | None) -> Box:
    """The largest part of a picture with the aspect `ratio` ("4:5"), as near to `focus` as it goes.

    `focus` is the centre as fractions of width and height; None is the middle. Raises `UsageError`.
    """
    wide, high = parse_ratio(ratio)
    x, y = focus or (0.5, 0.5)
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise UsageError(f"{x:g}, {y:g} is outside the picture", where="focus", hint="fractions from 0 to 1")
    width = min(size[0], max(1, math.floor(size[1] * wide / high + 0.5)))
    height = min(size[1], max(1, math.floor(size[0] * high / wide + 0.5)))
    left = min(max(round(x * size[0] - width / 2), 0), size[0] - width)
    top = min(max(round(y * size[1] - height / 2), 0), size[1] - height)
    return left, top, left + width, top + height


def parse_ratio(ratio: str) -> tuple[float, float]:
    """`"4:5"` as (4.0, 5.0). Raises `UsageError`."""
    match = RATIO.fullmatch(ratio)
    if match is None or not (float(match[1]) and float(match[2])):
        raise UsageError(
            f"{ratio!r} is not an aspect ratio", where="crop", hint='width:height, such as "4:5"'
        )
    return float(match[1]), float(match[2])
