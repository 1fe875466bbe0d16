"""What a plan and a preview share in finding the row beside whose copy the media are fitted."""

from __future__ import annotations

from mmspack.errors import MmspackError
from mmspack.message import Message

TRIED = 20
"""Rows with the longest copy whose pictures cannot be drawn, before it is held to be the message's fault."""


def empty_slides(message: Message, shape: str) -> list[int]:
    """The slides that have nothing on them in messages of a shape (the slides that have a text)."""
    full = {int(slide) for slide in shape.split(",") if slide}
    return [
        at
        for at, slide in enumerate(message.slides)
        if at not in full and slide.image is None and slide.video is None and slide.audio is None
    ]


def concerns_a_recipient(error: MmspackError) -> bool:
    """True where an overlay cannot be drawn with a recipient's values; a wrong key of it is the message's."""
    return any(problem.where.overlay is not None and not problem.where.key for problem in error.problems)
