"""MMS52x: what will disappoint on a phone although nothing is broken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby, pairwise

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.media.formats import CHECKED
from mmspack.media.texts import ODD
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Hit, Needs, Reads, Remains, rule
from mmspack.rules.layout import pixels, regions
from mmspack.rules.pictures import whole_pictures
from mmspack.rules.sources import ANDROID, BROWSERS, EDGES, LONG_TEXT, NEW_ANDROID, OURS
from mmspack.rules.structure import at
from mmspack.rules.texts import texts
from mmspack.smil.tree import Node, clock_ms
from mmspack.words import graphemes, length_words

READING_CHARACTERS_PER_SECOND = 25
"""Faster than subtitles are set for (15 to 20): a slide that is too short even so is too short."""
LONG_TEXT_CHARACTERS = 1000
THINNEST_STROKE = 0.6
"""Pixels at a phone's width: letters with thinner strokes are less than about five pixels high."""
LEAST_DELAY_MS = 20
"""Browsers show frames of 10 ms and less for 100 ms, and take longer ones at their word."""
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


@rule(
    "MMS521",
    title="Captions are separated from their pictures",
    severity=Severity.WARNING,
    source=NEW_ANDROID,
    reason="Without a slide layout, phones show the parts as they are stored: if all pictures "
    "come before their texts, no text is next to its picture.",
    fix="List each picture followed by its text, or add a slide layout (mmspack build).",
    bad="image1.jpg, image2.jpg, text1.txt, text2.txt (no SMIL)",
    good="image1.jpg, text1.txt, image2.jpg, text2.txt",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
)
def _captions(opened: Opened) -> Iterator[Hit]:
    if opened.smil is not None or None in opened.contents.values():
        return
    kinds = [part.kind for part in opened.media if part.kind in (Kind.IMAGE, Kind.VIDEO, Kind.TEXT)]
    runs = [(is_text, len(list(run))) for is_text, run in groupby(kind is Kind.TEXT for kind in kinds)]
    for (is_text, count), (_, others) in pairwise(runs):
        # Texts before pictures may each belong to what comes before them, unless nothing does.
        if count > 1 and others > 1 and (not is_text or len(runs) == 2):
            pictures, texts_ = (others, count) if is_text else (count, others)
            yield Hit(f"{pictures} pictures and {texts_} texts, each kind grouped together")
            return


@rule(
    "MMS522",
    title="Slide is too short to read",
    severity=Severity.INFO,
    source=OURS,
    reason="People read about 15 to 20 characters a second. Even at "
    f"{READING_CHARACTERS_PER_SECOND}, this slide ends before its text has been read.",
    fix="Show it longer, or use fewer words.",
    bad='<par dur="2000ms"> with 180 characters',
    good='<par dur="8000ms"> with 180 characters',
    remains=Remains.LOOK,
    needs=Needs.SLIDES,
    reads=Reads.SIZES,
)
def _too_short(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        duration = clock_ms(slide.node.attributes.get("dur"))
        length = sum(len(shown.part.text or "") for shown in slide.of(Kind.TEXT) if shown.part)
        needed = length * 1000 // READING_CHARACTERS_PER_SECOND
        # Rounded as it is reported: "about 5 s" for a slide of 5 s would be noise.
        if duration and round(needed / 1000) * 1000 > duration:
            words = f"slide {slide.number} is on screen for {duration / 1000:g} s"
            yield at(opened, slide.node, f"{words} but takes about {needed / 1000:.0f} s to read")


@rule(
    "MMS523",
    title="First frame is blank",
    severity=Severity.WARNING,
    source=OURS,
    reason="Notifications, galleries, old phones and printers only show the first frame of a GIF: "
    "here it is a single plain colour.",
    fix="Start the animation with the most informative frame.",
    bad="offer.gif: frame 1 white, frame 2 '50 % off'",
    good="offer.gif: frame 1 '50 % off'",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE | Reads.LOOKS,
)
def _first_frame(opened: Opened) -> Iterator[Hit]:
    for part in _animations(opened):
        if part.looks.plain:
            yield Hit(
                f"the first of {_frames(part)} frames of {part.name!r} is a single plain colour",
                part=part.name,
            )


@rule(
    "MMS524",
    title="Transparency that may turn black",
    severity=Severity.WARNING,
    source=OURS,
    reason="Phones show transparent areas in black, in white, or in their own background colour: "
    "dark text on them is unreadable on some phones.",
    fix="Flatten the picture onto a colour. mmspack build uses the message's background.",
    bad="logo.png: dark letters on transparency",
    good="logo.png: dark letters on white",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE | Reads.LOOKS,
)
def _transparency(opened: Opened) -> Iterator[Hit]:
    for part in _decodable(opened):
        seen = part.looks if part.probe.has_alpha and not part.probe.animated else None
        if seen and seen.transparent > 0.02 and seen.dark_on_transparent:
            words = f"{seen.transparent:.0%} of {part.name!r} is transparent, and the rest is dark"
            yield Hit(words, part=part.name)


@rule(
    "MMS525",
    title="Content near edges that phones crop",
    severity=Severity.INFO,
    source=EDGES,
    reason="Previews crop tall and square pictures: the top and bottom 13 %, or 9 % on each side, "
    "may be hidden.",
    fix="Keep text and logos away from the edges.",
    bad="1080x1920 with words in the top 250 pixels",
    good="1080x1920 with words below them",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE | Reads.LOOKS,
)
def _edges(opened: Opened) -> Iterator[Hit]:
    for part in _decodable(opened):
        edge = part.looks.busy_edge
        if edge:
            yield Hit(f"{part.name!r}: much of its content is at the {edge}", part=part.name)


@rule(
    "MMS526",
    title="Characters that old phones cannot show",
    severity=Severity.INFO,
    source=OURS,
    reason="Emoji and letters beyond the basic plane appear as boxes or question marks on phones "
    "from before about 2012.",
    fix="Say it in plain text too, if old phones matter.",
    bad="Sale \U0001f389",
    good="Sale!",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
    only_if=ODD,
    yields_to=("MMS401",),
)
def _emoji(opened: Opened) -> Iterator[Hit]:
    where = [(part, found) for part in texts(opened) if (found := _beyond_the_plane(part.text or ""))]
    if not where:
        return
    part, found = where[0]
    others = len({character for _, characters in where for character in characters}) - 1
    line = (part.text or "").count("\n", 0, (part.text or "").index(found[0])) + 1
    more = f", and {others} more in the message" if others else ""
    yield Hit(f"{part.name!r} contains {_called(found[0])}{more}", part=part.name, line=line)


def _beyond_the_plane(text: str) -> list[str]:
    """The characters beyond the basic plane, whole: half a flag is none."""
    return [one for one in graphemes(text) if _ASTRAL.search(one)] if _ASTRAL.search(text) else []


def _called(character: str) -> str:
    """A character and its name; `flag GB` for two regional indicators, whose names are letters."""
    if _FLAG.fullmatch(character):
        letters = "".join(chr(ord(one) - ord("\U0001f1e6") + ord("A")) for one in character)
        return f"{character} (flag {letters})"
    first = _ASTRAL.findall(character)[0]
    name = unicodedata.name(first, "").lower()
    # What has no name is private, or not assigned: a terminal would show a box, or something else.
    return f"{character} ({name})" if name else f"U+{ord(first):X}"


@rule(
    "MMS527",
    title="Very long text",
    severity=Severity.INFO,
    source=LONG_TEXT,
    reason="Some carriers cut off texts beyond 1,000 characters, and few people scroll that far "
    "in a message.",
    fix="Shorten it, and link to the rest.",
    bad="text1.txt: 1,840 characters",
    good="text1.txt: 160 characters",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.SIZES,
    yields_to=("MMS401",),
)
def _long_text(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        length = len(part.text or "")
        if length > LONG_TEXT_CHARACTERS:
            yield Hit(f"{part.name!r} has {length:,} characters", part=part.name)


@rule(
    "MMS528",
    title="Sound or video is longer than its slide",
    severity=Severity.INFO,
    source=ANDROID,
    reason="Old Android keeps the slide until its sound or video has ended; other readers may move on and "
    "cut it off.",
    fix="Make the slide as long as its sound or video.",
    bad='<par dur="5000ms"> with a sound of 12 s',
    good='<par dur="12000ms"> with a sound of 12 s',
    needs=Needs.SLIDES,
)
def _outlasts(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        duration = clock_ms(slide.node.attributes.get("dur"))
        for shown in (*slide.of(Kind.AUDIO), *slide.of(Kind.VIDEO)):
            facts = shown.part.probe.facts if shown.part else None
            if duration and facts and facts.duration_ms and facts.duration_ms > duration + 500:
                plays, lasts = length_words(facts.duration_ms), f"{duration / 1000:g} s"
                yield at(opened, shown.node, f"{shown.src!r} plays for {plays}, its slide lasts {lasts}")


@rule(
    "MMS529",
    title="Text does not fit its region",
    severity=Severity.INFO,
    source=OURS,
    reason="At a readable size, the text needs more lines than the region has; without "
    "fit='scroll', its end is never visible.",
    fix='Give the Text region fit="scroll" or more height, or shorten the text.',
    bad='<region id="Text" height="40" fit="hidden"/> with 400 characters',
    good='<region id="Text" height="160" fit="scroll"/>',
    remains=Remains.LOOK,
    needs=Needs.SLIDES,
    reads=Reads.SIZES,
)
def _crowded(opened: Opened) -> Iterator[Hit]:
    rooms = {node.attributes.get("id", ""): node for node in regions(opened)}
    display = opened.presentation.width if opened.presentation else None
    for slide in opened.slides:
        for shown in slide.of(Kind.TEXT):
            region = rooms.get(shown.node.attributes.get("region", ""))
            text = shown.part.text if shown.part else None
            if region is None or not text or region.attributes.get("fit") == "scroll":
                continue
            needed, there = _lines(text, region, pixels(display))
            if there is not None and needed > there:
                words = f"{shown.src!r} takes about {needed} lines, its region has room for {there}"
                yield at(opened, shown.node, words)


@rule(
    "MMS530",
    title="Text in the picture is too small for a phone",
    severity=Severity.INFO,
    source=OURS,
    reason="A phone shows the whole width of the picture across a few centimetres: the lines of this "
    "drawing become thinner than a pixel, and its letters are illegible.",
    fix="Use larger letters, put less into the picture, or move the words into the text.",
    bad="1600x1200 with letters 12 pixels high",
    good="1600x1200 with letters 80 pixels high",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE | Reads.LOOKS,
)
def _small_writing(opened: Opened) -> Iterator[Hit]:
    for part in _decodable(opened):
        stroke = part.looks.stroke
        if stroke is not None and stroke < THINNEST_STROKE:
            words = f"{part.name!r}: its lines are about {stroke:.1f} pixels wide on a phone 360 pixels wide"
            yield Hit(words, part=part.name)


@rule(
    "MMS531",
    title="GIF frames whose times viewers read differently",
    severity=Severity.INFO,
    source=BROWSERS,
    reason="A frame of 0 or 10 ms is shown for 100 ms by browsers and most phones, and as fast as it can "
    "be drawn by others: the same animation runs up to ten times as fast.",
    fix="Give each frame at least 20 ms; 100 ms is what most viewers show today.",
    bad="image1.gif: 12 frames of 0 ms",
    good="image1.gif: 12 frames of 100 ms",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _hasty(opened: Opened) -> Iterator[Hit]:
    for part in _animations(opened):
        hasty = [delay for delay in part.probe.delays_ms if delay < LEAST_DELAY_MS]
        if hasty:
            times = " or ".join(f"{delay}" for delay in sorted(set(hasty)))
            words = f"{len(hasty)} of {len(part.probe.delays_ms)} frames stand for {times} ms"
            yield Hit(f"{part.name!r}: {words}", part=part.name)


def _lines(text: str, region: Node, display: int | None) -> tuple[int, int | None]:
    """Lines that `text` takes and that the region has, at 32 characters a display's width."""
    width, height = pixels(region.attributes.get("width")), pixels(region.attributes.get("height"))
    if not display or not width or not height:
        return 0, None
    letter = display / 32
    columns = max(1, int(width / letter))
    needed = sum(max(1, -(-len(line) // columns)) for line in text.splitlines())
    return needed, int(height / (letter * 2))


def _decodable(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in whole_pictures(opened) if part.probe.type in CHECKED)


def _animations(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in _decodable(opened) if part.probe.animated)


def _frames(part: FoundPart) -> int:
    return part.probe.facts.frames if part.probe.facts else 1
