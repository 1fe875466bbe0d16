"""The page that plays the message."""

from __future__ import annotations

from mmspack.previewing.outputs import Output
from mmspack.previewing.rendering import page
from mmspack.previewing.view import View


def render(view: View, theme: str) -> bytes:
    """The page as UTF-8."""
    return page(view, theme=theme).encode()


OUTPUT = Output(render, originals=True)
