"""Words that several wings of the program put their numbers into."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """`1 slide`, `3 slides`, `1,200 slides`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
