"""What an effort means: how near the budget is enough, and how often may be tried."""

from __future__ import annotations

from typing import NamedTuple


class EncodeLimits(NamedTuple):
    """How near the budget is enough, and how many encodes it may take.

    Each goes the way of the cheaper ones first and then on, so that it never ends below them.
    """

    filled: float
    encodes: int


EFFORTS = {
    "fast": EncodeLimits(filled=0.93, encodes=5),
    "good": EncodeLimits(filled=0.972, encodes=8),
    "best": EncodeLimits(filled=0.992, encodes=12),
}
"""Two encodes usually end within 2.8 % of the budget, which is what `good` asks for (docs/fitting.md)."""

MOVING_SLACK = 0.03
"""Share of the bytes by which an animation may miss its budget further than a photo: an encode takes long."""
