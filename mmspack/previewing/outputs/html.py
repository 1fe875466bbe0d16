"""The page that plays the message."""

from __future__ import annotations

from mmspack.previewing.compared_page import compare_page
from mmspack.previewing.outputs import Output, Style
from mmspack.previewing.rendering import page
from mmspack.previewing.view import View


def render(view: View, style: Style) -> bytes:
    """The page as UTF-8."""
    return page(view, theme=style.theme).encode()


def compare(old: View, new: View, style: Style) -> bytes:
    """Two versions side by side as UTF-8."""
    return compare_page(old, new, theme=style.theme).encode()


OUTPUT = Output(render, compare, originals=True)
