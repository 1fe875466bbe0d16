"""Recipients read from a spreadsheet's own file: the first sheet, or the one that is named."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path

from mmspack.errors import InputError
from mmspack.words import choose_from, did_you_mean

ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
_MOST_UNPACKED = 500_000_000
"""Bytes of a workbook's XML: a million rows of six columns have about 200 million; a zip bomb has more."""
SHEET = "#"
"""Before the name of a sheet: `people.xlsx#Guests`."""


def is_workbook(path: Path) -> bool:
    """True for a workbook's name, with a sheet or without."""
    return split_sheet(path)[0].suffix.lower() in ENDINGS


def split_sheet(path: Path) -> tuple[Path, str]:
    """The file and the name of the sheet, which is empty where none is named."""
    name, sign, sheet = str(path).rpartition(SHEET)
    if not sign or path.is_file() or Path(name).suffix.lower() not in ENDINGS:
        return path, ""
    return Path(name), sheet


def read_cells(path: Path) -> Iterator[tuple[int, list[object]]]:
    """The rows of a sheet that hold something, with their numbers from 1.

    Whole numbers are `int`, dates and times ISO 8601. Raises `InputError`.
    """
    file, sheet = split_sheet(path)
    _prove_size(file)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(file)
        names = book.sheet_names
        if sheet and sheet not in names:
            hint = did_you_mean(sheet, names, choose_from(names))
            raise InputError(f"no sheet {sheet!r}", where=file, hint=hint)
        if not names:
            raise InputError("has no sheets", where=file)
        for number, cells in enumerate(_rows(book, sheet or names[0]), 1):
            if any(value != "" for value in cells):
                yield number, cells
    except python_calamine.CalamineError as error:
        raise InputError(f"not a workbook that can be read: {error}", where=file) from None


def _rows(book: object, sheet: str) -> Iterator[list[object]]:
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    return ([_plain(value) for value in row] for row in rows)


def _plain(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else str(value)


def _prove_size(path: Path) -> None:
    """Refuse a workbook that unpacks to more than any table of recipients."""
    if path.suffix.lower() == ".xls":
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise InputError(
            "not a workbook that can be read", where=path, hint="save it again as .xlsx"
        ) from None
    if unpacked > _MOST_UNPACKED:
        hint = "save the sheet as CSV UTF-8, or split it"
        raise InputError(
            f"unpacks to {unpacked:,} bytes, more than {_MOST_UNPACKED:,}", where=path, hint=hint
        )
