"""Watch mode: every save rebuilds the page, and problems are shown in place of the picture."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmspack.errors import MmspackError
from mmspack.message import Message
from mmspack.previewing.rendering import page, trouble_page
from mmspack.previewing.serving import Document
from mmspack.previewing.view import View

_QUIET_MS = 60
"""How long files must rest before a build: editors write in several steps."""
_LONGEST_MS = 400
MAX_FOLDERS = 64
"""Folders below the message's own that are watched."""


@dataclass(frozen=True, slots=True)
class Made:
    """A view, its source files, and the zip where there is one."""

    view: View
    files: tuple[Path, ...] = ()
    bundle: bytes = field(default=b"", repr=False)


Maker = Callable[[], Made]
Stamp = dict[Path, tuple[int, int]]


class Workbench:
    """Builds on demand and keeps the `document` that is served. `make` may raise `MmspackError`.

    `sheet` sets the approval sheet. `folder` is the message's own and `files` what is read from it before
    anything else.
    """

    def __init__(
        self,
        make: Maker,
        *,
        name: str,
        folder: Path,
        files: Iterable[Path],
        theme: str = "auto",
        sheet: Callable[[View], bytes] | None = None,
    ) -> None:
        self._make = make
        self._name = name
        self._folder = folder
        self._theme = theme
        self._sheet = sheet
        self._built = 0
        self._files = tuple(files)
        self._stamp: Stamp = {}
        self.folders: frozenset[Path] = frozenset(below(folder))
        self.problem = ""
        """What prevented the last build; empty after success."""
        self.document = Document()

    def rebuild(self) -> None:
        """Rebuild the page. Whatever happens, there is a page afterwards."""
        self._built += 1
        self._stamp = before = stamp_of(self._files)
        version = str(self._built)
        bundle, sheet = b"", None
        try:
            made = self._make()
            html = page(made.view, theme=self._theme, version=version)
            bundle, sheet = made.bundle, self._sheet and functools.partial(self._sheet, made.view)
            self._files = made.files
            self._stamp = {file: before.get(file, now) for file, now in stamp_of(made.files).items()}
            self.folders = frozenset(below(self._folder) | folders_of(made.files))
            self.problem = ""
        except MmspackError as error:
            self.problem = str(error)
            html = self._trouble(error.lines, error.shared_hint, version)
        except Exception as error:  # noqa: BLE001 - a fault of our own must not leave a dead page
            self.problem = f"{type(error).__name__}: {error}"
            html = self._trouble((self.problem,), "this is a bug in mmspack; please report it", version)
        self.document.bundle, self.document.sheet = bundle, sheet
        self.document.html = html
        self.document.version = version

    @property
    def is_stale(self) -> bool:
        """True when a file has changed since the build, although no event arrived."""
        return stamp_of(self._files) != self._stamp

    def _trouble(self, problems: Sequence[str], hint: str, version: str) -> str:
        return trouble_page(self._name, problems, hint, theme=self._theme, version=version)


def watch(
    bench: Workbench, *, stop: threading.Event | None = None, told: Callable[[], None] = lambda: None
) -> None:
    """Rebuild on every change below the bench's folders until `stop`; `told` is called after each build.

    Raises `KeyboardInterrupt` as the terminal does.
    """
    import watchfiles

    stop = stop or threading.Event()
    while not stop.is_set():
        folders = bench.folders
        changes = watchfiles.watch(
            *sorted(folders),
            stop_event=stop,
            step=_QUIET_MS,
            debounce=_LONGEST_MS,
            rust_timeout=500,
            yield_on_timeout=True,
            raise_interrupt=True,
            recursive=False,
            ignore_permission_denied=True,
        )
        for changed in changes:
            # There are no events for saves before the watch started, nor on some network file systems.
            if changed or bench.is_stale:
                bench.rebuild()
                told()
            if bench.folders != folders:
                break


def files_of(message: Message) -> tuple[Path, ...]:
    """The source files of a message."""
    sources = [getattr(slide, key) for slide in message.slides for key in ("image", "video", "audio", "text")]
    return tuple(source for source in (*sources, *message.attachments) if isinstance(source, Path))


def stamp_of(files: Iterable[Path]) -> Stamp:
    """When each file was changed and its size; zeros for what is not there."""
    return {file: (stat.st_mtime_ns, stat.st_size) if (stat := _stat(file)) else (0, 0) for file in files}


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None


def folders_of(files: Iterable[Path]) -> set[Path]:
    """The folders in which files lie; a folder counts as itself."""
    return {file if file.is_dir() else file.parent for file in (file.resolve() for file in files)}


def below(folder: Path) -> set[Path]:
    """A folder and the folders in it, at most `MAX_FOLDERS`, hidden ones left out."""
    found = [folder.resolve()]
    for current in found:
        if len(found) >= MAX_FOLDERS:
            break
        found += sorted(
            entry
            for entry in current.iterdir()
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith(".")
        )
    return set(found[:MAX_FOLDERS])
