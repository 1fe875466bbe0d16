"""Which codes a picture has that a phone's camera can scan: the optional package zxing-cpp."""

from __future__ import annotations

import functools
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image
    from zxingcpp import BarcodeFormats

_TWO_DIMENSIONAL = ("QRCode", "DataMatrix", "Aztec", "PDF417")
_BARS = ("Code128", "Code39", "EAN13", "EAN8", "UPCA", "UPCE")
"""Those on tickets and vouchers. ITF and Codabar have no sign of their own, and are seen where none is."""
_NAMES = {
    "QRCode": "QR code",
    "DataMatrix": "Data Matrix code",
    "Aztec": "Aztec code",
    "PDF417": "PDF417 code",
}


class ScannedCode(NamedTuple):
    """A code that was scanned: its kind in words, and what it contains."""

    kind: str
    content: bytes


@functools.cache
def installed() -> str:
    """The version of the package; nothing where it is not installed."""
    try:
        import zxingcpp  # noqa: F401 - only whether it is there

        return version("zxing-cpp")
    except ImportError:
        return ""


def scanned(image: Image.Image) -> frozenset[ScannedCode]:
    """The codes in a picture, in any direction; none where the package is not installed.

    Some 30 ms a megapixel.
    """
    if not installed():
        return frozenset()
    import zxingcpp

    grey = image if image.mode == "L" else image.convert("L")
    return frozenset(
        ScannedCode(_NAMES.get(found.format.name, "barcode"), found.bytes)
        for found in zxingcpp.read_barcodes(grey, _formats(), try_invert=True)
    )


@functools.cache
def _formats() -> BarcodeFormats:
    import zxingcpp

    return zxingcpp.BarcodeFormats(
        [getattr(zxingcpp.BarcodeFormat, name) for name in (*_TWO_DIMENSIONAL, *_BARS)]
    )
