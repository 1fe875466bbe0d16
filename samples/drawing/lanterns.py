"""Paper lanterns over a street in the evening."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .brushes import Array, Point, blurred, colour, developed, fractal, grid, inside, over, ramp, sample, step


def lanterns() -> Image.Image:
    """Paper lanterns and strings of bulbs on a blue evening, with the street's lights out of focus."""
    width, height = 1500, 1800
    x, y = grid(width, height)
    canvas = ramp(y, [(0, "#101a44"), (0.45, "#3a3a80"), (0.72, "#9a5f95"), (0.9, "#e8917c"), (1, "#f4b183")])
    canvas *= (0.9 + 0.1 * sample(fractal(512, 2.2, 50), x / 2, y / 2))[..., None]
    bokeh(canvas)
    for sag, left, right, seed in ((0.13, 0.02, 0.10, 51), (0.17, 0.30, 0.17, 52), (0.10, 0.62, 0.50, 53)):
        bulbs(canvas, (left, right), sag, seed)
    hung = [
        (0.13, 0.33, 0.055, "#f2b63c"),
        (0.70, 0.35, 0.060, "#e85b6a"),
        (0.40, 0.42, 0.068, "#46b5a6"),
        (0.62, 0.60, 0.100, "#f39a3d"),
        (0.20, 0.66, 0.120, "#e0445e"),
    ]
    for cx, cy, radius, code in hung:
        lantern(canvas, (cx, cy), radius, code)
    canvas += 0.55 * blurred(np.maximum(canvas - 0.75, 0), 26) + 0.5 * blurred(
        np.maximum(canvas - 0.7, 0), 110
    )
    return developed(canvas, exposure=1.0, grain=0.005, seed=59)


def bokeh(canvas: Array) -> None:
    """Discs of light far out of focus, thick along the street."""
    height, width = canvas.shape[:2]
    x, y = grid(width, height)
    dice = np.random.default_rng(54)
    codes = ("#ffb347", "#ff7a59", "#ffd98a", "#e7689a", "#6fb7d6")
    for _ in range(85):
        cx, cy = dice.uniform(0, width / height), 1.0 - abs(dice.normal(0, 0.17))
        radius = dice.uniform(0.012, 0.052)
        rows = slice(max(0, int((cy - 0.07) * height)), int((cy + 0.07) * height))
        far = np.hypot(x[rows] - cx, y[rows] - cy)
        disc = step(radius * 1.06, radius * 0.94, far) * (0.65 + 0.5 * (far / radius) ** 4)
        canvas[rows] += disc[..., None] * colour(codes[dice.integers(len(codes))]) * dice.uniform(0.10, 0.42)


def bulbs(canvas: Array, ends: tuple[float, float], sag: float, seed: int) -> None:
    """A wire with warm bulbs across the picture."""
    height, width = canvas.shape[:2]
    x, y = grid(width, height)
    wide = width / height
    across = x / wide
    wire = ends[0] + (ends[1] - ends[0]) * across + 4 * sag * across * (1 - across)
    over(canvas, colour("#0b1024"), inside(np.abs(y - wire) - 0.0011, 1 / height))
    for t in np.linspace(0.03, 0.97, 13) + np.random.default_rng(seed).uniform(-0.01, 0.01, 13):
        bx, by = t * wide, ends[0] + (ends[1] - ends[0]) * t + 4 * sag * t * (1 - t) + 0.014
        far = np.hypot(x - bx, (y - by) * 0.8)
        over(
            canvas,
            colour("#0b1024"),
            inside(np.maximum(np.abs(x - bx) - 0.0035, np.abs(y - by + 0.010) - 0.005), 1 / height),
        )
        canvas += (inside(far - 0.0085, 1 / height) * 2.4 + 0.5 * np.exp(-far / 0.016))[..., None] * colour(
            "#ffc36a"
        )


def lantern(canvas: Array, centre: Point, radius: float, code: str) -> None:
    """A ribbed paper lantern, lit from within, with its cord and tassel."""
    height, width = canvas.shape[:2]
    x, y = grid(width, height)
    u, v = (x - centre[0]) / radius, (y - centre[1]) / (radius * 1.12)
    dark = colour("#2a1420")
    over(canvas, dark, inside(np.maximum(np.abs(x - centre[0]) - 0.0014, y - centre[1] + radius), 1 / height))
    strands = step(0.3, 0.8, np.abs(np.sin(u * 60)))
    tassel = inside(
        np.maximum(np.abs(u) - 0.10 - 0.05 * (v - 1.1), np.abs(v - 1.42) - 0.44) * radius, 1 / height
    )
    over(canvas, colour(code) * 0.55, tassel * (0.75 + 0.25 * strands))
    far = np.hypot(u, v)
    body = inside((far - 1) * radius, 1 / height)
    w = np.sqrt(np.maximum(0, 1 - u * u - v * v))
    ribs = 0.5 + 0.5 * np.cos(np.arcsin(np.clip(v, -1, 1)) * 26)
    paper = 1 + 0.07 * sample(fractal(256, 1.2, 57), x * 3, y * 3)
    heart = np.exp(-((u * 1.25) ** 2 + ((v - 0.12) * 1.1) ** 2) * 1.5)
    light = (0.22 + 0.55 * w + 0.9 * heart) * (0.80 + 0.20 * ribs) * paper
    hue = colour(code)
    glow = hue * light[..., None] + colour("#ffd98a") * (0.75 * heart**2)[..., None]
    over(canvas, glow, body)
    for end in (-1, 1):
        cap = np.maximum(np.abs(u) - 0.36, np.abs(v - end * 0.97) - 0.075)
        over(canvas, dark * 0.7 + hue * 0.03, inside(cap * radius, 1 / height))
    canvas += (0.32 * np.exp(-np.maximum(far - 0.7, 0) * 1.9) * (1 - 0.6 * body))[..., None] * hue
