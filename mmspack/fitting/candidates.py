"""A picture before its bytes are decided: what it would look like for any number of them, and making it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mmspack.errors import DoesNotFit
from mmspack.fitting import describing, moving, quality
from mmspack.fitting.geometry import crop_box, inside
from mmspack.fitting.moving import Motion
from mmspack.fitting.photo import EFFORTS, Photo
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.sharing import Curve
from mmspack.model import Facts

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_MOVING_STEPS = 24
_TYPES = {"JPEG": "image/jpeg", "GIF": "image/gif", "PNG": "image/png"}
_LEAST_BYTES = 1500
_STEP = 1.12


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


class Moving:
    """An animation that is to keep moving."""

    def __init__(self, picture: Picture, wish: Wish) -> None:
        self._picture = picture
        self._wish = wish
        self._same = unchanged(picture, wish)
        self._lock = threading.Lock()
        self._taken: Motion | None = None

    def settled(self, limit: int) -> FittedPicture | None:
        """The source with its comments taken out, where it fits."""
        return self._same if self._same is not None and len(self._same.data) <= limit else None

    def curve(self, limit: int) -> Curve:
        """Predicted from one encode; the unchanged source is its last point."""
        same = self.settled(limit)
        top = len(same.data) if same is not None else limit
        points: list[tuple[int, float]] = []
        for step in range(_MOVING_STEPS + 1):
            factor = moving.FLOOR ** (1 - step / _MOVING_STEPS)
            size, value = self._motion().bytes_for(factor), quality.of_motion(factor)
            if (
                size <= top
                and value >= (self._wish.min_quality or 0)
                and (not points or size > points[-1][0])
            ):
                points.append((size, value))
        if same is not None:
            points.append((top, 100.0))
        if not points:
            raise self._too_few(limit)
        return Curve(tuple(points), weight=self._wish.weight)

    def make(self, limit: int) -> FittedPicture:
        """The unchanged source where it fits, else the largest animation."""
        same = self.settled(limit)
        if same is not None:
            return same
        made = self._motion().best(limit)
        value = quality.of_motion(made.factor) if made else 0.0
        if made is None or value < (self._wish.min_quality or 0):
            raise self._too_few(limit)
        picture, animation = self._picture, self._motion().animation
        before = describing.facts_of(picture)
        after = replace(
            before,
            bytes=len(made.data),
            width=made.size[0],
            height=made.size[1],
            frames=made.frames,
            duration_ms=sum(animation.delays_ms),
        )
        return FittedPicture(
            data=made.data,
            type="image/gif",
            before=before,
            after=after,
            actions=(
                *describing.actions_of(picture, self._wish, "GIF", made.size, still=False),
                "kept moving",
            ),
            quality=round(value, 1),
            quality_words=quality.in_words(value),
        )

    def _motion(self) -> Motion:
        from mmspack.media.animation import read_animation
        from mmspack.media.colour import colour

        with self._lock:
            if self._taken is None:
                wish = self._wish
                taken = read_animation(self._picture.data, colour(wish.background))
                if wish.crop:
                    taken = moving.cropped(taken, crop_box(taken.size, wish.crop, wish.focus))
                size = inside(taken.size, wish.max_size, turn=wish.turn)
                self._taken = moving.Motion(taken, size, filled=EFFORTS[wish.effort].filled - 0.03)
            return self._taken

    def _too_few(self, limit: int) -> DoesNotFit:
        least = self._wish.min_quality
        needed = self._motion().bytes_for(quality.factor_of_motion(least) if least else moving.FLOOR)
        return DoesNotFit(
            f"the animated GIF of {self._picture.frames} frames takes at least {needed:,} bytes to be worth"
            f" looking at, and {max(0, limit):,} are left for it",
            hint="still = true sends its first frame",
        )


class Still:
    """A photo or a graphic, or the first frame of an animation."""

    def __init__(self, picture: Picture, wish: Wish) -> None:
        self._picture = picture
        self._wish = wish
        self._same = unchanged(picture, wish)
        self._lock = threading.Lock()
        self._decoded: Photo | None = None

    def settled(self, limit: int) -> FittedPicture | None:
        """The source with its metadata taken out, where that may be shown and fits."""
        return self._same if self._same is not None and len(self._same.data) <= limit else None

    def curve(self, limit: int) -> Curve:
        """Predicted from one small encode; the unchanged source is its last point."""
        same = self.settled(limit)
        top = len(same.data) if same is not None else limit
        points: list[tuple[int, float]] = []
        size, least = float(_LEAST_BYTES), self._wish.min_quality or 0.0
        best = 0.0
        while size <= top:
            best = max(best, self._photo().quality_at(size))
            if best >= least and (not points or best > points[-1][1]):
                points.append((int(size), best))
            size *= _STEP
        if same is not None:
            points.append((top, 100.0))
        if not points:
            raise self._too_few(limit)
        return Curve(tuple(points), weight=self._wish.weight)

    def make(self, limit: int) -> FittedPicture:
        """The unchanged source where it fits, else the best encode."""
        same = self.settled(limit)
        if same is not None:
            return same
        if not {"image/jpeg"} & set(self._wish.types):
            raise DoesNotFit("the profile takes no pictures of this kind")
        made = self._photo().best(limit)
        if made is None or made.quality < (self._wish.min_quality or 0.0):
            raise self._too_few(limit)
        return FittedPicture(
            data=made.data,
            type="image/jpeg",
            before=describing.facts_of(self._picture),
            after=Facts(bytes=len(made.data), format="JPEG", width=made.size[0], height=made.size[1]),
            actions=describing.actions_of(self._picture, self._wish, "JPEG", made.size),
            quality=round(made.quality, 1),
            quality_words=quality.in_words(made.quality),
        )

    def _photo(self) -> Photo:
        from mmspack.media.pictures import decode

        with self._lock:
            if self._decoded is None:
                wish, picture = self._wish, self._picture
                box = crop_box(picture.size, wish.crop, wish.focus) if wish.crop else None
                shown = (int(box[2] - box[0]), int(box[3] - box[1])) if box else picture.size
                size = inside(shown, wish.max_size, turn=wish.turn)
                full = decode(picture, size, box=box, background=wish.background)
                self._decoded = Photo(full, effort=wish.effort)
            return self._decoded

    def _too_few(self, limit: int) -> DoesNotFit:
        least = self._wish.min_quality
        if least is None:
            return DoesNotFit(
                f"no picture worth looking at fits into {max(0, limit):,} bytes",
                hint="raise the limit, or leave a slide out",
            )
        needed = self._photo().bytes_for(least)
        return DoesNotFit(
            f"min_quality {least:g} takes about {needed:,} bytes, and {max(0, limit):,} are left for it",
            hint="lower min_quality, leave a slide out, or choose a larger profile",
        )


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
