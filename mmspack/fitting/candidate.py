"""A picture before its bytes are decided: what it would look like for any number of them, and making it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mmspack.errors import DoesNotFit, UsageError
from mmspack.film.progress import ClipProgress, unheard
from mmspack.fitting import quality
from mmspack.fitting.account import facts_say
from mmspack.fitting.budget import QualityCurve
from mmspack.fitting.geometry import Size
from mmspack.fitting.kept import Kept
from mmspack.fitting.picture import FittedPicture, MadeOf, Wish, is_whole
from mmspack.media.formats import MADE
from mmspack.model import Effort

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture


class Candidate(Protocol):
    """A picture that waits for its share of the bytes. All raise `MediaError` for a damaged picture."""

    def settled(self, limit: int) -> FittedPicture | None:
        """The result where no choice is left within `limit` bytes: the source may stay as it is."""

    def curve(self, limit: int, near: int, *, encode: bool) -> QualityCurve | None:
        """What up to `limit` bytes would buy, most exactly around `near`; None for nothing acceptable.

        With `encode`, a photo is encoded once for `near` bytes if it never was, which corrects what its tiles
        predict by a tenth and more. That encode is not lost: making the picture begins with it.
        """

    def attempt(self, limit: int) -> FittedPicture | None:
        """The best picture of at most `limit` bytes; None where none is acceptable."""

    def least(self) -> int | None:
        """The smallest limit that does, within 3 %, found by trying; None where none does."""

    def refusal(self, limit: int) -> DoesNotFit:
        """Why `limit` bytes do not do, and how many would."""


def open_candidate(picture: Picture, wish: Wish, made_of: MadeOf | None = None) -> Candidate:
    """The kind of candidate that suits the picture, what it was made of, and what is asked of it."""
    if made_of is not None:
        return _Converted(_opened(picture, wish, made_of.cure), made_of)
    return _opened(picture, wish)


def _opened(picture: Picture, wish: Wish, cure: str = "") -> Candidate:
    # NumPy takes longer to load than a text message to build: what needs it is loaded with the first picture.
    from mmspack.fitting.animation import Moving
    from mmspack.fitting.still import Still

    if wish.keep:
        return Kept(picture)
    is_moving = picture.format.key == "image/gif" and picture.frames > 1
    if is_moving and not wish.still and "image/gif" in wish.types:
        return Moving(picture, wish, cure)
    return Still(picture, wish)


class _Converted:
    """A picture that was made of something else: its account begins with what that was."""

    def __init__(self, made: Candidate, made_of: MadeOf) -> None:
        self._made = made
        self._made_of = made_of

    def settled(self, limit: int) -> FittedPicture | None:
        """As it was made, where it fits."""
        return self._told(self._made.settled(limit))

    def curve(self, limit: int, near: int, *, encode: bool) -> QualityCurve | None:
        """As of what was made."""
        return self._made.curve(limit, near, encode=encode)

    def attempt(self, limit: int) -> FittedPicture | None:
        """As of what was made."""
        return self._told(self._made.attempt(limit))

    def least(self) -> int | None:
        """As of what was made."""
        return self._made.least()

    def refusal(self, limit: int) -> DoesNotFit:
        """As of what was made."""
        return self._made.refusal(limit)

    def _told(self, made: FittedPicture | None) -> FittedPicture | None:
        if made is None:
            return None
        words = quality.in_words(made.quality) if made.quality is not None else made.quality_words
        # Size and format of what it was made from on the way are nobody's.
        done = tuple(action for action in made.actions if not facts_say(action, made))
        return replace(
            made,
            before=self._made_of.before,
            actions=(*self._made_of.damage, *self._made_of.actions, *done),
            quality_words=words,
            notes=replace(made.notes, damage=self._made_of.damage),
        )


def fit_picture(
    data: bytes,
    *,
    max_bytes: int,
    max_size: Size,
    turn: bool = False,
    types: Sequence[str] = MADE,
    crop: str | None = None,
    focus: tuple[float, float] | None = None,
    background: str = "white",
    keep: bool = False,
    still: bool = False,
    min_quality: float | None = None,
    effort: str = Effort.GOOD,
    cache: bool = False,
    progress: ClipProgress | None = None,
) -> FittedPicture:
    """The best-looking picture of at most `max_bytes` bytes within `max_size` pixels.

    `turn` lets a portrait picture use the box turned by 90 degrees. `types` are the MIME types that may
    be made. `crop` is an aspect ratio such as `"4:5"`, `focus` its centre as fractions of the picture.
    With `cache`, a result that was made before is taken from the user's cache folder. What moves in another
    format becomes a GIF where `types` has that; `progress` follows one that is decoded as a film.

    Raises `MediaError` when the data is not an intact picture, `DoesNotFit` when no picture of that few bytes
    is worth looking at or reaches `min_quality`, and `UsageError` for a wish that makes no sense.
    """
    from mmspack.fitting.cache import Cache, key_of
    from mmspack.fitting.intake import take_in

    if not is_whole(max_bytes) or max_bytes < 1:
        raise UsageError(f"expected a whole number of at least 1, found {max_bytes}", where="max_bytes")
    if not keep and not set(types) & set(MADE):
        raise UsageError(
            f"none of {types!r} can be written",
            where="types",
            hint=f"choose from {', '.join(MADE)}",
        )
    wish = Wish(
        max_size=max_size,
        turn=turn,
        types=tuple(types),
        crop=crop,
        focus=focus,
        background=background,
        keep=keep,
        still=still,
        min_quality=min_quality,
        effort=effort,
    )
    store = Cache.of_user() if cache else None
    key = key_of((data,), (wish, max_bytes))
    found = store.get(key) if store is not None else None
    if found is not None:
        return found[0]
    picture, made_of = take_in(data, wish, progress or unheard())
    candidate = open_candidate(picture, wish, made_of)
    fitted = candidate.attempt(max_bytes)
    if fitted is None:
        raise candidate.refusal(max_bytes)
    if store is not None:
        store.put(key, [fitted])
    return fitted
