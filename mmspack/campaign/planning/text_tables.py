"""Tables of text as spreadsheets and databases write them: encoding, delimiter, names of the columns."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mmspack.errors import InputError

EMPTY_HINT = "the first line of a table holds the names of its columns"
ENDINGS = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t|"
_SAVE_AS = "open it in a spreadsheet and save it as CSV UTF-8"
_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The first line that tells Excel how cells are separated."""
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)
"""A cell that keeps a spreadsheet from reading digits as a number: `="447700900123"`."""
_PAGE = re.compile(rb"\s*<(?:!doctype|html|table|\?xml|head|body)\b", re.IGNORECASE)
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of text that is open behind its header."""

    stream: TextIO
    delimiter: str
    names: tuple[str, ...]
    """Names of all columns, empty for one without; the second of two alike is called `name (2)`."""
    twice: frozenset[str]
    """Names that several columns have."""
    line: int
    """Line of the header, from 1."""


@contextmanager
def open_text(path: Path) -> Iterator[TextTable]:
    """A table of text. Raises `InputError` for what is none, with what it is, and `UnicodeDecodeError`."""
    with path.open(encoding=_encoding(path), newline="") as stream:
        header, line = stream.readline(), 1
        told = _SEPARATOR.fullmatch(header)
        if told:
            header, line = stream.readline(), 2
        delimiter = told[1] if told else max(_DELIMITERS, key=header.count)
        try:
            raw = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        except csv.Error as error:
            raise InputError(f"the header cannot be read: {error}", where=path, hint=_SAVE_AS) from None
        if not any(raw):
            raise InputError("is empty", where=path, hint=EMPTY_HINT)
        counts = Counter(raw)
        twice = frozenset(name for name in counts if name and counts[name] > 1)
        yield TextTable(stream, delimiter, apart(raw), twice, line)


def cell(text: str) -> str:
    """What a cell holds, without the formula that keeps digits as text."""
    found = _AS_TEXT.fullmatch(text) if text.startswith("=") else None
    return found[1] if found else text


def apart(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each once."""
    seen: Counter[str] = Counter()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(apart)


def _encoding(path: Path) -> str:
    """How a table of text is encoded. Raises `InputError` where it is something else."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"  # "Unicode text" as Excel saves it
    if head.startswith(b"PK\x03\x04"):
        book = b"[Content_Types].xml" in head or b"xl/" in head
        what = "is an Excel workbook under another name" if book else "is a zip file, not a table"
        raise InputError(what, where=path, hint="rename it so that it ends in .xlsx" if book else _SAVE_AS)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        hint = "rename it so that it ends in .xls"
        raise InputError("is an old Excel workbook under another name", where=path, hint=hint)
    if _PAGE.match(head.removeprefix(codecs.BOM_UTF8)):
        raise InputError("is a web page (HTML), not a table", where=path, hint=_SAVE_AS)
    if len(head) > 3 and (not any(head[1::2]) or not any(head[::2])):
        raise InputError("is UTF-16 without a byte order mark", where=path, hint=_SAVE_AS)
    return "utf-8-sig"
