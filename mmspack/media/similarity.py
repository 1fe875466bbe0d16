"""How unlike two pictures are to the eye, cheaply: structure compared block by block at three scales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.floating]

_BLOCK = 8
_SCALES = 3
_EVEN = 20.0
"""Variance, in squared levels, below which structure is taken for noise."""


def unlikeness(wanted: Image.Image, shown: Image.Image) -> float:
    """Mean over scales and blocks of 1 - structural similarity of luma: 0 for the same picture, to about 1.

    `shown` is brought to the size of `wanted`, as a screen does.
    """
    if shown.size != wanted.size:
        shown = shown.resize(wanted.size, Image.Resampling.BICUBIC)
    one, other = (np.asarray(image.convert("L"), dtype=np.float32) for image in (wanted, shown))
    apart = float(np.abs(one - other).mean())
    lost: list[float] = []
    while len(lost) < _SCALES and min(one.shape) >= _BLOCK:
        lost.append(float((1 - _similarity(one, other)).mean()))
        one, other = _halved(one), _halved(other)
    return sum(lost) / len(lost) if lost else apart / 255


def _similarity(one: Plane, other: Plane) -> Plane:
    """Structural similarity of each whole block."""
    mean, mean2 = _blocks(one), _blocks(other)
    both = _blocks(one * other) - mean * mean2
    spread = _blocks(one * one) - mean * mean + _blocks(other * other) - mean2 * mean2
    light: Plane = 1 - (mean - mean2) ** 2 / 255**2
    return light * (2 * both + _EVEN) / (spread + _EVEN)


def _blocks(plane: Plane) -> Plane:
    height, width = (length // _BLOCK for length in plane.shape)
    whole = plane[: height * _BLOCK, : width * _BLOCK]
    means: Plane = whole.reshape(height, _BLOCK, width, _BLOCK).mean(axis=(1, 3))
    return means


def _halved(plane: Plane) -> Plane:
    even = plane[: plane.shape[0] // 2 * 2, : plane.shape[1] // 2 * 2]
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4


_BAND, _EVERY = 32, 160
"""Rows of a band, and from one band to the next."""
_SMALL = 400_000


def sample(image: Image.Image) -> Image.Image:
    """A fifth of a large picture as bands one above the other; a small one as it is."""
    if image.width * image.height < _SMALL or image.height < 2 * _EVERY:
        return image
    tops = range((_EVERY - _BAND) // 2, image.height - _BAND, _EVERY)
    bands = Image.new(image.mode, (image.width, _BAND * len(tops)))
    for index, top in enumerate(tops):
        bands.paste(image.crop((0, top, image.width, top + _BAND)), (0, _BAND * index))
    return bands
