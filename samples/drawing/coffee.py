"""A cup of coffee on a wooden table."""

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
    ramp,
    relief,
    sample,
    step,
    turned,
)


def coffee() -> Image.Image:
    """A flat white on a wooden table, beans beside it, light falling through a window."""
    side = 1600
    x, y = grid(side, side)
    canvas = planks(x, y)
    pane = x * 0.80 - y * 0.42
    bars = step(-0.20, -0.17, pane) * step(0.12, 0.09, pane) + step(0.16, 0.19, pane) * step(0.48, 0.45, pane)
    beans(canvas)
    crockery(canvas, (0.50, 0.52))
    spoon(canvas)
    canvas *= (0.62 + 0.55 * blurred(bars, 8))[..., None] * np.array([1.05, 1.0, 0.92], np.float32)
    return developed(canvas, exposure=1.15, grain=0.005, seed=89)


def planks(x: Array, y: Array) -> Array:
    """Oak boards with their grain."""
    board = np.floor(x / 0.262)
    seat = x / 0.262 - board
    offset = np.random.default_rng(80).random(8)[board.astype(int) % 8]
    knots = sample(fractal(1024, 2.2, 81), x * 0.6 + offset, y * 0.16 + offset * 3)
    lines = np.sin((seat * 9 + 2.4 * knots + offset * 20) * 2 * np.pi)
    pores = sample(fractal(1024, 0.9, 82), x * 2.3 + offset, y * 0.10 + offset)
    tone = 0.80 + 0.09 * lines * (0.6 + 0.4 * knots) + 0.09 * pores + 0.16 * (offset - 0.5)
    tone *= 1 - 0.75 * np.exp(-((np.minimum(seat, 1 - seat) / 0.010) ** 2))
    warm = np.stack([tone, tone**1.15, tone**1.35], axis=-1)
    return (warm * colour("#b98656")).astype(np.float32)


def crockery(canvas: Array, centre: Point) -> None:
    """Saucer, cup with its handle, and the coffee with a heart poured in milk."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    dx, dy = x - centre[0], y - centre[1]
    far = np.hypot(dx, dy)
    saucer = inside(far - 0.365)
    cast(canvas, saucer, 52, 62, 30, 0.55)
    cast(canvas, saucer, 14, 16, 8, 0.45)
    dish = (
        0.030 * step(0.20, 0.36, far)
        - 0.012 * step(0.345, 0.365, far)
        + 0.004 * np.exp(-(((far - 0.222) / 0.008) ** 2))
    )
    light = relief(dish * canvas.shape[0] * 1.5, DAYLIGHT)
    glaze = colour("#dfe9ea") * (0.30 + 0.85 * light)[..., None]
    over(glaze, colour("#2f6f86") * (0.5 + 0.5 * light)[..., None], inside(np.abs(far - 0.347) - 0.005))
    over(canvas, glaze, saucer)
    u, v = turned(x, y, centre, -24)
    handle = inside(np.hypot(np.maximum(np.abs(u - 0.27) - 0.052, 0), v) - 0.0185)
    cup = inside(far - 0.242)
    whole = np.maximum(cup, handle)
    fall = blurred(moved(whole, 46, 56), 20)
    canvas *= (1 - 0.48 * fall * saucer)[..., None]
    grip = relief(blurred(handle, 9) * 26, DAYLIGHT)
    over(canvas, colour("#eef3f2") * (0.32 + 0.8 * grip)[..., None], handle)
    rim = relief(-np.abs(far - 0.231) * canvas.shape[0] * 2.2, DAYLIGHT)
    over(canvas, colour("#f3f6f4") * (0.42 + 0.72 * rim)[..., None], cup)
    wall = step(-0.2, 0.2, dx * 0.66 + dy * 0.75)
    over(canvas, colour("#e6e3dc") * (0.42 + 0.5 * wall)[..., None], inside(far - 0.220))
    surface = latte(dx + 0.004, dy + 0.005)
    shade = 1 - 0.45 * step(-0.10, -0.21, dx * 0.66 + dy * 0.75)
    over(canvas, surface * shade[..., None], inside(np.hypot(dx + 0.002, dy + 0.003) - 0.207))


def latte(dx: Array, dy: Array) -> Array:
    """Brown crema with a heart of milk."""
    far = np.hypot(dx, dy)
    swirl = fractal(1024, 2.0, 84, lowest=2)
    bend = 0.0035 * sample(swirl, dx * 1.3, dy * 1.3)
    crema = ramp(
        np.clip(far / 0.207 + 3 * bend, 0, 1),
        [(0, "#b06a30"), (0.7, "#9a5524"), (0.93, "#6d3615"), (1, "#4a220d")],
    )
    crema *= (1 + 0.05 * sample(fractal(1024, 1.0, 85), dx * 3, dy * 3))[..., None]
    edge = heart((dx + bend) / 0.205, (0.112 - dy - bend) / 0.205) * 0.205 - 0.014
    milk = inside(edge, 1 / 700)
    for gap, wide in ((0.016, 0.0042), (0.031, 0.0030)):
        line = inside(np.abs(edge - gap) - wide, 1 / 700) * step(-0.11, 0.01, dy)
        milk = np.maximum(milk, 0.85 * line)
    for gap in (0.024, 0.046):
        ripple = inside(np.abs(edge + gap) - 0.0028, 1 / 700) * step(-0.08, 0.03, dy)
        milk = np.maximum(milk - 0.75 * ripple, 0)
    over(crema, colour("#fbeed8"), blurred(milk.astype(np.float32), 2) * 0.94)
    glints = step(2.2, 2.6, sample(fractal(512, 0.6, 86, lowest=30), dx * 3, dy * 3)) * step(0.17, 0.205, far)
    return crema + (0.35 * glints)[..., None]


def heart(x: Array, y: Array) -> Array:
    """Signed distance to a heart of about unit size that stands on its tip."""
    x = np.abs(x)
    lobe = np.hypot(x - 0.25, y - 0.75) - np.sqrt(0.125)
    along = np.maximum(x + y, 0) / 2
    flank = np.minimum(np.hypot(x, y - 1), np.hypot(x - along, y - along)) * np.sign(x - y)
    distance: Array = np.where(x + y > 1, lobe, flank).astype(np.float32)
    return distance


def beans(canvas: Array) -> None:
    """Roasted beans, scattered at the corner."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    dice = np.random.default_rng(87)
    spots = [
        (0.075, 0.10),
        (0.155, 0.065),
        (0.20, 0.14),
        (0.105, 0.185),
        (0.275, 0.07),
        (0.05, 0.265),
        (0.90, 0.93),
        (0.83, 0.955),
        (0.945, 0.855),
    ]
    for at in spots:
        u, v = turned(x, y, at, dice.uniform(0, 180))
        u, v = u / 0.036, v / 0.025
        w = np.sqrt(np.maximum(0, 1 - u * u - v * v))
        body = inside((np.hypot(u, v) - 1) * 0.03)
        cast(canvas, body, 13, 16, 8, 0.6)
        crease = np.exp(-(((v - 0.16 * np.sin(u * 3)) / 0.085) ** 2))
        light = 0.30 + 0.75 * relief(w * 26, DAYLIGHT) - 0.55 * crease * w
        gloss = np.exp(-(((u + 0.35) / 0.3) ** 2) - ((v + 0.45) / 0.2) ** 2) * 0.10
        over(canvas, colour("#5b2f17") * np.clip(light, 0.05, 2)[..., None] + gloss[..., None], body)


def spoon(canvas: Array) -> None:
    """A steel spoon lying on the saucer."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    u, v = turned(x, y, (0.722, 0.742), -45)
    bowl = np.hypot((u - 0.135) / 0.062, v / 0.038) - 1
    slim = 0.0065 + 0.006 * step(0.02, -0.20, u)
    stem = np.maximum(np.abs(v) - slim, np.maximum(u - 0.09, -u - 0.29))
    mask = np.maximum(inside(bowl * 0.04), inside(stem))
    cast(canvas, mask, 16, 20, 9, 0.5)
    depth = np.clip(-bowl, 0, 1) ** 0.7
    steel = 0.34 + 0.30 * np.sin(u * 9 + v * 46 + 0.6) + 0.25 * np.cos(v * 120) * (bowl > 0)
    steel += depth * 0.42 * np.sin(v * 85 + u * 22 - 0.9)
    over(canvas, np.array([0.93, 0.95, 1.0], np.float32) * np.clip(steel, 0.10, 1.1)[..., None], mask)
