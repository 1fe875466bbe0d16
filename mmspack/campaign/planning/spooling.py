"""Recipients that a program holds, as a table for as long as a plan reads it, which it does twice."""

from __future__ import annotations

import datetime
import decimal
import json
import math
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mmspack.arguments import named
from mmspack.campaign.planning.read_tables import PROBLEM
from mmspack.errors import AuthoringError, MmspackError

Rows = Iterable[Mapping[str, object]]
"""Recipients from a program: dictionaries, a cursor's rows, `frame.to_dict("records")`."""


@contextmanager
def as_table(rows: Path | Rows, name: str) -> Iterator[Path]:
    """The path of a table; one of mappings is written to the temporary folder, readable by its owner alone.

    Whatever is raised about it names `name` in place of the temporary file. Raises `AuthoringError` for a row
    that is not a mapping.
    """
    if isinstance(rows, Path):
        yield rows
        return
    with tempfile.TemporaryDirectory(prefix="mmspack-") as folder:
        path = Path(folder) / f"{name}.jsonl"
        _write(rows, path, name)
        try:
            yield path
        except MmspackError as error:
            raise error.of(
                [
                    replace(problem, where=replace(problem.where, file=name))
                    if problem.where.file == os.fspath(path)
                    else problem
                    for problem in error.problems
                ]
            ) from error.__cause__


def _write(rows: Rows, path: Path, name: str) -> None:
    with path.open("x", encoding="utf-8") as stream:
        for number, row in enumerate(rows, 1):
            if not isinstance(row, Mapping):
                raise AuthoringError(
                    f"row {number}: expected a mapping, found {type(row).__name__}",
                    where=name,
                    hint='such as {"msisdn": "447700900999", "name": "Ada"}',
                )
            values: dict[str, object] = {}
            for key, value in row.items():
                try:
                    values[str(key)] = _plain(value)
                except TypeError as error:
                    values[PROBLEM] = f"{key} is {error}, which is neither text nor a number"
            stream.write(json.dumps(values) + "\n")


def _plain(value: object) -> object:
    """A value as JSON has it. A whole float becomes an integer: data frames with gaps make floats.

    Raises `TypeError`, which names the kind, for a value that would be sent in Python's own notation.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    number: object = value
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # a NumPy scalar
        number = value.item()
    if isinstance(number, decimal.Decimal):
        # As a template prints it: a price of 19.90 keeps its last digit.
        return str(number) if number.is_finite() else None
    if isinstance(number, float):
        if not math.isfinite(number):
            return None
        return int(number) if number.is_integer() else number
    if isinstance(number, str | bool | int):
        return number
    if isinstance(number, datetime.date | datetime.time):
        return number.isoformat()
    if isinstance(number, uuid.UUID):
        return str(number)
    raise TypeError(named(type(value)))
