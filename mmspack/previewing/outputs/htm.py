"""The page, with the ending that old Windows programs give it."""

from mmspack.previewing.outputs.html import OUTPUT

__all__ = ["OUTPUT"]
