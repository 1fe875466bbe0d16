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
from mmspack.sandbox import queries
from mmspack.sandbox.accounts import Usage
from mmspack.sandbox.filtering import Filters
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
    opened: bool = False
    """Whether its page has been looked at."""
    counted: int | None = None
    """Its size as limits count it: the parts, the subject and an allowance for headers. None where it arrived
    before that was kept, and has not been opened since."""


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


def inbox_path(environ: Mapping[str, str] | None = None) -> Path:
    """Where the user's inbox lies: MMSPACK_INBOX, or `inbox` in the user's data folder. A folder."""
    environ = os.environ if environ is None else environ
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
        text: str = "",
        counted: int | None = None,
        allow: Callable[[Usage], None] | None = None,
    ) -> StoredMessage:
        """Store one message, count it, and drop the oldest ones above the limits.

        `text` is what the message says, for the search, and `counted` its size as limits count it. `allow` is
        asked with what the user has sent; when it raises, nothing is stored or counted.
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
            self._db.execute(queries.USE, (user, now.astimezone(UTC).date().isoformat()))
            cursor = self._db.execute(queries.INSERT, (*row, digest, data))
            if text:
                self._db.execute(queries.READ_TOO, (text, cursor.lastrowid))
            if counted is not None:
                self._db.execute("update facts set counted = ? where id = ?", (counted, cursor.lastrowid))
            self._prune(len(data), now)
        return _message((cursor.lastrowid, *row, len(data), digest, False, counted, data))

    def _used(self, user: str, now: datetime) -> Usage:
        day = now.astimezone(UTC).date().isoformat()
        keys = {"user": user, "day": day, "month": day[:8] + "%"}
        today, month, ever = self._db.execute(queries.USED, keys).fetchone()
        return Usage(day=today, month=month, ever=ever)

    def add_inbound(self, data: bytes) -> str:
        """Keep the zip of a message from a phone for `RetrieveMMS`; returns its id."""
        with self._lock, self._db:
            cursor = self._db.execute("insert into inbound (bundle) values (?)", (data,))
            self._db.execute(
                "delete from inbound where id <= ?", ((cursor.lastrowid or 0) - self._max_messages,)
            )
            self._db.execute(queries.PRUNE_INBOUND, (self._max_bytes,))
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
            rows = self._db.execute(queries.NEWEST, (-1 if limit is None else limit,)).fetchall()
        return [_message(row) for row in reversed(rows)]

    def envelopes(
        self,
        door: str = "",
        *,
        to: str = "",
        sender: str = "",
        since: str = "",
        until: str = "",
        limit: int,
        skipped: int = 0,
    ) -> list[Envelope]:
        """The newest `limit` messages without their bytes, newest first; an empty text leaves all in.

        `since` and `until` are times in UTC to the second, such as 2026-11-27T09:00:00.
        """
        wanted = {"door": door, "to": to, "sender": sender, "limit": limit, "skipped": skipped}
        wanted |= {"since": since, "until": until}
        return self._envelopes(queries.ENVELOPES, wanted)

    def unasked(self, door: str, *, after: int, limit: int) -> list[Envelope]:
        """What came through a door after the id `after` and asked for no report, oldest first."""
        return self._envelopes(queries.UNASKED, (door, after, limit))

    def _envelopes(self, query: str, values: Mapping[str, object] | Sequence[object]) -> list[Envelope]:
        with self._lock:
            rows = self._db.execute(query, values).fetchall()
        return [Envelope(**_envelope(row)) for row in rows]

    def search(
        self, wanted: Filters | str = "", *, before: str = "", after: str = "", limit: int
    ) -> list[Envelope]:
        """The newest messages that the filters, or words alone, leave in, newest first.

        `before` and `after` are ids between which they are.
        """
        tables, matches, values = _filters(wanted).where()
        bounds = (_number(before) if before else 1 << 60, _number(after) if after else 0)
        with self._lock:
            found = self._db.execute(
                queries.FIND.format(tables=tables, matches=matches), (*bounds, *values, limit)
            ).fetchall()
        return self.envelopes_of([str(row[0]) for row in found])

    def count(self, wanted: Filters | str = "") -> int:
        """How many messages the filters leave in."""
        tables, matches, values = _filters(wanted).where()
        with self._lock:
            counted = queries.COUNT.format(tables=tables, matches=matches)
            return int(self._db.execute(counted, values).fetchone()[0])

    def envelopes_of(self, identifiers: Sequence[str]) -> list[Envelope]:
        """The messages of these ids without their bytes, newest first; unknown ids are passed over."""
        query = queries.ENVELOPES_OF.format(places=", ".join("?" * len(identifiers)))
        return self._envelopes(query, [_number(one) for one in identifiers])

    def campaigns(self, *, limit: int = 50) -> list[str]:
        """The campaigns and notes of the newest thousand messages, the newest first."""
        with self._lock:
            return [row[0] for row in self._db.execute(queries.CAMPAIGNS, (limit,)).fetchall()]

    def mark(
        self,
        identifier: str,
        *,
        opened: bool | None = None,
        worst: str | None = None,
        counted: int | None = None,
    ) -> None:
        """Note that a message was looked at, or what a later check found in it and counted."""
        with self._lock, self._db:
            for column, value in (("opened", opened), ("worst", worst), ("counted", counted)):
                if value is not None:
                    self._db.execute(
                        f"update facts set {column} = ? where id = ?",  # noqa: S608 - one of three names
                        (value, _number(identifier)),
                    )

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

    def delete(self, *identifiers: str) -> int:
        """Delete messages; returns how many there were. Ids are not used again."""
        places = ", ".join("?" * len(identifiers))
        with self._lock, self._db:
            return self._db.execute(
                f"delete from messages where id in ({places})",  # noqa: S608 - question marks
                [_number(one) for one in identifiers],
            ).rowcount

    def get(self, identifier: str) -> StoredMessage | None:
        """The message of that id, or None."""
        with self._lock:
            row = self._db.execute(queries.ONE, (_number(identifier),)).fetchone()
        return _message(row) if row else None

    def find(self, door: str, reference: str) -> list[StoredMessage]:
        """The messages that came through a door under a client's id, oldest first."""
        with self._lock:
            rows = self._db.execute(queries.BY_REFERENCE, (door, reference)).fetchall()
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


def _filters(wanted: Filters | str) -> Filters:
    return Filters(q=wanted) if isinstance(wanted, str) else wanted


def _number(identifier: str) -> int:
    good = identifier.isascii() and identifier.isdigit() and len(identifier) <= 15
    return int(identifier) if good else -1


def _message(row: tuple[Any, ...]) -> StoredMessage:
    return StoredMessage(**_envelope(row), data=row[-1])


def _envelope(row: tuple[Any, ...]) -> dict[str, Any]:
    values = dict(zip(queries.FIELDS, row[: len(queries.FIELDS)], strict=True))
    return {
        **values,
        "id": str(values["id"]),
        "received": datetime.fromisoformat(values["received"]),
        "opened": bool(values["opened"]),
        "deliveryreport": bool(values["deliveryreport"]),
        "readreport": bool(values["readreport"]),
        "findings": None if values["findings"] is None else tuple(json.loads(values["findings"])),
    }
