"""A SMIL tree written again: UTF-8, no prefixes, two blanks a level, everything escaped."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from mmspack.smil.tree import Node


def write(root: Node) -> bytes:
    """The presentation as bytes. Comments and processing instructions are not kept by the tree."""
    return "".join(f"{line}\n" for line in _lines(root, 0)).encode()


def element(tag: str, *children: Node, **attributes: str) -> Node:
    """A new element."""
    return Node(
        tag=tag, prefix="", namespace="", attributes=attributes, line=1, column=1, children=list(children)
    )


def _lines(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    start = node.tag + "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    if not node.children:
        yield f"{indent}<{start}>{escape(node.text)}</{node.tag}>" if node.text else f"{indent}<{start}/>"
        return
    yield f"{indent}<{start}>{escape(node.text)}"
    for child in node.children:
        yield from _lines(child, depth + 1)
    yield f"{indent}</{node.tag}>"
