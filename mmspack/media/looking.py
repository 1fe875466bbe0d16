"""What a picture looks like on a phone: plain, see-through, busy at its edges. Judged on a small copy."""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

LOOKED_AT = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
"""Formats that are looked at, with Pillow's names for them."""

_SIDE = 192
_COMPARED = 48
_TALL = 1.5
_TALL_EDGE = 250 / 1920
_SQUARE_EDGE = 44 / 480
_DARK = 96
_SOLID = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What the first frame shows."""

    plain: bool
    """It is of one colour, but for noise."""
    transparent: float
    """Share of see-through pixels, 0 to 1."""
    dark_on_transparent: bool
    """What is not see-through is so dark that it vanishes on black."""
    busy_edge: str
    """`top`, `bottom`, `left` or `right` where a drawing has much of its detail there; else empty."""


NOTHING = Looks(plain=False, transparent=0.0, dark_on_transparent=False, busy_edge="")


@functools.lru_cache(maxsize=64)
def look(data: bytes) -> Looks:
    """Look at the first frame. A picture that cannot be decoded looks like nothing in particular."""
    import numpy as np

    image = _small(data)
    if image is None:
        return NOTHING
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
    )


def _small(data: bytes) -> Image.Image | None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(data), formats=list(LOOKED_AT.values())) as image:
                if image.format == "JPEG":
                    image.draft("RGB", (_SIDE, _SIDE))
                image.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
                return image.convert("RGBA")
    except Exception:  # noqa: BLE001 - codecs raise anything on hostile bytes, and the probe has told it
        return None


def _spread(colours: NDArray[np.int16]) -> float:
    """Largest distance between the channel values that 99 % of the pixels keep to."""
    import numpy as np

    low, high = np.percentile(colours, (0.5, 99.5), axis=0)
    return float((high - low).max())


def _busy_edge(grey: NDArray[np.float64], width: int, height: int) -> str:
    """The edge where a drawing (flat areas, hard contrasts) has more detail than its share."""
    import numpy as np

    steps = np.abs(np.diff(grey, axis=1))[:-1, :] + np.abs(np.diff(grey, axis=0))[:, :-1]
    # A photo has detail everywhere: only drawings, of which most is flat, are judged.
    if width < 48 or height < 48 or (steps > 6).mean() > 0.25:
        return ""
    hard = steps > 90
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

    Both are compared at one small size, so that scaling and recompression hardly count.
    """
    import numpy as np
    from PIL import Image as Pillow

    small = [_small(data) for data in (one, other)]
    frames = []
    for image in small:
        if image is None:
            return None
        flat = Pillow.alpha_composite(Pillow.new("RGBA", image.size, "white"), image).convert("RGB")
        frames.append(
            np.asarray(flat.resize((_COMPARED, _COMPARED), Pillow.Resampling.BOX), dtype=np.float64)
        )
    return float(np.abs(frames[0] - frames[1]).mean() / 255)
