"""A sound as a candidate: every coding that a profile takes is tried and heard; the best that fits wins."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mmspack.errors import DoesNotFit, MediaError
from mmspack.film.progress import ClipProgress, unheard
from mmspack.fitting import hearing, quality
from mmspack.fitting.budget import QualityCurve
from mmspack.fitting.clips import ClipWish, as_it_is, cut_words, demuxer_of, facts_of
from mmspack.fitting.damage_report import copy_with, damage_in_copy, damage_words
from mmspack.fitting.film_codings import SoundCoding, sound_codings
from mmspack.fitting.picture import FittedPicture
from mmspack.fitting.studio import Screen, Studio
from mmspack.media.probing import Probe
from mmspack.model import BuildNotes, Facts
from mmspack.words import in_source, keyed, length_words

_SECONDS = 20.0
"""What is heard of a longer recording."""
_FAR = 1.25
"""Times the bytes that there are from which a coding is not tried, by its bit rate: encoders miss by less."""


@dataclass(frozen=True, slots=True)
class _Tried:
    coding: SoundCoding
    data: bytes = field(repr=False)
    quality: float


class Sound:
    """A sound that waits for its share of the bytes."""

    def __init__(
        self, data: bytes, found: Probe, wish: ClipWish, progress: ClipProgress | None = None
    ) -> None:
        self._progress = progress or unheard()
        self._data = data
        self._found = found
        self._wish = wish
        self._lock = threading.RLock()
        self._studio: Studio | None = None
        self._closed = False
        self._tried: dict[SoundCoding, _Tried] = {}

    def close(self) -> None:
        """End the engine, for good."""
        self._closed = True
        self._progress.finish()
        studio, self._studio = self._studio, None
        if studio is not None:
            studio.close()

    def settled(self, limit: int) -> FittedPicture | None:
        """The source where it fits and phones of the profile play it."""
        if len(self._data) > limit:
            return None
        same = as_it_is(self._data, self._found, self._wish)
        return same and copy_with(self._damage, same)

    @cached_property
    def _damage(self) -> tuple[str, ...]:
        """What is wrong in the source where it is copied; what is re-encoded has been decoded anyway."""
        return damage_in_copy(self._data, demuxer_of(self._found))

    def curve(self, limit: int, near: int, *, encode: bool) -> QualityCurve | None:  # noqa: ARG002 - one for all
        """Every coding was tried: these are the points, and the unchanged source is the last one."""
        same = self.settled(limit)
        points: list[tuple[int, float]] = []
        try:
            tried: Sequence[_Tried] = () if self._wish.keep else self._within(limit)
        except MediaError:
            if same is None:
                raise
            tried = ()  # nothing decodes it here; it may still go as it is
        for one in tried:
            if not points or one.quality > points[-1][1]:
                points.append((len(one.data), one.quality))
        if same is not None:
            points = [*(point for point in points if point[0] < len(same.data)), (len(same.data), 100.0)]
        return QualityCurve(tuple(points), weight=self._wish.weight) if points else None

    def attempt(self, limit: int) -> FittedPicture | None:
        """The unchanged source where it fits, else what sounds best in at most `limit` bytes."""
        same = self.settled(limit)
        if same is not None or self._wish.keep:
            return same
        fitting = self._within(limit)
        return self._fitted(max(fitting, key=lambda one: one.quality)) if fitting else None

    def least(self) -> int | None:
        """The bytes of the smallest that is good enough."""
        if self._wish.keep:
            return len(self._data)
        same = as_it_is(self._data, self._found, self._wish)
        ascending = (self._heard(coding) for coding in self._codings)
        least = next((len(one.data) for one in ascending if self._is_good(one)), None)
        return min(filter(None, (least, len(same.data) if same is not None else None)), default=None)

    def refusal(self, limit: int) -> DoesNotFit:
        """Why `limit` bytes do not do, and how long a recording would fit."""
        left = f"but only {max(0, limit):,} are left"
        if self._wish.keep:
            return DoesNotFit(
                f"unchanged (keep = true), it takes {len(self._data):,} bytes, {left}",
                hint=f"remove {keyed('keep = true')} to let it be reduced",
            )
        needed = self.least()
        if needed is None:
            return DoesNotFit(f"the sound cannot reach min_quality {self._wish.min_quality:g} at any rate")
        with self._lock:
            seconds = self._at_work.samples(8000, 1).seconds
        fits = int(seconds * limit / needed)
        cut = in_source(f" (end = {self._wish.start + fits:g})")
        hint = f"the first {fits} s fit{cut}" if fits else "remove it"
        return DoesNotFit(
            f"the sound of {length_words(1000 * seconds)} needs {needed:,} bytes, {left}", hint=hint
        )

    @property
    def _at_work(self) -> Studio:
        if self._closed:
            raise MediaError("interrupted")
        if self._studio is None:
            self._studio = Studio(self._data, demuxer_of(self._found), self._wish.cut, Screen())
            if not self._studio.facts.audio:
                raise MediaError("there is no sound in it")
        return self._studio

    @cached_property
    def _codings(self) -> tuple[SoundCoding, ...]:
        """What may be made of it, the smallest first."""
        codings = sound_codings(self._wish.types)
        if not codings:
            raise MediaError("the profile takes no sound that can be made", hint="remove it")
        channels = max(1, self._at_work.facts.channels)
        return tuple(
            sorted((one for one in codings if one.channels <= channels), key=lambda one: one.bit_rate)
        )

    def _within(self, limit: int) -> list[_Tried]:
        """What is good enough and takes at most `limit` bytes, the smallest first.

        A rate that is far from fitting is not tried: of a long recording each takes seconds.
        """
        with self._lock:
            seconds = self._at_work.samples(hearing.RATE, 1).seconds
            near = [one for one in self._codings if one.bit_rate * seconds / 8 <= _FAR * limit]
            self._progress.need(sum(one not in self._tried for one in near))
            found = sorted((self._heard(one) for one in near), key=lambda one: len(one.data))
        return [one for one in found if len(one.data) <= limit and self._is_good(one)]

    def _is_good(self, one: _Tried) -> bool:
        return one.quality >= (self._wish.min_quality or 0.0)

    def _heard(self, coding: SoundCoding) -> _Tried:
        """How it sounds, which is found once."""
        with self._lock:
            if coding not in self._tried:
                self._tried[coding] = self._made(coding)
                self._progress.advance(1)
            return self._tried[coding]

    def _made(self, coding: SoundCoding) -> _Tried:
        studio = self._at_work
        wanted = _beginning(studio.samples(hearing.RATE, 1).path.read_bytes())
        path = studio.sound(coding.coding, coding.rate, coding.channels, coding.ending)
        made = _beginning(studio.heard(path, hearing.RATE).path.read_bytes())
        data = path.read_bytes()
        if coding.container in ("3gp", "ipod"):
            data = studio.joined((path,), coding.container, coding.ending)
        return _Tried(coding, data, quality.of_sound(hearing.distance(wanted, made)))

    def _fitted(self, one: _Tried) -> FittedPicture:
        seconds = self._at_work.samples(hearing.RATE, 1).seconds
        damage = tuple(damage_words(self._at_work))
        name = {"ipod": "M4A", "3gp": "3GP sound"}.get(one.coding.container, one.coding.container.upper())
        return FittedPicture(
            data=one.data,
            type=one.coding.type,
            before=facts_of(self._found),
            after=Facts(bytes=len(one.data), format=name, duration_ms=round(seconds * 1000)),
            actions=(
                *damage,
                *cut_words(self._wish, self._at_work.facts.seconds),
                f"re-encoded as {one.coding.told}",
            ),
            quality_words=quality.in_words(one.quality),
            notes=BuildNotes(quality=quality.shown(one.quality), damage=damage),
        )


def _beginning(samples: bytes) -> bytes:
    return samples[: int(_SECONDS * hearing.RATE) * 2]
