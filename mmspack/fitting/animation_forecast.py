"""What a few frames reveal about an animation: its palettes, whether it is film, how any size would look."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.fitting.geometry import Size, scaled
from mmspack.media import palettes
from mmspack.media.animation import Animation
from mmspack.media.ssimulacra import Reference
from mmspack.media.threads import ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

COLOURS = (32, 64, 128, 255)
"""Sizes of palette that are tried; one more index says "as before"."""
_SAMPLES = 12
_ERROR = 2.0
"""Levels by which a palette may be off: the smallest below it is taken (docs/fitting.md)."""
_DITHERED = 4.0
"""Error of the source's palette on scaled frames from which they get one of their own, in levels."""
_SCALED = 0.55
WHOLE = 0.9
"""Scale from which frames are shown in the source's own palette."""
_BUSY = 0.25
"""Share of the pixels that change from frame to frame in film; in flat animation fewer do."""
_FACTORS = (1.0, 0.75, 0.55, 0.4, 0.3, 0.2)
_SHOWN = 3
"""Frames on which the look of a size is measured."""
_COMPARED = 9
_MOST_LOST = 250.0


def is_busy(animation: Animation) -> bool:
    """True for what was filmed: a quarter of the pixels or more change from frame to frame."""
    frames = animation.frames
    every = max(1, len(frames) // _SAMPLES)
    shares = [float(np.mean(frames[at] != frames[at - 1])) for at in range(1, len(frames), every)]
    return sum(shares) / max(1, len(shares)) > _BUSY


class Palettes:
    """The colours for an animation: those of the source, or of its scaled frames where they differ much.

    A dithered source shows colours that its palette lacks; scaling makes the mixture one colour.
    """

    def __init__(self, animation: Animation) -> None:
        self._animation = animation
        self._source = _of_source(animation)
        self._scaled: Bytes | None = None

    def at(self, scale: float) -> Bytes:
        """The palette for frames at `scale` of the source's size."""
        if scale >= WHOLE:
            return self._source
        if self._scaled is None:
            rows, counts = _scaled_colours(self._animation)
            near = palettes.error(rows, counts, self._source) <= _DITHERED
            self._scaled = self._source if near else _fewest(rows, counts)
        return self._scaled


def _of_source(animation: Animation) -> Bytes:
    """The fewest colours that come near enough to those of sampled frames."""
    every = max(1, len(animation.frames) // _SAMPLES)
    counts = np.zeros(len(animation.palette), dtype=np.int64)
    for frame in animation.frames[::every]:
        counts += np.bincount(frame.ravel(), minlength=len(counts))
    used = np.flatnonzero(counts)
    rows, inverse = np.unique(animation.palette[used], axis=0, return_inverse=True)
    return _fewest(rows, np.bincount(inverse.ravel(), counts[used]).astype(np.int64))


def _fewest(rows: Bytes, counts: NDArray[np.int64]) -> Bytes:
    chosen = rows
    for size in COLOURS:
        chosen = palettes.choose(rows, counts, size)
        if palettes.error(rows, counts, chosen) <= _ERROR:
            break
    return chosen


def _scaled_colours(animation: Animation) -> tuple[Bytes, NDArray[np.int64]]:
    every = max(1, len(animation.frames) // _SAMPLES)
    target = scaled(animation.size, _SCALED)

    def small(at: int) -> Bytes:
        return np.asarray(_frame(animation, at).resize(target, Image.Resampling.LANCZOS))

    shown = list(ahead(small, range(0, len(animation.frames), every)))
    return palettes.gather(*palettes.histogram(np.concatenate(shown)))


def _frame(animation: Animation, index: int) -> Image.Image:
    return Image.fromarray(animation.palette[animation.frames[index]])


class Prospect:
    """Quality of an animation at any fraction of its display size, measured on a few frames.

    Before a size is encoded, they are scaled down and up again, in its palette. What an encode looks like
    then corrects that: pixels that stay as they were before are off by a little.

    `before` is the animation that frames were left out of: what a missing frame shows counts too.
    """

    def __init__(
        self, animation: Animation, size: Size, colours: Palettes, before: Animation | None = None
    ) -> None:
        self._missing = _missing(animation, before) if before is not None else 0.0
        self._colours = colours
        self._fitting = size[0] / animation.size[0]
        count = len(animation.frames)
        self.looked_at = sorted({(2 * at + 1) * count // (2 * _SHOWN) for at in range(_SHOWN)})
        """The frames on which it is measured."""
        self._wanted = list(ahead(lambda index: Reference(_shown(animation, index, size)), self.looked_at))
        self._seen: dict[float, float] = {}
        self._off: dict[float, float] = {}

    def learn(self, factor: float, shown: Sequence[Image.Image]) -> None:
        """What the frames `looked_at` look like in an encode at `factor`."""
        pairs = zip(self._wanted, shown, strict=True)
        values = [max(wanted.score(frame), 100.0 - _MOST_LOST) for wanted, frame in pairs]
        self._off[factor] = sum(values) / len(values) - self._missing - self._forecast(factor)

    def at(self, factor: float) -> float:
        """The quality at `factor` of the display size."""
        near = min(self._off, key=lambda known: abs(math.log(known / factor)), default=None)
        return self._forecast(factor) + (self._off[near] if near is not None else 0.0)

    def _forecast(self, factor: float) -> float:
        """As `at`, before an encode has shown more."""
        above = min((known for known in _FACTORS if known >= factor), default=_FACTORS[0])
        below = max((known for known in _FACTORS if known <= factor), default=_FACTORS[-1])
        if above <= below:
            return self._point(above)
        share = math.log(factor / below) / math.log(above / below)
        return self._point(below) + share * (self._point(above) - self._point(below))

    def _point(self, factor: float) -> float:
        if factor not in self._seen:
            palette = self._colours.at(factor * self._fitting)
            mapper = palettes.Mapper(palette)
            values = [_quality(wanted, factor, palette, mapper) for wanted in self._wanted]
            self._seen[factor] = sum(values) / len(values) - self._missing
        return self._seen[factor]

    def factor_for(self, wanted: float) -> float:
        """The smallest fraction at which a quality is reached; 1 where it is reached at none."""
        low, high = _FACTORS[-1], 1.0
        if self.at(low) >= wanted:
            return low
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (low, middle) if self.at(middle) >= wanted else (middle, high)
        return high


def _shown(animation: Animation, index: int, size: Size) -> Image.Image:
    frame = _frame(animation, index)
    return frame if frame.size == size else frame.resize(size, Image.Resampling.LANCZOS)


def _quality(wanted: Reference, factor: float, palette: Bytes, mapper: palettes.Mapper) -> float:
    """What a frame looks like in `palette`, scaled down and up again."""
    small = wanted.image
    if factor < 1:
        small = small.resize(scaled(small.size, factor), Image.Resampling.LANCZOS)
    return max(wanted.score(Image.fromarray(palette[mapper(np.asarray(small))])), 100.0 - _MOST_LOST)


def _missing(animation: Animation, before: Animation) -> float:
    """Mean quality lost by frames that others replace."""
    ends = np.cumsum(animation.delays_ms)
    starts = np.cumsum([0, *before.delays_ms[:-1]])
    lost = []
    for at in np.linspace(0, len(before.frames) - 1, _COMPARED).astype(int):
        stand_in = min(int(np.searchsorted(ends, starts[at], side="right")), len(animation.frames) - 1)
        value = Reference(_frame(before, at)).score(_frame(animation, stand_in))
        lost.append(min(_MOST_LOST, 100.0 - value))
    return sum(lost) / len(lost)
