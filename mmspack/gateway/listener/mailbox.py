"""What the operator pushed, in SQLite: reports, and messages from phones, until they are handed on.

An event is on disk before the operator gets its answer, so none is lost by a crash; the same event pushed
twice is kept once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mmspack.errors import BundleError, OutputError
from mmspack.files import private_database
from mmspack.gateway import doors
from mmspack.gateway.door import PushedEvent
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.reports import DeliveryReport
from mmspack.problem import NOWHERE
from mmspack.words import is_damaged, reason_of

FILE = "mailbox.sqlite3"
MAX_BYTES = 512 * 1024 * 1024
"""Bytes of zips that are kept once they are handed on."""
MAX_WAITING = 2 * 1024 * 1024 * 1024
"""Bytes that may wait; more is not taken, and the operator is asked to push it again."""
MAX_AGE = timedelta(days=90)
"""What was handed on goes after this."""
_COUNT_EVERY = 100

_SCHEMA = """
create table if not exists events (
    number integer primary key autoincrement,
    door text not null default 'sendmms',
    kind text not null check (kind in ('report', 'inbound')),
    id text not null,
    received text not null,
    fields text not null,
    zip blob,
    tries integer not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
    unique (door, kind, id)
) strict;
create index if not exists waiting on events (number) where state = 'waiting';
"""
_KNOWN_ONE_DOOR = "select 1 from sqlite_schema where name = 'events' and sql not like '%door text%'"
_MOVE = """
alter table events rename to events_of_one_door;
drop index if exists waiting;
{schema}
insert into events (number, kind, id, received, fields, zip, tries, state)
    select number, kind, id, received, fields, zip, tries, state from events_of_one_door;
drop table events_of_one_door;
"""
"""A mailbox of mmspack 0.1 knew SendMMS alone, and ids of two doors may be the same."""
_ADD = """
insert into events (door, kind, id, received, fields, zip) values (?, ?, ?, ?, ?, ?)
on conflict (door, kind, id) do nothing
"""
_ALL = """
select number, door, kind, received, fields, zip, tries from events order by number limit ?
"""
_WAITING = """
select number, door, kind, received, fields, zip, tries from events
where state = 'waiting' order by number limit ?
"""


_WAITS = "select coalesce(sum(length(zip)), 0) from events where state = 'waiting'"
_PRUNE_OLD = "delete from events where state <> 'waiting' and received < ?"
_PRUNE_LARGE = """
delete from events where state <> 'waiting' and number <= (
    select coalesce(max(number), 0) from (
        select number, sum(coalesce(length(zip), 0)) over (order by number desc) as total
        from events where state <> 'waiting'
    ) where total > ?
)
"""
"""Keeps the newest that fit together."""


class MailboxFull(OutputError):
    """So much waits that no more is taken."""


@dataclass(frozen=True, slots=True)
class Event:
    """One push of the operator."""

    number: int
    door: str
    """The door that it came through."""
    kind: str
    """`report` or `inbound`."""
    received: datetime
    fields: Sequence[tuple[str, str]]
    data: bytes | None = field(default=None, repr=False)
    tries: int = 0
    """How often it was handed on in vain."""

    @property
    def report(self) -> DeliveryReport:
        """The report. Raises `InputError` for an inbound message."""
        return doors.make(self.door).read_report(self.fields)

    @property
    def inbound(self) -> InboundMessage:
        """The message from a phone. Raises `InputError` for a report."""
        return doors.make(self.door).read_inbound(self.fields, self.data)

    def as_data(self) -> dict[str, Any]:
        """The event as a command or a webhook gets it, ready for JSON."""
        found = _report_data(self.report) if self.kind == "report" else _inbound_data(self.inbound)
        return {"event": self.kind, "door": self.door, "received": self.received.isoformat(), **found}


def _report_data(report: DeliveryReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "request_id": report.request_id,
        "recipient": report.recipient,
        "sender": report.to,
        "kind": report.kind.value,
        "type": report.type or None,
        "status": report.status.name,
        "status_number": report.status.number,
        "final": report.status.final,
        "delivered": report.delivered,
        "date": report.date.isoformat() if report.date else None,
        "useragent": report.useragent,
        "reason": report.reason,
    }


def _inbound_data(message: InboundMessage) -> dict[str, Any]:
    parts, problem = _parts(message)
    return {
        "id": message.id,
        "from": message.sender,
        "to": list(message.to),
        "cc": list(message.cc),
        "kind": message.kind.value,
        "type": message.type or None,
        "subject": message.subject,
        "network": message.network,
        "date": message.date.isoformat() if message.date else None,
        "expiry": message.expiry,
        "media": list(message.media),
        "parts": parts,
        "problem": problem,
        "sha256": hashlib.sha256(message.data).hexdigest() if message.data is not None else None,
        "zip": base64.b64encode(message.data).decode() if message.data is not None else None,
    }


def _parts(message: InboundMessage) -> tuple[list[dict[str, Any]], str]:
    if message.data is None:
        return [], ""
    try:
        parts = message.bundle.parts
    except BundleError as error:
        return [], error.message
    return [{"name": part.name, "type": part.type, "bytes": len(part.data)} for part in parts], ""


class Mailbox:
    """The events of one receiver, in a folder or in memory. Safe to share between threads."""

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        max_waiting: int = MAX_WAITING,
        max_age: timedelta = MAX_AGE,
    ) -> None:
        """Open it. Raises `OutputError`."""
        self._max_bytes, self._max_waiting, self._max_age = max_bytes, max_waiting, max_age
        self._added = 0
        self._waits = 0
        # Requests write in their threads and the handler's thread reads: one at a time on the one connection.
        self._lock = threading.Lock()
        try:
            place = ":memory:" if folder is None else private_database(Path(folder), FILE)
            self._db = sqlite3.connect(place, check_same_thread=False, timeout=10)
            self._db.execute("pragma synchronous = full")
            with self._db:
                old = self._db.execute(_KNOWN_ONE_DOOR).fetchone()
                self._db.executescript(f"begin; {_MOVE.format(schema=_SCHEMA) if old else _SCHEMA} commit;")
        except (OSError, sqlite3.Error) as error:
            hint = f"the mailbox is damaged: move {FILE} away, and a new one is made"
            raise OutputError(
                f"cannot open the mailbox: {reason_of(error)}",
                where=folder or NOWHERE,
                hint=hint if is_damaged(error) else "",
            ) from None

    def add(self, door: str, event: PushedEvent, now: datetime) -> bool:
        """Keep an event, its zip unopened; False where it is here already. Raises `MailboxFull`."""
        known = [(name, value) for name, value in event.fields if name != "pass"]
        received = now.astimezone(UTC).isoformat()
        row = (door, event.kind, event.id, received, json.dumps(known), event.data)
        size = len(event.data or b"")
        with self._lock, self._db:
            if self._waits + size > self._max_waiting or not self._added % _COUNT_EVERY:
                self._prune(now)
            if self._waits + size > self._max_waiting:
                raise MailboxFull("the mailbox is full", hint="hand on what waits in it")
            fresh = self._db.execute(_ADD, row).rowcount == 1
            self._added += 1
            self._waits += size if fresh else 0
        return fresh

    def _prune(self, now: datetime) -> None:
        """Drop what was handed on long ago, or is more than is kept; count again what waits."""
        self._db.execute(_PRUNE_OLD, ((now.astimezone(UTC) - self._max_age).isoformat(),))
        self._db.execute(_PRUNE_LARGE, (self._max_bytes,))
        self._waits = self._db.execute(_WAITS).fetchone()[0]

    def waiting(self, limit: int = 100) -> list[Event]:
        """Events that were not handed on yet, oldest first."""
        return self._events(_WAITING, limit)

    def events(self, limit: int = 1000) -> list[Event]:
        """All events, oldest first."""
        return self._events(_ALL, limit)

    def _events(self, query: str, limit: int) -> list[Event]:
        with self._lock:
            rows = self._db.execute(query, (limit,)).fetchall()
        return [_event(row) for row in rows]

    def settle(self, event: Event, *, done: bool, most: int) -> None:
        """Note that an event was handed on, or was not; after `most` tries it is given up."""
        state = "done" if done else ("failed" if event.tries + 1 >= most else "waiting")
        with self._lock, self._db:
            self._db.execute(
                "update events set state = ?, tries = tries + 1 where number = ?", (state, event.number)
            )

    def counts(self) -> dict[str, int]:
        """Events by state."""
        with self._lock:
            rows = self._db.execute("select state, count(*) from events group by state").fetchall()
        return dict(rows)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()


def _event(row: tuple[Any, ...]) -> Event:
    number, door, kind, received, fields, data, tries = row
    pairs = [(name, value) for name, value in json.loads(fields)]
    return Event(number, door, kind, datetime.fromisoformat(received), pairs, data, tries)
