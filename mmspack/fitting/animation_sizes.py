"""At which size an animation takes how many bytes: by a guess, and by the encodes that were made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mmspack.fitting.animation_forecast import Palettes
from mmspack.fitting.animation_guess import LEAST_POWER, MOST_POWER, SCALE, Guess

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHOLE = 0.9
"""Share of the source from which bytes are on the line of the full size, where nothing is blurred."""
_BELOW = 0.995
"""How near a size is to the full one that is to be below it."""
_NEAR = 0.75
"""Share of that from which the full size may fit as well."""
_APART = 0.02
"""log2 of two sizes from which a line through both leads anywhere."""


class Sizes:
    """Sizes as fractions of the display's, in any number of colours; None is the usual one.

    `fitting`: the source's width over the display's.
    """

    def __init__(self, guess: Guess, colours: Palettes, fitting: float) -> None:
        self._guess = guess
        self._palettes = colours
        self._fitting = fitting
        self._known: dict[int | None, dict[float, float]] = {}
        """log2 of size and of bytes of what was encoded."""

    def learn(self, factor: float, colours: int | None, size: int) -> None:
        """An encode at `factor` took `size` bytes."""
        self._known.setdefault(colours, {})[math.log2(factor)] = math.log2(size)

    def knows(self, colours: int | None) -> bool:
        """True where there was an encode in so many colours."""
        return colours in self._known

    def factor_for(self, limit: float, colours: int | None = None, *, most: float = math.inf) -> float:
        """The size that is expected to take `limit` bytes; above 1 when the full size takes fewer.

        `most`: a size that is known to take more.
        """
        aim = math.log2(max(limit, 1.0))
        factor = float(2 ** self._on_line(colours, aim, whole=False))
        least = _WHOLE * self._fitting
        if least > 1 or factor < _NEAR * least:
            return factor
        # Where the palette changes, the bytes jump, and a line through both sides leads nowhere: what is not
        # blurred may even take fewer.
        found = float(2 ** self._on_line(colours, aim, whole=True))
        return found if least <= found < most else min(factor, _BELOW * least)

    def bytes_for(self, factor: float, colours: int | None = None) -> int:
        """The bytes that a size is expected to take."""
        low, high = 100.0, 1e9
        for _ in range(40):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if self.factor_for(middle, colours) < factor else (low, middle)
        return math.ceil(high)

    def _on_line(self, colours: int | None, aim: float, *, whole: bool) -> float:
        """Where the line through the two nearest encodes has `aim`; all are log2 of size and of bytes.

        Where there are fewer, it is the guess that leads, from the one that there is.
        """
        known = self._points_of(colours, whole=whole)
        near = sorted(known.items(), key=lambda point: abs(point[1] - aim))[:2]
        if len(near) > 1 and abs(near[0][0] - near[1][0]) > _APART:
            (factor, size), (other, others) = near
            power = (size - others) / (factor - other)
            return factor + (aim - size) / min(MOST_POWER, max(LEAST_POWER, power))
        factor, size = near[0] if near else (0.0, self._said(colours, 0.0, whole=whole))
        off = size - self._said(colours, factor, whole=False)
        return math.log2(self._guess.scale_for(colours, aim - off) * self._fitting)

    def _points_of(self, colours: int | None, *, whole: bool) -> Mapping[float, float]:
        """log2 of size and of bytes of encodes on that side, of other colours where these have none."""
        known = {
            other: points
            for other, encodes in self._known.items()
            if (points := {at: size for at, size in encodes.items() if self._is_whole(at) == whole})
        }
        if colours in known or not known:
            return known.get(colours, {})
        # What the guess is off by lies between what it is off by for fewer colours and for more.
        offs = {self._number(other): self._off(other, points, whole=whole) for other, points in known.items()}
        numbers = sorted(offs)
        number = self._number(colours)
        off = float(np.interp(number, numbers, [offs[one] for one in numbers]))
        nearest = min(known, key=lambda other: abs(self._number(other) - number))
        more = off - self._off(nearest, known[nearest], whole=whole)
        return {
            at: size + more + self._said(colours, at, whole=whole) - self._said(nearest, at, whole=whole)
            for at, size in known[nearest].items()
        }

    def _off(self, colours: int | None, points: Mapping[float, float], *, whole: bool) -> float:
        """How much more the largest took than was guessed, as log2."""
        return points[max(points)] - self._said(colours, max(points), whole=whole)

    def _said(self, colours: int | None, factor: float, *, whole: bool) -> float:
        """The guess for log2 of the bytes; the full size's, where nothing is blurred, for `whole`."""
        said = self._guess.of(colours, 2**factor / self._fitting)
        if whole:
            said += self._guess.of_whole(colours) - self._guess.of(colours, 1.0)
        return said

    def _number(self, colours: int | None) -> float:
        """log2 of the number of colours."""
        return math.log2(colours or len(self._palettes.at(SCALE)))

    def _is_whole(self, factor: float) -> bool:
        return 2**factor / self._fitting >= _WHOLE
