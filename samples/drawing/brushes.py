"""Brushes for the samples' pictures: noise, light, shapes and the way back to eight bits.

Pictures are float32 arrays of height x width x 3 in linear light, so that light adds up as in a camera.
Masks are height x width from 0 to 1. Every random number comes from a seed: same libraries, same pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Array = NDArray[Any]
Point = tuple[float, float]


# -- colour ---------------------------------------------------------------------------------------


def to_linear(srgb: Array) -> Array:
    """SRGB from 0 to 1 as linear light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def colour(code: str) -> Array:
    """`#rrggbb` as three linear values."""
    return to_linear(np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255)


def ramp(t: Array, stops: Sequence[tuple[float, str]]) -> Array:
    """Colours along a gradient: `stops` are (position, colour) in rising order."""
    places = [place for place, _ in stops]
    colours = np.stack([colour(code) for _, code in stops])
    return np.stack([np.interp(t, places, colours[:, i]) for i in range(3)], axis=-1).astype(np.float32)


def developed(light: Array, *, exposure: float = 1.0, grain: float = 0.006, seed: int = 1) -> Image.Image:
    """Linear light as a picture: soft shoulder for highlights, a slight vignette, film grain."""
    height, width = light.shape[:2]
    x, y = grid(width, height)
    fall_off = 1 - 0.22 * ((x - 0.5 * width / height) ** 2 + (y - 0.5) ** 2)
    light = light * (exposure * fall_off)[..., None]
    bright = 0.7 + 0.3 * (1 - np.exp(-(np.maximum(light, 0.7) - 0.7) / 0.3))
    light = np.clip(np.where(light < 0.7, light, bright), 0, 1)
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    srgb += np.random.default_rng(seed).normal(0, grain, (height, width, 1))
    return Image.fromarray((np.clip(srgb, 0, 1) * 255 + 0.5).astype(np.uint8))


# -- space ----------------------------------------------------------------------------------------


def grid(width: int, height: int) -> tuple[Array, Array]:
    """Pixel centres, x and y, in units of the picture's height."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return (x + 0.5) / height, (y + 0.5) / height


def turned(x: Array, y: Array, centre: Point, degrees: float) -> tuple[Array, Array]:
    """Coordinates around a centre, turned clockwise on the picture."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    dx, dy = x - centre[0], y - centre[1]
    return c * dx + s * dy, c * dy - s * dx


def step(low: float | Array, high: float | Array, value: Array) -> Array:
    """Smooth step from 0 below `low` to 1 above `high`; falls when `low > high`."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def inside(distance: Array, pixel: float = 1 / 1500) -> Array:
    """Antialiased mask of a signed distance: 1 where it is negative."""
    return np.clip(0.5 - distance / (1.5 * pixel), 0, 1).astype(np.float32)


def over(canvas: Array, paint: Array, mask: Array) -> None:
    """Lay paint (a colour or a whole picture) on the canvas through a mask."""
    canvas += (paint - canvas) * mask[..., None]


# -- noise and light ------------------------------------------------------------------------------


def fractal(size: int, slope: float, seed: int, lowest: int = 1) -> Array:
    """Tileable fractal noise, mean 0, deviation 1. `slope` 1 is rough as sand, 2.2 soft as a cloud."""
    white = np.fft.rfft2(np.random.default_rng(seed).normal(size=(size, size)))
    fy = np.fft.fftfreq(size)[:, None] * size
    fx = np.fft.rfftfreq(size)[None, :] * size
    frequency = np.hypot(fx, fy)
    noise = np.fft.irfft2(white * np.where(frequency < lowest, 0, np.maximum(frequency, 1) ** -slope))
    even: Array = ((noise - noise.mean()) / noise.std()).astype(np.float32)
    return even


def sample(texture: Array, u: Array, v: Array) -> Array:
    """Bilinear look-up in a square texture that repeats; one tile is one unit."""
    n = texture.shape[0]
    x, y = u * n, v * n
    x0, y0 = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = (x - x0).astype(np.float32), (y - y0).astype(np.float32)
    x0, y0 = x0 % n, y0 % n
    x1, y1 = (x0 + 1) % n, (y0 + 1) % n
    upper = texture[y0, x0] * (1 - fx) + texture[y0, x1] * fx
    lower = texture[y1, x0] * (1 - fx) + texture[y1, x1] * fx
    between: Array = upper * (1 - fy) + lower * fy
    return between


def blurred(field: Array, radius: float) -> Array:
    """A soft blur (three boxes, close to a Gaussian) with `radius` in pixels."""
    reach = max(1, round(radius))
    for axis in (0, 1, 0, 1, 0, 1):
        ends = [(reach + 1, reach) if i == axis else (0, 0) for i in range(field.ndim)]
        total = np.cumsum(np.pad(field, ends, mode="edge"), axis=axis, dtype=np.float64)
        size = field.shape[axis]
        first, last = np.arange(size), np.arange(size) + 2 * reach + 1
        field = ((total.take(last, axis) - total.take(first, axis)) / (2 * reach + 1)).astype(np.float32)
    return field


def moved(mask: Array, right: int, down: int) -> Array:
    """A mask shifted by whole pixels, as a cast shadow is."""
    return np.roll(mask, (down, right), axis=(0, 1))


def relief(height: Array, light: tuple[float, float, float]) -> Array:
    """How strongly a light from `light` (right, down, towards us) meets a height field in pixels."""
    down, right = np.gradient(height)
    length = np.sqrt(right**2 + down**2 + 1)
    lx, ly, lz = np.array(light) / np.linalg.norm(light)
    light_met: Array = np.maximum(0, (-right * lx - down * ly + lz) / length).astype(np.float32)
    return light_met


DAYLIGHT = (-0.55, -0.62, 0.75)
"""From the upper left: right, down, towards us."""


def cast(canvas: Array, mask: Array, right: int, down: int, softness: float, strength: float) -> None:
    """Darken the canvas by the shadow of a mask, bluish as daylight's shadows are."""
    shade = blurred(moved(mask, right, down), softness) * strength
    canvas *= 1 - shade[..., None] * np.array([1.0, 0.94, 0.84], np.float32)


# -- outlines -------------------------------------------------------------------------------------


def polygons(size: tuple[int, int], shapes: Sequence[Sequence[Point]], scale: int = 2) -> Array:
    """Antialiased mask of polygons in pixels of a picture of that size."""
    image = Image.new("L", (size[0] * scale, size[1] * scale))
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        draw.polygon([(x * scale, y * scale) for x, y in shape], fill=255)
    return np.asarray(image.reduce(scale), np.float32) / 255


def painted(size: tuple[int, int], shapes: Sequence[tuple[Sequence[Point], Array]]) -> tuple[Array, Array]:
    """Polygons in their own linear colours, the later above: (picture, mask)."""
    scale = 3
    image = Image.new("RGB", (size[0] * scale, size[1] * scale))
    for shape, paint in shapes:
        srgb = np.clip(np.where(paint < 0.0031308, paint * 12.92, 1.055 * paint ** (1 / 2.4) - 0.055), 0, 1)
        fill = tuple(int(v * 255 + 0.5) for v in srgb)
        points = [(x * scale, y * scale) for x, y in shape]
        ImageDraw.Draw(image).polygon(points, fill=fill, outline=fill)
    mask = polygons(size, [shape for shape, _ in shapes], scale)
    picture = to_linear(np.asarray(image.reduce(scale), np.float32) / 255)
    return picture / np.maximum(mask, 1 / 9)[..., None], mask


def beam(start: Point, end: Point, from_width: float, to_width: float) -> list[Point]:
    """A tapering bar between two points, as a polygon."""
    (x0, y0), (x1, y1) = start, end
    length = max(np.hypot(x1 - x0, y1 - y0), 1e-6)
    nx, ny = (y0 - y1) / length / 2, (x1 - x0) / length / 2
    a, b = from_width, to_width
    return [
        (x0 + nx * a, y0 + ny * a),
        (x1 + nx * b, y1 + ny * b),
        (x1 - nx * b, y1 - ny * b),
        (x0 - nx * a, y0 - ny * a),
    ]


def lettering(
    draw: ImageDraw.ImageDraw,
    at: Point,
    text: str,
    size: float,
    fill: str,
    *,
    bold: float = 0,
    anchor: str = "mm",
) -> None:
    """One line in Pillow's own typeface; `bold` thickens its strokes (pixels) and widens its spacing."""
    font = ImageFont.load_default(size)
    starts = [font.getlength(text[:k]) + 1.7 * bold * k for k in range(len(text))]
    width = font.getlength(text) + 1.7 * bold * (len(text) - 1)
    x = at[0] - width * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
    for letter, start in zip(text, starts, strict=True):
        draw.text((x + start, at[1]), letter, font=font, fill=fill, anchor="l" + anchor[1], stroke_width=bold)
