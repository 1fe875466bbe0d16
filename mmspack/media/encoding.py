"""A picture as the bytes of a file, made by Pillow without holding up the other threads."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from typing import IO, Any

from PIL import Image, ImageFile

_ENDS = {"JPEG": b"\xff\xd9", "GIF": b";"}


def lzw(indices: Image.Image, bits: int) -> bytes:
    """The pixels (mode L) as LZW in the sub-blocks of a GIF, without the last, empty one.

    `bits` (2 to 8) hold every pixel; Pillow's own GIFs always take 8, and the first codes then are longer.
    """

    def write(stream: IO[bytes]) -> None:
        indices.encoderconfig = (bits, 0)
        ImageFile._save(indices, stream, [ImageFile._Tile("gif", (0, 0, *indices.size), 0, "L")])

    return _written(write)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """`image` in the format `kind` ("JPEG", "GIF", "PNG") with Pillow's `options`."""
    return _written(lambda stream: image.save(stream, kind, **options), _ENDS.get(kind, b""))


def _written(write: Callable[[IO[bytes]], object], end: bytes = b"") -> bytes:
    """What `write` writes, which ends with `end`.

    Pillow lets other threads run while it encodes into a file of the operating system, and not while it
    encodes into memory. So it gets one that has no name and is gone with its last handle; memory
    where none can be made or it cannot be filled.
    """
    try:
        with _nameless() as stream:
            write(stream)
            stream.seek(0)
            data = stream.read()
    except OSError:
        data = b""
    if data and data.endswith(end):  # a full disk may cut a file short without an error
        return data
    memory = io.BytesIO()
    write(memory)
    return memory.getvalue()


def _nameless() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("mmspack"), "w+b")
    return tempfile.TemporaryFile()
