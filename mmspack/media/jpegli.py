"""JPEGs by Google's jpegli, which adapts its quantisation to each block: the optional package ajpegli."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

NAME = "jpegli"
_COARSER = 1.7
"""log2 of the distance at which jpegli takes about the bytes of step 0 in `media/jpeg.py`."""
_JFIF = bytes.fromhex("ffe0 0010 4a46 4946 00 0101 00 0001 0001 00 00")
"""A plain JFIF header, which the package leaves out and phones expect (MMS427)."""


@functools.cache
def installed() -> str:
    """The version of the package; nothing where it is not installed."""
    try:
        import ajpegli
    except ImportError:
        return ""
    return str(ajpegli.__version__)


def encode(image: Image.Image, step: float, *, chroma: str = "4:2:0") -> bytes:
    """Baseline JPEG of an RGB picture; a step takes about as many bytes as it does in `media/jpeg.py`.

    Never a progressive one: the MMS conformance document leaves those out. jpegli calculates in floating
    point with the instructions that the processor has: on another kind of processor its bytes may differ.
    """
    import ajpegli
    import numpy as np

    subsampling = chroma.replace(":", "")
    data: bytes = ajpegli.encode(
        np.asarray(image), distance=2.0 ** (step + _COARSER), subsampling=subsampling, progressive=0
    )
    return data[:2] + _JFIF + data[2:]
