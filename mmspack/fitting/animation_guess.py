"""How many bytes an animation is likely to take, before any encode: by a few frames and what follows them."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.fitting.animation_forecast import Palettes
from mmspack.fitting.animation_frames import SOME_MS, alike, bytes_of, frame_of, over
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
_LATER = 5
"""Frames later from which it is seen what one takes: what drifts slowly is drawn again after some, and leaves
traces between which the next is drawn."""


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
        for first, (before, later, last) in zip(self._firsts, self.samples(scale), strict=True):
            seen = mapper(before)
            size = seen.shape[1], seen.shape[0]
            whole.append(len(write_animation(size, palette, [FrameChange(0, 0, seen, None, SOME_MS)], None)))
            drift = self._rate(palette, seen, mapper(later), same, first, _LATER)
            seen = over(seen, mapper(later), same)
            rates.append(max(drift, self._rate(palette, seen, mapper(last), same, first + _LATER, 1)))
        changing = float(self._changing[-1])
        return sum(whole) / len(whole) + changing * sum(rates) / len(rates)

    def _rate(
        self, palette: Bytes, seen: Bytes, new: Bytes, same: NDArray[np.bool_], first: int, away: int
    ) -> float:
        """The bytes of a frame over another for each time that all pixels change."""
        end = len(self._changing) - 1
        share = float(self._changing[min(first + away, end)] - self._changing[min(first, end)])
        return bytes_of(palette, seen, new, same) / share if share > 0 else 0.0

    def samples(self, scale: float = SCALE) -> list[list[Bytes]]:
        """The pixels of a few frames, each with two later ones, at a scale of the source."""
        if scale not in self._pixels:
            target = scaled(self._animation.size, scale)
            last = len(self._animation.frames) - 1

            def pixels(at: int) -> Bytes:
                frame = frame_of(self._animation, min(at, last))
                return np.asarray(frame.resize(target, Image.Resampling.LANCZOS))

            self._pixels[scale] = [
                [pixels(first + away) for away in (0, _LATER, _LATER + 1)] for first in self._firsts
            ]
        return self._pixels[scale]

    @cached_property
    def _firsts(self) -> list[int]:
        """Frames between which as much changes."""
        wanted = self._changing[-1] * (2 * np.arange(_FRAMES) + 1) / (2 * _FRAMES)
        found = np.searchsorted(self._changing, wanted) - 1
        last = max(0, len(self._changing) - _LATER - 2)
        return sorted({min(last, max(0, int(at))) for at in found})

    @cached_property
    def _changing(self) -> NDArray[np.float64]:
        """For each frame, how many times over the pixels have changed until it is shown."""
        frames = self._animation.frames
        shares = [float(np.mean(new != old)) for old, new in pairwise(frames)]
        return np.cumsum([0.0, *shares])


def _along(value: float, known: list[float], to: list[float]) -> float:
    """`value` on the two lines through three points, and beyond them."""
    at = 0 if value < known[1] else 1
    share = (value - known[at]) / (known[at + 1] - known[at])
    return to[at] + share * (to[at + 1] - to[at])
