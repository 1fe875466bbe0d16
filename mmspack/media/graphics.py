"""Drawn pictures: logos, screenshots, text. Few colours and hard edges, and a palette keeps both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from mmspack.media import palettes, similarity
from mmspack.media.encoding import encoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

COLOURS = (256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 4)
_FLAT = 0.45
"""Share of pixels that equal their neighbour: graphics have 45 % and more, photos below 10 %."""
_EDGE = 24
_MOST_PIXELS = 4_000_000


class Errors(NamedTuple):
    """Root mean squares of what changed: luma at the edges, luma overall, the colour differences."""

    edges: float
    overall: float
    colour: float


NONE = Errors(0.0, 0.0, 0.0)


class Drawn(NamedTuple):
    """An encode of a graphic: its bytes, how many colours (0: all of them), and what it changed."""

    data: bytes
    colours: int
    errors: Errors


class Wanted:
    """A picture that others are held against.

    Text is read by its edges: what happens in flat ground and in texture counts for less.
    """

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        luma = image.convert("L")
        spread = ImageChops.difference(
            luma.filter(ImageFilter.MaxFilter(3)), luma.filter(ImageFilter.MinFilter(3))
        )
        edges = np.asarray(spread.filter(ImageFilter.MaxFilter(3))) > _EDGE
        self._edges = edges if edges.any() else np.ones_like(edges)
        self._planes = image.convert("YCbCr").split()

    def errors_of(self, shown: Image.Image) -> Errors:
        """What `shown`, brought to the same size, changes."""
        shown = shown.convert("RGB")
        if shown.size != self.image.size:
            shown = shown.resize(self.image.size, Image.Resampling.BICUBIC)
        luma, blue, red = (
            _squares(*pair) for pair in zip(self._planes, shown.convert("YCbCr").split(), strict=True)
        )
        return Errors(
            edges=float(luma[self._edges].mean()) ** 0.5,
            overall=float(luma.mean()) ** 0.5,
            colour=float((blue.mean() + red.mean()) / 2) ** 0.5,
        )


def _squares(one: Image.Image, other: Image.Image) -> NDArray[np.uint16]:
    apart = np.asarray(ImageChops.difference(one, other)).astype(np.uint16)
    return apart * apart


def is_graphic(image: Image.Image) -> bool:
    """True when about half of the pixels have exactly the colour of their neighbour (photos: 1 to 10 %)."""
    if image.width < 2 or image.width * image.height > _MOST_PIXELS:
        return False
    bands = similarity.sample(image)
    pixels = np.frombuffer(bands.tobytes("raw", "RGBX"), dtype=np.uint32).reshape(bands.height, bands.width)
    return float((pixels[:, 1:] == pixels[:, :-1]).mean()) >= _FLAT


def draw(wanted: Wanted, kind: str) -> list[Drawn]:
    """A graphic in fewer and fewer colours as PNG or GIF (`kind`), the largest and best first.

    A PNG of more than 256 colours begins with one that changes nothing.
    """
    image = wanted.image
    exact = image.getcolors(256)
    found: list[Drawn] = []
    if exact is not None:
        rows = np.array([colour for _, colour in exact], dtype=np.uint8)
        counts = np.array([count for count, _ in exact], dtype=np.int64)
    else:
        rows, counts = palettes.histogram(np.asarray(image))
        if kind == "PNG":
            found.append(Drawn(encoded(image, "PNG", compress_level=9), 0, NONE))
    for size in COLOURS:
        if exact is not None and found and size >= len(rows):
            continue
        palette = palettes.choose(rows, counts, size)
        same = exact is not None and len(palette) == len(rows)
        indices = _exact(image, palette) if same else palettes.Mapper(palette)(np.asarray(image))
        data = encode(indices, palette, kind)
        if not found or len(data) < len(found[-1].data):
            errors = NONE if same else wanted.errors_of(Image.fromarray(palette[indices]))
            found.append(Drawn(data, len(palette), errors))
    return found


def lossless(image: Image.Image, kind: str) -> bytes | None:
    """RGB `image` as a PNG or a GIF (`kind`) that changes no pixel; None for a GIF of too many colours."""
    found = []
    exact = image.getcolors(256)
    if exact is not None:
        palette = np.array([colour for _, colour in exact], dtype=np.uint8)
        found.append(encode(_exact(image, palette), palette, kind))
    if kind == "PNG" and (exact is None or all(red == green == blue for red, green, blue in _triples(exact))):
        found.append(encoded(image if exact is None else image.convert("L"), "PNG", optimize=True))
    return min(found, key=len, default=None)


def _triples(exact: Iterable[tuple[int, object]]) -> list[tuple[int, int, int]]:
    return [colour for _, colour in exact if isinstance(colour, tuple)]


def encode(indices: Bytes, palette: Bytes, kind: str) -> bytes:
    """Palette indices as the bytes of a PNG or a GIF."""
    image = Image.fromarray(indices)
    image.putpalette(palette.tobytes())
    return encoded(image, kind, **({"optimize": True} if kind == "PNG" else {"interlace": False}))


def _exact(image: Image.Image, palette: Bytes) -> Bytes:
    pixels = np.asarray(image).astype(np.int32)
    codes = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    wide = palette.astype(np.int32)
    keys = (wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2]
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], codes)].astype(np.uint8)
