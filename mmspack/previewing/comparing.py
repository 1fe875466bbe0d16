"""Two messages side by side in one picture, slide by slide; what has changed is named."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from mmspack.media.lettering import draw
from mmspack.previewing import storyboard
from mmspack.previewing.matching import SlidePair
from mmspack.previewing.storyboard import Palette
from mmspack.previewing.view import SlideView, View

_ACROSS = 2
"""Slides in a row."""
_WIDTH = 2 * storyboard.EDGE + _ACROSS * storyboard.CARD + storyboard.GAP


def side_by_side(old: View, new: View, rows: Sequence[SlidePair], colours: Palette) -> Image.Image:
    """The old message on the left, the new one on the right."""
    olds = [_card(old, row.before, row.old_mark, colours) for row in rows]
    news = [_card(new, row.after, row.new_mark, colours) for row in rows]
    heights = [
        max(card.height for card in (*olds[at : at + _ACROSS], *news[at : at + _ACROSS]) if card)
        for at in range(0, len(rows), _ACROSS)
    ]
    top = max(storyboard.heading_height(view, _WIDTH) for view in (old, new)) + storyboard.PLAIN.line
    left, right = (_column(view, cards, heights, top, colours) for view, cards in ((old, olds), (new, news)))
    image = Image.new("RGB", (left.width + right.width, max(left.height, right.height)), colours.back)
    image.paste(left, (0, 0))
    image.paste(right, (left.width, 0))
    pen = ImageDraw.Draw(image)
    pen.line(
        (left.width, storyboard.EDGE, left.width, image.height - storyboard.EDGE),
        colours.line,
        storyboard.SCALE,
    )
    return image


def _column(
    view: View, cards: Sequence[Image.Image | None], heights: Sequence[int], top: int, colours: Palette
) -> Image.Image:
    """A message's cards in rows of `heights` below its name and heading; a gap where a slide is not."""
    high = top + sum(heights) + storyboard.GAP * len(heights) + storyboard.EDGE
    image = Image.new("RGB", (_WIDTH, high), colours.back)
    below = Image.new("RGB", (_WIDTH, storyboard.heading_height(view, _WIDTH)), colours.back)
    storyboard.heading(below, view, colours)
    image.paste(below, (0, storyboard.PLAIN.line))
    draw(image, (storyboard.EDGE, storyboard.EDGE), view.name, storyboard.PLAIN, colours.accent)
    for at, card in enumerate(cards):
        if card is not None:
            x = storyboard.EDGE + at % _ACROSS * (storyboard.CARD + storyboard.GAP)
            row = at // _ACROSS
            image.paste(card, (x, top + sum(heights[:row]) + row * storyboard.GAP))
    return image


def _card(view: View, slide: SlideView | None, mark: str, colours: Palette) -> Image.Image | None:
    return None if slide is None else storyboard.card(view, slide, colours, mark)
