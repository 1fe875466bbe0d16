"""An animated offer."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from .brand import CORAL, CREAM, SUN
from .brushes import lettering


def offer() -> list[Image.Image]:
    """Twelve frames of a sunburst that turns while the discount counts up to 50 per cent; they loop.

    The first frame shows the whole offer, since many phones show only that one.
    """
    numbers = (50, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 50)
    first = offer_frame(0, 50, 1.0)
    palette = first.quantize(16, method=Image.Quantize.MEDIANCUT)
    frames = []
    for index, number in enumerate(numbers):
        pop = {10: 1.14, 11: 1.05}.get(index, 1.0)
        frame = offer_frame(index / len(numbers), number, pop)
        frames.append(frame.quantize(palette=palette, dither=Image.Dither.NONE))
    return frames


def offer_frame(turn: float, number: int, pop: float) -> Image.Image:
    """One frame; `turn` from 0 to 1 moves the sunburst by two rays."""
    scale, side = 4, 360
    size = side * scale
    image = Image.new("RGB", (size, size), SUN)
    draw = ImageDraw.Draw(image)
    middle = size / 2
    for ray in range(0, 24, 2):
        a, b = (2 * np.pi * (ray + k + 2 * turn) / 24 for k in (0, 1))
        far = size
        draw.polygon(
            [
                (middle, middle),
                (middle + far * np.cos(a), middle + far * np.sin(a)),
                (middle + far * np.cos(b), middle + far * np.sin(b)),
            ],
            fill="#ffb52e",
        )
    badge(draw, middle, 0.415 * size * (0.97 + 0.03 * pop))
    lettering(draw, (middle, 0.285 * size), "SUMMER SALE", 0.062 * size, CREAM, bold=4)
    lettering(draw, (middle, 0.36 * size), "up to", 0.048 * size, "#ffd9a0", bold=1)
    lettering(draw, (middle, 0.515 * size), f"{number}%", 0.255 * size * pop, CREAM, bold=12 * pop)
    lettering(draw, (middle, 0.68 * size), "OFF", 0.095 * size, SUN, bold=6)
    lettering(draw, (middle, 0.768 * size), "Marlowe’s", 0.052 * size, "#ffd9a0", bold=2)
    return image.reduce(scale)


def badge(draw: ImageDraw.ImageDraw, middle: float, radius: float) -> None:
    """A scalloped seal."""
    for offset, code, grow in ((14, "#d98a1e", 1.0), (0, CREAM, 1.0), (0, CORAL, 0.955)):
        points = []
        for k in range(720):
            a = 2 * np.pi * k / 720
            r = radius * grow * (1 + 0.035 * np.cos(20 * a))
            points.append((middle + offset + r * np.cos(a), middle + offset * 1.4 + r * np.sin(a)))
        draw.polygon(points, fill=code)
    ring = radius * 0.86
    draw.ellipse((middle - ring, middle - ring, middle + ring, middle + ring), outline="#ff9d86", width=5)
