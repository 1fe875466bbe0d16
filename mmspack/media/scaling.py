"""Pictures made smaller by the light that their pixels give, which their numbers are not in proportion to.

From afar, black and white pixels side by side look like a grey of 188, not of 128. A filter over the numbers
makes fine patterns (words, leaves, the dots of a dithered picture) darker and duller than they look.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Box = tuple[float, float, float, float]

_PART = 0.75
"""Share of light in what `LIGHT` holds. The rest is the number itself, which keeps dark shades apart: by
light alone, 0 to 6 would be black in 8 bits. It gains most of what light does (docs/fitting.md)."""
_GAP = 3.0
"""How many times too large a picture may be that is first shrunk by whole pixels."""
_FINE = 65_535
"""Steps of light where 8 bits are not enough."""


def light(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light from 0 to 1 for values from 0 to 1 (sRGB, IEC 61966-2-1)."""
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


_LEVELS = np.arange(256) / 255
_MIXED = _PART * light(_LEVELS) + (1 - _PART) * _LEVELS
LIGHT: Bytes = np.round(255 * _MIXED).astype(np.uint8)
"""Most of the light of each value, in 8 bits: what filters in 8 bits may work on."""
VALUE: Bytes = np.round(255 * np.interp(_LEVELS, _MIXED, _LEVELS)).astype(np.uint8)
"""The value of each of those."""


def quickly(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A picture in RGB at another size: filtered in 8 bits, which costs dark shades up to two levels."""
    return image if image.size == size else values(lights(image).resize(size, Image.Resampling.LANCZOS))


def lights(image: Image.Image) -> Image.Image:
    """A picture in RGB with `LIGHT` in its channels."""
    return image.point(_table(lit=True, bands=len(image.getbands())))


def values(lit: Image.Image) -> Image.Image:
    """A picture whose channels are `LIGHT`, as a usual one."""
    return lit.point(_table(lit=False, bands=len(lit.getbands())))


@cache
def _table(*, lit: bool, bands: int) -> list[int]:
    table: list[int] = (LIGHT if lit else VALUE).tolist()
    return table * bands


def resized(image: Image.Image, size: tuple[int, int], box: Box | None = None, *, lit: bool) -> Image.Image:
    """A picture in RGB, or a box of it, at another size; `lit`: by its light, for 2.5 times the work."""
    if not lit:
        return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=_GAP)
    light_of, value_of = _exact()
    planes = []
    for channel in image.split():
        lit_channel = Image.fromarray(light_of.take(np.asarray(channel)))
        filtered = np.asarray(lit_channel.resize(size, Image.Resampling.LANCZOS, box=box))
        steps = (filtered.clip(0.0, 1.0) * _FINE + 0.5).astype(np.uint16)
        planes.append(Image.fromarray(value_of.take(steps)))
    return Image.merge("RGB", planes)


@cache
def _exact() -> tuple[NDArray[np.float32], Bytes]:
    """The light of each value, and the value of each step of light."""
    steps = np.interp(np.arange(_FINE + 1) / _FINE, light(_LEVELS), _LEVELS)
    return light(_LEVELS).astype(np.float32), np.round(255 * steps).astype(np.uint8)
