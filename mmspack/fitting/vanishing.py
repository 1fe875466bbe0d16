"""Pictures of which nothing is left to see once they are laid on the background: white writing on white."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from mmspack.fitting import quality
from mmspack.fitting.geometry import crop_box, inside

if TYPE_CHECKING:
    from mmspack.fitting.picture import FittedPicture, Wish
    from mmspack.media.pictures import Picture

_SIDES = (256, 256)
_EVEN = 8
"""Levels between which nothing can be told apart."""


def honest(fitted: FittedPicture, picture: Picture, wish: Wish) -> FittedPicture:
    """The same picture, whose account says so where its background swallowed all that it had to show."""
    if not picture.has_alpha or not _is_blank(fitted.data) or not _shows_elsewhere(picture, wish):
        return fitted
    words = f"nothing can be seen on the background {wish.background}: name another `background`"
    return replace(
        fitted, actions=(*fitted.actions, words), quality=0.0, quality_words=quality.NOTHING_TO_SEE
    )


def _is_blank(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        return _is_even(image.convert("RGB"))


def _is_even(image: Image.Image) -> bool:
    for band in image.split():
        low, high = (int(level) for level in band.getextrema() if not isinstance(level, tuple))
        if high - low > _EVEN:
            return False
    return True


def _shows_elsewhere(picture: Picture, wish: Wish) -> bool:
    """True when a small copy on the opposite colour shows something."""
    from mmspack.media.colour import colour
    from mmspack.media.pictures import decode

    box = crop_box(picture.size, wish.crop, wish.focus) if wish.crop else None
    shown = picture.size if box is None else (round(box[2] - box[0]), round(box[3] - box[1]))
    other = "#" + "".join("00" if level > 127 else "ff" for level in colour(wish.background))
    return not _is_even(decode(picture, inside(shown, _SIDES), box=box, background=other))
