"""Slides drawn by Pillow: what is pasted into a ticket or an approval mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from mmspack.errors import MmspackError
from mmspack.media.lettering import Colour, Type, draw, reads_leftward, width_of, wrap
from mmspack.media.pictures import decode, read_picture
from mmspack.model import Severity
from mmspack.previewing.posters import poster_of
from mmspack.previewing.rendering import seconds, short_clock
from mmspack.previewing.sizes import verdict
from mmspack.previewing.view import Look, PartView, Placed, SlideView, View
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.model import Finding

SCALE = 2
"""Device pixels for each pixel of the design."""
CARD = 264 * SCALE
GAP = 24 * SCALE
EDGE = 36 * SCALE
COLUMNS = 4
MAX_SLIDES = 40
"""Slides that are drawn; a message has about ten."""
_TALLEST, _FLATTEST = 1.9, 0.3
_MAX_TEXT = 4000
MAX_LINES = 400
"""Lines of a text below its slide: 15,000 characters. What is left out is counted."""
UNCHANGED = "same"

_SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}
_PAD = 14 * SCALE
_LEAF = CARD - 2 * _PAD
"""Width of the text on a card without a screen."""
TITLE = Type(24 * SCALE, bold=True)
PLAIN = Type(13 * SCALE)
STRONG = Type(13 * SCALE, bold=True)
SMALL = Type(12 * SCALE)
COPY = Type(13 * SCALE)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a storyboard."""

    back: Colour
    panel: Colour
    line: Colour
    ink: Colour
    soft: Colour
    accent: Colour
    good: Colour
    warn: Colour
    bad: Colour


LIGHT = Palette(
    back=(243, 244, 246), panel=(255, 255, 255), line=(222, 225, 231), ink=(20, 23, 28), soft=(85, 93, 107),
    accent=(48, 73, 209), good=(10, 107, 67), warn=(138, 75, 0), bad=(179, 32, 26),
)  # fmt: skip
DARK = Palette(
    back=(12, 14, 18), panel=(21, 24, 30), line=(48, 53, 64), ink=(238, 240, 244), soft=(163, 171, 185),
    accent=(149, 168, 255), good=(95, 211, 155), warn=(243, 181, 98), bad=(255, 143, 134),
)  # fmt: skip


def palette_of(theme: str) -> Palette:
    """The colours of a theme: dark ones for `dark`."""
    return DARK if theme == "dark" else LIGHT


def sheet(
    view: View, slides: Sequence[SlideView], colours: Palette, *, columns: int = COLUMNS, ends: bool = False
) -> Image.Image:
    """The slides in rows below the subject and the verdict.

    `ends`: with rows of what is attached to the message, and the number of slides that are not drawn.
    """
    alone = len(slides) == 1  # there is room for its text beside it
    cards = [card(view, slide, colours, whole=not alone) for slide in slides]
    if alone and (said := _rest_of_text(view, slides[0], colours, _LEAF)):
        cards.append(_leaf([(line, SMALL, colour) for line, colour in said[1:]], colours))
    more = [attached(part, colours) for part in view.attachments] if ends else []
    if ends and (found := finding_notes(view.general, colours, _LEAF)):
        lines = [(line, SMALL, colour) for line, colour in found]
        more.append(_leaf([("The whole message", SMALL, colours.accent), *lines], colours))
    if ends and len(view.slides) > MAX_SLIDES:
        words = f"and {count(len(view.slides) - MAX_SLIDES, 'more slide')}, not drawn"
        more.append(_leaf([(words, STRONG, colours.warn)], colours))
    columns = max(1, min(columns, max(len(cards), len(more))))
    line = sum(width_of(words, type_) for words, type_, _ in _facts(view, colours))
    width = 2 * EDGE + max(columns * CARD + (columns - 1) * GAP, round(line) + 1)
    top = heading_height(view, width)
    rows = [group[at : at + columns] for group in (cards, more) for at in range(0, len(group), columns)]
    heights = [max(image.height for image in row) for row in rows]
    height = top + sum(heights) + GAP * max(0, len(rows) - 1) + EDGE
    image = Image.new("RGB", (width, height), colours.back)
    heading(image, view, colours)
    y = top
    for row, tall in zip(rows, heights, strict=True):
        for at, piece in enumerate(row):
            image.paste(piece, (EDGE + at * (CARD + GAP), y))
        y += tall + GAP
    return image


def heading_height(view: View, width: int) -> int:
    """Pixels that `heading` takes."""
    lines = wrap(view.subject or "No subject", TITLE, width - 2 * EDGE)
    return EDGE + len(lines) * TITLE.line + 6 * SCALE + PLAIN.line + 22 * SCALE


def heading(image: Image.Image, view: View, colours: Palette) -> None:
    """Subject, length, verdict."""
    y = EDGE
    room = image.width - 2 * EDGE
    for line in wrap(view.subject or "No subject", TITLE, room):
        draw(image, (EDGE, y), line, TITLE, colours.ink, width=room)
        y += TITLE.line
    y += 6 * SCALE
    facts = _facts(view, colours)
    x = EDGE
    if reads_leftward(view.subject):  # below the subject, at its right edge
        x += max(0, round(room - sum(width_of(words, type_) for words, type_, _ in facts)))
    for words, type_, colour in facts:
        draw(image, (x, y), words, type_, colour)
        x += round(width_of(words, type_))


def _facts(view: View, colours: Palette) -> list[tuple[str, Type, Colour]]:
    """The line below the subject: how long the message is, and whether it fits."""
    told = verdict(view)
    tone = {"good": colours.good, "warning": colours.warn, "error": colours.bad}[told.tone]
    facts = f"{count(len(view.slides), 'slide')} · {seconds(view.total_ms)} · {told.more} · "
    return [(facts, PLAIN, colours.soft), (told.words, STRONG, tone)]


def attached(part: PartView, colours: Palette) -> Image.Image:
    """An attachment with its content: the fields of a contact or event, the text of a text."""
    lines: list[tuple[str, Type, Colour]] = [("Attachment", SMALL, colours.accent)]
    title = (part.card.title if part.card else "") or part.label or part.name
    lines += [(line, STRONG, colours.ink) for line in wrap(title, STRONG, _LEAF)]
    if part.card:
        said = [part.card.under, *(f"{label}: {value}" for label, value in part.card.rows)]
        lines += [(line, SMALL, colours.ink) for one in said for line in wrap(one, SMALL, _LEAF)]
    elif part.look is Look.TEXT:
        lines += [(line, SMALL, colours.ink) for line in whole_text(part.text, _LEAF)]
    facts = f"{part.name}, {part.type}, {len(part.data):,} bytes"
    lines += [(line, SMALL, colours.soft) for line in wrap(facts, SMALL, _LEAF)]
    return _leaf(lines, colours)


def _leaf(lines: Sequence[tuple[str, Type, Colour]], colours: Palette) -> Image.Image:
    """A card of lines alone."""
    image = Image.new("RGB", (CARD, 2 * _PAD + sum(type_.line for _, type_, _ in lines)), colours.panel)
    y = _PAD
    for text, type_, colour in lines:
        draw(image, (_PAD, y), text, type_, colour, width=_LEAF)
        y += type_.line
    return framed(image, colours)


def card(
    view: View, slide: SlideView, colours: Palette, mark: str = "", *, whole: bool = True
) -> Image.Image:
    """One slide as the SMIL lays it out, its time and what the check found in it.

    `whole`: with the whole of a text that the phone would scroll.
    """
    high = screen_height(view)
    notes = [
        (line, colours.soft if mark == UNCHANGED else colours.accent) for line in wrap(mark, SMALL, CARD)
    ]
    notes += _inscriptions(view, slide, colours) + _sounds(view, slide, colours)
    notes += _rest_of_text(view, slide, colours) if whole else []
    notes += finding_notes(slide.findings, colours)
    image = Image.new("RGB", (CARD, high + 10 * SCALE + STRONG.line + len(notes) * SMALL.line), colours.back)
    image.paste(framed(surface(view, slide, (CARD, high), colours), colours), (0, 0))
    y = high + 10 * SCALE
    number = f"{slide.number}"
    draw(image, (0, y), number, STRONG, colours.accent)
    time = f"{short_clock(slide.start_ms)} – {short_clock(slide.end_ms)}"
    draw(image, (width_of(number, STRONG) + 10 * SCALE, y), time, PLAIN, colours.ink)
    last = seconds(slide.duration_ms)
    draw(image, (CARD - width_of(last, PLAIN), y), last, PLAIN, colours.soft)
    y += STRONG.line
    for line, colour in notes:
        draw(image, (0, y), line, SMALL, colour, width=CARD)
        y += SMALL.line
    return image


def _rest_of_text(
    view: View, slide: SlideView, colours: Palette, width: int = CARD
) -> list[tuple[str, Colour]]:
    """The whole of a text that the phone would scroll: who approves it must be able to read it."""
    lines: list[tuple[str, Colour]] = []
    scale = CARD / view.width
    for placed in slide.media:
        part = view.parts[placed.part] if placed.part is not None else None
        if part is None or part.look is not Look.TEXT:
            continue
        pad = 12 * SCALE
        fitting = max(1, (round(placed.height * scale) - pad) // COPY.line)
        text = part.text
        if wrap(text[:_MAX_TEXT], COPY, max(1, round(placed.width * scale) - 2 * pad), fitting + 1)[fitting:]:
            lines += [("", colours.soft), ("The whole text:", colours.soft)]
            lines += [(line, colours.ink) for line in whole_text(text, width)]
    return lines


def whole_text(text: str, width: int = CARD) -> list[str]:
    """All lines of a text; where it is longer than any approval needs, the last line counts the rest."""
    lines = list(wrap(text, SMALL, width))
    left = sum(map(len, lines[MAX_LINES:]))
    return lines if not left else [*lines[:MAX_LINES], f"and {count(left, 'more character')}"]


def _inscriptions(view: View, slide: SlideView, colours: Palette) -> list[tuple[str, Colour]]:
    """What overlays drew: nobody reads a code by eye."""
    parts = [view.parts[placed.part] for placed in slide.media if placed.part is not None]
    said = [f"{label}: {words}" for part in parts for label, words in part.drawn]
    return [(line, colours.ink) for one in said for line in wrap(one, SMALL, CARD)]


def _sounds(view: View, slide: SlideView, colours: Palette) -> list[tuple[str, Colour]]:
    """What is heard: below the slide, where it covers nothing."""
    notes = []
    for placed in slide.media:
        part = view.parts[placed.part] if placed.part is not None else None
        if part is not None and part.look is Look.SOUND:
            length = f", {seconds(part.facts.duration_ms)}" if part.facts and part.facts.duration_ms else ""
            notes += [
                (line, colours.accent) for line in wrap(f"♪ {part.label or part.name}{length}", SMALL, CARD)
            ]
    return notes


def finding_notes(
    findings: Sequence[Finding], colours: Palette, width: int = CARD
) -> list[tuple[str, Colour]]:
    """What the check found, in words: who approves a message does not know the ids of rules."""
    tones = {Severity.ERROR: colours.bad, Severity.WARNING: colours.warn, Severity.INFO: colours.soft}
    return [
        (line, tones[finding.severity])
        for finding in findings
        for line in wrap(f"{_SEVERITIES[finding.severity]}: {finding.message}", SMALL, width)
    ]


def screen_height(view: View) -> int:
    """Height of a drawn screen, pixels."""
    return round(CARD * min(max(view.height / view.width, _FLATTEST), _TALLEST))


def framed(picture: Image.Image, colours: Palette) -> Image.Image:
    """The picture with rounded corners and a hairline."""
    radius = 12 * SCALE
    mask = Image.new("L", (picture.width * 2, picture.height * 2), 0)
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * 2, fill=255)
    image = Image.new("RGB", picture.size, colours.back)
    image.paste(picture, (0, 0), mask.resize(picture.size))
    edge = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(image).rounded_rectangle(edge, radius, outline=colours.line, width=SCALE)
    return image


# -- a slide --------------------------------------------------------------------------------------


def surface(view: View, slide: SlideView, size: tuple[int, int], colours: Palette) -> Image.Image:
    """The slide's media in their boxes on a screen of `size` pixels."""
    image = Image.new("RGB", size, colours.panel)
    scale = min(size[0] / view.width, size[1] / view.height)
    for placed in slide.media:
        part = view.parts[placed.part] if placed.part is not None else None
        box = tuple(round(value * scale) for value in (placed.left, placed.top, placed.width, placed.height))
        layer = _medium(part, placed, (max(1, box[2]), max(1, box[3])), scale, colours)
        if layer is not None:
            image.paste(layer, (box[0], box[1]), layer)
    return image


def _medium(
    part: PartView | None, placed: Placed, size: tuple[int, int], scale: float, colours: Palette
) -> Image.Image | None:
    """One medium as a layer of its box's size; None for a sound, which is named below the slide."""
    if part is None:
        return _words(f"{placed.src or 'no source'}: not in the bundle", size, colours.bad)
    if part.look is Look.PICTURE and not part.problem:
        return _picture(part, placed.fit, size, scale, colours)
    if part.look is Look.TEXT:
        return _words(part.text[:_MAX_TEXT], size, colours.ink)
    if part.look is Look.SOUND:
        return None
    if part.look is Look.FILM:
        return _film(part, placed.fit, size, scale, colours)
    return _words(part.problem or part.text or part.name, size, colours.soft)


def _words(text: str, size: tuple[int, int], colour: Colour, *, foot: bool = False) -> Image.Image:
    layer = Image.new("RGBA", size)
    pad = 12 * SCALE
    room = max(1, size[0] - 2 * pad)
    most = max(1, (size[1] - pad) // COPY.line)
    lines = wrap(text, COPY, room, 1 if foot else most)
    y = size[1] - COPY.line - pad if foot else pad * 3 // 4
    for line in lines:
        draw(layer, (pad, y), line, COPY, colour, width=room)
        y += COPY.line
    return layer


def _film(part: PartView, fit: str, size: tuple[int, int], scale: float, colours: Palette) -> Image.Image:
    """Its poster, where one can be had, with the mark of a film; below it, its name and length."""
    layer = Image.new("RGBA", size, (24, 27, 33, 255))
    foot = 34 * SCALE
    room = size[0], max(1, size[1] - foot)
    still = poster_of(part.data)
    if still:
        shown = _picture(replace(part, data=still), fit, room, scale, colours)
        layer.alpha_composite(shown or Image.new("RGBA", room))
    middle, arm = (room[0] // 2, room[1] // 2), 22 * SCALE
    disc = Image.new("RGBA", size)
    box = (middle[0] - 2 * arm, middle[1] - 2 * arm, middle[0] + 2 * arm, middle[1] + 2 * arm)
    ImageDraw.Draw(disc).ellipse(box, fill=(0, 0, 0, 140))
    layer.alpha_composite(disc)
    pen = ImageDraw.Draw(layer)
    pen.polygon(
        [
            (middle[0] - arm * 0.7, middle[1] - arm),
            (middle[0] - arm * 0.7, middle[1] + arm),
            (middle[0] + arm, middle[1]),
        ],
        fill=(255, 255, 255, 255),
    )
    length = f", {seconds(part.facts.duration_ms)}" if part.facts and part.facts.duration_ms else ""
    layer.alpha_composite(_words(f"{part.name}{length}", size, (255, 255, 255), foot=True))
    return layer


def _picture(
    part: PartView, fit: str, size: tuple[int, int], scale: float, colours: Palette
) -> Image.Image | None:
    """The picture's first frame in its box, by the region's `fit`."""
    try:
        picture = read_picture(part.data)
        wide, high = picture.size
        ratios = size[0] / wide, size[1] / high
        factor = {"slice": max(ratios), "hidden": scale, "scroll": scale}.get(fit, min(ratios))
        target = size if fit == "fill" else (max(1, round(wide * factor)), max(1, round(high * factor)))
        if target[0] * target[1] > 8 * size[0] * size[1]:
            target = size
        image = decode(picture, target)
    except MmspackError as error:
        return _words(f"{part.name}: {error.message}", size, colours.bad)
    layer = Image.new("RGBA", size)
    corner = (
        (0, 0) if fit in ("hidden", "scroll") else ((size[0] - target[0]) // 2, (size[1] - target[1]) // 2)
    )
    layer.paste(image, corner)
    return layer
