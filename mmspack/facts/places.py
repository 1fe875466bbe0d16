"""Names of elements and attributes as SMIL spells them."""

from __future__ import annotations

from mmspack.smil.tree import Node


def misspelt(node: Node, name: str) -> str:
    """The attribute that is `name` in capitals; empty where there is none, or `name` itself."""
    if name in node.attributes:
        return ""
    return next((other for other in node.attributes if other.lower() == name), "")
