"""A contact sheet: what several recipients will get, side by side."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from mmspack.media.fonts import legible
from mmspack.media.lettering import draw, width_of, wrap
from mmspack.previewing.approval.facts import Keep, all_legible
from mmspack.previewing.approval.setting import can_set, printed_moment, set_in_type
from mmspack.previewing.rendering import seconds
from mmspack.previewing.storyboard import (
    CARD,
    EDGE,
    GAP,
    PLAIN,
    SMALL,
    TITLE,
    Palette,
    card,
    palette_of,
    screen_height,
    surface,
)
from mmspack.previewing.view import Look, SlideView, View
from mmspack.words import count

MAX_SLIDES = 6
"""Slides of each message that are drawn: the personal ones come first in a ticket or a voucher."""
_RATIO = 297 / 210
"""Long side to short side of an A4 page; Letter's is 1.29, and either prints the other with a margin."""
_PAGE_WIDTH = 3 * CARD
"""Pixels that a page of a PDF is wide at least: narrower ones would print cards larger than life."""
_MORE = 3
"""Numbers of columns that are tried for the fullest page."""
_A4_INCHES = 210 / 25.4
_LAID_OUT = {1: (3, 1), 2: (2, 2)}
"""By the slides of the longest message: columns of messages on a page, and columns of slides in each."""
_SLIDES_ACROSS = 3
_JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One recipient on the sheet."""

    caption: str
    view: View | None = None
    """None for a message that cannot be made."""
    warning: str = ""
    """Why it cannot be made, or would not be sent."""


def contact_sheet(
    contacts: Sequence[Contact],
    ending: str,
    theme: str = "auto",
    *,
    title: str = "",
    source: str = "",
    when: datetime.datetime | None = None,
) -> bytes:
    """The messages below their captions, in a grid: one `.png` of about a page's proportions, or a `.pdf`.

    A PDF's pages are A4, upright, with text that can be searched where Typst is installed. `title` names
    the message and `source` the table; `when` is printed (None: now).
    """
    when = printed_moment(when)
    name = f"Contact sheet: {title}" if title else "Contact sheet"
    number = count(len(contacts), "recipient")
    facts = " · ".join(filter(None, (source, number, f"{when.day} {when:%B %Y, %H:%M}")))
    if ending == ".pdf" and can_set():
        return set_in_type("contacts.typ", lambda keep: _facts(contacts, keep, name, facts), when)
    head = _Head(name, facts, palette_of(theme))
    tiles = [_tile(one, head.colours) for one in contacts]
    stream = io.BytesIO()
    if ending == ".pdf":
        pages = _pages(tiles, head)
        dots = pages[0].width / _A4_INCHES
        pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=dots)
    else:
        rows = _in_columns(tiles, _columns_for(tiles))
        size = (max(_width(rows), head.width) + 2 * EDGE, _height(rows) + 2 * EDGE + head.height)
        _drawn(rows, size, head).save(stream, "PNG", compress_level=7)
    return stream.getvalue()


# -- set in type ----------------------------------------------------------------------------------


def _facts(contacts: Sequence[Contact], keep: Keep, title: str, facts: str) -> dict[str, Any]:
    """What the template prints. One-slide messages stand three in a row, others each across the page."""
    most = max((len(one.view.slides[:MAX_SLIDES]) for one in contacts if one.view), default=1)
    columns, across = _LAID_OUT.get(most, (1, _SLIDES_ACROSS))
    tiles = [_facts_of(one, keep) for one in contacts]
    found = {"title": title, "facts": facts, "tiles": tiles, "columns": columns, "across": across}
    return dict(all_legible(found))


def _facts_of(contact: Contact, keep: Keep) -> dict[str, Any]:
    view = contact.view
    slides = view.slides[:MAX_SLIDES] if view else ()
    more = len(view.slides) - len(slides) if view else 0
    return {
        "caption": contact.caption,
        "warning": contact.warning,
        "subject": view.subject if view else "",
        "slides": [_slide(view, slide, keep) for slide in slides] if view else [],
        "more": f"and {count(more, 'more slide')}" if more > 0 else "",
    }


def _slide(view: View, slide: SlideView, keep: Keep) -> dict[str, Any]:
    parts = [view.parts[placed.part] for placed in slide.media if placed.part is not None]
    drawn = [f"{label}: {words}" for part in parts for label, words in part.drawn]
    said = [part.text for part in parts if part.look is Look.TEXT]
    image = surface(view, slide, (CARD, screen_height(view)), palette_of("light"))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_JPEG_QUALITY, subsampling=0)  # there are words in it
    return {
        "file": keep(stream.getvalue(), ".jpg"),
        "alt": ". ".join((f"Slide {slide.number}", *drawn, *said)),
        "time": f"Slide {slide.number}, {seconds(slide.duration_ms)}",
        "drawn": drawn,
    }


# -- drawn ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the first row of each page."""

    title: str
    facts: str
    colours: Palette

    @property
    def height(self) -> int:
        return TITLE.line + PLAIN.line + GAP

    @property
    def width(self) -> int:
        """Pixels that both lines need: few messages stand in one column, and the date is to be read too."""
        needed = max(width_of(self.title, TITLE), width_of(self.facts, PLAIN))
        return min(math.ceil(needed), _PAGE_WIDTH - 2 * EDGE)  # a name has no longest

    def draw(self, image: Image.Image, more: str = "") -> None:
        room = image.width - 2 * EDGE
        title = wrap(self.title, TITLE, room, 1)[0]
        draw(image, (EDGE, EDGE), title, TITLE, self.colours.ink, width=room)
        facts = wrap(f"{self.facts}{more}", PLAIN, room, 1)[0]
        draw(image, (EDGE, EDGE + TITLE.line), facts, PLAIN, self.colours.soft, width=room)


_Row = Sequence[Image.Image]


def _in_columns(tiles: Sequence[Image.Image], columns: int) -> list[_Row]:
    return [tiles[at : at + columns] for at in range(0, len(tiles), columns)]


def _width(rows: Sequence[_Row]) -> int:
    cell = max(tile.width for row in rows for tile in row)
    return max(map(len, rows)) * (cell + GAP) - GAP


def _height(rows: Sequence[_Row]) -> int:
    return sum(max(tile.height for tile in row) + GAP for row in rows) - GAP


def _columns_for(tiles: Sequence[Image.Image]) -> int:
    """The columns with which a grid comes nearest to a page, upright or across, and has few empty places."""

    def off(columns: int) -> float:
        rows = _in_columns(tiles, columns)
        ratio = (_width(rows) + 2 * EDGE) / (_height(rows) + 2 * EDGE)
        empty = 1 - len(tiles) / (len(rows) * columns)
        return empty + min(abs(math.log(ratio / wanted)) for wanted in (_RATIO, 1 / _RATIO))

    return min(range(1, len(tiles) + 1), key=off)


def _pages(tiles: Sequence[Image.Image], head: _Head) -> list[Image.Image]:
    """A4 pages of one width, each as full as it gets. A tile that is too tall for one is made smaller."""
    cell = max(tile.width for tile in tiles)
    tall = max(tile.height for tile in tiles)

    def page(columns: int) -> tuple[int, int]:
        width = columns * (cell + GAP) - GAP + 2 * EDGE
        return width, round(width * _RATIO)

    def filled(columns: int) -> float:
        room = page(columns)[1] - 2 * EDGE - head.height
        return min(1.0, (room + GAP) // (tall + GAP) * (tall + GAP) / room)

    fewest = max(1, -(-(_PAGE_WIDTH - 2 * EDGE + GAP) // (cell + GAP)))
    columns = max(range(fewest, fewest + _MORE), key=filled)
    size = page(columns)
    room = size[1] - 2 * EDGE - head.height
    rows = _in_columns([_within(tile, room) for tile in tiles], columns)
    pages: list[list[_Row]] = [[]]
    for row in rows:
        if pages[-1] and _height([*pages[-1], row]) > room:
            pages.append([])
        pages[-1].append(row)
    return [
        _drawn(rows, size, head, cell=cell, more=f" · page {number} of {len(pages)}")
        for number, rows in enumerate(pages, 1)
    ]


def _within(tile: Image.Image, height: int) -> Image.Image:
    if tile.height <= height:
        return tile
    return tile.resize((max(1, tile.width * height // tile.height), height), Image.Resampling.LANCZOS)


def _drawn(
    rows: Sequence[_Row], size: tuple[int, int], head: _Head, *, cell: int = 0, more: str = ""
) -> Image.Image:
    """The rows on a page of that size; `cell` is the width of a column, by default the widest tile's."""
    cell = cell or max(tile.width for row in rows for tile in row)
    image = Image.new("RGB", size, head.colours.back)
    head.draw(image, more)
    y = EDGE + head.height
    for row in rows:
        for at, tile in enumerate(row):
            image.paste(tile, (EDGE + at * (cell + GAP), y))
        y += max(tile.height for tile in row) + GAP
    return image


def _tile(contact: Contact, colours: Palette) -> Image.Image:
    view = contact.view
    cards = [card(view, slide, colours) for slide in view.slides[:MAX_SLIDES]] if view else []
    width = max(sum(piece.width + GAP for piece in cards) - GAP, CARD)
    lines = [(line, PLAIN, colours.ink) for line in wrap(contact.caption, PLAIN, width)]
    lines += [(line, SMALL, colours.bad) for line in wrap(legible(contact.warning), SMALL, width)]
    if view:
        more = len(view.slides) - len(cards)
        told = " · ".join(filter(None, (view.subject, count(more, "more slide") if more > 0 else "")))
        lines += [(line, SMALL, colours.soft) for line in wrap(told, SMALL, width, 1)]
    head = sum(type_.line for _, type_, _ in lines) + GAP // 2
    tall = max((piece.height for piece in cards), default=0)
    image = Image.new("RGB", (width, head + tall), colours.back)
    y = 0
    for line, type_, colour in lines:
        draw(image, (0, y), line, type_, colour, width=width)
        y += type_.line
    for at, piece in enumerate(cards):
        image.paste(piece, (at * (CARD + GAP), head))
    return image
