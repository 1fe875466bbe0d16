"""The smallest number of bytes that does, found by trying, so that what an error promises is true."""

from __future__ import annotations

from collections.abc import Callable

_STEP = 1.03
"""A limit that is found may be 3 % more than the least one: nearer would only take more encodes."""


def smallest(does: Callable[[int], bool], start: int, *, most: int) -> int | None:
    """The smallest number for which `does` holds, within 3 %, from a guess; None where `most` does not do."""
    high = min(max(start, 1), most)
    low = high
    if does(high):
        while low > 1 and does(low := low // 2):
            high = low
    else:
        while not does(high := min(most, 2 * low)):
            if high >= most:
                return None
            low = high
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
