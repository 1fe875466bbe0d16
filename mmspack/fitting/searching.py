"""The smallest number of bytes that does, found by trying, so that what an error promises is true."""

from __future__ import annotations

from collections.abc import Callable

_FIRST_STEP = 1.1
"""Away from the guess; each step is the square of the last, up to twice: most guesses are near."""
_STEP = 1.03
"""A limit that is found may be 3 % more than the least one: nearer would only take more encodes."""


def smallest(does: Callable[[int], bool], start: int, *, most: int) -> int | None:
    """The smallest number for which `does` holds, within 3 %, from a guess; None where `most` does not do."""
    high = min(max(start, 1), most)
    low, step = high, _FIRST_STEP
    if does(high):
        while low > 1 and does(low := int(low / step)):
            high, step = low, min(2.0, step * step)
    else:
        while not does(high := min(most, int(low * step) + 1)):
            if high >= most:
                return None
            low, step = high, min(2.0, step * step)
    while high > low * _STEP + 1:
        middle = round((low * high) ** 0.5)
        if middle in (low, high):
            break
        low, high = (low, middle) if does(middle) else (middle, high)
    return high


def next_that_does(does: Callable[[int], bool], start: int, *, most: int) -> int | None:
    """The first number from `start` on, in steps of 3 %, for which `does` holds; None up to `most`."""
    found = start
    while not does(found):
        if found >= most:
            return None
        found = min(most, int(found * _STEP) + 1)
    return found
