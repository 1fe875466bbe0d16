"""Where a source is damaged, in words for the report: it is sent as far as it can be decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmspack.fitting.studio import Studio

_ONE_PLACE = 1.0
"""Seconds between two damaged frames of one place."""
_NAMED = 3
"""Places that are named."""


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
