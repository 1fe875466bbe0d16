"""Drawn pictures: logos, screenshots, text. Few colours and hard edges, and a palette keeps both."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.media import similarity
from mmspack.media.encoding import encoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

_MOST_PIXELS = 4_000_000
_LIGHT = 8
"""Of the 16 steps of a channel, from which a colour may be paper."""


def flatness(image: Image.Image) -> float:
    """Share of the pixels that have exactly the colour of their neighbour: most photos 1 to 10 %."""
    if image.width < 2 or image.width * image.height > _MOST_PIXELS:
        return 0.0
    bands = similarity.sample(image)
    pixels = np.frombuffer(bands.tobytes("raw", "RGBX"), dtype=np.uint32).reshape(bands.height, bands.width)
    return float((pixels[:, 1:] == pixels[:, :-1]).mean())


def dominance(image: Image.Image) -> float:
    """Share of the pixels that have one of two colours, but for noise: a scanned page is mostly paper.

    0 where neither is light: a photo at night is mostly black, and no drawing.
    """
    pixels = np.asarray(similarity.sample(image).convert("RGB"))[::2, ::2].astype(np.int32) >> 4
    counts = np.bincount(
        ((pixels[..., 0] << 8) | (pixels[..., 1] << 4) | pixels[..., 2]).ravel(), minlength=2
    )
    two = np.argsort(counts)[-2:]
    light = (two >> 8 >= _LIGHT) | (two >> 4 & 15 >= _LIGHT) | (two & 15 >= _LIGHT)
    return float(counts[two].sum() / counts.sum()) if light.any() else 0.0


def lossless(image: Image.Image, kind: str) -> bytes | None:
    """RGB `image` as a PNG or a GIF (`kind`) that changes no pixel; None for a GIF of too many colours."""
    found = []
    exact = image.getcolors(256)
    if exact is not None:
        palette = np.array([colour for _, colour in exact], dtype=np.uint8)
        found.append(encode(indices_of(image, palette), palette, kind))
    if kind == "PNG" and (exact is None or all(red == green == blue for red, green, blue in _triples(exact))):
        found.append(encoded(image if exact is None else image.convert("L"), "PNG", optimize=True))
    return min(found, key=len, default=None)


def _triples(exact: Iterable[tuple[int, object]]) -> list[tuple[int, int, int]]:
    return [colour for _, colour in exact if isinstance(colour, tuple)]


def encode(indices: Bytes, palette: Bytes, kind: str, *, quick: bool = False) -> bytes:
    """Palette indices as the bytes of a PNG or a GIF; `quick`: a quarter of the time, 5 % more bytes."""
    if kind == "PNG":
        return _png(indices, palette, level=6 if quick else 9)
    image = Image.fromarray(indices)
    image.putpalette(palette.tobytes())
    return encoded(image, kind, interlace=False)


def _png(indices: Bytes, palette: Bytes, *, level: int) -> bytes:
    """A PNG without row filters, as many pixels to a byte as go in.

    Pillow filters the rows of a palette picture of 16 colours and fewer, which takes a tenth more bytes.
    """
    bits = next(bits for bits in (1, 2, 4, 8) if len(palette) <= 1 << bits)
    height, width = indices.shape
    together = 8 // bits
    rows = np.zeros((height, 1 + -(-width // together)), dtype=np.uint8)  # each begins with its filter: none
    for place in range(together):
        some = indices[:, place::together]
        rows[:, 1 : 1 + some.shape[1]] |= some << np.uint8(8 - bits * (place + 1))
    head = struct.pack(">IIBBBBB", width, height, bits, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), level)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def indices_of(image: Image.Image, palette: Bytes) -> Bytes:
    """The index of each pixel in a palette that has all of its colours."""
    pixels = np.asarray(image).astype(np.int32)
    codes = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    wide = palette.astype(np.int32)
    keys = (wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2]
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], codes)].astype(np.uint8)
