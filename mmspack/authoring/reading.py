"""`message.toml` read: every problem found at once, each with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmspack.authoring.loose import default_layout, from_files, from_folder
from mmspack.authoring.templating import names_text_file, refuse_strays, render_message
from mmspack.errors import AuthoringError, InputError
from mmspack.files import read_bytes
from mmspack.model import Message, Overlay, Slide
from mmspack.problem import Place, Problem
from mmspack.words import nearest

if TYPE_CHECKING:
    from mmspack.authoring.schema import MessageTable, OverlayTable, SlideTable

FILE_NAME = "message.toml"
_MEDIA = ("image", "video", "audio")


def from_source(
    sources: Sequence[Path], values: Mapping[str, object] | None = None
) -> tuple[Message, tuple[Path, ...]]:
    """A message of what a person names: a folder, a `message.toml`, or loose files in order.

    Returns the message with its templates filled in from `values`, and the files of a bare folder
    that were left out. Raises `AuthoringError` or `InputError` with every problem.
    """
    given = dict(values or {})
    left_out: tuple[Path, ...] = ()
    first = sources[0]
    if len(sources) == 1 and first.is_dir():
        if (first / FILE_NAME).is_file():
            return from_toml(first / FILE_NAME, given), ()
        message, left_out = from_folder(first)
    elif len(sources) == 1 and first.suffix.lower() == ".toml":
        return from_toml(first, given), ()
    else:
        message = from_files(sources)
    refuse_strays(message, given)
    return render_message(message, given), left_out


def from_toml(path: Path, values: Mapping[str, object] | None = None) -> Message:
    """The message that a `message.toml` describes; `values` override its `[variables]`.

    Raises `AuthoringError` (exit code 2) or, where nothing but files is missing, `InputError` (3).
    """
    message, variables = read_toml(path)
    refuse_strays(message, values or {}, variables)
    return render_message(message, {**variables, **(values or {})}, where=path)


def read_toml(path: Path) -> tuple[Message, dict[str, object]]:
    """The message with its templates as they are written, and its `[variables]`. Raises as `from_toml`."""
    from mmspack.authoring.schema import problems_of

    data = _parsed(path)
    table, problems = problems_of(data)
    missing = [found for where, name in _files(data) if (found := _absent(path.parent, where, name))]
    if table is None or missing:
        every = [problem.within(path) for problem in (*problems, *missing)]
        raise (AuthoringError if problems else InputError)(problems=every)
    return _message(table, path.parent), dict(table.variables)


def _parsed(path: Path) -> dict[str, Any]:
    data = read_bytes(path, what="message")
    try:
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise AuthoringError(
            f"not UTF-8 (byte {error.start})", where=path, hint="save it as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise AuthoringError(f"not TOML: {error}", where=path) from error


def _files(data: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Every file that the raw table names, with its place; wrong types are for the schema to report."""
    slides = data.get("slides")
    for at, slide in enumerate(slides if isinstance(slides, list) else [], 1):
        if not isinstance(slide, dict):
            continue
        for key in _MEDIA:
            if isinstance(slide.get(key), str):
                yield Place(slide=at, key=key), slide[key]
        overlays = slide.get("overlay")
        for number, overlay in enumerate(overlays if isinstance(overlays, list) else [], 1):
            if isinstance(overlay, dict) and isinstance(overlay.get("font"), str):
                yield Place(slide=at, overlay=number, key="font"), overlay["font"]
        text = slide.get("text")
        if isinstance(text, dict) and isinstance(text.get("file"), str):
            yield Place(slide=at, key="text.file"), text["file"]
        elif isinstance(text, str) and names_text_file(text):
            yield Place(slide=at, key="text"), text
    attachments = data.get("attachments")
    for at, name in enumerate(attachments if isinstance(attachments, list) else [], 1):
        if isinstance(name, str):
            yield Place(attachment=at), name


def _absent(folder: Path, where: Place, name: str) -> Problem | None:
    path = folder / name
    try:
        if path.is_file():
            return None
        siblings = [item.name for item in path.parent.iterdir() if item.is_file()]
    except (OSError, ValueError):
        siblings = []
    near = nearest(path.name, siblings)
    cure = f"did you mean {(Path(name).parent / near).as_posix()!r}?" if near else ""
    return Problem(f"no file {name!r}", where, cure)


def _message(table: MessageTable, folder: Path) -> Message:
    slides = [_slide(slide, folder) for slide in table.slides]
    return Message(
        subject=table.subject,
        slides=tuple(slides),
        layout=table.layout or default_layout(slides),
        attachments=tuple(folder / name for name in table.attachments),
        background=table.background,
        profile=table.profile,
    )


def _slide(table: SlideTable, folder: Path) -> Slide:
    values = table.model_dump(exclude={"text", "focus", "overlay", *_MEDIA})
    text = table.text
    if isinstance(text, str):
        text = folder / text if names_text_file(text) else text
    elif text is not None:
        text = folder / text.file
    media = {key: folder / name for key in _MEDIA if (name := getattr(table, key)) is not None}
    overlay = tuple(_overlay(one, folder) for one in table.overlay)
    slide = Slide(text=text, overlay=overlay, **media, **values)
    return slide if table.focus is None else replace(slide, focus=(table.focus[0], table.focus[1]))


def _overlay(table: OverlayTable, folder: Path) -> Overlay:
    left, top, width, height = table.box
    values = table.model_dump(exclude={"box", "font"})
    font = folder / table.font if table.font is not None else None
    return Overlay(box=(left, top, width, height), font=font, **values)
