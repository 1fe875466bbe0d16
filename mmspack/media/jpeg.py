"""Baseline JPEG by our own quantisation tables."""

from __future__ import annotations

import functools
import io
import math
from typing import NamedTuple

from PIL import Image


class Curve(NamedTuple):
    """log2 of a quantisation table as a smooth function of frequency."""

    dc: float
    """Added for the mean of the block alone."""
    radial: float
    radial_squared: float
    diagonal: float
    offset: float = 0.0


# Started from the table of Klein, Silverstein and Carney ("Relevance of human vision to JPEG-DCT
# compression", 1992) and tuned on SSIMULACRA2 over camera photos at 0.5 to 1.9 bits a pixel; butteraugli
# stays level (docs/fitting.md).
LUMA = Curve(dc=-0.78, radial=3.14, radial_squared=0.75, diagonal=0.81)
CHROMA = Curve(dc=-0.36, radial=3.85, radial_squared=1.47, diagonal=1.16, offset=-0.51)
_BASE = math.log2(10)
_FAR = math.hypot(7, 7)

FINEST = -4.5
"""Step at which no difference is visible: finer tables only cost bytes."""
COARSEST = 2.4
"""Coarsest step worth looking at."""


@functools.lru_cache(maxsize=512)
def tables(step: float) -> tuple[list[int], list[int]]:
    """Luma and chroma tables, row by row, at 2**`step` times the base, within baseline's 1 to 255."""
    return _table(LUMA, step), _table(CHROMA, step)


def _table(curve: Curve, step: float) -> list[int]:
    return [_entry(curve, step, row, column) for row in range(8) for column in range(8)]


def _entry(curve: Curve, step: float, row: int, column: int) -> int:
    far = math.hypot(row, column) / _FAR
    power: float = _BASE + curve.offset + step + curve.diagonal * math.sqrt(row * column) / 7
    power += curve.radial * far + curve.radial_squared * far * far
    if row == column == 0:
        power += curve.dc
    return min(255, max(1, round(math.exp2(power))))


def encode(image: Image.Image, step: float, *, chroma: str = "4:2:0") -> bytes:
    """Baseline JPEG with optimised Huffman tables. `image` is RGB or L.

    Not YCbCr: Pillow rounds it to fewer bits than the encoder does, which costs a point at 300 kB.
    """
    stream = io.BytesIO()
    luma, colour = tables(step)
    grey = image.mode == "L"
    image.save(
        stream,
        "JPEG",
        qtables=[luma] if grey else [luma, colour],
        subsampling="4:4:4" if grey else chroma,
        optimize=True,
    )
    return stream.getvalue()
