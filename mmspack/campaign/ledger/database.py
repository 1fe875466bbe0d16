"""The ledger's file: opened for one writer or for looking, and refused when it is not whole."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from pathlib import Path

from mmspack.errors import InputError, MmspackError, OutputError, UsageError
from mmspack.words import system_reason

VERSION = 2
"""Version of the file's shape. Version 1 had no seals and is brought up to date; a newer one is refused."""
UNSEALED_VERSION = 1
APPLICATION = 0x6D6D7370
"""`mmsp`: marks the file as ours."""
SUFFIX = ".campaign"
_CACHE_KIB = 65_536
SCHEMA = """
create table recipients (
    row integer primary key,
    msisdn integer not null unique,
    state integer not null,
    zone integer not null,
    due integer not null default 0,
    tries integer not null default 0,
    digest blob not null,
    fields text not null,
    seal blob not null,
    state_seal blob not null
) strict;
create table outcomes (
    row integer primary key,
    at integer not null,
    code integer,
    id text,
    sha256 blob,
    why text
) strict;
create table zones (zone integer primary key, names text not null unique, seal blob not null) strict;
create table suppressed (msisdn integer primary key, seal blob not null) strict;
create table settings (name text primary key, value text not null, seal blob not null) strict;
create table shards (first integer primary key, media text not null, seal blob not null) strict;
create table base (name text primary key, data blob not null, seal blob not null) strict;
create table blocks (
    block integer primary key, rows blob not null, total blob not null, seal blob not null
) strict;
create table progress (
    id integer primary key, step integer not null, lists blob not null, seal blob not null
) strict;
"""
DAMAGED = "the campaign's file is damaged"
BACKUP_HINT = "nothing was sent; restore it from a backup: one that is older than the last run is refused"
QUEUE = "create index if not exists queue on recipients (zone, due, row) where state = 3"
"""Who waits: 3 is State.BUILT. A partial index serves only a query with its own predicate, word for word."""
UNSEALED_SCHEMA = """
create table recipients (
    row integer primary key,
    msisdn integer not null unique,
    state integer not null,
    zone integer not null,
    due integer not null default 0,
    tries integer not null default 0,
    digest blob not null,
    fields text not null
) strict;
create table outcomes (
    row integer primary key,
    at integer not null,
    code integer,
    id text,
    sha256 blob,
    why text
) strict;
create table zones (zone integer primary key, names text not null unique) strict;
create table suppressed (msisdn integer primary key) strict;
create table settings (name text primary key, value text not null) strict;
create table shards (first integer primary key, media text not null) strict;
create table base (name text primary key, data blob not null) strict;
"""
"""Of version 1."""
LISTS = {
    "settings": ("name", "value"),
    "base": ("name", "data"),
    "zones": ("zone", "names"),
    "shards": ("first", "media"),
    "suppressed": ("msisdn",),
}
"""The small tables: their columns, without the seal."""


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
            raise UsageError(f"no campaign {name!r}", hint="create one with `mmspack campaign plan`")
        folder = folder / name
    ledgers = sorted(folder.glob(f"*{SUFFIX}"))
    if len(ledgers) == 1:
        return ledgers[0]
    if not ledgers:
        raise UsageError(
            f"no campaign in {folder.resolve()}", hint="name one, or create it with `mmspack campaign plan`"
        )
    raise UsageError(
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


def prove_file(path: Path, *, whole: bool = True) -> int:
    """Refuse what is missing, of another program, from a newer version, or (if `whole`) cut off.

    Returns the version of its shape.
    """
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
    if not version:
        raise InputError(f"{DAMAGED}: it has no version", where=path, hint=BACKUP_HINT)
    if version > VERSION:
        raise InputError(
            f"written by a newer mmspack (file version {version}; this one reads {VERSION})",
            where=path,
            hint="update mmspack",
        )
    # A sender that is killed while SQLite copies the -wal file into this one leaves it short.
    if whole and size < page * pages and not _has_wal(path):
        raise InputError(f"truncated: only {size:,} of {page * pages:,} bytes", where=path, hint=BACKUP_HINT)
    return version


def _has_wal(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except OSError:
        return False


def new_database(path: Path) -> sqlite3.Connection:
    """A new file with the tables of a ledger, readable for its owner alone. Raises `OutputError`."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise OutputError(f"cannot write: {system_reason(error)}", where=path) from None
    db = connected(path, write=True)
    with told(path):
        db.executescript(SCHEMA)
        db.execute(f"pragma application_id = {APPLICATION}")
        db.execute(f"pragma user_version = {VERSION}")
    return db


def protect(path: Path) -> None:
    """Let nobody but the owner read the file and what SQLite keeps beside it, wherever it was copied from."""
    for one in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with contextlib.suppress(OSError):  # of another owner, or not there
            if one.stat().st_mode & 0o077:
                one.chmod(0o600)


@functools.cache  # three schemas, and a millisecond each: a fifth of opening a small ledger
def tables_of(schema: str) -> set[tuple[str, str, str | None]]:
    """The tables and indexes that a schema makes, as SQLite describes them."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(schema)
        db.execute(QUEUE)
        return described(db)


def described(db: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    """The tables and indexes of a file."""
    return set(db.execute("select type, name, sql from sqlite_master"))


_REFUSALS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space, then run it again"),
    sqlite3.SQLITE_READONLY: ("cannot be written", ""),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", ""),
    sqlite3.SQLITE_IOERR: ("the disk reports an error", "run it again later: nothing is sent twice"),
    sqlite3.SQLITE_BUSY: ("is in use by another process", ""),
    sqlite3.SQLITE_LOCKED: ("is in use by another process", ""),
}
"""By SQLite's primary result code: what is wrong, and the cure."""
UNREADABLE = (sqlite3.Error, UnicodeError)
"""What reading a damaged file raises: Python cannot decode each message of SQLite's that quotes it."""


class told:
    """Turns the errors of SQLite into one line each. A class, since it stands around every statement."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, UNREADABLE):
            raise said(self._path, error) from error


def said(path: Path, error: Exception) -> MmspackError:
    """An error of SQLite in one line. Its own words may quote what is in the file, and are not repeated."""
    # The low byte of an extended code is the primary one (https://sqlite.org/rescode.html).
    if isinstance(error, sqlite3.ProgrammingError) and not hasattr(error, "sqlite_errorcode"):
        what = "the ledger is closed, or was opened in another thread"
        return UsageError(what, where=path, hint="use it within its with block, in the thread that opened it")
    refusal = _REFUSALS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if refusal is None:
        return InputError(DAMAGED, where=path, hint=BACKUP_HINT)
    return OutputError(refusal[0], where=path, hint=refusal[1])
