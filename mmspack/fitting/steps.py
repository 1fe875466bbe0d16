"""Steps of quantisation as a function of bytes, and back: lines through what was encoded or tried."""

from __future__ import annotations

import math

from mmspack.media.pictures import Picture

SLOPE = -0.70
"""log2(bytes) a step, mean over camera photos (-0.56 to -0.90)."""


def promised_step(picture: Picture, bits: float) -> float:
    """The step at which a JPEG's copy is expected to take `bits` a shown pixel, by its header alone.

    Its own bits a pixel and the coarseness of its tables give those of the copy at step -1.5, off by 0.3
    to 0.4 of their log2 (nineteen photos of twelve cameras and editors).
    """
    width, height = picture.size
    own = math.log2(max(1e-3, len(picture.data) * 8 / (width * height)))
    return -1.5 + (math.log2(max(bits, 1e-3)) - (0.94 * own + 0.55 * picture.coarseness - 1.78)) / SLOPE


def shape(step: float) -> float:
    """log2 of what a step loses, but for a constant: the same curve for all photos, higher or lower."""
    return 0.53 * step + 0.035 * step * step


def on_line(points: list[tuple[float, float]], at: float, *, level: bool = False) -> float:
    """The value at `at` on the line through the two points nearest to it.

    Beyond the points: on with the usual slope of bytes, or `level`.
    """
    first, *rest = sorted(points, key=lambda point: abs(point[0] - at))
    around = [point for point in rest if (point[0] - at) * (first[0] - at) < 0]
    if around:
        other = around[0]
        return first[1] + (at - first[0]) * (other[1] - first[1]) / (other[0] - first[0])
    return first[1] if level else first[1] + (at - first[0]) * SLOPE


def through(known: list[tuple[float, float]], aim: float) -> float:
    """The step where the line through the two points around or nearest to `aim` reaches it.

    `known` are steps and the log2 of the bytes that they took, as is `aim`.
    """
    near = sorted(known, key=lambda point: abs(point[1] - aim))
    first = near[0]
    other = next((point for point in near[1:] if (point[1] > aim) != (first[1] > aim)), None)
    if other is None and len(near) > 1:
        other = near[1]
    slope = SLOPE
    if other is not None and abs(other[0] - first[0]) > 1e-3:
        slope = min((other[1] - first[1]) / (other[0] - first[0]), -0.2)
    return first[0] + (aim - first[1]) / slope
