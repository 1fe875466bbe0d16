"""MMS36x: what the slides show, and whether it is there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from mmspack.bundle.opened import Opened, Shown, ShownSlide
from mmspack.facts.lookup import beside_the_parts, is_cid, is_external, nearest
from mmspack.facts.pairing import changed_names, missing
from mmspack.facts.places import misspelt
from mmspack.facts.types import disagrees
from mmspack.media.formats import CARDS, kind_of_type
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, Reads, Source, rule
from mmspack.rules.sources import ANDROID, EDITORS, REFERENCES, SMIL_CHAPTER, TIZEN
from mmspack.rules.structure import at
from mmspack.rules.terms import Terms
from mmspack.smil.tree import MEDIA, reference

_TAGS = {Kind.IMAGE: "img", Kind.TEXT: "text", Kind.AUDIO: "audio", Kind.VIDEO: "video"}
_PLACES = {**_TAGS, Kind.ATTACHMENT: "ref"}


def media_shown(opened: Opened) -> Iterator[tuple[int, Shown]]:
    """Each medium with the number of its slide."""
    for slide in opened.slides:
        for shown in slide.media:
            yield slide.number, shown


def _place(shown: Shown) -> str:
    """Which of a slide's places a medium takes: the element that fits its part, where that is known."""
    if shown.part is None or disagrees(shown.part):
        return shown.node.name
    return "ref" if shown.part.type in CARDS else _TAGS.get(shown.part.kind, shown.node.name)


def together(slide: ShownSlide) -> list[Shown]:
    """The media of a slide but for those that a `seq` or `switch` shows in turn."""
    turns = [list(box.all(*MEDIA)) for box in slide.node.all("seq", "switch", "excl")]
    in_turn = {node for media in turns if len(media) > 1 for node in media}
    return [shown for shown in slide.media if shown.node not in in_turn]


def _misnaming(slide: ShownSlide) -> set[Shown]:
    """Elements that do not suit their part where another one beside them does: another part was meant."""
    fitting = {shown.part for shown in slide.media if shown.node.name == _place(shown)}
    return {shown for shown in slide.media if shown.part in fitting and shown.node.name != _place(shown)}


@rule(
    "MMS361",
    title="Slide refers to a missing part",
    severity=Severity.ERROR,
    source=REFERENCES,
    reason="Old Android leaves the medium out; Firefox OS discards the whole slide layout. Case "
    "matters, also in 'cid:'; nothing is percent-decoded, and './' is part of the name.",
    fix="Write the part's name exactly as in the zip.",
    bad='<img src="Image1.jpg"/> (zip: image1.jpg)',
    good='<img src="image1.jpg"/>',
    needs=Needs.SLIDES,
)
def _missing(opened: Opened, terms: Terms) -> Iterator[Hit]:
    # A part that cannot be read is reported as such.
    present = opened.names - beside_the_parts(opened)
    told = {entry.name for entry in missing(opened)} | changed_names(opened)
    for _, shown in media_shown(opened):
        name = reference(shown.src)
        there = shown.part or name in present
        # Where slide and manifest agree, the file is missing, and is reported as such. A name that readers
        # change is the zip's defect.
        if there or not shown.src or name in told or is_external(opened, shown.src):
            continue
        if not _is_in_a_folder(opened, terms, name):
            yield at(opened, shown.node, f"{shown.src!r}{_why_missing(opened, shown.src)}")


def _is_in_a_folder(opened: Opened, terms: Terms, name: str) -> bool:
    """True where the dialect allows no folders, and the part is in one: the folder is the defect."""
    near = nearest(opened, name) if terms.dialect.flat else None
    return near is not None and near.rpartition("/")[2] == name


def _why_missing(opened: Opened, src: str) -> str:
    name = reference(src)
    if opened.smil is not None and name == opened.smil.name:
        return " is the SMIL file itself"
    if name in beside_the_parts(opened):
        return " is the manifest"
    if is_cid(src) and (src[4:5] == "<" or src.endswith(">")):
        return ": the brackets belong to the Content-Id header, and phones add them themselves"
    near = nearest(opened, src)
    if near and is_cid(src) and near == src[4:]:
        return f" is not a part: phones only know 'cid:' in lower case; did you mean {near!r}?"
    if near is None:
        return " is not a part"
    accents = unicodedata.normalize("NFC", near) == unicodedata.normalize("NFC", name)
    return (
        f" is not a part; did you mean {near!r}{', with its accents encoded differently' if accents else ''}?"
    )


@rule(
    "MMS362",
    title="Slide refers to something outside the message",
    severity=Severity.ERROR,
    source=REFERENCES,
    reason="A phone only shows what is in the message and downloads nothing: the place stays empty.",
    fix="Add the file to the zip, and refer to it by name.",
    bad='<img src="http://www.example.com/beach.jpg"/>',
    good='<img src="beach.jpg"/>',
    needs=Needs.SMIL,
)
def _external(opened: Opened) -> Iterator[Hit]:
    for _, shown in media_shown(opened):
        if is_external(opened, shown.src):
            yield at(opened, shown.node, f"src={shown.src[:80]!r}")


@rule(
    "MMS363",
    title="Medium without a source",
    severity=Severity.ERROR,
    source=SMIL_CHAPTER,
    reason="There is nothing to show: old Android leaves the medium out, Firefox OS discards the "
    "whole slide layout.",
    fix="Add a src, or remove the element.",
    bad='<img region="Image"/>',
    good='<img src="image1.jpg" region="Image"/>',
    needs=Needs.SMIL,
)
def _no_source(opened: Opened) -> Iterator[Hit]:
    for number, shown in media_shown(opened):
        if not shown.src:
            capitals = misspelt(shown.node, "src")
            words = f"; {shown.node.words[:40]!r} belongs into a part" if shown.node.words else ""
            words += f", only {capitals}: names must be in lower case" if capitals else ""
            yield at(opened, shown.node, f"<{shown.node.name}> in slide {number} has no src{words}")


@rule(
    "MMS364",
    title="Part is not in any slide",
    severity=Severity.WARNING,
    source=Source("Old Android, run on samples; Firefox OS, fix of a bug", Evidence.OBSERVED),
    reason="Old Android does not show it, and Firefox OS discards the slide layout if the numbers "
    "of parts and references differ. It still takes up space.",
    fix="Show it in a slide, or remove it.",
    bad="zip: image1.jpg, image2.jpg; SMIL: image1.jpg",
    good="zip: image1.jpg; SMIL: image1.jpg",
    needs=Needs.SLIDES,
    reads=Reads.TYPES,
)
def _unshown(opened: Opened) -> Iterator[Hit]:
    if not opened.referenced or any(not shown.part for _, shown in media_shown(opened)):
        return
    # An <img> that names the slide's text is reported as such: it was to show the picture.
    waiting = {shown.node.name for slide in opened.slides for shown in _misnaming(slide)}
    named = _named_by_others(opened)
    for part in opened.media:
        if part.name in named:
            continue
        listed = part.entry is not None or opened.manifest is None
        # A card that is declared as a text is reported as such; it need not be in a slide.
        kind = kind_of_type(part.probe.type or "") if disagrees(part) else part.kind
        missed = kind is not Kind.ATTACHMENT and _TAGS[kind] not in waiting
        if listed and missed and part.name not in opened.referenced:
            yield Hit(f"{part.name!r} ({len(part.data):,} bytes) is not in any slide", part=part.name)


def _named_by_others(opened: Opened) -> set[str]:
    """What elements refer to that is not a medium: it is reported as such."""
    return {
        reference(value)
        for slide in opened.slides
        for node in slide.node.walk()
        for name, value in node.attributes.items()
        if node.name not in MEDIA and name.lower() == "src"
    }


@rule(
    "MMS365",
    title="Two media of the same kind in a slide",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="A slide has one image, one text, one sound, one video and one card. Old Android keeps "
    "the last of each kind and loses the others.",
    fix="Give each a slide of its own.",
    bad='<par><img src="image1.jpg"/><img src="image2.jpg"/></par>',
    good='<par><img src="image1.jpg"/></par><par><img src="image2.jpg"/></par>',
    needs=Needs.SMIL,
    reads=Reads.TYPES,
)
def _twice(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        misnaming = _misnaming(slide)
        media = [shown for shown in together(slide) if shown not in misnaming]
        for kind, place in _PLACES.items():
            found = [shown for shown in media if _place(shown) == place]
            if len(found) > 1:
                words = f"slide {slide.number} has {len(found)} media of kind {kind}"
                yield at(opened, found[1].node, words)


@rule(
    "MMS366",
    title="Video with a picture or a sound",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android drops the later one: the video or the picture is missing, but its "
    "duration still counts.",
    fix="Give the video a slide of its own, with at most a text.",
    bad='<par><video src="video1.3gp"/><img src="image1.jpg"/></par>',
    good='<par><video src="video1.3gp"/></par><par><img src="image1.jpg"/></par>',
    needs=Needs.SMIL,
    reads=Reads.TYPES,
)
def _beside_film(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        media = {_place(shown): shown for shown in reversed(together(slide))}
        other = media.get("img") or media.get("audio")
        if "video" in media and other:
            yield at(opened, other.node, f"slide {slide.number} has a video and {other.src!r}")


@rule(
    "MMS367",
    title="Element does not match its part",
    severity=Severity.ERROR,
    source=EDITORS,
    reason="Some phones go by the element and some by the part's type: the medium is shown in the "
    "wrong place or not at all.",
    fix="Use img for pictures, text for texts, audio for sounds, video for videos, ref for anything else.",
    bad='<img src="text1.txt"/>',
    good='<text src="text1.txt"/>',
    needs=Needs.SLIDES,
    yields_to=("MMS401", "MMS405"),
)
def _element(opened: Opened) -> Iterator[Hit]:
    for _, shown in media_shown(opened):
        wanted = _TAGS.get(shown.part.kind, "ref") if shown.part else None
        tag = shown.node.name
        if shown.part and tag != wanted and tag in _TAGS.values():
            words = f"<{tag}> shows {shown.src!r}, which is {shown.part.type}"
            yield at(opened, shown.node, words, about=shown.part)


@rule(
    "MMS368",
    title="Medium in a ref element",
    severity=Severity.ERROR,
    source=TIZEN,
    reason="Tizen ignores ref: it does not show the picture, text or sound.",
    fix="Use img, text, audio or video.",
    bad='<ref src="image1.jpg"/>',
    good='<img src="image1.jpg"/>',
    needs=Needs.SMIL,
)
def _ref(opened: Opened) -> Iterator[Hit]:
    for _, shown in media_shown(opened):
        if shown.node.name == "ref" and not (shown.part and shown.part.kind is Kind.ATTACHMENT):
            yield at(opened, shown.node, f"<ref> shows {shown.src!r}")


@rule(
    "MMS369",
    title="Non-ASCII source",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="The conformance document restricts src to US-ASCII; phones compare it byte by byte "
    "with ASCII headers.",
    fix="Give the part an ASCII name.",
    bad='<img src="caf\u00e9.jpg"/>',
    good='<img src="cafe.jpg"/>',
    needs=Needs.SMIL,
)
def _ascii(opened: Opened) -> Iterator[Hit]:
    for _, shown in media_shown(opened):
        # A part whose name is not ASCII is reported once, by name.
        if (
            not shown.src.isascii()
            and not shown.part
            and not is_external(opened, shown.src)
            and not opened.has_content
        ):
            yield at(opened, shown.node, f"src={shown.src!r}")
