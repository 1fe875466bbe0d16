"""Something drawn into a picture: a text as large as its box allows, a QR code, a barcode.

Codes are drawn in whole pixels a module, on white and with the quiet zone that readers need. Texts are
drawn in the author's font, and in others where it lacks a letter (`lettering`).
"""

from __future__ import annotations

import contextlib
import io
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image, ImageColor, ImageDraw, features

from mmspack.errors import DoesNotFit, MediaError
from mmspack.media import jpeg
from mmspack.media.decoders import open_own
from mmspack.media.fonts import cure_for, face_of, missing
from mmspack.media.lettering import Type, draw_on_base, heights_of, width_of, wrap
from mmspack.message import Overlay
from mmspack.words import characters

Box = tuple[int, int, int, int]
_SMALLEST_TEXT = 8
"""Smallest legible size of a text, in pixels. Proportionally more in a picture wider than a phone shows."""
_SHOWN_WIDTH = 640
_PADDING = 0.03
"""Of a box's width that stays free at each side of a text with a background: letters touched its edge."""
_SMALLEST_MODULE = 2
"""Pixels of a QR code's module: JPEG and the phone's scaling blur smaller ones."""
_QUIET_QR = 4
_MASK = 3
_SHADES = bytes(0 if module & 1 else 255 for module in range(256))
_QUIET_BARS = 10
_REFERENCE = 64.0
_MOST_PARTS = 4
_NAMED = 3
_FINEST, _COARSEST = jpeg.FINEST, jpeg.COARSEST + 2.0
FILL = 0.96
"""Of its bytes that a personal picture takes when it is planned: the rest is for other texts."""
_WORTH = 1.04
"""The standard's Huffman tables will do where they take no more than this many times the bytes: they cost a
file of 100 kB 2 %, one of 20 kB 10 %."""


def place(overlay: Overlay, size: tuple[int, int]) -> Box:
    """The box in whole pixels (left, top, right, bottom) of a picture of `size`."""
    left, top, width, height = overlay.box
    return (
        round(left * size[0]),
        round(top * size[1]),
        round((left + width) * size[0]),
        round((top + height) * size[1]),
    )


def draw(image: Image.Image, overlay: Overlay, font: bytes | None = None) -> None:
    """Draw `overlay`, whose text is no longer a template, into an RGB picture.

    `font` is the font's file. Raises `DoesNotFit` where the box is too small for it, `MediaError` where it
    cannot be drawn: letters that the font does not have, digits that no barcode has.
    """
    box = place(overlay, image.size)
    if overlay.qr:
        _paste(image, _qr(overlay.qr), box, "the QR code")
    elif overlay.barcode:
        _bars(image, overlay.symbology, overlay.barcode, box)
    elif overlay.text.strip():
        _text(image, overlay, box, font)


def _paste(image: Image.Image, code: Image.Image, box: Box, what: str) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(width // code.width, height // code.height)
    if scale < _SMALLEST_MODULE:
        need = _SMALLEST_MODULE * code.width
        raise DoesNotFit(
            f"{what} needs {need} x {need} pixels, but its box has {width} x {height}",
            hint="make the box larger, or the content shorter",
        )
    large = code.resize((code.width * scale, code.height * scale), Image.Resampling.NEAREST)
    image.paste(large, (box[0] + (width - large.width) // 2, box[1] + (height - large.height) // 2))


def _qr(text: str) -> Image.Image:
    import segno

    try:
        # All masks are read alike; trying which of the eight looks best takes three times all else.
        made = segno.make_qr(text, error="m", boost_error=False, mask=_MASK)
    except (segno.DataOverflowError, ValueError) as error:
        raise DoesNotFit(f"the text does not fit into a QR code: {error}") from error
    side = len(made.matrix) + 2 * _QUIET_QR
    code = Image.new("L", (side, side), 255)
    rows = b"".join(row.translate(_SHADES) for row in made.matrix)
    code.paste(Image.frombytes("L", (len(made.matrix), len(made.matrix)), rows), (_QUIET_QR, _QUIET_QR))
    return code


def _modules(symbology: str, text: str) -> str:
    """A barcode's modules as ones and zeros. Raises `MediaError` where a reader would not read `text`.

    The library would put the right check digit in a wrong one's place, drop digits that are too many, and
    make small letters large: each time the code of something else. An EAN may come without its check digit.
    """
    import barcode.errors

    options = {"add_checksum": False} if symbology == "code39" else {}
    try:
        made = barcode.get_barcode_class(symbology)(text, **options)
        modules = str(made.build()[0])
        held = str(made.get_fullcode())
    except (barcode.errors.BarcodeError, ValueError, KeyError, IndexError) as error:
        raise MediaError(f"cannot be encoded as {symbology}: {str(error)[:80]}") from error
    is_ean = symbology.startswith("ean")
    if text == held or (is_ean and text == held[:-1]):
        return modules
    if is_ean and len(text) == len(held):
        raise MediaError(
            f"the check digit is wrong: {text[-1]} instead of {held[-1]}",
            hint=f"write {held[-1]}, or leave it out",
        )
    raise MediaError(f"cannot be encoded as {symbology}: it would read as {held[:40]!r}")


def _bars(image: Image.Image, symbology: str, text: str, box: Box) -> None:
    modules = _modules(symbology, text)
    width, height = box[2] - box[0], box[3] - box[1]
    scale = width // (len(modules) + 2 * _QUIET_BARS)
    if scale < 1:
        need = len(modules) + 2 * _QUIET_BARS
        raise DoesNotFit(
            f"the barcode needs {need} pixels, but its box has {width}", hint="make the box wider"
        )
    row = Image.frombytes("L", (len(modules), 1), bytes(0 if module == "1" else 255 for module in modules))
    bars = row.resize((len(modules) * scale, height), Image.Resampling.NEAREST)
    whole = Image.new("L", (bars.width + 2 * _QUIET_BARS * scale, height), 255)
    whole.paste(bars, (_QUIET_BARS * scale, 0))
    image.paste(whole, (box[0] + (width - whole.width) // 2, box[1]))


def _text(image: Image.Image, overlay: Overlay, box: Box, font: bytes | None) -> None:
    lines = [unicodedata.normalize("NFC", line) for line in overlay.text.strip().splitlines()]
    _prove_letters("".join(lines), font)
    width, height = box[2] - box[0], box[3] - box[1]
    padding = min(round(_PADDING * width), height // 4) if overlay.background is not None else 0
    width -= 2 * padding
    smallest = _SMALLEST_TEXT * max(1.0, image.width / _SHOWN_WIDTH)
    lines, type_, above, spacing = _largest(lines, width, height, font, smallest)
    if overlay.background is not None:
        background = ImageColor.getrgb(overlay.background)
        ImageDraw.Draw(image).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=background)
    color = ImageColor.getrgb(overlay.color)[:3]
    top = box[1] + (height - spacing * len(lines)) / 2
    for at, line in enumerate(lines):
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[overlay.align]
        left = box[0] + padding + (share * (width - width_of(line, type_)) if share else 0)
        draw_on_base(image, (left, top + spacing * at + above), line, type_, color)


def _largest(
    lines: list[str], width: int, height: int, font: bytes | None, smallest: float
) -> tuple[list[str], Type, float, float]:
    """The lines as large as the box allows, their type, how far they reach up, their distance (pixels).

    Lines that would be drawn at less than half of the size for which the box is high enough are wrapped at
    their blanks, where they become larger by that. Raises `DoesNotFit`.
    """
    reference = Type(_REFERENCE, own=font)
    best: tuple[float, list[str]] = (0.0, lines)
    for broken in _breaks(lines, reference):
        above, below = _reach(broken, reference)
        tall = _REFERENCE * height / ((above + below) * len(broken))
        size = min(_REFERENCE * width / _longest(broken, reference), tall)
        best = max(best, (size, broken), key=lambda one: one[0])
        if size >= tall / 2:
            break
    size, lines = best
    size = float(int(size * 2)) / 2
    while size >= smallest and _longest(lines, Type(size, own=font)) > width:
        size -= 0.5
    if size < smallest:
        raise DoesNotFit(
            f"{max(map(characters, lines))} characters are not legible in a box of {width} x {height} pixels",
            hint="enlarge the box, or shorten the text",
        )
    above, below = _reach(lines, reference)
    scale = size / _REFERENCE
    return lines, Type(size, own=font), above * scale, (above + below) * scale


def _breaks(lines: list[str], type_: Type) -> Iterator[list[str]]:
    """The lines as they are, then wrapped into ever narrower ones, at blanks alone."""
    yield lines
    longest = _longest(lines, type_)
    widest_word = max((width_of(word, type_) for line in lines for word in line.split()), default=longest)
    for parts in range(2, _MOST_PARTS + 1):
        target = max(widest_word, longest / parts * 1.1)
        yield [part for line in lines for part in wrap(line, type_, target)]
        if target == widest_word:
            return


def _longest(lines: list[str], type_: Type) -> float:
    return max((width_of(line, type_) for line in lines), default=0.0) or 1.0


def _reach(lines: list[str], type_: Type) -> tuple[float, float]:
    """How far the tallest letters of all lines reach above and below a baseline."""
    reaches = [heights_of(line, type_) for line in lines]
    return max(above for above, _ in reaches), max(below for _, below in reaches)


def _prove_letters(text: str, font: bytes | None) -> None:
    """Refuse right-to-left letters that would be in the wrong order, and letters that would be boxes."""
    rightward = {"R", "AL", "AN"}
    if not features.check("raqm") and any(unicodedata.bidirectional(char) in rightward for char in text):
        raise MediaError(
            "right-to-left scripts need Pillow with Raqm", hint="install the official Pillow wheel"
        )
    try:
        letters = missing(text, font)
        if font is not None:
            face_of(font, _REFERENCE)
    except OSError as error:
        raise MediaError("the font cannot be read", hint="use a TrueType or OpenType file") from error
    if letters:
        named = ", ".join(f"{letter!r} (U+{ord(letter):04X})" for letter in letters[:_NAMED])
        more = f" and {len(letters) - _NAMED} more" if len(letters) > _NAMED else ""
        raise MediaError(
            f"no font here has {named}{more}",
            hint=cure_for(letters),
        )


class Coding(NamedTuple):
    """How personal pictures of a slide are encoded, the same for all recipients."""

    step: float
    """Of the quantisation tables."""
    optimize: bool
    """Huffman tables made for the picture: fewer bytes, and three times the work."""


class Raster:
    """The pixels of a fitted picture, decoded once, of which copies are drawn into and encoded."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image

    @classmethod
    def of(cls, png: bytes) -> Raster:
        """The raster that `png` wrote."""
        with open_own(png) as image:
            return cls(image.convert("RGB"))

    @classmethod
    def fitted(
        cls,
        source: bytes,
        size: tuple[int, int],
        *,
        box: tuple[float, float, float, float] | None = None,
        background: str = "white",
    ) -> Raster:
        """A picture decoded at `size`, upright, in sRGB; `box` is the part to show. Raises `MediaError`."""
        from mmspack.media.pictures import decode, read_picture

        return cls(decode(read_picture(source), size, box=box, background=background).convert("RGB"))

    def png(self) -> bytes:
        """All of it, without loss."""
        stream = io.BytesIO()
        self._image.save(stream, "PNG", compress_level=4)
        return stream.getvalue()

    def copy(self) -> Raster:
        """The same pixels, to be drawn into."""
        return Raster(self._image.copy())

    def draw(self, overlay: Overlay, font: bytes | None = None) -> None:
        """Draw into it, as the function `draw`."""
        draw(self._image, overlay, font)

    def jpeg(self, coding: Coding) -> bytes:
        """Baseline JPEG, into memory, since no other thread waits for it."""
        stream = io.BytesIO()
        luma, chroma = jpeg.tables(coding.step)
        self._image.save(
            stream,
            "JPEG",
            qtables=[luma, chroma],
            subsampling="4:2:0",
            optimize=coding.optimize,
            comment=b"",
        )
        return stream.getvalue()

    def fitted_coding(
        self, limit: int, *, fill: float = FILL, finest: float = _FINEST
    ) -> tuple[Coding, bytes]:
        """How to encode it, and the JPEG so encoded, that fills about `fill` of `limit` bytes.

        The rest is for other texts. It takes fewer bytes where the step `finest` does. Raises `DoesNotFit`.
        """
        found = self._search(limit, fill, finest, optimize=True)
        if len(self.jpeg(found[0]._replace(optimize=False))) <= _WORTH * len(found[1]):
            with contextlib.suppress(DoesNotFit):
                return self._search(limit, fill, finest, optimize=False)
        return found

    def least(self) -> int:
        """Bytes of the coarsest JPEG of it."""
        return len(self.jpeg(Coding(_COARSEST, optimize=True)))

    def _search(self, limit: int, fill: float, finest: float, *, optimize: bool) -> tuple[Coding, bytes]:
        low, high = finest, _COARSEST
        data = self.jpeg(Coding(high, optimize))
        if len(data) > limit:
            raise DoesNotFit(f"with its overlays, the picture does not fit into {limit:,} bytes")
        for _ in range(9):
            middle = (low + high) / 2
            tried = self.jpeg(Coding(middle, optimize))
            if len(tried) <= fill * limit:
                high, data = middle, tried
            else:
                low = middle
        return Coding(high, optimize), data
