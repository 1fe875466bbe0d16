"""A file whose name ends as those of another kind do: what it holds, and how it is named rightly."""

from __future__ import annotations

import contextlib
from pathlib import Path, PurePath

from mmspack.errors import InputError
from mmspack.files import prove_regular
from mmspack.media.format import Format
from mmspack.media.sniffing import recognise
from mmspack.model import Kind
from mmspack.words import keyed

_HEAD = 1 << 20
"""Bytes that are looked at: every signature, and the tracks of a film with its index in front."""
_LARGEST = 1 << 40
_MEDIA = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO)


def held_in(path: Path) -> Format | None:
    """The picture, video or sound that a file holds by its first bytes; None for all else."""
    with contextlib.suppress(OSError, ValueError, InputError):
        prove_regular(path, max_bytes=_LARGEST)
        with path.open("rb") as stream:
            row = recognise(stream.read(_HEAD))
        return row if row is not None and row.kind in _MEDIA and row.taken else None
    return None


def renaming(name: str, row: Format) -> str:
    """The cure: a name that ends as files of the format do, under the key of its kind."""
    fresh = f"{PurePath(name).stem}.{row.ending}"
    line = keyed(f'{row.kind.value} = "{fresh}"')
    return f"rename it to {fresh}, and name it as {line}"
