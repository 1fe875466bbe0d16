"""Tables that are written for people: CSV that no spreadsheet mistakes for formulas."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from mmspack.errors import OutputError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """A value as text that a spreadsheet shows and does not calculate: `=1+1` becomes `'=1+1`."""
    text = "" if value is None else str(value)
    text = text.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


class BadRows:
    """The rows that were left out, each with its reason, beside the ledger; readable for its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._part = path.with_name(f".{path.name}.part")
        try:
            handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise OutputError(f"{path}: cannot write: {(error.strerror or str(error)).lower()}") from None
        self._stream = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._table = csv.writer(self._stream)
        self._table.writerow(["table", "line", "reason", "row"])

    def write(self, table: Path, line: int, reason: str, values: Mapping[str, object]) -> None:
        """Add one row. Raises `OutputError`."""
        self.rows += 1
        cells = [table.name, line, reason, *values.values()]
        try:
            self._table.writerow([safe_cell(cell) for cell in cells])
        except OSError as error:
            raise OutputError(
                f"{self.path}: cannot write: {(error.strerror or str(error)).lower()}"
            ) from None

    def finish(self) -> Path | None:
        """The file, in its place; None where there was no row."""
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
        raise OutputError(f"{path}: cannot write: {(error.strerror or str(error)).lower()}") from None
    finally:
        part.unlink(missing_ok=True)
