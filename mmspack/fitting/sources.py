"""The author's sources as bytes and names, with every missing or broken one told by its key."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path

from mmspack.errors import DoesNotFit, InputError, MmspackError
from mmspack.files import read_bytes
from mmspack.model import Kind, Message, Slide, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One source that has been read. `key` is where the author wrote it: `slides[0].image`."""

    kind: Kind
    slide: int | None
    key: str
    label: str
    data: bytes = field(repr=False)

    @property
    def where(self) -> str:
        """Key and name, as errors begin."""
        return f"{self.key}: {self.label}" if self.label != self.kind.value else self.key


@dataclass(slots=True)
class Problems:
    """Errors collected until all sources have been looked at, then raised together."""

    errors: list[MmspackError] = field(default_factory=list)

    def add(self, where: str, error: MmspackError) -> None:
        """Keep `error`, its lines beginning with `where`."""
        lines = [f"{where}: {line}" if where else line for line in error.problems]
        self.errors.append(type(error)(lines[0], hint=error.hint, problems=lines))

    def raise_all(self) -> None:
        """Raise what was collected as one error; nothing when nothing was."""
        if not self.errors:
            return
        kinds = {type(error) for error in self.errors}
        kind = kinds.pop() if len(kinds) == 1 else _common(self.errors)
        lines = [line for error in self.errors for line in error.problems]
        hints = dict.fromkeys(error.hint for error in self.errors if error.hint)
        raise kind(lines[0], hint="; ".join(hints), problems=lines)


def _common(errors: list[MmspackError]) -> type[MmspackError]:
    """The kind for several: unreadable input goes before what does not fit."""
    for kind in (InputError, DoesNotFit):
        if any(isinstance(error, kind) for error in errors):
            return kind
    return type(errors[0])


def read_media(message: Message, problems: Problems) -> list[Medium]:
    """All sources of a message in the order in which a slide holds its parts."""
    media = []
    for index, slide in enumerate(message.slides):
        for kind in (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.TEXT):
            source = _source(slide, kind)
            if source is not None:
                media.append(_read(source, kind, index, f"slides[{index}].{kind}", problems))
    for index, source in enumerate(message.attachments):
        media.append(_read(source, Kind.ATTACHMENT, None, f"attachments[{index}]", problems))
    return [medium for medium in media if medium is not None]


def _source(slide: Slide, kind: Kind) -> Source | None:
    if kind is not Kind.TEXT:
        found: Source | None = getattr(slide, kind.value)
        return found
    if slide.text is None or not isinstance(slide.text, str):
        return slide.text
    return slide.text.encode("utf-8", "replace") if slide.text else None


def _read(source: Source, kind: Kind, slide: int | None, key: str, problems: Problems) -> Medium | None:
    if isinstance(source, bytes):
        return Medium(kind=kind, slide=slide, key=key, label=kind.value, data=source)
    path = Path(os.fspath(source))
    try:
        data = _read_file(path)
    except InputError as error:
        problems.add(key, error)
        return None
    return Medium(kind=kind, slide=slide, key=key, label=path.name, data=data)


def _read_file(path: Path) -> bytes:
    if path.is_file():
        return read_bytes(path)
    if path.is_dir():
        raise InputError(f"{str(path)!r} is a folder, not a file")
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1)
    raise InputError(f"no file {str(path)!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
