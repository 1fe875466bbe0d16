"""Recipients read from a table: CSV, JSON lines, Parquet or a workbook, one row after the other."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mmspack.campaign.planning import text_tables, workbooks
from mmspack.campaign.planning.text_tables import TextTable, apart, cell, open_text
from mmspack.errors import InputError, UsageError
from mmspack.words import count, did_you_mean, either, nearest, system_reason

NUMBER_COLUMN = "msisdn"
_RAW_LETTERS = 10_000
_NO_DATE = 9
"""Digits of a phone number, which a date as a column's name has not."""
_PHONE = re.compile(r"\s*'?\+?\(?\d[\d\s().\-/]{5,}\s*")
_UNCLOSED = "a quotation mark is opened but not closed"
_BROKEN = {"unexpected end of data": _UNCLOSED, "field larger than field limit": _UNCLOSED}


PROBLEM = "\0problem"
"""Under which a program's row, kept as JSON, says why it cannot be used: no header holds a NUL."""


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
    """The rows of a CSV, JSON lines, Parquet or spreadsheet file; `people.xlsx#Guests` names a sheet.

    Raises `InputError` for a file that cannot be read, `UsageError` for another kind of file or for Parquet
    without its extra. A row that is broken comes with its problem.
    """
    readers = {
        **dict.fromkeys(text_tables.ENDINGS, _csv),
        **dict.fromkeys(workbooks.ENDINGS, _workbook),
        ".jsonl": _json,
        ".ndjson": _json,
        ".parquet": _parquet,
    }
    file, _ = workbooks.split_sheet(path)
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise UsageError(
            f"recipients cannot be read from a {file.suffix or 'file without an ending'}",
            where=path,
            hint="save them as .csv, .xlsx or .jsonl",
        )
    if not file.is_file():
        raise InputError(f"no file {str(file)!r}", hint=_near(file))
    with _readable(path):
        yield from reader(path)


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of the columns: of the header, or of the first row. Raises as `read_rows`."""
    if path.suffix.lower() in text_tables.ENDINGS and path.is_file():
        with _readable(path), open_text(path) as table:
            return tuple(filter(None, table.names))
    first = next(read_rows(path), None)
    return tuple(first.values) if first else ()


def columns_twice(path: Path) -> frozenset[str]:
    """Names that several columns have: none of them can be used. Raises as `read_rows`."""
    if workbooks.is_workbook(path):
        with _readable(path):
            counts = Counter(_header(next(workbooks.read_cells(path), (1, []))[1]))
        return frozenset(name for name in counts if name and counts[name] > 1)
    if path.suffix.lower() not in text_tables.ENDINGS or not path.is_file():
        return frozenset()
    with _readable(path), open_text(path) as table:
        return table.twice


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What a system or a codec says about a table, in one line."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise InputError(
            f"not {error.encoding.upper()} (byte 0x{error.object[error.start]:02x})",
            where=path,
            hint="save it as CSV UTF-8",
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read: {system_reason(error)}", where=path) from None


def number_column(path: Path, columns: Sequence[str], wanted: str = NUMBER_COLUMN) -> str:
    """The column of the numbers as it is written. Raises `UsageError` with the nearest name."""
    return column_of(
        path, columns, wanted, cure=f"name the column with {either('--to-column', 'to_column=')}"
    )


def column_of(path: Path, columns: Sequence[str], wanted: str, *, cure: str = "") -> str:
    """A column as it is written in the table. Raises `UsageError` with the nearest name, `InputError`."""
    if not columns:
        raise InputError("is empty", where=path, hint=text_tables.EMPTY_HINT)
    by_name = {column.strip().casefold(): column for column in columns}
    found = by_name.get(wanted.strip().casefold())
    if found is not None:
        if found in columns_twice(path):
            raise InputError(f"the column {found!r} occurs twice", where=path, hint="rename one of them")
        return found
    if any(_PHONE.fullmatch(name) and sum(map(str.isdigit, name)) >= _NO_DATE for name in columns):
        raise UsageError(
            "the first line is not a header",
            where=path,
            hint=f"begin the table with a line of names, among them {wanted!r}",
        )
    near = nearest(wanted.casefold(), by_name)
    meant = f"did you mean {by_name[near]!r}?" if near else ""
    raise UsageError(
        f"no column {wanted!r} among {', '.join(map(repr, columns)) or 'none'}",
        where=path,
        hint=" ".join(filter(None, (meant, cure))),
    )


def _csv(path: Path) -> Iterator[TableRow]:
    with open_text(path) as table:
        names = table.names
        for line, cells, lines, problem in _records(table):
            raw = "".join(lines).rstrip("\r\n")
            values = {name: cell(text) for name, text in zip(names, cells, strict=False) if name}
            if problem:
                yield TableRow(line, {}, problem, raw)
            elif not any((*names[len(cells) :], *cells[len(names) :])):
                yield TableRow(line, values)
            elif cells:
                problem = f"has {count(len(cells), 'cell')}, but the header has {len(names)}"
                yield TableRow(line, values, problem, raw)


def _header(cells: Sequence[object]) -> list[str]:
    return [str(value).strip() for value in cells]


def _workbook(path: Path) -> Iterator[TableRow]:
    names: list[str] = []
    for number, cells in workbooks.read_cells(path):
        if not names:
            names = list(apart(_header(cells)))
            continue
        yield TableRow(number, {name: value for name, value in zip(names, cells, strict=False) if name})


Record = tuple[int, list[str], Sequence[str], str]
"""Line, cells, the lines that were read, and what is wrong with them."""


def _records(opened: TextTable) -> Iterator[Record]:
    """The records after the header. After a broken one it continues with the next line.

    A quote that is never closed, or that another row's quote closes, would else swallow the rows in between.
    """
    stream, names, delimiter = opened.stream, opened.names, opened.delimiter
    again: deque[str] = deque()
    taken: list[str] = []

    def lines() -> Iterator[str]:
        while text := again.popleft() if again else stream.readline():
            taken.append(text)
            yield text

    line = opened.line + 1
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
                yield TableRow(line, values, values.pop(PROBLEM, ""))
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
    there = [str(entry) for entry in folder.iterdir()] if folder.is_dir() else []
    return did_you_mean(str(path), there)
