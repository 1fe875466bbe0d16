"""An animated GIF into a number of bytes: its size and its colours, by forecasts of bytes and of looks."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.fitting.animation_forecast import ONE, Palettes, Prospect, is_busy
from mmspack.fitting.animation_frames import Painter, alike, changes_of, is_near
from mmspack.fitting.animation_guess import SCALE, Guess
from mmspack.fitting.animation_sizes import Sizes
from mmspack.fitting.geometry import Box, Size, scaled
from mmspack.fitting.quality import WORST
from mmspack.media import palettes
from mmspack.media.animation import LONGEST_MS, Animation, write_animation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

FLOOR = -10.0
"""Quality below which a still says more than what is left of the motion; up to 35, `check` warns of it.
Where every leaf of a wood moves, lossy LZW reaches 12 points more: what it could show is not refused."""
SMALLEST = 0.15
"""Least fraction of the display size that is made, whatever its quality."""
_AIM = 0.971
"""Share of the budget to aim for."""
_ENCODES, _STEPS = 6, 24
"""For one limit, of which most take two, and steps until one is found at all."""
_FEW_ENCODES, _NEARLY = 3, 0.9
"""Encodes from which that share of the budget is enough: the rest of it is worth a point or two."""
_COLOURS = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 255)
_APART = 4
"""How far apart the first numbers of colours are that are compared, a power of two."""
_NEAR, _NEARBY = 0.012, 5
"""Share by which sizes differ of which the clearest is taken, and how many: where pixels meet the lines of a
drawing, it looks up to 8 points better (`lottie_community`, 32 colours: 448, 456, 464 pixels: 40, 49, 43)."""
_GAIN = 1.0
"""Points that another number of colours must promise over what was found."""
_LIMITS = 4
"""Limits in each doubling for which the number of colours is chosen."""
_HOPELESS, _DOUBT = 0.9, 15.0
"""Share of the smallest size, and points below the floor, from which a forecast is worth an encode."""
_ALL = 0.95
"""Size from which the full one is tried first."""
_STEP = 0.8
"""Share of a size that was too large, where forecasts only led back to it."""
_REACH, _REACH_OF_FEW = 0.5, 0.25
"""Shares of a flat animation's bytes from which it is tried unscaled; the other where its colours are few."""
_FEW = 32
_FILM_TOLERANCE, _FLAT_TOLERANCE, _MORE_TOLERANCE = 1.5, 8.0, 3.0
"""Levels that a pixel may be off (docs/fitting.md); the last is added where flat animation is made small."""
_FLICKER_TOLERANCE = 20.0
"""The same where the dots of a stippled animation flicker in their places: 23 points more in one of them."""
_LARGE, _SMALL = 0.8, 0.6
"""Fractions of the display size from which nothing is added, and from which all of it."""
_QUICK = 8_000_000
"""Pixels in all frames up to which an encode is a matter of a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One encode of an animation."""

    data: bytes = field(repr=False)
    size: Size
    frames: int
    factor: float
    rate: Callable[[], float] = field(repr=False)

    @property
    def quality(self) -> float:
        """Measured on a few frames; below 0 for what nobody would look at."""
        return self.rate()


def thin(animation: Animation, least_ms: int) -> Animation:
    """The animation with frames left out so that each is shown for at least `least_ms`, the time kept.

    Phones show a frame of no time for a tenth of a second: it stays.
    """
    frames, delays = [animation.frames[0]], [animation.delays_ms[0]]
    for frame, delay in zip(animation.frames[1:], animation.delays_ms[1:], strict=True):
        if 0 < delays[-1] < least_ms and delays[-1] + delay <= LONGEST_MS:
            delays[-1] += delay
        else:
            frames.append(frame)
            delays.append(delay)
    return replace(animation, frames=frames, delays_ms=delays)


def cropped(animation: Animation, box: Box) -> Animation:
    """The part of every frame inside a box of whole pixels."""
    left, top, right, bottom = (int(value) for value in box)
    return replace(animation, frames=[frame[top:bottom, left:right] for frame in animation.frames])


class Motion:
    """An animation at any number of bytes. What was learned from an encode is kept for the next.

    `before` is the animation from which frames were left out, if any were.
    """

    def __init__(
        self,
        animation: Animation,
        size: Size,
        *,
        filled: float,
        source_bytes: int,
        before: Animation | None = None,
    ) -> None:
        self.animation = animation
        self.size = size
        self.source_bytes = source_bytes
        self.fitting = animation.size[0] / size[0]
        self.filled = filled
        self.palettes = Palettes(animation, lit=is_near(animation.size, size))
        self._flat = not is_busy(animation)
        self._guess = Guess(animation, self.palettes, lambda scale: self._tolerance(scale * self.fitting))
        self.prospect = Prospect(animation, size, self.palettes, tolerance=self._tolerance, before=before)
        self._forget()

    def afresh(self) -> Motion:
        """The same without what was learned from encodes; what was seen before any is kept."""
        fresh = copy(self)
        fresh.prospect = self.prospect.afresh()
        fresh._forget()
        return fresh

    def _forget(self) -> None:
        self.sizes = Sizes(self._guess, self.palettes, self.fitting)
        self._chosen: dict[int, int | None] = {}
        self._made: dict[tuple[Size, bytes], Moved] = {}

    def promises(self, limit: int) -> bool:
        """True where `limit` bytes are expected to come near the floor."""
        if self.unscaled(limit) is not None:
            return True
        colours = self.colours_for(limit)
        factor = self.sizes.factor_for(limit, colours)
        return factor >= _HOPELESS * SMALLEST and self.prospect.about(factor, colours) > FLOOR - _DOUBT

    def unscaled(self, limit: int) -> Moved | None:
        """A flat animation at its full size, where that is worth trying and takes at most `limit` bytes.

        Filtering blurs flat edges into more colours than there were: a smaller size may take more bytes.
        """
        kept = self._flat and is_near(self.animation.size, self.size)
        pixels = len(self.animation.frames) * self.size[0] * self.size[1]
        if not kept:
            return None
        reach = _REACH_OF_FEW if len(self.palettes.at(1.0)) <= _FEW else _REACH
        if pixels > _QUICK and limit < reach * self.source_bytes:
            return None
        whole = self.encode(1.0, learn=False)  # it is not on the line of the other sizes
        return whole if len(whole.data) <= limit else None

    def encode(self, factor: float, colours: int | None = None, *, learn: bool = True) -> Moved:
        """The animation at `factor` of its display size; `learn`: use it to predict other sizes."""
        target = scaled(self.size, factor) if factor < 1 else self.size
        palette = self.palettes.at(target[0] / self.animation.size[0], colours)
        key = target, palette.tobytes()
        if key not in self._made:
            painter = Painter(self.animation, self.size, target, palettes.Mapper(palette))
            same = alike(palette, self._tolerance(factor))
            changes, shown = changes_of(self.animation, painter, same, self.prospect.looked_at)
            frames = [Image.fromarray(palette[frame]) for frame in shown]
            rate = cache(lambda: self.prospect.measured(factor, colours, frames))
            data = write_animation(target, palette, changes, self.animation.loops)
            self._made[key] = Moved(data, target, len(changes), factor, rate)
        if learn:
            self.sizes.learn(factor, colours, len(self._made[key].data))
        return self._made[key]

    def colours_for(self, limit: int) -> int | None:
        """How many colours look best in about `limit` bytes: with fewer of them, a film is larger.

        Up to 21 points are won or lost by it, and 16 may be best as well as 128 (docs/fitting.md).
        """
        near = round(math.log2(max(1, limit)) * _LIMITS)
        if near not in self._chosen:
            self._chosen[near] = self._best_looking(limit, {})
        return self._chosen[near]

    def learnt_for(self, limit: int) -> int | None:
        """The same, once an encode of about so many bytes has been made."""
        colours = self.colours_for(limit)
        if not self.sizes.knows(colours):
            self.encode(min(1.0, max(SMALLEST, self.sizes.factor_for(limit * _AIM, colours))), colours).rate()
        return colours

    def _best_looking(self, limit: int, searches: Mapping[int | None, _Search]) -> int | None:
        """Compares every fourth number of colours, then those two away from the best, then its neighbours."""
        usual = len(self.palettes.at(SCALE))
        sizes: list[int | None] = [size for size in _COLOURS if size < 0.8 * usual]
        first = len(sizes) % _APART
        sizes += [None, *(size for size in _COLOURS if size > 1.25 * usual)]
        values = {at: self._worth(limit, sizes[at], searches) for at in range(first, len(sizes), _APART)}
        apart = _APART
        while apart > 1:
            apart //= 2
            best = max(values, key=values.__getitem__)
            for at in (best - apart, best + apart):
                if 0 <= at < len(sizes) and at not in values:
                    values[at] = self._worth(limit, sizes[at], searches)
        return sizes[max(values, key=values.__getitem__)]

    def _worth(self, limit: int, colours: int | None, searches: Mapping[int | None, _Search]) -> float:
        """The quality that is expected, or was found."""
        search = searches.get(colours)
        if search is not None and search.done:
            return search.found.quality if search.found is not None else WORST
        search = search or _Search()
        factor = search.near(self.sizes.factor_for(limit * _AIM, colours, most=search.most))
        if factor < SMALLEST:
            return WORST
        # What was found is mostly less than what was expected, and so will others be.
        off = [
            self._likely(other.found.factor, number) - other.found.quality
            for number, other in searches.items()
            if other.found is not None
        ]
        return self._likely(factor, colours) - (sum(off) / len(off) + _GAIN if off else 0.0)

    def _likely(self, factor: float, colours: int | None) -> float:
        """The quality by which numbers of colours are compared."""
        return (self.prospect.at_best if self._flat else self.prospect.about)(factor, colours)

    def _clearest(self, factor: float, colours: int | None) -> float:
        """Of that size and some smaller ones, the one at which the lines of flat animation look best."""
        if not self._flat or factor >= 1:
            return factor
        near = [max(SMALLEST, factor * (1 - at * _NEAR)) for at in range(_NEARBY)]
        return max(near, key=lambda size: self.prospect.expected(size, colours, ONE))

    def _tolerance(self, factor: float) -> float:
        """Levels by which a pixel may differ and stay as it is: more where little is seen of it anyway."""
        if not self._flat:
            return _FILM_TOLERANCE
        if self._flickers:
            return _FLICKER_TOLERANCE
        small = min(1.0, max(0.0, (_LARGE - factor) / (_LARGE - _SMALL)))
        return _FLAT_TOLERANCE + small * _MORE_TOLERANCE

    @cached_property
    def _flickers(self) -> bool:
        """True for stippled frames whose small changes do not add up: drifting shades would be smeared."""
        if not self.palettes.dithered:
            return False
        soon, later = [], []
        for first, before, last in self._guess.samples():
            near, far = (
                np.sqrt(((pixels - last.astype(np.float32)) ** 2).mean(axis=2)) for pixels in (before, first)
            )
            held = (near > 0) & (near <= _FLICKER_TOLERANCE)
            if held.any():
                soon.append(float(near[held].mean()))
                later.append(float(np.median(far[held])))
        return sum(later) <= sum(soon)

    def best(self, limit: int) -> Moved | None:
        """The best-looking animation of at most `limit` bytes; None where none is so small."""
        best = self.unscaled(limit)
        if best is not None:
            return best
        searches: dict[int | None, _Search] = {}
        colours, before = None, len(self._made)
        for _ in range(_STEPS):
            if best is not None or len(self._made) - before < _ENCODES:
                colours = self._best_looking(limit, searches)
            search = searches.setdefault(colours, _Search())
            encodes = len(self._made) - before
            enough = best is not None and (
                encodes >= _ENCODES or (encodes >= _FEW_ENCODES and len(best.data) >= _NEARLY * limit)
            )
            if search.done or enough:
                break
            factor = search.next(self.sizes.factor_for(limit * _AIM, colours, most=search.most))
            clear = self._clearest(factor, colours)
            moved = self.encode(clear, colours)
            if len(moved.data) > limit:
                search.over(moved.factor)
                continue
            search.under(moved, filled=len(moved.data) >= self.filled * limit * (clear / factor) ** 2)
            if best is None or moved.quality > best.quality:
                best = moved
        if best is None or best.quality < FLOOR:
            whole = self._at_full_size(limit)
            best = whole if best is None or (whole and whole.quality > best.quality) else best
        return best

    def _at_full_size(self, limit: int) -> Moved | None:
        """The full size in as many colours as fit. Where dots are single pixels, nothing smaller looks so."""
        pixels = len(self.animation.frames) * self.size[0] * self.size[1]
        if pixels > _QUICK or not is_near(self.animation.size, self.size):
            return None
        found: Moved | None = None
        low, high = 0, len(_COLOURS)
        while low < high:
            middle = (low + high) // 2
            made = self.encode(1.0, _COLOURS[middle], learn=False)
            if len(made.data) <= limit:
                found, low = made, middle + 1
            else:
                high = middle
        return found


class _Search:
    """For the largest size of an animation in one number of colours."""

    def __init__(self) -> None:
        self.low, self.high = SMALLEST, 1.0
        self.most = math.inf
        """A size that took too much."""
        self.found: Moved | None = None
        self.done = False
        self._tried: set[float] = set()

    def near(self, factor: float) -> float:
        """The nearest that may be tried; the full size, which nothing blurs, where it is hardly larger."""
        if factor >= _ALL and self.high == 1.0 and not self._tried:
            return 1.0
        return min(self.high, max(self.low, factor) if self._tried else factor)

    def next(self, factor: float) -> float:
        """The factor to try, given where the limit is expected to be."""
        factor = max(self.low, self.near(factor))
        if factor in self._tried:
            factor = math.sqrt(self.low * self.high) if self.found else max(self.low, _STEP * self.high)
        self._tried.add(factor)
        return factor

    def over(self, factor: float) -> None:
        """It took more bytes than there are."""
        self.high = self.most = factor
        self.done = factor <= SMALLEST

    def under(self, moved: Moved, *, filled: bool) -> None:
        """It took no more; where they are `filled`, a larger one is not looked for."""
        self.low, self.found = moved.factor, moved
        self.done = filled or moved.factor >= 1
