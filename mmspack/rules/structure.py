"""MMS30x: the presentation as a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.facts.places import crashing
from mmspack.model import Severity
from mmspack.rules.declaring import Asks, Evidence, Hit, Needs, Source, rule
from mmspack.rules.sources import ANDROID, FIREFOX_OS, OURS, SMIL_CHAPTER, SMIL_STRUCTURE, TIZEN
from mmspack.smil.tree import MEDIA, Node

_SHAPE = "Write <smil><head>...</head><body>...</body></smil>, and nothing else."
_HEAD_CHILDREN = ("layout", "meta")
_READ = frozenset(
    ("src", "dur", "region", "begin", "end", "id", "left", "top", "width", "height", "fit", "alt")
)
"""Attributes that some phone uses."""
_WIDE = re.compile(rb"[^\0]\0[^\0]\0|\0[^\0]\0[^\0]", re.DOTALL)
"""How UTF-16 without a byte order mark begins: every other byte is 0."""
_PLAIN_MEDIA = ("img", "text", "audio", "video", "ref")


def at(opened: Opened, node: Node, message: str, about: FoundPart | None = None) -> Hit:
    """A hit at an element of the presentation; `about`: the part that it concerns, where it is one."""
    if opened.smil is None or opened.smil_tree is None:
        return Hit(message)
    place, concerned = opened.smil_tree.place(node), about.name if about else None
    return Hit(message, part=opened.smil.name, line=place.line, column=place.column, about=concerned)


def _fault(*kinds: str) -> Asks:
    def judge(opened: Opened) -> Iterator[Hit]:
        fault, smil = opened.smil_fault, opened.smil
        if fault is None or smil is None or fault.kind not in kinds or _told_otherwise(opened):
            return
        message = "the file is not XML" if b"\0" in smil.data[:4] else fault.message
        yield Hit(message, part=smil.name, line=fault.line, column=fault.column)

    return judge


def _told_otherwise(opened: Opened) -> bool:
    """True for a presentation of 0 bytes in a bundle, and for UTF-16: rules of their own report those."""
    data = opened.smil.data if opened.smil else b""
    return _is_utf16(data) or (not data and opened.has_content)


def _is_utf16(data: bytes) -> bool:
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or _WIDE.match(data) is not None


rule(
    "MMS301",
    title="Slide layout (SMIL) that no phone can parse",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Phones discard the whole slide layout if its XML is invalid or uses an entity that "
    "only a DTD declares: old Android shows default slides of 8 seconds, Firefox OS just "
    "the parts.",
    fix="Close every element, quote every attribute, write & as &amp; and other characters "
    "literally, and start at the first byte.",
    bad='<img src="a.jpg">\n<text src="fish&chips.txt"/>',
    good='<img src="a.jpg"/>\n<text src="chips.txt"/>',
    needs=Needs.TREE,
)(_fault("xml", "huge"))

rule(
    "MMS302",
    title="SMIL file has a DOCTYPE",
    severity=Severity.WARNING,
    source=Source("Old Android survives one; careful readers refuse any DTD", Evidence.OBSERVED),
    reason="A DTD can declare entities that expand endlessly or fetch files, so strict readers "
    "reject the file.",
    fix="Remove the DOCTYPE: MMS SMIL does not need one.",
    bad='<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "SMIL10.dtd">\n<smil>',
    good="<smil>",
    needs=Needs.TREE,
)(_fault("doctype"))

rule(
    "MMS303",
    title="SMIL file has an unreadable encoding",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="A reader that does not know the encoding, or finds a different one from the declared "
    "one, ignores the slide layout.",
    fix="Save the file as UTF-8.",
    bad='<?xml version="1.0" encoding="x-phone"?>',
    good='<?xml version="1.0" encoding="UTF-8"?>',
    needs=Needs.TREE,
)(_fault("encoding"))


@rule(
    "MMS304",
    title="SMIL file in UTF-16",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android silently ignores a SMIL file in UTF-16 and shows default slides of 8 seconds.",
    fix="Save the file as UTF-8.",
    bad='<?xml version="1.0" encoding="UTF-16"?>',
    good='<?xml version="1.0" encoding="UTF-8"?>',
    needs=Needs.TREE,
)
def _utf16(opened: Opened) -> Iterator[Hit]:
    if opened.smil is not None and _is_utf16(opened.smil.data):
        yield Hit("the file is UTF-16", part=opened.smil.name, line=1)


@rule(
    "MMS315",
    title="SMIL file is not in UTF-8",
    severity=Severity.ERROR,
    source=Source("Old Android (AOSP), read in source: its parser is set to UTF-8", Evidence.OBSERVED),
    reason="Old Android always reads UTF-8, whatever is declared: if it finds other non-ASCII "
    "bytes, it ignores the slide layout. If they are UTF-8 but declared as something else, "
    "other readers garble them.",
    fix="Save the file as UTF-8.",
    bad='<?xml version="1.0" encoding="ISO-8859-1"?> <img src="..." alt="caf\\xe9"/>',
    good='<?xml version="1.0" encoding="UTF-8"?> <img src="..." alt="caf\\xc3\\xa9"/>',
    needs=Needs.SMIL,
)
def _encoding(opened: Opened) -> Iterator[Hit]:
    found, encoding = opened.presentation, opened.foreign_encoding
    if found is not None and encoding and not encoding.startswith("utf-16"):
        yield at(opened, found.root, f"the file is in {encoding}")


@rule(
    "MMS305",
    title="Root element is not smil",
    severity=Severity.ERROR,
    source=SMIL_STRUCTURE,
    reason="Readers look for <smil>, in lower case, and find no slides under any other root.",
    fix=_SHAPE,
    bad="<SMIL><head/><body/></SMIL>",
    good="<smil><head/><body/></smil>",
    needs=Needs.TREE,
)
def _root(opened: Opened) -> Iterator[Hit]:
    root = opened.smil_root
    if root is not None and root.name != "smil":
        yield at(opened, root, f"the root is <{root.name}>")


@rule(
    "MMS306",
    title="No head",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android treats the first child of smil as the head and the second as the body, "
    "whatever their names: if the body comes first, it shows no slides at all. Readers "
    "that go by name find no layout.",
    fix="Put a <head> with a <layout> before the <body>.",
    bad="<smil><body>...</body></smil>",
    good="<smil><head><layout>...</layout></head><body>...</body></smil>",
    needs=Needs.SMIL,
)
def _head(opened: Opened) -> Iterator[Hit]:
    root = opened.presentation.root if opened.presentation else None
    if root and root.child("head") is None and root.child("body") is not None:
        first = root.children[0]
        in_capitals = first.name.lower() == "head"
        capitals = f": <{first.name}> is none, names are in lower case" if in_capitals else ""
        yield at(opened, root, f"smil has no head{capitals}")


@rule(
    "MMS307",
    title="No slides",
    severity=Severity.ERROR,
    source=SMIL_CHAPTER,
    reason="Without a body that contains a par, there is nothing to show: readers just show the parts.",
    fix="Write one <par> per slide into the <body>, or remove the SMIL file.",
    bad="<smil><head/></smil>",
    good='<smil><head/><body><par dur="5000ms">...</par></body></smil>',
    needs=Needs.SMIL,
)
def _no_slide(opened: Opened) -> Iterator[Hit]:
    root = opened.presentation.root if opened.presentation else None
    if root is None:
        return
    body = root.child("body")
    if body is None:
        yield at(opened, root, "smil has no body")
    elif not any(body.all("par", *MEDIA)):
        yield at(opened, body, "the body is empty")


@rule(
    "MMS308",
    title="Head and body are not the first two elements",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android goes by position, not by name: it treats the first child as the head and "
    "the second as the body.",
    fix=_SHAPE,
    bad="<smil><metadata/><head/><body/></smil>",
    good="<smil><head/><body/></smil>",
    needs=Needs.SMIL,
)
def _children(opened: Opened) -> Iterator[Hit]:
    root = opened.presentation.root if opened.presentation else None
    if root is None or root.child("head") is None or root.child("body") is None:
        return
    for wanted, node in zip(("head", "body"), root.children, strict=False):
        if node.name != wanted:
            yield at(opened, node, f"<{node.name}> is where {wanted} is expected")
            return


@rule(
    "MMS316",
    title="Something after the body",
    severity=Severity.WARNING,
    source=SMIL_STRUCTURE,
    reason="SMIL has a head and a body and nothing else. Known phones use the first two children "
    "and never look further, so this is only an error according to the standard.",
    fix=_SHAPE,
    bad="<smil><head/><body/><metadata/></smil>",
    good="<smil><head/><body/></smil>",
    needs=Needs.SMIL,
    by_class=True,
)
def _after_body(opened: Opened) -> Iterator[Hit]:
    root = opened.presentation.root if opened.presentation else None
    if root is not None and [node.name for node in root.children[:2]] == ["head", "body"]:
        for node in root.children[2:3]:
            yield at(opened, node, f"<{node.name}> after the body")


@rule(
    "MMS309",
    title="Head contains more than a layout",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="In MMS SMIL, the head only contains layout and meta; anything else is ignored or rejected.",
    fix="Remove the element.",
    bad="<head><transition/><layout/></head>",
    good="<head><layout/></head>",
    needs=Needs.SMIL,
    by_class=True,
)
def _head_children(opened: Opened) -> Iterator[Hit]:
    head = opened.presentation.root.child("head") if opened.presentation else None
    for node in head.children if head else ():
        if node.name not in _HEAD_CHILDREN:
            yield at(opened, node, f"<{node.name}> in the head")


@rule(
    "MMS310",
    title="Body contains something other than par",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android treats every child of body as a par and fails on anything else: the whole "
    "message is lost.",
    fix="Put each slide's media into a <par>, and the pars directly into the body.",
    bad="<body><seq><par>...</par></seq></body>",
    good="<body><par>...</par></body>",
    needs=Needs.SMIL,
)
def _body_children(opened: Opened) -> Iterator[Hit]:
    body = opened.presentation.root.child("body") if opened.presentation else None
    for is_par, run in groupby(body.children if body else (), lambda node: node.name == "par"):
        first, *more = run
        if not is_par:
            rest = f" and {len(more)} more" if more else ""
            yield at(opened, first, f"<{first.name}>{rest} in the body")


@rule(
    "MMS311",
    title="Slide contains something other than media",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android only accepts text, img, audio, video and ref in a par and fails on "
    "anything else: the whole message is lost.",
    fix="Put the media directly into the par.",
    bad='<par><a href="..."><img src="a.jpg"/></a></par>',
    good='<par><img src="a.jpg"/></par>',
    needs=Needs.SMIL,
)
def _par_children(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        for node in slide.node.children:
            if node.name not in _PLAIN_MEDIA:
                yield at(opened, node, f"<{node.name}> in slide {slide.number}")


@rule(
    "MMS312",
    title="Element inside a media element",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="Phones ignore <param> and similar elements; the colour or effect that they request is not shown.",
    fix="Remove the element.",
    bad='<text src="a.txt"><param name="foreground-color" value="red"/></text>',
    good='<text src="a.txt"/>',
    needs=Needs.SMIL,
    by_class=True,
)
def _inside_media(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        for medium in slide.node.children:
            for node in medium.children if medium.name in _PLAIN_MEDIA else ():
                yield at(opened, node, f"<{node.name}> in <{medium.name}>")


@rule(
    "MMS313",
    title="Prefixed names",
    severity=Severity.ERROR,
    source=FIREFOX_OS,
    reason="Simple readers compare whole names: they do not recognise s:par as par or s:src as "
    "src, and find no slides or pictures.",
    fix="Declare the namespace as the default, or not at all, and write the names without a prefix.",
    bad='<s:smil xmlns:s="...">',
    good="<smil>",
    needs=Needs.SMIL,
)
def _prefixed(opened: Opened) -> Iterator[Hit]:
    root = opened.presentation.root if opened.presentation else None
    for node in root.walk() if root else ():
        if node.prefix:
            yield at(opened, node, f"<{node.prefix}:{node.name}>")
            return
    for node in root.walk() if root else ():
        for name in node.prefixed:
            if name.partition(":")[2] in _READ:
                yield at(opened, node, f"<{node.name} {name}={node.attributes[name.partition(':')[2]]!r}>")
                return


@rule(
    "MMS314",
    title="Text between the elements",
    severity=Severity.INFO,
    source=OURS,
    reason="A slide's text is a separate part, referenced by <text src>. Text in the SMIL file "
    "itself is never shown.",
    fix="Move the text into a text part.",
    bad="<par>Summer sale!</par>",
    good='<par><text src="text1.txt"/></par>',
    needs=Needs.SMIL,
)
def _stray_words(opened: Opened) -> Iterator[Hit]:
    root = opened.presentation.root if opened.presentation else None
    for node in root.walk() if root else ():
        # A medium without a source is reported as such.
        if node.words and not (node.name in MEDIA and not node.attributes.get("src")):
            yield at(opened, node, f"{node.words[:40]!r} is in <{node.name}>")


@rule(
    "MMS317",
    title="Empty slide",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="Each par is a slide: phones show a blank screen for its whole duration.",
    fix="Remove the par.",
    bad='<par dur="5000ms"></par>',
    good='<par dur="5000ms"><img src="image1.jpg" region="Image"/></par>',
    needs=Needs.SMIL,
)
def _blank(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        if not slide.node.children:
            yield at(opened, slide.node, f"slide {slide.number} shows nothing")


@rule(
    "MMS318",
    title="Attribute that crashes Tizen's reader",
    severity=Severity.ERROR,
    source=TIZEN,
    reason="Tizen's reader follows a null pointer where it meets a time or a type on an element that has "
    "none: the messaging program dies, though some of these attributes are good SMIL.",
    fix="Remove the attribute. The time of a slide is the dur of its par; begin and end belong to media.",
    bad='<layout type="text/smil-basic-layout">',
    good="<layout>",
    needs=Needs.SMIL,
)
def _crashing(opened: Opened) -> Iterator[Hit]:
    root = opened.presentation.root if opened.presentation else None
    for node in root.walk() if root is not None else ():
        for name in crashing(node):
            yield at(opened, node, f"<{node.name}> has {name}={node.attributes[name]!r}")
