"""A still picture as a candidate: a photo, a graphic, or the first frame of an animation."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mmspack.errors import DoesNotFit
from mmspack.fitting import describing, quality
from mmspack.fitting.geometry import crop_box, inside
from mmspack.fitting.photo import Photo
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.sharing import Curve
from mmspack.fitting.untouched import unchanged
from mmspack.model import Facts

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_LEAST_BYTES = 1500
_STEP = 1.12


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
