"""Sources that are packed with their pixels as they are."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from mmspack.errors import DoesNotFit
from mmspack.fitting import account, quality
from mmspack.fitting.account import honest
from mmspack.fitting.budget import QualityCurve
from mmspack.fitting.geometry import inside
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.model import BuildNotes
from mmspack.words import keyed

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture


class Kept:
    """A picture that may not be touched."""

    def __init__(self, picture: Picture) -> None:
        before = account.facts_of(picture)
        self._whole = FittedPicture(
            data=picture.data,
            type=picture.format.type,
            before=before,
            after=before,
            quality_words=quality.UNTOUCHED,
            notes=BuildNotes(quality=100.0),
        )

    def settled(self, limit: int) -> FittedPicture | None:
        """The file itself, where it fits."""
        return self._whole if len(self._whole.data) <= limit else None

    def curve(self, limit: int, near: int, *, encode: bool) -> QualityCurve | None:  # noqa: ARG002 - one for all
        """One point."""
        size = len(self._whole.data)
        return QualityCurve(((size, 100.0),)) if size <= limit else None

    def attempt(self, limit: int) -> FittedPicture | None:
        """The file itself, where it fits."""
        return self.settled(limit)

    def least(self) -> int:
        """The size of the file."""
        return len(self._whole.data)

    def refusal(self, limit: int) -> DoesNotFit:
        """Why it cannot be kept."""
        return DoesNotFit(
            f"unchanged (keep = true), it takes {self.least():,} bytes, but only {max(0, limit):,} are left",
            hint=f"remove {keyed('keep = true')} to let it be reduced",
        )


class AsItIs:
    """A source that may be shown with its pixels unchanged, as far as its header shows.

    What phones display differently is normalised without loss: transparency is placed on the
    background, 16 bits a channel become 8, and a rotation that only metadata ask for is applied.
    """

    def __init__(self, picture: Picture, wish: Wish) -> None:
        self._picture = picture
        self._wish = wish
        self._stripped = _stripped(picture) if _suits(picture, wish) else None
        self._lock = threading.Lock()
        self._looked = False
        self._made: FittedPicture | None = None

    def within(self, limit: int) -> FittedPicture | None:
        """The picture, where it takes at most `limit` bytes. Raises `MediaError` for a damaged one."""
        if self._stripped is None or len(self._stripped) > limit:
            return None
        with self._lock:
            if not self._looked:
                self._made = self._look(self._stripped)
                self._looked = True
        return self._made if self._made is not None and len(self._made.data) <= limit else None

    def _look(self, stripped: bytes) -> FittedPicture | None:
        from mmspack.media.pictures import is_see_through, prove_sound

        picture = self._picture
        if picture.has_alpha and is_see_through(picture):
            return self._mended() if picture.frames == 1 else None
        if picture.bits > 8 or picture.orientation != 1:
            return self._mended() if picture.frames == 1 else None
        prove_sound(picture)
        before = account.facts_of(picture)
        return FittedPicture(
            data=stripped,
            type=picture.format.type,
            before=before,
            after=replace(before, bytes=len(stripped)),
            actions=tuple(account.metadata_words(picture)) if stripped != picture.data else (),
            quality_words=quality.UNTOUCHED,
            notes=BuildNotes(quality=100.0),
        )

    def _mended(self) -> FittedPicture | None:
        from mmspack.media.graphics import lossless
        from mmspack.media.pictures import decode

        picture, wish = self._picture, self._wish
        data = lossless(decode(picture, picture.size, background=wish.background), picture.format.pillow)
        if data is None:
            return None
        before = account.facts_of(picture)
        mended = FittedPicture(
            data=data,
            type=picture.format.type,
            before=before,
            after=replace(before, bytes=len(data)),
            actions=account.actions_of(picture, wish, picture.format.name, picture.size),
            quality_words=quality.in_words(100.0),
            notes=BuildNotes(quality=100.0),
        )
        told = honest(mended, picture, wish)
        return told if (told.quality or 0.0) >= (wish.min_quality or 0.0) else None


def _suits(picture: Picture, wish: Wish) -> bool:
    """True when format, size, place and colours are what the profile takes and the author wants."""
    kind = picture.format.key
    fits = inside(picture.size, wish.max_size, turn=wish.turn) == picture.size
    turned = picture.orientation != 1 and picture.format.lossy
    if kind not in wish.types or not fits or wish.crop or turned:
        return False
    return picture.colours_are_srgb and (picture.frames == 1 or (kind == "image/gif" and not wish.still))


def _stripped(picture: Picture) -> bytes | None:
    if picture.format.key == "image/jpeg" and picture.probe.components not in (1, 3):
        return None
    return picture.format.stripped(picture.data) if picture.format.stripped else None
