"""The author's sources as bytes and names, with every missing or broken one reported with its key."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from mmspack.authoring.validating import file_problem
from mmspack.errors import InputError, MmspackError, raise_all
from mmspack.files import MAX_BYTES, read_bytes
from mmspack.message import Message, Slide
from mmspack.model import Kind
from mmspack.problem import Place, Where, Written
from mmspack.source import StoredSource

_CLIP_BYTES = 1_000_000_000
"""Bytes of a video that is read at all: two minutes of a phone's 4K at 60 frames a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMedium:
    """One source that has been read."""

    kind: Kind
    slide: int | None
    place: Place
    """Where the author wrote it: slide 1, image."""
    label: str
    data: bytes = field(repr=False)

    @property
    def where(self) -> Place:
        """Place and name, as errors have it."""
        return self.place if self.label == self.kind.value else replace(self.place, name=self.label)


@dataclass(slots=True)
class Problems:
    """Errors collected until all sources have been looked at, then raised together."""

    errors: list[MmspackError] = field(default_factory=list)

    def add(self, where: Where, error: MmspackError) -> None:
        """Keep `error`, its problems placed in `where`."""
        self.errors.append(error.within(where))

    def raise_all(self) -> None:
        """Raise what was collected as one error; nothing when nothing was."""
        raise_all(self.errors)


def read_media(message: Message, problems: Problems) -> list[SourceMedium]:
    """All sources of a message in the order in which a slide holds its parts."""
    media = []
    for index, slide in enumerate(message.slides):
        for kind in (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.TEXT):
            source = _source(slide, kind)
            if source is not None:
                place = Place(slide=index + 1, key=kind.value)
                media.append(_read(source, kind, index, place, message.written, problems))
    for index, source in enumerate(message.attachments):
        place = Place(attachment=index + 1)
        media.append(_read(source, Kind.ATTACHMENT, None, place, message.written, problems))
    return [medium for medium in media if medium is not None]


def _source(slide: Slide, kind: Kind) -> StoredSource | None:
    if kind is not Kind.TEXT:
        found: StoredSource | None = getattr(slide, kind.value)
        return found
    if slide.text is None or not isinstance(slide.text, str):
        return slide.text
    return slide.text.encode("utf-8", "replace") if slide.text else None


def _read(
    source: StoredSource,
    kind: Kind,
    slide: int | None,
    place: Place,
    written: Written | None,
    problems: Problems,
) -> SourceMedium | None:
    if isinstance(source, bytes):
        return SourceMedium(kind=kind, slide=slide, place=place, label=kind.value, data=source)
    path = Path(os.fspath(source))
    try:
        problem = file_problem(path, place, written)
        if problem is not None:
            raise InputError(problems=[problem])
        data = read_bytes(path, max_bytes=_CLIP_BYTES if kind is Kind.VIDEO else MAX_BYTES)
    except InputError as error:
        problems.add(place, error)
        return None
    return SourceMedium(kind=kind, slide=slide, place=place, label=path.name, data=data)
