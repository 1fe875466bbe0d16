"""A medium of another kind than the key that names it: what it is, and how it is named rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmspack.authoring.file_values import File
from mmspack.authoring.misnamed import renaming
from mmspack.errors import MediaError
from mmspack.media.format import Format
from mmspack.media.formats import described
from mmspack.model import Kind
from mmspack.words import keyed

if TYPE_CHECKING:
    from mmspack.fitting.sources import SourceMedium

_MEDIA = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO)
_CALLED = {Kind.IMAGE: "a picture", Kind.VIDEO: "a video", Kind.AUDIO: "a sound"}
_FOUND = _CALLED | {Kind.AUDIO: "sound alone"}


def prove_kind(medium: SourceMedium, row: Format | None) -> None:
    """Raise `MediaError` where the bytes, which are of the format `row`, are of another kind than the key."""
    if row is None or row.kind is medium.kind:
        return
    wanted = f"not {_CALLED[medium.kind]}"
    if row.kind in _MEDIA and row.taken:
        raise MediaError(f"{wanted}: it is {_FOUND[row.kind]} ({row.name})", hint=_named_rightly(medium, row))
    raise MediaError(f"{wanted}: it is {described(row)}", hint=row.cure)


def _named_rightly(medium: SourceMedium, row: Format) -> str:
    key, name = row.kind.value, medium.label
    if name == medium.kind.value:  # bytes have no name
        return f"name it as {keyed(f'{key} = …')}"
    # A name that ends as those of another kind do would be refused under the right key, too.
    if File(row.kind).fault(name) is not None:
        return renaming(name, row)
    line = keyed(f'{key} = "{name}"')
    return f"name it as {line}"
