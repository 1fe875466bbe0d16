"""What bytes would buy a film, from a second of it coded at two sizes.

A film is a size, a share of the frames and a knob that trades bytes for quality. For each of two sizes and a
few places of the knob a few short pieces are coded; what they lose is split into what scaling loses, which is
measured on still frames, and what coding loses. Sizes between the two are interpolated.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from mmspack.fitting import quality
from mmspack.fitting.film_codings import FilmCoding
from mmspack.fitting.geometry import Size
from mmspack.fitting.studio import Studio, even
from mmspack.media.similarity import unlikeness

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECES, _PIECE = 3, 12
"""Pieces that are coded, and their frames: a second and a fifth at 30 a second."""
_PIECES_COST = 0.80
"""Bytes of a film by those of its pieces, each of which begins with a key frame."""
_STEP = 0.75**0.5
_SMALLEST = 160
"""Pixels of the longer side: below it nothing can be told apart on a phone."""
_SHARES = {1: 1.0, 2: 0.62, 3: 0.48, 4: 0.40}
"""Bytes of a film of each n-th frame, by those of all: frames further apart have less in common."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A size and a share of the frames."""

    size: Size
    every: int


@dataclass(frozen=True, slots=True)
class FilmChoice:
    """What is predicted to look best."""

    rung: Rung
    knob: float
    bytes: float
    quality: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one size came to, at each place of the knob."""

    pixels: float
    bits: tuple[float, ...]
    """log2 of the bytes of the whole film."""
    lost: tuple[float, ...]
    """log2 of what coding lost."""


class FilmForecast:
    """Made once for a film; predictions cost nothing."""

    def __init__(self, studio: Studio, coding: FilmCoding) -> None:
        self._studio = studio
        self._coding = coding
        spool = studio.spool
        self._full = spool.width, spool.height
        self.seconds = spool.seconds
        self.rungs = tuple(self._rungs())
        self._scaled = self._scaling_losses()
        self._probes = self._probe()

    def choices(self, video_bytes: float, bias: float = 0.0) -> FilmChoice:
        """The best film of that many bytes. `bias` is log2 of how far the bytes were off when tried."""
        found = [self.at(rung, video_bytes, bias) for rung in self.rungs]
        # What is flat looks the same at any size: then the largest is taken, which comes first.
        return max(found, key=lambda one: round(one.quality, 1))

    def at(self, rung: Rung, video_bytes: float, bias: float = 0.0) -> FilmChoice:
        """The film on one rung of at most that many bytes."""
        wanted = math.log2(max(video_bytes, 1)) - bias - math.log2(_SHARES[rung.every])
        bits, lost = self._interpolated(rung.size)
        knobs = self._coding.knobs
        knob = min(max(_line(bits, knobs, wanted), self._coding.finest), self._coding.coarsest)
        size = 2 ** (_line(knobs, bits, knob) + bias) * _SHARES[rung.every]
        structure = self._scaled[rung.size] + 2 ** min(_line(knobs, lost, knob), 0.0)
        rate = float(self._studio.spool.rate)
        value = quality.of_film(structure, rate / rung.every, rate)
        if knob >= self._coding.coarsest and size > video_bytes * 1.02:
            value = quality.WORST - size / video_bytes  # it cannot be made so small: the nearest counts most
        return FilmChoice(rung, knob, size, value)

    def slope(self, size: Size, knob: float) -> float:
        """log2 of the bytes by a step of the knob, near a place of it: below 0."""
        bits, _ = self._interpolated(size)
        slope = _line(self._coding.knobs, bits, knob + 0.5) - _line(self._coding.knobs, bits, knob - 0.5)
        return min(-0.06, max(-0.35, slope))

    def _rungs(self) -> Iterator[Rung]:
        wide, high = self._full
        shares = self._coding.shares(self._studio.spool.rate)
        if self._coding.fixed:
            yield from (Rung(self._full, every) for every in shares)
            return
        for step in itertools.count():
            factor = _STEP**step
            if step and max(wide, high) * factor < _SMALLEST:
                return
            yield from (Rung(even((wide * factor, high * factor)), every) for every in shares)

    def _scaling_losses(self) -> dict[Size, float]:
        """What each size alone loses; measured for every second one."""
        sizes = list(dict.fromkeys(rung.size for rung in self.rungs))
        frames = self._studio.luma(tuple(number for _, number in self._studio.pairs())[1::3])
        measured = {size: _scaling_loss(frames, size) for size in {*sizes[::2], sizes[-1]}}
        areas = sorted((math.log2(size[0] * size[1]), lost) for size, lost in measured.items())
        xs, ys = [area for area, _ in areas], [lost for _, lost in areas]
        return {size: max(0.0, _line(xs, ys, math.log2(size[0] * size[1]))) for size in sizes}

    def _probe(self) -> list[_Piece]:
        sizes = list(dict.fromkeys(rung.size for rung in self.rungs))
        chosen = sorted({sizes[min(2, len(sizes) - 1)], sizes[min(6, len(sizes) - 1)]})
        ranges, pairs = self._pieces()
        frames = self._studio.spool.frames
        coded = sum(last - first for first, last in ranges) if ranges else frames
        found = []
        for size in chosen:
            bits, lost = [], []
            for knob in self._coding.knobs:
                every = 1 if ranges else self._coding.shares(self._studio.spool.rate)[0]
                film = self._studio.film(self._coding.coding(knob, size, every), size, ranges)
                whole = film.stat().st_size * frames / coded * (_PIECES_COST if coded < frames else 1)
                bits.append(math.log2(whole / _SHARES[every]))
                apart = self._studio.lost(film, pairs or self._studio.pairs(every)) - self._scaled[size]
                lost.append(math.log2(max(apart, 0.0005)))
            # What is flat takes next to nothing and loses nothing: noise must not turn the curves round.
            bits = [min(bits[: at + 1]) for at in range(len(bits))]
            lost = [max(lost[: at + 1]) for at in range(len(lost))]
            found.append(_Piece(math.log2(size[0] * size[1]), tuple(bits), tuple(lost)))
        return found

    def _pieces(self) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
        """The frames that are coded, and pairs of frames to compare; nothing where all are."""
        frames = self._studio.spool.frames
        if self._coding.fixed or frames <= 2 * _PIECES * _PIECE:
            return (), ()
        starts = [int((at + 0.5) * frames / _PIECES) - _PIECE // 2 for at in range(_PIECES)]
        ranges = tuple((start, start + _PIECE) for start in starts)
        pairs = tuple(
            (at * _PIECE + offset, start + offset)
            for at, start in enumerate(starts)
            for offset in (_PIECE // 2, _PIECE - 1)
        )
        return ranges, pairs

    def _interpolated(self, size: Size) -> tuple[tuple[float, ...], tuple[float, ...]]:
        first, last = self._probes[0], self._probes[-1]
        if first is last:
            return first.bits, first.lost
        part = (math.log2(size[0] * size[1]) - first.pixels) / (last.pixels - first.pixels)
        bits = tuple(a + (b - a) * part for a, b in zip(first.bits, last.bits, strict=True))
        lost = tuple(a + (b - a) * part for a, b in zip(first.lost, last.lost, strict=True))
        return bits, lost


def _scaling_loss(frames: Sequence[Image.Image], size: Size) -> float:
    """Mean unlikeness of frames that were made small and shown large."""
    if not frames or frames[0].size == size:
        return 0.0
    small = [frame.resize(size, Image.Resampling.BICUBIC) for frame in frames]
    return sum(unlikeness(a, b) for a, b in zip(frames, small, strict=True)) / len(frames)


def _line(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """On the broken line through the points, rising or falling in x, and on beyond its ends."""
    if len(xs) == 1:
        return ys[0]
    points = sorted(zip(xs, ys, strict=True))
    at = next((at for at in range(1, len(points) - 1) if x < points[at][0]), len(points) - 1)
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 != x0 else y0
