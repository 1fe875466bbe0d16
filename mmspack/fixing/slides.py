"""The slides of a presentation: each a par directly in the body, with at most one medium of a kind."""

from __future__ import annotations

from collections.abc import Callable

from mmspack.fixing.bench import TAGS, Bench, source_of
from mmspack.media.formats import CARDS
from mmspack.model import Kind
from mmspack.smil import editing
from mmspack.smil.tree import MEDIA, Node

_AROUND_ONE = ("a", "switch", "seq", "excl")
_OF_ITS_OWN = ("begin", "end")


def repair_slides(bench: Bench, tree: Node, duration_of: Callable[[Node], int]) -> list[str]:
    """Open what stands round slides, wrap media that stand alone, and give surplus media slides of their own.

    `duration_of` tells how long a medium outside a slide is to be shown, in milliseconds.
    """
    body = tree.child("body")
    if body is None:
        return []
    done = []
    if _open(body) | _wrap_media(body, duration_of):
        done.append("slides moved directly into the body")
    slides = [node for node in body.children if node.name == "par"]
    # Lists, since each slide is to be repaired and not only the first.
    if True in [_unwrap_media(slide) for slide in slides]:
        done.append("media moved directly into their slide")
    if True in [_drop_repeats(slide) for slide in slides]:
        done.append("duplicate media in a slide removed")
    if True in [_split(bench, slide) for slide in slides]:
        done.append("slides split so that each has one medium of a kind")
    return done


def _open(parent: Node) -> bool:
    """Take slides out of each `seq`, and out of a par that holds nothing but slides."""
    opened = False
    for node in parent.children:
        if node.name == "seq" or _holds_slides(node):
            _open(node)
            editing.unwrap(node)
            opened = True
    return opened


def _holds_slides(node: Node) -> bool:
    slides = _slides_in(node) if node.name == "par" else None
    # Pars of one medium each may be one slide, written with a par round each medium.
    return bool(slides) and any(
        len(list(slide.all(*MEDIA))) > 1 or "dur" in slide.attributes for slide in slides or ()
    )


def _slides_in(node: Node) -> list[Node] | None:
    """The two or more slides of which an element consists; None where it holds anything else, or fewer."""
    found: list[Node] = []
    for child in node.children:
        if child.name not in ("par", "seq"):
            return None
        deeper = _slides_in(child)
        if deeper is None and child.name == "seq":
            return None
        found += deeper or [child]
    return found if len(found) > 1 else None


def _wrap_media(body: Node, duration_of: Callable[[Node], int]) -> bool:
    """Give each medium that stands directly in the body a slide of its own."""
    wrapped = False
    for node in body.children:
        if node.name in MEDIA:
            duration = duration_of(node)
            node.attrib.pop("dur", None)
            editing.wrap(node, editing.element(node, "par", dur=f"{duration}ms"))
            wrapped = True
    return wrapped


def _unwrap_media(par: Node) -> bool:
    """Take media out of what stands round one of them alone, and of a par that has no times of its own."""
    unwrapped = False
    for node in par.children:
        media = list(node.all(*MEDIA)) if node.name not in MEDIA else []
        if not media or node.attributes.keys() & {*_OF_ITS_OWN}:
            continue
        lone = node.name in (*_AROUND_ONE, "par") and len(media) == 1
        if lone or (node.name == "par" and all(child.name in MEDIA for child in node.children)):
            _reduce_to_media(node)
            unwrapped = True
    return unwrapped


def _reduce_to_media(node: Node) -> None:
    """Put the media that an element holds, however deep, in its place."""
    inner = [one for one in node.walk() if one is not node and one.name not in MEDIA]
    for one in reversed(inner):
        if any(one.all(*MEDIA)):
            editing.unwrap(one)
        else:
            editing.remove(one)
    editing.unwrap(node)


def _drop_repeats(par: Node) -> bool:
    """Name once what the same element names twice."""
    named: dict[tuple[str, str], list[Node]] = {}
    for node in par.children:
        source = source_of(node)
        if source and node.name in MEDIA:
            named.setdefault((node.name, source), []).append(node)
    repeats = [node for nodes in named.values() for node in nodes[1:]]
    for node in repeats:
        editing.remove(node)
    return bool(repeats)


def _split(bench: Bench, par: Node) -> bool:
    """Make a slide for each medium of a kind that the slide has already."""
    wrong = misnaming(bench, par)
    kinds: set[Kind | str] = set()
    more: list[Node] = []
    for node in par.children:
        kind = node.name if node in wrong else bench.kind_of(node)
        if kind in kinds and node.name in MEDIA:
            more.append(node)
        kinds.add(kind)
    last = par
    for node in more:
        slide = editing.element(par, "par", **par.attributes)
        slide.attrib.pop("id", None)  # an id that is there twice is none, and a link would lead to the first
        editing.remove(node)
        slide.append(node)
        editing.follow(last, slide)
        last = slide
    return bool(more)


def of_kind(bench: Bench, node: Node) -> str | None:
    """The element that fits what a medium shows; None where that is nothing of a slide."""
    piece = bench.shown(node) if node.name in MEDIA else None
    if piece is None:
        return None
    return "ref" if piece.type in CARDS else TAGS.get(piece.kind)


def misnaming(bench: Bench, parent: Node) -> set[Node]:
    """Media that do not suit their part where another one beside them does: another part was meant."""
    fitting = {node: of_kind(bench, node) for node in parent.children if node.name in MEDIA}
    shown = {node: source_of(node) for node in fitting}
    fit = {shown[node] for node, tag in fitting.items() if tag == node.name}
    unfit = {node for node, tag in fitting.items() if node.name not in (tag, "ref")}
    return {node for node in unfit if shown[node] in fit}
