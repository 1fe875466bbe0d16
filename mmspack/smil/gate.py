"""The gate in front of the tree: what is not XML, contains a DTD or is too large never reaches lxml.

Expat keeps it. It reads a presentation in one pass, stops at a DTD before an entity can be declared, counts
while it reads, and knows the line, column and byte of each element. It is also the reader whose verdict
matters: the XML parser of Android's own library is expat, so what it refuses, old phones refuse too.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from mmspack.errors import InputError

MAX_BYTES = 1_000_000
"""Bytes of a presentation that are read: real ones have a few thousand."""
MAX_ELEMENTS = 10_000
MAX_DEPTH = 64
MAX_ATTRIBUTES = 200
"""Attributes of one element: the longest list of SMIL 3.0 has fewer than a hundred."""

_BEFORE_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<\?(?>.*?\?>)|<!--(?>.*?-->))*+", re.DOTALL)
_DOCTYPE = re.compile(
    rb"""<!DOCTYPE(?:[^\[\]<>"']++|"[^"]*+"|'[^']*+')*+
    (?:\[(?:<!--(?>.*?-->)|<\?(?>.*?\?>)|<(?!!--|\?)|"[^"]*+"|'[^']*+'|[^\]"'<]++)*+\]\s*+)?>""",
    re.DOTALL | re.VERBOSE,
)
"""Anchored and possessive: each byte is looked at once, however the declaration is broken."""


class SmilError(InputError):
    """The presentation is not XML, or is XML that must not be parsed.

    `kind` is `xml`, `doctype`, `encoding` or `huge`; `line` and `column` count from 1 where known.
    """

    def __init__(
        self, message: str, *, kind: str = "xml", line: int | None = None, column: int | None = None
    ):
        super().__init__(message)
        self.kind, self.line, self.column = kind, line, column


class TagPlace(NamedTuple):
    """Where an element begins; line and column count from 1, `byte` from 0."""

    line: int
    column: int
    byte: int


def admit(data: bytes) -> str:
    """Let a presentation pass, and return the encoding that it declares, in lower case; empty: none.

    Raises `SmilError` where it is not XML, contains a DTD, or exceeds one of the bounds.
    """
    if len(data) > MAX_BYTES:
        raise SmilError(f"{len(data):,} bytes, more than {MAX_BYTES:,}", kind="huge")
    return _Gate(data).admit()


def places(data: bytes) -> list[TagPlace]:
    """Where each element begins, in document order, of a presentation that the gate has admitted."""
    parser = expat.ParserCreate()
    found: list[TagPlace] = []

    def start(_name: str, _attributes: dict[str, str]) -> None:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        found.append(TagPlace(line, column, parser.CurrentByteIndex))

    parser.StartElementHandler = start
    parser.Parse(data, True)
    return found


def doctype(data: bytes) -> tuple[int, int] | None:
    """The first and the last byte but one of a document type declaration; None where none can be told.

    An unfinished one cannot be recognised, nor one in an encoding that is not a superset of ASCII.
    """
    before = _BEFORE_DOCTYPE.match(data)
    found = _DOCTYPE.match(data, before.end() if before else 0)
    return found.span() if found else None


def without_doctype(data: bytes) -> bytes:
    """`data` with blanks in place of its document type declaration: lines, columns and bytes stay."""
    span = doctype(data)
    if span is None:
        return data
    start, end = span
    return data[:start] + re.sub(rb"[^\r\n]", b" ", data[start:end]) + data[end:]


class _Gate:
    """Expat's handlers, and what they count."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.declared = ""
        self.elements = self.depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def admit(self) -> str:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise self.fault(error) from error
        except (ValueError, LookupError) as error:
            raise SmilError(f"the encoding cannot be read: {error}", kind="encoding") from error
        return self.declared

    def fault(self, error: expat.ExpatError) -> SmilError:
        words = _ENTITY if error.code == _UNDEFINED_ENTITY else expat.ErrorString(error.code)
        kind = "encoding" if error.code in _ENCODING_CODES else "xml"
        return SmilError(words, kind=kind, line=error.lineno, column=error.offset + 1)

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.declared = (encoding or "").lower()

    def doctype(self, *_: object) -> None:
        # Expat speaks at the end of the name, or later: the declaration itself begins before that.
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        before = _BEFORE_DOCTYPE.match(self.data)
        at = before.end() if before else 0
        if self.data.startswith(b"<!DOCTYPE", at):
            line, column = self.data.count(b"\n", 0, at) + 1, at - self.data.rfind(b"\n", 0, at)
            if doctype(self.data) is None:
                raise SmilError("a document type declaration without an end", line=line, column=column)
        raise SmilError("it contains a document type declaration", kind="doctype", line=line, column=column)

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS or self.depth > MAX_DEPTH:
            self.refuse(f"more than {MAX_ELEMENTS:,} elements or {MAX_DEPTH} levels")
        if len(attributes) > MAX_ATTRIBUTES:
            self.refuse(f"an element with {len(attributes):,} attributes, more than {MAX_ATTRIBUTES}")

    def end(self, _name: str) -> None:
        self.depth -= 1

    def refuse(self, message: str) -> None:
        raise SmilError(message, kind="huge", line=self.parser.CurrentLineNumber)


_ENTITY = "an entity that is none of XML's own five (amp, lt, gt, quot, apos)"
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_ENCODING_CODES = {
    expat.errors.codes[text]
    for text in (expat.errors.XML_ERROR_UNKNOWN_ENCODING, expat.errors.XML_ERROR_INCORRECT_ENCODING)
}
