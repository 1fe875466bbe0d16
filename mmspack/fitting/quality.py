"""Quality as a number and in words.

The number follows SSIMULACRA2 at display size (100: no difference can be seen; 70 looks high, 50 medium,
30 low). It is predicted from what the encoder did and how much detail the picture holds, not measured:
over camera photos the prediction is off by 3 points at full size and 6 at smaller ones (root mean square).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmspack.media.graphics import Errors
    from mmspack.media.similarity import Detail

UNTOUCHED = "untouched"
NOTHING_TO_SEE = "nothing visible"

FAIR, POOR = 50.0, 30.0
"""Below the first a picture is visibly reduced, below the second poor."""
_WORDS = (
    (90.0, "no visible difference"),
    (78.0, "very good"),
    (65.0, "good"),
    (FAIR, "fair"),
    (POOR, "visibly reduced"),
)


def in_words(quality: float) -> str:
    """The number as an editor would say it."""
    return next((words for least, words in _WORDS if quality >= least), "poor")


WORST = -200.0
"""Predictions go below 0: a curve that is flat there would make stamps of slides in a tight message."""


def shown(quality: float) -> float:
    """The number as a report has it, 0 to 100."""
    return round(min(100.0, max(0.0, quality)), 1)


def of_photo(detail: Detail, step: float, factor: float, bits: float) -> float:
    """Predicted quality of a JPEG at `step`, `factor` of the display size, log2 `bits` a display pixel.

    The logarithm of what is missing to 104 is nearly linear in these; the numbers are a least-squares
    fit over 188 encodes of eight photos.
    """
    lost = 0.026 * step * step - 0.020 * bits * step
    if factor >= 0.9:
        lost += 4.107 + 0.266 * step + 0.296 * detail.rms + 0.039 * detail.mean - 0.297 * bits
    else:
        small = math.log2(factor)
        lost += 3.925 + 0.188 * step + 0.509 * detail.rms - 0.056 * detail.mean - 0.348 * bits
        lost += small * (0.09 * step - 0.223)
    return min(100.0, max(WORST, 104.0 - math.exp2(min(lost, 12.0))))


def of_errors(errors: Errors) -> float:
    """Predicted quality of a graphic, from what an encode of it changed.

    Fitted over 155 palettes and JPEGs of thirteen graphics and screenshots: off by 2 points above 85,
    6 above 70, 12 below (root mean square). Where edges are blurred or ringed, nothing else counts: the
    JPEGs among them lay near 100 - 2.5 times the error at the edges.
    """
    edges, overall, colour = (math.log2(value + 0.05) for value in errors)
    lost = math.exp2(3.914 + 0.082 * edges + 0.220 * overall + 0.376 * colour)
    return min(100.0, 104.0 - lost - 0.5 * max(0.0, lost - 50.0), 100.0 - 2.5 * errors.edges)


def of_motion(structure: float, peaks: float) -> float:
    """Predicted quality of animation frames, from what their scaling loses.

    `structure` is the unlikeness of the luma, `peaks` the root mean square of the difference less its mean,
    in levels. Fitted over seven animations at four sizes: off by 12 points, 22 for one that was left out.
    """
    return 104.0 - 12.2 - 527.0 * structure - 4.9 * peaks


def of_film(structure: float, rate: float, wanted: float) -> float:
    """Predicted quality of a film at display size, from the mean structural unlikeness of its frames.

    Fitted over 97 encodes of four clips at five sizes: off by 5 points above 20 (root mean square). Where
    frames are left out, below 24 a second, motion stutters, which no frame shows: each halving is taken for
    30 points, by eye. `rate` and `wanted`, what the source has, are frames a second.
    """
    smooth = min(24.0, wanted)
    stutter = 30.0 * math.log2(smooth / rate) if rate < smooth else 0.0
    return max(WORST, 103.5 - 300.4 * math.pow(structure, 0.557) - stutter)


def of_sound(distance: float) -> float:
    """Quality of a sound from `hearing.distance`.

    Set by ear: 64 kbit/s of AAC hold 87, 32 kbit/s 70, AMR at 12.2 kbit/s 52 for speech, at 4.75 25.
    """
    return max(0.0, 100.0 - 170.0 * math.pow(distance, 0.75))
