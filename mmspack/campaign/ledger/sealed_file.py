"""A ledger's file in transactions that keep its seals: rows, the totals of blocks and the step agree."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mmspack.campaign.ledger.damage import key_of
from mmspack.campaign.ledger.database import DAMAGED, LISTS, told
from mmspack.campaign.ledger.seals import (
    BLOCK_ROWS,
    NO_DIGEST,
    UNSEALED,
    OutcomeRow,
    Seals,
    bits_as_bytes,
    number_of,
    seal_of,
)
from mmspack.campaign.ledger.states import State, StateEvent, after
from mmspack.campaign.ledger.witness import Witness
from mmspack.errors import InputError, UsageError
from mmspack.problem import Place

_STANDING = """
select row, msisdn, state, due, tries, digest, state_seal, at, code, id, sha256, why
from recipients left join outcomes using (row) where row in ({})
"""
_AT_ONCE = 64
"""Rows of one query."""
_KEEP_OUTCOME = "insert or replace into outcomes values (?, ?, ?, ?, ?, ?)"
_DROP_OUTCOME = "delete from outcomes where row = ?"
_CHANGE = "update recipients set state = ?, due = ?, tries = ?, state_seal = ? where row = ?"
_PLANNED = int(State.PLANNED)


class KnownRow(NamedTuple):
    """Where a row stands."""

    row: int
    msisdn: int
    state: State
    due: int
    tries: int
    digest: bytes
    seal: bytes
    outcome: OutcomeRow | None


class RowStep(NamedTuple):
    """What happens to a row; without `due` and `tries`, these stay."""

    row: int
    event: StateEvent
    outcome: OutcomeRow | None = None
    due: int | None = None
    tries: int | None = None


class Move(NamedTuple):
    """Where a row stands, and where it will."""

    one: KnownRow
    state: State
    outcome: OutcomeRow | None
    due: int
    tries: int


class SealedFile:
    """The rows, the small tables and the totals of an open file. `Ledger` says what happens to recipients."""

    def __init__(self, path: Path, db: sqlite3.Connection, witness: Witness | None) -> None:
        self.path = path
        self._db = db
        self._witness = witness
        self._seals = Seals(key_of(db) or "00")
        self._sums: dict[int, int] = defaultdict(int)
        """What this transaction changes in the totals of the blocks."""
        self._added: dict[int, int] = defaultdict(int)
        """The rows that it adds to them."""
        self._lists = 0
        """What it changes in the total of the small tables."""

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

    def _steps(self, steps: Sequence[RowStep]) -> None:
        """Take a step with each of some rows: all of them, or none. Raises `UsageError`, `InputError`."""
        known = self._standing([one.row for one in steps])
        moves = []
        for row, event, outcome, due, tries in steps:
            one = known[row]
            state = after(one.state, event)
            if state is State.BUILT and (one.msisdn <= 0 or one.digest == NO_DIGEST):
                raise UsageError(
                    "its message was lost with a damaged file, so it cannot be sent",
                    where=Place(file=str(self.path), name=f"row {row}"),
                    hint="plan a new campaign for this recipient",
                )
            due, tries = one.due if due is None else due, one.tries if tries is None else tries
            moves.append(Move(one, state, outcome, due, tries))
        self._write(moves)

    def _standing(self, rows: Sequence[int]) -> dict[int, KnownRow]:
        """Where rows stand. Raises `InputError` where that is not what was written."""
        known = {}
        state_seal = self._seals.state
        for at in range(0, len(rows), _AT_ONCE):
            some = list(rows[at : at + _AT_ONCE])
            # A query for each number of rows would be parsed each time: there is one for each power of 2.
            places = 1 << (len(some) - 1).bit_length()
            query = _STANDING.format(", ".join("?" * places))
            for found in self._db.execute(query, some + some[:1] * (places - len(some))):
                row, msisdn, state, due, tries, digest, seal, *rest = found
                outcome: Any = None if rest[0] is None else tuple(rest)
                planned = state == _PLANNED and outcome is None
                if seal != (UNSEALED if planned else state_seal(row, state, due, tries, digest, outcome)):
                    raise self._damaged(row)
                known[row] = KnownRow(row, msisdn, State(state), due, tries, digest, seal, outcome)
        for row in rows:
            if row not in known:
                raise InputError(f"no recipient in row {row}", where=self.path)
        return known

    def _write(self, moves: Iterable[Move]) -> None:
        """Write where rows stand now, with their seals."""
        changes, written, dropped = [], [], []
        state_seal, sums = self._seals.state, self._sums
        for one, state, outcome, due, tries in moves:
            number = int(state)
            seal = state_seal(one.row, number, due, tries, one.digest, outcome)
            changes.append((number, due, tries, seal, one.row))
            if outcome is not None:
                written.append((one.row, *outcome))
            elif one.outcome is not None:
                dropped.append((one.row,))
            sums[one.row // BLOCK_ROWS] ^= number_of(one.seal) ^ number_of(seal)
        self._db.executemany(_CHANGE, changes)
        self._db.executemany(_KEEP_OUTCOME, written)
        self._db.executemany(_DROP_OUTCOME, dropped)

    def _damaged(self, row: int) -> InputError:
        return InputError(
            f"{DAMAGED}: row {row} is not what was written",
            where=self.path,
            hint="nothing was sent to it; run the campaign again to see everything that is damaged",
        )

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
            self._lists ^= number_of(changed)

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
