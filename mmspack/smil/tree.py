"""SMIL read with suspicion: a plain tree with line numbers, and the presentation in it.

Expat builds it in one pass: it knows the column of each tag, stops at a DTD before an entity can be
declared, fetches nothing, and the bounds hold while the tree grows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from mmspack.errors import InputError

MAX_BYTES = 1_000_000
"""Bytes of a presentation that are read: real ones have a few thousand."""
MAX_NODES = 10_000
MAX_DEPTH = 64
MEDIA = ("img", "text", "audio", "video", "ref", "animation", "textstream")
"""Elements that show a part."""


class SmilError(InputError):
    """The presentation is not XML, or is XML that nobody should parse.

    `kind` is `xml`, `doctype`, `encoding` or `huge`; `line` and `column` count from 1 where known.
    """

    def __init__(
        self, message: str, *, kind: str = "xml", line: int | None = None, column: int | None = None
    ):
        super().__init__(message)
        self.kind, self.line, self.column = kind, line, column


@dataclass(slots=True, eq=False)
class Node:
    """An element: tag without namespace, attributes without namespace, and where it stands.

    A tree of its own may be edited and written again (`mmspack.smil.writing`).
    """

    tag: str
    prefix: str
    """Namespace prefix as written, mostly empty."""
    namespace: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Node]
    text: str = ""
    """Characters directly inside it that are not blank."""
    prefixed: tuple[str, ...] = ()
    """Its attributes with a prefix, as written (`s:src`); `xml:lang` and its like left out."""

    def walk(self) -> Iterator[Node]:
        """Itself and all below it, in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def all(self, *tags: str) -> Iterator[Node]:
        """The elements below it (itself included) with one of `tags`."""
        return (node for node in self.walk() if node.tag in tags)

    def child(self, tag: str) -> Node | None:
        """Its first child of that tag, or None."""
        return next((node for node in self.children if node.tag == tag), None)


@dataclass(frozen=True, slots=True)
class Region:
    """A region as declared; lengths as written."""

    id: str
    left: str | None
    top: str | None
    width: str | None
    height: str | None
    fit: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Medium:
    """One medium in a slide."""

    tag: str
    src: str | None
    region: str | None
    alt: str | None
    begin: str | None
    end: str | None
    dur: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Par:
    """One slide: media that are shown together."""

    dur: str | None
    media: tuple[Medium, ...]
    line: int

    @property
    def duration_ms(self) -> int | None:
        """`dur` in milliseconds as old Android reads it; None when it cannot be told."""
        return clock_ms(self.dur)


@dataclass(frozen=True, slots=True)
class Presentation:
    """What a SMIL file says. Lenient: whatever is missing or odd is for the rules to tell."""

    root: Node = field(repr=False)
    encoding: str
    """As declared or shown by a byte order mark, in lower case; `utf-8` otherwise."""
    has_bom: bool
    width: str | None
    height: str | None
    regions: tuple[Region, ...]
    slides: tuple[Par, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Every `src` in document order, as written."""
        return tuple(m.src for slide in self.slides for m in slide.media if m.src)


def parse(data: bytes) -> Presentation:
    """Read a presentation. Raises `SmilError` where it is not XML, holds a DTD, or has no bounds."""
    builder = _Builder()
    root = builder.read(data)
    head = root.child("head")
    layout = next(head.all("layout"), None) if head else None
    display = layout.child("root-layout") if layout else None
    body = root.child("body")
    return Presentation(
        root=root,
        encoding=_encoding(data, builder.declared),
        has_bom=data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")),
        width=display.attributes.get("width") if display else None,
        height=display.attributes.get("height") if display else None,
        regions=tuple(_region(node) for node in layout.all("region")) if layout else (),
        slides=tuple(_slides(body)) if body else (),
    )


def reference(src: str) -> str:
    """The part's name that a `src` means: `cid:` removed, which phones know in lower case alone."""
    return src.removeprefix("cid:")


_COUNT = re.compile(r"(\d+(?:\.\d+)?)(ms|s|min|h|)", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2}(?:\.\d+)?)", re.ASCII)
_UNITS = {"ms": 1, "s": 1000, "": 1000, "min": 60_000, "h": 3_600_000}
LONGEST_MS = 2**31 - 1
"""The longest time: phones keep it in an int of milliseconds, which overflows beyond this."""


def clock_ms(value: str | None) -> int | None:
    """A SMIL time count in milliseconds: `5000ms`, `5s`, `1min`, `1h`, `5`; None for all else.

    None, too, beyond `LONGEST_MS`, and for digits that are not ASCII, which Tizen reads as 0.
    `mm:ss` and `hh:mm:ss` are read as SMIL has them, though some phones do not.
    """
    if value is None:
        return None
    match = _COUNT.fullmatch(value.strip())
    clock = _CLOCK.fullmatch(value.strip())
    if match:
        found = float(match[1]) * _UNITS[match[2]]
    elif clock:
        found = (int(clock[1] or 0) * 60 + int(clock[2])) * 60_000 + float(clock[3]) * 1000
    else:
        return None
    return int(found) if found <= LONGEST_MS else None


def _encoding(data: bytes, declared: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        return "utf-16"
    return declared or "utf-8"


def _region(node: Node) -> Region:
    get = node.attributes.get
    return Region(
        id=get("id", ""),
        left=get("left"),
        top=get("top"),
        width=get("width"),
        height=get("height"),
        fit=get("fit"),
        line=node.line,
    )


def _slides(body: Node) -> Iterator[Par]:
    """The `par`s in document order; a medium outside any `par` makes a slide of its own."""
    for node in body.children:
        if node.tag == "par" or node.tag in MEDIA:
            yield Par(node.attributes.get("dur"), tuple(_media(node)), node.line)
        else:
            yield from _slides(node)


def _media(node: Node) -> Iterator[Medium]:
    for item in node.all(*MEDIA):
        get = item.attributes.get
        yield Medium(
            tag=item.tag,
            src=get("src"),
            region=get("region"),
            alt=get("alt"),
            begin=get("begin"),
            end=get("end"),
            dur=get("dur"),
            line=item.line,
        )


class _Builder:
    """Expat's handlers: grows the tree and holds the bounds."""

    def __init__(self) -> None:
        self.declared = ""
        self.nodes = 0
        self.root: Node | None = None
        self.open: list[Node] = []
        self.words: list[list[str]] = []
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.namespace_prefixes = True
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def read(self, data: bytes) -> Node:
        if len(data) > MAX_BYTES:
            raise SmilError(f"{len(data):,} bytes, more than {MAX_BYTES:,}", kind="huge")
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise self.fault(error) from error
        except (ValueError, LookupError) as error:
            raise SmilError(f"the encoding cannot be read: {error}", kind="encoding") from error
        assert self.root is not None  # noqa: S101 - expat has reported a missing root
        return self.root

    def fault(self, error: expat.ExpatError) -> SmilError:
        words = _ENTITY if error.code == _UNDEFINED_ENTITY else expat.ErrorString(error.code)
        kind = "encoding" if error.code in _ENCODING_CODES else "xml"
        return SmilError(words, kind=kind, line=error.lineno, column=error.offset + 1)

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.declared = (encoding or "").lower()

    def doctype(self, *_: object) -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        message = "a document type declaration stands in it"
        raise SmilError(message, kind="doctype", line=line, column=column)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES or len(self.open) >= MAX_DEPTH:
            line = self.parser.CurrentLineNumber
            raise SmilError(f"more than {MAX_NODES:,} elements or {MAX_DEPTH} levels", kind="huge", line=line)
        namespace, tag, prefix = _split(name)
        split = [(*_split(key)[1:], value) for key, value in attributes.items()]
        # Those without a prefix come last: they win where one name stands twice.
        split.sort(key=lambda one: not one[1])
        node = Node(
            tag=tag,
            prefix=prefix,
            namespace=namespace,
            attributes={local: value for local, _, value in split},
            prefixed=tuple(f"{before}:{local}" for local, before, _ in split if before not in ("", "xml")),
            line=self.parser.CurrentLineNumber,
            column=self.parser.CurrentColumnNumber + 1,
            children=[],
        )
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)
        self.words.append([])

    def end(self, _name: str) -> None:
        node, words = self.open.pop(), self.words.pop()
        node.text = " ".join("".join(words).split())

    def characters(self, data: str) -> None:
        if self.words:
            self.words[-1].append(data)


_ENTITY = "an entity that is none of XML's own five (amp, lt, gt, quot, apos)"
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_ENCODING_CODES = {
    expat.errors.codes[text]
    for text in (expat.errors.XML_ERROR_UNKNOWN_ENCODING, expat.errors.XML_ERROR_INCORRECT_ENCODING)
}


def _split(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix of expat's `uri\\nlocal\\nprefix`."""
    pieces = name.split("\n")
    if len(pieces) == 1:
        return "", pieces[0], ""
    return pieces[0], pieces[1], pieces[2] if len(pieces) > 2 else ""
