"""MMS30x: the presentation as a document."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.model import Severity
from mmspack.rules.declaring import Evidence, Hit, Judge, Needs, Source, rule
from mmspack.rules.sources import ANDROID, FIREFOX_OS, OURS, SMIL_CHAPTER, SMIL_STRUCTURE
from mmspack.smil.reading import MEDIA, Node
from mmspack.unpacking import Unpacked

_SHAPE = "Write <smil><head>...</head><body>...</body></smil>, and nothing besides."
_HEAD_CHILDREN = ("layout", "meta")
_PLAIN_MEDIA = ("img", "text", "audio", "video", "ref")


def at(unpacked: Unpacked, node: Node, message: str) -> Hit:
    """A hit at an element of the presentation."""
    return Hit(
        message, part=unpacked.smil.name if unpacked.smil else None, line=node.line, column=node.column
    )


def _fault(*kinds: str) -> Judge:
    def judge(unpacked: Unpacked) -> Iterator[Hit]:
        fault = unpacked.smil_fault
        if fault is not None and unpacked.smil is not None and fault.kind in kinds:
            yield Hit(fault.message, part=unpacked.smil.name, line=fault.line, column=fault.column)

    return judge


rule(
    "MMS301",
    title="Presentation is not XML",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Phones throw the whole presentation away: old Android shows default slides of 8 seconds, "
    "Firefox OS the bare parts.",
    fix="Close every element, quote every attribute, write & as &amp;, and begin at the first byte.",
    bad='<img src="a.jpg">\n<text src="fish&chips.txt"/>',
    good='<img src="a.jpg"/>\n<text src="chips.txt"/>',
    needs=Needs.TREE,
)(_fault("xml", "huge"))

rule(
    "MMS302",
    title="Presentation has a DOCTYPE",
    severity=Severity.WARNING,
    source=Source("Old Android survives one; careful readers refuse any DTD", Evidence.OBSERVED),
    reason="A DTD can declare entities that grow without end or fetch files, so strict readers refuse the "
    "presentation.",
    fix="Take the DOCTYPE out: MMS SMIL needs none.",
    bad='<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "SMIL10.dtd">\n<smil>',
    good="<smil>",
    needs=Needs.TREE,
    fixable=True,
)(_fault("doctype"))

rule(
    "MMS303",
    title="Presentation in an encoding that cannot be read",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="A reader that does not know the encoding, or finds another than declared, ignores the "
    "presentation.",
    fix="Save the file as UTF-8.",
    bad='<?xml version="1.0" encoding="x-phone"?>',
    good='<?xml version="1.0" encoding="UTF-8"?>',
    needs=Needs.TREE,
)(_fault("encoding"))


@rule(
    "MMS304",
    title="Presentation is not UTF-8",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="Old Android ignores a presentation in UTF-16 without a word and shows default slides of 8 "
    "seconds.",
    fix="Save the file as UTF-8.",
    bad='<?xml version="1.0" encoding="UTF-16"?>',
    good='<?xml version="1.0" encoding="UTF-8"?>',
    needs=Needs.SMIL,
    fixable=True,
)
def _encoding(unpacked: Unpacked) -> Iterator[Hit]:
    found = unpacked.presentation
    if found and found.encoding not in ("utf-8", "utf8", "us-ascii", "ascii"):
        yield at(unpacked, found.root, f"the file is in {found.encoding}")


@rule(
    "MMS305",
    title="Root is not smil",
    severity=Severity.ERROR,
    source=SMIL_STRUCTURE,
    reason="Readers look for <smil>, in lower case, and find no slide under another root.",
    fix=_SHAPE,
    bad="<SMIL><head/><body/></SMIL>",
    good="<smil><head/><body/></smil>",
    needs=Needs.TREE,
)
def _root(unpacked: Unpacked) -> Iterator[Hit]:
    root = unpacked.smil_root
    if root is not None and root.tag != "smil":
        yield at(unpacked, root, f"the root is <{root.tag}>")


@rule(
    "MMS306",
    title="No head",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android takes the first child of smil for the head and the second for the body, whatever "
    "their names: without a head it shows no slide at all.",
    fix="Put a <head> with a <layout> before the <body>.",
    bad="<smil><body>...</body></smil>",
    good="<smil><head><layout>...</layout></head><body>...</body></smil>",
    needs=Needs.SMIL,
    fixable=True,
)
def _head(unpacked: Unpacked) -> Iterator[Hit]:
    root = unpacked.presentation.root if unpacked.presentation else None
    if root and root.child("head") is None and root.child("body") is not None:
        yield at(unpacked, root, "smil has no head")


@rule(
    "MMS307",
    title="No slide",
    severity=Severity.ERROR,
    source=SMIL_CHAPTER,
    reason="Without a body that holds a par there is nothing to show: readers fall back to the bare parts.",
    fix="Write one <par> a slide into the <body>, or leave the presentation out.",
    bad="<smil><head/></smil>",
    good='<smil><head/><body><par dur="5000ms">...</par></body></smil>',
    needs=Needs.SMIL,
)
def _no_slide(unpacked: Unpacked) -> Iterator[Hit]:
    root = unpacked.presentation.root if unpacked.presentation else None
    if root is None:
        return
    body = root.child("body")
    if body is None:
        yield at(unpacked, root, "smil has no body")
    elif not any(body.all("par", *MEDIA)):
        yield at(unpacked, body, "the body is empty")


@rule(
    "MMS308",
    title="Smil holds more than head and body",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android counts children and does not read their names: the first is its head, the second "
    "its body.",
    fix=_SHAPE,
    bad="<smil><metadata/><head/><body/></smil>",
    good="<smil><head/><body/></smil>",
    needs=Needs.SMIL,
)
def _children(unpacked: Unpacked) -> Iterator[Hit]:
    root = unpacked.presentation.root if unpacked.presentation else None
    if root is None or root.child("head") is None or root.child("body") is None:
        return
    for wanted, node in zip(("head", "body", None), [*root.children, None][:3], strict=False):
        if node is not None and node.tag != wanted:
            yield at(unpacked, node, f"<{node.tag}> stands where {wanted or 'nothing more'} is looked for")
            return


@rule(
    "MMS309",
    title="Head holds more than a layout",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="MMS SMIL has layout and meta in the head and nothing else; the rest is ignored or refused.",
    fix="Take the element out.",
    bad="<head><transition/><layout/></head>",
    good="<head><layout/></head>",
    needs=Needs.SMIL,
    by_class=True,
)
def _head_children(unpacked: Unpacked) -> Iterator[Hit]:
    head = unpacked.presentation.root.child("head") if unpacked.presentation else None
    for node in head.children if head else ():
        if node.tag not in _HEAD_CHILDREN:
            yield at(unpacked, node, f"<{node.tag}> in the head")


@rule(
    "MMS310",
    title="Body holds something other than par",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android takes every child of body for a par and fails on anything else: the whole message "
    "is lost.",
    fix="Put each slide's media into a <par>, and the pars directly into the body.",
    bad="<body><seq><par>...</par></seq></body>",
    good="<body><par>...</par></body>",
    needs=Needs.SMIL,
    fixable=True,
)
def _body_children(unpacked: Unpacked) -> Iterator[Hit]:
    body = unpacked.presentation.root.child("body") if unpacked.presentation else None
    for node in body.children if body else ():
        if node.tag != "par":
            yield at(unpacked, node, f"<{node.tag}> in the body")


@rule(
    "MMS311",
    title="Slide holds something other than a medium",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android takes only text, img, audio, video and ref in a par and fails on anything else: the "
    "whole message is lost.",
    fix="Put the media directly into the par.",
    bad='<par><a href="..."><img src="a.jpg"/></a></par>',
    good='<par><img src="a.jpg"/></par>',
    needs=Needs.SMIL,
)
def _par_children(unpacked: Unpacked) -> Iterator[Hit]:
    for slide in unpacked.slides:
        for node in slide.node.children:
            if node.tag not in _PLAIN_MEDIA:
                yield at(unpacked, node, f"<{node.tag}> in slide {slide.number}")


@rule(
    "MMS312",
    title="Element inside a medium",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="Phones read past <param> and its like; the colour or effect that it asks for is not shown.",
    fix="Take the element out.",
    bad='<text src="a.txt"><param name="foreground-color" value="red"/></text>',
    good='<text src="a.txt"/>',
    needs=Needs.SMIL,
    by_class=True,
)
def _inside_media(unpacked: Unpacked) -> Iterator[Hit]:
    for slide in unpacked.slides:
        for medium in slide.node.children:
            for node in medium.children if medium.tag in _PLAIN_MEDIA else ():
                yield at(unpacked, node, f"<{node.tag}> in <{medium.tag}>")


@rule(
    "MMS313",
    title="Prefixed elements",
    severity=Severity.WARNING,
    source=FIREFOX_OS,
    reason="Simple readers compare whole names: they do not see that s:par is a par, and find no slide.",
    fix="Declare the namespace as the default one, or not at all, and write the names without a prefix.",
    bad='<s:smil xmlns:s="...">',
    good="<smil>",
    needs=Needs.SMIL,
)
def _prefixed(unpacked: Unpacked) -> Iterator[Hit]:
    root = unpacked.presentation.root if unpacked.presentation else None
    first = next((node for node in root.walk() if node.prefix), None) if root else None
    if first is not None:
        yield at(unpacked, first, f"<{first.prefix}:{first.tag}>")


@rule(
    "MMS314",
    title="Text between the elements",
    severity=Severity.INFO,
    source=OURS,
    reason="The copy of a slide is a part of its own, named by <text src>. Words in the SMIL itself are "
    "never shown.",
    fix="Move the words into a text part.",
    bad="<par>Summer sale!</par>",
    good='<par><text src="text1.txt"/></par>',
    needs=Needs.SMIL,
)
def _stray_words(unpacked: Unpacked) -> Iterator[Hit]:
    root = unpacked.presentation.root if unpacked.presentation else None
    for node in root.walk() if root else ():
        if node.text:
            yield at(unpacked, node, f"{node.text[:40]!r} stands in <{node.tag}>")
