"""A medium as a caller has it: a path, bytes, an open file, or a picture that a program holds in memory."""

from __future__ import annotations

import io
import os
from dataclasses import fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias, cast

from mmspack.arguments import named
from mmspack.errors import AuthoringError, InputError
from mmspack.files import MAX_BYTES, read_bytes
from mmspack.problem import Problem

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

Source: TypeAlias = (
    "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Image.Image | np.ndarray[Any, Any]"
)
"""What may stand for a file: its path, its bytes, a file opened in binary mode; for a picture also a PIL
image or a NumPy array of height × width, or height × width × 1 to 4 channels, of `uint8` or `bool`."""

StoredSource = str | os.PathLike[str] | bytes
"""What a message keeps of a source: the path of a file, or a file's bytes."""
_CHANNELS = (1, 2, 3, 4)
_LOSSLESS = ("PNG", "TIFF")
"""PNG holds no CMYK, and TIFF does."""


def kept(given: object) -> object:
    """What a message keeps of a source: paths and bytes as they are, all else as the bytes of a file.

    Taken at once, since an open file can be read only once and an array may change. What cannot be taken is
    returned as it is; `fault` says why.
    """
    try:
        return _taken(given)
    except (OSError, ValueError, TypeError, InputError):
        return given


def stored(given: object, *, what: str) -> StoredSource:
    """As `kept`, of a function's argument. Raises `AuthoringError` for anything else."""
    found = kept(given)
    if isinstance(found, str | os.PathLike | bytes):
        return found
    why = fault(given) or Problem(_shown(given))
    raise AuthoringError(
        f"expected a path, bytes or an open file, found {why.what}", where=what, hint=why.cure
    )


def fault(given: object) -> Problem | None:
    """Why `given` cannot be a source: what it is, to stand after "found", and the cure. None where it can."""
    if isinstance(given, str | os.PathLike | bytes):
        if given == b"":
            return Problem("no bytes", cure="seek(0) on an open file that was read before")
        return None if given else Problem("nothing")
    try:
        _taken(given)
    except InputError as error:
        return error.problems[0]
    except (OSError, ValueError, TypeError) as error:
        return Problem(f"{named(type(given))} that cannot be read: {error}")
    return Problem("nothing") if given is None else None


def _cure(given: object) -> str:
    return "give its .bundle" if hasattr(given, "bundle") else ""


def _taken(given: object) -> object:
    if isinstance(given, bytearray | memoryview):
        return bytes(given)
    if _is_array(given):
        from PIL import Image

        array = cast("np.ndarray[Any, Any]", given)
        _prove_array(array)
        flat = array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array
        return _encoded(Image.fromarray(flat))
    if _is_image(given):
        return _encoded(cast("Image.Image", given))
    if hasattr(given, "read"):
        data = cast(IO[bytes], given).read(MAX_BYTES + 1)
        if not isinstance(data, bytes):
            raise InputError("a file that is not open in binary mode", hint='open(path, "rb")')
        if len(data) > MAX_BYTES:
            raise InputError(f"a file of more than {MAX_BYTES:,} bytes")
        return data
    if given is None or isinstance(given, str | os.PathLike | bytes):
        return given
    raise InputError(_shown(given), hint=_cure(given))


def _is_array(given: object) -> bool:
    return hasattr(given, "__array_interface__") and hasattr(given, "dtype") and hasattr(given, "ndim")


def _is_image(given: object) -> bool:
    return hasattr(given, "save") and hasattr(given, "mode") and hasattr(given, "getexif")


def _prove_array(array: np.ndarray[Any, Any]) -> None:
    shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in _CHANNELS)
    if not shaped or 0 in array.shape:
        raise InputError(f"an array of shape {array.shape}", hint="height × width × 3")
    if array.dtype.kind not in "bu" or array.dtype.itemsize != 1:
        raise InputError(f"an array of {array.dtype}", hint="convert it to uint8, 0 to 255")


def _encoded(image: Image.Image) -> bytes:
    """The picture as a file, without loss, with its colour profile and the way it is to be turned."""
    if getattr(image, "n_frames", 1) > 1:
        stream = io.BytesIO()
        image.save(stream, "GIF", save_all=True)
        return stream.getvalue()
    for kind in _LOSSLESS:
        stream = io.BytesIO()
        try:
            image.save(stream, kind, exif=image.getexif(), icc_profile=image.info.get("icc_profile"))
        except OSError:
            if kind == _LOSSLESS[-1]:
                raise
            continue
        return stream.getvalue()
    raise AssertionError("a kind is saved or raises")


def read_source(given: object, *, what: str = "file") -> bytes:
    """The bytes of a kept source. Raises `InputError` for a file that cannot be read."""
    found = kept(given)
    if isinstance(found, bytes):
        return found
    if isinstance(found, str | os.PathLike):
        return read_bytes(Path(found), what=what)
    raise InputError(f"expected a {what}, found {_shown(given)}")


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:37]}…"


class Brief:
    """A dataclass that is shown with the number of its bytes in place of the bytes."""

    __slots__ = ()

    def __repr__(self) -> str:
        shown = ", ".join(f"{one.name}={_brief(getattr(self, one.name))}" for one in fields(cast(Any, self)))
        return f"{type(self).__name__}({shown})"


def _brief(value: object) -> str:
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    if isinstance(value, tuple):
        return f"({', '.join(map(_brief, value))}{',' if len(value) == 1 else ''})"
    return repr(value)
