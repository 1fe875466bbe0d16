"""Pictures of a film's decoded frames, as the engine leaves them in a file."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from mmspack.fitting.geometry import Size

_HALVED = 240
"""Pixels of height from which half of a frame stands for the whole, in half the time: its middle in a
forecast, and of what was made the upper and the lower half by turns."""
# A spool holds 16 to 235, and 16 to 240 for colour; Pillow's YCbCr is of full range.
_FULL = [max(0, min(255, round((level - 16) * 255 / 219))) for level in range(256)]
_FULL_COLOUR = [max(0, min(255, round((level - 128) * 255 / 224 + 128))) for level in range(256)]


def frame_at(path: Path, size: Size, number: int, half: int | None = None) -> Image.Image:
    """One frame of a file of raw frames, or half of it: that from so many quarters of its height on."""
    wide, high = size
    area = wide * high
    with path.open("rb") as stream:
        stream.seek(number * area * 3 // 2)
        data = stream.read(area * 3 // 2)
    quarter = high // 8 * 2 if half is not None and high >= _HALVED else 0
    top = quarter * (half or 0)
    shown = wide, high - 2 * quarter
    start, length = wide * top, wide * shown[1]
    halves = [
        Image.frombytes("L", (wide // 2, shown[1] // 2), data[at : at + length // 4]).resize(
            shown, Image.Resampling.BILINEAR
        )
        for at in (area + start // 4, area + area // 4 + start // 4)
    ]
    luma = Image.frombytes("L", shown, data[start : start + length]).point(_FULL)
    bands = (luma, *(half.point(_FULL_COLOUR) for half in halves))
    return Image.merge("YCbCr", bands).convert("RGB")
