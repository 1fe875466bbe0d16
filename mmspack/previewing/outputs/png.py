"""All slides on one picture."""

from __future__ import annotations

import io

from PIL import Image

from mmspack.previewing.comparing import side_by_side
from mmspack.previewing.matching import rows_of
from mmspack.previewing.outputs import Output, Style
from mmspack.previewing.storyboard import MAX_SLIDES, palette_of, sheet
from mmspack.previewing.view import View


def render(view: View, style: Style) -> bytes:
    """The slides in rows."""
    return _png(sheet(view, view.slides[:MAX_SLIDES], palette_of(style.theme), ends=True))


def compare(old: View, new: View, style: Style) -> bytes:
    """Two columns."""
    return _png(side_by_side(old, new, rows_of(old, new), palette_of(style.theme)))


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=False, compress_level=7)
    return stream.getvalue()


OUTPUT = Output(render, compare)
