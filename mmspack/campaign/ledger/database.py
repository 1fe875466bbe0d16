"""The ledger's file: opened for one writer or for looking, and refused when it is not whole."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from mmspack.errors import InputError, MmspackError, OutputError

VERSION = 1
"""Version of the file's shape; a newer one is refused."""
APPLICATION = 0x6D6D7370
"""`mmsp`: marks the file as ours."""
SUFFIX = ".campaign"
_CACHE_KIB = 65_536


def find_campaign(name: str = "", folder: Path = Path()) -> Path:
    """The ledger of that name, path or folder; without one, the only one in `folder`. Raises `InputError`."""
    if name:
        named = [folder / name, folder / f"{name}{SUFFIX}"]
        try:
            found = next((path for path in named if path.is_file()), None)
            is_folder = (folder / name).is_dir()
        except OSError as error:  # such as a name that is too long
            raise InputError(f"{name[:80]!r}: {(error.strerror or str(error)).lower()}") from None
        if found is not None:
            return found
        if not is_folder:
            raise InputError(f"no campaign {name!r}", hint="`mmspack campaign plan` makes one")
        folder = folder / name
    ledgers = sorted(folder.glob(f"*{SUFFIX}"))
    if len(ledgers) == 1:
        return ledgers[0]
    if not ledgers:
        raise InputError(
            f"no campaign in {folder.resolve()}", hint="name one, or plan it: mmspack campaign plan"
        )
    raise InputError(
        f"several campaigns in {folder.resolve()}", hint=f"name one: {', '.join(p.stem for p in ledgers)}"
    )


def connected(path: Path, *, write: bool) -> sqlite3.Connection:
    """A connection: one to write with, or one that can only read."""
    with told(path):
        if not write:
            db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
            db.execute("pragma query_only = 1")
            return db
        db = sqlite3.connect(path, timeout=10, isolation_level="DEFERRED", check_same_thread=False)
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        db.execute(f"pragma cache_size = -{_CACHE_KIB}")
        db.execute("pragma secure_delete = fast")
        return db


def prove_file(path: Path) -> None:
    """Refuse what is missing, of another program, from a newer version, or cut off."""
    try:
        with path.open("rb") as stream:
            head = stream.read(100)
        size = path.stat().st_size
    except OSError as error:
        raise InputError(
            f"{path}: cannot read the campaign: {(error.strerror or str(error)).lower()}"
        ) from None
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise InputError(f"{path}: not a campaign, or cut off: it has no sound header")
    # The page size 1 stands for 65,536 (the database file format, 1.3).
    page = int.from_bytes(head[16:18], "big") or 1
    page = 65_536 if page == 1 else page
    pages, version = int.from_bytes(head[28:32], "big"), int.from_bytes(head[60:64], "big")
    if int.from_bytes(head[68:72], "big") != APPLICATION:
        raise InputError(f"{path}: a database, but no campaign of mmspack")
    if version > VERSION:
        raise InputError(
            f"{path}: written by a newer mmspack (version {version} of the file, this one reads {VERSION})",
            hint="update mmspack",
        )
    if size < page * pages:
        raise InputError(f"{path}: cut off: {size:,} bytes of {page * pages:,} are there")


def prove_sound(path: Path, db: sqlite3.Connection) -> None:
    """Refuse a file whose pages contradict each other. Raises `InputError`."""
    with told(path):
        (verdict,) = db.execute("pragma quick_check(1)").fetchone()
    if verdict != "ok":
        raise InputError(f"{path}: the campaign's file is damaged", hint="take it from a backup")


_WORDS: tuple[tuple[str, Callable[[str], MmspackError]], ...] = (
    ("full", lambda where: OutputError(f"{where}: the disk is full", hint="make room; then run it again")),
    ("readonly", lambda where: OutputError(f"{where}: cannot be written")),
    ("unable to open", lambda where: OutputError(f"{where}: cannot be opened")),
    (
        "i/o",
        lambda where: OutputError(
            f"{where}: the disk fails", hint="then run it again: nothing is sent twice"
        ),
    ),
    ("locked", lambda where: OutputError(f"{where}: another process writes to it")),
)


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into one line each."""
    try:
        yield
    except sqlite3.Error as error:
        words = str(error).lower()
        for word, make in _WORDS:
            if word in words:
                raise make(str(path)) from error
        raise InputError(f"{path}: the campaign's file is damaged: {words}") from error
