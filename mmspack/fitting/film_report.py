"""What a report says of a film that was made: its size, its quality, and what was done to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mmspack.fitting import quality
from mmspack.fitting.clips import ClipWish, cut_words, facts_of, metadata_actions
from mmspack.fitting.damage_report import damage_words
from mmspack.fitting.film_codings import FilmCoding, SoundCoding
from mmspack.fitting.film_forecast import FilmChoice
from mmspack.fitting.picture import FittedPicture
from mmspack.fitting.studio import Studio
from mmspack.media.probing import probe
from mmspack.model import BuildNotes, Facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mmspack.media.probing import Probe

_PADDING_MS = 250
"""By how much a sound may outlast its pictures and nobody misses its end: codecs pad their last frame."""


@dataclass(frozen=True, slots=True)
class MadeFilm:
    """A film as it is sent, and what it was made of."""

    data: bytes = field(repr=False)
    film: Path
    """The pictures alone."""
    choice: FilmChoice
    sound: SoundCoding | None
    value: float
    """Its quality, once it was compared."""


def reported(
    made: MadeFilm, found: Probe, wish: ClipWish, studio: Studio, coding: FilmCoding
) -> FittedPicture:
    """The film with the facts of its source and its own."""
    size, every = made.choice.rung.size, made.choice.rung.every
    told = probe(made.data).facts
    damage = tuple(damage_words(studio))
    return FittedPicture(
        data=made.data,
        type=coding.type,
        before=facts_of(found),
        after=Facts(
            bytes=len(made.data),
            format=coding.container.upper(),
            width=size[0],
            height=size[1],
            frames=told.frames if told else 1,
            duration_ms=_length_ms(told, studio),
        ),
        actions=(*damage, *_actions(made, wish, studio, coding, float(studio.spool.rate / every))),
        quality_words=quality.in_words(made.value),
        notes=BuildNotes(quality=quality.shown(made.value), damage=damage),
    )


def _length_ms(facts: Facts | None, studio: Studio) -> int:
    """How long it plays: as its pictures do, or as a sound that goes on after them."""
    pictures = round(studio.spool.seconds * 1000)
    whole = facts.duration_ms or 0 if facts else 0
    return whole if whole > pictures + _PADDING_MS else pictures


def _actions(
    made: MadeFilm, wish: ClipWish, studio: Studio, coding: FilmCoding, rate: float
) -> Iterator[str]:
    facts, size = studio.facts, made.choice.rung.size
    yield from cut_words(wish, facts.seconds)
    yield from metadata_actions(facts)
    if (facts.width, facts.height) != size:
        yield f"{facts.width} × {facts.height} → {size[0]} × {size[1]}"
    if facts.rate and abs(float(facts.rate) - rate) > 0.2:
        yield f"{float(facts.rate):.3g} → {rate:.3g} frames a second"
    yield f"re-encoded as {coding.words}"
    if made.sound is not None:
        yield f"sound: {made.sound.told}"
    elif facts.audio:
        yield "sound removed"
