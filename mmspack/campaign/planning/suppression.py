"""The suppression list: numbers that are never to be sent to. What cannot be read in it stops the plan."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from mmspack.campaign.planning.numbers import Number, read_number
from mmspack.campaign.planning.read_tables import columns_of, number_column, read_rows
from mmspack.errors import InputError

_NAMED = 5
"""Lines that an error names, of those that cannot be read."""


def read_suppression(path: Path, country: str | None = None) -> set[int]:
    """The numbers of a suppression list: a table with a column of numbers, or one number a line.

    A number that may mean two is suppressed as both. Raises `InputError` where one cannot be read: whoever
    has opted out would be sent to.
    """
    numbers: set[int] = set()
    unread: list[str] = []
    for line, number in _numbers(path, country):
        found = number.either or ((number.msisdn,) if number.msisdn else ())
        if not found:
            unread.append(f"line {line}: {number.problem}")
        numbers.update(found)
    if unread:
        told = "; ".join(unread[:_NAMED])
        more = f"; and {len(unread) - _NAMED:,} more" if len(unread) > _NAMED else ""
        raise InputError(
            f"{told}{more}",
            where=path,
            hint="correct or delete them: an unreadable entry must not lead to a message being sent",
        )
    return numbers


def _numbers(path: Path, country: str | None) -> Iterator[tuple[int, Number]]:
    columns = columns_of(path)
    if not columns:
        raise InputError("is empty", where=path, hint="an empty list still needs its header, msisdn")
    if _is_number(columns[0]):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for line, cells in enumerate(csv.reader(stream.read().splitlines()), 1):
                if any(cell.strip() for cell in cells):
                    yield line, read_number(re.split(r"[;\t|]", cells[0])[0], country)
        return
    column = number_column(path, columns) if len(columns) != 1 else columns[0]
    for row in read_rows(path):
        if row.problem and column not in row.values:
            yield row.line, Number(problem=row.problem)
        elif row.problem or any(value not in ("", None) for value in row.values.values()):
            yield row.line, read_number(row.values.get(column), country)


def _is_number(header: str) -> bool:
    """Whether the first line has a number and not the name of a column."""
    return any(letter.isdigit() for letter in header) and not any(letter.isalpha() for letter in header)
