"""Tables that are written for people: CSV that no spreadsheet mistakes for formulas."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from mmspack.campaign.planning.read_tables import TableRow
from mmspack.errors import OutputError
from mmspack.words import system_reason

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """A value as text that a spreadsheet shows and does not calculate: `=1+1` becomes `'=1+1`."""
    text = "" if value is None else str(value)
    text = text.replace("\0", "").encode("utf-8", "replace").decode()
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


_HEAD = ("table", "line", "reason")
_RAW = "as read"
_BEFORE, _CURE = "left out before (", "): correct it, and clear its reason"


def holds_bad_rows(columns: Sequence[str]) -> bool:
    """Whether a table is a bad-rows file that somebody has corrected."""
    return tuple(columns[: len(_HEAD)]) == _HEAD


def mended_rows(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """The rows of a bad-rows file as they were; one that still has its reason has not been corrected."""
    for row in rows:
        values = {name: _unsafe(value) for name, value in row.values.items()}
        reason = str(values.get("reason") or "").strip()
        # A file may be planned again and again: the reason stands there once.
        reason = reason.removeprefix(_BEFORE).removesuffix(_CURE)
        unmended = f"{_BEFORE}{reason}{_CURE}" if reason else ""
        yield replace(row, values=values, problem=row.problem or unmended)


def _unsafe(value: object) -> object:
    """What `safe_cell` was given."""
    text = str(value)
    return text[1:] if text[:1] == "'" and safe_cell(text[1:]) == text else value


class BadRows:
    """The rows that were left out, each with its reason, beside the ledger; readable for its owner alone.

    It has the columns of the table, so that it can be corrected and planned itself.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.rows = 0
        self._columns = [name for name in columns if name not in (*_HEAD, _RAW)]
        self._part = path.with_name(f".{path.name}.part")
        try:
            handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise OutputError(f"cannot write: {system_reason(error)}", where=path) from None
        self._stream = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._table = csv.writer(self._stream)
        self._table.writerow([*_HEAD, *map(safe_cell, self._columns), _RAW])

    def write(self, table: Path, line: int, reason: str, values: Mapping[str, object], raw: str = "") -> None:
        """Add one row; `raw` is what was read of one that is broken. Raises `OutputError`."""
        self.rows += 1
        cells = [table.name, line, reason, *(values.get(name) for name in self._columns), raw]
        try:
            self._table.writerow([safe_cell(cell) for cell in cells])
        except OSError as error:
            raise OutputError(f"cannot write: {system_reason(error)}", where=self.path) from None

    def finish(self) -> Path | None:
        """The file, moved into place; None where there was no row."""
        self._stream.close()
        if not self.rows:
            self._part.unlink()
            return None
        self._part.replace(self.path)
        return self.path

    def abandon(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):
            self._stream.close()
        self._part.unlink(missing_ok=True)


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name when it is whole; readable for its owner alone."""
    part = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write: {system_reason(error)}", where=path) from None
    finally:
        part.unlink(missing_ok=True)
