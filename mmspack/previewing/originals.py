"""The author's pictures as they were, small enough to embed in a page next to the fitted ones."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING

from mmspack.errors import MmspackError
from mmspack.fitted import FittedPart
from mmspack.fitting.geometry import crop_box
from mmspack.media.pictures import decode, read_picture
from mmspack.message import Message, Slide
from mmspack.model import Kind
from mmspack.previewing.view import Original
from mmspack.source import read_source

if TYPE_CHECKING:
    from mmspack.pipeline import Build

MAX_BYTES = 200_000
"""All originals together: with 600 KB of parts the page stays below 1.2 MB."""
TYPE = "image/webp"
_STEPS = ((95, 1.0), (90, 1.0), (84, 1.0), (80, 0.75), (75, 0.5), (70, 0.35))
"""Quality and scale, from what the eye cannot tell from the source to what still shows the subject."""


def originals_of(build: Build, message: Message, *, max_bytes: int = MAX_BYTES) -> dict[str, Original]:
    """The pictures of `message` before the fit by their part's name in `build`, within `max_bytes` together.

    Each is scaled to the pixels of the fitted picture and cropped as it was, so that both lie over one
    another. Animations are left out: two that run side by side cannot be compared.
    """
    named = [
        (name, part)
        for name, part in zip(build.names, build.message.parts, strict=True)
        if part.kind is Kind.IMAGE and part.slide is not None and part.after.frames == 1 and part.actions
    ]
    found = {}
    for name, part in named:
        data = _shown(message.slides[part.slide or 0], part, max_bytes // len(named))
        if data is not None:
            found[name] = _original(part, data)
    return found


def _original(part: FittedPart, data: bytes) -> Original:
    return Original(
        label=part.label,
        type=TYPE,
        data=data,
        before=part.before,
        after=part.after,
        actions=part.actions,
        quality=part.quality,
        quality_words=part.quality_words,
    )


def _shown(slide: Slide, part: FittedPart, max_bytes: int) -> bytes | None:
    """The picture before the fit in at most `max_bytes`; None where that cannot be."""
    if slide.image is None or part.after.width is None or part.after.height is None:
        return None
    size = part.after.width, part.after.height
    try:
        data = read_source(slide.image)
        return _encoded(data, size, slide.crop, slide.focus, max_bytes)
    except MmspackError:
        # It was there when it was fitted and has changed since: the page does without the comparison.
        return None


@functools.lru_cache(maxsize=32)
def _encoded(
    data: bytes, size: tuple[int, int], crop: str | None, focus: tuple[float, float] | None, max_bytes: int
) -> bytes | None:
    """Kept for watch mode, where most pictures stay as they are from save to save."""
    picture = read_picture(data)
    box = crop_box(picture.size, crop, focus) if crop else None
    image = decode(picture, size, box=box)
    for quality, scale in _STEPS:
        small = (
            image if scale == 1 else image.resize((round(size[0] * scale) or 1, round(size[1] * scale) or 1))
        )
        stream = io.BytesIO()
        small.save(stream, "WEBP", quality=quality, method=1)
        if stream.tell() <= max_bytes:
            return stream.getvalue()
    return None
