"""Baseline JPEG by our own quantisation tables."""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

from PIL import Image

from mmspack.media.encoding import encoded


class Curve(NamedTuple):
    """log2 of a quantisation table as a smooth function of frequency."""

    dc: float
    """Added for the mean of the block alone."""
    radial: float
    radial_squared: float
    diagonal: float
    offset: float = 0.0


# Started from the table of Klein, Silverstein and Carney ("Relevance of human vision to JPEG-DCT
# compression", 1992) and tuned on SSIMULACRA2 over camera photos, the coarse curves at 0.5 to 1 bits a
# pixel, the fine ones at 1.4 to 2; butteraugli agrees (docs/fitting.md).
_COARSE = (
    Curve(dc=-0.78, radial=3.14, radial_squared=0.75, diagonal=0.81),
    Curve(dc=-0.36, radial=3.85, radial_squared=1.47, diagonal=1.16, offset=-0.51),
)
_FINE = (
    Curve(dc=-0.73, radial=3.24, radial_squared=-0.88, diagonal=0.33),
    Curve(dc=-1.62, radial=3.33, radial_squared=-0.15, diagonal=1.47, offset=-0.54),
)
_BLEND_FROM, _BLEND_TO = -0.5, -2.0
_BASE = math.log2(10)
_FAR = math.hypot(7, 7)

FINEST = -4.5
"""Step at which no difference is visible: finer tables only cost bytes."""
COARSEST = 2.4
"""Coarsest acceptable step."""
_SCAN = 0xDA
"""The marker of the segment that the pixels follow."""


def header_size(data: bytes) -> int:
    """Bytes of a baseline JPEG, made by one of our encoders, before its pixels."""
    at = 2
    while data[at + 1] != _SCAN:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")


@functools.lru_cache(maxsize=512)
def tables(step: float) -> tuple[list[int], list[int]]:
    """Luma and chroma tables, row by row, at 2**`step` times the base, within baseline's 1 to 255."""
    return _table(0, step), _table(1, step)


def _table(channel: int, step: float) -> list[int]:
    share = min(1.0, max(0.0, (step - _BLEND_FROM) / (_BLEND_TO - _BLEND_FROM)))
    both = zip(_COARSE[channel], _FINE[channel], strict=True)
    curve = Curve(*(coarse + share * (fine - coarse) for coarse, fine in both))
    return [_entry(curve, step, row, column) for row in range(8) for column in range(8)]


def _entry(curve: Curve, step: float, row: int, column: int) -> int:
    far = math.hypot(row, column) / _FAR
    power: float = _BASE + curve.offset + step + curve.diagonal * math.sqrt(row * column) / 7
    power += curve.radial * far + curve.radial_squared * far * far
    if row == column == 0:
        power += curve.dc
    return min(255, max(1, round(math.exp2(power))))


_FULL_OF_NOISE, _ROOM = -1.5, 0.9
"""Step from which noise in 4:4:4 takes less than two bytes a pixel (1.88), and the share of them that is sure
to do."""


def encode(image: Image.Image, step: float, *, chroma: str = "4:2:0") -> bytes:
    """Baseline JPEG with optimised Huffman tables. `image` is RGB or L.

    Not YCbCr: Pillow rounds it to fewer bits than the encoder does, which costs a point at 300 kB.
    """
    luma, colour = tables(step)
    grey = image.mode == "L"
    options = {
        "qtables": [luma] if grey else [luma, colour],
        "subsampling": "4:4:4" if grey else chroma,
        "comment": b"",  # else Pillow writes the source's
    }
    # To optimise, Pillow holds the whole file in two bytes a pixel. Where they are too few, as for noise in
    # full colour at fine steps, libjpeg writes to the terminal before it gives up.
    if step < _FULL_OF_NOISE and options["subsampling"] == "4:4:4":
        plain = encoded(image, "JPEG", **options)
        if len(plain) > 2 * _ROOM * image.width * image.height:
            return plain
    try:
        return encoded(image, "JPEG", optimize=True, **options)
    except OSError:
        return encoded(image, "JPEG", **options)
