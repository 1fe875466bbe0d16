"""The approval sheet; where Typst is not installed, pictures of the slides on pages."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from mmspack.previewing.approval.setting import approval_sheet, can_set
from mmspack.previewing.comparing import side_by_side
from mmspack.previewing.matching import rows_of
from mmspack.previewing.outputs import Output, Style
from mmspack.previewing.storyboard import MAX_SLIDES, palette_of, sheet
from mmspack.previewing.view import View

PAGE_SLIDES = 6
"""Slides on a page."""
_PAGE_PAIRS = 4


def render(view: View, style: Style) -> bytes:
    """The approval sheet with real text, else six slides a page, in rows of three."""
    if can_set():
        return approval_sheet(view, paper=style.paper, with_findings=style.findings)
    slides = view.slides[:MAX_SLIDES]
    pages = [slides[at : at + PAGE_SLIDES] for at in range(0, len(slides), PAGE_SLIDES)] or [()]
    colours = palette_of(style.theme)
    return _pdf([sheet(view, page, colours, columns=3, ends=page == pages[-1]) for page in pages])


def compare(old: View, new: View, style: Style) -> bytes:
    """Four pairs of slides a page."""
    rows = rows_of(old, new)
    pages = [rows[at : at + _PAGE_PAIRS] for at in range(0, len(rows), _PAGE_PAIRS)] or [()]
    return _pdf([side_by_side(old, new, page, palette_of(style.theme)) for page in pages])


def _pdf(pages: Sequence[Image.Image]) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=144.0, quality=88)
    return stream.getvalue()


OUTPUT = Output(render, compare)
