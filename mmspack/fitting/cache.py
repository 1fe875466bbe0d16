"""Fitted pictures kept between builds: the same sources, wishes and versions give the same bytes.

One file for each fit below the user's cache folder (`MMSPACK_CACHE_DIR` names another), written whole,
named by the hash of all that decides the result. The oldest go when the folder holds more than `LIMIT`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from PIL import __version__ as pillow
from PIL import features
from platformdirs import user_cache_path

from mmspack.errors import OutputError
from mmspack.files import write_whole
from mmspack.fitting.picture import FittedPicture
from mmspack.media import jpegli, scanning
from mmspack.model import BuildNotes, Facts

LIMIT = 128 * 1024 * 1024
"""Bytes that the folder may hold."""
_FORMAT = 19
_ENDING = ".fit"
_VALUES: dict[str, type[Any]] = {"before": Facts, "after": Facts, "notes": BuildNotes}
"""The fields of a fitted picture that are values of their own."""


def key_of(sources: Iterable[bytes], request: object) -> str:
    """The name of a fit: a hash of the sources, of `request` (by its repr), and of the versions."""
    digest = hashlib.sha256(repr((_FORMAT, _versions(), request)).encode())
    for source in sources:
        digest.update(hashlib.sha256(source).digest())
    return digest.hexdigest()


class Cache:
    """A folder of fits. Never a reason to fail: what cannot be read or written is as if absent."""

    def __init__(self, folder: Path, *, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit

    @classmethod
    def of_user(cls) -> Cache:
        """The cache of this user, or the one that `MMSPACK_CACHE_DIR` names."""
        named = os.environ.get("MMSPACK_CACHE_DIR")
        if named:
            return cls(Path(named))
        return cls(user_cache_path("mmspack") / "fitting")

    def get(self, key: str) -> list[FittedPicture] | None:
        """The pictures of a fit in the order in which they were put, or None."""
        path = self.folder / (key + _ENDING)
        try:
            found = _unpack(path.read_bytes())
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found

    def put(self, key: str, pictures: Sequence[FittedPicture]) -> None:
        """Keep a fit, and let the oldest go where the folder grows too large."""
        with contextlib.suppress(OSError, OutputError):  # a full disk must not stop a build
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / (key + _ENDING), _pack(pictures), mode=0o600)
            self._shrink()

    def _shrink(self) -> None:
        entries = sorted(
            (
                (entry.stat().st_mtime, entry.stat().st_size, entry)
                for entry in self.folder.glob("*" + _ENDING)
            ),
            reverse=True,
        )
        held = 0
        for _, size, entry in entries:
            held += size
            if held > self.limit:
                entry.unlink(missing_ok=True)


@functools.cache
def _versions() -> tuple[str, ...]:
    try:
        own = version("mmspack")
    except PackageNotFoundError:
        own = "source"
    return own, pillow, str(features.version("libjpeg_turbo")), jpegli.installed(), scanning.installed()


def _pack(pictures: Sequence[FittedPicture]) -> bytes:
    """A line of JSON with the fields, followed by the bytes of the pictures."""
    head = []
    for picture in pictures:
        fields = {field.name: getattr(picture, field.name) for field in dataclasses.fields(picture)}
        fields.pop("data")
        fields |= {name: dataclasses.asdict(fields[name]) for name in _VALUES}
        head.append(
            {**fields, "bytes": len(picture.data), "sha256": hashlib.sha256(picture.data).hexdigest()}
        )
    return json.dumps(head).encode() + b"\n" + b"".join(picture.data for picture in pictures)


def _unpack(stored: bytes) -> list[FittedPicture]:
    line, _, rest = stored.partition(b"\n")
    found = []
    for fields in json.loads(line):
        size, digest = fields.pop("bytes"), fields.pop("sha256")
        data, rest = rest[:size], rest[size:]
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError("a damaged entry")
        fields |= {name: value(**_as_tuples(fields[name])) for name, value in _VALUES.items()}
        found.append(FittedPicture(data=data, **_as_tuples(fields)))
    return found


def _as_tuples(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with tuples where JSON has lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
