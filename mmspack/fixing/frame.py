"""The frame of a presentation: a head, then a body, and nothing that no phone shows beside them."""

from __future__ import annotations

from mmspack.fixing.bench import Bench
from mmspack.fixing.registry import Step, edits
from mmspack.smil import editing
from mmspack.smil.tree import MEDIA, Node

_MEANT = ("head", "layout", "root-layout", "region", "body", "par", *MEDIA)
"""What is never removed, wherever it is."""


@edits("MMS308", "MMS316", step=Step.FRAME)
def repair_frame(_bench: Bench, tree: Node) -> list[str]:
    """Head and body made the first two elements: old Android counts the children and reads no names."""
    done = []
    around = tree.children
    if len(around) == 1 and {"head", "body"} <= {node.name for node in around[0].children}:
        done.append(f"head and body moved out of <{around[0].name}>")
        editing.unwrap(around[0])
    head, body = tree.child("head"), tree.child("body")
    if head is None or body is None:
        return done
    for node in tree.children:
        if node.name not in ("head", "body") and not any(node.all(*_MEANT)):
            done.append(f"<{node.name}> next to head and body removed")
            editing.remove(node)
    order = tree.children
    if order.index(head) > order.index(body):
        editing.move(head, tree, order.index(body))
        done.append("head moved before the body")
    return done
