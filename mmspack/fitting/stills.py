"""A still picture as a candidate: a photo, a graphic, or the first frame of an animation."""

from __future__ import annotations

import io
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from mmspack.errors import DoesNotFit
from mmspack.fitting import describing, quality
from mmspack.fitting.geometry import Size, crop_box, inside
from mmspack.fitting.photo import Encoded, Photo
from mmspack.fitting.picture import IMAGE_TYPES, FittedPicture, Wish
from mmspack.fitting.sharing import Curve
from mmspack.fitting.untouched import unchanged
from mmspack.media import graphics
from mmspack.media.graphics import Drawn
from mmspack.model import Effort, Facts

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_LEAST_BYTES = 1500
_STEP = 1.12
_LOSSY = ("JPEG", "WEBP", "AVIF", "HEIF")
_ENOUGH = 1.25
_FAIR = 50.0
"""A palette below it keeps the edges and little else: the JPEG is taken where it looks better."""


class Still:
    """A photo or a graphic, or the first frame of an animation."""

    def __init__(self, picture: Picture, wish: Wish) -> None:
        self._picture = picture
        self._wish = wish
        self._same = unchanged(picture, wish)
        self._lock = threading.Lock()
        self._opened: tuple[Photo, list[Drawn]] | None = None

    def settled(self, limit: int) -> FittedPicture | None:
        """The source with its metadata taken out, where that may be shown and fits."""
        return self._same if self._same is not None and len(self._same.data) <= limit else None

    def curve(self, limit: int) -> Curve:
        """Predicted from one small encode; the unchanged source is its last point."""
        photo, drawn = self._open()
        same = self.settled(limit)
        top = len(same.data) if same is not None else min(limit, self._enough(photo.size))
        found = [] if not self._takes("image/jpeg") else _photo_points(photo, top)
        found += [(len(one.data), quality.of_graphic(one.error)) for one in drawn if len(one.data) <= top]
        if same is not None:
            found.append((top, 100.0))
        points: list[tuple[int, float]] = []
        for size, value in sorted(found):
            if value >= (self._wish.min_quality or quality.WORST) and (not points or value > points[-1][1]):
                points.append((size, value))
        if not points:
            raise self._too_few(limit)
        return Curve(tuple(points), weight=self._wish.weight)

    def make(self, limit: int) -> FittedPicture:
        """The unchanged source where it fits, else the best of a JPEG and a palette."""
        same = self.settled(limit)
        if same is not None:
            return same
        if not set(self._wish.types) & set(IMAGE_TYPES):
            raise DoesNotFit("the profile takes no pictures", hint="choose another profile")
        photo, drawn = self._open()
        made = photo.best(min(limit, self._enough(photo.size))) if self._takes("image/jpeg") else None
        best = next((one for one in drawn if len(one.data) <= limit), None)
        if best is not None and (made is None or self._clearer(photo.full.image, best, made)):
            result = self._graphic(best, photo.size)
        elif made is not None:
            result = self._result(made.data, "JPEG", made.size, made.quality)
        else:
            raise self._too_few(limit)
        if (result.quality or 0.0) < (self._wish.min_quality or 0.0):
            raise self._too_few(limit)
        return result

    def _enough(self, size: Size) -> int:
        """Bytes beyond which a JPEG of `size` holds no more than its lossy source, which had so many."""
        picture = self._picture
        if picture.format not in _LOSSY or min(size) > min(picture.size):
            return sys.maxsize
        room = _ENOUGH if size == picture.size else 1.0
        return int(len(picture.data) * room) + _LEAST_BYTES

    def _takes(self, kind: str) -> bool:
        return kind in self._wish.types

    def _open(self) -> tuple[Photo, list[Drawn]]:
        with self._lock:
            if self._opened is None:
                full = self._decode()
                drawn: list[Drawn] = []
                palette = self._takes("image/png") or self._takes("image/gif")
                if palette and (not self._takes("image/jpeg") or graphics.is_graphic(full)):
                    drawn = graphics.draw(full, self._palette_format())
                self._opened = Photo(full, effort=self._wish.effort), drawn
            return self._opened

    def _decode(self) -> Image.Image:
        from mmspack.media.pictures import decode

        wish, picture = self._wish, self._picture
        box = crop_box(picture.size, wish.crop, wish.focus) if wish.crop else None
        shown = (int(box[2] - box[0]), int(box[3] - box[1])) if box else picture.size
        size = inside(shown, wish.max_size, turn=wish.turn)
        whole = wish.effort == Effort.BEST
        return decode(picture, size, box=box, background=wish.background, whole=whole)

    def _palette_format(self) -> str:
        return "PNG" if self._takes("image/png") else "GIF"

    @staticmethod
    def _clearer(wanted: Image.Image, drawn: Drawn, made: Encoded) -> bool:
        """Whether the palette keeps the edges better than the JPEG, and the rest not much worse."""
        if drawn.error == 0:
            return True
        if quality.of_graphic(drawn.error) < min(_FAIR, made.quality):
            return False
        palette, photo = (Image.open(io.BytesIO(data)).convert("RGB") for data in (drawn.data, made.data))
        if photo.size != wanted.size:
            photo = photo.resize(wanted.size, Image.Resampling.BICUBIC)
        edges, overall = graphics.errors(wanted, palette)
        photo_edges, photo_overall = graphics.errors(wanted, photo)
        return edges <= photo_edges and overall <= 2 * photo_overall

    def _graphic(self, drawn: Drawn, size: Size) -> FittedPicture:
        made = self._result(drawn.data, self._palette_format(), size, quality.of_graphic(drawn.error))
        words = f"{drawn.colours} colours" + (", all there were" if drawn.error == 0 else "")
        return replace(made, actions=(*made.actions, words))

    def _result(self, data: bytes, made: str, size: Size, value: float) -> FittedPicture:
        return FittedPicture(
            data=data,
            type=f"image/{made.lower()}",
            before=describing.facts_of(self._picture),
            after=Facts(bytes=len(data), format=made, width=size[0], height=size[1]),
            actions=describing.actions_of(self._picture, self._wish, made, size),
            quality=quality.shown(value),
            quality_words=quality.in_words(value),
        )

    def _too_few(self, limit: int) -> DoesNotFit:
        least = self._wish.min_quality
        if least is None:
            return DoesNotFit(
                f"no picture worth looking at fits into {max(0, limit):,} bytes",
                hint="raise the limit, or leave a slide out",
            )
        needed = self._open()[0].bytes_for(least)
        return DoesNotFit(
            f"min_quality {least:g} takes about {needed:,} bytes, and {max(0, limit):,} are left for it",
            hint="lower min_quality, leave a slide out, or choose a larger profile",
        )


def _photo_points(photo: Photo, top: int) -> list[tuple[int, float]]:
    points = []
    size = float(_LEAST_BYTES)
    while size <= top:
        points.append((int(size), photo.quality_at(size)))
        size *= _STEP
    return points
