"""Loose files in order made into a message: a picture and the text after it share a slide."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mmspack.arguments import shown
from mmspack.errors import AuthoringError, InputError, MmspackError, raise_all
from mmspack.files import absent
from mmspack.media.formats import by_ending, several
from mmspack.message import Message, Slide
from mmspack.model import Kind
from mmspack.problem import Problem


def kind_of(path: Path) -> Kind | None:
    """What a file becomes by its name's ending, or None; what is inside is looked at when it is fitted."""
    row = by_ending(path.suffix)
    return row.kind if row is not None and row.taken else None


Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def paths_of(given: Paths) -> list[Path]:
    """One path, or several. Raises `AuthoringError` for what is not a path."""
    several_given = [given] if isinstance(given, str | os.PathLike) else given
    if not isinstance(several_given, Iterable):
        raise AuthoringError(f"expected a path, found {shown(given)}")
    paths = list(several_given)
    if wrong := [one for one in paths if not isinstance(one, str | os.PathLike)]:
        raise AuthoringError(f"expected a path, found {shown(wrong[0])}")
    return [Path(one) for one in paths]


def from_files(paths: Paths, *, subject: str = "", layout: str | None = None) -> Message:
    """A message of loose files in the order given.

    A medium opens a new slide where the current one already has its kind, or where a picture would
    follow a text. Raises `InputError` for missing files, `AuthoringError` for kinds that no part can
    have; all of them at once.
    """
    problems: list[MmspackError] = []
    slides: list[Slide] = []
    attachments: list[Path] = []
    for path in paths_of(paths):
        kind = kind_of(path)
        if path.is_dir():
            problems.append(AuthoringError(_not_taken(path), where=path, hint=_cure(path)))
        elif not path.is_file():
            problems.append(InputError(problems=[absent(path) or Problem(f"no file {str(path)!r}")]))
        elif kind is None:
            problems.append(AuthoringError(_not_taken(path), where=path, hint=_cure(path)))
        elif kind is Kind.ATTACHMENT:
            attachments.append(path)
        elif slides and _joins(slides[-1], kind):
            slides[-1] = _with(slides[-1], kind, path)
        else:
            slides.append(_with(Slide(), kind, path))
    raise_all(problems)
    if not slides and not attachments:
        raise AuthoringError("there is nothing to build", hint="name pictures and texts, or a message.toml")
    for path in attachments if not slides else ():
        if (row := by_ending(path.suffix)) and row.cure:
            what = f"{several(row)} alone are not a message: a phone shows nothing of it"
            raise AuthoringError(what, where=path, hint=row.cure)
    return Message(slides=slides, subject=subject, layout=layout, attachments=attachments)


def from_folder(folder: Path) -> tuple[Message, tuple[Path, ...]]:
    """A message of a folder's files in natural order of their names, and the files that were left out."""
    files = sorted((path for path in folder.iterdir() if not path.is_dir()), key=_natural)
    # Word keeps "~$hello.txt" while a text is open in it.
    files = [path for path in files if not path.name.startswith((".", "~$"))]
    # A device, a pipe or a link that leads nowhere is listed with what was left out.
    used = [path for path in files if path.is_file() and kind_of(path)]
    if not used:
        raise AuthoringError(
            "no message.toml and no pictures or texts",
            where=folder,
            hint="write a message.toml, or name the files",
        )
    taken = set(used)
    return from_files(used), tuple(path for path in files if path not in taken)


def _not_taken(path: Path) -> str:
    row = by_ending(path.suffix)
    if path.is_dir():
        return "is a folder among files"
    if row is None:
        return f"unknown file type {path.suffix!r}" if path.suffix else "its name has no ending"
    return f"{several(row)} cannot be sent"


def _cure(path: Path) -> str:
    row = by_ending(path.suffix)
    if path.is_dir():
        return "name its files, or build it alone"
    if row is not None and row.cure:
        return row.cure
    return "a picture, a text as .txt, a sound or a video can be sent"


def _with(slide: Slide, kind: Kind, path: Path) -> Slide:
    match kind:
        case Kind.IMAGE:
            return replace(slide, image=path)
        case Kind.VIDEO:
            return replace(slide, video=path)
        case Kind.AUDIO:
            return replace(slide, audio=path)
        case _:
            return replace(slide, text=path)


def _joins(slide: Slide, kind: Kind) -> bool:
    if kind is Kind.TEXT:
        return slide.text is None
    if kind is Kind.AUDIO:
        return slide.audio is None and slide.video is None
    return slide.image is None and slide.video is None and slide.audio is None and slide.text is None


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """Sort key that puts `2.jpg` before `10.jpg`."""
    pieces = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(piece)) if piece.isdecimal() else (1, piece) for piece in pieces]
