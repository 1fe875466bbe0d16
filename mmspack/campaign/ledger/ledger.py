"""A campaign's ledger: one SQLite file, one writer, every reservation on the disk before it is used.

WAL with `synchronous = FULL`, since WAL with NORMAL can lose a committed reservation when the power goes.
One connection writes, held by a lease; others may only read. The file holds phone numbers and the
recipients' own columns: it is made readable for its owner alone.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mmspack.campaign.ledger.damage import key_of
from mmspack.campaign.ledger.database import (
    DAMAGED,
    LISTS,
    QUEUE,
    connected,
    new_database,
    prove_file,
    said,
    told,
)
from mmspack.campaign.ledger.lease import Lease
from mmspack.campaign.ledger.opening import Opened, opened, prove_sound
from mmspack.campaign.ledger.seals import (
    BLOCK_ROWS,
    NO_DIGEST,
    UNSEALED,
    Outcome,
    Seals,
    bit_of,
    bits_as_bytes,
    seal_of,
)
from mmspack.campaign.ledger.states import ANSWERED, Account, Event, Recipient, Settled, State, after, sources
from mmspack.campaign.ledger.witness import Machine, Witness, state_folder
from mmspack.errors import InputError, OutputError, UsageError
from mmspack.problem import Place
from mmspack.words import printable

BATCH = 32
"""Recipients of one reservation: 32 make one fsync cheap, and hold few when the machine dies."""
_PLANNED = int(State.PLANNED)
_PLAN = "insert into recipients values (?, ?, ?, ?, 0, 0, ?, ?, ?, ?) on conflict (msisdn) do nothing"
_TAKE = """
select row, msisdn, zone, digest, fields, tries, due, seal, state_seal from recipients
where state = 3 and zone = ? and due <= ? and row <= ? order by due, row limit ?
"""
_FIRST_DUE = "select due from recipients where state = 3 and zone = ? and row <= ? order by due limit 1"
_BEYOND = "select row from recipients where state = 3 and due > ?"
_IN_STATE = """
select row, msisdn, digest, fields, tries from recipients
where row > ? and state = ? order by row limit ?
"""
_STANDING = """
select msisdn, state, due, tries, digest, state_seal, at, code, id, sha256, why
from recipients left join outcomes using (row) where row = ?
"""
_BUILD = "update recipients set state = ?, digest = ?, state_seal = ? where row = ? and state = ?"
_CHANGE = "update recipients set state = ?, due = ?, tries = ?, state_seal = ? where row = ?"
_RESERVE = "update recipients set state = ?, state_seal = ? where row = ?"
_ACCOUNTS = """
select recipients.row, msisdn, state, at, code, id, sha256, why, tries, digest
from recipients left join outcomes using (row)
where (? is null or state = ?) order by row
"""
_BACK = {Event.RETURN, Event.RESEND, Event.PROVE_NOT_SENT}
"""Events after which a recipient waits again, and has no outcome."""
_json = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` makes one for each call


class Ledger:
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
        found: Opened | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.path = path
        self.found = found or Opened()
        """What opening it came to."""
        self._db = db
        self._lease = lease
        self._witness = witness
        self._seals = Seals(key_of(db) or "00")
        self._sums: dict[int, int] = defaultdict(int)
        """What this transaction changes in the totals of the blocks."""
        self._added: dict[int, int] = defaultdict(int)
        """The rows that it adds to them."""
        self._lists = 0
        """What it changes in the total of the small tables."""

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, object]) -> Self:
        """A new ledger. Raises `OutputError` where the file already exists or cannot be written.

        The seals are made with the campaign's `key` of the settings, in hexadecimal, or with one of their
        own.
        """
        if path.exists():
            raise OutputError(
                "a campaign of that name already exists", where=path, hint="choose another --name"
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
        cls, path: Path, *, despite_damage: bool = False, take_over: bool = False, folder: Path | None = None
    ) -> Self:
        """The ledger for writing, by one process at a time.

        What a killed sender had reserved becomes HELD. A ledger of version 1 is brought up to date.
        `folder` is the user's state folder, which remembers how far the campaign has come.

        Raises `InputError` for an unsound ledger, naming the rows; with `despite_damage` all that is in
        doubt is held, and the rest goes on (`found` says what). Raises `UsageError` where another process has
        it open, and where another machine had it last, unless `take_over`.
        """
        place = folder or state_folder()
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
    def look(cls, path: Path, *, trusting: bool = False, folder: Path | None = None) -> Self:
        """The ledger for reading, also while a sender has it.

        Raises `InputError` for an unsound ledger, naming the rows. `trusting` spares the time that this
        takes: a sender that is at it has looked already.
        """
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

    # -- settings and the frozen message ----------------------------------------------------------

    def set(self, **values: object) -> None:
        """Keep settings, as JSON."""
        with self._writing():
            for name, value in values.items():
                self._keep("settings", name, json.dumps(value))

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting, or `default`."""
        row = self._one("select value from settings where name = ?", name)
        try:
            return default if row is None else json.loads(row[0])
        except ValueError as error:
            raise InputError(f"{DAMAGED}: its settings", where=self.path) from error

    def keep_base(self, blobs: Mapping[str, bytes]) -> None:
        """Keep the message's frozen parts, so that a changed file cannot change what is sent."""
        with self._writing():
            for name, data in blobs.items():
                self._keep("base", name, data)

    def base(self) -> dict[str, bytes]:
        """The message's frozen parts."""
        return dict(self._all("select name, data from base"))

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

    def row_of(self, msisdn: int) -> int | None:
        """The row of a number, or None."""
        found = self._one("select row from recipients where msisdn = ?", msisdn)
        return found[0] if found else None

    def row(self, row: int) -> tuple[int, tuple[object, ...]]:
        """The number and the values of a row."""
        found = self._one("select msisdn, fields from recipients where row = ?", row)
        if found is None:
            raise InputError(f"no recipient in row {row}", where=self.path)
        return int(found[0]), tuple(json.loads(found[1]))

    def zone(self, names: str) -> int:
        """The number of a set of time zones, created if it is new."""
        found = self._one("select zone from zones where names = ?", names)
        if found:
            return int(found[0])
        zone = 2 + int(self._all("select count(*) from zones")[0][0])
        with told(self.path):
            self._keep("zones", zone, names)
        return zone

    def zones(self) -> dict[int, str]:
        """Each set of time zones by its number."""
        return dict(self._all("select zone, names from zones"))

    def suppress(self, numbers: Iterable[int]) -> None:
        """Add numbers that must never be sent to."""
        with self._writing():
            for number in numbers:
                self._keep("suppressed", number)

    def is_suppressed(self, msisdn: int) -> bool:
        """Whether a number is on the suppression list."""
        return self._one("select 1 from suppressed where msisdn = ?", msisdn) is not None

    def planned(self, *, batch: int = 1000) -> Iterator[list[Recipient]]:
        """The PLANNED recipients in their order, in batches."""
        last = -1
        while True:
            rows = self._all(_IN_STATE, last, int(State.PLANNED), batch)
            if not rows:
                return
            last = rows[-1][0]
            yield [
                Recipient(row, msisdn, digest, tuple(json.loads(fields)), tries)
                for row, msisdn, digest, fields, tries in rows
            ]

    def built(self, digests: Iterable[tuple[int, bytes]], spoiled: Iterable[tuple[int, str]] = ()) -> None:
        """Mark PLANNED recipients as BUILT with their digests, and others as UNFIT with the reason."""
        done = int(after(State.PLANNED, Event.BUILD))
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
                    self._sums[row // BLOCK_ROWS] ^= int.from_bytes(seal, "big")
            for row, why in spoiled:
                self._step(row, Event.SPOIL, (now, None, None, None, printable(why)))

    def keep_shard(self, first: int, media: str) -> None:
        """Note where the pictures of the rows from `first` on are in the shared store."""
        with self._writing():
            self._keep("shards", first, media)

    def media_of(self, row: int) -> str:
        """Name in the shared store of the pictures of a row, or empty."""
        found = self._one("select media from shards where first <= ? order by first desc limit 1", row)
        return found[0] if found else ""

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
            for row in stopped:
                self._step(row, Event.SUPPRESS)
            taken = [row for row in rows if row[0] not in stopped] if stopped else rows
            self._reserve(db, taken)
        return [
            Recipient(row, msisdn, digest, tuple(json.loads(fields)), tries)
            for row, msisdn, _, digest, fields, tries, *_ in taken
        ]

    def _reserve(self, db: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        (source,) = sources(Event.RESERVE)
        waits, reserved = int(source), int(after(source, Event.RESERVE))
        identity, state = self._seals.identity, self._seals.state
        changes = []
        for row, msisdn, zone, digest, fields, tries, due, seal, state_seal in rows:
            if (
                identity(row, msisdn, zone, fields) != seal
                or state(row, waits, due, tries, digest) != state_seal
            ):
                raise self._damaged(row)
            new = state(row, reserved, due, tries, digest)
            self._shift(row, state_seal, new)
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
            for done in outcomes:
                if done.event in _BACK:
                    self._step(done.row, done.event, due=done.due, tries=done.tries or 0)
                else:
                    digest = bytes.fromhex(done.sha256) if done.sha256 else None
                    self._step(done.row, done.event, (now, done.code, done.id, digest, done.why or None))

    def name(self, ids: Iterable[tuple[int, str]]) -> None:
        """Record the gateway's ids of accepted recipients (rows) where none is known."""
        with self._writing():
            for row, name in ids:
                one = self._standing(row)
                if one.outcome is not None and one.outcome[2] is None:
                    at, code, _, sha256, why = one.outcome
                    self._write(one, one.state, (at, code, name, sha256, why), one.due, one.tries)

    def _step(
        self, row: int, event: Event, outcome: Outcome | None = None,
        *, due: int | None = None, tries: int | None = None,
    ) -> None:  # fmt: skip
        """Take one step with a row, if the table allows it. Raises `UsageError`, `InputError`."""
        one = self._standing(row)
        state = after(one.state, event)
        if state is State.BUILT and (one.msisdn <= 0 or one.digest == NO_DIGEST):
            raise UsageError(
                "its message was lost with a damaged file, so it cannot be sent",
                where=Place(file=str(self.path), name=f"row {row}"),
                hint="plan a new campaign for this recipient",
            )
        self._write(
            one, state, outcome, one.due if due is None else due, one.tries if tries is None else tries
        )

    def _standing(self, row: int) -> _Standing:
        """Where a row stands. Raises `InputError` where that is not what was written."""
        found = self._db.execute(_STANDING, (row,)).fetchone()
        if found is None:
            raise InputError(f"no recipient in row {row}", where=self.path)
        msisdn, state, due, tries, digest, seal, *rest = found
        outcome: Any = None if rest[0] is None else tuple(rest)
        planned = state == _PLANNED and outcome is None
        if seal != (UNSEALED if planned else self._seals.state(row, state, due, tries, digest, outcome)):
            raise self._damaged(row)
        return _Standing(row, msisdn, State(state), due, tries, digest, seal, outcome)

    def _write(self, one: _Standing, state: State, outcome: Outcome | None, due: int, tries: int) -> None:
        """Write where a row stands now, with its seal."""
        number = int(state)
        seal = self._seals.state(one.row, number, due, tries, one.digest, outcome)
        self._db.execute(_CHANGE, (number, due, tries, seal, one.row))
        if outcome is not None:
            self._db.execute("insert or replace into outcomes values (?, ?, ?, ?, ?, ?)", (one.row, *outcome))
        elif one.outcome is not None:
            self._db.execute("delete from outcomes where row = ?", (one.row,))
        self._shift(one.row, one.seal, seal)

    def _damaged(self, row: int) -> InputError:
        return InputError(
            f"{DAMAGED}: row {row} is not what was written",
            where=self.path,
            hint="nothing was sent to it; run the campaign again to see everything that is damaged",
        )

    def _hold_abandoned(self) -> None:
        """What was reserved by a sender that died may have been accepted: hold it."""
        (source,) = sources(Event.CRASH)
        outcome = (int(time.time()), None, None, None, "the sender stopped before the answer was recorded")
        with self._writing():
            for (row,) in self._all("select row from recipients where state = ?", int(source)):
                self._step(row, Event.CRASH, outcome)

    # -- looking ----------------------------------------------------------------------------------

    def counts(self, *, last_row: int | None = None) -> dict[State, int]:
        """How many recipients are in each state."""
        bound = last_row if last_row is not None else 2**62
        rows = self._all("select state, count(*) from recipients where row <= ? group by state", bound)
        found = {self._state(state): number for state, number in rows}
        return {state: found.get(state, 0) for state in State}

    def next_due(self, zones: Sequence[int], *, last_row: int | None = None) -> int | None:
        """When the first waiting recipient of these zones may be sent to (seconds since 1970), or None."""
        bound = last_row if last_row is not None else 2**62
        found = (self._one(_FIRST_DUE, zone, bound) for zone in zones)
        dues = [row[0] for row in found if row]
        return min(dues, default=None)

    def undo_future(self, latest: int) -> None:
        """Reset waits that end after `latest`: the clock has jumped."""
        with self._writing():
            for (row,) in self._all(_BEYOND, latest):
                one = self._standing(row)
                self._write(one, one.state, None, 0, one.tries)

    def accounts(self, state: State | None = None) -> Iterator[Account]:
        """Every recipient (of one state) with what is known about it, in the plan's order."""
        wanted = None if state is None else int(state)
        with told(self.path):
            rows = self._db.execute(_ACCOUNTS, (wanted, wanted))
            for row, msisdn, found, at, code, identifier, sha256, why, tries, digest in rows:
                known = self._state(found)
                yield Account(
                    row=row,
                    msisdn=msisdn,
                    state=known,
                    at=at,
                    code=code,
                    id=identifier,
                    sha256=sha256.hex() if sha256 else "",
                    why=why or "",
                    tries=tries + (known in ANSWERED),
                    is_sendable=msisdn > 0 and digest != NO_DIGEST,
                )

    def _state(self, number: int) -> State:
        try:
            return State(number)
        except ValueError as error:
            raise InputError(f"{DAMAGED}: a state is unknown", where=self.path) from error

    # -- the file ---------------------------------------------------------------------------------

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        with told(self.path):
            found: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        return found

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with told(self.path):
            return self._db.execute(query, values).fetchall()

    def _keep(self, table: str, key: int | str, *values: int | str | bytes) -> None:
        """Write a row of a small table, with its seal."""
        seal = self._seals.entry(table, key, *values)
        old = self._one(f"select seal from {table} where {LISTS[table][0]} = ?", key)  # noqa: S608 - our own names
        marks = ", ".join("?" * (len(values) + 2))
        self._db.execute(f"insert or replace into {table} values ({marks})", (key, *values, seal))  # noqa: S608
        for changed in (seal, *(old or ())):
            self._lists ^= int.from_bytes(changed, "big")

    def _shift(self, row: int, old: bytes, new: bytes) -> None:
        """Let the total of a row's block have another seal in place of the old one."""
        self._sums[row // BLOCK_ROWS] ^= int.from_bytes(old, "big") ^ int.from_bytes(new, "big")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: whole, or not at all."""
        with told(self.path):
            if not self._db.in_transaction:
                self._db.execute("begin immediate")
            try:
                yield self._db
                step = self._seal_blocks()
            except BaseException:
                self._db.rollback()
                raise
            finally:
                self._sums.clear()
                self._added.clear()
                self._lists = 0
            self._db.commit()
        if step and self._witness is not None:
            self._witness.note(step)

    def _seal_blocks(self) -> int:
        """Bring the totals up to what the transaction has changed; its step, or 0 where that is nothing."""
        if not (self._sums or self._added or self._lists):
            return 0
        for block in sorted({*self._sums, *self._added}):
            bits, total = self._one("select rows, total from blocks where block = ?", block) or (b"", b"")
            entry = (
                block,
                bits_as_bytes(int.from_bytes(bits, "big") | self._added.get(block, 0)),
                seal_of(int.from_bytes(total, "big") ^ self._sums.get(block, 0)),
            )
            self._db.execute(
                "insert or replace into blocks values (?, ?, ?, ?)",
                (*entry, self._seals.entry("blocks", *entry)),
            )
        step, lists = self._one("select step, lists from progress") or (0, b"")
        progress = (step + 1, seal_of(int.from_bytes(lists, "big") ^ self._lists))
        self._db.execute(
            "insert or replace into progress values (0, ?, ?, ?)",
            (*progress, self._seals.entry("progress", *progress)),
        )
        return int(step) + 1


@dataclass(slots=True)
class _Standing:
    """Where a row stands."""

    row: int
    msisdn: int
    state: State
    due: int
    tries: int
    digest: bytes
    seal: bytes
    outcome: Outcome | None
