"""The films and sounds of a message as jobs of its one budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from mmspack.errors import AuthoringError, DoesNotFit, MediaError
from mmspack.film.engine import version
from mmspack.film.progress import ClipProgress
from mmspack.fitting import stills
from mmspack.fitting.candidate import Candidate
from mmspack.fitting.clips import ClipWish, demuxer_of, facts_of
from mmspack.fitting.cuts import OVER, end_of
from mmspack.fitting.film import Film
from mmspack.fitting.film_codings import film_coding
from mmspack.fitting.geometry import Size
from mmspack.fitting.misplaced import prove_kind
from mmspack.fitting.picture import FittedPicture, MadeOf
from mmspack.fitting.sound import Sound
from mmspack.fitting.sources import SourceMedium
from mmspack.fitting.studio import ClipCut
from mmspack.media import damage
from mmspack.media.formats import format_of, several
from mmspack.media.probing import Probe, probe
from mmspack.message import Message, Slide
from mmspack.model import Kind
from mmspack.problem import Place
from mmspack.profiles import Profile
from mmspack.words import in_source, keyed, length_words


@dataclass(kw_only=True)
class ClipJob:
    """A film or a sound of a message. It is decoded once, whatever is asked of it."""

    where: Place
    kind: Kind
    data: bytes = field(repr=False)
    found: Probe
    wish: ClipWish
    profile: Profile
    progress: ClipProgress | None = None

    @property
    def request(self) -> object:
        """What is asked of it, and what encodes it: another version may make other bytes."""
        return self.kind, self.wish, version()

    @property
    def effort(self) -> str:
        """How much time may be spent."""
        return self.wish.effort

    @property
    def cost(self) -> int:
        """As many pixels as take about as long: a film is the last thing to wait for."""
        return 1 << 40 if self.kind is Kind.VIDEO else 1 << 20

    def open(self) -> Candidate:
        """The same candidate each time: decoding takes long, and no answer depends on another."""
        return self._candidate

    def close(self) -> None:
        """End the process that decodes, and delete its files."""
        self._candidate.close()

    @cached_property
    def _candidate(self) -> Film | Sound:
        if self.kind is Kind.AUDIO:
            return Sound(self.data, self.found, self.wish, self.progress)
        return Film(self.data, self.found, self.wish, film_coding(self.profile), self.progress)


def clip_job(
    medium: SourceMedium,
    message: Message,
    profile: Profile,
    effort: str,
    progress: ClipProgress | None = None,
) -> ClipJob:
    """The job of a film or a sound. Raises `MediaError` for what is something else, or broken."""
    slide = message.slides[medium.slide or 0]
    least = message.min_quality if slide.min_quality is None else slide.min_quality
    found = proved(medium)
    is_film = medium.kind is Kind.VIDEO
    if is_film and slide.keep:
        _prove_whole(slide, found)
    wish = ClipWish(
        types=profile.video_types if is_film else profile.audio_types,
        image_types=profile.image_types,
        codecs=profile.video_codecs,
        content_class=profile.content_class is not None,
        start=slide.start,
        end=end_of(slide, medium.kind),
        mute=slide.mute and is_film,
        crop=slide.crop if is_film else None,
        focus=slide.focus if is_film else None,
        keep=slide.keep and (is_film or slide.image is None),
        min_quality=least if is_film or slide.image is None else None,
        weight=slide.weight,
        effort=effort,
    )
    return ClipJob(
        where=medium.where,
        kind=medium.kind,
        data=medium.data,
        found=found,
        wish=wish,
        profile=profile,
        progress=progress,
    )


def _prove_whole(slide: Slide, found: Probe) -> None:
    """Raise `AuthoringError` where a film that is to stay whole is longer than its slide."""
    whole = (found.facts.duration_ms or 0) / 1000 if found.facts else 0.0
    if slide.seconds is not None and whole > slide.seconds + OVER:
        raise AuthoringError(
            f"{keyed(f'seconds = {slide.seconds:g}')} would cut it, but {keyed('keep = true')} sends all"
            f" {length_words(1000 * whole)} of it",
            hint="remove one of them",
        )


def as_picture(
    medium: SourceMedium, slide: Slide, size: Size, progress: ClipProgress
) -> tuple[bytes, MadeOf]:
    """A film as the file of a picture, a still of it or an animated GIF, and its account.

    Raises `MediaError`.
    """
    found = proved(medium)
    before = facts_of(found)
    cut = ClipCut(start=slide.start, end=end_of(slide, medium.kind))
    if slide.poster:
        made = stills.poster(medium.data, demuxer_of(found), cut, size)
        return made, MadeOf(before=before, actions=("still of the video",))
    made, damage_found = stills.moving_picture(medium.data, demuxer_of(found), cut, progress)
    actions = (f"{before.format} → GIF", *(("sound removed",) if _is_heard(found) else ()))
    cure = in_source(
        f"cut it shorter ({keyed('end')}), send it as a video, without {keyed('as')}, or a still of it:"
        f" {keyed('poster = true')}",
        "cut it shorter, or send it as a video",
    )
    return made, MadeOf(before=before, actions=actions, damage=damage_found, cure=cure)


def _is_heard(found: Probe) -> bool:
    return any(track.is_sound for track in found.tracks)


def proved(medium: SourceMedium) -> Probe:
    """What a film or a sound is. Raises `MediaError` when it is something else or broken."""
    found = probe(medium.data)
    row = format_of(found.type)
    prove_kind(medium, row)
    if row is None or found.facts is None:
        raise MediaError(f"not {'a sound' if medium.kind is Kind.AUDIO else 'a video'}: {found.error}")
    if not row.taken:
        raise MediaError(f"{several(row)} cannot be sent", hint=row.cure)
    if found.error:
        raise MediaError(found.error, hint=damage.CURE)
    return found


def refit_clip(
    data: bytes,
    kind: Kind,
    profile: Profile,
    limit: int,
    progress: ClipProgress | None = None,
) -> FittedPicture:
    """A film or a sound as a build makes it in `limit` bytes. Raises `MediaError`, `DoesNotFit`."""
    found = probe(data)
    if found.error and not found.unread:
        raise MediaError(found.error, hint=damage.CURE)
    types = profile.audio_types if kind is Kind.AUDIO else profile.video_types
    wish = ClipWish(types=types, content_class=profile.content_class is not None, min_quality=0.0)
    clip = (
        Sound(data, found, wish, progress)
        if kind is Kind.AUDIO
        else Film(data, found, wish, film_coding(profile), progress)
    )
    try:
        made = clip.attempt(limit)
    finally:
        clip.close()
    if made is None:
        raise DoesNotFit(f"{limit:,} bytes are too few for it")
    return made
