"""A film as a candidate: sound first, the picture takes the rest, and one correction or two hit the bytes."""

from __future__ import annotations

import contextlib
import math
import threading
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from mmspack.errors import DoesNotFit, MediaError
from mmspack.film.progress import ClipProgress, unheard
from mmspack.fitting import quality
from mmspack.fitting.budget import QualityCurve
from mmspack.fitting.clips import ClipWish, as_it_is, demuxer_of, untaken
from mmspack.fitting.damage_report import copy_with, damage_in_copy
from mmspack.fitting.film_codings import FilmCoding, SoundCoding
from mmspack.fitting.film_forecast import FilmForecast, frames_probed
from mmspack.fitting.film_passes import encodes
from mmspack.fitting.film_report import MadeFilm, reported
from mmspack.fitting.picture import FittedPicture
from mmspack.fitting.rewrapping import may_be_rewrapped, rewrapped
from mmspack.fitting.studio import Studio
from mmspack.fitting.worth import worth_of
from mmspack.media.containers.iso_index import at_level_45
from mmspack.model import Effort
from mmspack.words import in_source, keyed, length_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mmspack.media.probing import Probe

FLOOR = 0.0
"""Quality below which a film is not sent, as an animation is not: about that of a stamp."""
_AIMED = 0.987
"""Share of the bytes that a forecast counts on."""
_AIM = {"fast": (0.987, 0.97), "good": (0.987, 0.97), "best": (0.993, 0.985)}
"""Share of the bytes that is aimed at, and the least that is enough: two passes miss by one in a hundred."""
_TOO_STRICT = 25
"""Points by which a forecast may be below what comes out; below that nothing is tried."""
_TRIES = {"fast": 2, "good": 3, "best": 5}
_ONE_PICTURE = 8192
"""Bytes of a single QCIF picture of H.263 (its BPPmaxKb is 64 kbit): a short film may begin with one."""
_MOST = 1 << 26
_RISE = 0.05
"""Points of quality by which more bytes have to be better to count."""
_UNKNOWN_SECONDS = 10
"""Length that is expected of a film which has not been opened and does not say it, as AVI."""
_BEYOND = 1.05
"""What a film may take of what it is worth: no limit is broken by a little more."""
_STEP, _DOUBLED = 1.03, 30.0
"""Least step to the next limit that is tried, and points of quality that twice the bytes bring at least."""
_SHORTER, _NEAR = 0.93, 1.1
"""Share of a length that did not fit which is tried next, then its square, and so on; and how many times as
long may be what does not fit as what does."""
_SHORTENINGS, _SHORTEST = 8, 0.5


class Film:
    """A film that waits for its share of the bytes."""

    def __init__(
        self,
        data: bytes,
        found: Probe,
        wish: ClipWish,
        coding: FilmCoding | None,
        progress: ClipProgress | None = None,
        longer: Sequence[Studio] = (),
    ) -> None:
        """`longer` are studios of the same source, decoded already, that outlive this film."""
        self._longer = tuple(longer)
        self._progress = progress or unheard()
        self._data = data
        self._found = found
        self._wish = wish
        self._coding = coding.at(wish.effort) if coding is not None else None
        self._lock = threading.RLock()
        self._studio: Studio | None = None
        self._closed = False
        self._tried: dict[int, MadeFilm | None] = {}
        self.missed = 0.0
        """Points by which what was made last is worse than what is asked for; 0 where nothing was made."""
        self._copies: dict[int, FittedPicture | None] = {}

    def close(self) -> None:
        """End the engine, for good."""
        self._closed = True
        self._progress.finish()
        studio, self._studio = self._studio, None
        if studio is not None:
            studio.close()

    # -- what a candidate answers -----------------------------------------------------------------

    def settled(self, limit: int) -> FittedPicture | None:
        """The source where it fits and phones play it: its index in front, or in another container."""
        with self._lock:
            # Moving the index copies the whole of it.
            same = as_it_is(self._data, self._found, self._wish) if len(self._data) <= limit else None
            same = same or self._rewrapped(limit)
            same = same and copy_with(self._damage, same)
            if same is None and self._coding is not None and not self._progress.wanted:
                seconds = self._wish.seconds_of(self._found) or _UNKNOWN_SECONDS
                self._expect(round(seconds * self._coding.screen.rate))
            return same

    @cached_property
    def _damage(self) -> tuple[str, ...]:
        """What is wrong in the source where it is copied; what is re-encoded has been decoded anyway."""
        return damage_in_copy(self._data, demuxer_of(self._found), mute=self._wish.mute)

    def curve(self, limit: int, near: int, *, encode: bool) -> QualityCurve | None:  # noqa: ARG002 - one for all
        """Predicted from a second that was coded at two sizes; the unchanged source is its last point."""
        same = self.settled(limit)
        if self._wish.keep:
            return QualityCurve(((len(same.data), 100.0),)) if same is not None else None
        try:
            points = self._points(limit)
        except MediaError:
            if same is None:
                raise
            points = []  # nothing decodes it here; it may still go as it is
        if not points and same is None:
            # The forecast may be too strict by some points: whether it does is known by trying.
            tried = self.attempt(limit)
            points = [(limit, tried.quality or 0.0)] if tried is not None else []
        if same is not None:
            points = [*(point for point in points if point[0] < len(same.data)), (len(same.data), 100.0)]
        return QualityCurve(tuple(points), weight=self._wish.weight) if points else None

    def attempt(self, limit: int) -> FittedPicture | None:
        """The unchanged source where it fits, else the best-looking film of at most `limit` bytes."""
        same = self.settled(limit)
        if same is not None or self._wish.keep:
            return same
        with self._lock:
            if limit not in self._tried:
                self._tried[limit] = self._best(limit)
            made = self._tried[limit]
        return None if made is None else reported(made, self._found, self._wish, self._at_work, self._made_as)

    def least(self) -> int | None:
        """The smallest limit that does, within 3 %, found by trying; None where none does."""
        if self._wish.keep:
            return len(self._data)
        return self._least

    def refusal(self, limit: int) -> DoesNotFit:
        """Why `limit` bytes do not do, and how long a clip would fit."""
        if self._wish.keep:
            return DoesNotFit(
                f"unchanged (keep = true), it takes {len(self._data):,} bytes, but only"
                f" {max(0, limit):,} are left",
                hint=f"remove {keyed('keep = true')} to let it be reduced",
            )
        with self._lock:
            seconds = self._at_work.seconds or self._wish.seconds_of(self._found)
        wanted = self._wish.min_quality
        what = f"min_quality {wanted:g}" if wanted is not None else "an acceptable quality"
        other = in_source(f"{keyed('poster = true')} sends a still", "send a still picture in its place")
        if wanted is not None:
            other = f"lower min_quality, or {other}"
        called = f"the video of {length_words(1000 * seconds)}"
        return DoesNotFit(
            f"{called} cannot reach {what} in the {max(0, limit):,} bytes that are left",
            hint="; ".join(self._shorter(limit)) or other,
        )

    def _rewrapped(self, limit: int) -> FittedPicture | None:
        coding = self._coding
        if coding is None or not may_be_rewrapped(self._data, self._found, self._wish, coding, limit):
            return None
        if limit not in self._copies:
            with contextlib.suppress(MediaError):  # what is wrong with it is said when it is decoded
                self._copies[limit] = rewrapped(self._at_work, self._found, self._wish, coding, limit)
        return self._copies.get(limit)

    # -- making -----------------------------------------------------------------------------------

    @property
    def _made_as(self) -> FilmCoding:
        if self._coding is None:
            raise untaken("videos", self._wish.image_types)
        return self._coding

    @property
    def _at_work(self) -> Studio:
        if self._closed:
            raise MediaError("interrupted")
        if self._studio is None:
            tick = self._progress.advance
            self._studio = Studio(
                self._data, demuxer_of(self._found), self._wish.cut, self._made_as.screen, tick, self._longer
            )
        self._studio.prove_film()
        return self._studio

    @cached_property
    def _forecast(self) -> FilmForecast:
        self._expect(self._at_work.spool.frames)
        return FilmForecast(self._at_work, self._made_as)

    def _expect(self, frames: int) -> None:
        """Every frame is decoded once and encoded once, besides what has to be known for that."""
        self._progress.expect(2 * frames + frames_probed(self._made_as, frames))

    @property
    def _least_quality(self) -> float:
        return FLOOR if self._wish.min_quality is None else self._wish.min_quality

    @property
    def _heard(self) -> bool:
        return bool(self._at_work.facts.audio) and not self._wish.mute

    def _sound_for(self, limit: int) -> SoundCoding | None:
        """Sound first: the better, the more bits a second there are for both."""
        studio = self._at_work
        if not self._heard:
            return None
        total = limit * 8 / max(0.1, studio.spool.seconds)
        channels = studio.facts.channels
        suiting = [one for one in self._made_as.sounds if one.channels <= max(1, channels)]
        return next((one for one in suiting if total >= one.total), suiting[-1] if suiting else None)

    def _sound_bytes(self, sound: SoundCoding | None) -> int:
        return round(sound.bit_rate / 8 * self._at_work.spool.seconds * 1.04) + 900 if sound else 0

    def _points(self, limit: int) -> list[tuple[int, float]]:
        points: list[tuple[int, float]] = []
        size = 1000.0
        with self._lock:
            while size < limit:
                points += self._point(int(size), points)
                size *= 1.25
            return points + self._point(limit, points)

    def _point(self, limit: int, before: list[tuple[int, float]]) -> list[tuple[int, float]]:
        room = limit * _AIMED - self._sound_bytes(self._sound_for(limit)) - self._index_bytes
        room = min(room, self._most_video_bytes, self._worth)
        if room < 200:
            return []
        value = self._forecast.choices(room).quality
        if value < self._least_quality:
            return []
        if before and self._sound_for(limit) != self._sound_for(before[-1][0]):
            # Better sound takes from the picture; the whole is not worse for that.
            value = max(value, before[-1][1] + 2 * _RISE)
        return [(limit, value)] if not before or value > before[-1][1] + _RISE else []

    @property
    def _index_bytes(self) -> int:
        """The container without its samples: sizes of the frames, and boxes."""
        return 1200 + 5 * self._at_work.spool.frames

    def _best(self, limit: int) -> MadeFilm | None:
        """What the forecast says; of what is drawn, the better of two ways to encode it."""
        made = self._brought(limit, self._made_as)
        other = self._made_as.for_drawn
        if made is None or other is None or self._wish.effort == Effort.FAST or not self._at_work.drawn:
            return made
        second = self._brought(limit, other)
        return second if second is not None and second.value > made.value else made

    def _brought(self, limit: int, coding: FilmCoding) -> MadeFilm | None:
        """Encode what the forecast says, and correct it by what came out."""
        sound = self._sound_for(limit)
        track = self._sound_track(sound)
        fixed = (track.stat().st_size if track is not None else 0) + self._index_bytes
        aim, enough = _AIM[self._wish.effort]
        most = min(self._most_video_bytes, self._worth * _BEYOND)
        cap = min(self._most_video_bytes, self._worth)
        room = min(limit * aim - fixed, cap)
        if room < 200:
            return None
        making = encodes(self._at_work, coding, self._forecast, room)
        best: MadeFilm | None = None
        tries = 0
        while tries <= _TRIES[self._wish.effort]:
            room = min(limit * aim - fixed, cap)
            # A quarter more: frames are compared in the end, and one encode more may turn out to be needed.
            self._progress.need(self._at_work.spool.frames * 5 // 4)
            one = making.next(room, self._least_quality - _TOO_STRICT) if room >= 200 else None
            if one is None:
                break
            data = self._joined(one.film, track)
            fixed = len(data) - one.size
            if one.rehearsal:
                continue
            tries += 1
            fits = len(data) <= limit and one.size <= most
            if fits and (best is None or len(data) > len(best.data)):
                best = MadeFilm(data, one.film, one.choice, sound, 0.0)
            capped = room == cap and 0.9 * room <= one.size <= most
            if (one.finest and fits) or capped or (best is not None and len(best.data) >= enough * limit):
                break
        return self._proved(best)

    @cached_property
    def _worth(self) -> float:
        """What its source is worth in bytes; a class of the OMA has a size and a rate of its own."""
        return math.inf if self._made_as.fixed else worth_of(self._data, self._found, self._wish)

    @property
    def _most_video_bytes(self) -> float:
        """What a level of the codec lets through in the time that the film plays."""
        most = self._made_as.level_bits
        return most / 8 * self._at_work.spool.seconds + _ONE_PICTURE if most else math.inf

    def _sound_track(self, sound: SoundCoding | None) -> Path | None:
        if sound is None:
            return None
        return self._at_work.sound(sound.coding, sound.rate, sound.channels, sound.ending)

    def _joined(self, film: Path, track: Path | None) -> bytes:
        parts = (film,) if track is None else (film, track)
        data = self._at_work.joined(parts, self._made_as.container, self._made_as.ending)
        most = self._made_as.most_bits / 8 * self._at_work.spool.seconds
        return at_level_45(data) if most and film.stat().st_size > most else data

    def _proved(self, made: MadeFilm | None) -> MadeFilm | None:
        """With the quality that its own frames have; None where that is not enough."""
        if made is None:
            return None
        studio, rung = self._at_work, made.choice.rung
        seen = studio.looks(made.film, studio.pairs(rung.every))
        rate = float(studio.spool.rate)
        value = quality.of_film(quality.loss(seen), rate / rung.every, rate)
        self.missed = max(0.0, self._least_quality - value)
        return replace(made, value=value) if not self.missed else None

    # -- when it does not fit ---------------------------------------------------------------------

    @cached_property
    def _least(self) -> int | None:
        same = as_it_is(self._data, self._found, self._wish) or self._rewrapped(_MOST)
        most = len(same.data) / 0.9 if same is not None else _MOST
        with self._lock:
            size = 1000.0
            while size < most and not self._point(int(size), []):
                size *= 1.05
            size = min(size, most)
        self._progress.search()
        limit = int(size * 0.9)
        while self.attempt(limit) is None:
            if limit >= _MOST:
                return None
            limit = min(_MOST, int(limit * max(_STEP, 2 ** (self.missed / _DOUBLED))) + 1)
        return limit

    def _shorter(self, limit: int) -> Iterator[str]:
        """What would fit, verified by a fit: the first seconds of it; those without sound."""
        trials: list[Film] = []
        self._progress.search()
        try:
            # Without sound more of it fits: what is decoded for that does for the other, too.
            muted = replace(self._wish, mute=True)
            longer = self._longest(limit, muted, trials) if self._heard else None
            kept = self._longest(limit, self._wish, trials, longer or math.inf)
        finally:
            for trial in trials:
                trial.close()
        if kept is not None:
            cut = in_source(f" (end = {self._wish.start + kept:g})")
            yield f"the first {kept:g} s fit{cut}"
        if longer is not None and (kept is None or longer > kept):
            end = self._wish.start + longer
            cut = in_source(f" (mute = true, end = {end:g})", "" if kept is not None else " fit")
            yield f"without sound, the first {longer:g} s{cut}"

    def _longest(
        self, limit: int, wish: ClipWish, trials: list[Film], most: float = math.inf
    ) -> float | None:
        """Seconds that fit, near the most that do; None where that is less than half a second."""
        whole = self._at_work.seconds or self._at_work.spool.seconds
        fits, fails, step = 0.0, math.inf, _SHORTER
        least = self._least_quality
        seconds = min(most, whole * self._part_that_fits(limit, wish, least))
        for _ in range(_SHORTENINGS):
            told = _told(seconds)
            if told < _SHORTEST or not fits < told < fails:
                break
            trial = self._trial(replace(wish, end=wish.start + told), trials)
            if trial.attempt(limit) is not None:
                fits = told
            else:
                fails = told
            if fits and fails > fits * _NEAR and fails < math.inf:
                seconds = math.sqrt(fits * fails)
            elif fits:
                break
            else:  # the forecast was too kind: by as much as this one falls short, or by an unknown amount
                least += trial.missed
                seconds = min(fails * step, whole * self._part_that_fits(limit, wish, least))
                step *= step
        return fits or None

    def _trial(self, wish: ClipWish, trials: list[Film]) -> Film:
        """A part of the film, for which nothing is decoded that has been."""
        longer = [
            one._studio
            for one in trials
            if one._studio is not None and (one._wish.end or 0.0) >= (wish.end or math.inf)
        ]
        trial = Film(
            self._data, self._found, wish, self._coding, self._progress.trial(), (self._at_work, *longer)
        )
        trials.append(trial)
        return trial

    def _part_that_fits(self, limit: int, wish: ClipWish, least: float) -> float:
        """By the forecast for the whole: the share of the clip that would look as good as `least`."""
        low, high = 0.0, 1.0
        for _ in range(12):
            part = (low + high) / 2
            sound = None if wish.mute else self._sound_for(round(limit / max(part, 0.01)))
            room = (limit * _AIMED - 1200) / part - self._sound_bytes(sound) - self._index_bytes
            fits = room > 200 and self._forecast.choices(room).quality >= least
            low, high = (part, high) if fits else (low, part)
        return low


def _told(seconds: float) -> float:
    """A length that somebody types: whole seconds, halves of a few, tenths of less than two."""
    parts = 1 if seconds >= 10 else 2 if seconds >= 2 else 10
    return math.floor(seconds * parts) / parts
