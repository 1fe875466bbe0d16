"""Drawn pictures: logos, screenshots, text. Few colours and hard edges, and a palette keeps both."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageChops, ImageFilter

from mmspack.media import detail, palettes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

COLOURS = (256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 4)
_FLAT = 0.45
_EDGE = 24
_MOST_PIXELS = 4_000_000


class Drawn(NamedTuple):
    """A palette encode: its bytes, how many colours, and the root mean square of what they changed."""

    data: bytes
    colours: int
    error: float


def is_graphic(image: Image.Image) -> bool:
    """True when about half of the pixels have exactly the colour of their neighbour (photos: 1 to 10 %)."""
    import numpy as np

    if image.width < 2 or image.width * image.height > _MOST_PIXELS:
        return False
    bands = detail.sample(image)
    pixels = np.frombuffer(bands.tobytes("raw", "RGBX"), dtype=np.uint32).reshape(bands.height, bands.width)
    return float((pixels[:, 1:] == pixels[:, :-1]).mean()) >= _FLAT


def draw(image: Image.Image, kind: str) -> list[Drawn]:
    """RGB `image` in fewer and fewer colours as PNG or GIF (`kind`), the largest and best first."""
    import numpy as np

    exact = image.getcolors(256)
    if exact is not None:
        rows = np.array([colour for _, colour in exact], dtype=np.uint8)
        counts = np.array([count for count, _ in exact], dtype=np.int64)
    else:
        rows, counts = palettes.histogram(np.asarray(image))
    found: list[Drawn] = []
    for size in COLOURS:
        if found and size >= len(rows):
            continue
        palette = palettes.choose(rows, counts, size)
        lossless = exact is not None and len(palette) == len(rows)
        indices = _exact(image, palette) if lossless else palettes.Mapper(palette)(np.asarray(image))
        error = 0.0 if lossless else _error(np.asarray(image), palette[indices])
        data = encode(indices, palette, kind)
        if not found or len(data) < len(found[-1].data):
            found.append(Drawn(data, len(palette), error))
    return found


def encode(indices: Bytes, palette: Bytes, kind: str) -> bytes:
    """Palette indices as the bytes of a PNG or a GIF."""
    image = Image.fromarray(indices)
    image.putpalette(palette.tobytes())
    stream = io.BytesIO()
    if kind == "PNG":
        image.save(stream, "PNG", optimize=True)
    else:
        image.save(stream, "GIF", interlace=False)
    return stream.getvalue()


def errors(wanted: Image.Image, shown: Image.Image) -> tuple[float, float]:
    """Root mean square of what `shown` changes, in levels of luma: at the edges of `wanted`, and overall.

    Text is read by its edges: what happens in flat ground and in texture counts for little.
    """
    import numpy as np

    luma = wanted.convert("L")
    spread = ImageChops.difference(
        luma.filter(ImageFilter.MaxFilter(3)), luma.filter(ImageFilter.MinFilter(3))
    )
    edges = np.asarray(spread.filter(ImageFilter.MaxFilter(3))) > _EDGE
    if not edges.any():
        edges = np.ones_like(edges)
    lost = np.asarray(luma, dtype=np.float32) - np.asarray(shown.convert("L"), dtype=np.float32)
    squares = lost * lost
    return float(np.sqrt(squares[edges].mean())), float(np.sqrt(squares.mean()))


def _exact(image: Image.Image, palette: Bytes) -> Bytes:
    import numpy as np

    pixels = np.asarray(image).astype(np.int32)
    codes = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    wide = palette.astype(np.int32)
    keys = (wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2]
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], codes)].astype(np.uint8)


def _error(before: Bytes, after: Bytes) -> float:
    import numpy as np

    lost = before.astype(np.float32) - after.astype(np.float32)
    return float(np.sqrt((lost * lost).mean()))
