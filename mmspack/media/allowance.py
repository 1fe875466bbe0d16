"""How much of a message's pictures is decoded to see whether they are sound: none may hold a check up.

A picture of a few dozen bytes may stand for millions of pixels. Costs are in pixels of an ordinary PNG, which
take about 10 milliseconds of CPU a million; what other kinds take was measured beside it.
"""

from __future__ import annotations

from mmspack.media.containers.walk import Walk
from mmspack.media.format import Format

MESSAGE_PIXELS = 60_000_000
"""What the pictures of one message may cost together: less than a second and a half with all that follows."""

_SCALED = 8
"""A JPEG in one scan takes at most an eighth of a PNG: its decoder scales it down while it reads."""
_SCANS = 4
"""Scans of a JPEG that take as long as a PNG: each goes over all its coefficients."""
_WEBP = 1.5
_RUNS = 24
"""A run-length encoded BMP takes a quarter of a microsecond a pixel: Pillow reads it in Python."""
SLOW_PIXELS = 2_000_000
"""Pixels of such a BMP that are decoded, for half a second in all."""


class DecodingAllowance:
    """What may still be decoded of a message. Not shared between threads."""

    def __init__(self, pixels: int = MESSAGE_PIXELS) -> None:
        self._left = pixels

    def take(self, cost: int) -> bool:
        """Take `cost` off what is left; False, and nothing taken, where that is less."""
        if cost > self._left:
            return False
        self._left -= cost
        return True


def decoding_cost(row: Format, walk: Walk, pixels: int, data: bytes) -> int:
    """What it costs to decode that many pixels of this picture."""
    if row.pillow == "JPEG":
        return pixels * walk.scans // _SCANS if walk.several_scans else pixels // _SCALED
    if row.pillow == "WEBP":
        return int(pixels * _WEBP)
    return pixels * _RUNS if is_run_length_bmp(row, data) else pixels


def is_run_length_bmp(row: Format, data: bytes) -> bool:
    """True where each pixel is decoded in Python, however few bytes stand for them."""
    # The oldest header, of 12 bytes, knows no compression, and has colours there.
    header, compression = (int.from_bytes(data[at : at + 4], "little") for at in (14, 30))
    return row.pillow == "BMP" and header >= 40 and compression in (1, 2)  # BI_RLE8, BI_RLE4
