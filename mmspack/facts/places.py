"""Names of elements and attributes as SMIL spells them."""

from __future__ import annotations

from mmspack.smil.tree import Node


def misspelt(node: Node, name: str) -> str:
    """The attribute that is `name` in capitals; empty where there is none, or `name` itself."""
    others = [other for other in node.attributes if other.lower() == name]
    return others[0] if others and name not in others else ""
