"""Where a command writes a bundle: a file, with what it replaces, or standard output."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from mmspack.bundle.bundle import Bundle
from mmspack.bundle.zip_reader import MAX_ARCHIVE_BYTES
from mmspack.cli.shell import is_dash, take_stdout, write_stdout
from mmspack.errors import OutputError, UsageError
from mmspack.files import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A bundle that was written."""

    path: str
    sha256: str
    replaced: str | None = None
    """SHA-256 of the file of that name that was there before."""
    written: float | None = None
    """When that file was written, seconds since the epoch."""

    @property
    def lines(self) -> list[str]:
        """What a person reads about it."""
        if is_dash(Path(self.path)):
            return ["Wrote the bundle to standard output"]
        if self.replaced is None:
            return [f"Wrote {self.path}"]
        if self.replaced == self.sha256:
            return [f"Wrote {self.path} (the same bytes as before)"]
        then = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.written))
        return [f"Wrote {self.path}, replacing a different bundle of {then}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The place for a bundle, proved before anything is built."""

    path: Path
    stream: IO[bytes] | None = field(default=None, repr=False)
    """Standard output, where the path is `-`."""
    replaces: bytes | None = field(default=None, repr=False)
    """The file that is there now."""
    written: float | None = None

    @classmethod
    def of(cls, path: Path, *, force: bool = False, as_json: bool = False) -> Self:
        """The target of that name.

        Refuses to overwrite anything but a bundle (a picture of the author's, a device, a folder) unless
        forced, which a device and a folder never are. Raises `OutputError`, `UsageError`.
        """
        if is_dash(path):
            return cls(path=path, stream=take_stdout(as_json=as_json))
        if path.is_dir():
            raise OutputError("is a folder", where=path, hint="name the zip file to write: -o summer.zip")
        if not path.exists():
            if not force:
                _prove_ending(path)
            return cls(path=path)
        if not path.is_file():
            raise OutputError("is not a regular file", where=path)
        with path.open("rb") as stream:
            old = stream.read(MAX_ARCHIVE_BYTES)
        if not force and old[:2] not in (b"PK", b""):
            raise OutputError(
                "exists and is not a zip file",
                where=path,
                hint="choose another name for the bundle, or overwrite it with --force",
            )
        return cls(path=path, replaces=old, written=path.stat().st_mtime)

    def save(self, bundle: Bundle) -> Saved:
        """Write the bundle, whole or not at all. Raises `OutputError`."""
        if self.stream is not None:
            write_stdout(self.stream, bundle.data)
        else:
            write_whole(self.path, bundle.data)
        old = None if self.replaces is None else hashlib.sha256(self.replaces).hexdigest()
        return Saved(path=str(self.path), sha256=bundle.sha256, replaced=old, written=self.written)


def _prove_ending(path: Path) -> None:
    """Refuse a name that says another format than zip. Raises `UsageError`."""
    ending = path.suffix.lower()
    if ending in ("", ".zip") or ending[1:].isdigit():  # summer-1.0
        return
    raise UsageError(
        "a bundle is a zip file",
        where=path,
        hint=f"end the name in .zip; for a preview: mmspack preview … -o {path.name}"
        if ending in (".pdf", ".png", ".html")
        else "end the name in .zip, or write it so all the same with --force",
    )
