"""Damage inside a JPEG, which decoders pass over: they warn, and show garbage or grey from there on.

Pillow hears none of libjpeg's warnings; simplejpeg raises the first of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mmspack.media.containers import jpeg
from mmspack.media.containers.walk import Walk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

# The words are libjpeg's own (jerror.h), and have been the same since 1991.
_EARLY = re.compile("premature end", re.I)
_ORDER = re.compile("instead of RST|resync", re.I)
_CODE = re.compile("bad Huffman code|bad arithmetic code|Bogus", re.I)
_EXTRA = re.compile(r"(\d+) extraneous bytes before marker (0x[0-9a-f]{2})", re.I)
_STRAY = re.compile("Unsupported marker|Invalid JPEG file structure", re.I)
CURE = "copy it again, or export it again from its original"
"""What a person can do about a file that is damaged."""
_PADDING = 32
"""Bytes before the end marker that some cameras leave there, and that say nothing about the picture."""
_CODED_ALIKE = 64
"""Bytes like the padding with which coded data may end: blanks on a disk are codes too, and draw rows."""
_BANDS, _SIDE = 8, 64
_ALIKE = 24
"""Grey levels by which a band of the thumbnail may differ: it is sharpened, and coded coarsely."""


def pixels(data: bytes, walk: Walk, least: tuple[int, int]) -> tuple[Pixels | None, str]:
    """The picture of a baseline or progressive JPEG, and what is damaged in it, as a phrase.

    It comes at the smallest fraction of its size, in eighths, at which it has at least the width and height
    of `least`; None where it cannot be decoded.
    """
    import simplejpeg

    space = "GRAY" if walk.components == 1 else "RGB"
    whole = jpeg.ended(data) if walk.unended else data

    def decoded(strict: bool) -> Pixels:
        found: Pixels = simplejpeg.decode_jpeg(
            whole, space, strict=strict, min_width=least[0], min_height=least[1]
        )
        return found

    try:
        return decoded(strict=True), ""
    except ValueError as error:
        words = str(error)
    fault = _fault(words)
    try:
        image = decoded(strict=False)
    except ValueError:
        return None, f"damaged JPEG: {fault or words}"
    extra = _EXTRA.search(words)
    if extra and _is_harmless(whole, int(extra[1]), extra[2].lower() == "0xd9", walk, image):
        # Only the first warning is heard: there may be others behind the padding.
        whole = whole[: whole.rfind(jpeg.END) - int(extra[1])] + jpeg.END
        try:
            return decoded(strict=True), ""
        except ValueError as error:
            fault = _fault(str(error))
    if walk.unended and _EARLY.search(words):
        return image, f"truncated JPEG: {fault}"
    return image, f"damaged JPEG: {fault}" if fault else ""


def _fault(words: str) -> str:
    """A decoder's warning in words for a person; empty for one that says nothing about the picture."""
    if _EARLY.search(words):
        return "its image data ends early"
    if _ORDER.search(words):
        return "its restart markers are out of order"
    if _CODE.search(words):
        return "its picture data hold a code that does not exist"
    extra = _EXTRA.search(words)
    if extra:
        return f"{int(extra[1]):,} bytes of its picture data belong to no row"
    return "a marker stands inside its picture data" if _STRAY.search(words) else ""


def _is_harmless(data: bytes, extra: int, at_end: bool, walk: Walk, image: Pixels) -> bool:
    """True for padding before the end marker, and for a picture that its own thumbnail vouches for."""
    if not at_end:
        return False
    end = data.rfind(jpeg.END)
    if extra <= _PADDING:
        return True
    values = set(data[end - extra : end])
    run = end - len(data[:end].rstrip(bytes(values)))
    # In a picture of several scans padding looks the same as a scan that is blanked out.
    padding = not walk.several_scans and len(values) <= 2 and run - extra <= _CODED_ALIKE
    return padding or _is_vouched(image, walk.exif)


def _is_vouched(image: Pixels, exif: bytes) -> bool:
    """True where the thumbnail in the EXIF block shows the same in every band of rows."""
    import numpy as np
    import simplejpeg

    start, end = exif.find(b"\xff\xd8\xff"), exif.rfind(jpeg.END)
    if start < 0 or end < start:
        return False
    try:
        small = simplejpeg.decode_jpeg(exif[start : end + 2], "GRAY", strict=True)
    except ValueError:
        return False
    one, other = (_square(each) for each in (image, small))
    gaps = np.abs(one - other).reshape(_BANDS, -1).mean(axis=1)
    return bool(gaps.max() <= _ALIKE)


def _square(image: Pixels) -> NDArray[np.float64]:
    """Grey levels at one small size, so that pictures of any size can be compared."""
    import numpy as np
    from PIL import Image

    grey = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).convert("L")
    return np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64)
