"""An ice cream of three scoops."""

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


def ice_cream() -> Image.Image:
    """Three scoops in a waffle cone, on pink."""
    width, height = 1350, 1800
    x, y = grid(width, height)
    paper = 1 + 0.012 * fractal(2048, 0.8, 70)[:height, :width]
    canvas = colour("#f9b9b4") * (paper * (1.10 - 0.22 * y - 0.10 * x))[..., None]
    slant = x * 0.86 + y * 0.5
    over(
        canvas,
        canvas * 1.16,
        step(0.34, 0.36, slant) * step(0.62, 0.60, slant) + step(0.66, 0.68, slant) * step(0.86, 0.84, slant),
    )
    scoops = [
        ((0.290, 0.395), 0.128, "#e5a3ad", 71),
        ((0.468, 0.395), 0.128, "#bcd48d", 72),
        ((0.378, 0.262), 0.135, "#fae6b4", 73),
    ]
    cone(canvas, (0.378, 0.42), [(at, radius) for at, radius, _, _ in scoops])
    for at, radius, code, seed in scoops:
        scoop(canvas, at, radius, code, seed)
    sprinkles(canvas, (0.378, 0.262), 0.118)
    wafer(canvas)
    cherry(canvas, (0.385, 0.135), 0.042)
    return developed(canvas, exposure=1.08, grain=0.005, seed=79)


def cone(canvas: Array, top: Point, scoops: list[tuple[Point, float]]) -> None:
    """The waffle cone, and the shadow of the whole thing on the paper."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    u, v = x - top[0], (y - top[1]) / 0.50
    half = 0.175 * (1 - v) + 0.012
    body = (
        inside((np.abs(u) - half) * 0.93)
        * inside((v + 3.5 * u * u / 0.02 * 0.012 - 0.985) * 0.5)
        * inside(-v * 0.5)
    )
    whole = np.maximum.reduce([body, *(inside(np.hypot(x - a, y - b) - r) for (a, b), r in scoops)])
    cast(canvas, whole, 95, 120, 40, 0.42)
    cast(canvas, whole, 22, 28, 12, 0.35)
    angle = np.arcsin(np.clip(u / np.maximum(half, 1e-3), -1, 1))
    rings = v * 13
    cell = np.abs(np.sin(angle * 4 + rings)) * np.abs(np.sin(angle * 4 - rings))
    height = -9 * step(0.05, 0.55, cell)
    light = 0.25 + 0.55 * np.clip(np.cos(angle + 0.55), 0, 1) + 0.8 * (relief(height, DAYLIGHT) - 0.66)
    crust = 1 + 0.10 * sample(fractal(512, 1.4, 74), x * 2, y * 2)
    rib = ramp(step(0.0, 0.6, cell), [(0, "#f0b566"), (1, "#d08a3c")])
    over(canvas, rib * (np.clip(light, 0.12, 2) * crust * 1.25)[..., None], body)
    lip = blurred(
        moved(np.maximum.reduce([inside(np.hypot(x - a, y - b) - r) for (a, b), r in scoops]), 10, 34), 14
    )
    canvas *= (1 - 0.50 * lip * body)[..., None]


def scoop(canvas: Array, centre: Point, radius: float, code: str, seed: int) -> None:
    """A ball of ice cream with a rough skin and a ruffled skirt."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    u, v = (x - centre[0]) / radius, (y - centre[1]) / radius
    turn = np.arctan2(v, u)
    low = step(0.15, 0.8, v)
    rough = fractal(1024, 1.55, seed, lowest=4)
    edge = (
        1
        + 0.010 * sample(rough, turn / 6.3, turn * 0)
        + low * (0.035 + 0.035 * np.sin(turn * 13 + seed) + 0.02 * np.sin(turn * 29))
    )
    far = np.hypot(u, v) / edge
    body = inside((far - 1) * radius)
    cast(canvas, body, 10, 20, 14, 0.35)
    skin = 0.016 * sample(rough, u / 3.5, v / 3.5) + 0.05 * sample(
        fractal(1024, 2.6, seed + 20, lowest=3), u / 4 + 0.3 * v, v / 3
    )
    ball = np.sqrt(np.maximum(0, 1 - np.minimum(far, 1) ** 2.3))
    light = relief((ball + skin * np.clip(ball * 2, 0, 1)) * radius * canvas.shape[0] * 0.85, DAYLIGHT)
    groove = np.exp(-(((far - 0.90) / 0.025) ** 2)) * low
    paint = colour(code)
    bounce = colour("#f9b9b4") * (0.16 * step(0.2, 1, 0.6 * u + 0.7 * v))[..., None]
    round_ = np.clip(-0.5 * u - 0.6 * v + 0.75 * np.sqrt(np.maximum(0, 1 - far**2)), 0, 1)
    shade = 0.30 + 0.34 * light + 0.52 * round_ - 0.16 * groove
    bits = step(1.9, 2.2, sample(fractal(512, 0.9, seed + 40, lowest=20), u / 3, v / 3))
    over(paint := np.broadcast_to(paint, (*u.shape, 3)).copy(), paint * 0.55, 0.7 * bits)
    over(canvas, paint * shade[..., None] + bounce, body)


def sprinkles(canvas: Array, centre: Point, reach: float) -> None:
    """Sugar strands over the top scoop."""
    dice = np.random.default_rng(75)
    x, y = grid(canvas.shape[1], canvas.shape[0])
    codes = ("#e8485c", "#3aa6c9", "#f6b52e", "#6fbf5b", "#ffffff", "#a05fc0")
    for k in range(46):
        far, turn = reach * np.sqrt(dice.uniform(0.04, 1)), dice.uniform(np.pi * 0.95, np.pi * 2.1)
        at = centre[0] + far * np.cos(turn), centre[1] + 0.015 + far * np.sin(turn)
        u, v = turned(x, y, at, dice.uniform(0, 180))
        grain = inside(np.hypot(np.maximum(np.abs(u) - 0.0085, 0), v) - 0.0034)
        cast(canvas, grain, 3, 4, 2, 0.45)
        over(canvas, colour(codes[k % 6]) * (1.05 - 60 * v)[..., None], grain)


def wafer(canvas: Array) -> None:
    """A rolled wafer, stuck into the right scoop."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    u, v = turned(x, y, (0.545, 0.235), 112)
    roll = inside(np.maximum(np.abs(u) - 0.115, np.abs(v) - 0.0195))
    cast(canvas, roll, 16, 20, 9, 0.35)
    stripe = step(-0.2, 0.2, np.sin(u * 150 + v * 75))
    paint = ramp(stripe, [(0, "#e9b76c"), (1, "#7a4320")])
    over(
        canvas,
        paint * (0.30 + 0.85 * np.sqrt(np.clip(1 - ((v - 0.006) / 0.026) ** 2, 0, 1)))[..., None],
        roll,
    )


def cherry(canvas: Array, centre: Point, radius: float) -> None:
    """A glossy cherry with its stalk."""
    x, y = grid(canvas.shape[1], canvas.shape[0])
    u, v = (x - centre[0]) / radius, (y - centre[1]) / radius
    w = np.sqrt(np.maximum(0, 1 - u * u - v * v))
    body = inside((np.hypot(u, v) - 1) * radius)
    cast(canvas, body, 12, 18, 10, 0.45)
    light = 0.18 + 0.75 * np.clip(-0.5 * u - 0.55 * v + 0.62 * w, 0, 1)
    shine = np.exp(-(((u + 0.38) / 0.20) ** 2) - ((v + 0.40) / 0.14) ** 2)
    rim = 0.25 * np.clip(0.6 * u + 0.7 * v, 0, 1) ** 3
    over(canvas, colour("#d3142f") * (light + rim)[..., None] + (0.95 * shine)[..., None], body)
    bend = (
        centre[0]
        + 0.01
        + 1.9 * (centre[1] - 0.7 * radius - y) ** 2 * 6
        + 0.3 * (centre[1] - 0.7 * radius - y)
    )
    stalk = inside(
        np.maximum(np.abs(x - bend) - 0.0036, np.abs(y - centre[1] + 0.7 * radius + 0.034) - 0.034)
    )
    over(canvas, colour("#6a7a2c") * (1.1 - 60 * (x - bend))[..., None], stalk)
