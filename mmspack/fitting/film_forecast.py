"""What bytes would buy a film, from all of it coded small and a second of it coded at three sizes.

A film is a size, a share of the frames and a knob that trades bytes for quality. All of it is coded once at
the smallest of three sizes, which shows where its bytes go. For each size and a few places of the knob some
short pieces are coded and looked at (SSIMULACRA2), more of them where the bytes go; what they lose is split
into what scaling loses, which is measured on still frames, and what coding loses. Sizes between them are
interpolated.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.fitting import quality
from mmspack.fitting.film_codings import FilmCoding
from mmspack.fitting.film_sizes import in_blocks
from mmspack.fitting.geometry import Size
from mmspack.fitting.studio import Studio
from mmspack.media.containers.iso_index import frame_sizes
from mmspack.media.ssimulacra import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PIECES, _PIECE = 4, 8
"""Pieces that are coded, and their frames: about a second at 30 a second."""
_PROBED = 1, 4, 7
"""The sizes that are coded, by their place among the rungs: 740, 480 and 312 pixels wide."""
_SEEN_AT = {0: (1, 2), 1: (0, 1, 2), 2: (0, 2)}
"""Places of the knob that are coded of pieces, from the smallest size to the largest. What is left out hardly
ever is the best, or is near to the middle of its neighbours: other sizes show how."""
_SKETCHED = 28.0
"""Place of the knob at which the sketch is drawn. Films made by notes of 24 look a point worse than by those
of 27; by those of 31 one looked a point better and another one worse."""
_LOOKED_AT = 6
"""The frame of each piece that is looked at: the ones before it have settled."""
_SETTLING = 1.3
"""Bytes of a film's frames by those of the second half of each piece: 1.28, 1.31 and 1.35 on three clips.
The sketch shows what it is of others."""
_TIME = 0.5
"""Share of the pieces that is spread evenly over the film; the rest goes where its bytes are."""
_TIRING = 1.09
"""Loss by coding of a film, by that of its pieces: 1.14 to 1.3 on three clips, whose key frames are near. The
quicker encoder of the pieces loses 5 to 8 % more."""
_LEAST_SLOPE = 0.25
"""log2 of the bytes by a step of the knob finer than any that is coded, at least: a still in which something
moves for a moment takes 0.09 a step from 31 to 24, and 0.3 below."""
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
    """Frames that are coded before a film of so many is made: for a forecast, and all once in a sketch.

    A film without a sketch is instead made twice, in a first pass or to be corrected.
    """
    if _is_short(coding, frames):
        return frames * (len(coding.knobs) * (1 if coding.fixed else len(_PROBED)) + 1)
    return _PIECES * _PIECE * sum(map(len, _SEEN_AT.values())) + frames


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
class Sketch:
    """The whole film, quickly coded at a small size, and the encoder's notes of what each frame takes."""

    film: Path
    notes: str


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What is coded of a film for a forecast: a few short pieces, or all of it where it is short."""

    starts: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    """Which share of the film each stands for."""

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Their frames in the spool."""
        return tuple((start, start + _PIECE) for start in self.starts)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """What is looked at: numbers of frames among the pieces, and in the spool."""
        return tuple((at * _PIECE + _LOOKED_AT, start + _LOOKED_AT) for at, start in enumerate(self.starts))


@dataclass(frozen=True, slots=True)
class _Probe:
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
        self._sketch: Sketch | None = None
        self.seconds = spool.seconds
        self.rungs = tuple(self._rungs())
        self._scaled = self._scaling_losses()
        self._probes = self._probe()
        self._knobs = coding.knobs
        if coding.finest < coding.knobs[0]:
            by = coding.knobs[0] - coding.finest
            self._knobs = coding.finest, *coding.knobs
            self._probes = [
                _finer(probe, by, by / (coding.knobs[1] - coding.knobs[0])) for probe in self._probes
            ]

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
        knobs = self._knobs
        knob = min(max(_line(bits, knobs, wanted), self._coding.finest), self._coding.coarsest)
        size = 2 ** (_line(knobs, bits, knob) + bias) * _SHARES[rung.every]
        whole = self._scaled[rung.size] + 2 ** min(_line(knobs, lost, knob), _MOST_LOST)
        rate = float(self._studio.spool.rate)
        value = quality.of_film(whole, rate / rung.every, rate)
        if knob >= self._coding.coarsest and size > video_bytes * 1.02:
            value = quality.WORST - size / video_bytes  # it cannot be made so small: the nearest counts most
        return FilmChoice(rung, knob, size, value)

    def sketch_for(self, coding: FilmCoding, choice: FilmChoice) -> Sketch | None:
        """The sketch, where a second pass can go by its notes.

        It must have the same frames and options. Of the finest quality it has to be known first whether it
        takes all the bytes.
        """
        alike = coding == self._coding and choice.rung.every == 1 and choice.knob > coding.finest
        return self._sketch if alike else None

    def slope(self, size: Size, knob: float) -> float:
        """log2 of the bytes by a step of the knob, near a place of it: below 0."""
        bits, _ = self._interpolated(size)
        slope = _line(self._knobs, bits, knob + 0.5) - _line(self._knobs, bits, knob - 0.5)
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
            size = in_blocks((wide * factor, high * factor)) if step else self._full
            yield from (Rung(size, every) for every in shares)

    def _scaling_losses(self) -> dict[Size, float]:
        """What each size alone loses; measured for every second one."""
        sizes = list(dict.fromkeys(rung.size for rung in self.rungs))
        numbers = [number for _, number in self._studio.pairs()][2::4]
        frames = [self._studio.reference(number) for number in numbers] if len(sizes) > 1 else []
        measured = {size: _scaling_loss(frames, size[0] / self._full[0]) for size in {*sizes[::2], sizes[-1]}}
        areas = sorted((math.log2(size[0] * size[1]), lost) for size, lost in measured.items())
        xs, ys = [area for area, _ in areas], [lost for _, lost in areas]
        return {size: max(0.0, _line(xs, ys, math.log2(size[0] * size[1]))) for size in sizes}

    def _probe(self) -> list[_Probe]:
        sizes = list(dict.fromkeys(rung.size for rung in self.rungs))
        chosen = sorted({sizes[min(at, len(sizes) - 1)] for at in _PROBED})
        pieces = self._pieces(chosen[0])
        every = 1 if pieces.starts else self._coding.shares(self._studio.spool.rate)[0]
        pairs = pieces.pairs or self._studio.pairs(every)
        references = {number: self._studio.reference(number) for _, number in pairs}
        found: dict[int, _Probe] = {}
        for number in sorted(range(len(chosen)), key=lambda one: one != 1):  # others lean on the middle one
            size = chosen[number]
            seen_at = _SEEN_AT[number] if pieces.starts and len(chosen) == len(_SEEN_AT) else self._places
            bits, lost = {}, {}
            for place in seen_at:
                film = self._studio.film(
                    self._coding.trial(self._coding.knobs[place], size, every), size, pieces.ranges
                )
                bits[place] = math.log2(self._whole(film, pieces) / _SHARES[every])
                seen = quality.loss(self._studio.looks(film, pairs, references, pieces.weights))
                coded = (seen - self._scaled[size]) * (_TIRING if pieces.starts else 1.0)
                lost[place] = math.log2(max(coded, _LEAST_LOSS))
            # What is flat takes next to nothing and loses nothing: noise must not turn the curves round.
            middle = found.get(1)
            found[number] = _Probe(
                math.log2(size[0] * size[1]),
                tuple(itertools.accumulate(_filled(bits, middle.bits if middle else ()), min)),
                tuple(itertools.accumulate(_filled(lost, middle.lost if middle else ()), max)),
            )
        off = 0.0
        if self._sketch is not None:
            told = _line(self._coding.knobs, found[0].bits, _SKETCHED)
            off = math.log2(self._sketch.film.stat().st_size) - told
        return [
            replace(found[number], bits=tuple(one + off for one in found[number].bits))
            for number in range(len(chosen))
        ]

    def _whole(self, film: Path, pieces: _Pieces) -> float:
        """Bytes of the whole film, by what its pieces take.

        A piece of another scene than the one before begins with a frame that is coded by itself, as a scene
        of the film does. The frames after it live on that one's bytes; later ones take what they always will.
        """
        if not pieces.starts:
            return film.stat().st_size
        sizes = frame_sizes(film.read_bytes())
        half = _PIECE // 2
        settled = (sum(sizes[at + half : at + _PIECE]) / half for at in range(0, len(sizes), _PIECE))
        each = sum(weight * size for weight, size in zip(pieces.weights, settled, strict=False))
        return max(1.0, sum(sizes[::_PIECE]) + (self._studio.spool.frames - _PIECES) * _SETTLING * each)

    def _pieces(self, size: Size) -> _Pieces:
        """Where to look, by a sketch: the whole film, quickly coded at a size."""
        if _is_short(self._coding, self._studio.spool.frames):
            return _Pieces()
        notes = self._studio.log("sketch")
        film = self._studio.film(self._coding.first_pass(_SKETCHED, size, 1, notes), size)
        self._sketch = Sketch(film, notes)
        return _Pieces(*spread_pieces(frame_sizes(film.read_bytes())))

    def _interpolated(self, size: Size) -> tuple[tuple[float, ...], tuple[float, ...]]:
        pixels = math.log2(size[0] * size[1])
        areas = [probe.pixels for probe in self._probes]
        places = range(len(self._knobs))
        bits = (_line(areas, [probe.bits[at] for probe in self._probes], pixels) for at in places)
        lost = (_line(areas, [probe.lost[at] for probe in self._probes], pixels) for at in places)
        return tuple(bits), tuple(lost)

    @property
    def _places(self) -> range:
        return range(len(self._coding.knobs))


def spread_pieces(sizes: Sequence[int]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """First frames of the pieces of a film whose frames take such bytes, and the share that each stands for.

    Where the bytes are spread evenly, so are the pieces. A still in which something moves for a moment takes
    most of its bytes there: half of the pieces show it, and count for the little time that it takes.
    """
    count = len(sizes)
    around = []
    for at in range(count):
        near = sizes[max(0, at - _PIECE // 2) : at + _PIECE // 2]
        around.append((sum(near) - max(near)) / max(1, len(near) - 1))  # a cut takes one large frame
    total = sum(around) or 1.0
    dense = [_TIME / count + (1 - _TIME) * size / total for size in around]
    reached = list(itertools.accumulate(dense))
    starts: list[int] = []
    for piece in range(_PIECES):
        at = bisect.bisect(reached, (piece + 0.5) / _PIECES * reached[-1])
        least = starts[-1] + _PIECE if starts else 0
        starts.append(min(max(at - _PIECE // 2, least), count - (_PIECES - piece) * _PIECE))
    inverse = [1 / dense[start + _PIECE // 2] for start in starts]
    return tuple(starts), tuple(one / sum(inverse) for one in inverse)


def _finer(probe: _Probe, steps: float, share: float) -> _Probe:
    """With a place of the knob in front that is so many steps finer: that `share` of the first interval."""
    bits, lost = probe.bits, probe.lost
    more = max(_LEAST_SLOPE * steps, (bits[0] - bits[1]) * share)
    return replace(probe, bits=(bits[0] + more, *bits), lost=(lost[0] - (lost[1] - lost[0]) * share, *lost))


def _filled(known: Mapping[int, float], like: Sequence[float]) -> Sequence[float]:
    """Values at all places; where none is known, by how far those that are known are from another line."""
    if not like or len(known) == len(like):
        return [known[place] for place in sorted(known)]
    places = sorted(known)
    off = np.interp(range(len(like)), places, [known[place] - like[place] for place in places])
    return [known.get(place, value + float(off[place])) for place, value in enumerate(like)]


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
