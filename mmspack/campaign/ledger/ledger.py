"""A campaign's ledger: one SQLite file, one writer, every reservation on the disk before it is used.

WAL with `synchronous = FULL`, since WAL with NORMAL can lose a committed reservation when the power goes.
One connection writes, held by a lease; others may only read. The file holds phone numbers and the
recipients' own columns: it is made readable for its owner alone.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from mmspack.campaign.ledger.database import QUEUE, connected, new_database, prove_file, said, told
from mmspack.campaign.ledger.lease import Lease
from mmspack.campaign.ledger.opening import LedgerOpening, opened, prove_sound
from mmspack.campaign.ledger.reading import LedgerReading
from mmspack.campaign.ledger.sealed_file import Move, RowStep
from mmspack.campaign.ledger.seals import BLOCK_ROWS, NO_DIGEST, UNSEALED, Seals, bit_of, number_of
from mmspack.campaign.ledger.states import (
    Recipient,
    Settled,
    State,
    StateEvent,
    after,
    sources,
)
from mmspack.campaign.ledger.witness import Machine, Witness, state_folder
from mmspack.errors import InputError, OutputError
from mmspack.words import either, printable

BATCH = 32
"""Recipients of one reservation: 32 make one fsync cheap, and hold few when the machine dies."""
_PLANNED = int(State.PLANNED)
_PLAN = "insert into recipients values (?, ?, ?, ?, 0, 0, ?, ?, ?, ?) on conflict (msisdn) do nothing"
_TAKE = """
select row, msisdn, zone, digest, fields, tries, due, seal, state_seal from recipients
where state = 3 and zone = ? and due <= ? and row <= ? order by due, row limit ?
"""
_BEYOND = "select row from recipients where state = 3 and due > ?"
_BUILD = "update recipients set state = ?, digest = ?, state_seal = ? where row = ? and state = ?"
_RESERVE = "update recipients set state = ?, state_seal = ? where row = ?"
_BACK = {StateEvent.RETURN, StateEvent.RESEND, StateEvent.PROVE_NOT_SENT}
"""Events after which a recipient waits again, and has no outcome."""
_json = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` makes one for each call
_read = json.JSONDecoder().raw_decode  # `json.loads` looks for marks and blanks, which we do not write


class Ledger(LedgerReading):
    """An open ledger. Create or open one with the class methods; close it, or use it in a `with`.

    Methods raise `OutputError` where the disk is full or the file cannot be written, and `InputError` where
    the file is damaged.
    """

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        lease: Lease | None = None,
        *,
        found: LedgerOpening | None = None,
        witness: Witness | None = None,
    ) -> None:
        super().__init__(path, db, witness)
        self.found = found or LedgerOpening()
        """What opening it came to."""
        self._lease = lease

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, object]) -> Self:
        """A new ledger. Raises `OutputError` where the file already exists or cannot be written.

        The seals are made with the campaign's `key` of the settings, in hexadecimal, or with one of their
        own.
        """
        if path.exists():
            raise OutputError(
                "a campaign of that name already exists",
                where=path,
                hint=f"choose another {either('--name', 'name')}",
            )
        lease = Lease.take(path)
        try:
            ledger = cls(path, new_database(path), lease)
            whole = {"campaign": secrets.token_hex(4), "key": secrets.token_hex(16), **settings}
            ledger._seals = Seals(str(whole["key"]))
            ledger.set(**whole, machine=Machine.here(state_folder()).as_setting())
        except BaseException:
            lease.release()
            raise
        return ledger

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        despite_damage: bool = False,
        take_over: bool = False,
        folder: Path | None = None,
    ) -> Self:
        """The ledger for writing, by one process at a time.

        What a killed sender had reserved becomes HELD. A ledger of version 1 is brought up to date.
        `folder` is the user's state folder, which remembers how far the campaign has come.

        Raises `InputError` for what is not a sound ledger, naming the rows; with `despite_damage` all that is
        in doubt is held, and the rest goes on (`found` says what). Raises `UsageError` where another process
        has it open, and where another machine had it last, unless `take_over`.
        """
        place, path = folder or state_folder(), Path(path)
        prove_file(path, whole=not despite_damage)
        lease = Lease.take(path)
        witness = None
        try:
            found = opened(path, place, despite_damage=despite_damage, take_over=take_over)
            witness = Witness(found.campaign, place)
            db = connected(path, write=True)
            ledger = cls(path, db, lease, found=found, witness=witness)
            ledger._hold_abandoned()
            here = Machine.here(place).as_setting()
            if ledger.setting("machine") != here:
                ledger.set(machine=here)
        except BaseException:
            if witness is not None:
                witness.close()
            lease.release()
            raise
        return ledger

    @classmethod
    def look(
        cls, path: str | os.PathLike[str], *, trusting: bool = False, folder: Path | None = None
    ) -> Self:
        """The ledger for reading, also while a sender has it.

        Raises `InputError` for what is not a sound ledger, naming the rows. `trusting` skips that check,
        for a ledger in use by a sender, which has made it already.
        """
        path = Path(path)
        version = prove_file(path)
        db = connected(path, write=False)
        try:
            if not trusting:
                prove_sound(path, db, version, folder or state_folder())
        except BaseException:
            db.close()
            raise
        return cls(path, db)

    def close(self) -> None:
        """Close the file and release the lease."""
        self._db.close()
        if self._witness is not None:
            self._witness.close()
        if self._lease is not None:
            self._lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- planning ---------------------------------------------------------------------------------

    def add(self, row: int, msisdn: int, zone: int, fields: Sequence[object]) -> bool:
        """Add a recipient as PLANNED; False where the number already exists. Call `commit` regularly."""
        text = _json(fields)
        seal = self._seals.identity(row, msisdn, zone, text)
        values = (row, msisdn, _PLANNED, zone, NO_DIGEST, text, seal, UNSEALED)
        try:
            is_new = self._db.execute(_PLAN, values).rowcount == 1
        except sqlite3.Error as error:
            raise said(self.path, error) from error
        if is_new:
            self._added[row // BLOCK_ROWS] |= bit_of(row)
        return is_new

    def commit(self) -> None:
        """Write the added recipients to disk."""
        with self._writing():
            pass

    def zone(self, names: str) -> int:
        """The number of a set of time zones, created if it is new."""
        found = self._one("select zone from zones where names = ?", names)
        if found:
            return int(found[0])
        zone = 2 + int(self._all("select count(*) from zones")[0][0])
        with told(self.path):
            self._keep("zones", zone, names)
        return zone

    def suppress(self, numbers: Iterable[int]) -> None:
        """Add numbers that must never be sent to."""
        with self._writing():
            for number in numbers:
                self._keep("suppressed", number)

    def built(self, digests: Iterable[tuple[int, bytes]], spoiled: Iterable[tuple[int, str]] = ()) -> None:
        """Mark PLANNED recipients as BUILT with their digests, and others as UNFIT with the reason."""
        done = int(after(State.PLANNED, StateEvent.BUILD))
        now = int(time.time())
        with self._writing() as db:
            rows = [
                (done, digest, self._seals.state(row, done, 0, 0, digest), row, _PLANNED)
                for row, digest in digests
            ]
            whole = db.executemany(_BUILD, rows).rowcount in (len(rows), -1)
            for _, _, seal, row, _ in rows:
                # What is unfit stays so, and has another seal.
                if whole or self._one("select state_seal from recipients where row = ?", row) == (seal,):
                    self._sums[row // BLOCK_ROWS] ^= number_of(seal)
            unfit = ((row, (now, None, None, None, printable(why))) for row, why in spoiled)
            self._steps([RowStep(row, StateEvent.SPOIL, outcome) for row, outcome in unfit])

    def keep_shard(self, first: int, media: str) -> None:
        """Note where the pictures of the rows from `first` on are in the shared store."""
        with self._writing():
            self._keep("shards", first, media)

    def finish_plan(self) -> None:
        """Create the queue's index, and merge the write-ahead log into the file."""
        self.commit()
        with told(self.path):
            self._db.execute(QUEUE)
            self._db.commit()
            self._db.execute("pragma wal_checkpoint(truncate)")

    # -- sending ----------------------------------------------------------------------------------

    def reserve(
        self, limit: int, *, now: int, zones: Sequence[int] | None = None, last_row: int | None = None
    ) -> list[Recipient]:
        """Take up to `limit` recipients out of the queue: when this returns, RESERVED is recorded on disk.

        `zones` are those in which it is not quiet (None: all), `last_row` ends a test group. Suppressed
        numbers become SUPPRESSED and are not returned. Raises `InputError` for a row that is not the one that
        was planned; nobody is reserved then.
        """
        wanted = list(self.zones()) if zones is None else zones
        bound = last_row if last_row is not None else 2**62
        with self._writing() as db:
            rows: list[tuple[Any, ...]] = []
            for zone in wanted:
                rows += db.execute(_TAKE, (zone, now, bound, limit - len(rows))).fetchall()
                if len(rows) >= limit:
                    break
            stopped = self._suppressed(rows)
            self._steps([RowStep(row, StateEvent.SUPPRESS) for row in stopped])
            taken = [row for row in rows if row[0] not in stopped] if stopped else rows
            self._reserve(db, taken)
        return [
            Recipient(row, msisdn, digest, tuple(_read(fields)[0]), tries)
            for row, msisdn, _, digest, fields, tries, *_ in taken
        ]

    def _reserve(self, db: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        (source,) = sources(StateEvent.RESERVE)
        waits, reserved = int(source), int(after(source, StateEvent.RESERVE))
        identity, state = self._seals.identity, self._seals.state
        changes, sums = [], self._sums
        for row, msisdn, zone, digest, fields, tries, due, seal, state_seal in rows:
            if (
                identity(row, msisdn, zone, fields) != seal
                or state(row, waits, due, tries, digest) != state_seal
            ):
                raise self._damaged(row)
            new = state(row, reserved, due, tries, digest)
            sums[row // BLOCK_ROWS] ^= number_of(state_seal) ^ number_of(new)
            changes.append((reserved, new, row))
        db.executemany(_RESERVE, changes)

    def _suppressed(self, rows: Sequence[tuple[Any, ...]]) -> list[int]:
        """The rows whose number is on the suppression list, which is mostly empty."""
        if self._one("select 1 from suppressed limit 1") is None:
            return []
        return [row[0] for row in rows if self.is_suppressed(row[1])]

    def settle(self, outcomes: Sequence[Settled]) -> None:
        """Record outcomes. Raises `UsageError` for an invalid transition, without writing anything."""
        now = int(time.time())
        with self._writing():
            if len({done.row for done in outcomes}) < len(outcomes):
                raise InputError("a recipient is given twice", where=self.path)
            self._steps([_step_of(done, now) for done in outcomes])

    def name(self, ids: Iterable[tuple[int, str]]) -> None:
        """Record the gateway's ids of accepted recipients (rows) where none is known."""
        with self._writing():
            names = dict(ids)
            moves = []
            for row, one in self._standing(list(names)).items():
                if one.outcome is not None and one.outcome[2] is None:
                    at, code, _, sha256, why = one.outcome
                    named = (at, code, names[row], sha256, why)
                    moves.append(Move(one, one.state, named, one.due, one.tries))
            self._write(moves)

    def _hold_abandoned(self) -> None:
        """What was reserved by a sender that died may have been accepted: hold it."""
        (source,) = sources(StateEvent.CRASH)
        outcome = (int(time.time()), None, None, None, "the sender stopped before the answer was recorded")
        with self._writing():
            abandoned = self._all("select row from recipients where state = ?", int(source))
            self._steps([RowStep(row, StateEvent.CRASH, outcome) for (row,) in abandoned])

    def undo_future(self, latest: int) -> None:
        """Reset waits that end after `latest`: the clock has jumped."""
        with self._writing():
            known = self._standing([row for (row,) in self._all(_BEYOND, latest)])
            self._write([Move(one, one.state, None, 0, one.tries) for one in known.values()])


def _step_of(done: Settled, now: int) -> RowStep:
    """What an outcome does to its row."""
    if done.event in _BACK:
        return RowStep(done.row, done.event, due=done.due, tries=done.tries or 0)
    digest = bytes.fromhex(done.sha256) if done.sha256 else None
    return RowStep(done.row, done.event, (now, done.code, done.id, digest, done.why or None))
