"""Quality as a number and in words.

The number follows SSIMULACRA2 at display size (100: no difference can be seen; 70 looks high, 50 medium,
30 low). It is predicted from what the encoder did and how much detail the picture holds, not measured:
over camera photos the prediction is within 3 points at full size and 5 at half size (root mean square).
"""

from __future__ import annotations

import math

from mmspack.media.detail import Detail

_MOTION_HALVED = 40.0
_FRAMES_LOST = 20.0

UNTOUCHED = "untouched"

_WORDS = (
    (90.0, "no visible difference"),
    (78.0, "very good"),
    (65.0, "good"),
    (50.0, "fair"),
    (30.0, "visibly reduced"),
)


def in_words(quality: float) -> str:
    """The number as an editor would say it."""
    return next((words for least, words in _WORDS if quality >= least), "poor")


def of_photo(detail: Detail, step: float, factor: float, bits: float) -> float:
    """Predicted quality of a JPEG at `step`, `factor` of the display size, log2 `bits` a display pixel."""
    if factor >= 0.9:
        value = 91.1 - 4.39 * step - 0.35 * detail.rms - 9.58 * detail.mean
        value += -1.95 * step * step + 9.42 * bits + 2.58 * bits * step
    else:
        value = 99.0 - 9.02 * step - 18.77 * detail.rms + 1.92 * detail.mean
        value += -1.7 * step * step + 10.14 * bits + 0.22 * bits * step
    return min(100.0, max(0.0, value))


def of_motion(factor: float, thinned: bool = False) -> float:
    """Predicted quality of an animation at `factor` of its display size, with all frames or not."""
    value = 90.0 + _MOTION_HALVED * math.log2(min(1.0, factor))
    return max(0.0, value - _FRAMES_LOST if thinned else value)


def factor_of_motion(quality: float) -> float:
    """The size at which an animation is expected to reach a quality."""
    return float(min(1.0, 2 ** ((quality - 90.0) / _MOTION_HALVED)))
