"""Names of elements and attributes at which readers stumble."""

from __future__ import annotations

from mmspack.smil.tree import MEDIA, Node

_TIMES = ("begin", "end", "dur", "repeatCount")
_CRASHING = {
    **dict.fromkeys(MEDIA, ("type",)),
    "par": ("begin", "end", "repeatCount", "region", "type"),
    **dict.fromkeys(("smil", "head", "meta", "layout", "root-layout", "region", "body"), (*_TIMES, "type")),
}
"""Times and types where Tizen's reader keeps no object for them: it follows a null pointer and dies."""


def crashing(node: Node) -> list[str]:
    """The attributes of an element that crash Tizen's reader."""
    names = _CRASHING.get(node.name, ())
    return [name for name in node.attributes if name in names]


def misspelt(node: Node, name: str) -> str:
    """The attribute that is `name` in capitals; empty where there is none, or `name` itself."""
    if name in node.attributes:
        return ""
    return next((other for other in node.attributes if other.lower() == name), "")
