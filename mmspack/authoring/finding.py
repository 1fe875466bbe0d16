"""The files of a message folder: the `message.toml` that was meant, and files from elsewhere."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from mmspack.authoring.validating import files_of, is_no_name
from mmspack.errors import AuthoringError
from mmspack.message import Message
from mmspack.problem import Place, Problem, Written
from mmspack.words import either

FILE_NAME = "message.toml"


def toml_in(folder: Path) -> Path | None:
    """A folder's `message.toml`; None where there is nothing like it.

    Raises `AuthoringError` for left-overs that were probably meant, such as `message.toml.txt`: the folder
    would be built without them.
    """
    if (folder / FILE_NAME).exists():
        return folder / FILE_NAME
    left = sorted(path.name for path in folder.iterdir() if ".toml" in path.name.lower())
    left = [name for name in left if not name.startswith(".")]
    if not left:
        return None
    named = ", ".join(map(repr, left[:3]))
    cure = f"rename it to {FILE_NAME}" if len(left) == 1 else f"one of them is to be called {FILE_NAME}"
    raise AuthoringError(f"no {FILE_NAME}, but {named}", where=folder, hint=cure)


def outside_files(message: Message, folder: Path) -> list[tuple[Place, Path]]:
    """The files of a message that lie neither in its folder nor in the current one, links followed."""
    roots = [os.path.realpath(folder), os.path.realpath(Path.cwd())]
    return [
        (where, path)
        for where, path in files_of(message)
        if not is_no_name(path) and not any(_is_in(os.path.realpath(path), root) for root in roots)
    ]


def _is_in(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def outside_problems(message: Message, source: Path) -> list[Problem]:
    """A problem for each file from elsewhere that `source`, a folder or a message.toml, names.

    Unless they are allowed: a folder from somebody else must not pack a private file.
    """
    allowing = either("add --allow-outside", "build with allow_outside=True")
    cure = f"copy it into the folder, or {allowing}"
    return [
        Problem(f"{str(path)!r} is outside the message's folder", where, cure)
        for where, path in outside_files(message, _folder_of(source))
    ]


def with_outside(message: Message, source: Path) -> Message:
    """The message with the files from elsewhere noted, which were allowed."""
    found = outside_files(message, _folder_of(source))
    if not found:
        return message
    written = message.written or Written(str(source), {})
    return replace(message, written=replace(written, outside=tuple(str(path) for _, path in found)))


def _folder_of(source: Path) -> Path:
    return source if source.is_dir() else source.parent
