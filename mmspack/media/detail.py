"""How much fine structure a picture holds: what would be lost if it were shown at half its size."""

from __future__ import annotations

import math
from typing import NamedTuple

from PIL import Image

_BAND = 32
_EVERY = 160
_SMALL = 400_000


class Detail(NamedTuple):
    """log2 of the difference between the luma and itself at half size: root mean square, and mean."""

    rms: float
    mean: float


def sample(image: Image.Image) -> Image.Image:
    """A fifth of a large picture as bands one above the other; a small one as it is."""
    if image.width * image.height < _SMALL or image.height < 2 * _EVERY:
        return image
    tops = range((_EVERY - _BAND) // 2, image.height - _BAND, _EVERY)
    bands = Image.new(image.mode, (image.width, _BAND * len(tops)))
    for index, top in enumerate(tops):
        bands.paste(image.crop((0, top, image.width, top + _BAND)), (0, _BAND * index))
    return bands


def measure(image: Image.Image) -> Detail:
    """The detail of a grey picture."""
    import numpy as np

    luma = image
    half = luma.reduce(2).resize(luma.size, Image.Resampling.BICUBIC)
    lost = np.asarray(luma, dtype=np.float32) - np.asarray(half, dtype=np.float32)
    rms = math.sqrt(float((lost * lost).mean()))
    return Detail(math.log2(max(rms, 0.05)), math.log2(max(float(np.abs(lost).mean()), 0.05)))
