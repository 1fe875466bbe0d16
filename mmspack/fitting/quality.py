"""Quality as a number and in words.

The number is SSIMULACRA2 at display size (100: no difference can be seen; 70 looks high, 50 medium, 30 low).
Of photos it is measured on tiles (`media/tiles.py`), of drawings on tiles at the finest scale and on the
whole at the others, of animations on three frames, of films on eight.
"""

from __future__ import annotations

import math

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


def whole(quality: float) -> int:
    """The number without decimals that has the same words: 49.8 is "visibly reduced", and 50 is not."""
    near = round(quality)
    return near if in_words(near) == in_words(quality) else math.floor(quality)


WORST = -200.0
"""Predictions go below 0: a curve that is flat there would make stamps of slides in a tight message."""


def shown(quality: float) -> float:
    """The number as a report has it, 0 to 100."""
    return round(min(100.0, max(0.0, quality)), 1)


_ROOT = 0.6276336467831387
"""The last step of SSIMULACRA2 takes this power of what was lost."""


def loss(value: float) -> float:
    """SSIMULACRA2 as what was lost: what scaling loses and what coding loses roughly add up in it."""
    return math.pow(max(0.0, 100.0 - value) / 10, 1 / _ROOT)


def of_film(lost: float, rate: float, wanted: float) -> float:
    """Quality of a film at display size, from the mean `loss` of its frames.

    Where frames are left out, below 24 a second, motion stutters, which no frame shows: each halving is
    taken for 30 points, by eye. `rate` and `wanted`, what the source has, are frames a second.
    """
    smooth = min(24.0, wanted)
    stutter = 30.0 * math.log2(smooth / rate) if rate < smooth else 0.0
    return max(WORST, 100.0 - 10.0 * math.pow(lost, _ROOT) - stutter)


def of_sound(distance: float) -> float:
    """Quality of a sound from `hearing.distance`.

    Set by ear: 64 kbit/s of AAC hold 87, 32 kbit/s 70, AMR at 12.2 kbit/s 52 for speech, at 4.75 25.
    """
    return max(0.0, 100.0 - 170.0 * math.pow(distance, 0.75))
