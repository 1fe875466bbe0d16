"""The picture of a message that has none yet: hills under an evening sky, drawn and not photographed."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageDraw, ImageFilter

_SIZE = (1280, 960)
_SKY = ((92, 84, 168), (240, 142, 128), (253, 205, 150))
_HILLS = (
    ((196, 118, 138), 560, 46, 420, 0.4),
    ((150, 92, 138), 650, 58, 330, 2.1),
    ((98, 68, 124), 745, 52, 470, 4.0),
    ((52, 44, 92), 840, 40, 380, 5.2),
)
"""Colour, height of the ridge, swing and length of its waves in pixels, phase."""


def hills() -> bytes:
    """A JPEG of 1280 × 960 pixels."""
    image = _sky()
    glow = Image.new("L", _SIZE)
    ImageDraw.Draw(glow).ellipse((740, 300, 1020, 580), fill=255)
    image.paste((255, 236, 190), mask=glow.filter(ImageFilter.GaussianBlur(60)).point(lambda v: v * 7 // 10))
    pen = ImageDraw.Draw(image)
    pen.ellipse((810, 370, 950, 510), fill=(255, 244, 214))
    for colour, ridge, swing, length, phase in _HILLS:
        top = [
            (
                x,
                ridge
                + swing * math.sin(x / length * 2 + phase)
                + swing / 3 * math.sin(x / length * 5 + phase),
            )
            for x in range(0, _SIZE[0] + 8, 8)
        ]
        pen.polygon([(0, _SIZE[1]), *top, (_SIZE[0], _SIZE[1])], fill=colour)
    stream = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.6)).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _sky() -> Image.Image:
    """A gradient through three colours, drawn small and enlarged."""
    small = Image.new("RGB", (1, len(_SKY)))
    small.putdata(_SKY)
    tall = small.resize((1, _SIZE[1]), Image.Resampling.BICUBIC)
    return tall.resize(_SIZE, Image.Resampling.NEAREST)
