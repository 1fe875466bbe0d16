"""How many bytes an animation is likely to take, before any encode: by a few frames and what follows them."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mmspack.fitting.animation_forecast import Palettes
from mmspack.fitting.animation_frames import SOME_MS, alike, bytes_of, over, small_frame
from mmspack.fitting.geometry import scaled
from mmspack.media import palettes
from mmspack.media.animation import Animation, FrameChange, write_animation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

SCALE = 0.5
"""Of the source, at which bytes are guessed for every number of colours."""
_LESS, _MORE = 0.3, 0.8
"""Scales at which they are guessed for the usual one: how fast bytes grow with the size is much the same."""
LEAST_POWER, MOST_POWER = 1.0, 6.0
"""Bounds of log(bytes) over log(scale): 4.5 in a dithered film."""
_FRAMES = 4
_STALE = 5
"""Frames for which pixels that hardly change are left: what drifts slowly is drawn again after some, and the
next frame is drawn between its traces."""
_GREAT = 5
"""Times the usual change that a great one is."""


class Guess:
    """log2 of the bytes that an animation takes in a number of colours and at a size.

    `tolerance` is by how many levels a pixel may be off at a scale of the source, and stay as it is.
    """

    def __init__(self, animation: Animation, colours: Palettes, tolerance: Callable[[float], float]) -> None:
        self._animation = animation
        self._palettes = colours
        self._tolerance = tolerance
        self._found: dict[tuple[float, int | None], float] = {}
        self._pixels: dict[float, list[list[Bytes]]] = {}

    def of(self, colours: int | None, scale: float = SCALE) -> float:
        """log2 of the bytes at a scale of the source."""
        sizes, grown = self._shape
        return self._at(colours, SCALE) + _along(math.log2(scale), sizes, grown)

    def of_whole(self, colours: int | None) -> float:
        """log2 of the bytes at the source's own size, where nothing is blurred."""
        return self._at(colours, 1.0)

    def scale_for(self, colours: int | None, aim: float) -> float:
        """The scale of the source at which log2 of the bytes is `aim`; it may be above 1."""
        sizes, grown = self._shape
        return float(2 ** _along(aim - self._at(colours, SCALE), grown, sizes))

    @cached_property
    def _shape(self) -> tuple[list[float], list[float]]:
        """log2 of three scales, and by how much log2 of the bytes differs there: the same for all colours."""
        aways = [math.log2(scale / SCALE) for scale in (_LESS, SCALE, _MORE)]
        grown = [0.0 if away == 0 else away * self._power(away) for away in aways]
        return [math.log2(SCALE) + away for away in aways], grown

    def _power(self, away: float) -> float:
        """log(bytes) over log(scale), from `SCALE` to another."""
        power = (self._at(None, SCALE * 2**away) - self._at(None, SCALE)) / away
        return min(MOST_POWER, max(LEAST_POWER, power))

    def _at(self, colours: int | None, scale: float) -> float:
        key = scale, colours
        if key not in self._found:
            self._found[key] = math.log2(self._bytes(scale, colours))
        return self._found[key]

    def _bytes(self, scale: float, colours: int | None) -> float:
        palette = self._palettes.at(scale, colours)
        mapper = palettes.Mapper(palette)
        same = alike(palette, self._tolerance(scale))
        whole: list[int] = []
        rates: list[float] = []
        for at, (earlier, before, after) in zip(self._places, self.samples(scale), strict=True):
            seen, shown = mapper(earlier), mapper(before)
            size = seen.shape[1], seen.shape[0]
            whole.append(len(write_animation(size, palette, [FrameChange(0, 0, seen, None, SOME_MS)], None)))
            first = max(0, at - _STALE)
            share, shares = float(self._shares[at]), float(self._shares[first:at].sum())
            rate = bytes_of(palette, over(seen, shown, same), mapper(after), same) / share if share else 0.0
            if shares and share <= 2 * shares / (at - first):  # what drifts, and not a page that is turned
                rate = max(rate, bytes_of(palette, seen, shown, same) / shares)
            rates.append(rate)
        following = sum(weight * rate for weight, rate in zip(self._weights, rates, strict=True))
        return sum(whole) / len(whole) + following

    def samples(self, scale: float = SCALE) -> list[list[Bytes]]:
        """The pixels of a few frames at a scale of the source, between an earlier one and the next."""
        if scale not in self._pixels:
            target = scaled(self._animation.size, scale)

            def pixels(at: int) -> Bytes:
                last = len(self._animation.frames) - 1
                return small_frame(self._animation, min(at, last), target, lit=self._palettes.lit)

            self._pixels[scale] = [
                [pixels(max(0, at - _STALE)), pixels(at), pixels(at + 1)] for at in self._places
            ]
        return self._pixels[scale]

    @property
    def _places(self) -> list[int]:
        return self._chosen[0]

    @property
    def _weights(self) -> list[float]:
        return self._chosen[1]

    @cached_property
    def _chosen(self) -> tuple[list[int], list[float]]:
        """Frames before a change, and for how much of all that changes each stands.

        Changes are taken by how much they change, and great ones apart: a page is turned now and then.
        """
        great = self._shares > _GREAT * self._shares.mean()
        total = float(self._shares.sum())
        places: list[int] = []
        weights: list[float] = []
        for kind in (great, ~great):
            indices = np.flatnonzero(kind)
            changed = np.cumsum(self._shares[indices])
            if len(indices) and changed[-1] > 0:
                most = _FRAMES if len(indices) == len(kind) else _FRAMES - 1
                count = min(most, max(1, round(_FRAMES * float(changed[-1]) / total)))
                wanted = changed[-1] * (2 * np.arange(count) + 1) / (2 * count)
                places += [int(at) for at in indices[np.searchsorted(changed, wanted)]]
                weights += [float(changed[-1]) / count] * count
        return places or [0], weights or [0.0]

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        """The share of the pixels that change from each frame to the next; none in a single frame."""
        shares = [float(np.mean(new != old)) for old, new in pairwise(self._animation.frames)]
        return np.array(shares or [0.0])


def _along(value: float, known: list[float], to: list[float]) -> float:
    """`value` on the two lines through three points, and beyond them."""
    at = 0 if value < known[1] else 1
    share = (value - known[at]) / (known[at + 1] - known[at])
    return to[at] + share * (to[at + 1] - to[at])
