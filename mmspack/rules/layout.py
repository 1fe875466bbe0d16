"""MMS32x: regions and the display that contains them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mmspack.bundle.opened import Opened
from mmspack.facts.places import crashing
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, Remains, Source, rule
from mmspack.rules.sources import ANDROID, SMIL_CHAPTER, SMIL_LAYOUT
from mmspack.rules.structure import at
from mmspack.smil.tree import Node

LENGTH = re.compile(r"([+-]?\d{1,9})(px|%)?", re.ASCII)
_REGION_ATTRIBUTES = {"id", "left", "top", "width", "height", "fit"}
_FITS = ("hidden", "meet", "scroll", "slice", "fill")
_SIDES = ("left", "top", "width", "height")
_REGIONS = 'Declare <region id="Image" .../> and <region id="Text" .../>.'


def _layouts(opened: Opened) -> tuple[Node, ...]:
    return opened.presentation.layouts if opened.presentation else ()


def displays(opened: Opened) -> tuple[Node, ...]:
    """The root-layouts, of which the first is the display."""
    return opened.presentation.displays if opened.presentation else ()


def regions(opened: Opened) -> tuple[Node, ...]:
    """The regions that the presentation declares."""
    return opened.presentation.region_nodes if opened.presentation else ()


def strays(opened: Opened, *tags: str) -> set[Node]:
    """Layout elements outside the head's layout: a rule about their place reports them."""
    root = opened.presentation.root if opened.presentation else None
    inside = {node for layout in _layouts(opened) for node in layout.all(*tags)}
    return set(root.all(*tags)) - inside if root else set()


def doubled(opened: Opened) -> str:
    """The id that both regions have; empty where they differ."""
    ids = [node.attributes.get("id", "") for node in regions(opened)[:2]]
    return ids[0] if len(ids) == 2 and ids[0] == ids[1] else ""


def region_names(opened: Opened) -> set[str]:
    """The names that regions are declared under, `regionName` in place of an id among them."""
    return {
        node.attributes["regionName"] if _only_called(node) else node.attributes.get("id", "")
        for node in regions(opened)
    }


def pixels(value: str | None) -> int | None:
    """A length in pixels; None where it is absent, in percent or no length."""
    measured = measure(value)
    return measured[0] if measured and not measured[1] else None


def measure(value: str | None) -> tuple[int, str] | None:
    """A length as number and unit (`%`, or nothing for pixels); None where it is absent or no length."""
    match = LENGTH.fullmatch(value or "")
    return (int(match[1]), "%" if match[2] == "%" else "") if match else None


def shown_places(opened: Opened) -> Iterator[set[str]]:
    """Of each slide the regions in which old Android shows something of it."""
    declared = {node.attributes.get("id", "") for node in regions(opened)}
    for slide in opened.slides:
        found = set()
        for shown in slide.media:
            if shown.node.name != "audio" and not (shown.part and shown.part.kind is Kind.ATTACHMENT):
                region = shown.node.attributes.get("region", "")
                usual = "Text" if shown.node.name == "text" else "Image"
                found.add(region if region in declared else usual)
        yield found


@rule(
    "MMS321",
    title="No display size",
    severity=Severity.WARNING,
    source=Source("OMA MMS conformance, MMS SMIL; 3GPP TS 26.246, 7.2, has a default", Evidence.IMPLEMENTED),
    reason="Each phone then uses its own screen as the display, and regions in pixels end up in "
    "different places.",
    fix='Declare <root-layout width="480" height="640"/>.',
    bad="<layout><root-layout/></layout>",
    good='<layout><root-layout width="480" height="640"/></layout>',
    needs=Needs.SMIL,
)
def _no_size(opened: Opened) -> Iterator[Hit]:
    head = opened.presentation.root.child("head") if opened.presentation else None
    layouts, roots = _layouts(opened), displays(opened)
    if head is None or (not roots and strays(opened, "layout", "root-layout")):
        return
    if not roots:
        where = (layouts[0], "the layout has no root-layout") if layouts else (head, "the head has no layout")
        yield at(opened, *where)
    for node in roots[:1]:
        missing = [side for side in ("width", "height") if side not in node.attributes]
        if missing:
            yield at(opened, node, f"root-layout has no {' and no '.join(missing)}")
        elif is_nothing(node):
            size = f"{node.attributes['width']}x{node.attributes['height']}"
            yield at(opened, node, f"the display is {size}, which shows nothing")


def is_nothing(display: Node) -> bool:
    """True for a display without an extent."""
    sides = (pixels(display.attributes.get(side)) for side in ("width", "height"))
    return any(extent is not None and extent <= 0 for extent in sides)


@rule(
    "MMS322",
    title="More than one layout, or more than two regions",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="MMS SMIL has one display with one region for the image and one for the text; any "
    "others are ignored.",
    fix=_REGIONS,
    bad='<region id="Image"/><region id="Text"/><region id="Logo"/>',
    good='<region id="Image"/><region id="Text"/>',
    remains=Remains.LOOK,
    needs=Needs.SMIL,
    by_class=True,
)
def _too_many(opened: Opened) -> Iterator[Hit]:
    for word, nodes, most in (
        ("layout", _layouts(opened), 1),
        ("root-layout", displays(opened), 1),
        ("region", regions(opened), 2),
    ):
        if len(nodes) > most:
            yield at(opened, nodes[most], f"{len(nodes)} {word} elements; at most {most} are allowed")
            return


@rule(
    "MMS323",
    title="Region is not named Image or Text",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="Phones know these two names, spelt exactly like this. Old Android moves the media of "
    "any other region to one of these two.",
    fix=_REGIONS,
    bad='<region id="image" .../>',
    good='<region id="Image" .../>',
    needs=Needs.SMIL,
    by_class=True,
)
def _region_names(opened: Opened) -> Iterator[Hit]:
    for node in regions(opened)[:2]:
        id_ = node.attributes.get("id", "")
        if id_ not in ("Image", "Text"):
            words = f"the region is named {id_!r}" if id_ else "the region has no id"
            if _only_called(node):
                words += f", and phones ignore regionName={node.attributes['regionName']!r}"
            yield at(opened, node, words)


def _only_called(region: Node) -> bool:
    """True where `regionName` is used instead of `id`."""
    return "regionName" in region.attributes and not region.attributes.get("id")


@rule(
    "MMS324",
    title="Two regions with the same name",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="The later one replaces the first: content meant for two places appears in one.",
    fix="Declare each region once.",
    bad='<region id="Image"/><region id="Image"/>',
    good='<region id="Image"/><region id="Text"/>',
    remains=Remains.LOOK,
    needs=Needs.SMIL,
)
def _same_region(opened: Opened) -> Iterator[Hit]:
    id_ = doubled(opened)
    if id_:
        yield at(opened, regions(opened)[1], f"the region {id_!r} is declared twice")


@rule(
    "MMS325",
    title="Attribute not supported in MMS layouts",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="Phones ignore it: the colour, depth or title that it sets has no effect.",
    fix="Keep id, left, top, width, height and fit on a region, and width and height on the root-layout.",
    bad='<root-layout width="480" height="640" background-color="black"/>',
    good='<root-layout width="480" height="640"/>',
    needs=Needs.SMIL,
    by_class=True,
)
def _layout_attributes(opened: Opened) -> Iterator[Hit]:
    for node in (*displays(opened), *regions(opened)):
        allowed = _REGION_ATTRIBUTES if node.name == "region" else {"width", "height"}
        for name in node.attributes:
            in_place_of_id = name == "regionName" and node.name == "region" and _only_called(node)
            if name not in (*allowed, *crashing(node)) and not in_place_of_id:
                yield at(opened, node, f"{node.name} has the attribute {name}")


@rule(
    "MMS326",
    title="Length is not in whole pixels or percent",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android ignores a length with decimals, and reads other units, or a space in the "
    "number, as 0: with top='320.5' treated as 0, the text covers the picture.",
    fix="Write whole numbers, without a unit or directly followed by px or %.",
    bad='<region id="Text" top="320.5" .../>',
    good='<region id="Text" top="320" .../>',
    needs=Needs.SMIL,
)
def _lengths(opened: Opened) -> Iterator[Hit]:
    for node in (*displays(opened), *regions(opened)):
        for side in _SIDES:
            value = node.attributes.get(side)
            if value is not None and not LENGTH.fullmatch(value):
                yield at(opened, node, f"{node.name} has {side}={value!r}")


@rule(
    "MMS327",
    title="Display size in percent",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="There is nothing that the percentage could refer to. Old Android uses its own screen "
    "size, and regions in pixels no longer fit the display.",
    fix='Give the size of the root-layout in pixels: width="480" height="640".',
    bad='<root-layout width="100%" height="100%"/>',
    good='<root-layout width="480" height="640"/>',
    needs=Needs.SMIL,
)
def _percent_display(opened: Opened) -> Iterator[Hit]:
    for node in displays(opened)[:1]:
        if any("%" in node.attributes.get(side, "") for side in ("width", "height")):
            yield at(opened, node, "the root-layout is in percent")


@rule(
    "MMS328",
    title="Region mixes pixels and percent",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="The two only match on one screen size; on every other phone the region is misplaced.",
    fix="Give all four numbers in pixels, or all in percent.",
    bad='<region id="Image" left="0" top="0" width="480" height="50%"/>',
    good='<region id="Image" left="0" top="0" width="480" height="320"/>',
    remains=Remains.LOOK,
    needs=Needs.SMIL,
)
def _mixed(opened: Opened) -> Iterator[Hit]:
    for node in regions(opened):
        lengths = [measure(node.attributes.get(side)) for side in _SIDES]
        # Nothing is nothing in either.
        if len({unit for number, unit in filter(None, lengths) if number}) > 1:
            yield at(opened, node, f"{node.attributes.get('id', '')!r} mixes pixels and percent")


@rule(
    "MMS329",
    title="Unknown value of fit",
    severity=Severity.WARNING,
    source=SMIL_LAYOUT,
    reason="The default is hidden: phones that do not know the value crop a picture larger than its region.",
    fix="Write hidden, meet, scroll, slice or fill; meet shows the whole picture.",
    bad='<region id="Image" fit="contain" .../>',
    good='<region id="Image" fit="meet" .../>',
    needs=Needs.SMIL,
)
def _fit(opened: Opened) -> Iterator[Hit]:
    for node in regions(opened):
        fit = node.attributes.get("fit")
        if fit is not None and fit not in _FITS:
            yield at(opened, node, f"fit={fit!r}")


@rule(
    "MMS332",
    title="Element that layouts do not have in MMS",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="A layout contains a root-layout and regions, which are empty elements. Phones ignore anything "
    "else in it, and regions inside anything else.",
    fix="Keep the root-layout and the regions directly in the layout.",
    bad='<layout><switch><region id="Image"/></switch></layout>',
    good='<layout><region id="Image"/></layout>',
    needs=Needs.SMIL,
    by_class=True,
)
def _layout_elements(opened: Opened) -> Iterator[Hit]:
    head = opened.presentation.root.child("head") if opened.presentation else None
    for parent in head.children if head is not None else ():
        if parent.name not in ("layout", "meta"):
            continue
        known = ("root-layout", "region") if parent.name == "layout" else ()
        for node in parent.children:
            strange = [node] if node.name not in known else node.children
            for one in strange:
                around = parent if one is node else node
                yield at(opened, one, f"<{one.name}> in <{around.name}>")
