"""Parts that are packed as they are: copy, vCards and calendar entries."""

from __future__ import annotations

from pathlib import PurePath

from mmspack.fitted import FittedPart
from mmspack.fitting.sources import SourceMedium
from mmspack.media.formats import by_ending, format_of
from mmspack.media.probing import Probe, probe
from mmspack.media.texts import to_utf8
from mmspack.model import Facts, Kind


def fit_text(medium: SourceMedium) -> FittedPart:
    """Copy in UTF-8."""
    data, actions = to_utf8(medium.data)
    return FittedPart(
        kind=Kind.TEXT,
        slide=medium.slide,
        label=medium.label,
        type="text/plain",
        extension="txt",
        data=data,
        before=Facts(bytes=len(medium.data), format="text"),
        after=Facts(bytes=len(data), format="text"),
        actions=actions,
    )


def keep_attachment(medium: SourceMedium) -> FittedPart:
    """An attachment, byte for byte, with the type that its name or its first line shows."""
    found = probe(medium.data)
    by_name = by_ending(PurePath(medium.label).suffix)
    row = by_name if by_name is not None and by_name.is_card else format_of(found.type)
    if row is not None and row.is_card:
        return _whole(medium, row.type, row.ending, found, row.name)
    ending = row.ending if row else PurePath(medium.label).suffix[1:4].lower()
    return _whole(medium, found.type or "application/octet-stream", ending or "bin", found)


def _whole(medium: SourceMedium, type_: str, extension: str, found: Probe, name: str = "") -> FittedPart:
    known = found.facts if found.facts is not None and not name else None
    facts = known or Facts(bytes=len(medium.data), format=name or "file")
    return FittedPart(
        kind=medium.kind,
        slide=medium.slide,
        label=medium.label,
        type=type_,
        extension=extension,
        data=medium.data,
        before=facts,
        after=facts,
    )
