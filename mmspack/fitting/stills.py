"""A film shown as a picture: a still of it, or an animated GIF."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from PIL import Image

from mmspack.errors import MediaError
from mmspack.film.progress import ClipProgress
from mmspack.fitting.damage_report import damage_words
from mmspack.fitting.geometry import Size, inside, scaled
from mmspack.fitting.studio import ClipCut, Screen, Studio
from mmspack.media.animation import FRAME_LIMIT, still_instead
from mmspack.media.decoders import open_as
from mmspack.words import keyed

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_PIXELS = 60_000_000
"""Pixels of all frames together: 180 MB while they are drawn."""
_FASTEST_MS = 20
"""Browsers and phones show a frame of a GIF for 100 ms where it asks for less than 20."""
_GIF_SIDE = 480
"""Pixels of the longer side of the GIF that the planner begins with: it only makes them smaller."""
_GIF_RATE = 12
"""Frames a second: a GIF has hundredths of a second, and more frames take bytes that sharpness needs."""
_GIF_FRAMES = 240
_GIF_SECONDS = _GIF_FRAMES // _GIF_RATE
_MOST_REPEATS = 65_535
"""A GIF has 16 bits for them, a PNG 31."""
_EVEN = 12.0
"""Standard deviation of the levels below which a frame shows next to nothing: black, or a fade."""
_LOOKED_AT = 8


def poster(data: bytes, demuxer: str, cut: ClipCut, size: Size) -> bytes:
    """A PNG of the film's first second, no larger than `size`: the first frame that shows something."""
    studio = Studio(data, demuxer, cut, Screen(size=size, rate=_LOOKED_AT, frames=_LOOKED_AT))
    try:
        studio.prove_film()
        frames = [studio.picture(number) for number in range(studio.spool.frames)]
    finally:
        studio.close()
    shown = next((frame for frame in frames if _spread(frame) > _EVEN), max(frames, key=_spread))
    return _saved(shown, "PNG")


def moving_picture(
    data: bytes, demuxer: str, cut: ClipCut, progress: ClipProgress, *, cure: str = ""
) -> tuple[bytes, tuple[str, ...]]:
    """The film as an animated GIF, for the planner of animations to make it fit, and where it is damaged.

    Raises `MediaError`, with `cure` where the film is too long and is not to be cut.
    """
    screen = Screen(size=(_GIF_SIDE, _GIF_SIDE), rate=_GIF_RATE, frames=_GIF_FRAMES + 1)
    studio = Studio(data, demuxer, cut, screen, progress.advance)
    try:
        studio.prove_film()
        progress.expect(min(_GIF_FRAMES, round(studio.seconds * _GIF_RATE)))
        if studio.spool.frames > _GIF_FRAMES:
            shorter = f"cut it: {keyed(f'end = {cut.start + _GIF_SECONDS:g}')}"
            raise MediaError(f"too long for a GIF, which takes {_GIF_SECONDS} s", hint=cure or shorter)
        frames = [studio.picture(number) for number in range(studio.spool.frames)]
        delay = round(1000 / float(studio.spool.rate), -1)
        words = tuple(damage_words(studio))
    finally:
        studio.close()
        progress.finish()
    return _gif(frames, [int(delay)] * len(frames), 0), words


def animated_gif(picture: Picture, size: Size, background: str) -> bytes | None:
    """An animated WebP, PNG or AVIF as a GIF of the same frames and times, for the planner to make it fit.

    None for a still. The frames fit into `size`, and are smaller where they are many.
    """
    image = open_as(picture.format, picture.data)
    # A PNG may have a picture for viewers of stills, which those of animations never show.
    numbers = range(int(getattr(image, "default_image", False)), getattr(image, "n_frames", 1))
    count = len(numbers)
    if image is None or count < 2:
        return None
    if count > FRAME_LIMIT:
        raise MediaError(f"refused: {count:,} frames, more than {FRAME_LIMIT:,}", hint=still_instead())
    shown = inside(image.size, size, turn=True)
    factor = min(1.0, math.sqrt(_PIXELS / (count * shown[0] * shown[1])))
    frames, delays = [], []
    for number in numbers:
        image.seek(number)
        image.load()
        frames.append(_on(background, image.convert("RGBA")).resize(scaled(shown, factor)))
        delays.append(max(_FASTEST_MS, round(float(image.info.get("duration") or 100), -1)))
    return _gif(frames, [int(delay) for delay in delays], _repeats(image.info.get("loop") or 0))


def _repeats(plays: int) -> int | None:
    """How often an animation that plays so often, 0 for ever, starts again, as a GIF has it; None: never."""
    return min(plays - 1, _MOST_REPEATS) or None if plays else 0


def _on(background: str, frame: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", frame.size, background)
    return Image.alpha_composite(ground, frame).convert("RGB")


def _gif(frames: list[Image.Image], delays_ms: list[int], loops: int | None) -> bytes:
    """One palette for all frames, and no dither: noise costs bytes in every frame."""
    palette = _palette(frames)
    drawn = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    stream = io.BytesIO()
    drawn[0].save(
        stream, "GIF", save_all=True, append_images=drawn[1:], duration=delays_ms, loop=loops, optimize=False
    )
    return stream.getvalue()


def _spread(frame: Image.Image) -> float:
    histogram = frame.convert("L").resize((64, 64)).histogram()
    mean = sum(level * count for level, count in enumerate(histogram)) / 4096
    return float((sum((level - mean) ** 2 * count for level, count in enumerate(histogram)) / 4096) ** 0.5)


def _palette(frames: list[Image.Image]) -> Image.Image:
    """One palette of 256 colours for all frames, from some of them side by side."""
    chosen = frames[:: max(1, len(frames) // 8)]
    size = (max(1, frames[0].width // 2), max(1, frames[0].height // 2))
    together = Image.new("RGB", (size[0] * len(chosen), size[1]))
    for at, frame in enumerate(chosen):
        together.paste(frame.resize(size), (at * size[0], 0))
    return together.quantize(256, method=Image.Quantize.MEDIANCUT)


def _saved(image: Image.Image, kind: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()
