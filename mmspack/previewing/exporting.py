"""A storyboard as a file: PNG and PDF show all slides, a GIF plays them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from mmspack.previewing.view import PartView, SlideView, View

if TYPE_CHECKING:
    from PIL import Image

    from mmspack.previewing.storyboard import Palette

FORMATS = (".png", ".gif", ".pdf")
PAGE_SLIDES = 6
"""Slides on a page of a PDF."""
MAX_SLIDES = 40
"""Slides that are drawn; a message has about ten."""
_MAX_COLOURS = 256
_PAIRS = 2


def storyboard(view: View, kind: str, *, dark: bool = False) -> bytes:
    """The storyboard of a message as the bytes of a `.png`, `.gif` or `.pdf`."""
    from mmspack.previewing.storyboard import DARK, LIGHT, sheet

    colours = DARK if dark else LIGHT
    slides = view.slides[:MAX_SLIDES]
    if kind == ".gif":
        frames = [sheet(view, [slide], colours) for slide in slides] or [sheet(view, [], colours)]
        return _gif(_same_size(frames, colours), [slide.duration_ms for slide in slides] or [1000])
    if kind == ".pdf":
        pages = [slides[at : at + PAGE_SLIDES] for at in range(0, len(slides), PAGE_SLIDES)] or [()]
        return _pdf([sheet(view, page, colours, columns=3) for page in pages])
    return _png(sheet(view, slides, colours))


def comparison(old: View, new: View, kind: str, *, dark: bool = False) -> bytes:
    """Two messages side by side, slide by slide; what has changed is named."""
    from mmspack.previewing.storyboard import DARK, LIGHT

    colours = DARK if dark else LIGHT
    pairs = list(zip_longest(old.slides[:MAX_SLIDES], new.slides[:MAX_SLIDES]))
    if kind == ".gif":
        frames = [_compared(old, new, [pair], colours) for pair in pairs] or [
            _compared(old, new, [], colours)
        ]
        times = [max(slide.duration_ms for slide in pair if slide) for pair in pairs] or [1000]
        return _gif(_same_size(frames, colours), times)
    if kind == ".pdf":
        pages = [pairs[at : at + 4] for at in range(0, len(pairs), 4)] or [[]]
        return _pdf([_compared(old, new, page, colours) for page in pages])
    return _png(_compared(old, new, pairs, colours))


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


def _compared(
    old: View, new: View, pairs: Sequence[tuple[SlideView | None, SlideView | None]], colours: Palette
) -> Image.Image:
    """The old message on the left, the new one on the right."""
    from PIL import Image, ImageDraw

    from mmspack.previewing import storyboard as drawing

    left = _column(old, [_card(old, pair[0], "", colours) for pair in pairs], colours)
    marks = [_mark(old, new, *pair) for pair in pairs]
    right = _column(
        new, [_card(new, pair[1], mark, colours) for pair, mark in zip(pairs, marks, strict=True)], colours
    )
    image = Image.new("RGB", (left.width + right.width, max(left.height, right.height)), colours.back)
    image.paste(left, (0, 0))
    image.paste(right, (left.width, 0))
    pen = ImageDraw.Draw(image)
    pen.line((left.width, drawing.EDGE, left.width, image.height - drawing.EDGE), colours.line, drawing.SCALE)
    return image


def _column(view: View, cards: Sequence[Image.Image | None], colours: Palette) -> Image.Image:
    """A message's cards in rows of two below its name and heading; a gap where a slide is not."""
    from PIL import Image

    from mmspack.previewing import storyboard as drawing
    from mmspack.previewing.lettering import draw

    width = 2 * drawing.EDGE + _PAIRS * drawing.CARD + drawing.GAP
    name = drawing.PLAIN.line
    top = name + drawing.heading_height(view, width)
    tall = max((card.height for card in cards if card), default=0)
    rows = -(-len(cards) // _PAIRS)
    image = Image.new("RGB", (width, top + rows * (tall + drawing.GAP) + drawing.EDGE), colours.back)
    below = Image.new("RGB", (width, top), colours.back)
    drawing.heading(below, view, colours)
    image.paste(below, (0, name))
    draw(image, (drawing.EDGE, drawing.EDGE), view.name, drawing.PLAIN, colours.accent)
    for at, card in enumerate(cards):
        if card is not None:
            x = drawing.EDGE + at % _PAIRS * (drawing.CARD + drawing.GAP)
            image.paste(card, (x, top + at // _PAIRS * (tall + drawing.GAP)))
    return image


def _card(view: View, slide: SlideView | None, mark: str, colours: Palette) -> Image.Image | None:
    from mmspack.previewing.storyboard import card

    return None if slide is None else card(view, slide, colours, mark)


def _mark(old: View, new: View, before: SlideView | None, after: SlideView | None) -> str:
    from mmspack.previewing.storyboard import UNCHANGED

    if before is None:
        return "new slide"
    if after is None:
        return ""
    words = changes(old, new, before, after)
    return f"changed: {', '.join(words)}" if words else UNCHANGED


# -- files ----------------------------------------------------------------------------------------


def _same_size(frames: Sequence[Image.Image], colours: Palette) -> list[Image.Image]:
    from PIL import Image

    size = max(frame.width for frame in frames), max(frame.height for frame in frames)
    canvas = []
    for frame in frames:
        image = Image.new("RGB", size, colours.back)
        image.paste(frame, (0, 0))
        canvas.append(image.resize((size[0] // 2, size[1] // 2)))
    return canvas


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=False, compress_level=7)
    return stream.getvalue()


def _gif(frames: Sequence[Image.Image], times: Sequence[int]) -> bytes:
    first, *others = [frame.quantize(_MAX_COLOURS) for frame in frames]
    stream = io.BytesIO()
    first.save(stream, "GIF", save_all=True, append_images=others, duration=list(times), loop=0, disposal=1)
    return stream.getvalue()


def _pdf(pages: Sequence[Image.Image]) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=144.0, quality=88)
    return stream.getvalue()
