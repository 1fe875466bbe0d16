"""The presentation brought into the subset that every phone reads, where that needs no taste."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mmspack.facts.lookup import is_external, nearest
from mmspack.facts.times import meant_as_milliseconds
from mmspack.fixing.bench import TAGS, Bench, Piece
from mmspack.fixing.layout import add_head, mend_display, mend_lengths, mend_places, mend_regions
from mmspack.model import Kind
from mmspack.smil.tree import LONGEST_MS, MEDIA, Node, clock_ms, reference
from mmspack.smil.writing import element, write

_DEFAULT_MS = 5000
_CARDS = ("text/x-vcard", "text/x-vcalendar", "text/calendar")
_LOWER = {
    name.lower(): name
    for name in (
        *(
            "smil",
            "head",
            "meta",
            "layout",
            "root-layout",
            "region",
            "body",
            "par",
            "seq",
            "switch",
            "a",
            "param",
        ),
        *MEDIA,
        *("src", "alt", "dur", "begin", "end", "id", "regionName", "left", "top", "width", "height", "fit"),
        *("name", "content", "value", "href", "repeatCount", "background-color", "z-index"),
    )
}
"""Names as SMIL spells them, by their lower case."""
_MEANT = re.compile(r"\+?(\d{1,9}(?:[.,]\d{1,6})?)\s*(ms|s|secs?|seconds?|mins?|minutes?|h|hours?)\.?")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
_ISO = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6}(?:\.\d{1,3})?)S)?")
_TIMED = (Kind.AUDIO, Kind.VIDEO, "audio", "video")
_AROUND_ONE = ("a", "switch", "seq", "excl")


def mend_presentation(bench: Bench) -> None:
    """Edit the tree, and write it where something was changed."""
    smil, tree = bench.smil, bench.tree
    if smil is None or tree is None:
        return
    kept = bench.opened.defaults
    done: list[str] = []
    if bench.ids & {"MMS302", "MMS304", "MMS315"} and not kept:
        done.append("written in UTF-8 without a DOCTYPE")
    # Where a DTD may say more of the elements than they do, only the names of the parts are followed.
    for mend in (_sources,) if kept else _MENDS:
        done += mend(bench, tree)
    if done:
        smil.data = kept + write(_unprefixed(tree))
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
        node.prefix, node.prefixed = "", ()
    return tree


def _names(bench: Bench, tree: Node) -> list[str]:
    """Names of elements and attributes as SMIL spells them, and without a prefix."""
    done = ["prefixes removed from names"] if "MMS313" in bench.ids else []
    for node in tree.walk():
        before = (node.tag, list(node.attributes))
        node.tag = _LOWER.get(node.tag.lower(), node.tag)
        spelled = [(_LOWER.get(name.lower(), name), name) for name in node.attributes]
        node.attributes = {
            name if right in node.attributes else right: node.attributes[name] for right, name in spelled
        }
        if before != (node.tag, list(node.attributes)):
            done.append("names changed to lower case")
    return done


def _body(bench: Bench, tree: Node) -> list[str]:
    """`seq` dissolved, media outside a slide put into one, surplus media into slides of their own."""
    body = tree.child("body")
    if body is None:
        return []
    slides = list(_opened(body))
    unwrapped = [slide for slide in slides if slide.tag == "par" and _unwrap(slide)]
    repeating = [slide for slide in slides if slide.tag == "par" and _drop_repeats(slide)]
    split = [part for slide in slides for part in (_split(bench, slide) if slide.tag == "par" else [slide])]
    done = []
    if slides != body.children:
        done.append("slides moved directly into the body")
    if unwrapped:
        done.append("media moved directly into their slide")
    if repeating:
        done.append("duplicate media in a slide removed")
    if len(split) != len(slides):
        done.append("slides split so that each has one medium of a kind")
    body.children[:] = split
    return done


def _opened(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.tag == "seq":
            yield from _opened(child)
        elif child.tag in MEDIA:
            duration = _milliseconds(child.attributes.pop("dur", None)) or _DEFAULT_MS
            yield element("par", child, dur=f"{duration}ms")
        else:
            yield child


def _unwrap(par: Node) -> bool:
    """Take media out of what stands round one of them alone, and of a par that has no times of its own."""
    children: list[Node] = []
    for node in par.children:
        inner = list(node.all(*MEDIA)) if node.tag not in MEDIA else []
        lone = node.tag in (*_AROUND_ONE, "par") and len(inner) == 1 and not _is_timed(node)
        plain = (
            node.tag == "par" and all(child.tag in MEDIA for child in node.children) and not _is_timed(node)
        )
        children += inner if inner and (lone or plain) else [node]
    changed = children != par.children
    par.children[:] = children
    return changed


def _is_timed(node: Node) -> bool:
    return "begin" in node.attributes or "end" in node.attributes


def _drop_repeats(par: Node) -> bool:
    """Name once what the same element names twice."""
    children: dict[object, Node] = {}
    for node in par.children:
        src = node.attributes.get("src") if node.tag in MEDIA else None
        children.setdefault((node.tag, reference(src)) if src else node, node)
    changed = len(children) != len(par.children)
    par.children[:] = children.values()
    return changed


def _split(bench: Bench, par: Node) -> list[Node]:
    """The slide, and one more for each medium of a kind that it has already."""
    misnaming = _misnaming(bench, par)
    kinds: set[Kind | str] = set()
    kept: list[Node] = []
    more: list[Node] = []
    for node in par.children:
        kind = node.tag if node in misnaming else bench.kind_of(node)
        (more if kind in kinds and node.tag in MEDIA else kept).append(node)
        kinds.add(kind)
    par.children[:] = kept
    return [par, *(element("par", node, **dict(par.attributes)) for node in more)]


def _sources(bench: Bench, tree: Node) -> list[str]:
    """Sources that name the part exactly, under its new name."""
    done = []
    for node in tree.all(*MEDIA):
        src = node.attributes.get("src")
        if not src or is_external(bench.opened, src):
            continue
        near = nearest(bench.opened, src) if reference(src) not in bench.opened.names else None
        piece = bench.named(near or reference(src))
        if piece is not None and reference(src) != piece.name:
            node.attributes["src"] = piece.name
            done.append(f"src={src!r} changed to {piece.name!r}")
    return done


def _elements(bench: Bench, tree: Node) -> list[str]:
    """The element that fits the part, but where another part was meant."""
    done = []
    for parent in tree.walk():
        misnaming = _misnaming(bench, parent)
        for node in parent.children:
            wanted = _fitting(bench, node) if node not in misnaming else None
            if wanted and node.tag != wanted and node.tag in (*TAGS.values(), "ref"):
                done.append(f"<{node.tag}> changed to <{wanted}>")
                node.tag = wanted
    return done


def _fitting(bench: Bench, node: Node) -> str | None:
    """The element that fits what a medium shows; None where that is nothing of a slide."""
    piece = bench.shown(node) if node.tag in MEDIA else None
    if piece is None:
        return None
    return "ref" if piece.type in _CARDS else TAGS.get(piece.kind)


def _misnaming(bench: Bench, parent: Node) -> set[Node]:
    """Media that do not fit their part where it stands beside them in one that does: another was meant."""
    fitting = {node: _fitting(bench, node) for node in parent.children if node.tag in MEDIA}
    shown = {node: reference(node.attributes.get("src", "")) for node in fitting}
    fit = {shown[node] for node, tag in fitting.items() if tag == node.tag}
    unfit = {node for node, tag in fitting.items() if node.tag not in (tag, "ref")}
    return {node for node in unfit if shown[node] in fit}


def _places(bench: Bench, tree: Node) -> list[str]:
    """Each visible medium sent to a region that is declared."""
    done = []
    declared = {node.attributes.get("id") for node in tree.all("region")}
    for node in tree.all(*MEDIA):
        region = node.attributes.get("region")
        wanted = "Text" if node.tag == "text" else "Image"
        shown = bench.shown(node)
        unseen = node.tag == "audio" or (shown is not None and shown.kind is Kind.ATTACHMENT)
        if region in declared or wanted not in declared or (unseen and region is None):
            continue
        node.attributes["region"] = wanted
        done.append(
            f"region {region!r} changed to {wanted!r}"
            if region
            else f"media assigned to the region {wanted!r}"
        )
    return done


def _times(bench: Bench, tree: Node) -> list[str]:
    done = []
    body = tree.child("body")
    for par in body.children if body else ():
        if par.tag != "par":
            continue
        value = par.attributes.get("dur")
        wanted = _milliseconds(value) or _longest(par) or _DEFAULT_MS
        timed = any(bench.kind_of(node) in _TIMED for node in par.all(*MEDIA))
        told = "MMS347" in bench.ids or value != f"{wanted}ms"
        if wanted == _DEFAULT_MS and timed and told:
            wanted += 1
        if value != f"{wanted}ms":
            par.attributes["dur"] = f"{wanted}ms"
            done.append(f"dur={value!r} changed to '{wanted}ms'" if value else f"dur='{wanted}ms' added")
    return done


def _longest(par: Node) -> int:
    """The longest time that a medium of the slide asks for, in milliseconds; 0 where none does."""
    return max((_milliseconds(node.attributes.get("dur")) for node in par.all(*MEDIA)), default=0)


def _milliseconds(value: str | None) -> int:
    """What was meant, in milliseconds; 0 where nobody can tell, or no phone can count so far."""
    meant = _meant(re.sub(r"\d", lambda digit: str(int(digit[0])), value.strip())) if value else 0
    return meant if meant <= LONGEST_MS else 0


def _meant(value: str) -> int:
    if meant_as_milliseconds(value):
        return round((clock_ms(value) or 0) / 1000)
    match = _MEANT.fullmatch(value.lower())
    if match:
        unit = "ms" if match[2] == "ms" else match[2][0]
        point = "" if unit == "ms" and re.search(r",\d{3}$", match[1]) else "."
        return round(float(match[1].replace(",", point)) * _UNITS[unit])
    whole = _ISO.fullmatch(value.upper())
    if whole and any(whole.groups()):
        hours, minutes, seconds = (float(part or 0) for part in whole.groups())
        return round(((hours * 60 + minutes) * 60 + seconds) * 1000)
    return clock_ms(value) or 0


_MENDS: tuple[Callable[[Bench, Node], list[str]], ...] = (
    _names,
    add_head,
    mend_places,
    _sources,
    _elements,
    _body,
    mend_display,
    mend_regions,
    mend_lengths,
    _places,
    _times,
)
"""In the order in which they build on one another."""
