"""A contact sheet: what several recipients will get, one below the other."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from mmspack.media.lettering import draw, wrap
from mmspack.previewing.storyboard import CARD, EDGE, GAP, PLAIN, SMALL, Palette, card, palette_of
from mmspack.previewing.view import View

MAX_SLIDES = 6
"""Slides of each message that are drawn: the personal ones come first in a ticket or a voucher."""
PAGE_ROWS = 3
"""Recipients on a page of a PDF."""


def contact_sheet(messages: Sequence[tuple[str, View | None]], ending: str, theme: str = "auto") -> bytes:
    """The messages below their captions as `.png`, all on one picture, or as `.pdf`, three on a page.

    None stands for a message that cannot be made: its caption says why.
    """
    colours = palette_of(theme)
    rows = [_row(caption, view, colours) for caption, view in messages]
    stream = io.BytesIO()
    if ending == ".pdf":
        pages = [_stacked(rows[at : at + PAGE_ROWS], colours) for at in range(0, len(rows), PAGE_ROWS)]
        pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=192)
    else:
        _stacked(rows, colours).save(stream, "PNG", compress_level=7)
    return stream.getvalue()


def _row(caption: str, view: View | None, colours: Palette) -> Image.Image:
    if view is None:
        lines = wrap(caption, PLAIN, 2 * CARD)
        image = Image.new("RGB", (2 * CARD, PLAIN.line * len(lines)), colours.back)
        for at, line in enumerate(lines):
            draw(image, (0, at * PLAIN.line), line, PLAIN, colours.bad, width=image.width)
        return image
    cards = [card(view, slide, colours) for slide in view.slides[:MAX_SLIDES]]
    width = max(sum(piece.width + GAP for piece in cards) - GAP, CARD)
    head = PLAIN.line + SMALL.line + GAP // 2
    tall = max((piece.height for piece in cards), default=0)
    image = Image.new("RGB", (width, head + tall), colours.back)
    draw(image, (0, 0), caption, PLAIN, colours.ink, width=width)
    more = len(view.slides) - len(cards)
    told = f"{view.subject}{f' · {more} more slides' if more > 0 else ''}"
    draw(image, (0, PLAIN.line), told, SMALL, colours.soft, width=width)
    for at, piece in enumerate(cards):
        image.paste(piece, (at * (CARD + GAP), head))
    return image


def _stacked(rows: Sequence[Image.Image], colours: Palette) -> Image.Image:
    width = max(row.width for row in rows) + 2 * EDGE
    height = sum(row.height + GAP for row in rows) - GAP + 2 * EDGE
    image = Image.new("RGB", (width, height), colours.back)
    y = EDGE
    for row in rows:
        image.paste(row, (EDGE, y))
        y += row.height + GAP
    return image
