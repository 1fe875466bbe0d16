"""A photo as a function of bytes: dimensions and quantisation chosen together, in few encodes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from PIL import Image

from mmspack.fitting.effort import EFFORTS
from mmspack.fitting.geometry import Size, scaled
from mmspack.fitting.quality import of_photo
from mmspack.media import jpeg, similarity

_SLOPE = -0.70
"""log2(bytes) a step, mean over camera photos (-0.56 to -0.90)."""
_HALVED = 2.4
"""Steps by which a picture of half the size is finer at the same bytes (2.0 to 2.9)."""
_WORTH = 1.0
"""Gain in quality above which half the size is taken."""
_SMALLEST = 32
_FULL_CHROMA = 0.5
_CHROMA = ((5.0, 1.0), (2.2, -2.3), (0.0, -3.6))
"""Detail of colour, and the coarsest step at which 4:4:4 is worth its bytes (docs/fitting.md)."""


class Encoded(NamedTuple):
    """One JPEG of a photo, and how it was made."""

    data: bytes
    size: Size
    step: float
    quality: float


_AIM, _LAST_AIM = 0.988, 0.997
"""Shares of the budget that are aimed at: until `good` is content, and after it."""


@dataclass(slots=True)
class Scale:
    """A photo at one size, with the encodes that are known of it as (step, log2 of bytes)."""

    factor: float
    image: Image.Image
    chroma: str = "4:2:0"
    known: list[tuple[float, float]] = field(default_factory=list)


class Photo:
    """A photo at display size (`full`, RGB), and what any number of bytes would make of it.

    `bonus` is what its pixels are better than those that the prediction was fitted to.
    """

    def __init__(self, full: Image.Image, *, effort: str = "good", bonus: float = 0.0) -> None:
        self._bonus = bonus
        self.effort = EFFORTS[effort]
        self.size = full.size
        self.full = Scale(1.0, full)
        self._scales = {(1.0, self.full.chroma): self.full}
        bands = similarity.sample(self.full.image)
        self.detail = similarity.measure(bands)
        self._lost = 1.0
        self._probe(bands)

    def _probe(self, bands: Image.Image) -> None:
        """What a picture costs in bytes, from an encode of its bands."""
        step = 0.0
        share = self.size[0] * self.size[1] / (bands.width * bands.height)
        self._rate = (step, math.log2(len(jpeg.encode(bands, step)) * share))
        if bands.size == self.size:
            self.full.known.append(self._rate)

    # -- what is expected ---------------------------------------------------------------------

    def step_for(self, limit: float, scale: Scale) -> float:
        """The step at which `scale` is expected to take `limit` bytes."""
        aim = math.log2(max(limit, 1.0))
        if scale.known:
            return _through(scale.known, aim)
        base = self._rate if scale.factor == 1.0 else self._expected(scale.factor)
        if scale.chroma == "4:4:4":
            base = (base[0] + _FULL_CHROMA, base[1])
        return base[0] + (aim - base[1]) / _SLOPE

    def _expected(self, factor: float) -> tuple[float, float]:
        """A point of the rate at another size, from what is known of the full one."""
        step, size = self.full.known[0] if self.full.known else self._rate
        return step + _HALVED * math.log2(factor), size

    def quality_at(self, limit: float) -> float:
        """The quality that `limit` bytes are expected to reach, without encoding anything."""
        step = self.step_for(limit, self.full)
        factor = self._factor(step)
        return self._quality(limit, max(step + _HALVED * math.log2(factor), jpeg.FINEST), factor)

    def bytes_for(self, quality: float) -> int:
        """The bytes that a quality is expected to take."""
        low, high = 500.0, float(self.size[0] * self.size[1] * 3)
        for _ in range(24):
            middle = math.sqrt(low * high)
            low, high = (low, middle) if self.quality_at(middle) >= quality else (middle, high)
        return math.ceil(high)

    def _quality(self, size: float, step: float, factor: float) -> float:
        bits = math.log2(size * 8 / (self.size[0] * self.size[1]))
        value = 104.0 - self._lost * (104.0 - of_photo(self.detail, step, factor, bits))
        return min(100.0, value + self._bonus)

    def calibrate(self, measure: Callable[[bytes], float]) -> None:
        """Learn from one encode how far the prediction, made for photos, is off for this picture."""
        step = 0.0
        data = jpeg.encode(self.full.image, step)
        self.full.known = [(step, math.log2(len(data)))]
        self._lost = (104.0 - measure(data)) / (104.0 - self._quality(len(data), step, 1.0))

    def _factor(self, step: float) -> float:
        """The size to take when the full one would need `step`, as a fraction of it."""
        gain = 13.3 + 6.0 * step - 11.2 * self.detail.rms + 5.3 * self.detail.mean
        if min(self.size) < 2 * _SMALLEST or step < 0 or gain < _WORTH:
            return 1.0 if step <= jpeg.COARSEST else 2 ** ((jpeg.COARSEST - step) / _HALVED)
        finer = step - _HALVED
        return 0.5 if finer < 0.8 else 0.5 * 2 ** ((0.8 - finer) / _HALVED)

    # -- what is made -------------------------------------------------------------------------

    def best(self, limit: int) -> Encoded | None:
        """The best-looking JPEG of at most `limit` bytes; None when none is acceptable."""
        if limit < 1:
            return None
        step = self.step_for(limit, self.full)
        factor = self._factor(step)
        chroma = self._chroma(step) if factor == 1 else "4:2:0"
        for _ in range(8):
            scale = self._at(factor, chroma)
            found = self._search(scale, limit)
            if found is not None:
                return found
            excess = 2 ** max(size for _, size in scale.known[-1:]) / limit
            factor *= min(0.85, excess ** (-1 / 1.55))
            if min(self.size) * factor < min(_SMALLEST, *self.size):
                return None
        return None

    def _chroma(self, step: float) -> str:
        """Colour at full resolution where its edges are strong, or where bytes are many."""
        coarsest = next(limit for least, limit in _CHROMA if self.detail.chroma >= least)
        return "4:4:4" if step <= coarsest else "4:2:0"

    def _at(self, factor: float, chroma: str) -> Scale:
        size = scaled(self.size, factor)
        key = (size[0] / self.size[0] if factor < 1 else 1.0, chroma)
        if key not in self._scales:
            image = self.full.image
            if size != self.size:
                image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            self._scales[key] = Scale(factor, image, chroma)
        return self._scales[key]

    def _search(self, scale: Scale, limit: int) -> Encoded | None:
        best: Encoded | None = None
        low, high = jpeg.FINEST, jpeg.COARSEST
        for _ in range(self.effort.encodes):
            near = best is not None and len(best.data) >= EFFORTS["good"].filled * limit
            aim = _LAST_AIM if near else _AIM
            step = min(max(self.step_for(limit * aim, scale), low), high)
            if any(abs(step - known) < 1e-4 for known, _ in scale.known) and best is not None:
                break
            data = jpeg.encode(scale.image, step, chroma=scale.chroma)
            scale.known.append((step, math.log2(len(data))))
            if len(data) > limit:
                if step >= jpeg.COARSEST:
                    return None
                low = max(low, step)
                continue
            if best is None or len(data) > len(best.data):
                best = Encoded(data, scale.image.size, step, self._quality(len(data), step, scale.factor))
            if len(data) >= limit * self.effort.filled or step <= jpeg.FINEST:
                break
            high = min(high, step)
        return best


def _through(known: list[tuple[float, float]], aim: float) -> float:
    """The step where the line through the two points around or nearest to `aim` reaches it."""
    near = sorted(known, key=lambda point: abs(point[1] - aim))
    first = near[0]
    other = next((point for point in near[1:] if (point[1] > aim) != (first[1] > aim)), None)
    if other is None and len(near) > 1:
        other = near[1]
    slope = _SLOPE
    if other is not None and abs(other[0] - first[0]) > 1e-3:
        slope = min((other[1] - first[1]) / (other[0] - first[0]), -0.2)
    return first[0] + (aim - first[1]) / slope
