"""The presentation brought into the subset that every phone reads, where that needs no taste."""

from __future__ import annotations

import re

from mmspack.facts.lookup import is_external, nearest
from mmspack.facts.places import crashing
from mmspack.facts.times import ANDROID_DEFAULT_MS, meant_as_milliseconds
from mmspack.fixing.bench import TAGS, Bench
from mmspack.fixing.registry import Stage, Step, all_edits, edits, repairs
from mmspack.fixing.slides import misnaming, of_kind, repair_slides
from mmspack.model import Kind
from mmspack.smil.editing import rename, rename_attribute
from mmspack.smil.gate import doctype
from mmspack.smil.source import doctype_taken_out, in_utf8, readable, without_prefixes
from mmspack.smil.tree import LONGEST_MS, MEDIA, Node, clock_ms, reference
from mmspack.smil.writing import write

_DEFAULT_MS = 5000
_LOWER = {
    name.lower(): name
    for name in (
        *("smil", "head", "meta", "layout", "root-layout", "region"),
        *("body", "par", "seq", "switch", "a", "param", *MEDIA),
        *("src", "alt", "dur", "begin", "end", "id", "regionName", "left", "top", "width", "height", "fit"),
        *("name", "content", "value", "href", "repeatCount", "background-color", "z-index"),
    )
}
"""Names as SMIL spells them, by their lower case."""
_MEANT = re.compile(r"\+?(\d{1,9}(?:[.,]\d{1,6})?)\s*(ms|s|secs?|seconds?|mins?|minutes?|h|hours?)\.?")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
_ISO = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6}(?:\.\d{1,3})?)S)?")
_TIMES = ("MMS341", "MMS342", "MMS343", "MMS344", "MMS345", "MMS346", "MMS347", "MMS351")
"""Rules about the duration of a slide."""
_TIMED = (Kind.AUDIO, Kind.VIDEO, "audio", "video")


@repairs("MMS302", "MMS304", "MMS313", "MMS315", stage=Stage.PRESENTATION)
def repair_presentation(bench: Bench) -> None:
    """Edit the presentation where something in it can be repaired; leave every other byte of it as it is."""
    smil, found = bench.smil, bench.opened.smil_tree
    if smil is None or found is None or found.root.name.lower() != "smil":
        return
    # Where a DTD may say more of the elements than they do, only the names of the parts are followed.
    kept = bench.opened.has_defaults
    data, done = (smil.data, []) if kept else _plain(bench, smil.data)
    tree = readable(data)
    bench.presentation = tree
    edited: list[str] = []
    for edit in all_edits():
        if edit.with_defaults or not kept:
            edited += edit.run(bench, tree.root)
    if edited:
        data = _with_doctype_of(data, write(tree))
    if data != smil.data:
        smil.data = data
        for what in dict.fromkeys([*done, *edited]):
            bench.did(smil, what)


def _plain(bench: Bench, data: bytes) -> tuple[bytes, list[str]]:
    """The presentation in UTF-8, without a DTD and without prefixes; and what was done for that."""
    done = []
    if bench.ids & {"MMS304", "MMS315"}:
        data = in_utf8(data)
        done.append("converted to UTF-8")
    if "MMS302" in bench.ids:
        data = doctype_taken_out(data)
        done.append("DOCTYPE removed")
    if "MMS313" in bench.ids:
        data = without_prefixes(readable(data))
        done.append("prefixes removed from names")
    return data, done


def _with_doctype_of(source: bytes, written: bytes) -> bytes:
    """What was written, with the declaration that had been blanked in the source, in the same place."""
    span = doctype(source)
    return written[: span[0]] + source[slice(*span)] + written[span[1] :] if span else written


@edits("MMS305", step=Step.SPELLING)
def _names(_bench: Bench, tree: Node) -> list[str]:
    """Names of elements and attributes as SMIL spells them."""
    done = []
    for node in tree.walk():
        spelled = [(name, _LOWER.get(name.lower(), name)) for name in node.attributes]
        wrong = [(name, right) for name, right in spelled if name != right and right not in node.attributes]
        right_name = _LOWER.get(node.name.lower(), node.name)
        if wrong or right_name != node.name:
            done.append("names changed to lower case")
        if right_name != node.name:
            rename(node, right_name)
        for name, right in wrong:
            rename_attribute(node, name, right)
    return done


@edits("MMS361", step=Step.MEDIA, with_defaults=True)
def _sources(bench: Bench, tree: Node) -> list[str]:
    """Sources that name the part exactly, under its new name."""
    done = []
    for node in tree.all(*MEDIA):
        src = node.attributes.get("src")
        if not src or is_external(bench.opened, src):
            continue
        there = reference(src) in bench.opened.names
        near = nearest(bench.opened, src) if not there and src not in bench.doubtful else None
        if not there and near is None:
            bench.doubtful.add(src)
        piece = bench.named(near or reference(src))
        if piece is not None and reference(src) != piece.name:
            node.set("src", piece.name)
            done.append(f"src={src!r} changed to {piece.name!r}")
    return done


@edits("MMS367", "MMS368", "MMS435", step=Step.MEDIA)
def _elements(bench: Bench, tree: Node) -> list[str]:
    """The element that fits the part, but where another part was meant."""
    done = []
    for parent in tree.walk():
        wrong = misnaming(bench, parent)
        for node in parent.children:
            wanted = of_kind(bench, node) if node not in wrong else None
            if wanted and node.name != wanted and node.name in (*TAGS.values(), "ref"):
                done.append(f"<{node.name}> changed to <{wanted}>")
                rename(node, wanted)
    return done


@edits("MMS372", "MMS374", step=Step.ATTRIBUTES)
def _places(bench: Bench, tree: Node) -> list[str]:
    """Each visible medium sent to a region that is declared."""
    done = []
    declared = {node.attributes.get("id") for node in tree.all("region")}
    for node in tree.all(*MEDIA):
        region = node.attributes.get("region")
        wanted = "Text" if node.name == "text" else "Image"
        shown = bench.shown(node)
        unseen = node.name == "audio" or (shown is not None and shown.kind is Kind.ATTACHMENT)
        if region in declared or wanted not in declared or (unseen and region is None):
            continue
        node.set("region", wanted)
        done.append(
            f"region {region!r} changed to {wanted!r}"
            if region
            else f"media assigned to the region {wanted!r}"
        )
    return done


@edits(*_TIMES, step=Step.ATTRIBUTES)
def _times(bench: Bench, tree: Node) -> list[str]:
    done = []
    body = tree.child("body")
    for par in body.children if body is not None else ():
        if par.name != "par":
            continue
        value = par.attributes.get("dur")
        wanted = milliseconds(value) or _longest(par) or _DEFAULT_MS
        told = "MMS347" in bench.ids or value != f"{wanted}ms"
        if wanted == ANDROID_DEFAULT_MS and told and _has_times(bench, par):
            wanted += 1
        if value != f"{wanted}ms":
            par.set("dur", f"{wanted}ms")
            meant = "" if milliseconds(value) else " (a guess: what was meant is unclear)"
            done.append(
                f"dur={value!r} changed to '{wanted}ms'{meant}" if value else f"dur='{wanted}ms' added"
            )
    return done


def _has_times(bench: Bench, par: Node) -> bool:
    """True where a medium has a length of its own, for which old Android gives up its default."""
    return any(
        bench.kind_of(node) in _TIMED or node.attributes.keys() & {"dur", "end"} for node in par.all(*MEDIA)
    )


@edits("MMS318", step=Step.ATTRIBUTES)
def _crashing(_bench: Bench, tree: Node) -> list[str]:
    """Without the attributes that crash a reader; none of them changes what the others show."""
    done = []
    for node in tree.walk():
        for name in crashing(node):
            if node.attrib.pop(name, None) is not None:
                done.append(f"{name} removed from <{node.name}>")
    return done


def _longest(par: Node) -> int:
    """The longest time that a medium of the slide asks for, in milliseconds; 0 where none does."""
    times = (node.attributes.get("dur", node.attributes.get("end")) for node in par.all(*MEDIA))
    return max(map(milliseconds, times), default=0)


def milliseconds(value: str | None) -> int:
    """What was meant, in milliseconds; 0 where that is unclear, or too long for any phone."""
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


@edits("MMS310", "MMS311", "MMS365", step=Step.SLIDES)
def _slides(bench: Bench, tree: Node) -> list[str]:
    return repair_slides(bench, tree, lambda node: milliseconds(node.attributes.get("dur")) or _DEFAULT_MS)
