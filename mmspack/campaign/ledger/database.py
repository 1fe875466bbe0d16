"""The ledger's file: opened for one writer or for looking, and refused when it is not whole."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from mmspack.errors import InputError, OutputError
from mmspack.words import system_reason

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
            raise InputError(f"{name[:80]!r}: {system_reason(error)}") from None
        if found is not None:
            return found
        if not is_folder:
            raise InputError(f"no campaign {name!r}", hint="create one with `mmspack campaign plan`")
        folder = folder / name
    ledgers = sorted(folder.glob(f"*{SUFFIX}"))
    if len(ledgers) == 1:
        return ledgers[0]
    if not ledgers:
        raise InputError(
            f"no campaign in {folder.resolve()}", hint="name one, or create it with `mmspack campaign plan`"
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
        raise InputError(f"cannot read the campaign: {system_reason(error)}", where=path) from None
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise InputError("not a campaign, or truncated: the file header is invalid", where=path)
    # The page size 1 stands for 65,536 (the database file format, 1.3).
    page = int.from_bytes(head[16:18], "big") or 1
    page = 65_536 if page == 1 else page
    pages, version = int.from_bytes(head[28:32], "big"), int.from_bytes(head[60:64], "big")
    if int.from_bytes(head[68:72], "big") != APPLICATION:
        raise InputError("a database, but not an mmspack campaign", where=path)
    if version > VERSION:
        raise InputError(
            f"written by a newer mmspack (file version {version}; this one reads {VERSION})",
            where=path,
            hint="update mmspack",
        )
    if size < page * pages:
        raise InputError(f"truncated: only {size:,} of {page * pages:,} bytes", where=path)


def prove_sound(path: Path, db: sqlite3.Connection) -> None:
    """Refuse a file whose pages contradict each other. Raises `InputError`."""
    with told(path):
        (verdict,) = db.execute("pragma quick_check(1)").fetchone()
    if verdict != "ok":
        raise InputError("the campaign's file is damaged", where=path, hint="restore it from a backup")


_REFUSALS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space, then run it again"),
    sqlite3.SQLITE_READONLY: ("cannot be written", ""),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", ""),
    sqlite3.SQLITE_IOERR: ("the disk reports an error", "run it again later: nothing is sent twice"),
    sqlite3.SQLITE_BUSY: ("is in use by another process", ""),
    sqlite3.SQLITE_LOCKED: ("is in use by another process", ""),
}
"""By SQLite's primary result code: what is wrong, and the cure."""


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into one line each."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte of an extended code is the primary one (https://sqlite.org/rescode.html).
        refusal = _REFUSALS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if refusal is None:
            raise InputError(f"the campaign's file is damaged: {str(error).lower()}", where=path) from error
        raise OutputError(refusal[0], where=path, hint=refusal[1]) from error
