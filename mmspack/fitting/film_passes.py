"""How a film is brought to its bytes: by two passes where the codec has them, else by a corrected quality.

Both answer with one encode after the other, and are asked again, with what came out, until it is near enough.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mmspack.fitting.film_forecast import FilmChoice, FilmForecast
from mmspack.media.containers.iso_index import frame_sizes

if TYPE_CHECKING:
    from pathlib import Path

    from mmspack.fitting.film_codings import FilmCoding
    from mmspack.fitting.studio import Studio

_COARSE_RATE = 60_000
"""Bits a second below which no bit rate is asked for: x264 takes whole kilobits, steps of 2 %."""


@dataclass(frozen=True, slots=True)
class Encode:
    """One encode of the whole film."""

    choice: FilmChoice
    film: Path
    rehearsal: bool = False
    """A first pass, in which nothing is shown: its size is known and what each frame takes."""
    finest: bool = False
    """Nothing finer is made, however many bytes are left."""

    @property
    def size(self) -> int:
        """Its bytes, without sound."""
        return self.film.stat().st_size


class CorrectedQuality:
    """Encodes at a constant quality (or a bit rate, of H.263), each corrected by the ones before."""

    def __init__(self, studio: Studio, coding: FilmCoding, forecast: FilmForecast) -> None:
        self._studio, self._coding, self._forecast = studio, coding, forecast
        self._done: list[Encode] = []
        self._bias = 0.0

    def next(self, room: float, worst: float) -> Encode | None:
        """An encode of about `room` bytes; None where the forecast is below the quality `worst`."""
        if not self._done:
            choice = self._forecast.choices(room)
        elif len(self._done) == 1:
            choice = self._forecast.better(self._done[0].choice, room, self._bias)
        else:
            choice = self._forecast.at(self._done[-1].choice.rung, room, self._bias)
        if choice.quality < worst:
            return None
        predicted = choice.bytes
        choice = replace(choice, knob=self._corrected(choice, room))
        coding = self._coding.coding(choice.knob, choice.rung.size, choice.rung.every)
        film = self._studio.film(coding, choice.rung.size)
        made = Encode(choice, film, finest=choice.knob <= self._coding.finest)
        self._done.append(made)
        self._bias += math.log2(made.size / predicted)
        return made

    def _corrected(self, choice: FilmChoice, room: float) -> float:
        """The knob by the encodes so far: by the nearest one's slope, or through the two nearest."""
        wanted = math.log2(room)
        own = sorted(
            (abs(math.log2(one.size) - wanted), one.choice.knob, math.log2(one.size))
            for one in self._done
            if one.choice.rung == choice.rung
        )
        if not own:
            return choice.knob
        _, knob, bits = own[0]
        if len(own) > 1 and own[1][1] != knob:
            slope = min(-0.06, max(-0.35, (own[1][2] - bits) / (own[1][1] - knob)))
        else:
            slope = self._forecast.slope(choice.rung.size, knob)
        return min(max(knob + (wanted - bits) / slope, self._coding.finest), self._coding.coarsest)


class TwoPasses:
    """A pass by bit rate, for which the encoder knows from another what each frame takes.

    That other is the forecast's sketch, although it is smaller: five clips looked at most a point worse, and
    up to five better, than after a first pass at their own size, which takes a tenth of the time. Such a pass
    is made where the sketch does not do. The pass by bit rate misses its bytes by less than one in a hundred,
    so that it is nearly always the only one; an encode at the constant quality of the forecast misses by a
    quarter.
    """

    def __init__(self, studio: Studio, coding: FilmCoding, forecast: FilmForecast) -> None:
        self._studio, self._coding, self._forecast = studio, coding, forecast
        self._rehearsed: Encode | None = None
        self._notes = ""
        self._chosen = self._tried_finest = False
        self._asked, self._came = 0.0, 0

    def next(self, room: float, worst: float) -> Encode | None:
        """An encode of about `room` bytes, or its rehearsal; None where the forecast is below `worst`."""
        if self._rehearsed is None:
            choice = self._forecast.choices(room)
            sketch = self._forecast.sketch_for(self._coding, choice)
            if sketch is None or choice.quality < worst:
                return self._rehearse(choice, worst)
            self._chosen, self._notes = True, sketch.notes
            self._rehearsed = Encode(choice, sketch.film, rehearsal=True)
            return self._rehearsed
        choice = self._rehearsed.choice
        if not self._chosen:
            self._chosen = True
            bias = math.log2(self._rehearsed.size / choice.bytes)
            better = self._forecast.better(choice, room, bias)
            if better.rung != choice.rung:
                return self._rehearse(better, worst)
            choice = replace(choice, quality=better.quality)
            if better.quality < worst:
                return None
        if choice.knob <= self._coding.finest and self._rehearsed.size <= room and not self._tried_finest:
            self._tried_finest = True
            coding = self._coding.coding(choice.knob, choice.rung.size, choice.rung.every)
            return Encode(choice, self._studio.film(coding, choice.rung.size), finest=True)
        self._asked = self._asked * room / self._came if self._came else room
        made = self._second(choice, self._rehearsed)
        self._came = made.size
        return made

    def _rehearse(self, choice: FilmChoice, worst: float) -> Encode | None:
        if choice.quality < worst:
            return None
        self._notes = self._log(choice)
        coding = self._coding.first_pass(choice.knob, choice.rung.size, choice.rung.every, self._notes)
        self._rehearsed = Encode(choice, self._studio.film(coding, choice.rung.size), rehearsal=True)
        return self._rehearsed

    def _second(self, choice: FilmChoice, rehearsed: Encode) -> Encode:
        rung = choice.rung
        boxes = rehearsed.size - sum(frame_sizes(rehearsed.film.read_bytes()))
        bits = round((self._asked - boxes) * 8 / self._studio.spool.seconds)
        if self._coding.level_bits:  # what stays below the bytes that it is asked for is asked for more
            bits = min(bits, self._coding.level_bits)
        coding = self._coding.second_pass(max(bits, 1000), rung.size, rung.every, self._notes)
        return Encode(choice, self._studio.film(coding, rung.size))

    def _log(self, choice: FilmChoice) -> str:
        rung = choice.rung
        name = f"pass-{rung.size[0]}-{rung.size[1]}-{rung.every}-{choice.knob:.2f}"
        # Options that differ need notes of their own: mbtree's have a second file.
        return self._studio.log(f"{name}-{zlib.crc32(repr(self._coding.options).encode())}")


def encodes(
    studio: Studio, coding: FilmCoding, forecast: FilmForecast, room: float
) -> CorrectedQuality | TwoPasses:
    """What brings a film of a codec to `room` bytes."""
    if coding.quick and room * 8 / studio.spool.seconds >= _COARSE_RATE:
        return TwoPasses(studio, coding, forecast)
    return CorrectedQuality(studio, coding, forecast)
