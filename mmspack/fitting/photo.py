"""A photo as a function of bytes: dimensions and quantisation chosen together, in few encodes.

What an encode costs and how it looks is tried on tiles of the photo, a tenth of it (`media/tiles.py`):
near the bytes in question, at a few sizes, with colour at half and at full resolution. What looks best
there is made.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from PIL import Image

from mmspack.fitting.effort import EFFORTS
from mmspack.fitting.geometry import Size, scaled
from mmspack.fitting.quality import WORST
from mmspack.fitting.steps import SLOPE, on_line, shape, through
from mmspack.media import jpeg, jpegli, scaling
from mmspack.media.tiles import Tiles

_HALVED = 2.4
"""Steps by which a picture of half the size is finer at the same bytes (2.0 to 2.9)."""
_FULL_CHROMA = 0.5
"""Steps by which 4:4:4 is coarser at the same bytes, before a trial has shown it."""
_SMALLEST = 32
_COARSE = -0.3
"""Step above which a smaller, cleaner picture may look better at the same bytes."""
_SMALLER = (0.5, 0.375, 0.25, 0.1875, 0.125)
_COARSEST_TRIED, _COARSEST_SMALL = 1.6, 2.2
"""Step above which the full size is not tried, as a smaller one looks better; the other for a small picture,
in which thin lines are lost: drawn in a JPEG at 30 kB, a net of them looks 12 points better at full size."""
_NEAR = 0.45
"""Steps within which a trial holds for its neighbours: the line between is off by less than a point."""
_WORTH, _SMALL_WORTH = 1.0, 3.0
"""Gain in quality above which a smaller size is taken: whoever looks closer sees its pixels. Tiles are too
kind to smaller sizes of a small picture, by 1.6 to 4.5 points on five photos of six."""
_COARSE_ENOUGH = -0.6
"""The same for what is already smaller."""
_SURE = 0.02
_MARGIN = 5.0
"""Points by which half the size may look worse and three quarters still be tried."""
_HOPEFUL = 8.0
"""Points by which half the size may look worse and light be tried, which gains photos up to 5."""
_FINE = -1.3
"""Step below which colour at full resolution may be worth its bytes."""
_COARSE_COLOUR = 0.5
"""Step above which it is not, unless 4:2:0 bleeds."""
_PERFECT = 104.0
"""The quality that finer steps tend to, beyond what a report shows."""
_PER_HALVING = 0.44
"""log2 of what is lost, for each halving of the bytes where dimensions shrink with them."""
_BIASED_FROM, _BIAS = 85.0, 0.06
"""Trials are too kind to coarse encodes: by this for each point below (fifteen photos at two sizes)."""


_GLARING, _BLEEDING = 9.6, 8.7
"""Levels of `Tiles.glaring` up to which trials see what 4:2:0 costs (most photos: 2 to 6), and points lost
for each above: two pictures of saturated red beside blue lost 10 and 13 more than trials had shown."""


OWN, JPEGLI = "mmspack", jpegli.NAME
ENCODERS = {OWN: jpeg.encode, JPEGLI: jpegli.encode}
_JPEGLI_FROM, _JPEGLI_TO = -2.5, 0.9
"""Steps between which jpegli is tried, and at full size alone: beyond them, and on smaller sizes, our tables
looked better on eleven photos, by 0.4 to 6.5 points, but 0.2 worse once (docs/fitting.md)."""


class Encoded(NamedTuple):
    """One JPEG of a photo, and how it was made."""

    data: bytes
    size: Size
    step: float
    quality: float
    chroma: str = "4:2:0"
    encoder: str = OWN


_AIM, _LAST_AIM = 0.988, 0.997
"""Shares of the budget that are aimed at: until `good` is content, and after it."""
SMALL, _SMALL_FILLED = 400_000, 0.99
"""Pixels of a small picture, and how far `good` fills its budget: a hundredth of it is 0.3 points at 30 kB,
and another encode takes 3 ms."""


@dataclass(slots=True)
class Scale:
    """A photo at one size, with what is known of it, each as a function of the step."""

    factor: float
    chroma: str = "4:2:0"
    encoder: str = OWN
    known: list[tuple[float, float]] = field(default_factory=list)
    """log2 of the bytes of encodes of the whole picture."""
    tried: list[tuple[float, float]] = field(default_factory=list)
    """log2 of the bytes that trials predict."""
    seen: list[tuple[float, float]] = field(default_factory=list)
    """log2 of what trials show to be lost, less `shape`."""
    begun: tuple[float, bytes] | None = field(default=None, repr=False)
    """The step and the bytes of an encode of the whole picture that no search has weighed yet."""


class Photo:
    """A photo at display size (`full`, RGB), and what any number of bytes would make of it.

    `blurred` is the quality that its pixels have lost before, of 100: a decoder that makes a picture
    smaller on the way takes the finest detail, which no trial can see. `sure`: what is made is tried once
    more, so that its quality does not depend on what was tried before.
    """

    def __init__(
        self,
        full: Image.Image,
        *,
        effort: str = "good",
        blurred: float = 0.0,
        tiles: Tiles | None = None,
        sure: bool = False,
    ) -> None:
        self._sure = sure
        self.effort = EFFORTS[effort]
        self.size = full.size
        small = math.prod(full.size) <= SMALL
        # `best` measures what it chooses from, and a quality that was asked for goes before size.
        self._coarsest = _COARSEST_SMALL if small else _COARSEST_TRIED
        self._worth = _SMALL_WORTH if small and effort != "best" and not sure else _WORTH
        self._filled = _SMALL_FILLED if small and effort == "good" else self.effort.filled
        self.shown = full
        self._blurred = blurred
        self._tiles = tiles or Tiles(full)
        self._lit = False
        self.full = Scale(1.0)
        self._scales = {(1.0, "4:2:0", OWN): self.full}
        self._images = {self.size: full}

    # -- what is expected ---------------------------------------------------------------------

    def step_for(self, limit: float, scale: Scale) -> float:
        """The step at which `scale` is expected to take `limit` bytes."""
        aim = math.log2(max(limit, 1.0))
        if (
            len(scale.known) == 1 and len(scale.tried) > 1
        ):  # on from it by the photo's own slope, on its tiles
            step, size = scale.known[0]
            return step + through(scale.tried, aim) - through(scale.tried, size)
        if scale.known:
            return through(scale.known, aim)
        if scale.tried:
            return through(scale.tried, aim - self._underrated())
        base = self.step_for(limit, self.full) if scale is not self.full else 0.0
        return base + _HALVED * math.log2(scale.factor) + (_FULL_CHROMA if scale.chroma == "4:4:4" else 0.0)

    def _underrated(self) -> float:
        """log2 of the bytes that the whole picture takes over those that its tiles predict.

        -0.2 to 0.2, and for one photo the same within 0.05 at every size and by either encoder.
        """
        for scale in self._scales.values():
            if scale.known and scale.tried:
                step, size = scale.known[-1]
                return size - on_line(scale.tried, step)
        return 0.0

    def look(self, limit: int) -> list[Scale]:
        """Try what may look best in `limit` bytes; what was tried."""
        full, found = self.full, []
        if not full.tried:
            self._rate(full, 0.0)
        step = self.step_for(limit, full)
        if step > self._coarsest and len(full.tried) < 2:  # by the usual slope alone: noise goes sooner
            self._rate(full, min(step, jpeg.COARSEST))
            step = self.step_for(limit, full)
        if step <= self._coarsest or min(self.size) < 2 * _SMALLEST:
            self._try(full, min(max(step, jpeg.FINEST), jpeg.COARSEST))
            found = [full, *self._try_full_chroma(limit)]
        if step > _COARSE and min(self.size) >= 2 * _SMALLEST:
            found += self._try_smaller(limit, self._value(full, limit) if found else WORST)
        return found + self._try_jpegli(limit, found)

    def _try_jpegli(self, limit: int, found: list[Scale]) -> list[Scale]:
        """The same as what looks best so far, encoded by jpegli, where it is installed."""
        if not found or not jpegli.installed() or self.effort is EFFORTS["fast"]:
            return []
        own = max(found, key=lambda scale: self._value(scale, limit))
        step = self.step_for(limit, own)
        if own.factor < 1 or not _JPEGLI_FROM <= step <= _JPEGLI_TO:
            return []
        scale = self._at(own.factor, own.chroma, JPEGLI)
        if not scale.tried:
            self._rate(scale, min(max(step, jpeg.FINEST), jpeg.COARSEST))
        self._try(scale, min(max(self.step_for(limit, scale), jpeg.FINEST), jpeg.COARSEST))
        return [scale]

    def _try_smaller(self, limit: int, best: float) -> list[Scale]:
        found: list[Scale] = []
        for factor in _SMALLER:
            if min(self.size) * factor < _SMALLEST:
                break
            scale = self._at(factor)
            value = self._tried_at(scale, limit)
            if not self._lit and not found and value > best - _HOPEFUL and self._tiles.gain_by_light:
                self._light_up()
                scale = self._at(factor)
                value = self._tried_at(scale, limit)
            found.append(scale)
            if value <= WORST:  # not to be made at this size: a smaller one may be
                continue
            if factor == 0.5 and abs(value - best) < _MARGIN:
                found.append(self._at(0.75))
                self._tried_at(self._at(0.75), limit)
            if value <= best or self.step_for(limit, scale) < _COARSE_ENOUGH:
                break
            best = value
        return [scale for scale in found if scale.seen]

    def _light_up(self) -> None:
        """From now on, make smaller sizes by their light; what is known of them was without."""
        self._lit = True
        self._scales = {key: scale for key, scale in self._scales.items() if scale.factor == 1}
        self._images = {self.size: self.shown}

    def _tried_at(self, scale: Scale, limit: int) -> float:
        if not scale.tried:
            self._rate(scale, min(max(self.step_for(limit, scale), jpeg.FINEST), jpeg.COARSEST))
        step = self.step_for(limit, scale)
        if step > jpeg.COARSEST:
            return WORST
        self._try(scale, max(step, jpeg.FINEST))
        return self._value(scale, limit)

    def _try_full_chroma(self, limit: int) -> list[Scale]:
        """Colour at full resolution, where bytes are many or the colours lose much at half of it."""
        step = self.step_for(limit, self.full)
        if step > _FINE and not (self._bled or (step < _COARSE_COLOUR and self._tiles.colourful)):
            return []
        scale = self._at(1.0, "4:4:4")
        if not scale.tried:
            self._rate(scale, min(max(step + _FULL_CHROMA, jpeg.FINEST), jpeg.COARSEST))
        step = self.step_for(limit, scale)
        if step > jpeg.COARSEST:
            return []
        self._try(scale, max(step, jpeg.FINEST))
        return [scale]

    def _rate(self, scale: Scale, step: float) -> bytes:
        """An encode of the tiles, for its bytes."""
        tiles = self._tiles.at(scale.factor, lit=scale.factor < 1 and self._lit)
        data = ENCODERS[scale.encoder](tiles, step, chroma=scale.chroma)
        if all(abs(step - tried) > 0.05 for tried, _ in scale.tried):
            head = jpeg.header_size(data)
            scale.tried.append((step, math.log2(head + (len(data) - head) * self._tiles.times)))
        return data

    def _try(self, scale: Scale, step: float, near: float = _NEAR) -> None:
        """An encode of the tiles, for its bytes and its look, unless one of nearly that step is known."""
        if any(abs(step - seen) < near for seen, _ in scale.seen):
            return
        value = self._tiles.score(self._rate(scale, step))
        value -= _BIAS * max(0.0, _BIASED_FROM - value)
        bled = self._bled if scale.chroma == "4:2:0" else 0.0
        value = 100.0 - math.hypot(100.0 - min(value, 100.0), self._blurred, bled)
        scale.seen.append((step, math.log2(_PERFECT - value) - shape(step)))

    @property
    def _bled(self) -> float:
        """What colour at half resolution takes from a few glaring places, which the tiles may not have."""
        return _BLEEDING * max(0.0, self._tiles.glaring - _GLARING)

    def quality_at(self, limit: float) -> float:
        """The quality that `limit` bytes are expected to reach, without encoding anything."""
        values = [self._value(scale, limit) for scale in self._scales.values() if scale.seen]
        return max(values, default=WORST)

    def _value(self, scale: Scale, limit: float) -> float:
        """The quality of `scale` in `limit` bytes; where that is too few, of a smaller one."""
        if not scale.seen:
            return WORST
        step = self.step_for(limit, scale)
        if step <= jpeg.COARSEST:
            return self._quality(scale, max(step, jpeg.FINEST))
        halvings = (step - jpeg.COARSEST) * -SLOPE
        lost = _PERFECT - self._quality(scale, jpeg.COARSEST)
        return max(WORST, _PERFECT - lost * 2 ** min(halvings * _PER_HALVING, 8.0))

    def _quality(self, scale: Scale, step: float) -> float:
        lost = on_line(scale.seen, step, level=True) + shape(step)
        finest = min(step for step, _ in scale.seen)
        if scale.factor < 1 and step < finest:  # finer steps bring back nothing that the size has taken
            lost += (shape(finest) - shape(step)) / 2
        return max(WORST, min(100.0, _PERFECT - 2**lost))

    def bytes_for(self, quality: float) -> int:
        """The bytes that a quality is expected to take."""
        found = self._bytes_for(quality)
        self.look(found)
        return self._bytes_for(quality)

    def _bytes_for(self, quality: float) -> int:
        low, high = 500.0, float(self.size[0] * self.size[1] * 3)
        if not self.full.seen:
            self.look(int(high / 12))
        for _ in range(24):
            middle = math.sqrt(low * high)
            low, high = (low, middle) if self.quality_at(middle) >= quality else (middle, high)
        return math.ceil(high)

    # -- what is made -------------------------------------------------------------------------

    def unscaled(self, limit: int) -> Encoded | None:
        """The JPEG of full size that takes at most `limit` bytes, however it looks."""
        return self._search(self.full, limit)

    def best(self, limit: int, encoders: Collection[str] = ENCODERS) -> Encoded | None:
        """The best-looking JPEG of at most `limit` bytes; None when none is acceptable."""
        if limit < 1:
            return None
        self.begin(limit, encoders)
        scale = self._favourite(limit, encoders)
        factor = scale.factor
        for _ in range(8):
            found = self._search(scale, limit)
            if found is not None:
                return found
            excess = 2 ** max(size for _, size in scale.known[-1:]) / limit
            factor *= min(0.85, excess ** (-1 / 1.55))
            if min(self.size) * factor < min(_SMALLEST, *self.size):
                return None
            scale = self._at(factor)
        return None

    def begin(self, limit: int, encoders: Collection[str] = ENCODERS) -> None:
        """Encode the whole once for `limit` bytes, which corrects those that tiles predict for every size.

        What it finds is kept for `best`. Nothing where that has been done before.
        """
        if any(scale.known for scale in self._scales.values()):
            return
        scale = self._favourite(limit, encoders)
        step = min(max(self.step_for(limit * _AIM, scale), jpeg.FINEST), jpeg.COARSEST)
        scale.begun = step, self._encode(scale, step)

    def _favourite(self, limit: int, encoders: Collection[str]) -> Scale:
        """What is expected to look best in `limit` bytes."""
        looked = [scale for scale in self.look(limit) if scale.encoder in encoders]
        # Beyond the coarsest step a size cannot be made: what it would look like is a guess for curves alone.
        return max(
            [scale for scale in looked if self.step_for(limit, scale) <= jpeg.COARSEST] or looked,
            key=lambda scale: self._value(scale, limit) - (self._worth if scale.factor < 1 else 0.0),
            default=self.full,
        )

    def _encode(self, scale: Scale, step: float) -> bytes:
        """The whole picture, and its bytes noted."""
        image = self.resized(scaled(self.size, scale.factor))
        data = ENCODERS[scale.encoder](image, step, chroma=scale.chroma)
        scale.known.append((step, math.log2(len(data))))
        return data

    def _at(self, factor: float, chroma: str = "4:2:0", encoder: str = OWN) -> Scale:
        key = (factor, chroma, encoder)
        if key not in self._scales:
            self._scales[key] = Scale(*key)
        return self._scales[key]

    def resized(self, size: Size) -> Image.Image:
        """The photo at a smaller size; itself at its own."""
        if size not in self._images:
            self._images[size] = scaling.resized(self.shown, size, lit=self._lit)
        return self._images[size]

    def chromas(self, made: Encoded) -> tuple[str, ...]:
        """The resolutions of colour that are worth a try for as many bytes as `made` took."""
        full = made.chroma == "4:4:4" or made.step <= _FINE or self._tiles.colourful
        return ("4:2:0", "4:4:4") if full else ("4:2:0",)

    def _search(self, scale: Scale, limit: int) -> Encoded | None:
        best: Encoded | None = None
        size = scaled(self.size, scale.factor)
        low, high = jpeg.FINEST, jpeg.COARSEST
        for _ in range(self.effort.encodes):
            near = best is not None and len(best.data) >= EFFORTS["good"].filled * limit
            aim = _LAST_AIM if near else _AIM
            step = min(max(self.step_for(limit * aim, scale), low), high)
            if scale.begun is not None:
                (step, data), scale.begun = scale.begun, None
            elif any(abs(step - known) < 1e-4 for known, _ in scale.known) and best is not None:
                break
            else:
                data = self._encode(scale, step)
            if len(data) > limit:
                if step >= jpeg.COARSEST:
                    return None
                low = max(low, step)
                continue
            if best is None or len(data) > len(best.data):
                value = self._reached(scale, step)
                best = Encoded(data, size, step, value, scale.chroma, scale.encoder)
            if len(data) >= limit * self._filled or step <= jpeg.FINEST:
                break
            high = min(high, step)
        return best

    def _reached(self, scale: Scale, step: float) -> float:
        """The quality of an encode, by trials of its size."""
        if self._sure or not scale.seen:
            self._try(scale, step, _SURE)
        return self._quality(scale, step)
