"""The frame of a presentation: a head, then a body, and nothing that no phone shows beside them."""

from __future__ import annotations

from mmspack.fixing.bench import Bench
from mmspack.fixing.registry import Step, edits
from mmspack.smil import editing
from mmspack.smil.tree import MEDIA, Node

_FRAME = ("head", "body")
_MEANT = ("head", "layout", "root-layout", "region", "body", "par", *MEDIA)
"""What is never removed, wherever it is."""


@edits("MMS308", step=Step.HEAD)
def free_frame(_bench: Bench, tree: Node) -> list[str]:
    """Head and body moved out of what no phone knows; this comes before a head is added that is missing."""
    done = []
    while (around := _around(tree)) is not None:
        done.append(f"{' and '.join(_held(around))} moved out of <{around.name}>")
        editing.unwrap(around)
    return done


@edits("MMS308", "MMS316", step=Step.FRAME)
def repair_frame(_bench: Bench, tree: Node) -> list[str]:
    """Head and body made the first two elements: old Android counts the children and reads no names."""
    done: list[str] = []
    head, body = tree.child("head"), tree.child("body")
    if head is None or body is None:
        return done
    for node in tree.children:
        if node.name not in _FRAME and not any(node.all(*_MEANT)):
            done.append(f"<{node.name}> next to head and body removed")
            editing.remove(node)
    order = tree.children
    if order.index(head) > order.index(body):
        editing.move(head, tree, order.index(body))
        done.append("head moved before the body")
    return done


def _around(tree: Node) -> Node | None:
    """An element around the head or the body that the presentation lacks."""
    missing = {name for name in _FRAME if tree.child(name) is None}
    if not missing:
        return None
    others = (node for node in tree.children if node.name not in _FRAME)
    return next((node for node in others if _held(node) and missing.issuperset(_held(node))), None)


def _held(node: Node) -> list[str]:
    names = {child.name for child in node.children}
    return [name for name in _FRAME if name in names]
