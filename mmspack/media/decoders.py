"""Pillow's readers, asked one by one and without Pillow's own limits, which the host program may change.

`Image.open` compares a picture with `Image.MAX_IMAGE_PIXELS`, a global of the whole process: where a program
sets it to None nothing is refused, and where it sets it low every photo is. Our limits are our own.
"""

from __future__ import annotations

import io

from PIL import Image, ImageFile

from mmspack.errors import MediaError
from mmspack.media.format import Format
from mmspack.media.formats import format_of
from mmspack.media.sniffing import sniff


def open_as(row: Format, data: bytes, *, asked: bool = True) -> ImageFile.ImageFile | None:
    """The unread picture by the reader of that format; None where the reader says that it is not its own.

    With `asked` false it reads without being asked: readers know fewer brands of HEIF than there are.
    Raises whatever the reader raises, and `MediaError` where the reader is an extra that is not installed.
    """
    if row.pillow == "HEIF":
        _register_heif()
    if row.pillow not in Image.OPEN:
        Image.preinit()
    if row.pillow not in Image.OPEN:
        Image.init()
    factory, accept = Image.OPEN.get(row.pillow, (None, None))
    if factory is None or (asked and accept is not None and accept(data[:16]) is not True):
        return None
    return factory(io.BytesIO(data), "")


def open_own(data: bytes) -> ImageFile.ImageFile:
    """A JPEG, PNG or GIF that was encoded here, unread. Raises `MediaError` for anything else."""
    row = format_of(sniff(data) or "")
    image = open_as(row, data) if row is not None else None
    if image is None:
        raise MediaError("is not a picture that was encoded here")
    return image


def _register_heif() -> None:
    """HEIC needs a codec that Pillow does not carry."""
    try:
        import pillow_heif
    except ImportError as error:
        raise MediaError(
            "HEIC pictures need the optional package pillow-heif", hint="pip install 'mmspack[heic]'"
        ) from error
    pillow_heif.register_heif_opener()
