"""The slides one after the other, each for as long as a phone shows it."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from mmspack.previewing.comparing import side_by_side
from mmspack.previewing.matching import rows_of
from mmspack.previewing.outputs import Output, Style
from mmspack.previewing.storyboard import MAX_SLIDES, Palette, palette_of, sheet
from mmspack.previewing.view import View

_MAX_COLOURS = 256
_NOTHING_MS = 1000
"""How long the frame of a message without slides is shown."""


def render(view: View, style: Style) -> bytes:
    """A frame for each slide."""
    colours, slides = palette_of(style.theme), view.slides[:MAX_SLIDES]
    frames = [sheet(view, [slide], colours) for slide in slides] or [sheet(view, [], colours)]
    return _gif(frames, [slide.duration_ms for slide in slides] or [_NOTHING_MS], colours)


def compare(old: View, new: View, style: Style) -> bytes:
    """A frame for each pair of slides."""
    colours, rows = palette_of(style.theme), rows_of(old, new)
    frames = [side_by_side(old, new, [row], colours) for row in rows] or [side_by_side(old, new, [], colours)]
    times = [max(slide.duration_ms for slide in (row.before, row.after) if slide) for row in rows] or [
        _NOTHING_MS
    ]
    return _gif(frames, times, colours)


def _gif(images: Sequence[Image.Image], times: Sequence[int], colours: Palette) -> bytes:
    frames = [image.quantize(_MAX_COLOURS) for image in _same_size(images, colours)]
    stream = io.BytesIO()
    frames[0].save(
        stream, "GIF", save_all=True, append_images=frames[1:], duration=list(times), loop=0, disposal=1
    )
    return stream.getvalue()


def _same_size(frames: Sequence[Image.Image], colours: Palette) -> list[Image.Image]:
    size = max(frame.width for frame in frames), max(frame.height for frame in frames)
    canvas = []
    for frame in frames:
        image = Image.new("RGB", size, colours.back)
        image.paste(frame, (0, 0))
        canvas.append(image.resize((size[0] // 2, size[1] // 2)))
    return canvas


OUTPUT = Output(render, compare)
