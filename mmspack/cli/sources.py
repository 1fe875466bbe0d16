"""A bundle as a command is given it: a file, or a message folder that is built on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mmspack.cli import options

if TYPE_CHECKING:
    from mmspack.message import Message
    from mmspack.pipeline import Build
    from mmspack.recipe import Recipe


@dataclass(frozen=True, slots=True)
class BuiltSource:
    """A message and what it was built to."""

    message: Message
    build: Build


def is_message(path: Path) -> bool:
    """Whether a path is that of a message to build: a message.toml, or a folder with one."""
    return path.suffix.lower() == ".toml" or (path / "message.toml").is_file()


def built_in_memory(path: Path, recipe: Recipe, *, allow_outside: bool = False) -> BuiltSource:
    """A message folder, or its message.toml, built and not checked. Raises what a build raises."""
    from mmspack.authoring import from_source
    from mmspack.cli.clip_progress import encoding
    from mmspack.pipeline import build

    message, _ = from_source([path], allow_outside=options.outside_allowed(allow_outside))
    with encoding(message) as progress:
        return BuiltSource(message, build(message, recipe=recipe, check=False, progress=progress))
