"""A picture as the bytes of a file, made by Pillow without holding up the other threads."""

from __future__ import annotations

import io
import os
import tempfile
from typing import IO, Any

from PIL import Image

_ENDS = {"JPEG": b"\xff\xd9", "GIF": b";"}


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """`image` in the format `kind` ("JPEG", "GIF", "PNG") with Pillow's `options`.

    Pillow lets other threads run while it encodes into a file of the operating system, and not while it
    encodes into memory. So it gets one that has no name and is gone with its last handle; memory
    where none can be made or it cannot be filled.
    """
    try:
        with _nameless() as stream:
            image.save(stream, kind, **options)
            stream.seek(0)
            data = stream.read()
    except OSError:
        data = b""
    # A full disk may cut a file short without an error.
    return data if data and data.endswith(_ENDS.get(kind, b"")) else _in_memory(image, kind, options)


def _nameless() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("mmspack"), "w+b")
    return tempfile.TemporaryFile()


def _in_memory(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
