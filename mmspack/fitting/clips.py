"""What is asked of a film or a sound, and when one may stay as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mmspack.errors import MediaError, UsageError
from mmspack.fitting import quality
from mmspack.fitting.picture import FittedPicture
from mmspack.fitting.studio import ClipCut
from mmspack.media.containers.iso_index import index_first
from mmspack.media.containers.walk import HEARD_CODECS
from mmspack.media.formats import MADE, format_of
from mmspack.model import BuildNotes, Effort, Facts
from mmspack.words import choose_from, keyed

if TYPE_CHECKING:
    from mmspack.film.clip import ClipFacts
    from mmspack.media.containers.walk import Track
    from mmspack.media.probing import Probe

_PLAYED = {"avc1", "s263", "h263", "mp4v"}
"""Sample entries that phones play since there are films in messages."""
_HEARD_BY_CLASS = {"samr"}
"""The content classes have speech alone beside H.263."""
_CLASS_SIZES = {(176, 144), (128, 96)}
_CODEC_NAMES = {
    "h264": "H.264", "hevc": "HEVC", "vp8": "VP8", "vp9": "VP9", "av1": "AV1", "mpeg4": "MPEG-4 Visual",
    "h263": "H.263", "mjpeg": "Motion JPEG", "prores": "ProRes", "mpeg2video": "MPEG-2",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipWish:
    """What is asked of one film or sound, its bytes apart. Times in seconds."""

    types: tuple[str, ...]
    """What the profile takes."""
    image_types: tuple[str, ...] = ()
    """Which pictures the profile takes: whether a still may be sent instead."""
    codecs: tuple[str, ...] = ()
    """What its phones play beyond H.264: see `Profile.video_codecs`."""
    content_class: bool = False
    """It is a content class of the OMA, which names codec and size."""
    start: float = 0.0
    end: float | None = None
    mute: bool = False
    crop: str | None = None
    focus: tuple[float, float] | None = None
    keep: bool = False
    min_quality: float | None = None
    weight: float = 1.0
    effort: str = Effort.GOOD

    def __post_init__(self) -> None:
        if self.effort not in set(Effort):
            raise UsageError(f"no effort {self.effort!r}", hint=choose_from(Effort))

    @property
    def cut(self) -> ClipCut:
        """The part of the source that is sent."""
        return ClipCut(start=self.start, end=self.end, crop=self.crop, focus=self.focus)

    def seconds_of(self, found: Probe) -> float:
        """How long the part that is sent plays, by the source's own account; 0 where it does not say."""
        length = (found.facts.duration_ms or 0) / 1000 if found.facts is not None else 0.0
        return max(0.0, min(length, self.end or length) - self.start)

    def cuts(self, found: Probe) -> bool:
        """True where less than the whole of the source is sent."""
        length = found.facts.duration_ms if found.facts is not None else None
        shorter = self.end is not None and (length is None or self.end * 1000 < length)
        return bool(self.start) or shorter


def untaken(what: str, image_types: Iterable[str]) -> MediaError:
    """Why no film is made, nor a GIF of one, for a profile that takes no such part: `what` they are."""
    if set(image_types) & set(MADE):
        hint = f"{keyed('poster = true')} sends a still instead"
        return MediaError(f"the profile does not take {what}", hint=hint)
    return MediaError(f"the profile takes neither {what} nor pictures", hint="choose another profile")


def facts_of(found: Probe) -> Facts:
    """What the source was."""
    return found.facts if found.facts is not None else Facts(bytes=0, format="file")


def as_it_is(data: bytes, found: Probe, wish: ClipWish) -> FittedPicture | None:
    """The source, its index brought to the front, where nothing else has to be done; else None.

    With `keep` nothing at all is done to it.
    """
    before = facts_of(found)
    whole = FittedPicture(
        data=data, type=found.type or "", before=before, after=before,
        quality_words=quality.UNTOUCHED, notes=BuildNotes(quality=100.0),
    )  # fmt: skip
    if wish.keep:
        return whole
    if wish.cuts(found) or wish.mute or wish.crop or not suits(found, wish):
        return None
    moved = index_first(data) if found.tracks else None
    if moved is None:
        return whole
    return replace(
        whole, data=moved, after=replace(before, bytes=len(moved)), actions=("index moved to the front",)
    )


def suits(found: Probe, wish: ClipWish) -> bool:
    """Whether phones of the profile play it: its type, and the codec of each track."""
    row = format_of(found.type)
    # What can be re-encoded is, so that a check against the profile has nothing to say of its type.
    types = {row.key, *row.passes_for} if row is not None and not row.demuxer else {found.type}
    if not types & set(wish.types):
        return False
    if row is not None and row.demuxer == "matroska":
        return True  # a profile that takes it takes what is in it
    films = [track for track in found.tracks if track.is_film]
    for track in films:
        if not is_played(track):
            return False
        if wish.content_class and (track.codec != "s263" or (track.width, track.height) not in _CLASS_SIZES):
            return False
    heard = _HEARD_BY_CLASS if wish.content_class and films else HEARD_CODECS
    return all(track.codec in heard for track in found.tracks if track.is_sound)


def is_played(film: Track) -> bool:
    """Whether phones play the pictures of a film, whatever its container and its sound are."""
    return film.codec in _PLAYED and film.bits <= 8 and not film.rotation and not film.is_demanding


def cut_words(wish: ClipWish, seconds: float) -> Iterator[str]:
    """What of it is sent; the whole takes `seconds`, 0 where that is not known."""
    shorter = wish.end is not None and (not seconds or wish.end < seconds)
    if wish.start or shorter:
        yield f"cut from {wish.start:g} s to {f'{wish.end:g} s' if shorter else 'its end'}"
    if wish.crop:
        yield f"cropped to {wish.crop}"


def metadata_actions(facts: ClipFacts) -> Iterator[str]:
    """What had to be done besides scaling."""
    if facts.rotation:
        yield "turned upright"
    if facts.hdr:
        yield "HDR converted to SDR"
    elif facts.deep:
        yield "10 → 8 bits a channel"
    if facts.video not in ("", "h264"):
        yield f"it was {_CODEC_NAMES.get(facts.video, facts.video)}"


def demuxer_of(found: Probe) -> str:
    """What libavformat calls the reader of its format; empty where it is not re-encoded."""
    row = format_of(found.type)
    return row.demuxer if row is not None else ""
