"""A beach at sunset: a deckchair, a parasol and a ball."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from .brushes import (
    Array,
    Point,
    blurred,
    colour,
    developed,
    fractal,
    inside,
    over,
    painted,
    polygons,
    ramp,
    sample,
    step,
)

Spot = tuple[float, float, float]
"""A point in metres: right of the camera, above the ground, away from the camera."""
Project = Callable[[Spot], Point]

WIDTH, HEIGHT = 2048, 1536
EYE, FOCUS, HORIZON = 1.6, 1500.0, 650.0
"""Height of the camera in metres, focal length and row of the horizon in pixels."""
SUN = 1390.0
"""Column of the setting sun."""


def on_beach(spot: Spot) -> Point:
    """Where a point of the beach appears in the picture, in pixels."""
    right, up, away = spot
    return WIDTH / 2 + FOCUS * right / away, HORIZON + FOCUS * (EYE - up) / away


def shadow_on_beach(spot: Spot) -> Point:
    """Where the shadow of a point falls: towards us, with the sun low behind it."""
    right, up, away = spot
    return on_beach((right - 0.42 * up, 0, max(away - 0.95 * up, 1.2)))


def evening_sky(across: Array, up: Array, clouds: Array) -> Array:
    """The sky's light, by pixels right of the sun and pixels above the horizon."""
    stops = [(0, "#ffb066"), (0.13, "#ff9c74"), (0.32, "#ea86a0"), (0.62, "#8b79bb"), (1, "#3f5aa0")]
    light = ramp(np.clip(up / HORIZON, 0, 1), stops)
    far = np.hypot(across, (up - 62) * 1.25)
    light += np.exp(-far / 170)[..., None] * colour("#ffb04a") * 0.9
    depth = 1 / (np.maximum(up, 0) / HORIZON + 0.10)
    cover = sample(clouds, across / 9000 * depth + 0.3, 0.22 * depth + 0.1)
    cover = step(0.15, 1.9, cover + 0.25) * step(10, 90, up) * step(760, 330, up)
    warmth = np.exp(-far / 620)[..., None]
    over(light, warmth * colour("#ffd9a0") * 1.25 + (1 - warmth) * colour("#c07f9c"), 0.85 * cover)
    light += (np.exp(-((far / 34) ** 4)) * 3.2)[..., None] * colour("#fff0c8")
    return light


def sea(across: Array, down: Array, away: Array, clouds: Array, ripples: Array) -> Array:
    """Water that mirrors the sky on its ripples."""
    right = across / FOCUS * away
    calm = np.clip(6 / away, 0.10, 1)
    slope = sample(ripples, right / 9, away / 5.5) + 0.7 * sample(ripples, right / 3.1 + 0.4, away / 1.9)
    swell = np.sin(away * 1.5 + 2.2 * sample(ripples, right / 40, away / 60))
    lean = (0.9 * slope + 0.35 * swell) * (0.55 + 0.45 * calm)
    mirrored = evening_sky(across + 34 * lean, np.abs(down * 0.9 + 58 * lean) + 12, clouds)
    deep = colour("#16465f") * (1 + 0.12 * slope[..., None])
    shine = np.clip(0.78 - 0.0011 * down + 0.10 * lean, 0.25, 0.9)
    return deep * (1 - shine)[..., None] + mirrored * shine[..., None]


def sand(down: Array, right: Array, away: Array, grains: Array, dunes: Array) -> Array:
    """Dry sand, trodden and rippled, in warm light."""
    height = 0.8 * sample(dunes, right / 5, away / 5) + 0.30 * sample(dunes, right / 1.1, away / 1.1)
    dune_light = sample(dunes, right / 5 + 0.006, away / 5 + 0.012) * 0.8
    dune_light += 0.30 * sample(dunes, right / 1.1 + 0.012, away / 1.1 + 0.02) - height
    tone = 0.70 + 0.25 * np.tanh(1.5 * dune_light) + 0.028 * grains + 0.02 * height
    tone *= 0.86 + 0.24 * np.clip(1 - down / 900, 0, 1)
    return np.stack([tone**0.9, tone, tone**1.15], axis=-1) * colour("#f5c898")


def beach() -> Image.Image:
    """A striped deckchair and a parasol by the sea, the sun just above the horizon."""
    clouds, ripples = fractal(1024, 1.75, 11), fractal(1024, 1.45, 12, lowest=3)
    dunes, grains = fractal(1024, 2.1, 13, lowest=4), fractal(2048, 0.35, 14)[:HEIGHT, :WIDTH]
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    across, up = x - SUN, HORIZON - y
    canvas = evening_sky(across, up, clouds)
    down = np.maximum(-up, 0.4)
    away = EYE * FOCUS / down
    right = (x - WIDTH / 2) / FOCUS * away
    water = sea(across, down, away, clouds, ripples)
    over(canvas, water, inside(HORIZON - y, 1))
    haze = np.exp(-((np.minimum(np.abs(y - HORIZON), 99) / 9) ** 2))
    over(canvas, evening_sky(across, np.full_like(up, 14), clouds), 0.75 * haze)
    headland(canvas, x, y, clouds)
    ashore = shore(canvas, (x, y, right, away), (clouds, ripples), sand(down, right, away, grains, dunes))
    furniture(canvas, ashore)
    birds(canvas)
    glow = blurred(np.maximum(canvas - 0.85, 0), 45)
    canvas += 0.8 * glow
    return developed(canvas, exposure=1.03, grain=0.005, seed=15)


def headland(canvas: Array, x: Array, y: Array, noise: Array) -> None:
    """A hazy coast on the left, where sky and water meet."""
    line = np.maximum(
        0,
        92 * np.clip(1 - x / 760, 0, 1) ** 0.8 + 9 * sample(noise, x / 900, x * 0 + 0.37) * step(800, 300, x),
    )
    over(canvas, colour("#7d5f86"), inside(HORIZON - line - y, 1) * inside(y - HORIZON, 1) * 0.9 * (line > 2))
    line = np.maximum(
        0,
        46 * np.clip(1 - x / 430, 0, 1) ** 0.6 + 6 * sample(noise, x / 500, x * 0 + 0.71) * step(460, 100, x),
    )
    over(
        canvas,
        colour("#54446b"),
        inside(HORIZON - line - y, 1) * inside(y - HORIZON - 2, 1) * 0.95 * (line > 2),
    )


def shore(
    canvas: Array, places: tuple[Array, Array, Array, Array], noises: tuple[Array, Array], dry: Array
) -> Array:
    """Lay the sand with its wet edge and the foam over the sea; gives the mask of the land."""
    x, y, right, away = places
    clouds, ripples = noises
    wobble = 0.9 * sample(clouds, right / 26, away * 0 + 0.2) + 0.25 * sample(ripples, right / 9, away / 12)
    out = (away - (11.2 - 0.92 * right + wobble)) / 1.36
    land = step(0.06, -0.06, out) * (y > HORIZON)
    wet = step(-2.6, -0.4, out + 0.3 * sample(ripples, right / 4, away / 4))
    mirror = evening_sky(x - SUN, np.maximum(y - HORIZON, 0) * 0.8 + 25, clouds)
    soaked = dry * 0.42 + mirror * 0.40
    over(canvas, dry * (1 - wet)[..., None] + soaked * wet[..., None], land)
    lace = step(-0.35, 0.75, sample(ripples, right / 2.6, away / 2.6))
    foam = np.exp(-((out / 0.16) ** 2)) + 0.8 * lace * step(-0.05, 0.1, out) * step(1.3, 0.1, out)
    for place, strength in ((2.6, 0.75), (5.4, 0.6), (9.5, 0.45)):
        crest = out - place - 0.5 * sample(clouds, right / 18, away * 0 + place / 11)
        foam += (
            strength
            * np.exp(-((crest / (0.05 + 0.05 * place)) ** 2))
            * step(-0.6, 0.9, sample(ripples, right / 7, away / 9 + 0.1 * place))
        )
    over(canvas, colour("#fff1e4"), np.clip(foam, 0, 0.92) * (y > HORIZON))
    canvas -= canvas * (0.22 * np.exp(-(((out + 0.22) / 0.14) ** 2)) * (y > HORIZON))[..., None]
    return land


def furniture(canvas: Array, land: Array) -> None:
    """Parasol, deckchair and ball, with their shadows on the sand."""
    parts = parasol((-2.05, 0, 5.9)) + deckchair((-0.95, 0, 4.5))
    shade = polygons((WIDTH, HEIGHT), [[shadow_on_beach(s) for s in spots] for spots, _ in parts], 1)
    shade = np.maximum(blurred(shade, 5), ball_shadow())
    canvas *= 1 - (0.60 * shade * land)[..., None] * np.array([0.92, 0.95, 0.78], np.float32)
    order = sorted(parts, key=lambda part: -max(spot[2] for spot in part[0]))
    shapes = [([on_beach(spot) for spot in spots], paint) for spots, paint in order]
    picture, mask = painted((WIDTH, HEIGHT), shapes)
    over(canvas, picture, mask)
    ball(canvas)


Part = tuple[list[Spot], Array]


def parasol(foot: Spot) -> list[Part]:
    """A parasol of twelve red and cream gores on a wooden pole."""
    right, _, away = foot
    tip, rim, radius = 2.55, 1.95, 1.5
    parts: list[Part] = []
    pole = [
        (right - 0.025, 0.0, away),
        (right + 0.025, 0.0, away),
        (right + 0.025, tip + 0.1, away),
        (right - 0.025, tip + 0.1, away),
    ]
    parts.append((pole, colour("#b98a5c")))

    def at(turn: float, out: float) -> Spot:
        up = rim + (tip - rim) * (1 - out**2.2)
        return right + radius * out * np.cos(turn) - 0.12 * (up - 2), up, away + radius * out * np.sin(turn)

    for gore in range(12):
        for ring in range(8):
            for half in range(4):
                a, b = (2 * np.pi * (gore + (half + k) / 4) / 12 for k in (0, 1))
                r0, r1 = ring / 8, (ring + 1) / 8
                spots = [at(a, r0), at(b, r0), at(b, r1), at(a, r1)]
                behind = np.sin((a + b) / 2) > 0.25
                paint = colour("#fff0dc") if gore % 2 else colour("#e2493f")
                light = 0.74 + 0.45 * (1 - r0) + 0.28 * np.cos((a + b) / 2 - 0.5)
                bulge = 1 - 0.10 * abs((half + 0.5) / 2 - 1)
                parts.append((spots, paint * (0.34 if behind else light * bulge)))
    return parts


def deckchair(foot: Spot) -> list[Part]:
    """A wooden deckchair with a striped canvas, turned towards the sun."""
    ahead = np.radians(-33)

    def at(along: float, side: float, up: float) -> Spot:
        return (
            foot[0] + along * np.cos(ahead) - side * np.sin(ahead),
            up,
            foot[2] + along * np.sin(ahead) + side * np.cos(ahead),
        )

    parts: list[Part] = []
    bars = [((0.62, 0.0), (-0.60, 1.12)), ((-0.52, 0.0), (0.56, 0.46)), ((-0.66, 0.05), (-0.26, 0.80))]
    for side in (-0.31, 0.31):
        for (a0, u0), (a1, u1) in bars:
            for k in range(6):
                f, g = k / 6, (k + 1) / 6
                s, e = (at(a0 + (a1 - a0) * t, side, u0 + (u1 - u0) * t) for t in (f, g))
                parts += bar(s, e, 0.048, "#c48c55")
    for along, up in ((-0.60, 1.12), (0.56, 0.46), (0.60, 0.02), (-0.50, 0.02)):
        parts += bar(at(along, -0.34, up), at(along, 0.34, up), 0.045, "#a8713f")
    return parts + canvas_of_chair(at)


def bar(start: Spot, end: Spot, thick: float, code: str) -> list[Part]:
    """A wooden bar with a lighter upper edge."""
    half = thick / 2
    (x0, y0, z0), (x1, y1, z1) = start, end
    length = np.hypot(x1 - x0, y1 - y0) + 1e-6
    nx, ny = -(y1 - y0) / length * half, (x1 - x0) / length * half
    if ny < 0:
        nx, ny = -nx, -ny
    wood = colour(code)
    whole = [(x0 + nx, y0 + ny, z0), (x1 + nx, y1 + ny, z1), (x1 - nx, y1 - ny, z1), (x0 - nx, y0 - ny, z0)]
    edge = [
        (x0 + nx, y0 + ny, z0),
        (x1 + nx, y1 + ny, z1),
        (x1 + nx * 0.3, y1 + ny * 0.3, z1),
        (x0 + nx * 0.3, y0 + ny * 0.3, z0),
    ]
    return [(whole, wood * 0.62), ([(x, y, z - 0.001) for x, y, z in edge], wood * 1.25)]


def canvas_of_chair(at: Callable[[float, float, float], Spot]) -> list[Part]:
    """The hanging cloth, in nine stripes."""
    parts: list[Part] = []

    def hang(t: float) -> tuple[float, float]:
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        return -0.60 * a - 0.10 * b + 0.56 * c, 1.12 * a - 0.12 * b + 0.46 * c

    for stripe in range(9):
        left, far = -0.28 + 0.56 * stripe / 9, -0.28 + 0.56 * (stripe + 1) / 9
        paint = colour("#fdf3df") if stripe % 2 else colour("#1f7f95")
        for k in range(28):
            (a0, u0), (a1, u1) = hang(k / 28), hang((k + 1) / 28)
            lean = (a1 - a0) / np.hypot(a1 - a0, u1 - u0)
            light = 0.50 + 0.55 * lean - 0.22 * np.exp(-(((k - 15) / 6) ** 2)) + 0.05 * (stripe / 9)
            parts.append(
                (
                    [at(a0, left, u0), at(a0, far, u0), at(a1, far, u1), at(a1, left, u1)],
                    paint * max(light, 0.3),
                )
            )
    return parts


BALL: Spot = (0.95, 0.20, 4.0)
"""Centre of the beach ball; it touches the sand, so its radius is its height."""


def ball_shadow() -> Array:
    """The long soft shadow of the ball."""
    turn = np.linspace(0, 2 * np.pi, 40)
    right, up, away = BALL
    spots = [shadow_on_beach((right + up * np.cos(t), up * (1 + np.sin(t)), away + 0.06)) for t in turn]
    touch = [on_beach((right + 0.7 * up * np.cos(t), 0, away + 0.02 + 0.7 * up * np.sin(t))) for t in turn]
    cast = blurred(polygons((WIDTH, HEIGHT), [spots], 1), 7)
    return np.maximum(cast, 1.3 * blurred(polygons((WIDTH, HEIGHT), [touch], 1), 9))


def ball(canvas: Array) -> None:
    """A beach ball in four colours, rim-lit by the sun behind it."""
    (cx, cy), radius = on_beach(BALL), FOCUS * BALL[1] / BALL[2]
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    u, v = (x - cx) / radius, (y - cy) / radius
    w = np.sqrt(np.maximum(0, 1 - u * u - v * v))
    axis = np.array([0.42, -0.70, 0.58]) / np.linalg.norm([0.42, -0.70, 0.58])
    side = np.cross(axis, [0, 0, 1]) / np.linalg.norm(np.cross(axis, [0, 0, 1]))
    front = np.cross(axis, side)
    pole, a, b = (n[0] * u + n[1] * v + n[2] * w for n in (axis, side, front))
    gore = np.floor((np.arctan2(a, b) / (2 * np.pi) + 1.03) * 6) % 6
    paints = np.stack([colour(c) for c in ("#f6efe2", "#f2b632", "#f6efe2", "#2c8fb0", "#f6efe2", "#e4523f")])
    paint = paints[gore.astype(int)]
    over(paint, colour("#f6efe2"), step(0.955, 0.965, pole))
    light = (
        0.34
        + 0.5 * np.clip(0.45 * u - 0.75 * v + 0.35 * w, 0, 1)
        + 0.5 * (1 - w) ** 3 * np.clip(0.3 * u - v + 0.3, 0, 1)
    )
    light += 0.10 * np.clip(v, 0, 1) ** 2
    over(canvas, paint * light[..., None] * colour("#fff0e0"), inside((np.hypot(u, v) - 1) * radius, 1))


def birds(canvas: Array) -> None:
    """Three gulls and a sail far out."""
    gulls = []
    for x, y, s in ((1010, 250, 30), (1090, 300, 21), (925, 318, 17)):
        for side in (-1, 1):
            gulls += [
                [
                    (x, y),
                    (x + side * s * 0.5, y - s * 0.42),
                    (x + side * s * 1.1, y - s * 0.12),
                    (x + side * s * 0.5, y - s * 0.26),
                ]
            ]
    sail = [
        [(1712, 644), (1712, 570), (1748, 640)],
        [(1706, 642), (1706, 586), (1684, 640)],
        [(1680, 648), (1752, 648), (1740, 658), (1690, 658)],
    ]
    over(canvas, colour("#4a3a5c"), polygons((WIDTH, HEIGHT), gulls, 3) * 0.8)
    over(canvas, colour("#fff0e0") * 0.85, polygons((WIDTH, HEIGHT), sail[:2], 3))
    over(canvas, colour("#5a4058"), polygons((WIDTH, HEIGHT), sail[2:], 3))
