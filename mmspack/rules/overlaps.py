"""MMS33x: regions that leave the display, and regions that cover each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from mmspack.bundle.opened import Opened
from mmspack.model import Severity
from mmspack.rules.declaring import Hit, Needs, Remains, rule
from mmspack.rules.layout import LENGTH, displays, is_nothing, measure, pixels, regions, shown_places
from mmspack.rules.sources import ANDROID, EDITORS
from mmspack.rules.structure import at
from mmspack.smil.tree import Node

_AXES = (("left", "width"), ("top", "height"))
_TOUCHING = 0.1
"""Share of a region that another may cover before it is reported: borders that touch hide no letter."""
_MOST_COMPARED = 8
"""Regions of one slide that are compared with each other: MMS has two, and the work grows by the square."""


@rule(
    "MMS330",
    title="Region outside the display, or without any size",
    severity=Severity.WARNING,
    source=EDITORS,
    reason="Anything beyond the display is cut off: the end of the text, the edge of the picture. "
    "Nothing is visible in a region without width or height.",
    fix="Keep left + width and top + height within the root-layout, and width and height above 0.",
    bad='root-layout 480x640; <region id="Text" top="600" height="120" .../>',
    good='root-layout 480x640; <region id="Text" top="520" height="120" .../>',
    remains=Remains.LOOK,
    needs=Needs.SMIL,
)
def _outside(opened: Opened) -> Iterator[Hit]:
    display = next(iter(displays(opened)), None)
    used = {place for places in shown_places(opened) for place in places}
    for node in regions(opened) if display and not is_nothing(display) else ():
        name = node.attributes.get("id", "")
        for start, length in _AXES:
            extent = measure(node.attributes.get(length))
            room = pixels(display.attributes.get(length)) if display else None
            words = _beyond(node, start, length, room)
            if extent and extent[0] <= 0:
                words = f"has {length}={node.attributes[length]!r}" if name in used else ""
            if words:
                yield at(opened, node, f"{name!r} {words}")


def _beyond(region: Node, start: str, length: str, room: int | None) -> str:
    """How a region leaves the display on one axis, in words; empty where it does not, or that is unknown."""
    begin, extent = measure(region.attributes.get(start, "0")), measure(region.attributes.get(length))
    if begin is None or (extent is None and length in region.attributes):
        return ""
    units = {unit for number, unit in (begin, extent or begin) if number} or {""}
    unit = min(units)
    whole = 100 if unit else room
    if len(units) > 1 or whole is None:
        return ""
    display = f"the display to {whole}{unit} ({length})"
    if extent is None:
        return "" if 0 <= begin[0] < whole else f"starts at {begin[0]}{unit} and has no {length}, {display}"
    end = begin[0] + extent[0]
    return (
        ""
        if 0 <= begin[0] <= whole - extent[0]
        else f"extends from {begin[0]}{unit} to {end}{unit}, {display}"
    )


@rule(
    "MMS331",
    title="Text overlaps the picture",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="Phones draw one over the other, and text on a picture is hard to read. A region "
    "without left, top, width and height starts in the corner and fills the display. This "
    "may be intended, so it is not an error.",
    fix="Place the Text region below the Image region: its top where the picture ends.",
    bad='<region id="Image" top="0" height="480" .../><region id="Text" top="100" height="160" .../>',
    good='<region id="Image" top="0" height="480" .../><region id="Text" top="480" height="160" .../>',
    remains=Remains.LOOK,
    needs=Needs.SMIL,
)
def _covered(opened: Opened) -> Iterator[Hit]:
    display = next(iter(displays(opened)), None)
    declared: dict[str, Node] = {}
    for node in regions(opened):
        # A region that is declared twice is another rule's.
        declared.setdefault(node.attributes.get("id", ""), node)
    ranks = {name: rank for rank, name in enumerate(declared)}
    used = (sorted(places & declared.keys(), key=ranks.__getitem__) for places in shown_places(opened))
    pairs = {pair for places in used for pair in combinations(places[:_MOST_COMPARED], 2)}
    for one, other in sorted(pairs, key=lambda pair: (ranks[pair[0]], ranks[pair[1]])):
        if display is not None and _overlap(declared[one], declared[other], display) > _TOUCHING:
            first, second = sorted((one, other))
            yield at(opened, declared[other], f"the regions {first!r} and {second!r} overlap")


def _overlap(one: Node, other: Node, display: Node) -> float:
    """The share of the smaller region that the other one covers, 0 to 1; 0 where it is unknown."""
    common = 1.0
    areas = [1.0, 1.0]
    for start, length in _AXES:
        room = pixels(display.attributes.get(length))
        span, other_span = (_span(node, start, length, room) for node in (one, other))
        if span is None or other_span is None:
            return 0.0
        (begin, end), (other_begin, other_end) = span, other_span
        common *= max(0.0, min(end, other_end) - max(begin, other_begin))
        areas = [areas[0] * max(0.0, end - begin), areas[1] * max(0.0, other_end - other_begin)]
    smaller = min(areas)
    return common / smaller if smaller else 0.0


def _span(region: Node, start: str, length: str, room: int | None) -> tuple[float, float] | None:
    """Begin and end as shares of the display; None where they cannot be determined."""
    values = []
    for side, absent in ((start, "0"), (length, None if room is None else "100%")):
        value = region.attributes.get(side, absent)
        extent = pixels(value)
        if value is None or not LENGTH.fullmatch(value):
            return None
        if extent is not None and extent != 0 and not (room and room > 0):
            return None
        values.append(int(value[:-1]) / 100 if extent is None else extent / room if room else 0.0)
    begin = values[0]
    return begin, min(1.0, begin + values[1])
