"""The frames of an animation that show something of their own: who approves it must see each of them."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageStat

from mmspack.errors import MmspackError
from mmspack.media.decoders import open_own

MOST = 24
"""Frames that are printed: a film as a GIF has hundreds."""
_LOOKED_AT = 300
"""Frames that are decoded."""
_SIDE = 64
_ALIKE = 2.0
"""Grey levels by which a frame must differ from each one before it, as the mean over its small copy."""
_LARGEST = 420
"""Longer side of a frame, pixels."""


def own_frames(data: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """The frames that differ from those before, as milliseconds and a JPEG; and how many more there are.

    Empty for a picture that does not move, and for one that cannot be decoded.
    """
    found: list[tuple[int, bytes]] = []
    seen: list[Image.Image] = []
    more = 0
    try:
        for begin, frame in _frames(data):
            shown = _on_white(frame)
            small = shown.resize((_SIDE, _SIDE), Image.Resampling.BOX)
            if any(_gap(small, other) < _ALIKE for other in seen):
                continue
            if len(found) == MOST:
                more += 1
                continue
            seen.append(small)
            found.append((begin, _jpeg(shown)))
    except (OSError, ValueError, MmspackError):
        return [], 0
    return (found, more) if len(found) > 1 else ([], 0)


def _frames(data: bytes) -> Iterator[tuple[int, Image.Image]]:
    begin = 0
    with open_own(data) as image:
        for at in range(min(getattr(image, "n_frames", 1), _LOOKED_AT)):
            image.seek(at)
            yield begin, image
            begin += int(image.info.get("duration") or 0)


def _gap(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def _on_white(frame: Image.Image) -> Image.Image:
    """As it is printed: what can be seen through is paper."""
    rgba = frame.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    image.thumbnail((_LARGEST, _LARGEST))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()
