"""Animated GIFs of kinds that the brought ones lack: film, a meme, shapes, typing, a page that scrolls."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from benchmarks.fit.drawing import clouds, font
from benchmarks.fit.sources import Photo

Frames = Sequence[Image.Image]


def film(photo: Image.Image) -> tuple[Frames, int]:
    """Eight seconds of a camera that wanders over a photo."""
    size, frames = (400, 225), []
    for at in range(96):
        turn = at / 96 * math.tau
        wide = photo.width * (0.5 + 0.1 * math.sin(turn))
        high = wide * size[1] / size[0]
        left = (photo.width - wide) * (0.5 + 0.4 * math.cos(turn))
        top = (photo.height - high) * (0.5 + 0.4 * math.sin(2 * turn))
        frames.append(photo.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + wide, top + high)))
    return frames, 80


def meme(photo: Image.Image) -> tuple[Frames, int]:
    """A picture that shakes below words that do not."""
    size, frames = (480, 400), []
    for at in range(36):
        wide, high = photo.width * 0.7, photo.width * 0.7 * size[1] / size[0]
        left = photo.width * (0.15 + 0.02 * math.sin(at * 1.7))
        top = (photo.height - high) * (0.5 + 0.4 * math.cos(at * 2.3))
        frame = photo.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + wide, top + high))
        draw = ImageDraw.Draw(frame)
        for y, words in ((14, "WHEN THE PARCEL"), (330, "IS FINALLY HERE")):
            draw.text((24, y), words, font=font(50), fill="white", stroke_width=3, stroke_fill="black")
        frames.append(frame)
    return frames, 60


def shapes(_: Image.Image) -> tuple[Frames, int]:
    """Flat shapes that turn, with smooth edges."""
    frames = []
    for at in range(72):
        frame = Image.new("RGB", (1200, 1200), "#fef6e4")
        draw = ImageDraw.Draw(frame)
        for number, colour in enumerate(("#f582ae", "#8bd3dd", "#001858", "#f3d2c1", "#ffb703", "#219ebc")):
            turn = at / 72 * math.tau * (1 + number % 3) + number
            x, y = 600 + 330 * math.cos(turn), 600 + 330 * math.sin(turn * 2)
            draw.ellipse((x - 160, y - 160, x + 160, y + 160), fill=colour)
            draw.regular_polygon((1200 - x, y, 110), 3 + number, rotation=at * 5, fill=colour)
        frames.append(frame.resize((600, 600), Image.Resampling.LANCZOS))
    return frames, 40


def typing(_: Image.Image) -> tuple[Frames, int]:
    """A window in which words appear, over shades that drift."""
    ground, frames, words = clouds((800, 500)), [], "The quick brown fox jumps over the lazy dog. " * 5
    for at in range(100):
        frame = ImageChops.offset(ground, at * 3, 0)
        draw = ImageDraw.Draw(frame)
        draw.rounded_rectangle((60, 50, 740, 450), 14, fill="#ffffff")
        shown = words[: at * 2]
        for row in range(0, len(shown), 42):
            draw.text((84, 74 + row // 42 * 44), shown[row : row + 42], font=font(26), fill="#222222")
        frames.append(frame)
    return frames, 70


def page(_: Image.Image) -> tuple[Frames, int]:
    """A page of words that scrolls, as a phone's screen was recorded."""
    size, step, count = (400, 700), 9, 70
    words = [
        "Pack",
        "my",
        "box",
        "with",
        "five",
        "dozen",
        "liquor",
        "jugs,",
        "and",
        "judge",
        "how",
        "vexingly",
        "quick",
        "daft",
        "zebras",
        "jump.",
    ]
    whole = Image.new("RGB", (size[0], size[1] + step * count), "#ffffff")
    draw = ImageDraw.Draw(whole)
    for row, top in enumerate(range(12, whole.height - 24, 22)):
        line = " ".join(words[(row * 7 + at) % len(words)] for at in range(8))
        draw.text(
            (18, top), line[: 40 - row % 5], font=font(15), fill="#113388" if row % 9 == 0 else "#222222"
        )
    return [whole.crop((0, at * step, size[0], at * step + size[1])) for at in range(count)], 80


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def drawn(photo: Path) -> list[Path]:
    """All five as files: dithered, the film with a palette for each frame, the others with one for all."""
    return [_file(draw, photo, draw.__name__) for draw in (film, meme, shapes, typing, page)]


def of(photo: Photo) -> list[Path]:
    """The two of a photo that are made of nothing else."""
    return [_file(draw, photo.path, f"{draw.__name__}, {photo.name}") for draw in (film, meme)]


def _file(draw: Callable[[Image.Image], tuple[Frames, int]], photo: Path, name: str) -> Path:
    with Image.open(photo) as opened:
        source = opened.convert("RGB")
    source.thumbnail((1000, 1000))
    frames, delay = draw(source)
    path = Path(_folder().name, f"{name}.gif")
    path.write_bytes(_gif(frames, delay, own=draw is film))
    return path


def _gif(frames: Frames, delay: int, *, own: bool) -> bytes:
    palette = frames[0].quantize(255)
    turned = [
        frame.quantize(palette=frame.quantize(255) if own else palette, dither=Image.Dither.FLOYDSTEINBERG)
        for frame in frames
    ]
    stream = io.BytesIO()
    turned[0].save(stream, "GIF", save_all=True, append_images=turned[1:], duration=delay, loop=0)
    return stream.getvalue()
