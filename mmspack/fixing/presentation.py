"""The presentation brought into the subset that every phone reads, where that needs no taste."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mmspack.fixing.bench import Bench, Piece
from mmspack.model import Kind
from mmspack.rules.references import is_external, nearest
from mmspack.rules.timing import MEANT_AS_MILLISECONDS, form_of
from mmspack.smil.reading import MEDIA, Node, clock_ms, reference
from mmspack.smil.writing import element, write

_TAGS = {Kind.IMAGE: "img", Kind.TEXT: "text", Kind.AUDIO: "audio", Kind.VIDEO: "video"}
_DEFAULT_MS = 5000


def mend_presentation(bench: Bench) -> None:
    """Edit the tree, and write it where something was changed."""
    smil, tree = bench.smil, bench.tree
    if smil is None or tree is None:
        return
    done: list[str] = []
    if bench.ids & {"MMS302", "MMS304"}:
        done.append("written in UTF-8 without a DOCTYPE")
    for mend in (_head, _sources, _elements, _body, _display, _regions, _lengths, _places, _times):
        done += mend(bench, tree)
    if done:
        smil.data = write(_unprefixed(tree))
        for what in dict.fromkeys(done):
            bench.did(smil, what)


def shown_order(bench: Bench) -> list[Piece]:
    """The pieces in the order in which the slides show them."""
    if bench.tree is None:
        return []
    body = bench.tree.child("body")
    names = [node.attributes.get("src", "") for node in body.all(*MEDIA)] if body else []
    by_name = {piece.name: piece for piece in bench.pieces}
    return list({name: by_name[name] for name in map(reference, names) if name in by_name}.values())


def _unprefixed(tree: Node) -> Node:
    for node in tree.walk():
        node.prefix = ""
    return tree


def _head(bench: Bench, tree: Node) -> list[str]:
    if tree.child("head") is not None or tree.child("body") is None:
        return []
    width, height = bench.profile.screen_width, bench.profile.screen_height
    picture = height * 3 // 4
    sides = {"left": "0", "width": str(width)}
    tree.children.insert(
        0,
        element(
            "head",
            element(
                "layout",
                element("root-layout", width=str(width), height=str(height)),
                element("region", id="Image", top="0", height=str(picture), fit="meet", **sides),
                element(
                    "region", id="Text", top=str(picture), height=str(height - picture), fit="scroll", **sides
                ),
            ),
        ),
    )
    return ["head with a layout added"]


def _body(bench: Bench, tree: Node) -> list[str]:
    """`seq` opened, media outside a slide put into one, surplus media into slides of their own."""
    body = tree.child("body")
    if body is None:
        return []
    slides = list(_opened(body))
    split = [part for slide in slides for part in (_split(bench, slide) if slide.tag == "par" else [slide])]
    done = []
    if slides != body.children:
        done.append("slides put directly into the body")
    if len(split) != len(slides):
        done.append("one medium of a kind to a slide")
    body.children[:] = split
    return done


def _opened(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.tag == "seq":
            yield from _opened(child)
        elif child.tag in MEDIA:
            duration = clock_ms(child.attributes.pop("dur", None)) or _DEFAULT_MS
            yield element("par", child, dur=f"{duration}ms")
        else:
            yield child


def _split(bench: Bench, par: Node) -> list[Node]:
    """The slide, and one more for each medium of a kind that it has already."""
    kinds: set[Kind | str] = set()
    kept: list[Node] = []
    more: list[Node] = []
    for node in par.children:
        kind = _kind(bench, node)
        (more if kind in kinds and node.tag in MEDIA else kept).append(node)
        kinds.add(kind)
    par.children[:] = kept
    return [par, *(element("par", node, **dict(par.attributes)) for node in more)]


def _kind(bench: Bench, node: Node) -> Kind | str:
    src = reference(node.attributes.get("src", ""))
    piece = next((piece for piece in bench.pieces if piece.name == src), None)
    return piece.kind if piece and piece.kind in _TAGS else node.tag


def _display(bench: Bench, tree: Node) -> list[str]:
    head = tree.child("head")
    if head is None or not bench.ids & {"MMS321", "MMS327"}:
        return []
    layout = next(head.all("layout"), None)
    if layout is None:
        layout = element("layout")
        head.children.insert(0, layout)
    display = layout.child("root-layout")
    if display is None:
        display = element("root-layout")
        layout.children.insert(0, display)
    for side, start, own in (
        ("width", "left", bench.profile.screen_width),
        ("height", "top", bench.profile.screen_height),
    ):
        if "%" in display.attributes.get(side, "%"):
            ends = [_end(region, start, side) for region in layout.all("region")]
            display.attributes[side] = str(max([end for end in ends if end], default=own))
    return ["display size given in pixels"]


def _end(region: Node, start: str, side: str) -> int:
    """Where a region ends, in pixels; 0 where that is not in pixels."""
    try:
        begin = region.attributes.get(start, "0").removesuffix("px")
        return round(float(begin) + float(region.attributes.get(side, "0").removesuffix("px")))
    except ValueError:
        return 0


def _regions(bench: Bench, tree: Node) -> list[str]:
    """Ids `Image` and `Text`, by what is shown there; fits that exist."""
    done = []
    regions = [node for node in tree.all("region") if "id" in node.attributes]
    for node in regions:
        fit = node.attributes.get("fit")
        if fit is not None and fit not in ("hidden", "meet", "scroll", "slice", "fill"):
            node.attributes["fit"] = "meet"
            done.append(f"fit={fit!r} made 'meet'")
    ids = [node.attributes["id"] for node in regions]
    for node in regions if len(regions) <= 2 and len(set(ids)) == len(ids) else ():
        old = node.attributes["id"]
        new = _region_name(bench, tree, old)
        if old not in ("Image", "Text") and new and new not in ids:
            ids.append(new)
            node.attributes["id"] = new
            for medium in tree.all(*MEDIA):
                if medium.attributes.get("region") == old:
                    medium.attributes["region"] = new
            done.append(f"region {old!r} made {new!r}")
    return done


def _region_name(bench: Bench, tree: Node, region: str) -> str | None:
    """`Text` or `Image`, by the media that are sent there; None where both kinds are, or none."""
    kinds = {
        _kind(bench, node) in (Kind.TEXT, "text")
        for node in tree.all(*MEDIA)
        if node.attributes.get("region") == region
    }
    if len(kinds) == 1:
        return "Text" if kinds.pop() else "Image"
    return {"image": "Image", "text": "Text"}.get(region.lower()) if not kinds else None


def _lengths(_bench: Bench, tree: Node) -> list[str]:
    done = []
    for node in tree.all("root-layout", "region"):
        for side in ("left", "top", "width", "height"):
            value = node.attributes.get(side, "")
            match = re.fullmatch(r"\s*(-?\d{1,6}\.\d+)\s*(px|%)?\s*", value)
            if match:
                node.attributes[side] = f"{round(float(match[1]))}{match[2] or ''}"
                done.append(f"{side}={value!r} made {node.attributes[side]!r}")
    return done


def _sources(bench: Bench, tree: Node) -> list[str]:
    """Sources that name the part exactly, under its new name."""
    done = []
    for node in tree.all(*MEDIA):
        src = node.attributes.get("src")
        if not src or is_external(src):
            continue
        near = nearest(bench.unpacked, src) if reference(src) not in bench.unpacked.names else None
        piece = bench.named(near or reference(src))
        if piece is not None and reference(src) != piece.name:
            node.attributes["src"] = piece.name
            done.append(f"src={src!r} made {piece.name!r}")
    return done


def _elements(bench: Bench, tree: Node) -> list[str]:
    """The element that fits the part."""
    done = []
    pieces = {piece.name: piece for piece in bench.pieces}
    for node in tree.all(*MEDIA):
        piece = pieces.get(reference(node.attributes.get("src", "")))
        wanted = _TAGS.get(piece.kind) if piece else None
        if wanted and node.tag != wanted and node.tag in (*_TAGS.values(), "ref"):
            done.append(f"<{node.tag}> made <{wanted}>")
            node.tag = wanted
    return done


def _places(_bench: Bench, tree: Node) -> list[str]:
    """Each visible medium sent to a region that is declared."""
    done = []
    declared = {node.attributes.get("id") for node in tree.all("region")}
    for node in tree.all(*MEDIA):
        region = node.attributes.get("region")
        wanted = "Text" if node.tag == "text" else "Image"
        if region in declared or wanted not in declared or (node.tag == "audio" and region is None):
            continue
        node.attributes["region"] = wanted
        done.append(
            f"region {region!r} made {wanted!r}" if region else f"media sent to the region {wanted!r}"
        )
    return done


def _times(bench: Bench, tree: Node) -> list[str]:
    done = []
    pieces = {piece.name: piece for piece in bench.pieces}
    body = tree.child("body")
    for par in body.all("par") if body else ():
        value = par.attributes.get("dur")
        kinds = {
            piece.kind
            for node in par.all(*MEDIA)
            if (piece := pieces.get(reference(node.attributes.get("src", "")))) is not None
        }
        wanted = _milliseconds(value)
        if wanted == _DEFAULT_MS and (kinds & {Kind.AUDIO, Kind.VIDEO} or any(par.all("audio", "video"))):
            wanted += 1
        if value != f"{wanted}ms":
            par.attributes["dur"] = f"{wanted}ms"
            done.append(f"dur={value!r} made '{wanted}ms'" if value else f"dur='{wanted}ms' added")
    return done


def _milliseconds(value: str | None) -> int:
    """What was meant, in milliseconds."""
    if not value:
        return _DEFAULT_MS
    if form_of(value) == "bare" and float(value[:9]) >= MEANT_AS_MILLISECONDS:
        return round(float(value[:9]))
    match = re.fullmatch(
        r"\s*(\d{1,6}(?:\.\d+)?)\s*(?:s|sec|secs|second|seconds)\.?\s*", value, re.IGNORECASE
    )
    read: Callable[[str], int | None] = clock_ms
    meant = round(float(match[1]) * 1000) if match else read(value)
    return meant or _DEFAULT_MS
