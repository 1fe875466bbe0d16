"""A picture as the planner takes it in: what moves in another format than GIF is made one first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmspack.film.progress import ClipProgress
from mmspack.fitting.picture import MadeOf, Wish
from mmspack.media.sniffing import recognise

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture


def take_in(data: bytes, wish: Wish, progress: ClipProgress) -> tuple[Picture, MadeOf | None]:
    """The picture, and what it was made of where it was made of something else. Raises `MediaError`."""
    from mmspack.media.pictures import read_picture

    moves = not wish.still and not wish.keep and "image/gif" in wish.types
    row = recognise(data)
    if row is not None and row.moving == "film":
        from mmspack.fitting.sequences import sequence_as_picture

        made = sequence_as_picture(data, wish.max_size, progress, moves=moves, keep=wish.keep)
        if made is not None:
            return read_picture(made[0]), made[1]
    picture = read_picture(data)
    if moves and picture.format.moving == "pillow":
        from mmspack.fitting.account import facts_of
        from mmspack.fitting.stills import animated_gif

        moving = animated_gif(picture, wish.max_size, wish.background)
        if moving is not None:
            made_of = MadeOf(before=facts_of(picture), actions=(f"{picture.format.name} → GIF",))
            return read_picture(moving), made_of
    return picture, None
