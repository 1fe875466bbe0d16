"""SMIL read with suspicion: a tree of lxml elements, and the presentation in it.

The gate (`mmspack.smil.gate`) has counted everything before a tree is built, so that lxml meets no DTD, no
entity, and no more than a bounded number of elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, cast

from lxml import etree

from mmspack.smil.gate import SmilError, TagPlace, admit, places

MEDIA = ("img", "text", "audio", "video", "ref", "animation", "textstream")
"""Elements that show a part."""


class Node(etree.ElementBase):
    """An element of lxml's, asked as phones ask: by local names, whatever the namespace.

    lxml makes these objects when they are looked at and forgets them when nobody holds them; they keep no
    state of their own. A `Presentation` holds all of its own, so that an element is one object, in a set and
    as a key of a dict too, for as long as the presentation lives.
    """

    def __bool__(self) -> bool:
        """True. lxml's elements are false without children, which is never what is asked here."""
        return True

    @property
    def name(self) -> str:
        """Its name without namespace and prefix."""
        return local(str(self.tag))

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes by name without namespace. Where one stands twice, that without a prefix counts."""
        plain = {name: value for name, value in self.items() if name[0] != "{"}
        if len(plain) == len(self.attrib):
            return plain
        return {local(name): value for name, value in self.items()} | plain

    @property
    def prefixed(self) -> tuple[str, ...]:
        """Its attributes with a prefix, as written (`s:src`); `xml:lang` and its like left out."""
        return tuple(
            f"{self._prefix_of(name)}:{local(name)}"
            for name in self.keys()
            if name[0] == "{" and namespace_of(name) != XML_NAMESPACE
        )

    def _prefix_of(self, name: str) -> str:
        namespace = namespace_of(name)
        return next((key for key, value in self.nsmap.items() if key and value == namespace), "")

    @property
    def words(self) -> str:
        """The characters directly inside it, each run of blanks one blank; empty where there are none."""
        pieces = [self.text or "", *(child.tail or "" for child in self)]
        return " ".join("".join(pieces).split())

    @property
    def children(self) -> list[Node]:
        """The elements directly inside it; comments are none."""
        return list(self.iterchildren("*"))

    def walk(self) -> Iterator[Node]:
        """Itself and all elements below it, in document order."""
        return self.iter("*")

    def all(self, *names: str) -> Iterator[Node]:
        """The elements below it (itself included) with one of `names`."""
        return self.iter(*(f"{{*}}{name}" for name in names))

    def child(self, name: str) -> Node | None:
        """Its first child of that name, or None."""
        return next(self.iterchildren(f"{{*}}{name}"), None)


XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


def namespace_of(tag: str) -> str:
    """The namespace in a name of lxml's; empty where it is in none."""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def local(tag: str) -> str:
    """A name of lxml's without its namespace.

    >>> local("{http://www.w3.org/2001/SMIL20/Language}par"), local("par")
    ('par', 'par')
    """
    return tag.rpartition("}")[2]


class Region(NamedTuple):
    """A region as declared; lengths as written."""

    id: str
    left: str | None
    top: str | None
    width: str | None
    height: str | None
    fit: str | None


class Medium(NamedTuple):
    """One medium in a slide."""

    tag: str
    src: str | None
    region: str | None
    alt: str | None
    begin: str | None
    end: str | None
    dur: str | None


@dataclass(frozen=True, slots=True)
class Par:
    """One slide: media that are shown together."""

    dur: str | None
    media: tuple[Medium, ...]
    node: Node = field(repr=False)

    @property
    def duration_ms(self) -> int | None:
        """`dur` in milliseconds as old Android reads it; None when it cannot be determined."""
        return clock_ms(self.dur)


@dataclass(frozen=True, eq=False)
class Presentation:
    """What a SMIL file says. Lenient: whatever is missing or odd is for the rules to report."""

    root: Node = field(repr=False)
    source: bytes = field(repr=False)
    """The bytes that were read."""
    encoding: str
    """As declared or shown by a byte order mark, in lower case; `utf-8` otherwise."""
    nodes: tuple[etree._Element, ...] = field(repr=False)
    """Every element and comment in document order. Held, so that each stays one object."""

    @cached_property
    def _layout(self) -> Node | None:
        head = self.root.child("head")
        return next(head.all("layout"), None) if head is not None else None

    @cached_property
    def _display(self) -> dict[str, str]:
        display = self._layout.child("root-layout") if self._layout is not None else None
        return display.attributes if display is not None else {}

    @property
    def width(self) -> str | None:
        """The width of the root-layout as written."""
        return self._display.get("width")

    @property
    def height(self) -> str | None:
        """The height of the root-layout as written."""
        return self._display.get("height")

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The regions of the first layout."""
        return tuple(map(_region, self._layout.all("region"))) if self._layout is not None else ()

    @cached_property
    def slides(self) -> tuple[Par, ...]:
        """The slides in document order."""
        body = self.root.child("body")
        return tuple(_slides(body)) if body is not None else ()

    @property
    def has_bom(self) -> bool:
        """True where a byte order mark precedes it."""
        return self.source.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Every `src` in document order, as written."""
        return tuple(m.src for slide in self.slides for m in slide.media if m.src)

    @cached_property
    def regions_by_id(self) -> dict[str, Region]:
        """The regions by their ids; of two with one id the later one, as phones read them."""
        return {region.id: region for region in self.regions}

    @cached_property
    def layouts(self) -> tuple[Node, ...]:
        """The layouts that stand directly in the head."""
        head = self.root.child("head")
        return tuple(node for node in head.children if node.name == "layout") if head is not None else ()

    @cached_property
    def displays(self) -> tuple[Node, ...]:
        """The root-layouts of these layouts."""
        return tuple(node for one in self.layouts for node in one.children if node.name == "root-layout")

    @cached_property
    def region_nodes(self) -> tuple[Node, ...]:
        """The regions of these layouts, however deep."""
        return tuple(node for one in self.layouts for node in one.all("region"))

    def place(self, node: Node) -> TagPlace:
        """Where an element of this presentation begins. The first question costs a pass over the bytes."""
        return self._places[node]

    @cached_property
    def _places(self) -> dict[Node, TagPlace]:
        elements = (node for node in self.nodes if isinstance(node, Node))
        return dict(zip(elements, places(self.source), strict=True))


def parse(data: bytes) -> Presentation:
    """Read a presentation. Raises `SmilError` where it is not XML, holds a DTD, or has no bounds."""
    encoding = _encoding(data, admit(data))
    root = _tree(data, encoding)
    return Presentation(root=root, source=data, encoding=encoding, nodes=tuple(root.iter()))


def _tree(data: bytes, encoding: str) -> Node:
    """The root.

    lxml is given UTF-8 without the XML declaration, since expat and libxml2 need not agree on a charset, nor
    on a version of XML.
    """
    try:
        text = _DECLARATION.sub("", data.decode(codec(data, encoding))).encode()
    except (UnicodeError, LookupError) as error:
        raise SmilError(f"the encoding cannot be read: {error}", kind="encoding") from error
    try:
        root = etree.fromstring(text, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SmilError(str(error).partition(", line ")[0]) from error
    if b"xmlns" in text:
        _prove_namespaces(root)
    return cast("Node", root)


def _prove_namespaces(root: etree._Element) -> None:
    """Refuse an invalid URI: lxml does, except where a warning about another namespace comes after it."""
    declared: Iterator[tuple[str, tuple[str, str]]] = cast("Any", etree.iterwalk(root, events=("start-ns",)))
    for prefix, uri in dict.fromkeys(names for _, names in declared):
        try:
            root.makeelement("any", nsmap={"any": uri} if uri else None)
        except ValueError:
            name = f"xmlns:{prefix}" if prefix else "xmlns"
            raise SmilError(f"{name}: {uri!r} is not a valid URI") from None


def codec(data: bytes, encoding: str) -> str:
    """Python's name of the encoding of a presentation, not counting a byte order mark."""
    if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-be" if data.startswith(b"\0") else "utf-16-le"
    return "utf-8-sig" if encoding in ("utf-8", "utf8") else encoding


_DECLARATION = re.compile(r"\A<\?xml\s[^>]*>")
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    collect_ids=False,
)
"""Declares, fetches and validates nothing. lxml locks a parser that several threads share."""
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=Node))


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
    )


def _slides(body: Node) -> Iterator[Par]:
    """The `par`s in document order; a medium outside any `par` makes a slide of its own."""
    for node in body.children:
        if node.name == "par" or node.name in MEDIA:
            yield Par(node.attributes.get("dur"), tuple(_media(node)), node)
        else:
            yield from _slides(node)


def _media(node: Node) -> Iterator[Medium]:
    for item in node.all(*MEDIA):
        get = item.attributes.get
        yield Medium(
            tag=item.name,
            src=get("src"),
            region=get("region"),
            alt=get("alt"),
            begin=get("begin"),
            end=get("end"),
            dur=get("dur"),
        )
