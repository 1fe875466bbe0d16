"""A straw hat and sunglasses in the sun."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .brushes import (
    DAYLIGHT,
    Array,
    Point,
    blurred,
    cast,
    colour,
    developed,
    fractal,
    grid,
    inside,
    moved,
    over,
    polygons,
    ramp,
    relief,
    sample,
    step,
    turned,
)


def leaf_shadows(size: tuple[int, int], root: Point, turn: float, reach: float) -> Array:
    """A palm leaf as a mask: leaflets along a bent stem."""
    shapes = []
    for k in range(22):
        t = 0.12 + 0.88 * k / 22
        bend = turn + 0.5 * t
        x, y = root[0] + reach * t * np.cos(bend), root[1] + reach * t * np.sin(bend)
        for side in (-1, 1):
            way = bend + side * (1.05 - 0.55 * t)
            long = reach * 0.42 * np.sin(np.pi * min(1, 0.15 + 0.9 * t)) ** 0.6
            tip = x + long * np.cos(way), y + long * np.sin(way)
            nx, ny = -np.sin(way) * reach * 0.019, np.cos(way) * reach * 0.019
            belly = x + 0.4 * long * np.cos(way), y + 0.4 * long * np.sin(way)
            shapes.append([(x, y), (belly[0] + nx, belly[1] + ny), tip, (belly[0] - nx, belly[1] - ny)])
    return polygons(size, shapes, 1)


def hat() -> Image.Image:
    """A straw hat with a ribbon, and sunglasses, under the shadow of a palm."""
    side = 1700
    x, y = grid(side, side)
    wall = 1 + 0.035 * sample(fractal(1024, 1.5, 60), x, y) + 0.02 * fractal(2048, 0.6, 61)[:side, :side]
    canvas = colour("#7fd0cc") * (wall * (1.08 - 0.28 * (0.5 * x + 0.6 * y)))[..., None]
    palm = leaf_shadows((side, side), (1860, 1500), 3.35, 1500) + leaf_shadows(
        (side, side), (1750, -60), 2.1, 1100
    )
    straw_hat(canvas, (0.45, 0.44))
    sunglasses(canvas, (0.70, 0.845), -14)
    canvas *= 1 - 0.34 * (blurred(np.clip(palm, 0, 1), 7))[..., None] * np.array([1, 0.9, 0.78], np.float32)
    return developed(canvas, exposure=1.12, grain=0.005, seed=69)


def straw_hat(canvas: Array, centre: Point) -> None:
    """Brim and crown of braided straw, with a navy ribbon between them."""
    side = canvas.shape[0]
    x, y = grid(side, side)
    dx, dy = x - centre[0], y - centre[1]
    turn = np.arctan2(dy, dx)
    radius = np.hypot(dx, dy) / (1 + 0.012 * np.sin(3 * turn + 0.5) + 0.006 * np.sin(7 * turn))
    brim, crown, band = inside(radius - 0.375), inside(radius - 0.165), inside(radius - 0.192)
    cast(canvas, brim, 55, 70, 34, 0.55)
    cast(canvas, brim, 14, 18, 8, 0.45)
    shape = 0.016 * np.sin(2 * turn + 0.9) * step(0.19, 0.375, radius)
    shape += 0.10 * np.sqrt(np.maximum(0, 1 - np.minimum(radius / 0.178, 1) ** 5))
    shape -= (
        0.050 * np.exp(-((dx * 0.9 + dy * 0.5) ** 2) / 0.0022 - ((dy * 0.9 - dx * 0.5) ** 2) / 0.012) * crown
    )
    light = relief(shape * side, DAYLIGHT)
    fibre = straw(radius, turn)
    weave = relief(fibre[0] * 2.6, DAYLIGHT)
    shade = 0.34 + 0.62 * light + 0.75 * (weave - 0.66)
    tint = ramp(np.clip(0.5 + 0.22 * fibre[1], 0, 1), [(0, "#c08a4a"), (0.5, "#e3bb78"), (1, "#f5dca6")])
    over(canvas, tint * np.clip(shade, 0.1, 2)[..., None], brim)
    fall = blurred(moved(band, 46, 58), 16) * (1 - band) * brim
    canvas *= (1 - 0.55 * fall)[..., None]
    ribbon = (
        colour("#1f3a68")
        * (0.55 + 0.9 * np.clip(np.cos(turn + 2.3), -0.4, 1) + 0.05 * np.sin(turn * 160))[..., None]
    )
    over(canvas, np.maximum(ribbon, 0.004), band * (1 - crown))
    bow(canvas, (centre[0] + 0.185 * np.cos(0.55), centre[1] + 0.185 * np.sin(0.55)))


def straw(radius: Array, turn: Array) -> tuple[Array, Array]:
    """Braided straw: (height in pixels, tint by stitch from -2 to 2)."""
    rows = radius / 0.0125
    row = np.floor(rows)
    stitches = np.maximum(6, np.round(row * 4.2))
    along = (turn / (2 * np.pi) + 0.5) * stitches + 0.5 * (row % 2)
    tilt = along + 0.9 * (rows - row) * np.where(row % 2, 1, -1)
    height = np.abs(np.sin(np.pi * (rows - row))) ** 0.6 * (0.55 + 0.45 * np.abs(np.sin(np.pi * tilt)) ** 0.7)
    dice = np.random.default_rng(62).normal(size=4096)
    tint = dice[((row * 131 + (np.floor(tilt) % stitches) * 17) % 4096).astype(int)]
    return height.astype(np.float32), np.clip(tint, -2, 2).astype(np.float32)


def bow(canvas: Array, centre: Point) -> None:
    """The ribbon's bow, lying on the brim."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    for degrees, long, wide in (
        (118, 0.085, 0.030),
        (-52, 0.085, 0.030),
        (75, 0.10, 0.017),
        (5, 0.10, 0.017),
    ):
        u, v = turned(x, y, centre, degrees)
        u = u / long
        body = inside((np.abs(v) - wide * np.clip(u * 1.6, 0, 1) ** 0.6 * step(1.25, 0.80, u)) * 0.8)
        body *= (u > 0) * (u < 1.0)
        cast(canvas, body, 9, 12, 7, 0.45)
        folds = 0.75 + 0.5 * np.cos(v / wide * 2.2 - 0.6) * (0.4 + 0.6 * u) + 0.10 * np.sin(v * 900)
        over(canvas, colour("#274a80") * np.maximum(folds, 0.2)[..., None], body)
    u, v = turned(x, y, centre, 33)
    knot = inside((np.hypot(u / 0.020, v / 0.026) - 1) * 0.02)
    cast(canvas, knot, 5, 7, 4, 0.5)
    over(canvas, colour("#2c5490") * (0.8 - 14 * u - 12 * v)[..., None], knot)


def sunglasses(canvas: Array, centre: Point, degrees: float) -> None:
    """Tortoiseshell sunglasses, folded, lenses up."""
    side = canvas.shape[0]
    x, y = grid(side, side)
    u, v = turned(x, y, centre, degrees)
    au = np.abs(u)
    lens = ((np.abs((au - 0.098) / 0.076)) ** 2.6 + np.abs((v - 0.008 * au / 0.1) / 0.064) ** 2.6) ** (
        1 / 2.6
    ) - 1
    glass, frame = inside(lens * 0.066), inside(lens * 0.066 - 0.013)
    bridge = inside(np.maximum(au - 0.030, np.abs(v + 0.020 - 5 * u * u) - 0.008))
    hinge = inside(np.maximum(np.abs(au - 0.186) - 0.012, np.abs(v + 0.034) - 0.011))
    whole = np.maximum.reduce([frame, bridge, hinge])
    cast(canvas, whole, 20, 26, 12, 0.55)
    horn = 0.9 + 0.5 * sample(fractal(512, 1.9, 66, lowest=6), u * 2, v * 2)
    shell = colour("#6b3517") * np.clip(horn, 0.25, 2)[..., None]
    glint = relief(blurred(whole, 5) * 9, DAYLIGHT)
    over(canvas, shell * (0.3 + glint)[..., None] + (np.clip(glint - 0.88, 0, 1) * 3)[..., None], whole)
    tone = ramp(np.clip(0.5 + v / 0.13, 0, 1), [(0, "#1a2430"), (0.6, "#3d4a52"), (1, "#8a7a66")])
    streak = step(0.018, 0.0, np.abs(u * 0.7 + v - np.where(u > 0, 0.055, -0.075))) * 0.20
    streak += step(0.006, 0.0, np.abs(u * 0.7 + v - np.where(u > 0, 0.088, -0.042))) * 0.16
    over(canvas, tone + streak[..., None], glass)
