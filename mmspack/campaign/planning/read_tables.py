"""Recipients read from a table: CSV, JSON lines or Parquet, one row after the other, never the whole file."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mmspack.errors import InputError, UsageError
from mmspack.words import did_you_mean, nearest, system_reason

NUMBER_COLUMN = "msisdn"
_DELIMITERS = ",;\t|"
_RAW_LETTERS = 10_000
_PHONE = re.compile(r"\s*'?\+?\(?\d[\d\s().\-/]{5,}\s*")
_UNCLOSED = "a quotation mark is opened but not closed"
_BROKEN = {"unexpected end of data": _UNCLOSED, "field larger than field limit": _UNCLOSED}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the table. `problem` says why it cannot be used, and is empty where it can."""

    line: int
    """Line of the file (CSV, JSON lines) or number of the row, from 1."""
    values: Mapping[str, object]
    problem: str = ""
    raw: str = ""
    """What was read of a row that is broken."""


def read_rows(path: Path) -> Iterator[TableRow]:
    """The rows of a `.csv`, `.jsonl` or `.parquet` file.

    Raises `InputError` for a file that cannot be read, `UsageError` for another kind of file or for Parquet
    without its extra. A row that is broken comes with its problem.
    """
    readers = {
        ".csv": _csv,
        ".tsv": _csv,
        ".txt": _csv,
        ".jsonl": _json,
        ".ndjson": _json,
        ".parquet": _parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UsageError("recipients must be in a .csv, .jsonl or .parquet file", where=path)
    if not path.is_file():
        raise InputError(f"no file {str(path)!r}", hint=_near(path))
    try:
        yield from reader(path)
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 (byte 0x{error.object[error.start]:02x})", where=path, hint="save it as UTF-8"
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read: {system_reason(error)}", where=path) from None


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of the columns: of the header, or of the first row. Raises as `read_rows`."""
    if path.suffix.lower() in (".csv", ".tsv", ".txt") and path.is_file():
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                return tuple(name.strip() for name in next(_reader(stream.readline()), []))
        except UnicodeDecodeError:
            raise InputError("not UTF-8", where=path, hint="save it as UTF-8") from None
    first = next(read_rows(path), None)
    return tuple(first.values) if first else ()


def number_column(path: Path, columns: Sequence[str], wanted: str = NUMBER_COLUMN) -> str:
    """The column of the numbers as it is written. Raises `UsageError` with the nearest name."""
    return column_of(path, columns, wanted, cure="name the column with --to-column")


def column_of(path: Path, columns: Sequence[str], wanted: str, *, cure: str = "") -> str:
    """A column as it is written in the table. Raises `UsageError` with the nearest name."""
    by_name = {column.strip().casefold(): column for column in columns}
    if wanted.strip().casefold() in by_name:
        return by_name[wanted.strip().casefold()]
    near = nearest(wanted.casefold(), by_name)
    meant = f"did you mean {by_name[near]!r}?" if near else ""
    raise UsageError(
        f"no column {wanted!r} among {', '.join(map(repr, columns)) or 'none'}",
        where=path,
        hint=" ".join(filter(None, (meant, cure))),
    )


def _reader(header: str) -> Iterator[list[str]]:
    delimiter = max(_DELIMITERS, key=header.count)
    return csv.reader([header], delimiter=delimiter)


def _csv(path: Path) -> Iterator[TableRow]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = stream.readline()
        delimiter = max(_DELIMITERS, key=header.count)
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if not names:
            raise InputError("is empty", where=path)
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise InputError(f"the column {doubles[0]!r} occurs twice", where=path)
        for line, cells, lines, problem in _records(stream, names, delimiter):
            raw = "".join(lines).rstrip("\r\n")
            if problem:
                yield TableRow(line, {}, problem, raw)
            elif len(cells) == len(names):
                yield TableRow(line, dict(zip(names, cells, strict=True)))
            elif cells:
                problem = f"has {len(cells)} cells, but the header has {len(names)}"
                yield TableRow(line, dict(zip(names, cells, strict=False)), problem, raw)


Record = tuple[int, list[str], Sequence[str], str]
"""Line, cells, the lines that were read, and what is wrong with them."""


def _records(stream: TextIO, names: Sequence[str], delimiter: str) -> Iterator[Record]:
    """The records after the header. After a broken one it continues with the next line.

    A quote that is never closed, or that another row's quote closes, would else swallow the rows in between.
    """
    again: deque[str] = deque()
    taken: list[str] = []

    def lines() -> Iterator[str]:
        while text := again.popleft() if again else stream.readline():
            taken.append(text)
            yield text

    line = 2
    table = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        problem = ""
        cells: list[str] = []
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _BROKEN.get(str(error).partition(" (")[0], f"broken CSV: {error}")
        if len(taken) > 1 and (problem or _swallows(taken[1:], len(names), delimiter)):
            problem = problem or "a quotation mark is opened that another row closes"
            again.extendleft(reversed(taken[1:]))
            del taken[1:]
        yield line, cells, tuple(taken) if problem or len(cells) != len(names) else (), problem
        line += len(taken)
        taken.clear()
        if problem:
            table = csv.reader(lines(), delimiter=delimiter, strict=True)


def _swallows(lines: Sequence[str], cells: int, delimiter: str) -> bool:
    """Whether a line in the midst of a quoted text is itself a row with a phone number."""
    rows = (next(csv.reader([line], delimiter=delimiter), []) for line in lines)
    return any(len(row) == cells and any(map(_PHONE.fullmatch, row)) for row in rows)


def _json(path: Path) -> Iterator[TableRow]:
    with path.open(encoding="utf-8-sig") as stream:
        for line, text in enumerate(stream, 1):
            if not text.strip():
                continue
            try:
                values = json.loads(text)
            except (ValueError, RecursionError):
                yield TableRow(line, {}, "is not JSON", text.strip()[:_RAW_LETTERS])
                continue
            if isinstance(values, dict):
                yield TableRow(line, values)
            else:
                yield TableRow(line, {}, "is not a JSON object", text.strip()[:_RAW_LETTERS])


def _parquet(path: Path) -> Iterator[TableRow]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs the optional package pyarrow", hint="pip install 'mmspack[parquet]'"
        ) from error
    try:
        table = pyarrow.parquet.ParquetFile(path)
        line = 0
        for batch in table.iter_batches(batch_size=4096):
            for values in batch.to_pylist():
                line += 1
                yield TableRow(line, values)
    except pyarrow.ArrowException as error:
        raise InputError(f"not Parquet: {str(error).splitlines()[0][:120]}", where=path) from None


def _near(path: Path) -> str:
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    return did_you_mean(path.name, names)
