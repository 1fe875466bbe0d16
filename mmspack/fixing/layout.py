"""The layout of a presentation: its head, the display and the regions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mmspack.fixing.bench import Bench
from mmspack.fixing.registry import Step, edits
from mmspack.model import Kind
from mmspack.smil import editing
from mmspack.smil.editing import element
from mmspack.smil.tree import MEDIA, Node

_LENGTH = re.compile(r"\s*([+-]?\d{1,6}(?:\.\d+)?)\s*(px|%)?\s*")
_POINTS = re.compile(r"\s*(-?\d{1,6}(?:\.\d+)?)\s*pt(\b)\s*")
_NOTHING = re.compile(r"\s*0+\s*(?:px|pt|%)?\s*")
_WHOLE = re.compile(r"[+-]?\d+(?:px|%)?", re.ASCII)
_SIDES = ("left", "top", "width", "height")


@edits("MMS306", step=Step.HEAD)
def add_head(bench: Bench, tree: Node) -> list[str]:
    """A head with a layout, where there is none."""
    if tree.child("head") is not None or tree.child("body") is None:
        return []
    if len(list(tree.all("layout"))) > 1:
        return []
    if any(tree.all("layout", "root-layout", "region")):
        editing.insert(tree, 0, element(tree, "head"))
        return ["head added"]
    width, height = bench.profile.screen_width, bench.profile.screen_height
    display = element(tree, "root-layout", width=str(width), height=str(height))
    layout = element(tree, "layout", display, *_two_regions(tree, width, height))
    editing.insert(tree, 0, element(tree, "head", layout))
    return ["head with a layout added"]


@edits("MMS306", "MMS308", "MMS310", step=Step.HEAD)
def repair_head(_bench: Bench, tree: Node) -> list[str]:
    """One head, the layout in it, display and regions in that; of two layouts none is chosen."""
    head = tree.child("head")
    if head is None:
        return []
    done = []
    if others := [node for node in tree.all("head") if node is not head]:
        for other in others:
            for child in other.children:
                editing.move(child, head)
        _take_out(others)
        done.append("heads merged")
    layouts = list(tree.all("layout"))
    inside = {node for layout in layouts for node in layout.walk()}
    strays = [node for node in tree.all("root-layout", "region") if node not in inside]
    if not layouts and strays:
        layouts = [element(head, "layout")]
        editing.append(head, *layouts)
    if len(layouts) != 1:
        return done
    (layout,) = layouts
    if layout.getparent() is not head:
        _move_out(layout, head)
        done.append("layout moved directly into the head")
    if moved := list(_missed(layout, strays)):
        for node in moved:
            _move_out(node, layout)
        done.append("elements of the layout moved into it")
    return done


def _missed(layout: Node, strays: list[Node]) -> Iterator[Node]:
    """The strays that a layout still has room for: one display, two regions."""
    for tag, most in (("root-layout", 1), ("region", 2)):
        there = [node.attributes.get("id") for node in layout.all(tag)]
        for node in strays:
            id_ = node.attributes.get("id")
            if node.name == tag and len(there) < most and id_ not in there:
                there.append(id_)
                yield node


def _move_out(node: Node, parent: Node) -> None:
    """Move an element to the end of another, and take out each `switch` that it leaves empty."""
    above = node.getparent()
    editing.move(node, parent)
    while above is not None and above.name == "switch" and not above.children:
        empty, above = above, above.getparent()
        editing.remove(empty)


def _take_out(nodes: list[Node]) -> None:
    for node in nodes:
        editing.remove(node)


def _two_regions(near: Node, width: int, height: int) -> tuple[Node, Node]:
    """The picture in the upper three quarters, the text below it."""
    picture = height * 3 // 4
    upper = {"left": "0", "top": "0", "width": str(width), "height": str(picture), "fit": "meet"}
    lower = {**upper, "top": str(picture), "height": str(height - picture), "fit": "scroll"}
    return element(near, "region", id="Image", **upper), element(near, "region", id="Text", **lower)


@edits("MMS321", "MMS327", "MMS372", step=Step.LAYOUT)
def repair_display(bench: Bench, tree: Node) -> list[str]:
    """A display size in pixels, and regions where there is none."""
    head = tree.child("head")
    if head is None or not bench.ids & {"MMS321", "MMS327", "MMS372"}:
        return []
    layout = head.child("layout")
    if layout is None and any(tree.all("layout")):
        return []
    if layout is None:
        layout = element(head, "layout")
        editing.insert(head, 0, layout)
    display = layout.child("root-layout")
    if display is None:
        display = element(layout, "root-layout")
        editing.insert(layout, 0, display)
    done = _sized(bench, layout, display) if bench.ids & {"MMS321", "MMS327"} else []
    if not any(layout.all("region")) and any(tree.all(*MEDIA)):
        sides = [display.attributes.get(side, "").removesuffix("px") for side in ("width", "height")]
        if all(side.isascii() and side.isdigit() for side in sides):
            editing.append(layout, *_two_regions(layout, int(sides[0]), int(sides[1])))
            done.append("regions for the picture and the text added")
    return done


def _sized(bench: Bench, layout: Node, display: Node) -> list[str]:
    before = display.attributes
    for side, start, own in (
        ("width", "left", bench.profile.screen_width),
        ("height", "top", bench.profile.screen_height),
    ):
        value = display.attributes.get(side, "%")
        if "%" in value or _NOTHING.fullmatch(value):
            ends = [_end(region, start, side) for region in layout.all("region")]
            display.set(side, str(max([end for end in ends if end], default=own)))
    return ["display size set in pixels"] if before != display.attributes else []


def _end(region: Node, start: str, side: str) -> int:
    """Where a region ends, in pixels; 0 where that is not in pixels."""
    try:
        begin = region.attributes.get(start, "0").removesuffix("px")
        return round(float(begin) + float(region.attributes.get(side, "0").removesuffix("px")))
    except ValueError:
        return 0


@edits("MMS323", "MMS329", step=Step.LAYOUT)
def repair_regions(bench: Bench, tree: Node) -> list[str]:
    """Ids `Image` and `Text`, by what is shown there; fits that exist."""
    done = _named_by_id(tree)
    regions = [node for node in tree.all("region") if "id" in node.attributes]
    for node in regions:
        fit = node.attributes.get("fit")
        if fit is not None and fit not in ("hidden", "meet", "scroll", "slice", "fill"):
            node.set("fit", "meet")
            done.append(f"fit={fit!r} changed to 'meet'")
    ids = [node.attributes["id"] for node in regions]
    for node in regions if len(regions) <= 2 and len(set(ids)) == len(ids) else ():
        old = node.attributes["id"]
        new = _region_name(bench, tree, old)
        if old not in ("Image", "Text") and new and new not in ids:
            ids.append(new)
            node.set("id", new)
            for medium in tree.all(*MEDIA):
                if medium.attributes.get("region") == old:
                    medium.set("region", new)
            done.append(f"region {old!r} renamed {new!r}")
    return done


def _named_by_id(tree: Node) -> list[str]:
    """`regionName` is a name of SMIL 2 that phones pass over: they look for the id."""
    done = []
    for node in tree.all("region"):
        name = node.attributes.get("regionName")
        if name and not node.attributes.get("id"):
            node.attrib.pop("id", None)
            editing.rename_attribute(node, "regionName", "id")
            done.append(f"regionName={name!r} changed to the region's id")
    return done


def _region_name(bench: Bench, tree: Node, region: str) -> str | None:
    """`Text` or `Image`, by the media that are sent there; None where both kinds are, or none."""
    kinds = {
        bench.kind_of(node) in (Kind.TEXT, "text")
        for node in tree.all(*MEDIA)
        if node.attributes.get("region") == region
    }
    if len(kinds) == 1:
        return "Text" if kinds.pop() else "Image"
    return {"image": "Image", "text": "Text"}.get(region.lower()) if not kinds else None


@edits("MMS326", step=Step.LAYOUT)
def repair_lengths(_bench: Bench, tree: Node) -> list[str]:
    """Whole numbers. Points count as pixels where everything is in points: the shares stay what they were."""
    done = []
    lengths = [
        (node, side, node.attributes[side])
        for node in tree.all("root-layout", "region")
        for side in _SIDES
        if side in node.attributes
    ]
    in_points = all(_POINTS.fullmatch(value) or _NOTHING.fullmatch(value) for _, _, value in lengths)
    for node, side, value in lengths:
        match = _LENGTH.fullmatch(value) or (in_points and _POINTS.fullmatch(value)) or None
        if match and not _WHOLE.fullmatch(value):
            whole = f"{round(float(match[1]))}{match[2] or ''}"
            node.set(side, whole)
            done.append(f"{side}={value!r} changed to {whole!r}")
    return done
