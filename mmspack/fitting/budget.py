"""One budget over all pictures of a message, by what the next byte gains in each.

Every picture is a curve: (bytes, quality) points. The bytes go where they raise the message most, and what
a message is worth is the sum of its pictures' worth (`worth`), which bends: from 30 to 40 counts about
twice as much as from 50 to 60. That lies between the best mean and the best worst slide (docs/fitting.md
holds the measurement).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

BEND = 25.0
"""Points of quality over which the worth of one more point falls to 1/e."""


@dataclass(frozen=True, slots=True)
class QualityCurve:
    """What bytes buy for one picture: points of (bytes, quality), both rising. The first is the least."""

    points: tuple[tuple[int, float], ...]
    weight: float = 1.0

    @property
    def least(self) -> int:
        """The fewest bytes that this picture can take."""
        return self.points[0][0]


def worth(quality: float) -> float:
    """What a picture of that quality adds to a message."""
    return -math.exp(-quality / BEND)


def share(curves: Sequence[QualityCurve], total: int) -> list[int] | None:
    """Bytes for each picture, together at most `total`; None when not even the least of each fits.

    Takes the upper hull of each curve and climbs by the steepest step first, which is the best
    sum for that budget up to the last step; what is left over after it is handed out in proportion.
    """
    spent = sum(curve.least for curve in curves)
    if spent > total:
        return None
    shares = [curve.least for curve in curves]
    climbs = sorted(
        ((gain, index, size) for index, curve in enumerate(curves) for gain, size in _steps(curve)),
        key=lambda climb: (-climb[0], climb[1], climb[2]),
    )
    for _, index, size in climbs:
        if spent + size - shares[index] > total:
            return _hand_out(shares, curves, total - spent, index, size)
        spent += size - shares[index]
        shares[index] = size
    return _hand_out(shares, curves, total - spent)


def _steps(curve: QualityCurve) -> list[tuple[float, int]]:
    """(gain a byte, bytes to climb to) along the upper hull, steepest first."""
    hull: list[tuple[int, float]] = []
    for size, quality in curve.points:
        point = (size, worth(quality) * max(curve.weight, 1e-6))
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) <= _slope(hull[-1], point):
            hull.pop()
        if not hull or point[0] > hull[-1][0]:
            hull.append(point)
    return [(_slope(a, b), b[0]) for a, b in itertools.pairwise(hull) if b[1] > a[1]]


def _slope(a: tuple[int, float], b: tuple[int, float]) -> float:
    return (b[1] - a[1]) / max(b[0] - a[0], 1)


def _hand_out(
    shares: list[int], curves: Sequence[QualityCurve], left: int, cut: int | None = None, wanted: int = 0
) -> list[int]:
    """What is left: to the picture whose step was cut off as far as it goes, the rest in proportion."""
    if cut is not None:
        more = min(left, wanted - shares[cut])
        shares[cut] += more
        left -= more
    growing = [index for index, curve in enumerate(curves) if len(curve.points) > 1]
    base = sum(shares[index] for index in growing)
    for index in growing:
        shares[index] += left * shares[index] // max(base, 1)
    return shares
