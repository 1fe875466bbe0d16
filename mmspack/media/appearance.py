"""What a picture looks like on a phone: plain, see-through, busy at its edges. Judged on a small copy."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from mmspack.media.formats import FORMATS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

_READERS = [row.pillow for row in FORMATS if row.checked]
"""Pillow's names for the formats that are looked at."""

_SIDE = 192
_COMPARED = 48
_TALL = 1.5
_TALL_EDGE = 250 / 1920
_SQUARE_EDGE = 44 / 480
_DARK = 96
_SOLID = 128
_EVEN, _HARD = 1.5, 90
_EVEN_IN_DRAWINGS = 0.6
_PHONE_WIDTH = 360
_FEW_LINES = 600
MOST_PIXELS = 8_000_000
"""Of a frame that is looked at: more cost too much time."""


class Looks(NamedTuple):
    """What the first frame shows."""

    plain: bool
    """It is of one colour, but for noise."""
    transparent: float
    """Share of see-through pixels, 0 to 1."""
    dark_on_transparent: bool
    """What is not see-through is so dark that it vanishes on black."""
    busy_edge: str
    """`top`, `bottom`, `left` or `right` where a drawing has much of its detail there; else empty."""
    stroke: float | None
    """Width of a drawing's lines in pixels once it is as wide as a phone; None for what is not a drawing."""


NOTHING = Looks(plain=False, transparent=0.0, dark_on_transparent=False, busy_edge="", stroke=None)


def look(image: Image.Image, data: bytes) -> Looks:
    """Look at the small copy that `shrink` made of the first frame of `data`."""
    import numpy as np

    pixels = np.asarray(image, dtype=np.int16)
    alpha = pixels[..., 3]
    solid = alpha >= _SOLID
    grey = pixels[..., :3].mean(axis=2)
    shown = grey[solid]
    return Looks(
        plain=bool(shown.size == 0 or (_spread(pixels[..., :3][solid]) < 12 and bool(solid.all()))),
        transparent=float(1 - solid.mean()),
        dark_on_transparent=bool(shown.size and (shown < _DARK).mean() > 0.5),
        busy_edge=_busy_edge(grey, image.width, image.height),
        stroke=_stroke(data) if _is_drawing(grey) else None,
    )


def shrink(image: Image.Image) -> Image.Image | None:
    """A copy in RGBA of at most 192 pixels a side; None for a picture that has no such colours."""
    from PIL import Image

    try:
        if image.mode in ("L", "RGB") and "transparency" not in image.info:
            # First, as a copy in RGBA of the whole picture is the most memory that a check takes.
            image = image.resize(_within(image.size), Image.Resampling.BOX)
        copy = image.convert("RGBA")
        copy.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    except (ValueError, OSError, MemoryError):
        return None
    return copy


def _within(size: tuple[int, int]) -> tuple[int, int]:
    """The size that `thumbnail` makes of it."""
    factor = min(1.0, _SIDE / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _first_frame(data: bytes, *, upright: bool = False) -> Image.Image | None:
    """The first frame in RGBA; None where it cannot be decoded, or only at a great cost.

    `upright`: turned as its EXIF orientation has it.
    """
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(data), formats=_READERS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
                return (ImageOps.exif_transpose(image) if upright else image).convert("RGBA")
    except Exception:  # noqa: BLE001 - codecs raise anything on hostile bytes, and the probe has reported it
        return None


def _is_drawing(grey: NDArray[np.float64]) -> bool:
    """True where most of a picture is of even colour: a photo has detail, or shades, everywhere."""
    import numpy as np

    steps = np.abs(np.diff(grey, axis=1))
    return bool(steps.size and (steps <= _EVEN).mean() >= _EVEN_IN_DRAWINGS)


def _stroke(data: bytes) -> float | None:
    """Median width of the lines along the rows, scaled to a phone's width; None where there are few."""
    import numpy as np

    image = _first_frame(data)
    if image is None or image.width < _PHONE_WIDTH:
        return None
    grey = np.asarray(image.convert("L"), dtype=np.int16)
    steps = np.diff(grey, axis=1)
    rows, columns = np.nonzero(np.abs(steps) > _HARD)
    signs = np.sign(steps[rows, columns])
    # A line is a step and the step back in the same row.
    gaps = columns[1:] - columns[:-1]
    paired = (rows[1:] == rows[:-1]) & (signs[1:] != signs[:-1])
    widths = gaps[paired & (gaps < image.width // 20)]
    if widths.size < _FEW_LINES:
        return None
    middle = _shares(np.sort(widths), 0.5)
    return float(middle) * _PHONE_WIDTH / image.width


def _spread(colours: NDArray[np.int16]) -> float:
    """Largest distance between the channel values that 99 % of the pixels keep to."""
    import numpy as np

    ordered = np.sort(colours, axis=0)
    return float((_shares(ordered, 0.995) - _shares(ordered, 0.005)).max())


def _shares(ordered: NDArray[Any], share: float) -> NDArray[np.float64]:
    """The values below which `share` of the sorted rows are, between two of them in proportion.

    `np.percentile` and `np.median` say the same, and load `numpy.ma`, which takes 60 ms.
    """
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high].astype(float) - ordered[low])  # type: ignore[no-any-return]


def _busy_edge(grey: NDArray[np.float64], width: int, height: int) -> str:
    """The edge where a drawing (flat areas, hard contrasts) has more detail than its share."""
    import numpy as np

    steps = np.abs(np.diff(grey, axis=1))[:-1, :] + np.abs(np.diff(grey, axis=0))[:, :-1]
    if width < 48 or height < 48 or not _is_drawing(grey):
        return ""
    hard = steps > _HARD
    if not hard.any():
        return ""
    tall = height / width >= _TALL
    bands = {"top": hard[: int(height * _TALL_EDGE)], "bottom": hard[-int(height * _TALL_EDGE) :]}
    if not tall:
        if not 0.9 <= width / height <= 1.1:
            return ""
        edge = int(width * _SQUARE_EDGE)
        bands = {"top": hard[:edge], "bottom": hard[-edge:], "left": hard[:, :edge], "right": hard[:, -edge:]}
    shares = {name: float(band.sum() / hard.sum()) for name, band in bands.items()}
    name = max(shares, key=lambda key: shares[key])
    return name if shares[name] > 0.3 else ""


def difference(one: bytes, other: bytes) -> float | None:
    """Mean difference of the pixels of two first frames, 0 (none) to 1; None where one cannot be decoded.

    Both are compared upright and at one small size, so that a turn of the pixels in place of the metadata,
    scaling and recompression hardly count.
    """
    import numpy as np
    from PIL import Image as Pillow

    frames = []
    for data in (one, other):
        image = _first_frame(data, upright=True)
        if image is None:
            return None
        flat = Pillow.alpha_composite(Pillow.new("RGBA", image.size, "white"), image).convert("RGB")
        frames.append(
            np.asarray(flat.resize((_COMPARED, _COMPARED), Pillow.Resampling.BOX), dtype=np.float64)
        )
    return float(np.abs(frames[0] - frames[1]).mean() / 255)
