"""A bar on a terminal while videos and sounds are re-encoded: that takes seconds, not milliseconds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mmspack.cli.shell import console, shows_progress
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.film.progress import Progress
    from mmspack.message import Message

_SEARCHING = "Looking for what fits"
_BAR = 24
"""Columns of the bar: with the words it fits into 60."""


@contextlib.contextmanager
def encoding(message: Message) -> Iterator[Progress | None]:
    """What a build may report its progress to; nothing for a message without clips, or in a pipe."""
    clips = sum(slide.video is not None or slide.audio is not None for slide in message.slides)
    if not clips:
        yield None
        return
    with bar(f"Fitting {count(clips, 'clip')}") as progress:
        yield progress


@contextlib.contextmanager
def bar(words: str) -> Iterator[Progress | None]:
    """A bar that appears with the first report, and is gone in the end; nothing in a pipe."""
    if not shows_progress():
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(_BAR), TaskProgressColumn(), TimeElapsedColumn())
    shown = Progress(*columns, console=console(stderr=True), transient=True)
    task = shown.add_task(words, total=None)

    class Reporter:
        def __call__(self, done: int, total: int) -> None:
            shown.start()
            shown.update(task, completed=done, total=total)

        def searching(self) -> None:
            shown.update(task, description=_SEARCHING)

    try:
        yield Reporter()
    finally:
        shown.stop()
