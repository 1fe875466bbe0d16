"""Files written whole or not at all, and read with errors that a person understands."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from mmspack.errors import InputError, OutputError
from mmspack.words import system_reason


def read_bytes(path: Path, *, what: str = "file") -> bytes:
    """Read `path`. Raises `InputError` that names it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the {what}: {system_reason(error)}", where=path) from error


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> Path:
    """Write `data` to a temporary name beside `path` and move it into place.

    An existing file is replaced at once or stays as it was. Raises `OutputError`.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OutputError(f"cannot write: {system_reason(error)}", where=path) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        if isinstance(error, OSError):
            raise OutputError(f"cannot write: {system_reason(error)}", where=path) from error
        raise
    return path
