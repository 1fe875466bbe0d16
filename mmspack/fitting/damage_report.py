"""Where a source is damaged, in words for the report: it is sent as far as it can be decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from mmspack.errors import MediaError
from mmspack.film.clip import UndecodedClip
from mmspack.fitting.studio import ClipCut, Screen, Studio

if TYPE_CHECKING:
    from mmspack.fitting.picture import FittedPicture

_ONE_PLACE = 1.0
"""Seconds between two damaged frames of one place."""
_NAMED = 3
"""Places that are named."""
_SIDE, _HERTZ = 64, 8000
"""Pixels and samples of what is decoded to be thrown away."""
_COPIED = "copied as it is, damaged"


def damage_words(studio: Studio) -> Iterator[str]:
    """A phrase for damaged pictures, one for damaged sound, and one for an end that is lost."""
    pictures = _places(studio.spool.damaged) if studio.facts.width else ""
    sound = _places(studio.sound_damage)
    if pictures:
        yield f"damaged at {pictures}: pictures are missing or wrong there"
    if sound:
        yield f"sound damaged at {sound}: it is missing or wrong there"
    lost = studio.lost_after
    if lost is not None:
        yield f"damaged at {lost:.1f} s: nothing can be decoded after that"


def damage_in_copy(data: bytes, demuxer: str, *, mute: bool = False) -> tuple[str, ...]:
    """What of a clip that is copied cannot be decoded; nothing where no engine or codec for it is here.

    Raises `UndecodedClip` where nothing of it can be.
    """
    try:
        with closing(Studio(data, demuxer, ClipCut(), Screen(size=(_SIDE, _SIDE)))) as studio:
            if studio.facts.audio and not mute:
                studio.samples(_HERTZ, 1)
            return tuple(damage_words(studio))
    except UndecodedClip:
        raise
    except MediaError:
        return ()


def copy_with(damage: tuple[str, ...], copy: FittedPicture) -> FittedPicture:
    """The account of a copy with the damage that was copied, too: such a copy is not as good as can be."""
    if not damage:
        return copy
    notes = replace(copy.notes, quality=None, damage=damage)
    return replace(copy, actions=(*damage, *copy.actions), quality_words=_COPIED, notes=notes)


def _places(seconds: Sequence[float]) -> str:
    """`3.2 s, 5.0–6.4 s and 2 more places`; empty where there is none."""
    spans: list[tuple[float, float]] = []
    for at in sorted(seconds):
        if spans and at - spans[-1][1] <= _ONE_PLACE:
            spans[-1] = spans[-1][0], at
        else:
            spans.append((at, at))
    named = [_span(*span) for span in spans[:_NAMED]]
    more = len(spans) - len(named)
    if more:
        return f"{', '.join(named)} and {more} more {'place' if more == 1 else 'places'}"
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))


def _span(first: float, last: float) -> str:
    short = f"{first:.1f}" == f"{last:.1f}"
    return f"{first:.1f} s" if short else f"{first:.1f}–{last:.1f} s"
