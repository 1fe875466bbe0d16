"""A campaign's ledger: one SQLite file, one writer, every reservation on the disk before it is used.

WAL with `synchronous = FULL`, since WAL with NORMAL can lose a committed reservation when the power goes.
One connection writes, held by a lease; others may only read. The file holds phone numbers and the
recipients' own columns: it is made readable for its owner alone.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from mmspack.campaign.ledger.database import APPLICATION, VERSION, connected, prove_file, prove_sound, told
from mmspack.campaign.ledger.lease import Lease
from mmspack.campaign.ledger.states import ANSWERED, Account, Event, Recipient, Settled, State, after, sources
from mmspack.errors import InputError, OutputError

BATCH = 32
"""Recipients of one reservation: 32 make one fsync cheap, and hold few when the machine dies."""
_DIGEST_BYTES = 16
_SCHEMA = """
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
# A partial index serves only a query whose predicate is its own, word for word: 3 is State.BUILT.
_QUEUE = "create index if not exists queue on recipients (zone, due, row) where state = 3"
_TAKE = """
select row, msisdn, digest, fields, tries from recipients
where state = 3 and zone = ? and due <= ? and row <= ? order by due, row limit ?
"""
_FIRST_DUE = "select due from recipients where state = 3 and zone = ? and row <= ? order by due limit 1"
_UNDO_FUTURE = "update recipients set due = 0 where state = 3 and due > ?"
_IN_STATE = """
select row, msisdn, digest, fields, tries from recipients
where row > ? and state = ? order by row limit ?
"""
_CHANGE = "update recipients set state = ? where row = ? and state = ?"
_ABANDONED = """
insert or replace into outcomes (row, at, why)
select row, ?, ? from recipients where state = ?
"""
_ACCOUNTS = """
select recipients.row, msisdn, state, at, code, id, sha256, why, tries
from recipients left join outcomes using (row)
where (? is null or state = ?) order by row
"""


class Ledger:
    """An open ledger. Create or open one with the class methods; close it, or use it in a `with`.

    Methods raise `OutputError` where the disk is full or the file cannot be written.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, lease: Lease | None) -> None:
        self.path = path
        self._db = db
        self._lease = lease

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, object]) -> Self:
        """A new ledger. Raises `OutputError` where the file already exists or cannot be written."""
        if path.exists():
            raise OutputError(
                "a campaign of that name already exists", where=path, hint="choose another --name"
            )
        lease = Lease.take(path)
        try:
            path.touch(mode=0o600, exist_ok=False)
            db = connected(path, write=True)
            with told(path):
                db.executescript(_SCHEMA)
                db.execute(f"pragma application_id = {APPLICATION}")
                db.execute(f"pragma user_version = {VERSION}")
        except BaseException:
            lease.release()
            raise
        ledger = cls(path, db, lease)
        ledger.set(**settings)
        return ledger

    @classmethod
    def open(cls, path: Path) -> Self:
        """The ledger for writing, by one process at a time.

        What a killed sender had reserved becomes HELD. Raises `InputError` for what is not a sound ledger of
        this version, `UsageError` where another process has it open.
        """
        prove_file(path)
        lease = Lease.take(path)
        try:
            db = connected(path, write=True)
            prove_sound(path, db)
            ledger = cls(path, db, lease)
            ledger._hold_abandoned()
        except BaseException:
            lease.release()
            raise
        return ledger

    @classmethod
    def look(cls, path: Path) -> Self:
        """The ledger for reading, also while a sender has it. Raises `InputError`."""
        prove_file(path)
        return cls(path, connected(path, write=False), None)

    def close(self) -> None:
        """Close the file and release the lease."""
        self._db.close()
        if self._lease is not None:
            self._lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- settings and the frozen message ----------------------------------------------------------

    def set(self, **values: object) -> None:
        """Keep settings, as JSON."""
        with self._writing() as db:
            rows = [(name, json.dumps(value)) for name, value in values.items()]
            db.executemany("insert or replace into settings values (?, ?)", rows)

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting, or `default`."""
        row = self._db.execute("select value from settings where name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def keep_base(self, blobs: Mapping[str, bytes]) -> None:
        """Keep the message's frozen parts, so that a changed file cannot change what is sent."""
        with self._writing() as db:
            db.executemany("insert or replace into base values (?, ?)", list(blobs.items()))

    def base(self) -> dict[str, bytes]:
        """The message's frozen parts."""
        return dict(self._db.execute("select name, data from base"))

    # -- planning ---------------------------------------------------------------------------------

    def add(self, row: int, msisdn: int, zone: int, fields: Sequence[object]) -> bool:
        """Add a recipient as PLANNED; False where the number already exists. Call `commit` regularly."""
        values = (
            row,
            msisdn,
            int(State.PLANNED),
            zone,
            bytes(_DIGEST_BYTES),
            json.dumps(fields, ensure_ascii=False),
        )
        with told(self.path):
            cursor = self._db.execute(
                "insert into recipients (row, msisdn, state, zone, digest, fields)"
                " values (?, ?, ?, ?, ?, ?) on conflict (msisdn) do nothing",
                values,
            )
        return cursor.rowcount == 1

    def commit(self) -> None:
        """Write the added recipients to disk."""
        with told(self.path):
            self._db.commit()

    def row_of(self, msisdn: int) -> int | None:
        """The row of a number, or None."""
        found = self._db.execute("select row from recipients where msisdn = ?", (msisdn,)).fetchone()
        return found[0] if found else None

    def row(self, row: int) -> tuple[int, tuple[object, ...]]:
        """The number and the values of a row."""
        msisdn, fields = self._db.execute(
            "select msisdn, fields from recipients where row = ?", (row,)
        ).fetchone()
        return int(msisdn), tuple(json.loads(fields))

    def zone(self, names: str) -> int:
        """The number of a set of time zones, created if it is new."""
        found = self._db.execute("select zone from zones where names = ?", (names,)).fetchone()
        if found:
            return int(found[0])
        zone = 2 + int(self._db.execute("select count(*) from zones").fetchone()[0])
        self._db.execute("insert into zones values (?, ?)", (zone, names))
        return zone

    def zones(self) -> dict[int, str]:
        """All sets of time zones by their number."""
        return dict(self._db.execute("select zone, names from zones"))

    def suppress(self, numbers: Iterable[int]) -> None:
        """Add numbers that must never be sent to."""
        with self._writing() as db:
            db.executemany("insert or ignore into suppressed values (?)", ((number,) for number in numbers))

    def is_suppressed(self, msisdn: int) -> bool:
        """Whether a number is on the suppression list."""
        return self._db.execute("select 1 from suppressed where msisdn = ?", (msisdn,)).fetchone() is not None

    def planned(self, *, batch: int = 1000) -> Iterator[list[Recipient]]:
        """The PLANNED recipients in their order, in batches."""
        last = -1
        while True:
            rows = self._db.execute(_IN_STATE, (last, int(State.PLANNED), batch)).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield [_recipient(row) for row in rows]

    def built(self, digests: Iterable[tuple[int, bytes]], spoiled: Iterable[tuple[int, str]] = ()) -> None:
        """Mark PLANNED recipients as BUILT with their digests, and others as UNFIT with the reason."""
        with self._writing() as db:
            old, done, unfit = (
                int(state)
                for state in (
                    State.PLANNED,
                    after(State.PLANNED, Event.BUILD),
                    after(State.PLANNED, Event.SPOIL),
                )
            )
            db.executemany(
                "update recipients set state = ?, digest = ? where row = ? and state = ?",
                ((done, digest, row, old) for row, digest in digests),
            )
            for row, why in spoiled:
                db.execute(_CHANGE, (unfit, row, old))
                db.execute(
                    "insert into outcomes (row, at, why) values (?, ?, ?)", (row, int(time.time()), why)
                )

    def keep_shard(self, first: int, media: str) -> None:
        """Note where the pictures of the rows from `first` on are in the shared store."""
        with self._writing() as db:
            db.execute("insert into shards values (?, ?)", (first, media))

    def media_of(self, row: int) -> str:
        """Name in the shared store of the pictures of a row, or empty."""
        found = self._db.execute(
            "select media from shards where first <= ? order by first desc limit 1", (row,)
        ).fetchone()
        return found[0] if found else ""

    def finish_plan(self) -> None:
        """Create the queue's index, and merge the write-ahead log into the file."""
        with told(self.path):
            self._db.execute(_QUEUE)
            self._db.commit()
            self._db.execute("pragma wal_checkpoint(truncate)")

    # -- sending ----------------------------------------------------------------------------------

    def reserve(
        self, limit: int, *, now: int, zones: Sequence[int] | None = None, last_row: int | None = None
    ) -> list[Recipient]:
        """Take up to `limit` recipients out of the queue: when this returns, RESERVED is recorded on disk.

        `zones` are those in which it is not quiet (None: all), `last_row` ends a test group. Suppressed
        numbers become SUPPRESSED and are not returned.
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
            self._move(db, stopped, Event.SUPPRESS)
            taken = [row for row in rows if row[0] not in stopped]
            self._move(db, [row[0] for row in taken], Event.RESERVE)
        return [_recipient(row) for row in taken]

    def _suppressed(self, rows: Sequence[tuple[Any, ...]]) -> list[int]:
        """The rows whose number is on the suppression list, which is mostly empty."""
        if self._db.execute("select 1 from suppressed limit 1").fetchone() is None:
            return []
        return [row[0] for row in rows if self.is_suppressed(row[1])]

    def settle(self, outcomes: Sequence[Settled]) -> None:
        """Record outcomes. Raises `UsageError` for an invalid transition, without writing anything."""
        now = int(time.time())
        with self._writing() as db:
            for event in dict.fromkeys(done.event for done in outcomes):
                self._move(db, [done.row for done in outcomes if done.event is event], event)
            for done in outcomes:
                if done.event in (Event.RETURN, Event.RESEND, Event.PROVE_NOT_SENT):
                    tries = done.tries if done.tries is not None else 0
                    db.execute(
                        "update recipients set due = ?, tries = ? where row = ?", (done.due, tries, done.row)
                    )
                    db.execute("delete from outcomes where row = ?", (done.row,))
                else:
                    digest = bytes.fromhex(done.sha256) if done.sha256 else None
                    db.execute(
                        "insert or replace into outcomes values (?, ?, ?, ?, ?, ?)",
                        (done.row, now, done.code, done.id, digest, done.why or None),
                    )

    def name(self, ids: Iterable[tuple[int, str]]) -> None:
        """Record the gateway's ids of accepted recipients (rows) where none is known."""
        with self._writing() as db:
            db.executemany(
                "update outcomes set id = ? where row = ? and id is null", ((id, row) for row, id in ids)
            )

    def _move(self, db: sqlite3.Connection, rows: Sequence[int], event: Event) -> None:
        """Take one step with each row, from wherever the table allows it."""
        moved = 0
        for source in sources(event):
            steps = ((int(after(source, event)), row, int(source)) for row in rows)
            moved += max(0, db.executemany(_CHANGE, steps).rowcount)
        if moved != len(rows):
            self._tell_misstep(db, rows, event)

    def _tell_misstep(self, db: sqlite3.Connection, rows: Sequence[int], event: Event) -> None:
        """Say which row could not take the step; the transaction is not yet committed, and is undone."""
        db.rollback()
        for row in rows:
            found = db.execute("select state from recipients where row = ?", (row,)).fetchone()
            if found is None:
                raise InputError(f"no recipient in row {row}", where=self.path)
            after(State(found[0]), event)
        raise InputError("a recipient is given twice", where=self.path)

    def _hold_abandoned(self) -> None:
        """What was reserved by a sender that died may have been accepted: hold it."""
        (source,) = sources(Event.CRASH)
        held = after(source, Event.CRASH)
        why = "the sender stopped before the answer was recorded"
        with self._writing() as db:
            db.execute(_ABANDONED, (int(time.time()), why, int(source)))
            db.execute("update recipients set state = ? where state = ?", (int(held), int(source)))

    # -- looking ----------------------------------------------------------------------------------

    def counts(self, *, last_row: int | None = None) -> dict[State, int]:
        """How many recipients are in each state."""
        bound = last_row if last_row is not None else 2**62
        rows = self._db.execute(
            "select state, count(*) from recipients where row <= ? group by state", (bound,)
        )
        found = {State(state): number for state, number in rows}
        return {state: found.get(state, 0) for state in State}

    def next_due(self, zones: Sequence[int], *, last_row: int | None = None) -> int | None:
        """When the first waiting recipient of these zones may be sent to (seconds since 1970), or None."""
        bound = last_row if last_row is not None else 2**62
        found = (self._db.execute(_FIRST_DUE, (zone, bound)).fetchone() for zone in zones)
        dues = [row[0] for row in found if row]
        return min(dues, default=None)

    def undo_future(self, latest: int) -> None:
        """Reset waits that end after `latest`: the clock has jumped."""
        with self._writing() as db:
            db.execute(_UNDO_FUTURE, (latest,))

    def accounts(self, state: State | None = None) -> Iterator[Account]:
        """Every recipient (of one state) with what is known about it, in the plan's order."""
        wanted = None if state is None else int(state)
        rows = self._db.execute(_ACCOUNTS, (wanted, wanted))
        for row, msisdn, found, at, code, identifier, sha256, why, tries in rows:
            yield Account(
                row=row,
                msisdn=msisdn,
                state=State(found),
                at=at,
                code=code,
                id=identifier,
                sha256=sha256.hex() if sha256 else "",
                why=why or "",
                tries=tries + (State(found) in ANSWERED),
            )

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: whole, or not at all."""
        with told(self.path):
            if not self._db.in_transaction:
                self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()


def _recipient(row: tuple[Any, ...]) -> Recipient:
    number, msisdn, digest, fields, tries = row
    return Recipient(number, msisdn, digest, tuple(json.loads(fields)), tries)
