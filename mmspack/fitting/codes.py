"""Whether the codes that scan in a picture's source still scan once it has been fitted."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PIL import Image

from mmspack.fitting.geometry import Box, Size, scaled
from mmspack.media import scanning
from mmspack.media.codes import has_qr_code
from mmspack.media.decoders import open_own
from mmspack.media.pictures import Picture, decode

_MOST_PIXELS = 12_500_000
"""Of a source that is searched, at 30 ms of processor time a million: what most cameras take. Bars of three
pixels were no longer read in half of that, and nobody sees in the small picture that they once scanned."""
_MOST_DECODED = 16_000_000
"""Pixels of a source other than a JPEG up to which it is decoded once more for its codes: four bytes each."""
_LEAST_MODULE = 2.5
"""Pixels of a QR code's module in a picture that was made smaller: with 2, some readers failed."""


class SourceCodes:
    """What scans in a source, and what of it is lost.

    With the extra `codes`, QR codes and barcodes are read, in any direction. Where the picture was made
    smaller than it is shown, an upright QR code is recognised by its corners, too, with the extra or without.
    """

    def __init__(self, picture: Picture, seen: tuple[Box | None, Size], shown: Image.Image) -> None:
        """`seen` is the part that is shown, and its size in the source; `shown` the part at display size."""
        self._shown = shown
        self._known = _in_source(picture, *seen, shown) if scanning.installed() else frozenset()
        self.too_small = _kinds(self._known - scanning.scanned(shown)) if self._known else ()
        """The kinds of those that do not scan at display size, however many bytes there are."""

    def lost(self, data: bytes) -> tuple[str, ...]:
        """The kinds of codes that no longer scan in an encode: `("QR code",)`."""
        with open_own(data) as image:
            lost = _kinds(self._known - scanning.scanned(image)) if self._known else ()
            if lost or image.size == self._shown.size or not has_qr_code(self._shown):
                return lost
            # What one reader reads, another does not.
            return () if has_qr_code(image, _LEAST_MODULE) else ("QR code",)


def _in_source(
    picture: Picture, box: Box | None, size: Size, shown: Image.Image
) -> frozenset[scanning.ScannedCode]:
    """The codes that scan in the source, in as many of its pixels as are searched."""
    if picture.format.key == "image/jpeg" and box is None:
        # Its luma alone, scaled by the decoder, takes a third of the time; codes scan in any direction.
        with open_own(picture.decodable) as image:
            wanted = _searched(image.size)
            image.draft("L", wanted)
            if image.size != wanted:
                return scanning.scanned(image.convert("L").resize(wanted, Image.Resampling.BILINEAR))
            return scanning.scanned(image)
    if math.prod(picture.size) > _MOST_DECODED or math.prod(size) <= shown.width * shown.height:
        return scanning.scanned(shown)
    return scanning.scanned(decode(picture, _searched(size), box=box))


def _searched(size: Size) -> Size:
    """The size at which a source of `size` is searched."""
    return scaled(size, min(1.0, (_MOST_PIXELS / math.prod(size)) ** 0.5))


def _kinds(codes: Iterable[scanning.ScannedCode]) -> tuple[str, ...]:
    return tuple(sorted({code.kind for code in codes}))
