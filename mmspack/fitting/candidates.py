"""A picture before its bytes are decided: what it would look like for any number of them, and making it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mmspack.errors import DoesNotFit
from mmspack.fitting.motions import Moving
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.sharing import Curve
from mmspack.fitting.stills import Still
from mmspack.fitting.untouched import Kept

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture


class Candidate(Protocol):
    """A picture that waits for its share of the bytes. All raise `MediaError` for a damaged picture."""

    def settled(self, limit: int) -> FittedPicture | None:
        """The result where no choice is left within `limit` bytes: the source may stay as it is."""

    def curve(self, limit: int) -> Curve | None:
        """What up to `limit` bytes would buy; None where they buy nothing acceptable."""

    def attempt(self, limit: int) -> FittedPicture | None:
        """The best picture of at most `limit` bytes; None where none is acceptable."""

    def least(self) -> int | None:
        """The smallest limit that does, within 3 %, found by trying; None where none does."""

    def refusal(self, limit: int) -> DoesNotFit:
        """Why `limit` bytes do not do, and how many would."""


def open_candidate(picture: Picture, wish: Wish) -> Candidate:
    """The kind of candidate that suits the picture and what is asked of it."""
    if wish.keep:
        return Kept(picture)
    if picture.format == "GIF" and picture.frames > 1 and not wish.still:
        return Moving(picture, wish)
    return Still(picture, wish)
