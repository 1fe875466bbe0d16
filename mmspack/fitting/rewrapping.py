"""A film whose pictures phones play, but not its container or its sound: no picture is re-encoded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mmspack.fitting import quality
from mmspack.fitting.clips import ClipWish, demuxer_of, facts_of, is_played, metadata_actions, suits
from mmspack.fitting.picture import FittedPicture
from mmspack.media.containers.iso_index import plain_edits
from mmspack.media.containers.walk import Track
from mmspack.media.probing import probe
from mmspack.model import BuildNotes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mmspack.fitting.film_codings import FilmCoding, SoundCoding
    from mmspack.fitting.studio import Studio
    from mmspack.media.probing import Probe

_COPIED = {"h264"}
"""Codecs of films that are copied."""
_CONTAINER = 4096
"""Bytes by which another container may be smaller, besides its sound."""
_APART_MS = 100
"""Milliseconds by which a film that was copied may be longer or shorter than its source."""
_STEADY = 0.9
"""Frames of a film by those of its usual rate, below which its rate varies: it becomes a constant one. What a
phone records varies by some hundredths."""


def may_be_rewrapped(data: bytes, found: Probe, wish: ClipWish, coding: FilmCoding, limit: int) -> bool:
    """Whether it is worth opening: as far as the bytes show, without decoding any."""
    if coding.type not in wish.types or wish.content_class or wish.keep or wish.crop or wish.cuts(found):
        return False
    films = [track for track in found.tracks if track.is_film]
    if len(films) != 1 or films[0].codec != "avc1" or not is_played(films[0]):
        return False
    if demuxer_of(found) == "matroska":  # which does not tell the bytes of a track
        return wish.mute or len(data) <= limit + _CONTAINER
    return films[0].sample_bytes < limit and plain_edits(data)


def rewrapped(
    studio: Studio, found: Probe, wish: ClipWish, coding: FilmCoding, limit: int
) -> FittedPicture | None:
    """The pictures as they are in the container that the profile takes, of at most `limit` bytes; else None.

    The sound stays where phones play it and it fits; else the best that fits takes its place. Raises
    `MediaError`.
    """
    facts = studio.facts
    if facts.video not in _COPIED or facts.deep or facts.rotation or facts.hdr:
        return None
    for sound in [None] if wish.mute else _sounds(studio, coding, limit):
        track = studio.sound(sound.coding, sound.rate, sound.channels, sound.ending) if sound else None
        data = studio.rewrapped(track, coding.container, coding.ending, mute=wish.mute)
        made = probe(data)
        film = _film(made)
        if film is not None and not is_played(film):
            return None  # of Matroska the level is known by now
        if len(data) > limit or made.error or made.facts is None or not suits(made, wish):
            continue
        if not wish.mute and abs((made.facts.duration_ms or 0) - facts.seconds * 1000) > _APART_MS:
            return None  # an edit list or a gap that did not come along
        film = film or Track("", "")
        length = (_film(found) or film).duration_ms or film.duration_ms
        if abs(film.duration_ms - length) > _APART_MS or film.frames_a_second < _STEADY * facts.rate:
            return None
        return FittedPicture(
            data=data,
            type=coding.type,
            before=facts_of(found),
            after=replace(made.facts, bytes=len(data)),
            actions=(*metadata_actions(facts), *_actions(sound, muted=wish.mute and bool(facts.audio))),
            quality_words=quality.UNTOUCHED,
            notes=BuildNotes(quality=100.0),
        )
    return None


def _film(found: Probe) -> Track | None:
    return next((track for track in found.tracks if track.is_film), None)


def _sounds(studio: Studio, coding: FilmCoding, limit: int) -> Iterator[SoundCoding | None]:
    """What the sound may be: None for a copy of it, or of none; then what can be made, the best first.

    None is worse than beside a film that is re-encoded: a sound is not spoilt to keep the pictures whole.
    """
    facts = studio.facts
    if facts.audio in ("", "aac"):
        yield None
    if not facts.audio or not facts.seconds:
        return
    for sound in coding.sounds:
        if sound.channels <= max(1, facts.channels):
            yield sound
            if limit * 8 / facts.seconds >= sound.total:
                return


def _actions(sound: SoundCoding | None, *, muted: bool) -> Iterator[str]:
    alone = "pictures " if muted or sound is not None else ""
    yield f"{alone}re-wrapped, not re-encoded"
    if muted:
        yield "sound removed"
    if sound is not None:
        yield f"sound: {sound.told}"
