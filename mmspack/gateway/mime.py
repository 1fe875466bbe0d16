"""Multipart bodies other than forms: MM7's attachments. Bounded; reading is lenient, writing is not."""

from __future__ import annotations

import base64
import binascii
import logging
import quopri
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmspack.errors import InputError

# Its complaints about hostile bodies would go to standard error where logging is not configured.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())

MAX_PIECES = 200
"""Parts of a body; a message has at most a few dozen."""
_PRINTABLE = re.compile(r"[ -~]*")
_PLAIN = re.compile(r"[ !#-\[\]-~]+")
"""What a quoted string holds without an escape: readers of MM7 misread escapes."""


@dataclass(frozen=True, slots=True)
class MimePart:
    """One part of a multipart body. Names of headers are in lower case where it was read."""

    headers: Mapping[str, str]
    data: bytes = field(repr=False)

    @property
    def type(self) -> str:
        """The media type without parameters, in lower case; that of RFC 2046 where there is none."""
        return parse_type(self.headers.get("content-type", "text/plain"))[0]

    @property
    def id(self) -> str:
        """The Content-ID without its brackets."""
        return self.headers.get("content-id", "").strip().removeprefix("<").removesuffix(">")

    @property
    def name(self) -> str:
        """What the part is called: its location, the `name` of its type, or its id."""
        named = parse_type(self.headers.get("content-type", ""))[1].get("name", "")
        return self.headers.get("content-location", "").strip() or named or self.id


def parse_type(text: str) -> tuple[str, dict[str, str]]:
    """A Content-Type as its media type and its parameters, both in lower case but the values."""
    from python_multipart.multipart import parse_options_header

    media, options = parse_options_header(text.encode("latin-1", "replace"))
    found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in options.items()}
    return media.decode("latin-1").strip().lower(), found


def read_multipart(data: bytes, boundary: str) -> list[MimePart]:
    """The parts of a body. Raises `InputError` for one that is not multipart, or has too many."""
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser

    pieces: list[tuple[dict[str, str], bytearray]] = []
    name, value = bytearray(), bytearray()

    def begin() -> None:
        if len(pieces) >= MAX_PIECES:
            raise InputError(f"the body has more than {MAX_PIECES} parts")
        pieces.append(({}, bytearray()))

    def header_end() -> None:
        key = name.decode("latin-1").strip().lower()
        pieces[-1][0].setdefault(key, value.decode("utf-8", "replace").strip())
        name.clear()
        value.clear()

    callbacks: Any = {
        "on_part_begin": begin,
        "on_part_data": lambda block, start, end: pieces[-1][1].extend(memoryview(block)[start:end]),
        "on_header_field": lambda block, start, end: name.extend(block[start:end]),
        "on_header_value": lambda block, start, end: value.extend(block[start:end]),
        "on_header_end": header_end,
    }
    try:
        parser = MultipartParser(boundary.encode("latin-1", "replace"), callbacks)
        parser.write(data)
        parser.finalize()
    except FormParserError as error:
        raise InputError(f"the multipart body cannot be read: {error}") from None
    return [MimePart(headers, _decoded(headers, bytes(body))) for headers, body in pieces]


def _decoded(headers: Mapping[str, str], body: bytes) -> bytes:
    match headers.get("content-transfer-encoding", "").strip().lower():
        case "base64":
            try:
                return base64.b64decode(body)
            except binascii.Error:
                raise InputError("a part's base64 cannot be read") from None
        case "quoted-printable":
            return quopri.decodestring(body)
        case _:
            return body


def write_multipart(boundary: str, pieces: Sequence[MimePart]) -> bytes:
    """The body. Raises `InputError` for a header that would end its line."""
    return b"".join(multipart_blocks(boundary, [(piece.headers, (piece.data,)) for piece in pieces]))


def multipart_blocks(
    boundary: str, pieces: Sequence[tuple[Mapping[str, str], Sequence[bytes]]]
) -> list[bytes]:
    """The body's blocks, to be joined once, of headers with the blocks below them. Raises `InputError`."""
    blocks: list[bytes] = []
    for headers, data in pieces:
        for name, value in headers.items():
            if not _PRINTABLE.fullmatch(value):
                raise InputError(f"{name}: {value[:40]!r} cannot be written as a header")
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        blocks += [f"--{boundary}\r\n{lines}\r\n".encode(), *data, b"\r\n"]
    return [*blocks, f"--{boundary}--\r\n".encode()]


def quotable(text: str) -> bool:
    """Whether a quoted string can hold `text` as it is."""
    return bool(_PLAIN.fullmatch(text))


def printable(text: str) -> bool:
    """Whether a header can hold `text` as it is."""
    return bool(_PRINTABLE.fullmatch(text))
