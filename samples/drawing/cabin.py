"""A lit cabin below snowy mountains, after sunset."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from .brushes import (
    Array,
    Point,
    beam,
    blurred,
    colour,
    developed,
    fractal,
    grid,
    over,
    painted,
    polygons,
    ramp,
    relief,
    sample,
    step,
)


def ranges(width: int, height: int) -> tuple[Array, Array]:
    """Snowy mountains as seen from a valley: (picture of linear light, mask). A height field."""
    size = 2048
    rough = [fractal(size, 3.4, 20 + k, lowest=4 * 2**k) for k in range(4)]
    folds = [1 - np.abs(noise) * 0.8 for noise in rough]
    ridges = np.stack([fold * np.abs(fold) * 0.42**k for k, fold in enumerate(folds)]).sum(axis=0)
    terrain = (ridges - ridges.min()) / (ridges.max() - ridges.min())
    lit = relief(terrain * 330, (-0.95, -0.35, 0.42))
    steep = np.hypot(*np.gradient(terrain * 330))
    across = (np.arange(width, dtype=np.float32) + 0.5) / height - 0.5 * width / height
    depths = np.geomspace(0.55, 3.2, 2600).astype(np.float32)
    tops = np.empty((len(depths), width), np.float32)
    for i, depth in enumerate(depths):
        lift = 0.05 + 0.47 * step(0.6, 2.2, depths[i : i + 1]) + 0.10 * np.abs(across)
        tops[i] = (
            0.66
            - (sample(terrain, across * depth * 0.33 + 0.52, across * 0 + depth * 0.33 + 0.06) * lift - 0.06)
            / depth**0.55
        )
    skyline = np.minimum.accumulate(tops, axis=0)
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    nearest = np.stack([np.searchsorted(-skyline[:, c], -rows) for c in range(width)], axis=1)
    mask = (nearest < len(depths)).astype(np.float32)
    depth = depths[np.minimum(nearest, len(depths) - 1)]
    u, v = across[None, :] * depth * 0.33 + 0.52, depth * 0.33 + 0.06
    light, cliff = sample(lit, u, v), sample(steep, u, v)
    snow = step(1.9, 0.9, cliff + 0.15 * sample(rough[3], u * 5, v * 5))[..., None]
    rock = (0.35 + light[..., None]) * colour("#4a4560") * 0.7
    white = colour("#5d76b8") * 0.55 + light[..., None] ** 1.3 * colour("#ffb08e") * 1.1
    picture = rock + (white - rock) * snow
    haze = np.clip(1 - np.exp(-(depth - 0.5) * 0.30), 0, 1) + 0.5 * step(
        0.42, 0.66, np.broadcast_to(rows[:, None], mask.shape)
    )
    over(picture, colour("#8b8fc4"), np.clip(haze, 0, 0.92).astype(np.float32))
    return picture, mask


def dusk(width: int, height: int) -> Array:
    """The sky after sunset, with the first stars."""
    x, y = grid(width, height)
    sky = ramp(y, [(0, "#16234f"), (0.17, "#37478a"), (0.29, "#8d7fb9"), (0.38, "#eda6a6"), (0.5, "#ffc79a")])
    cloud = step(0.3, 2.0, sample(fractal(1024, 1.8, 27), x / 2.4, y / 0.6)) * step(0.06, 0.2, y)
    over(sky, colour("#d794a8"), 0.55 * cloud)
    dice = np.random.default_rng(28)
    stars = np.zeros((height, width), np.float32)
    for sx, sy, power in zip(
        dice.random(420), dice.random(420) ** 1.6 * 0.42, dice.random(420) ** 4, strict=True
    ):
        stars[int(sy * height), int(sx * width)] = 0.5 + 5 * power
    spread = stars * 0.5 + blurred(stars, 1) * 1.6
    return sky + spread[..., None] * (1 - 0.9 * cloud * 1)[..., None] * step(0.5, 0.1, y)[..., None] * colour(
        "#e8efff"
    )


def firs(size: tuple[int, int], places: list[tuple[float, float, float]], seed: int) -> tuple[Array, Array]:
    """Fir trees at (x, foot, height) in pixels: masks of the trees and of the snow upon them."""
    dice = np.random.default_rng(seed)
    green: list[list[Point]] = []
    snow: list[list[Point]] = []
    for x, foot, tall in places:
        green.append(beam((x, foot), (x, foot - tall * 0.3), tall * 0.03, tall * 0.02))
        tiers = 12
        for k in range(tiers):
            top, low = foot - tall * (1 - 0.88 * k / tiers), foot - tall * (0.85 - 0.80 * k / tiers)
            reach = tall * (0.025 + 0.19 * ((k + 1) / tiers) ** 0.85)
            left, right = x - reach * dice.uniform(0.8, 1.15), x + reach * dice.uniform(0.8, 1.15)
            droop = [
                low + tall * 0.02 * abs(j - 5) / 5 - tall * 0.030 * (j % 2) * dice.uniform(0.5, 1.2)
                for j in range(11)
            ]
            green.append([(x, top), *((right + (left - right) * j / 10, droop[j]) for j in range(11))])
            ends = dice.uniform(0.62, 0.98), dice.uniform(0.35, 0.75)
            west, east = (
                (x + (tip - x) * f, top + (low - top) * f) for tip, f in zip((left, right), ends, strict=True)
            )
            fringe = [
                (
                    east[0] + (west[0] - east[0]) * j / 8,
                    east[1] + (west[1] - east[1]) * j / 8 - tall * 0.022 * (j % 2) * dice.uniform(0, 1),
                )
                for j in range(9)
            ]
            snow.append([(x, top), *fringe])
    return polygons(size, green), polygons(size, snow)


def forest(
    canvas: Array,
    line: Callable[[float], float],
    spacing: float,
    tall: float,
    paints: tuple[str, str],
    seed: int,
) -> None:
    """A row of firs along a line, from left to right, leaving the cabin's clearing free."""
    height, width = canvas.shape[:2]
    dice = np.random.default_rng(seed)
    places = []
    x = -20.0
    while x < width + 20:
        near_cabin = 0.50 * width < x < 0.84 * width and tall > 150
        size = tall * dice.uniform(0.6, 1.15)
        if not near_cabin:
            places.append((x, line(x) + dice.uniform(-4, 10), size))
        x += spacing * dice.uniform(0.5, 1.5)
    trees, snow = firs((width, height), sorted(places, key=lambda p: p[1]), seed + 1)
    over(canvas, colour(paints[0]), trees)
    over(canvas, colour(paints[1]), snow * trees * 0.8)


def cabin() -> Image.Image:
    """A lit cabin below snowy mountains, after sunset."""
    width, height = 2000, 1500
    canvas = dusk(width, height)
    picture, mask = ranges(width, height)
    over(canvas, picture, blurred(mask, 1))
    forest(canvas, lambda x: 985 + 22 * np.sin(x / 170), 15, 78, ("#5f6d9c", "#8d9acb"), 31)
    forest(canvas, lambda x: 1030 + 16 * np.sin(x / 130 + 1), 22, 130, ("#36476f", "#7f92c6"), 33)
    ground(canvas)
    forest(canvas, lambda x: 1130 + 60 * abs(x / width - 0.62), 60, 300, ("#1d2c4a", "#8f9dcb"), 35)
    hut(canvas)
    forest(
        canvas,
        lambda x: 1590 + 500 * max(0, 0.5 - abs(x / width - 0.5) - 0.12) ** 0.5 * 4,
        95,
        800,
        ("#0e1830", "#33426f"),
        37,
    )
    canvas += 0.55 * blurred(np.maximum(canvas - 0.9, 0), 22) + 0.35 * blurred(
        np.maximum(canvas - 0.9, 0), 80
    )
    return developed(canvas, exposure=1.05, grain=0.006, seed=40)


def ground(canvas: Array) -> None:
    """Snow in front, soft drifts in blue light, with the windows' glow and a trodden path."""
    height, width = canvas.shape[:2]
    x, y = grid(width, height)
    drift = fractal(1024, 3.0, 41, lowest=3)
    top = 0.693 + 0.012 * np.sin(x * 5 + 0.6) + 0.006 * np.sin(x * 13)
    near = np.clip((y - top) / (1 - top), 0, 1)
    depth = 1 / (0.12 + near)
    u, v = (x - 0.66) * depth * 0.13, depth * 0.16
    slope = sample(drift, u + 0.014, v - 0.010) - sample(drift, u, v)
    snow = colour("#94a3d6") * (0.78 + 0.22 * near + 0.30 * np.tanh(4 * slope))[..., None]
    snow += (
        np.exp(-(((x - 0.89) / 0.13) ** 2) - ((y - 0.80) / 0.055) ** 2)[..., None] * colour("#ffb050") * 1.0
    )
    for k in range(30):
        t = k / 29
        py = 0.815 + 0.19 * t**1.5
        px = 0.90 - 0.10 * np.sin(2.6 * t) + (0.006 + 0.018 * t) * (1 if k % 2 else -1)
        print_ = np.exp(-(((x - px) / (0.003 + 0.010 * t)) ** 2) - ((y - py) / (0.0018 + 0.0058 * t)) ** 2)
        over(snow, colour("#4d62a4") * 0.8, 0.8 * print_)
    over(canvas, snow, step(-0.002, 0.002, y - top))


# -- the cabin itself, in the picture's heights around a door at (0.865, 0.83) -----------------------

Paint = tuple[str, float, list[Point]]
"""Colour, brightness (above 1: it glows) and outline."""
GLOWING = 1.0001


def box(code: str, left: float, top: float, right: float, bottom: float, light: float = 1.0) -> Paint:
    """An upright rectangle."""
    return code, light, [(left, top), (right, top), (right, bottom), (left, bottom)]


def logs() -> list[Paint]:
    """Chimney and walls."""
    parts = [box("#4d3a3c", 0.952, 0.515, 1.004, 0.68), box("#5a3a2a", 0.66, 0.69, 1.06, 0.825)]
    for k in range(8):
        top = 0.69 + 0.0169 * k
        parts.append(box("#70482f", 0.655, top, 1.065, top + 0.0135, 0.9 + 0.02 * (k % 3)))
        parts.append(box("#8d5e3c", 0.655, top, 1.065, top + 0.004))
    return parts


def snow_on_hut() -> list[Paint]:
    """Eaves and the snow on roof, chimney and doorstep, each as one outline."""
    eaves = [(0.612, 0.705), (0.72, 0.578), (1.0, 0.578), (1.112, 0.705)]
    edge = [(0.60, 0.704), (0.712, 0.56), (1.008, 0.56), (1.122, 0.704), (1.114, 0.694), (0.606, 0.694)]
    roof = [(0.606, 0.692), (0.714, 0.556), (1.006, 0.556), (1.116, 0.692)]
    roof += [(1.06, 0.684), (0.98, 0.69), (0.90, 0.682), (0.80, 0.69), (0.70, 0.683)]
    cap = [(0.945, 0.505), (1.011, 0.505), (1.008, 0.525), (0.948, 0.525)]
    return [("#dfe7ff", 1, cap), ("#3b2620", 1, eaves), ("#7f90c4", 1, edge), ("#a9b6e2", 1, roof)]


def openings() -> list[Paint]:
    """Two windows, the door and the drift before it."""
    parts = []
    for left in (0.695, 0.945):
        right, middle = left + 0.085, left + 0.0425
        parts.append(box("#2c1b16", left - 0.008, 0.713, right + 0.008, 0.787))
        parts.append(box("#ff9a2e", left, 0.72, right, 0.78, GLOWING))
        parts.append(box("#2c1b16", middle - 0.003, 0.72, middle + 0.003, 0.78))
        parts.append(box("#2c1b16", left, 0.748, right, 0.752))
        parts.append(box("#eef2ff", left - 0.012, 0.785, right + 0.012, 0.793))
    parts.append(box("#2c1b16", 0.828, 0.712, 0.902, 0.826))
    parts.append(box("#8a3a2c", 0.836, 0.72, 0.894, 0.826))
    parts.append(box("#ffa838", 0.850, 0.735, 0.880, 0.765, GLOWING))
    drift = [(0.64, 0.823), (0.72, 0.814), (0.82, 0.824), (0.91, 0.824), (1.0, 0.814), (1.085, 0.823)]
    return [*parts, ("#a4b2e0", 1, [*drift, (1.07, 0.835), (0.65, 0.835)])]


def smoke(canvas: Array, x: Array, y: Array) -> None:
    """A thin plume that the wind bends."""
    plume = np.zeros_like(x)
    for k in range(26):
        cx, cy = 0.978 + 0.0005 * k * k + 0.012 * np.sin(k * 0.9), 0.49 - 0.0145 * k
        puff = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (0.011 + 0.0024 * k) ** 2)
        plume = np.maximum(plume, puff * (0.62 - 0.022 * k))
    over(canvas, colour("#e3c9d6"), blurred(plume, 6))


def hut(canvas: Array) -> None:
    """Logs, snow on the roof, warm windows, a chimney with smoke."""
    height, width = canvas.shape[:2]
    x, y = grid(width, height)
    x, y = 0.865 + (x - 0.90) / 0.66, 0.83 + (y - 0.80) / 0.66
    smoke(canvas, x, y)
    parts = logs() + snow_on_hut() + openings()
    outlines = [
        [((0.90 + 0.66 * (px - 0.865)) * height, (0.80 + 0.66 * (py - 0.83)) * height) for px, py in spots]
        for _, _, spots in parts
    ]
    paints = [colour(code) * light for code, light, _ in parts]
    picture, mask = painted((width, height), list(zip(outlines, paints, strict=True)))
    glowing = [outline for outline, part in zip(outlines, parts, strict=True) if part[1] == GLOWING]
    windows = polygons((width, height), glowing)
    roof = step(0.70, 0.69, y) * step(0.558, 0.562, y)
    light = 1 + 0.5 * windows + roof * (0.35 * step(0.68, 0.56, y) - 0.15 * step(0.9, 1.1, x))
    spread = [power * np.exp(-(((x - at) / wide) ** 2)) for at, wide, power in LAMPS]
    glow = sum(spread) * np.exp(-(((y - 0.75) / 0.05) ** 2)) * (y > 0.706) * (1 - windows)
    picture *= light[..., None] + (0.75 * glow)[..., None] * np.array([1, 0.75, 0.4], np.float32)
    shade = blurred(mask, 14) * (1 - mask) * step(0.80, 0.84, y)
    canvas *= (1 - 0.35 * shade)[..., None]
    over(canvas, picture, mask)


LAMPS = ((0.74, 0.09, 1.0), (0.985, 0.09, 1.0), (0.865, 0.05, 0.8))
"""Where light falls on the logs: column, reach, strength."""
