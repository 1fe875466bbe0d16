"""Why rows were left out, counted for the screen: each reason once, with its first lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

FIRST_LINES = 5
"""Lines that are named of each."""
_MOST_REASONS = 40
"""A reason may hold a value of the row; further ones are counted together."""
_OTHERS = "other reasons"
_OF_THE_ROW = (
    (re.compile(r"in line \d+ of .*"), "in an earlier line"),
    (re.compile(r"has \d+ cells?, but the header has \d+"), "has more or fewer cells than the header"),
)
"""What differs from row to row, and how it is said of all of them."""


def in_lines(number: int, first: Sequence[int]) -> str:
    """`line 7`, or `lines 2, 5, 9 …` where there are more than are known."""
    told = ", ".join(f"{line:,}" for line in first)
    return f"line{'s' if number > 1 else ''} {told}{' …' if number > len(first) else ''}"


class Reasons:
    """The reasons of a plan, however many rows it has."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, list[int]]] = {}

    def count(self, reason: str, line: int) -> None:
        """Another row that was left out; numbers that differ from row to row make no reason of their own."""
        name = reason
        for pattern, words in _OF_THE_ROW:
            name = pattern.sub(words, name)
        if name not in self._found and len(self._found) >= _MOST_REASONS:
            name = _OTHERS
        number, lines = self._found.get(name, (0, []))
        self._found[name] = (number + 1, [*lines, line] if len(lines) < FIRST_LINES else lines)

    def most_frequent(self) -> dict[str, tuple[int, list[int]]]:
        """Each reason with its rows and first lines, the most frequent first."""
        return dict(sorted(self._found.items(), key=lambda item: -item[1][0]))
