"""A bundle: the zip that is sent, and what is in it. Whoever changes a part packs the zip again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, overload

from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.part_names import name_fault
from mmspack.bundle.zip_writer import has_manifest, zipped
from mmspack.errors import InputError, UsageError
from mmspack.files import write_to, write_whole
from mmspack.media.formats import by_ending, spelled
from mmspack.model import MAX_FALLBACK, SMIL_TYPE, Part
from mmspack.source import Source, read_source
from mmspack.words import choose_from, did_you_mean

_NAME = "such as text1.txt"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A zipped multimedia message: the parts in the manifest's order, and the zip's bytes.

    Made by `build`, `open_bundle` and `pack`. `with_part`, `without`, `with_subject` and
    `with_fallback` return another one, packed again, so that parts, subject and bytes never contradict one
    another.
    """

    parts: tuple[Part, ...]
    data: bytes = field(repr=False)
    subject: str = ""
    """The subject noted in the manifest; the gateway takes it as a parameter of its own."""
    fallback: str = ""
    """The text noted in the manifest for a phone without MMS, where the door sends one."""

    @property
    def sha256(self) -> str:
        """The zip's SHA-256 in hexadecimal."""
        import hashlib  # OpenSSL, which a check of a bundle has no use for

        return hashlib.sha256(self.data).hexdigest()

    @property
    def smil(self) -> Part | None:
        """The presentation, or None."""
        return next((part for part in self.parts if part.type == SMIL_TYPE), None)

    def part(self, name: str) -> Part:
        """The part of that name; `KeyError` where there is none."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)

    def with_part(self, name: str, data: Source, *, type: str | None = None) -> Bundle:
        """The bundle with other bytes in the part `name`, or with one more part at its end.

        The type of a new part is that of its name's ending where none is given. The presentation stays as it
        is: whether it shows the part is for `check` to say. Raises `UsageError` for a name that no zip can
        hold or an ending that is unknown, `InputError` for a file that cannot be read.
        """
        known = {part.name: part for part in self.parts}
        if not isinstance(name, str) or name == MANIFEST:
            raise UsageError(f"{name!r} is not the name of a part", where="with_part", hint=_NAME)
        fault = name_fault(name)
        if fault is not None and name not in known:
            raise UsageError(fault[1], where="with_part", hint=_NAME)
        if isinstance(data, str) and not Path(data).is_file():
            hint = f"a text is given as bytes: {data[:20]!r}.encode()"
            raise InputError(f"no file {data[:60]!r}", where="with_part", hint=hint)
        found = type or (known[name].type if name in known else _type_by_name(name))
        if not found:
            raise UsageError(f"{name!r}: the ending is unknown", where="with_part", hint='type="image/jpeg"')
        made = Part(name, spelled(found), read_source(data))
        parts = [made if part.name == name else part for part in self.parts]
        return self._again(parts if name in known else [*parts, made])

    def without(self, name: str) -> Bundle:
        """The bundle without the part `name`. Raises `UsageError` where there is none."""
        left = [part for part in self.parts if part.name != name]
        if len(left) == len(self.parts):
            names = [part.name for part in self.parts]
            hint = did_you_mean(str(name), names, choose_from(names))
            raise UsageError(f"no part {name!r}", where="without", hint=hint)
        return self._again(left)

    def with_subject(self, subject: str) -> Bundle:
        """The bundle with another subject noted. Raises `UsageError` for one of several lines."""
        if not isinstance(subject, str) or not subject.isprintable():
            raise UsageError(f"{subject!r} is not one line of text", where="subject")
        return replace(self, subject=subject)._again(self.parts)

    def with_fallback(self, text: str) -> Bundle:
        """The bundle with another fallback text noted; an empty one notes none. Raises `UsageError`."""
        if not isinstance(text, str) or len(text) > MAX_FALLBACK:
            raise UsageError(f"not a text of at most {MAX_FALLBACK:,} characters", where="fallback")
        return replace(self, fallback=text)._again(self.parts)

    def _again(self, parts: Sequence[Part]) -> Bundle:
        return pack(parts, self.subject, self.fallback, manifest=has_manifest(self.data))

    @overload
    def save(self, target: str | os.PathLike[str]) -> Path: ...

    @overload
    def save(self, target: IO[bytes]) -> None: ...

    def save(self, target: str | os.PathLike[str] | IO[bytes]) -> Path | None:
        """Write the zip: to a path, whole or not at all, or to a file open for binary writing.

        Returns the path. Raises `OutputError`.
        """
        if isinstance(target, str | os.PathLike):
            return write_whole(Path(target), self.data)
        write_to(target, self.data)
        return None


def pack(parts: Sequence[Part], subject: str = "", fallback: str = "", *, manifest: bool = True) -> Bundle:
    """Zip `parts` in the given order, as `zipped` does."""
    return Bundle(tuple(parts), zipped(parts, subject, fallback, manifest=manifest), subject, fallback)


def _type_by_name(name: str) -> str | None:
    row = by_ending(Path(name).suffix)
    return row.type if row else None
