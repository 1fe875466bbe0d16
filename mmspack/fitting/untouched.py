"""Sources that are packed with their pixels as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mmspack.errors import DoesNotFit
from mmspack.fitting import describing, quality
from mmspack.fitting.geometry import inside
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.sharing import Curve

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_TYPES = {"JPEG": "image/jpeg", "GIF": "image/gif", "PNG": "image/png"}


class Kept:
    """A picture that may not be touched."""

    def __init__(self, picture: Picture) -> None:
        before = describing.facts_of(picture)
        kind = _TYPES.get(picture.format, f"image/{picture.format.lower()}")
        self._whole = FittedPicture(
            data=picture.data,
            type=kind,
            before=before,
            after=before,
            quality=100.0,
            quality_words=quality.UNTOUCHED,
        )

    def settled(self, limit: int) -> FittedPicture | None:
        """The file itself, where it fits."""
        return self._whole if len(self._whole.data) <= limit else None

    def curve(self, limit: int) -> Curve:
        """One point."""
        self.make(limit)
        return Curve(((len(self._whole.data), 100.0),))

    def make(self, limit: int) -> FittedPicture:
        """The file itself, or an error."""
        size = len(self._whole.data)
        if size > limit:
            raise DoesNotFit(
                f"{size:,} bytes are to be kept as they are, and {max(0, limit):,} are left for them",
                hint="without keep = true it is made smaller",
            )
        return self._whole


def unchanged(picture: Picture, wish: Wish) -> FittedPicture | None:
    """The source with its metadata taken out and its pixels untouched, where it may be shown like that."""
    kind = _TYPES.get(picture.format)
    fits = inside(picture.size, wish.max_size, turn=wish.turn) == picture.size
    if kind not in wish.types or not fits or wish.crop or picture.orientation != 1:
        return None
    if not picture.colours_are_srgb or (picture.frames > 1 and (wish.still or kind != "image/gif")):
        return None
    stripped = _stripped(picture)
    if stripped is None:
        return None
    before = describing.facts_of(picture)
    return FittedPicture(
        data=stripped,
        type=kind,
        before=before,
        after=replace(before, bytes=len(stripped)),
        actions=tuple(describing.metadata_words(picture)) if len(stripped) != len(picture.data) else (),
        quality=100.0,
        quality_words=quality.UNTOUCHED,
    )


def _stripped(picture: Picture) -> bytes | None:
    from mmspack.media.metadata import strip_gif, strip_jpeg, strip_png

    if picture.format == "JPEG":
        return strip_jpeg(picture.data) if picture.components in (1, 3) else None
    return strip_png(picture.data) if picture.format == "PNG" else strip_gif(picture.data)
