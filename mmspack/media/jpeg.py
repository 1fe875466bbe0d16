"""Baseline JPEG by our own quantisation tables, and the search for the size that a budget allows."""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Callable

from PIL import Image

KLEIN = (
    (10, 12, 14, 19, 26, 38, 57, 86),
    (12, 18, 21, 28, 35, 41, 54, 76),
    (14, 21, 25, 32, 44, 63, 92, 136),
    (19, 28, 32, 41, 54, 75, 107, 157),
    (26, 35, 44, 54, 70, 95, 132, 190),
    (38, 41, 63, 75, 95, 125, 170, 239),
    (57, 54, 92, 107, 132, 170, 227, 312),
    (86, 76, 136, 157, 190, 239, 312, 419),
)
"""Klein, Silverstein and Carney, "Relevance of human vision to JPEG-DCT compression", 1992."""

FINEST = -4.0
"""Step at which no difference is visible: finer tables only cost bytes."""
COARSEST = 2.6
"""Step of the coarsest table that can be written (all values 255)."""


@functools.lru_cache(maxsize=256)
def tables(step: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Luma and chroma tables at 2**`step` times the base, row by row, within baseline's 1 to 255."""
    scale = 2.0**step
    table = tuple(min(255, max(1, round(value * scale))) for row in KLEIN for value in row)
    return table, table


def encode(image: Image.Image, step: float, *, chroma: str = "4:2:0") -> bytes:
    """Baseline JPEG with optimised Huffman tables. `image` is RGB, YCbCr or L."""
    stream = io.BytesIO()
    luma, colour = tables(step)
    image.save(
        stream,
        "JPEG",
        qtables=[list(luma)] if image.mode == "L" else [list(luma), list(colour)],
        subsampling=chroma,
        optimize=True,
    )
    return stream.getvalue()


def search(
    make: Callable[[float], bytes], limit: int, *, start: float, low: float = FINEST, high: float = COARSEST
) -> tuple[float, bytes] | None:
    """The finest step between `low` and `high` whose bytes are at most `limit`; None when none is.

    log2(bytes) is nearly linear in the step, so a secant finds it: three encodes as a rule.
    """
    best: tuple[float, bytes] | None = None
    seen: list[tuple[float, float]] = []
    step = min(max(start, low), high)
    for _ in range(10):
        data = make(step)
        if len(data) <= limit:
            if best is None or len(data) > len(best[1]):
                best = (step, data)
            if len(data) >= 0.975 * limit or step <= low:
                break
        elif step >= high:
            break
        seen.append((step, math.log2(len(data))))
        step = min(max(_next(seen, math.log2(limit * 0.992)), low), high)
        if any(abs(step - other) < 1e-3 for other, _ in seen):
            break
    return best


def _next(seen: list[tuple[float, float]], aim: float) -> float:
    """Where the line through the two nearest points reaches `aim` (log2 of bytes)."""
    below = [point for point in seen if point[1] <= aim]
    above = [point for point in seen if point[1] > aim]
    if below and above:
        a, b = max(below, key=lambda point: point[1]), min(above, key=lambda point: point[1])
    else:
        near = sorted(seen, key=lambda point: abs(point[1] - aim))
        if len(near) == 1:
            return near[0][0] - (aim - near[0][1]) / 0.75
        a, b = near[0], near[1]
    slope = (b[1] - a[1]) / (b[0] - a[0]) if a[0] != b[0] else -0.75
    return a[0] + (aim - a[1]) / min(slope, -0.15)
