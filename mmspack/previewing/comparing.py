"""Two messages side by side, slide by slide; what has changed is named."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from PIL import Image, ImageDraw

from mmspack.media.lettering import draw
from mmspack.previewing import storyboard
from mmspack.previewing.storyboard import MAX_SLIDES, Palette
from mmspack.previewing.view import PartView, SlideView, View

Pair = tuple[SlideView | None, SlideView | None]
_PAIRS = 2
"""Slides in a row."""


def pairs_of(old: View, new: View) -> list[Pair]:
    """The slides of both by their place; None where one message has fewer."""
    return list(zip_longest(old.slides[:MAX_SLIDES], new.slides[:MAX_SLIDES]))


def changes(old: View, new: View, before: SlideView, after: SlideView) -> list[str]:
    """What differs between two slides, in words: `picture`, `text`, `time` ..."""
    words = []
    was, now = _looks(old, before), _looks(new, after)
    for look in dict.fromkeys((*was, *now)):
        if was.get(look) != now.get(look):
            words.append(look)
    if before.duration_ms != after.duration_ms:
        words.append("time")
    boxes = [[(m.left, m.top, m.width, m.height, m.fit) for m in slide.media] for slide in (before, after)]
    if boxes[0] != boxes[1] and not set(was) ^ set(now):
        words.append("layout")
    return words


def _looks(view: View, slide: SlideView) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for placed in slide.media:
        part: PartView | None = view.parts[placed.part] if placed.part is not None else None
        found.setdefault(part.look.value if part else "missing part", []).append(part.data if part else b"")
    return found


def side_by_side(old: View, new: View, pairs: Sequence[Pair], colours: Palette) -> Image.Image:
    """The old message on the left, the new one on the right."""
    left = _column(old, [_card(old, pair[0], "", colours) for pair in pairs], colours)
    marks = [_mark(old, new, *pair) for pair in pairs]
    right = _column(
        new, [_card(new, pair[1], mark, colours) for pair, mark in zip(pairs, marks, strict=True)], colours
    )
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


def _column(view: View, cards: Sequence[Image.Image | None], colours: Palette) -> Image.Image:
    """A message's cards in rows of two below its name and heading; a gap where a slide is not."""
    width = 2 * storyboard.EDGE + _PAIRS * storyboard.CARD + storyboard.GAP
    name = storyboard.PLAIN.line
    top = name + storyboard.heading_height(view, width)
    tall = max((card.height for card in cards if card), default=0)
    rows = -(-len(cards) // _PAIRS)
    image = Image.new("RGB", (width, top + rows * (tall + storyboard.GAP) + storyboard.EDGE), colours.back)
    below = Image.new("RGB", (width, top), colours.back)
    storyboard.heading(below, view, colours)
    image.paste(below, (0, name))
    draw(image, (storyboard.EDGE, storyboard.EDGE), view.name, storyboard.PLAIN, colours.accent)
    for at, card in enumerate(cards):
        if card is not None:
            x = storyboard.EDGE + at % _PAIRS * (storyboard.CARD + storyboard.GAP)
            image.paste(card, (x, top + at // _PAIRS * (tall + storyboard.GAP)))
    return image


def _card(view: View, slide: SlideView | None, mark: str, colours: Palette) -> Image.Image | None:
    return None if slide is None else storyboard.card(view, slide, colours, mark)


def _mark(old: View, new: View, before: SlideView | None, after: SlideView | None) -> str:
    if before is None:
        return "new slide"
    if after is None:
        return ""
    words = changes(old, new, before, after)
    return f"changed: {', '.join(words)}" if words else storyboard.UNCHANGED
