"""A value as a message about it has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from numbers import Real

from mmspack.arguments import named
from mmspack.words import table


def shown(value: object) -> str:
    """A value as a message has it: at most 40 characters, in the words of TOML, not of Python."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return table("a table", "a dict")
    if isinstance(value, date | time):
        return value.isoformat()
    if not isinstance(value, str | bytes | list | tuple | Real):
        return named(type(value))  # of a program: its repr is long, and says less
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    return text if len(text) <= 40 else text[:37] + "…"
