"""A bundle's first picture, small: for lists."""

from __future__ import annotations

import io

from mmspack.bundle.zip_reader import read_archive
from mmspack.errors import MmspackError
from mmspack.fitting.geometry import crop_box
from mmspack.media.pictures import decode, read_picture
from mmspack.media.probing import probe

SIDE = 112
"""Pixels of both sides: 56 on a screen with two device pixels to one."""


def thumbnail(bundle: bytes) -> bytes | None:
    """A square JPEG from the middle of the first picture; None where there is none that can be read."""
    for entry in read_archive(bundle).entries:
        if entry.data and (probe(entry.data).type or "").startswith("image/"):
            try:
                return _square(entry.data)
            except MmspackError:
                continue
    return None


def _square(data: bytes) -> bytes:
    picture = read_picture(data)
    image = decode(picture, (SIDE, SIDE), box=crop_box(picture.size, "1:1", None))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()
