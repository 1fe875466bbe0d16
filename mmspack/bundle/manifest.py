"""The bundle's `manifest`: a Java properties file of `content-id=mime/type` lines, in part order.

Reading takes the whole format, since foreign bundles use it; writing keeps to what needs no escape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mmspack.model import Part

NAME = "manifest"
MAX_BYTES = 200_000
"""Bytes of a manifest that are read: real ones have a few hundred."""

_SUBJECT, _FALLBACK = "Subject", "Fallback"
_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = " \t\f"
_NEEDS_NO_ESCAPE = re.compile(r"[\w,.;'\"()?/+*&%@$-][\w ,.;'\"()?/+*&%@$-]*", re.ASCII)
"""Most subjects: a campaign writes one for each recipient, and the library takes a twentieth of a merge."""
_PLAIN_NAME = re.compile(r"[\w.-]+", re.ASCII)
_PLAIN_TYPE = re.compile(r"[\w/][\w ./;=+-]*", re.ASCII)
"""Most lines: the library takes a hundredth of a build to load."""
_BAD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\u(?![0-9A-Fa-f]{4}))")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the manifest as Java reads it."""

    name: str
    type: str
    """Value as written, blanks at the end included."""
    line: int
    """From 1."""

    @property
    def spelling(self) -> str:
        """The MIME type as spelled, without parameters or blanks."""
        return self.type.partition(";")[0].strip()

    @property
    def essence(self) -> str:
        """The MIME type in lower case, without parameters or blanks."""
        return self.spelling.lower()


class ManifestDefect(NamedTuple):
    """What is wrong with the manifest as a file: `bom`, `utf-16`, `escape`, `huge` or `nul`."""

    kind: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The lines in their order (duplicates kept), and what is wrong with the file itself."""

    entries: tuple[Entry, ...]
    defects: tuple[ManifestDefect, ...] = ()


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest as Java's `Properties.load` does, ISO-8859-1 and all. Never raises on content.

    Where Java would give up (a broken `\\u` escape) it reads on and reports the defect.
    """
    defects = []
    if len(data) > MAX_BYTES:
        defects.append(ManifestDefect("huge", f"{len(data):,} bytes; only {MAX_BYTES:,} were read"))
        data = data[:MAX_BYTES]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Manifest((), (*defects, ManifestDefect("utf-16", "the file is UTF-16", 1)))
    if data.startswith(_BOM):
        defects.append(ManifestDefect("bom", "a byte order mark precedes the first name", 1))
        data = data.removeprefix(_BOM)
    text = data.decode("iso-8859-1")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        defects.append(ManifestDefect("nul", "it contains a NUL byte", line))
    line, seen, pieces = 1, 0, []
    for match in _BAD_ESCAPE.finditer(text):
        at = match.start(1)
        line += text.count("\n", seen, at)
        defects.append(ManifestDefect("escape", f"malformed escape {text[at : at + 6]!r}", line))
        pieces.append(text[seen:at])
        seen = at + 1  # Java's reader stops here; this one reads on without the backslash
    text = "".join(pieces) + text[seen:]
    return Manifest(tuple(_entries(text)), tuple(defects))


_PLAIN = re.compile(r"([^=:\s\\#!][^=:\s\\]*)=([^\s\\][^\\]*)")
"""A line without escapes and without blanks before its value, as all but odd manifests have them. It needs no
library, which takes 56 ms to load."""


def _entries(text: str) -> Iterator[Entry]:
    for line, logical in _logical_lines(text):
        if plain := _PLAIN.fullmatch(logical):
            yield Entry(plain[1], plain[2], line)
            continue
        import javaproperties

        # What continues an empty line is not a comment, even where it starts like one.
        for item in javaproperties.parse(f"\\{logical}" if logical[:1] in ("#", "!") else logical):
            if isinstance(item, javaproperties.KeyValue):
                yield Entry(item.key, item.value, line)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not comments, each with its number, and with the lines that continue it.

    As `Properties.load` has them. The library joins them too, and takes the square of their number for it.
    """
    pieces: list[str] = []
    first = 0
    for number, natural in enumerate(_LINE_END.split(text), 1):
        bare = natural.lstrip(_BLANKS)
        if not pieces:
            if not bare or bare[0] in "#!":
                continue
            first = number
        continues = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
        pieces.append(bare[:-1] if continues else bare)
        if not continues:
            yield first, "".join(pieces)
            pieces = []
    if pieces:
        yield first, "".join(pieces)


def format_manifest(parts: Iterable[Part | tuple[str, str]], subject: str = "", fallback: str = "") -> bytes:
    """The manifest of `parts` in their order, in ISO-8859-1 with LF line ends.

    Takes parts, or pairs of name and MIME type. Names that need it are escaped as Java reads them. The
    subject and the fallback text are not parts: they travel as comments, for the uploader to send as the
    gateway's parameters.
    """
    pairs = [(part.name, part.type) if isinstance(part, Part) else part for part in parts]
    lines = [_line(name, type_) for name, type_ in pairs]
    lines[:0] = [
        f"# {name}: {_escaped(text)}" for name, text in ((_SUBJECT, subject), (_FALLBACK, fallback)) if text
    ]
    return "".join(f"{line}\n" for line in lines).encode("iso-8859-1")


def _escaped(value: str) -> str:
    """The value as Java reads it."""
    if _NEEDS_NO_ESCAPE.fullmatch(value):
        return value
    import javaproperties

    return javaproperties.join_key_value("", value, separator="")


def _line(name: str, type_: str) -> str:
    """A line as Java reads it; an `=` in the value needs no escape: `text/plain; charset=utf-8`."""
    if _PLAIN_NAME.fullmatch(name) and _PLAIN_TYPE.fullmatch(type_):
        return f"{name}={type_}"
    import javaproperties

    line = javaproperties.join_key_value(name, type_, separator="=")
    value = type_.replace("=", "\\=")
    return line.removesuffix(value) + type_ if line.endswith(f"={value}") else line


def subject_of(data: bytes) -> str:
    """The subject that the manifest's comment holds, or an empty text."""
    return _noted(data, _SUBJECT)


def fallback_of(data: bytes) -> str:
    """The fallback text that the manifest's comment holds, or an empty text."""
    return _noted(data, _FALLBACK)


def _noted(data: bytes, name: str) -> str:
    prefix = f"# {name}: "
    for line in data[:MAX_BYTES].decode("iso-8859-1").splitlines():
        if line.startswith(prefix) and not _BAD_ESCAPE.search(line):
            if "\\" not in line:
                return line.removeprefix(prefix).lstrip(_BLANKS)
            import javaproperties

            return javaproperties.loads(line.removeprefix("# ")).get(name, "")
    return ""
