"""What a few frames reveal about an animation: its palettes, whether it is film, how any size would look."""

from __future__ import annotations

import math
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.fitting.animation_frames import alike, frame_of, over, small_frame
from mmspack.fitting.geometry import Size, scaled
from mmspack.media import palettes, scaling
from mmspack.media.animation import Animation
from mmspack.media.ssimulacra import Reference
from mmspack.media.threads import ahead
from mmspack.media.tiles import Tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

_USUAL = (32, 64, 128, 255)
"""Sizes of palette of which the first is taken that is near enough; one more index says "as before"."""
_SAMPLES = 12
_ERROR = 2.0
"""Levels by which a palette may be off: the smallest below it is taken (docs/fitting.md)."""
_DITHERED = 4.0
"""Error of the source's palette on scaled frames from which they get one of their own, in levels."""
_WHOLE = 0.999
"""Scale from which frames are shown in the source's own palette: filtered, even two colours become many."""
_SCALED, _HARDLY_SCALED, _HARDLY = 0.55, 0.95, 0.9
"""Scales at which colours are gathered that filtering makes; the second for scales from the third on."""
_BUSY = 0.25
"""Share of the pixels that change from frame to frame in film; in flat animation fewer do."""
_FACTORS = (1.0, 0.75, 0.55, 0.4, 0.3, 0.2)
_SHOWN = 3
"""Frames on which the look of a size is measured."""
_LOOKED_AT = 60_000
"""Pixels of each at which its finest scale is looked at."""
_STALE = 6
"""Frames for which pixels that hardly change are expected to stay as they are."""
_COMPARED = 9
_MOST_LOST = 250.0
ONE, EACH = slice(1, 2), slice(None)
"""Of the frames looked at."""
_FINE_STEPS, _FINE = 32, 3
"""Sizes in a doubling of which the clearest is taken for flat animation, and how many are seen."""
_KEPT = 12
"""Sizes of which the frames are kept."""
_STEPS, _SLOPE = 8, 30.0
"""Sizes in a doubling at which it is seen how others near them look, and points that a doubling gains there:
24 to 51 in eight animations."""


def is_busy(animation: Animation) -> bool:
    """True for what was filmed: a quarter of the pixels or more change from frame to frame."""
    frames = animation.frames
    every = max(1, len(frames) // _SAMPLES)
    shares = [float(np.mean(frames[at] != frames[at - 1])) for at in range(1, len(frames), every)]
    return sum(shares) / max(1, len(shares)) > _BUSY


class Palettes:
    """The colours for an animation: those of the source, or of its scaled frames where they differ much.

    A dithered source shows colours that its palette lacks; scaling makes the mixture one colour. With `lit`,
    frames are scaled by their light.
    """

    def __init__(self, animation: Animation, *, lit: bool) -> None:
        self.lit = lit
        self._animation = animation
        self._colours: dict[float, tuple[Bytes, NDArray[np.int64]]] = {}
        self._made: dict[tuple[float, int | None], Bytes] = {}

    def at(self, scale: float, colours: int | None = None) -> Bytes:
        """The palette for frames at `scale` of the source's size; by default the fewest that are near."""
        near = 1.0 if scale >= _WHOLE else _HARDLY_SCALED if scale >= _HARDLY else _SCALED
        key = near, colours
        if key not in self._made:
            self._made[key] = self._chosen(*key)
        return self._made[key]

    def _chosen(self, scale: float, colours: int | None) -> Bytes:
        rows, counts = self._shown(scale)
        if colours is not None:
            return palettes.choose(rows, counts, colours)
        if scale < 1 and not self.dithered:
            return self.at(1.0)
        return _fewest(rows, counts)

    @cached_property
    def dithered(self) -> bool:
        """True where scaling makes colours that the source lacks."""
        return palettes.error(*self._shown(_SCALED), self.at(1.0)) > _DITHERED

    def _shown(self, scale: float) -> tuple[Bytes, NDArray[np.int64]]:
        """The colours of the source or of its scaled frames, and how often each is shown."""
        if scale not in self._colours:
            animation = self._animation
            self._colours[scale] = (
                _source_colours(animation) if scale == 1 else _scaled_colours(animation, scale, lit=self.lit)
            )
        return self._colours[scale]


def _source_colours(animation: Animation) -> tuple[Bytes, NDArray[np.int64]]:
    every = max(1, len(animation.frames) // _SAMPLES)
    counts = np.zeros(len(animation.palette), dtype=np.int64)
    for frame in animation.frames[::every]:
        counts += np.bincount(frame.ravel(), minlength=len(counts))
    used = np.flatnonzero(counts)
    rows, inverse = np.unique(animation.palette[used], axis=0, return_inverse=True)
    return rows, np.bincount(inverse.ravel(), counts[used]).astype(np.int64)


def _fewest(rows: Bytes, counts: NDArray[np.int64]) -> Bytes:
    """The fewest colours that come near enough to all."""
    chosen = rows
    for size in _USUAL:
        chosen = palettes.choose(rows, counts, size)
        if palettes.error(rows, counts, chosen) <= _ERROR:
            break
    return chosen


def _scaled_colours(animation: Animation, scale: float, *, lit: bool) -> tuple[Bytes, NDArray[np.int64]]:
    every = max(1, len(animation.frames) // _SAMPLES)
    target = scaled(animation.size, scale)
    frames = range(0, len(animation.frames), every)
    shown = list(ahead(lambda at: small_frame(animation, at, target, lit=lit), frames))
    return palettes.gather(*palettes.histogram(np.concatenate(shown)))


class Prospect:
    """Quality of an animation at any fraction of its display size, measured on a few frames.

    Before a size is encoded, they are scaled down and up again, in its palette. What an encode looks like
    then corrects that: pixels that stay as they were before are off by a little.

    `tolerance` is by how many levels a pixel may be off at a fraction of the size, and stay as it is.
    `before` is the animation that frames were left out of: what a missing frame shows counts too.
    """

    def __init__(
        self,
        animation: Animation,
        size: Size,
        colours: Palettes,
        *,
        tolerance: Callable[[float], float],
        before: Animation | None = None,
    ) -> None:
        self._missing = _missing(animation, before) if before is not None else 0.0
        self._colours = colours
        self._fitting = size[0] / animation.size[0]
        count = len(animation.frames)
        self.looked_at = sorted({(2 * at + 1) * count // (2 * _SHOWN) for at in range(_SHOWN)})
        """The frames on which it is measured."""
        self._wanted = [_shown(animation, index, size) for index in self.looked_at]
        self._tolerance = tolerance
        self._earlier = [_shown(animation, max(0, index - _STALE), size) for index in self.looked_at]
        self._tiles = [Tiles(frame, pixels=_LOOKED_AT) for frame in self._wanted]
        self._whole: list[Reference] | None = None
        self._seen: dict[tuple[float, int | None, bool], float] = {}
        self._shades: dict[tuple[float, bool], palettes.Shades] = {}
        self._made: dict[int | None, dict[float, float]] = {}

    def afresh(self) -> Prospect:
        """The same without what encodes have shown."""
        fresh = copy(self)
        fresh._made = {}
        return fresh

    def measured(self, factor: float, colours: int | None, shown: Sequence[Image.Image]) -> float:
        """The quality of an encode, by the frames `looked_at`, which corrects what is expected of others."""
        if self._whole is None:
            self._whole = list(ahead(Reference, self._wanted))
        pairs = zip(self._whole, shown, strict=True)
        value = self._mean(ahead(lambda pair: pair[0].score(pair[1]), pairs))
        self._made.setdefault(colours, {})[factor] = value
        return value

    def _mean(self, values: Iterable[float]) -> float:
        bounded = [max(value, 100.0 - _MOST_LOST) for value in values]
        return sum(bounded) / len(bounded) - self._missing

    def at(self, factor: float, colours: int | None = None, frames: slice = EACH) -> float:
        """The quality at `factor` of the display size, by a few sizes and by what was made."""
        made = self._made.get(colours, {})
        near = min(made, key=lambda known: abs(math.log(known / factor)), default=None)
        off = made[near] - self._between(near, colours, frames) if near is not None else 0.0
        return self._between(factor, colours, frames) + off

    def _between(self, factor: float, colours: int | None, frames: slice) -> float:
        above = min((known for known in _FACTORS if known >= factor), default=_FACTORS[0])
        below = max((known for known in _FACTORS if known <= factor), default=_FACTORS[-1])
        if above <= below:
            return self.expected(above, colours, frames)
        share = math.log(factor / below) / math.log(above / below)
        low, high = self.expected(below, colours, frames), self.expected(above, colours, frames)
        return low + share * (high - low)

    def about(self, factor: float, colours: int | None) -> float:
        """The quality before any encode, near enough to compare numbers of colours by it."""
        if factor >= 1:
            return self.expected(1.0, colours)
        # The full size is not filtered, and looks much better than one just below it.
        near = 2 ** (-max(1, round(-math.log2(factor) * _STEPS)) / _STEPS)
        if (near * self._fitting >= _WHOLE) != (factor * self._fitting >= _WHOLE):
            near = factor
        return self.expected(near, colours) + _SLOPE * math.log2(factor / near)

    def at_best(self, factor: float, colours: int | None) -> float:
        """The same for the clearest of a few sizes up to that, of flat animation, by one frame of it."""
        if factor >= 1:
            return self.expected(1.0, colours, ONE)
        first = max(1, math.ceil(-math.log2(factor) * _FINE_STEPS))
        sizes = [2 ** (-(first + more) / _FINE_STEPS) for more in range(_FINE)]
        return max(self.expected(size, colours, ONE) for size in sizes)

    def expected(self, factor: float, colours: int | None, frames: slice = EACH) -> float:
        """The quality at exactly that size, before any encode, by some of the frames looked at."""
        frames = frames if len(self._wanted) > 1 else EACH
        key = factor, colours, frames == ONE
        if key not in self._seen:
            palette = self._colours.at(factor * self._fitting, colours)
            same = alike(palette, self._tolerance(factor))
            new, old = np.split(self._small(factor, frames).indices(palette), 2)
            pairs = zip(self._tiles[frames], palette[over(old, new, same)], strict=True)
            self._seen[key] = self._mean(
                ahead(lambda pair: pair[0].measured(Image.fromarray(pair[1])), pairs)
            )
        return self._seen[key]

    def _small(self, factor: float, frames: slice) -> palettes.Shades:
        """Frames looked at, and those before them, made smaller."""
        key = factor, frames == ONE
        if key not in self._shades:
            for known in list(self._shades)[:-_KEPT]:
                del self._shades[known]
            target = scaled(self._wanted[0].size, factor) if factor < 1 else self._wanted[0].size
            pixels = [
                np.asarray(scaling.quickly(frame, target))
                for frame in (*self._wanted[frames], *self._earlier[frames])
            ]
            self._shades[key] = palettes.Shades(np.stack(pixels), exactly=False)
        return self._shades[key]

    def factor_for(self, wanted: float, colours: int | None = None) -> float:
        """The smallest fraction at which a quality is reached; 1 where it is reached at none."""
        low, high = _FACTORS[-1], 1.0
        if self.at(low, colours) >= wanted:
            return low
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (low, middle) if self.at(middle, colours) >= wanted else (middle, high)
        return high


def _shown(animation: Animation, index: int, size: Size) -> Image.Image:
    frame = frame_of(animation, index)
    return frame if frame.size == size else frame.resize(size, Image.Resampling.LANCZOS)


def _missing(animation: Animation, before: Animation) -> float:
    """Mean quality lost by frames that others replace."""
    ends = np.cumsum(animation.delays_ms)
    starts = np.cumsum([0, *before.delays_ms[:-1]])
    lost = []
    for at in np.linspace(0, len(before.frames) - 1, _COMPARED).astype(int):
        stand_in = min(int(np.searchsorted(ends, starts[at], side="right")), len(animation.frames) - 1)
        value = Reference(frame_of(before, at)).score(frame_of(animation, stand_in))
        lost.append(min(_MOST_LOST, 100.0 - value))
    return sum(lost) / len(lost)
