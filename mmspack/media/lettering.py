"""Lines of text drawn by Pillow, each stretch in the first font that has its letters, in reading order.

Right-to-left and joined scripts need Pillow's Raqm layout (with FriBiDi), which its wheels for Linux and
macOS carry; without it, characters appear in the order in which they were typed.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from PIL import Image, ImageDraw, features

from mmspack.media.fonts import BITMAP_SIZE, BUILT_IN, Font, coloured_fonts, face_of, font_for

Colour = tuple[int, int, int]
_NARROWEST = 6
"""So many of the narrowest characters fit into the width of the type's size."""
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"
_LEFTWARD = ("R", "AL")
_LRM, _RLM = "\u200e", "\u200f"
"""Unicode's own marks (UAX 9): they draw nothing, and give the line the direction of its paragraph."""


@dataclass(frozen=True, slots=True)
class Type:
    """A size in pixels, a weight, and the font that is asked first."""

    size: float
    bold: bool = False
    own: bytes | None = field(default=None, repr=False)

    @property
    def line(self) -> int:
        """Height of a line, pixels."""
        return round(self.size * 1.38)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of one line in one font and one direction."""

    text: str
    font: Font
    leftward: bool


def width_of(text: str, type_: Type) -> float:
    """How wide one line of text stands, pixels."""
    return sum(_run_width(run, type_) for run in _runs(text, type_.own, type_.bold))


@functools.lru_cache(maxsize=256)
def wrap(text: str, type_: Type, width: float, max_lines: int | None = None) -> tuple[str, ...]:
    """The lines of a text within `width` pixels; an ellipsis ends the last of `max_lines`.

    A line that would run against its paragraph, as one that begins with a number in a right-to-left text,
    begins with a mark that says so; the mark is not drawn.
    """
    every = (
        _marked(line, leftward)
        for paragraph in text.splitlines()
        for leftward in (reads_leftward(paragraph),)
        for line in _wrapped(paragraph, type_, width)
    )
    lines = list(islice(every, None if max_lines is None else max_lines + 1))
    if max_lines is not None and len(lines) > max_lines:
        lines = lines[:max_lines]
        while len(lines) > 1 and not lines[-1]:
            lines.pop()
        while lines[-1] and width_of(lines[-1] + "…", type_) > width:
            lines[-1] = lines[-1][:-1]
        lines[-1] = lines[-1].rstrip(" .,;:…") + "…"
    return tuple(lines)


def _marked(line: str, leftward: bool) -> str:
    if not line or reads_leftward(line) == leftward:
        return line
    return (_RLM if leftward else _LRM) + line


def draw(
    image: Image.Image, at: tuple[float, float], text: str, type_: Type, colour: Colour, *, width: float = 0
) -> None:
    """One line of text with its top left corner `at`; right-to-left text ends at the right of `width`."""
    x, y = at
    if reads_leftward(text):
        x += max(0.0, width - width_of(text, type_))
    draw_on_base(image, (x, y + (type_.line - type_.size) / 2 + type_.size * 0.86), text, type_, colour)


def draw_on_base(image: Image.Image, at: tuple[float, float], text: str, type_: Type, colour: Colour) -> None:
    """One line of text whose baseline begins at the left at `at`."""
    x, base = at
    pen = ImageDraw.Draw(image)
    runs = _in_sight(_runs(text, type_.own, type_.bold), reads_leftward(text))
    for run in runs:
        if run.font in coloured_fonts():
            _draw_emoji(image, (x, base), run, type_)
        else:
            face = face_of(run.font, type_.size, type_.bold)
            # Digits and blanks alone have no direction of their own: Raqm would put the blank on their right.
            way = "rtl" if run.leftward and _has_raqm() else None
            pen.text((x, base), run.text, font=face, fill=colour, anchor="ls", direction=way)
        # Measuring takes as long as drawing, and nothing follows the last one.
        x += 0 if run is runs[-1] else _run_width(run, type_)


@functools.cache
def _has_raqm() -> bool:
    return bool(features.check("raqm"))


def heights_of(text: str, type_: Type) -> tuple[float, float]:
    """How far the fonts of one line of text reach above and below its baseline, pixels."""
    above = below = 0.0
    for font in {run.font for run in _runs(text, type_.own, type_.bold)}:
        scale = type_.size / BITMAP_SIZE if font in coloured_fonts() else 1.0
        ascent, descent = face_of(
            font, BITMAP_SIZE if font in coloured_fonts() else type_.size, type_.bold
        ).getmetrics()
        above, below = max(above, ascent * scale), max(below, descent * scale)
    return above, below


def reads_leftward(text: str) -> bool:
    """True where the first letter with a direction belongs to a right-to-left script."""
    return next(
        (
            kind in _LEFTWARD
            for char in text
            if (kind := unicodedata.bidirectional(char)) in ("L", *_LEFTWARD)
        ),
        False,
    )


def _wrapped(paragraph: str, type_: Type, width: float) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, type_) <= width:
            line = longer
            continue
        if line:
            yield line
        line = word
        while len(line) > 1 and (fits := _fitting(line, type_, width)) < len(line):
            yield line[:fits]
            line = line[fits:]
    yield line


def _fitting(word: str, type_: Type, width: float) -> int:
    """How many of a word's characters fit, at least one; found by halving."""
    low, high = 1, min(len(word), 1 + int(width / type_.size * _NARROWEST))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(word[:middle], type_) <= width else (low, middle - 1)
    return low


# -- runs of one font and direction ---------------------------------------------------------------


@functools.lru_cache(maxsize=1024)
def _runs(text: str, own: bytes | None, bold: bool) -> tuple[_Stretch, ...]:
    """The stretches of a line in the order in which they are read."""
    known = list(zip(text, _directions(text), strict=True))
    shown = [(char, way) for char, way in known if char.isprintable() or char in _JOINERS or _is_tag(char)]
    runs: list[_Stretch] = []
    for at, (char, leftward) in enumerate(shown):
        last = runs[-1] if runs else None
        pictured = at + 1 < len(shown) and shown[at + 1][0] == "\ufe0f"
        if last and _clings(char) and not (char == " " and _is_pictured(last.text)):
            font: Font | None = last.font
        else:
            font = font_for(char, own=own, bold=bold, pictured=pictured)
        if font is None:
            font = last.font if last else BUILT_IN
        if last and (last.font, last.leftward) == (font, leftward):
            runs[-1] = _Stretch(last.text + char, font, leftward)
        else:
            runs.append(_Stretch(char, font, leftward))
    return tuple(runs)


def _directions(text: str) -> list[bool]:
    """For each character whether it runs leftward.

    By the Unicode bidirectional algorithm (UAX 9) without embeddings: numbers go with the letters before them
    (W7, N1), blanks and signs with both neighbours where these agree (N1), else with the line (N2).
    """
    base = reads_leftward(text)
    known: list[bool | None] = []
    last = base
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", *_LEFTWARD):
            last = kind in _LEFTWARD
        known.append(last if kind in ("L", "EN", "AN", "NSM", *_LEFTWARD) else None)
    following = base
    after = []
    for one in reversed(known):
        following = one if one is not None else following
        after.append(following)
    found, before = [], base
    for one, then in zip(known, reversed(after), strict=True):
        before = one if one is not None else before
        found.append(one if one is not None else (before if before == then else base))
    return found


def _in_sight(runs: tuple[_Stretch, ...], leftward: bool) -> list[_Stretch]:
    """The runs from left to right: what runs against the line's direction is turned as a whole.

    The two levels of the Unicode bidirectional algorithm (UAX 9, rule L2) that text without embeddings has.
    Within a run Raqm places the letters.
    """
    turned: list[list[_Stretch]] = []
    for run in runs:
        if turned and run.leftward and turned[-1][-1].leftward:
            turned[-1].insert(0, run)
        elif turned and leftward and not run.leftward and not turned[-1][-1].leftward:
            turned[-1].append(run)
        else:
            turned.append([run])
    if leftward:
        turned.reverse()
    return [run for group in turned for run in group]


def _clings(char: str) -> bool:
    """True for what belongs to the character before it: blanks, accents, vowel signs, joiners, skin tones."""
    is_mark = unicodedata.category(char).startswith("M")
    return char == " " or char in _JOINERS or is_mark or 0x1F3FB <= ord(char) <= 0x1F3FF or _is_tag(char)


def _is_pictured(text: str) -> bool:
    """True where an emoji ends the text: its font's blank is as wide as an emoji."""
    return unicodedata.category(text[-1]) in ("So", "Sk", "Cf") or text[-1] in _JOINERS


def _is_tag(char: str) -> bool:
    """True for the invisible letters that make a black flag the flag of a region, as Scotland's."""
    return 0xE0020 <= ord(char) <= 0xE007F


def _run_width(run: _Stretch, type_: Type) -> float:
    if run.font in coloured_fonts():
        return face_of(run.font, BITMAP_SIZE).getlength(run.text) * type_.size / BITMAP_SIZE
    return face_of(run.font, type_.size, type_.bold).getlength(run.text)


def _draw_emoji(image: Image.Image, at: tuple[float, float], run: _Stretch, type_: Type) -> None:
    font = face_of(run.font, BITMAP_SIZE)
    tile = Image.new("RGBA", (max(1, round(font.getlength(run.text))), round(BITMAP_SIZE * 1.3)))
    ImageDraw.Draw(tile).text((0, BITMAP_SIZE), run.text, font=font, embedded_color=True, anchor="ls")
    scale = type_.size / BITMAP_SIZE
    small = tile.resize((max(1, round(tile.width * scale)), max(1, round(tile.height * scale))))
    image.paste(small, (round(at[0]), round(at[1] - type_.size)), small)
