"""Fonts, one after the other until a character has a shape: the author's, those of packages, the machine's.

Packages come first, so that a message looks the same on every machine. Those that are installed with mmspack
have the letters of 22 scripts and emoji in one colour; `mmspack[cjk]` adds Chinese, Japanese and Korean.
A font here is the path of a file, the bytes of one, or `BUILT_IN`.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from PIL import ImageFont

Font = str | bytes
BUILT_IN = ""
"""Pillow's own font, which has the letters of ASCII."""
BITMAP_SIZE = 109
"""The one size in which Noto's colour emoji exist, pixels."""
PACKAGES = {"manimgx_fonts": "", "fontpkg_ibm_plex_sans_arabic": "", "manimgx_fonts_cjk": "cjk"}
"""Packages of fonts, each with the extra that brings it."""
_FIRST = ("NotoSans[", "IBMPlexSansArabic")
"""Files that are asked first. Plex comes before Noto Sans Arabic, whose letters are strokes and dots: a
PDF with them cannot be searched."""
_PLAIN_EMOJI = "NotoEmoji["
_PREFERRED = {
    False: ("SFNS", "segoeui", "DejaVuSans", "LiberationSans-Regular"),
    True: ("SFNS", "segoeuib", "DejaVuSans-Bold", "LiberationSans-Bold"),
}
_COLOURED = ("NotoColorEmoji", "seguiemj", "Apple Color Emoji")
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
# Each font that is tried is opened: a machine with all of Noto has 2,000 of them.
_MAX_TRIED = 60
_WEIGHTS = {False: 400, True: 600}
_TRY_SIZE = 24


def cure_for(letters: Sequence[str]) -> str:
    """What to do about letters that no font has."""
    # Letters as wide as a square; emoji are as wide, but Unicode counts them as symbols.
    east_asian = any(
        unicodedata.east_asian_width(one) in "WF" and unicodedata.category(one)[0] == "L" for one in letters
    )
    if east_asian and not any(importlib.util.find_spec(name) for name, extra in PACKAGES.items() if extra):
        return "pip install 'mmspack[cjk]', or give the overlay a font that has them"
    return "give the overlay a font that has them"


@functools.lru_cache(maxsize=4096)
def font_for(
    char: str, *, own: bytes | None = None, bold: bool = False, pictured: bool = False
) -> Font | None:
    """The first font that has a shape for `char`; None where none has.

    `own` is the author's font, `pictured` asks for a coloured emoji first.
    """
    coloured = coloured_fonts()
    chain: list[Font] = [*(coloured if pictured else ())]
    chain += [own] if own else []
    chain += [*_packaged(bold), *_preferred(bold), *coloured, *_plain_emoji()]
    chain += [] if char.isascii() else _other_files()
    for font in [*chain, BUILT_IN]:
        if has(font, char, bold):
            return font
    return None


@functools.lru_cache(maxsize=8192)
def has(font: Font, char: str, bold: bool = False) -> bool:
    """True where the font has a shape of its own for `char`."""
    # Raqm puts a dotted circle before a vowel sign that stands alone: a shape where the font has none.
    size = BITMAP_SIZE if font in coloured_fonts() else _TRY_SIZE
    try:
        face = face_of(font, size, bold, ImageFont.Layout.BASIC)
        drawn, absent = face.getmask(char), face.getmask("\U0010ffff")
    except (OSError, ValueError):
        return False
    return drawn.size != absent.size or bytes(drawn) != bytes(absent)


@functools.lru_cache(maxsize=256)
def face_of(
    font: Font, size: float, bold: bool = False, layout: ImageFont.Layout | None = None
) -> ImageFont.FreeTypeFont:
    """The font in a size in pixels. Raises `OSError` where it cannot be read."""
    if font == BUILT_IN:
        built_in = ImageFont.load_default(size)
        if not isinstance(built_in, ImageFont.FreeTypeFont):
            raise OSError("Pillow was built without FreeType")
        return built_in
    face = ImageFont.truetype(
        io.BytesIO(font) if isinstance(font, bytes) else font, size, layout_engine=layout
    )
    if isinstance(font, str) and _is_variable(font):
        # The regular weight is set, too: a variable font of Chinese letters starts at its thinnest (100).
        # The names of the axes come in the file's order.
        axes = face.get_variation_axes()
        face.set_variation_by_axes(
            [_WEIGHTS[bold] if _is_weight(axis) else axis["default"] or 0 for axis in axes]
        )
    return face


def _is_weight(axis: object) -> bool:
    name = axis["name"] if isinstance(axis, dict) else b""
    return name in (b"Weight", "Weight")


@functools.cache
def coloured_fonts() -> tuple[str, ...]:
    """Fonts of coloured emoji on this machine."""
    return tuple(path for name in _COLOURED if (path := _files().get(name.lower())))


def missing(text: str, own: bytes | None = None) -> list[str]:
    """The letters of `text` that no font has, each once."""
    return [char for char in dict.fromkeys(text) if _needs_a_shape(char) and font_for(char, own=own) is None]


def legible(text: str) -> str:
    """The text with the name of each letter in its place that no font has: `[red heart]`."""
    for char in () if text.isascii() else missing(text):
        text = text.replace(char, f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]")
    return text


def _needs_a_shape(char: str) -> bool:
    # Marks and joiners have no shape alone, and fonts that join them well have no glyph for them.
    return not char.isspace() and unicodedata.category(char) not in ("Mn", "Mc", "Me", "Cf")


@functools.cache
def folders_of_packages() -> tuple[Path, ...]:
    """The folders with font files of the packages that are installed."""
    specs = [spec for package in PACKAGES if (spec := importlib.util.find_spec(package))]
    places = [Path(folder) for spec in specs for folder in spec.submodule_search_locations or ()]
    return tuple(place / "files" if (place / "files").is_dir() else place for place in places)


@functools.cache
def _packaged(bold: bool) -> tuple[str, ...]:
    """A file of each family: the one that holds every weight, else that of the weight."""
    weight = "-SemiBold" if bold else "-Regular"
    files = [file for folder in folders_of_packages() for file in sorted(folder.glob("*.tt[fc]"))]
    fitting = [file for file in files if _is_variable(file.name) or file.stem.endswith(weight)]
    plain = [file for file in fitting if "Italic" not in file.name and not file.name.startswith(_PLAIN_EMOJI)]
    plain.sort(key=lambda file: not file.name.startswith(_FIRST[0]))
    plain.sort(key=lambda file: not file.name.startswith(_FIRST))
    return tuple(map(str, plain))


@functools.cache
def _plain_emoji() -> tuple[str, ...]:
    return tuple(
        str(file)
        for folder in folders_of_packages()
        for file in folder.glob("*.ttf")
        if file.name.startswith(_PLAIN_EMOJI)
    )


def _is_variable(name: str) -> bool:
    return name.endswith(("].ttf", "-VF.otf.ttc"))  # "NotoSans[wght].ttf": the axes by their tags


@functools.cache
def _preferred(bold: bool) -> tuple[str, ...]:
    return tuple(path for name in _PREFERRED[bold] if (path := _files().get(name.lower())))


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
    """Font files of this machine, by their name in lower case without suffix."""
    found: dict[str, str] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
                found.setdefault(path.stem.lower(), str(path))
    return found


@functools.cache
def _other_files() -> Sequence[str]:
    """Fonts of other scripts, upright and regular ones first."""
    starts = tuple(name.lower() for name in _OTHERS)
    names = [name for name in _files() if name.startswith(starts) and _files()[name] not in coloured_fonts()]
    names.sort(key=lambda name: (not name.endswith(("-regular", "sans")), "italic" in name, name))
    return [_files()[name] for name in names[:_MAX_TRIED]]
