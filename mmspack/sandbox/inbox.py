"""The sandbox's inbox: what was sent to it, in SQLite, in memory or in the user's data folder.

No password is ever stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mmspack.bundle.bundle import Bundle
from mmspack.errors import OutputError
from mmspack.gateway.parameters import Parameters
from mmspack.problem import NOWHERE
from mmspack.sandbox.accounts import Usage
from mmspack.sandbox.inbox_file import FILE, open_database
from mmspack.words import is_damaged, reason_of

MAX_MESSAGES = 10_000
"""Messages that are kept; the oldest go first."""
MAX_BYTES = 512 * 1024 * 1024
"""Bytes of bundles that are kept."""
MAX_AGE = timedelta(days=90)
"""Older messages go."""
_COUNT_EVERY = 100
"""Messages after which the inbox is counted again, since another process may write to it too."""

_INSERT = """
insert into messages (received, door, reference, user, recipient, sender, subject, note, subaccount,
    deliveryreport, readreport, method, url, findings, sha256, bundle)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_PRUNE_INBOUND = """
delete from inbound where id < (
    select coalesce(min(id), (select max(id) from inbound)) from (
        select id, sum(length(bundle)) over (order by id desc) as total from inbound
    ) where total <= ?
)
"""
"""Keeps the newest that fit together, and the very newest in any case."""
_FIND = """
select id from words
where id < ? and id > ? and {matches}
order by id desc limit ?
"""
_MAX_WORDS = 8
_ENVELOPES = """
select id, received, door, reference, user, recipient, sender, subject, note, subaccount,
    deliveryreport, readreport, method, url, findings, length(bundle), sha256
from messages order by id desc limit ?
"""
_ENVELOPES_OF = """
select id, received, door, reference, user, recipient, sender, subject, note, subaccount,
    deliveryreport, readreport, method, url, findings, length(bundle), sha256
from messages where id in ({places}) order by id desc
"""
_SELECT = """
select id, received, door, reference, user, recipient, sender, subject, note, subaccount,
    deliveryreport, readreport, method, url, findings, length(bundle), sha256, bundle
from messages
"""
_USED = """
select coalesce(sum(case when day = :day then sent end), 0),
    coalesce(sum(case when day like :month then sent end), 0),
    coalesce(sum(sent), 0)
from usage where user = :user
"""
_USE = """
insert into usage (user, day, sent) values (?, ?, 1)
on conflict (user, day) do update set sent = sent + 1
"""
_FIELDS = (
    *("id", "received", "door", "reference", "user", "to", "sender", "subject", "note", "subaccount"),
    *("deliveryreport", "readreport", "method", "url", "findings", "size", "sha256"),
)
_NEWEST = _SELECT + "order by id desc limit ?"
_ONE = _SELECT + "where id = ?"
_BY_REFERENCE = _SELECT + "where door = ? and reference = ? order by id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message as the gateway received it, without its bytes."""

    id: str
    received: datetime
    """When, in UTC."""
    door: str = "sendmms"
    """The door that it came through."""
    reference: str = ""
    """The id by which the door's client knows it, where that is another one."""
    user: str
    to: str
    sender: str
    subject: str = ""
    note: str = ""
    subaccount: str = ""
    deliveryreport: bool = False
    readreport: bool = False
    method: str = "POST"
    url: str | None = None
    """Where the bundle was fetched, in hosted mode."""
    findings: tuple[Mapping[str, object], ...] | None = None
    """What `mmspack check` said on arrival: id, severity, message, part, line. None: it was not asked."""
    size: int
    """Bytes of the zip."""
    sha256: str
    """The zip's SHA-256 in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage(Envelope):
    """A message as the gateway received it."""

    data: bytes = field(repr=False)
    """The zip's bytes as they arrived."""

    @property
    def bundle(self) -> Bundle:
        """The zip, opened by the strict reader. Raises `BundleError`."""
        from mmspack.bundle.zip_reader import open_bundle

        return open_bundle(self.data)


def inbox_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the user's inbox lies: MMSPACK_INBOX, or `inbox` in the user's data folder. A folder."""
    if environ.get("MMSPACK_INBOX"):
        return Path(environ["MMSPACK_INBOX"])
    import platformdirs

    return Path(platformdirs.user_data_dir("mmspack", appauthor=False)) / "inbox"


class Inbox:
    """Messages by id, oldest first. Safe to share between threads."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        max_messages: int = MAX_MESSAGES,
        max_bytes: int = MAX_BYTES,
        max_age: timedelta = MAX_AGE,
    ) -> None:
        """Open the inbox in `folder`, or one in memory. Raises `OutputError`."""
        self._max_age = max_age
        self.folder = folder
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        # The server's threads share one connection: two writes at once would mix their transactions.
        self._lock = threading.Lock()
        self._added = _COUNT_EVERY - 1  # the first message counts what is there
        self._bytes = self._count = 0
        try:
            self._db = open_database(folder)
        except (OSError, sqlite3.Error) as error:
            hint = "set another folder with MMSPACK_INBOX"
            if is_damaged(error):
                hint = f"the inbox is damaged: move {FILE} away, and a new one is made"
            raise OutputError(
                f"cannot open the inbox: {reason_of(error)}", where=folder or NOWHERE, hint=hint
            ) from None

    def add(
        self,
        parameters: Parameters,
        data: bytes,
        *,
        user: str,
        method: str,
        now: datetime,
        door: str = "sendmms",
        reference: str = "",
        findings: Sequence[Mapping[str, object]] | None = None,
        allow: Callable[[Usage], None] | None = None,
    ) -> StoredMessage:
        """Store one message, count it, and drop the oldest ones above the limits.

        `allow` is asked with what the user has sent; when it raises, nothing is stored or counted.
        """
        digest = hashlib.sha256(data).hexdigest()
        row = (
            now.astimezone(UTC).isoformat(timespec="milliseconds"),
            door,
            reference,
            user,
            parameters.to,
            parameters.sender,
            parameters.subject,
            parameters.note,
            parameters.subaccount,
            parameters.deliveryreport,
            parameters.readreport,
            method,
            parameters.url,
            None if findings is None else json.dumps(list(findings)),
        )
        with self._lock, self._db:
            self._db.execute("begin immediate")
            if allow is not None:
                allow(self._used(user, now))
            self._db.execute(_USE, (user, now.astimezone(UTC).date().isoformat()))
            cursor = self._db.execute(_INSERT, (*row, digest, data))
            self._prune(len(data), now)
        return _message((cursor.lastrowid, *row, len(data), digest, data))

    def _used(self, user: str, now: datetime) -> Usage:
        day = now.astimezone(UTC).date().isoformat()
        keys = {"user": user, "day": day, "month": day[:8] + "%"}
        today, month, ever = self._db.execute(_USED, keys).fetchone()
        return Usage(day=today, month=month, ever=ever)

    def add_inbound(self, data: bytes) -> str:
        """Keep the zip of a message from a phone for `RetrieveMMS`; returns its id."""
        with self._lock, self._db:
            cursor = self._db.execute("insert into inbound (bundle) values (?)", (data,))
            self._db.execute(
                "delete from inbound where id <= ?", ((cursor.lastrowid or 0) - self._max_messages,)
            )
            self._db.execute(_PRUNE_INBOUND, (self._max_bytes,))
        return str(cursor.lastrowid)

    def inbound(self, identifier: str) -> bytes | None:
        """The zip of a message from a phone, or None."""
        with self._lock:
            row = self._db.execute(
                "select bundle from inbound where id = ?", (_number(identifier),)
            ).fetchone()
        return row[0] if row else None

    def _prune(self, size: int, now: datetime) -> None:
        """Drop the oldest messages above the limits; the exact sums are read now and then, not each time."""
        self._added += 1
        self._count += 1
        self._bytes += size
        within = self._bytes <= self._max_bytes and self._count <= self._max_messages
        if within and self._added % _COUNT_EVERY:
            return
        self._db.execute(
            "delete from messages where id <= (select id from messages order by id desc limit 1 offset ?)",
            (self._max_messages,),
        )
        oldest = (now.astimezone(UTC) - self._max_age).isoformat(timespec="milliseconds")
        self._db.execute("delete from messages where received < ?", (oldest,))
        count, total = self._db.execute(
            "select count(*), coalesce(sum(length(bundle)), 0) from messages"
        ).fetchone()
        while total > self._max_bytes:
            identifier, size = self._db.execute(
                "select id, length(bundle) from messages order by id limit 1"
            ).fetchone()
            self._db.execute("delete from messages where id = ?", (identifier,))
            count, total = count - 1, total - size
        self._count, self._bytes = count, total

    def messages(self, *, limit: int | None = None) -> list[StoredMessage]:
        """The newest `limit` messages, oldest of them first."""
        with self._lock:
            rows = self._db.execute(_NEWEST, (-1 if limit is None else limit,)).fetchall()
        return [_message(row) for row in reversed(rows)]

    def envelopes(self, *, limit: int) -> list[Envelope]:
        """The newest `limit` messages without their bytes, newest first."""
        with self._lock:
            rows = self._db.execute(_ENVELOPES, (limit,)).fetchall()
        return [Envelope(**_envelope(row)) for row in rows]

    def search(self, words: str = "", *, before: str = "", after: str = "", limit: int) -> list[Envelope]:
        """The newest messages that hold all `words` in an address, subject, note or account, newest first.

        `before` and `after` are ids between which they lie. Letters count whatever their case.
        """
        wanted = words.casefold().split()[:_MAX_WORDS]
        matches = " and ".join("instr(words, ?)" for _ in wanted) or "1"
        bounds = (_number(before) if before else 1 << 60, _number(after) if after else 0)
        with self._lock:
            found = self._db.execute(_FIND.format(matches=matches), (*bounds, *wanted, limit)).fetchall()
            places = ", ".join("?" * len(found))
            ids = [row[0] for row in found]
            rows = self._db.execute(_ENVELOPES_OF.format(places=places), ids).fetchall()
        return [Envelope(**_envelope(row)) for row in rows]

    def newest(self) -> int:
        """The id of the newest message; 0 where there is none."""
        with self._lock:
            return int(self._db.execute("select coalesce(max(id), 0) from words").fetchone()[0])

    def state(self) -> str:
        """The newest id and the number of messages: what the live page watches."""
        return f"{self.newest()} {len(self)}"

    def neighbours(self, identifier: str) -> tuple[str, str]:
        """The ids of the next newer and the next older message; empty where there is none."""
        number = _number(identifier)
        with self._lock:
            newer = self._db.execute("select min(id) from words where id > ?", (number,)).fetchone()[0]
            older = self._db.execute("select max(id) from words where id < ?", (number,)).fetchone()[0]
        return str(newer or ""), str(older or "")

    def delete(self, identifier: str) -> bool:
        """Delete one message; False where there is none of that id. The id is not used again."""
        with self._lock, self._db:
            return self._db.execute("delete from messages where id = ?", (_number(identifier),)).rowcount > 0

    def get(self, identifier: str) -> StoredMessage | None:
        """The message of that id, or None."""
        with self._lock:
            row = self._db.execute(_ONE, (_number(identifier),)).fetchone()
        return _message(row) if row else None

    def find(self, door: str, reference: str) -> list[StoredMessage]:
        """The messages that came through a door under a client's id, oldest first."""
        with self._lock:
            rows = self._db.execute(_BY_REFERENCE, (door, reference)).fetchall()
        return [_message(row) for row in rows]

    def clear(self) -> int:
        """Delete all messages; returns how many there were. Ids are not used again."""
        with self._lock, self._db:
            return self._db.execute("delete from messages").rowcount

    def __len__(self) -> int:
        with self._lock:
            return int(self._db.execute("select count(*) from words").fetchone()[0])

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()


def _number(identifier: str) -> int:
    good = identifier.isascii() and identifier.isdigit() and len(identifier) <= 15
    return int(identifier) if good else -1


def _message(row: tuple[Any, ...]) -> StoredMessage:
    return StoredMessage(**_envelope(row), data=row[17])


def _envelope(row: tuple[Any, ...]) -> dict[str, Any]:
    values = dict(zip(_FIELDS, row[:17], strict=True))
    return {
        **values,
        "id": str(values["id"]),
        "received": datetime.fromisoformat(values["received"]),
        "deliveryreport": bool(values["deliveryreport"]),
        "readreport": bool(values["readreport"]),
        "findings": None if values["findings"] is None else tuple(json.loads(values["findings"])),
    }
