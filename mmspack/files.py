"""Files written whole or not at all, and read with errors that a person understands."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path, PurePath
from typing import IO

from mmspack.errors import InputError, OutputError
from mmspack.problem import Problem
from mmspack.words import nearest, system_reason

MAX_BYTES = 256_000_000
"""Bytes of a file that is read at all, unless a caller knows better: 200 megapixels take a third of it."""


def read_bytes(path: Path, *, what: str = "file", max_bytes: int = MAX_BYTES) -> bytes:
    """Read `path`, a regular file of at most `max_bytes`. Raises `InputError` that names it.

    Kind and size are looked at before a byte is read: a device or a named pipe may never end, and a huge
    file would fill the memory.
    """
    try:
        prove_regular(path, what=what, max_bytes=max_bytes)
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        cure = _meant(path, str(path)) if isinstance(error, FileNotFoundError) else ""
        raise InputError(f"cannot read the {what}: {system_reason(error)}", where=path, hint=cure) from error
    if len(data) > max_bytes:
        raise InputError(f"grew to more than {max_bytes:,} bytes while it was read", where=path)
    return data


def prove_regular(path: Path, *, what: str = "file", max_bytes: int = MAX_BYTES) -> None:
    """Refuse devices, pipes, and files of more than `max_bytes`. Raises `InputError`, `OSError`."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise InputError("not a regular file", where=path, hint="copy its contents to a file, and name that")
    if found.st_size > max_bytes:
        raise InputError(
            f"{found.st_size:,} bytes: a {what} of more than {max_bytes:,} is not read", where=path
        )


def absent(path: Path, folder: Path | None = None) -> Problem | None:
    """Why a file that somebody named cannot be read; None where it is there.

    It is called by its name within `folder`, where it was named relative to that.
    """
    within = folder is not None and path.is_relative_to(folder)
    called = path.relative_to(folder).as_posix() if within and folder is not None else str(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return Problem(f"no file {called!r}", cure=_meant(path, called))
    if stat.S_ISDIR(mode):
        return Problem(f"{called!r} is a folder, not a file")
    if not stat.S_ISREG(mode):
        return Problem(f"{called!r} is not a regular file", cure="copy its contents to a file, and name that")
    return None


def _meant(path: Path, called: str) -> str:
    """`did you mean 'map.png'?`, with what of two names that look alike is different."""
    try:
        if not path.parent.exists():
            return _meant_folder(path, called)
        siblings = [item.name for item in path.parent.iterdir() if item.is_file() or not path.suffix]
        if path.suffix:  # not 'hostname' for 'hostname.jpg'
            siblings = [name for name in siblings if PurePath(name).suffix]
    except (OSError, ValueError):
        return ""
    near = _nearest_name(path.name, siblings)
    if near is None:
        return ""
    meant = f"did you mean {(PurePath(called).parent / near).as_posix()!r}?"
    return f"{meant}{_difference(path.name, near)}"


def _meant_folder(path: Path, called: str) -> str:
    """The same for a file that is there, in a folder whose name is written another way."""
    missing = [folder for folder in path.parents if not folder.exists()][-1]
    below = path.relative_to(missing)
    near = _nearest_name(missing.name, [item.name for item in missing.parent.iterdir() if item.is_dir()])
    if near is None or not (missing.parent / near / below).is_file():
        return ""
    steps = [*PurePath(called).parts[: -len(below.parts) - 1], near]
    return f"did you mean {PurePath(*steps, below).as_posix()!r}?{_difference(missing.name, near)}"


def _nearest_name(name: str, known: Collection[str]) -> str | None:
    same = next((one for one in known if one.casefold() == name.casefold()), None)
    return same or nearest(name, known)


def _difference(name: str, there: str) -> str:
    """What is different between two names that look alike; empty where it can be seen."""
    if name.lower() == there.lower():
        return " upper and lower case differ"
    pairs = [pair for pair in enumerate(zip(name, there, strict=False), 1) if len(set(pair[1])) > 1]
    if len(name) != len(there) or len(pairs) != 1 or "".join(pairs[0][1]).isascii():
        return ""
    at, (one, other) = pairs[0]
    return f" its character {at} is U+{ord(other):04X}, and not U+{ord(one):04X}"


def not_utf8(error: UnicodeDecodeError) -> tuple[str, int, int]:
    """What is wrong with a text that should be UTF-8, and its line and column, from 1."""
    data, at = error.object, error.start
    begins = data.rfind(b"\n", 0, at) + 1
    column = len(data[begins:at].decode("utf-8", "replace")) + 1
    return f"contains the byte 0x{data[at]:02x}, which is not UTF-8", data.count(b"\n", 0, at) + 1, column


def config_path(environ: Mapping[str, str] | None = None) -> Path:
    """The user's config file: MMSPACK_CONFIG, or `mmspack/config.toml` in the user's config folder.

    `environ` takes the place of this process's environment.
    """
    environ = os.environ if environ is None else environ
    if environ.get("MMSPACK_CONFIG"):
        return Path(environ["MMSPACK_CONFIG"])
    import platformdirs

    return Path(platformdirs.user_config_dir("mmspack", appauthor=False)) / "config.toml"


def private_database(folder: Path, name: str) -> Path:
    """The path of a database in `folder`, made for its owner alone whatever was there before.

    SQLite gives new journals the mode of the database. A folder that exists keeps its mode: it may be
    anybody's (`exposed` says so). Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    path.touch(mode=0o600)
    for one in (path, *folder.glob(f"{name}-*")):
        one.chmod(0o600)
    return path


def exposed(folder: Path) -> str:
    """A warning where other users can look into an existing folder; else empty. Windows has no such modes."""
    if os.name == "nt" or not folder.is_dir() or not stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return ""
    return f"other users can look into {folder} (chmod 700 {folder})"


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> Path:
    """Write `data` to a temporary name beside `path` and move it into place.

    An existing file is replaced at once or stays as it was. Raises `OutputError`.
    """
    if path.is_dir():
        raise OutputError("cannot write: is a directory", where=path, hint="name a file in it")
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


def write_to(stream: IO[bytes], data: bytes) -> None:
    """Write `data` to a stream that somebody else opened, and will close. Raises `OutputError`."""
    try:
        stream.write(data)
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write to the open file: {error}") from error
    except (AttributeError, TypeError) as error:
        raise OutputError(
            f"cannot write to {type(stream).__name__}: not a file open for binary writing",
            hint='name a path, or open(path, "wb")',
        ) from error
