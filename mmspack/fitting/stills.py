"""A film shown as a picture: a still of it, or an animated GIF."""

from __future__ import annotations

import io

from PIL import Image

from mmspack.errors import MediaError
from mmspack.fitting.clips import demuxer_of
from mmspack.fitting.geometry import Size
from mmspack.fitting.studio import ClipCut, Screen, Studio
from mmspack.media.probing import Probe

_GIF_SIDE = 480
"""Pixels of the longer side of the GIF that the planner begins with: it only makes them smaller."""
_GIF_RATE = 12
"""Frames a second: a GIF has hundredths of a second, and more frames take bytes that sharpness needs."""
_GIF_FRAMES = 240
_EVEN = 12.0
"""Standard deviation of the levels below which a frame shows next to nothing: black, or a fade."""
_LOOKED_AT = 8


def poster(data: bytes, found: Probe, cut: ClipCut, size: Size) -> bytes:
    """A PNG of the film's first second, no larger than `size`: the first frame that shows something."""
    studio = Studio(data, demuxer_of(found), cut, Screen(size=size, rate=_LOOKED_AT, frames=_LOOKED_AT))
    try:
        _prove_film(studio)
        frames = [studio.picture(number) for number in range(studio.spool.frames)]
    finally:
        studio.close()
    shown = next((frame for frame in frames if _spread(frame) > _EVEN), max(frames, key=_spread))
    return _saved(shown, "PNG")


def moving_picture(data: bytes, found: Probe, cut: ClipCut) -> bytes:
    """The film as an animated GIF, for the planner of animations to make it fit."""
    screen = Screen(size=(_GIF_SIDE, _GIF_SIDE), rate=_GIF_RATE, frames=_GIF_FRAMES + 1)
    studio = Studio(data, demuxer_of(found), cut, screen)
    try:
        _prove_film(studio)
        if studio.spool.frames > _GIF_FRAMES:
            most = _GIF_FRAMES // _GIF_RATE
            raise MediaError(f"too long for a GIF of more than {most} s", hint=f"cut it: end = {most}")
        frames = [studio.picture(number) for number in range(studio.spool.frames)]
        delay = round(1000 / float(studio.spool.rate), -1)
    finally:
        studio.close()
    palette = _palette(frames)
    drawn = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    stream = io.BytesIO()
    drawn[0].save(
        stream, "GIF", save_all=True, append_images=drawn[1:], duration=int(delay), loop=0, optimize=False
    )
    return stream.getvalue()


def animated_gif(data: bytes) -> bytes:
    """An animated WebP, PNG, AVIF or HEIC as a GIF of the same frames and times, without loss of either."""
    with Image.open(io.BytesIO(data)) as image:
        frames, delays = [], []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            frames.append(image.convert("RGBA"))
            delays.append(max(20, round(image.info.get("duration", 100) or 100, -1)))
        stream = io.BytesIO()
        loops = image.info.get("loop", 0)
    frames[0].save(
        stream, "GIF", save_all=True, append_images=frames[1:], duration=delays, loop=loops, disposal=2
    )
    return stream.getvalue()


def _prove_film(studio: Studio) -> None:
    if not studio.facts.width:
        raise MediaError("there is no picture in this video", hint="name it as audio = …")


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
