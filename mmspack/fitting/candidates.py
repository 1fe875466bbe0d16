"""A picture before its bytes are decided: what it would look like for any number of them, and making it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mmspack.fitting.motions import Moving
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.sharing import Curve
from mmspack.fitting.stills import Still
from mmspack.fitting.untouched import Kept

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture


class Candidate(Protocol):
    """A picture that waits for its share of the bytes."""

    def settled(self, limit: int) -> FittedPicture | None:
        """The result where no choice is left within `limit` bytes: the source may stay as it is."""

    def curve(self, limit: int) -> Curve:
        """What up to `limit` bytes would buy. Raises `DoesNotFit` where they buy nothing acceptable."""

    def make(self, limit: int) -> FittedPicture:
        """The best picture of at most `limit` bytes. Raises `DoesNotFit`, `MediaError`."""


def open_candidate(picture: Picture, wish: Wish) -> Candidate:
    """The kind of candidate that suits the picture and what is asked of it."""
    if wish.keep:
        return Kept(picture)
    if picture.format == "GIF" and picture.frames > 1 and not wish.still:
        return Moving(picture, wish)
    return Still(picture, wish)
