"""How much fine structure a picture holds: what would be lost if it were shown at half its size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BAND = 32
_EVERY = 160
_SMALL = 400_000


class Detail(NamedTuple):
    """What a picture loses at half its size."""

    rms: float
    """log2 of the root mean square of what the luma loses."""
    mean: float
    """log2 of the mean of it."""
    chroma: float
    """Root mean square of what the colour differences lose, in levels: the larger of the two."""


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
    """The detail of an RGB picture."""
    import numpy as np

    luma, blue, red = (_lost(plane) for plane in image.convert("YCbCr").split())
    return Detail(
        rms=math.log2(max(_rms(luma), 0.05)),
        mean=math.log2(max(float(np.abs(luma).mean()), 0.05)),
        chroma=max(_rms(blue), _rms(red)),
    )


def _lost(plane: Image.Image) -> NDArray[np.float32]:
    import numpy as np

    half = plane.reduce(2).resize(plane.size, Image.Resampling.BICUBIC)
    return np.asarray(plane, dtype=np.float32) - np.asarray(half, dtype=np.float32)


def _rms(lost: NDArray[np.float32]) -> float:
    return math.sqrt(float((lost * lost).mean()))
