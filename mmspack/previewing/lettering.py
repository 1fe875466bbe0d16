"""Text drawn by Pillow: fonts found on the machine, one after the other until a character has a shape.

Right-to-left and joined scripts need Pillow's Raqm layout (with FriBiDi), which its wheels for Linux and
macOS carry; without it, characters appear in the order in which they were typed.
"""

from __future__ import annotations

import functools
import os
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int]

_PREFERRED = {
    False: ("Inter-Regular", "SFNS", "segoeui", "NotoSans-Regular", "DejaVuSans", "LiberationSans-Regular"),
    True: ("Inter-SemiBold", "SFNS", "segoeuib", "NotoSans-Bold", "DejaVuSans-Bold", "LiberationSans-Bold"),
}
_COLOURED = ("NotoColorEmoji", "seguiemj", "Apple Color Emoji")
_BITMAP_SIZE = 109
"""The one size in which Noto's colour emoji exist, pixels."""
_OTHERS = (
    "Noto",
    "DejaVu",
    "Droid",
    "Arial Unicode",
    "unifont",
    "WenQuanYi",
    "PingFang",
    "msyh",
    "malgun",
    "meiryo",
)
_MAX_TRIED = 60
_NARROWEST = 6
"""So many of the narrowest characters fit into the width of the type's size."""
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"


@dataclass(frozen=True, slots=True)
class Type:
    """A size in pixels and a weight."""

    size: int
    bold: bool = False

    @property
    def line(self) -> int:
        """Height of a line, pixels."""
        return round(self.size * 1.38)


def width_of(text: str, type_: Type) -> float:
    """How wide one line of text stands, pixels."""
    return sum(_run_width(run, path, type_) for run, path in _runs(text, type_))


@functools.lru_cache(maxsize=256)
def wrap(text: str, type_: Type, width: float, max_lines: int | None = None) -> tuple[str, ...]:
    """The lines of a text within `width` pixels; an ellipsis ends the last of `max_lines`."""
    every = (line for paragraph in text.splitlines() for line in _wrapped(paragraph, type_, width))
    lines = list(islice(every, None if max_lines is None else max_lines + 1))
    if max_lines is not None and len(lines) > max_lines:
        lines = lines[:max_lines]
        while len(lines) > 1 and not lines[-1]:
            lines.pop()
        while lines[-1] and width_of(lines[-1] + "…", type_) > width:
            lines[-1] = lines[-1][:-1]
        lines[-1] += "…"
    return tuple(lines)


def draw(
    image: Image.Image, at: tuple[float, float], text: str, type_: Type, colour: Colour, *, width: float = 0
) -> None:
    """One line of text with its top left corner `at`; right-to-left text ends at the right of `width`."""
    x, y = at
    runs = list(_runs(text, type_))
    if reads_leftward(text):
        runs.reverse()
        x += max(0.0, width - width_of(text, type_))
    for run, path in runs:
        if path in _coloured():
            _draw_emoji(image, (x, y), run, path, type_)
        else:
            _draw_run(image, (x, y), run, path, type_, colour)
        x += _run_width(run, path, type_)


def reads_leftward(text: str) -> bool:
    """True where the first letter with a direction belongs to a right-to-left script."""
    return next(
        (kind != "L" for char in text if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL")), False
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


# -- runs of one font -----------------------------------------------------------------------------


def _runs(text: str, type_: Type) -> Iterator[tuple[str, str]]:
    """Stretches of text with the font that has all their shapes; an empty path is Pillow's own font."""
    run, path = "", ""
    for at, char in enumerate(text):
        if not char.isprintable() and char not in _JOINERS:
            continue
        following = text[at + 1 : at + 2]
        own = path if run and _clings(char) else _font_for(char, type_.bold, following == "\ufe0f")
        if run and own != path:
            yield run, path
            run = ""
        path, run = own, run + char
    if run:
        yield run, path


def _clings(char: str) -> bool:
    """True for what belongs to the character before it: blanks, accents, joiners, skin tones."""
    return (
        char == " " or char in _JOINERS or unicodedata.combining(char) > 0 or 0x1F3FB <= ord(char) <= 0x1F3FF
    )


@functools.lru_cache(maxsize=4096)
def _font_for(char: str, bold: bool, pictured: bool) -> str:
    preferred = [path for name in _PREFERRED[bold] if (path := _files().get(name.lower()))]
    coloured = list(_coloured())
    others = [] if char.isascii() else _other_files()
    for path in [*(coloured if pictured else []), *preferred, *coloured, *others]:
        if _has(path, char):
            return path
    return preferred[0] if preferred else ""


@functools.lru_cache(maxsize=8192)
def _has(path: str, char: str) -> bool:
    """True when the font has a shape of its own for `char`."""
    try:
        font = ImageFont.truetype(path, _BITMAP_SIZE if path in _coloured() else 24)
        drawn, absent = font.getmask(char), font.getmask("\U0010ffff")
    except (OSError, ValueError):
        return False
    return drawn.size != absent.size or bytes(drawn) != bytes(absent)


@functools.lru_cache(maxsize=128)
def _font(path: str, size: int) -> Font:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def _run_width(run: str, path: str, type_: Type) -> float:
    if path in _coloured():
        return _font(path, _BITMAP_SIZE).getlength(run) * type_.size / _BITMAP_SIZE
    return _font(path, type_.size).getlength(run)


def _draw_run(
    image: Image.Image, at: tuple[float, float], run: str, path: str, type_: Type, colour: Colour
) -> None:
    font = _font(path, type_.size)
    ascent = font.getmetrics()[0] if isinstance(font, ImageFont.FreeTypeFont) else type_.size
    base = at[1] + (type_.line - type_.size) / 2 + type_.size * 0.86
    pen = ImageDraw.Draw(image)
    if isinstance(font, ImageFont.FreeTypeFont):
        pen.text((at[0], base), run, font=font, fill=colour, anchor="ls")
    else:
        pen.text((at[0], base - ascent), run, font=font, fill=colour)


def _draw_emoji(image: Image.Image, at: tuple[float, float], run: str, path: str, type_: Type) -> None:
    font = _font(path, _BITMAP_SIZE)
    tile = Image.new("RGBA", (max(1, round(font.getlength(run))), round(_BITMAP_SIZE * 1.3)))
    ImageDraw.Draw(tile).text((0, _BITMAP_SIZE), run, font=font, embedded_color=True, anchor="ls")
    scale = type_.size / _BITMAP_SIZE
    small = tile.resize((max(1, round(tile.width * scale)), max(1, round(tile.height * scale))))
    base = at[1] + (type_.line - type_.size) / 2 + type_.size * 0.86
    image.paste(small, (round(at[0]), round(base - type_.size)), small)


# -- fonts of this machine ------------------------------------------------------------------------


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        own = Path(os.environ.get("LOCALAPPDATA", str(home))) / "Microsoft/Windows/Fonts"
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", own]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
    ]


@functools.cache
def _files() -> dict[str, str]:
    """Font files by their name in lower case without suffix."""
    found: dict[str, str] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
                found.setdefault(path.stem.lower(), str(path))
    return found


@functools.cache
def _coloured() -> tuple[str, ...]:
    return tuple(path for name in _COLOURED if (path := _files().get(name.lower())))


@functools.cache
def _other_files() -> list[str]:
    """Fonts of other scripts, upright and regular ones first."""
    starts = tuple(name.lower() for name in _OTHERS)
    names = [name for name in _files() if name.startswith(starts) and _files()[name] not in _coloured()]
    names.sort(key=lambda name: (not name.endswith(("-regular", "sans")), "italic" in name, name))
    return [_files()[name] for name in names[:_MAX_TRIED]]
