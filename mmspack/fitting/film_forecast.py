"""What bytes would buy a film, from a second of it coded at three sizes.

A film is a size, a share of the frames and a knob that trades bytes for quality. For each of three sizes and
a few places of the knob a few short pieces are coded and looked at (SSIMULACRA2); what they lose is split
into what scaling loses, which is measured on still frames, and what coding loses. Sizes between them are
interpolated.
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
from mmspack.media.containers.iso_index import frame_sizes
from mmspack.media.ssimulacra import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PIECES, _PIECE = 4, 8
"""Pieces that are coded, and their frames: about a second at 30 a second."""
_PROBED = 1, 4, 7
"""The sizes that are coded, by their place among the rungs: 740, 480 and 312 pixels wide."""
_LOOKED_AT = 6
"""The frame of each piece that is looked at: the ones before it have settled."""
_SETTLING = 1.3
"""Bytes of a film's frames by those of the second half of each piece: 1.28, 1.31 and 1.35 on three clips."""
_TIRING = 1.09
"""Loss by coding of a film, by that of its pieces: 1.14 to 1.3 on three clips, whose key frames are near. The
quicker encoder of the pieces loses 5 to 8 % more."""
_STEP = 0.75**0.5
_SMALLEST = 160
"""Pixels of the longer side: below it nothing can be told apart on a phone."""
_WORTH_ANOTHER = 1.5
"""Points by which another size has to be better before a film is made again at it."""
_LEAST_LOSS, _MOST_LOST = 0.05, 7.0
"""Loss by coding that stands out from noise; and log2 of the largest, which is a quality of -100 or less."""
_SHARES = {1: 1.0, 2: 0.62, 3: 0.48, 4: 0.40}
"""Bytes of a film of each n-th frame, by those of all: frames further apart have less in common."""


def frames_probed(coding: FilmCoding, frames: int) -> int:
    """Frames that a forecast codes for a film of so many."""
    each = frames if _is_short(coding, frames) else _PIECES * _PIECE
    return each * len(coding.knobs) * (1 if coding.fixed else len(_PROBED))


def _is_short(coding: FilmCoding, frames: int) -> bool:
    """All of its frames are coded, and not pieces."""
    return coding.fixed or frames <= 2 * _PIECES * _PIECE


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

    def better(self, than: FilmChoice, video_bytes: float, bias: float) -> FilmChoice:
        """The best again, now that a film was made and its bytes are known; another size only if it gains."""
        best = self.choices(video_bytes, bias)
        same = self.at(than.rung, video_bytes, bias)
        return best if best.quality > same.quality + _WORTH_ANOTHER else same

    def at(self, rung: Rung, video_bytes: float, bias: float = 0.0) -> FilmChoice:
        """The film on one rung of at most that many bytes."""
        wanted = math.log2(max(video_bytes, 1)) - bias - math.log2(_SHARES[rung.every])
        bits, lost = self._interpolated(rung.size)
        knobs = self._coding.knobs
        knob = min(max(_line(bits, knobs, wanted), self._coding.finest), self._coding.coarsest)
        size = 2 ** (_line(knobs, bits, knob) + bias) * _SHARES[rung.every]
        whole = self._scaled[rung.size] + 2 ** min(_line(knobs, lost, knob), _MOST_LOST)
        rate = float(self._studio.spool.rate)
        value = quality.of_film(whole, rate / rung.every, rate)
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
        numbers = [number for _, number in self._studio.pairs()][2::4]
        frames = [self._studio.reference(number, middle=True) for number in numbers] if len(sizes) > 1 else []
        measured = {size: _scaling_loss(frames, size[0] / self._full[0]) for size in {*sizes[::2], sizes[-1]}}
        areas = sorted((math.log2(size[0] * size[1]), lost) for size, lost in measured.items())
        xs, ys = [area for area, _ in areas], [lost for _, lost in areas]
        return {size: max(0.0, _line(xs, ys, math.log2(size[0] * size[1]))) for size in sizes}

    def _probe(self) -> list[_Piece]:
        sizes = list(dict.fromkeys(rung.size for rung in self.rungs))
        chosen = sorted({sizes[min(at, len(sizes) - 1)] for at in _PROBED})
        ranges, pairs = self._pieces()
        every = 1 if ranges else self._coding.shares(self._studio.spool.rate)[0]
        pairs = pairs or self._studio.pairs(every)
        references = {number: self._studio.reference(number, middle=True) for _, number in pairs}
        found = []
        for size in chosen:
            bits, lost = [], []
            for knob in self._coding.knobs:
                film = self._studio.film(self._coding.trial(knob, size, every), size, ranges)
                bits.append(math.log2(self._whole(film, pieces=bool(ranges)) / _SHARES[every]))
                seen = quality.loss(self._studio.looks(film, pairs, references))
                coded = (seen - self._scaled[size]) * (_TIRING if ranges else 1.0)
                lost.append(math.log2(max(coded, _LEAST_LOSS)))
            # What is flat takes next to nothing and loses nothing: noise must not turn the curves round.
            bits = [min(bits[: at + 1]) for at in range(len(bits))]
            lost = [max(lost[: at + 1]) for at in range(len(lost))]
            found.append(_Piece(math.log2(size[0] * size[1]), tuple(bits), tuple(lost)))
        return found

    def _whole(self, film: Path, *, pieces: bool) -> float:
        """Bytes of the whole film, by what its pieces take.

        A piece of another scene than the one before begins with a frame that is coded by itself, as a scene
        of the film does. The frames after it live on that one's bytes; later ones take what they always will.
        """
        if not pieces:
            return film.stat().st_size
        sizes = frame_sizes(film.read_bytes())
        settled = [size for at, size in enumerate(sizes) if at % _PIECE >= _PIECE // 2]
        others = self._studio.spool.frames - _PIECES
        return sum(sizes[::_PIECE]) + others * _SETTLING * sum(settled) / max(1, len(settled))

    def _pieces(self) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
        """The frames that are coded, and pairs of frames to compare; nothing where all are."""
        frames = self._studio.spool.frames
        if _is_short(self._coding, frames):
            return (), ()
        starts = [int((at + 0.5) * frames / _PIECES) - _PIECE // 2 for at in range(_PIECES)]
        ranges = tuple((start, start + _PIECE) for start in starts)
        pairs = tuple((at * _PIECE + _LOOKED_AT, start + _LOOKED_AT) for at, start in enumerate(starts))
        return ranges, pairs

    def _interpolated(self, size: Size) -> tuple[tuple[float, ...], tuple[float, ...]]:
        pixels = math.log2(size[0] * size[1])
        areas = [probe.pixels for probe in self._probes]
        bits = (_line(areas, [probe.bits[at] for probe in self._probes], pixels) for at in self._places)
        lost = (_line(areas, [probe.lost[at] for probe in self._probes], pixels) for at in self._places)
        return tuple(bits), tuple(lost)

    @property
    def _places(self) -> range:
        return range(len(self._coding.knobs))


def _scaling_loss(frames: Sequence[Reference], factor: float) -> float:
    """Mean loss of frames that were made small and shown large."""
    if not frames or factor == 1:
        return 0.0
    wide, high = frames[0].image.size
    size = max(1, round(wide * factor)), max(1, round(high * factor))
    small = [frame.image.resize(size, Image.Resampling.LANCZOS) for frame in frames]
    return quality.loss(sum(frame.score(one) for frame, one in zip(frames, small, strict=True)) / len(frames))


def _line(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """On the broken line through the points, rising or falling in x, and on beyond its ends."""
    if len(xs) == 1:
        return ys[0]
    points = sorted(zip(xs, ys, strict=True))
    at = next((at for at in range(1, len(points) - 1) if x < points[at][0]), len(points) - 1)
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 != x0 else y0
