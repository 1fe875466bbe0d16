"""A ledger written again into a new file: brought up to date, or saved from a damaged one.

The new file takes the old one's place at once. Nothing is written to a damaged file; it is kept beside the
new one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from mmspack.campaign.ledger.damage import (
    FULL_ROW,
    LOST,
    NAMED,
    Damage,
    Standing,
    is_sealed,
    key_of,
    pages_agree,
    standings,
)
from mmspack.campaign.ledger.database import (
    BACKUP_HINT,
    DAMAGED,
    LISTS,
    QUEUE,
    UNREADABLE,
    UNSEALED_SCHEMA,
    described,
    new_database,
    said,
    tables_of,
    told,
)
from mmspack.campaign.ledger.seals import (
    BLOCK_ROWS,
    NO_DIGEST,
    UNSEALED,
    Seals,
    bit_of,
    bits_as_bytes,
    joined,
)
from mmspack.campaign.ledger.states import OPEN, State
from mmspack.errors import InputError, OutputError
from mmspack.problem import Place, Problem
from mmspack.words import system_reason

_UNKNOWN = "the campaign's file was damaged: {}; the message may have been sent"
_INSERT = """
insert into recipients values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (msisdn) do nothing
"""
_INSERT_OUTCOME = "insert into outcomes values (?, ?, ?, ?, ?, ?)"


def save(part: Path, db: sqlite3.Connection, damage: Damage, *, step: int) -> None:
    """Write into the new file `part` what a damaged ledger still holds; all that is in doubt is held in it.

    `damage` is what was found in it, `step` the last one that anybody knows of. Raises `OutputError`.
    """
    seals = Seals(key_of(db))
    lists = {table: list(_readable_list(db, seals, table)) for table in LISTS}
    numbers = _numbers_in_index(db)
    with _new_file(part) as new:
        rows = (
            _kept(one, damage, number=numbers.get(one.row))
            for one in _sound_first(standings(db, seals, Damage()))
        )
        _fill(new, seals, rows, lists, step + 1)


def save_unsealed(path: Path, part: Path, db: sqlite3.Connection, damage: Damage, *, step: int) -> None:
    """Write a ledger of version 1 into the new file `part`, with seals.

    Raises `InputError` where a row contradicts itself. `prove_unsealed` comes before.
    """
    seals = Seals(key_of(db))
    with told(path), _new_file(part) as new:
        lists = {
            table: list(db.execute(f"select {', '.join(names)} from {table}"))  # noqa: S608 - our own names
            for table, names in LISTS.items()
        }
        each = db.execute(FULL_ROW.replace("seal, state_seal,", "x'', x'',"))
        rows = (_kept(_as_it_was(path, values), damage) for values in each)
        _fill(new, seals, rows, lists, step + 1)


def take_place(path: Path, part: Path) -> None:
    """Let the new file take the place of one that has nothing in a -wal file."""
    part.replace(path)
    _sync_folder(path)


def take_place_of_damaged(path: Path, part: Path) -> Path:
    """Let the new file take the place of a damaged one, which is kept under the name that is returned.

    Raises `OutputError`. Where the machine dies in between, the file that is then there is older than the
    last step, which this machine remembers.
    """
    kept = _free_name(path)
    try:
        for end in ("", "-wal"):
            source = path.with_name(f"{path.name}{end}")
            if source.exists():
                _twin(source, kept.with_name(f"{kept.name}{end}"))
        for end in ("-wal", "-shm"):  # SQLite would play them into the new file
            path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
        _sync_folder(path)
    except OSError as error:
        raise OutputError(f"cannot write: {system_reason(error)}", where=kept) from None
    take_place(path, part)
    return kept


def prove_unsealed(path: Path, db: sqlite3.Connection, place: Callable[[int], str]) -> None:
    """Refuse a ledger of version 1 whose pages and indexes do not agree: they are all that vouches for it.

    Raises `InputError`, naming the rows where `place` says that they are.
    """
    cure = (
        "nothing was sent; the file has no checksums yet, so it is unknown what else has changed: "
        "restore it from a backup made after the last run"
    )
    try:
        is_one = described(db) == tables_of(UNSEALED_SCHEMA)
    except UNREADABLE as error:
        raise said(path, error) from error
    if not is_one:
        raise InputError(f"{DAMAGED}: its tables are not those of a campaign", where=path, hint=cure)
    if not pages_agree(db):
        what = "its number is not the one in the index"
        rows = (Place(file=str(path), name=place(row)) for row in _unlike_their_index(db)[:NAMED])
        problems = [
            Problem(DAMAGED, Place(file=str(path)), cure),
            *(Problem(what, row, cure) for row in rows),
        ]
        raise InputError(problems=problems)
    if not key_of(db):
        raise InputError(f"{DAMAGED}: its key cannot be read", where=path, hint=cure)


def _unlike_their_index(db: sqlite3.Connection) -> list[int]:
    """The rows whose number in the table and in the index of numbers differ."""
    query = "select row, msisdn from recipients {}"
    try:
        one = set(db.execute(query.format("not indexed")))
        other = set(db.execute(query.format("indexed by sqlite_autoindex_recipients_1 where msisdn > -1")))
    except UNREADABLE:
        return []
    return sorted({row for row, _ in one ^ other})


def _as_it_was(path: Path, values: tuple[Any, ...]) -> Standing:
    """A row of version 1, if it makes sense. Raises `InputError`."""
    row, _, state, _, _, _, _, fields, _, _, at, *_ = values
    try:
        makes_sense = (at is None) == (State(state) in (*OPEN, State.SUPPRESSED))
        json.loads(fields)
    except ValueError:
        makes_sense = False
    if not makes_sense:
        raise InputError(f"{DAMAGED}: row {row} contradicts itself", where=path, hint=BACKUP_HINT)
    return Standing(row, values)


def _kept(one: Standing, damage: Damage, *, number: int | None = None) -> tuple[Any, ...]:
    """A row as it goes into the new file: held where it is in doubt, never to be sent where its message is.

    `number` is the one that the index of numbers has for the row.
    """
    if one.values is None:
        return _held(one.row, -one.row, 0, "[]", NO_DIGEST, 0, LOST)
    row, msisdn, state, zone, due, tries, digest, fields, *_, at, code, name, sha256, why = one.values
    if not (one.has_identity and one.has_digest):
        digest = NO_DIGEST
    if not one.has_identity:
        # Of two copies in different pages that agree, neither is damaged; one alone may be.
        msisdn, fields, zone = msisdn if msisdn == number else -row, "[]", 0
    if not one.has_state:
        return _held(row, msisdn, zone, fields, digest, 0, one.fault)
    if state in OPEN and not one.has_identity:
        return _held(row, msisdn, zone, fields, digest, tries, one.fault)
    if state in OPEN and damage.is_open(row):
        stale = damage.stale or "rows near it were lost or out of date"
        return _held(row, msisdn, zone, fields, digest, tries, stale)
    return (row, msisdn, state, zone, due, tries, digest, fields, at, code, name, sha256, why)


def _held(
    row: int, msisdn: int, zone: int, fields: str, digest: bytes, tries: int, why: str
) -> tuple[Any, ...]:
    told = (int(time.time()), None, None, None, _UNKNOWN.format(why))
    return (row, msisdn, int(State.HELD), zone, 0, tries, digest, fields, *told)


def _sound_first(found: Iterable[Standing]) -> Iterator[Standing]:
    """The sound rows, and then the others, whose numbers must give way to theirs."""
    doubtful = []
    for one in found:
        if one.fault and not one.is_foreign:
            doubtful.append(one)
        elif not one.fault:
            yield one
    yield from doubtful


def _numbers_in_index(db: sqlite3.Connection) -> dict[int, int]:
    """The number of each row as the index of numbers has it: the index is stored in other pages."""
    query = "select row, msisdn from recipients indexed by sqlite_autoindex_recipients_1 where msisdn > 0"
    found: dict[int, int] = {}
    try:
        for row, msisdn in db.execute(query):
            found[row] = msisdn if row not in found else 0
    except UNREADABLE:
        pass  # what the index said before its broken page still counts
    return found


def _readable_list(db: sqlite3.Connection, seals: Seals, table: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a small table that are sound."""
    try:
        for entry in db.execute(f"select {', '.join(LISTS[table])}, seal from {table}"):  # noqa: S608
            if is_sealed(seals, table, entry):
                yield entry[:-1]
    except UNREADABLE:
        return


@contextlib.contextmanager
def _new_file(part: Path) -> Iterator[sqlite3.Connection]:
    """An empty ledger, in its one file when this ends; nothing is left of it where that fails."""
    for name in (part.name, f"{part.name}-wal", f"{part.name}-shm"):
        part.with_name(name).unlink(missing_ok=True)
    db = new_database(part)
    try:
        with told(part):
            yield db
            db.commit()
            db.execute("pragma wal_checkpoint(truncate)")
        db.close()
    except BaseException:
        db.close()
        part.unlink(missing_ok=True)
        raise


def _fill(
    new: sqlite3.Connection, seals: Seals, rows: Iterable[tuple[Any, ...]],
    lists: dict[str, list[tuple[Any, ...]]], step: int,
) -> None:  # fmt: skip
    """Write everything with fresh seals."""
    total = UNSEALED
    for table, entries in lists.items():
        for values in entries:
            seal = seals.entry(table, *values)
            total = joined(total, seal)
            marks = ", ".join("?" * (len(values) + 1))
            new.execute(f"insert into {table} values ({marks})", (*values, seal))  # noqa: S608 - our own names
    blocks: dict[int, tuple[int, bytes]] = {}
    for row, msisdn, state, zone, due, tries, digest, fields, *outcome in rows:
        known: Any = None if outcome[0] is None else tuple(outcome)
        state_seal = UNSEALED
        if state != State.PLANNED:
            state_seal = seals.state(row, state, due, tries, digest, known)
        for its_number in (msisdn, -row):  # a number that came from a damaged index may be another row's
            seal = seals.identity(row, its_number, zone, fields)
            values = (row, its_number, state, zone, due, tries, digest, fields, seal, state_seal)
            if new.execute(_INSERT, values).rowcount:
                break
        if known is not None:
            new.execute(_INSERT_OUTCOME, (row, *known))
        bits, its_total = blocks.get(row // BLOCK_ROWS, (0, UNSEALED))
        blocks[row // BLOCK_ROWS] = (bits | bit_of(row), joined(its_total, state_seal))
    for block, (bits, its_total) in blocks.items():
        entry = (block, bits_as_bytes(bits), its_total)
        new.execute("insert into blocks values (?, ?, ?, ?)", (*entry, seals.entry("blocks", *entry)))
    new.execute(
        "insert into progress values (0, ?, ?, ?)", (step, total, seals.entry("progress", step, total))
    )
    new.execute(QUEUE)


def _free_name(path: Path) -> Path:
    at = 1
    while (kept := path.with_name(f"{path.name}.damaged-{at}")).exists():
        at += 1
    return kept


def _twin(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
        target.chmod(0o600)


def _sync_folder(path: Path) -> None:
    with contextlib.suppress(OSError):  # Windows cannot open a folder
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
