"""A contact sheet: what several recipients will get, side by side."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image

from mmspack.media.lettering import draw, wrap
from mmspack.previewing.storyboard import CARD, EDGE, GAP, PLAIN, SMALL, Palette, card, palette_of
from mmspack.previewing.view import View

MAX_SLIDES = 6
"""Slides of each message that are drawn: the personal ones come first in a ticket or a voucher."""
_RATIO = 297 / 210
"""Long side to short side of an A4 page; Letter's is 1.29, and either prints the other with a margin."""
_PAGE_WIDTH = 3 * CARD
"""Pixels that a page of a PDF is wide at least: narrower ones would print cards larger than life."""
_MORE = 3
"""Numbers of columns that are tried for the fullest page."""
_A4_INCHES = 210 / 25.4


def contact_sheet(messages: Sequence[tuple[str, View | None]], ending: str, theme: str = "auto") -> bytes:
    """The messages below their captions, in a grid: one `.png` of about a page's proportions, or a `.pdf`.

    A PDF's pages are A4, upright. None stands for a message that cannot be made: its caption says why.
    """
    colours = palette_of(theme)
    tiles = [_tile(caption, view, colours) for caption, view in messages]
    stream = io.BytesIO()
    if ending == ".pdf":
        pages = _pages(tiles, colours)
        dots = pages[0].width / _A4_INCHES
        pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=dots)
    else:
        rows = _in_columns(tiles, _columns_for(tiles))
        size = (_width(rows) + 2 * EDGE, _height(rows) + 2 * EDGE)
        _drawn(rows, size, colours).save(stream, "PNG", compress_level=7)
    return stream.getvalue()


_Row = Sequence[Image.Image]


def _in_columns(tiles: Sequence[Image.Image], columns: int) -> list[_Row]:
    return [tiles[at : at + columns] for at in range(0, len(tiles), columns)]


def _width(rows: Sequence[_Row]) -> int:
    cell = max(tile.width for row in rows for tile in row)
    return max(map(len, rows)) * (cell + GAP) - GAP


def _height(rows: Sequence[_Row]) -> int:
    return sum(max(tile.height for tile in row) + GAP for row in rows) - GAP


def _columns_for(tiles: Sequence[Image.Image]) -> int:
    """The columns with which a grid comes nearest to a page, upright or across."""

    def off(columns: int) -> float:
        rows = _in_columns(tiles, columns)
        ratio = (_width(rows) + 2 * EDGE) / (_height(rows) + 2 * EDGE)
        return min(abs(math.log(ratio / wanted)) for wanted in (_RATIO, 1 / _RATIO))

    return min(range(1, len(tiles) + 1), key=off)


def _pages(tiles: Sequence[Image.Image], colours: Palette) -> list[Image.Image]:
    """A4 pages of one width, each as full as it gets. A tile that is too tall for one is made smaller."""
    cell = max(tile.width for tile in tiles)
    tall = max(tile.height for tile in tiles)

    def page(columns: int) -> tuple[int, int]:
        width = columns * (cell + GAP) - GAP + 2 * EDGE
        return width, round(width * _RATIO)

    def filled(columns: int) -> float:
        room = page(columns)[1] - 2 * EDGE
        return min(1.0, (room + GAP) // (tall + GAP) * (tall + GAP) / room)

    fewest = max(1, -(-(_PAGE_WIDTH - 2 * EDGE + GAP) // (cell + GAP)))
    columns = max(range(fewest, fewest + _MORE), key=filled)
    size = page(columns)
    room = size[1] - 2 * EDGE
    rows = _in_columns([_within(tile, room) for tile in tiles], columns)
    pages: list[list[_Row]] = [[]]
    for row in rows:
        if pages[-1] and _height([*pages[-1], row]) > room:
            pages.append([])
        pages[-1].append(row)
    return [_drawn(page, size, colours, cell=cell) for page in pages]


def _within(tile: Image.Image, height: int) -> Image.Image:
    if tile.height <= height:
        return tile
    return tile.resize((max(1, tile.width * height // tile.height), height), Image.Resampling.LANCZOS)


def _drawn(rows: Sequence[_Row], size: tuple[int, int], colours: Palette, *, cell: int = 0) -> Image.Image:
    """The rows on a page of that size; `cell` is the width of a column, by default the widest tile's."""
    cell = cell or max(tile.width for row in rows for tile in row)
    image = Image.new("RGB", size, colours.back)
    y = EDGE
    for row in rows:
        for at, tile in enumerate(row):
            image.paste(tile, (EDGE + at * (cell + GAP), y))
        y += max(tile.height for tile in row) + GAP
    return image


def _tile(caption: str, view: View | None, colours: Palette) -> Image.Image:
    if view is None:
        lines = wrap(caption, PLAIN, CARD)
        image = Image.new("RGB", (CARD, PLAIN.line * len(lines)), colours.back)
        for at, line in enumerate(lines):
            draw(image, (0, at * PLAIN.line), line, PLAIN, colours.bad, width=image.width)
        return image
    cards = [card(view, slide, colours) for slide in view.slides[:MAX_SLIDES]]
    width = max(sum(piece.width + GAP for piece in cards) - GAP, CARD)
    captions = wrap(caption, PLAIN, width)
    head = PLAIN.line * len(captions) + SMALL.line + GAP // 2
    tall = max((piece.height for piece in cards), default=0)
    image = Image.new("RGB", (width, head + tall), colours.back)
    for at, line in enumerate(captions):
        draw(image, (0, at * PLAIN.line), line, PLAIN, colours.ink, width=width)
    more = len(view.slides) - len(cards)
    told = f"{view.subject}{f' · {more} more slides' if more > 0 else ''}"
    draw(image, (0, PLAIN.line * len(captions)), told, SMALL, colours.soft, width=width)
    for at, piece in enumerate(cards):
        image.paste(piece, (at * (CARD + GAP), head))
    return image
