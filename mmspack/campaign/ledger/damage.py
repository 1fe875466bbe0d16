"""What is wrong with a ledger's file: which recipients it can no longer vouch for, and why.

`integrity_check` finds pages that contradict each other, the seals find rows that are not what was written,
the totals of the blocks find rows that are older than the rest, and the last step finds a file that is older
than what this machine wrote.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from typing import Any, TypeGuard

from mmspack.campaign.ledger.database import LISTS, SCHEMA, UNREADABLE, described, tables_of
from mmspack.campaign.ledger.seals import BLOCK_ROWS, SEAL_BYTES, UNSEALED, Seals, bit_of, joined, members
from mmspack.campaign.ledger.states import State

NAMED = 20
"""Rows that are named on the screen; the report names all."""
FULL_ROW = """
select row, msisdn, state, zone, due, tries, digest, fields, seal, state_seal, at, code, id, sha256, why
from recipients left join outcomes using (row)
"""
_MOST_UNSURE = 8
"""Rows of a block for which both seals are tried: 2^8 sums take no time."""
_OF_ANOTHER_TYPE = (struct.error, AttributeError, TypeError, UnicodeError)
"""What a value raises that damage has made one of another type."""
CHANGED = "its number or the values in its message have changed since it was planned"
UNSURE = "its state has changed since it was written"
LOST = "it cannot be read"


@dataclass(slots=True)
class Standing:
    """A row of the file as far as it can be vouched for."""

    row: int
    values: tuple[Any, ...] | None = None
    """As `FULL_ROW` has them; None where the row cannot be read."""
    fault: str = ""
    has_identity: bool = True
    has_state: bool = True
    has_digest: bool = True
    """The digest is the one that was sealed, whatever the state was."""
    is_foreign: bool = False
    """No such row was planned."""


@dataclass(slots=True)
class Damage:
    """All that was found."""

    whole: str = ""
    """Why nobody can be sent to from this file at all; empty where the sound rows can."""
    pages: bool = False
    """SQLite says that the pages contradict each other."""
    stale: str = ""
    """Why nobody who waits can be trusted to have been sent nothing; empty where the blocks say who can."""
    rows: dict[int, str] = field(default_factory=dict)
    """What is wrong, by row."""
    blocks: set[int] = field(default_factory=set)
    """Those whose rows do not add up: who waits there may have been sent to."""
    step: int = 0

    def __bool__(self) -> bool:
        return bool(self.whole or self.pages or self.stale or self.rows or self.blocks)

    def is_open(self, row: int) -> bool:
        """Whether a sound row that says that it waits may have been sent to all the same."""
        return bool(self.stale) or row // BLOCK_ROWS in self.blocks


def setting_of(db: sqlite3.Connection, name: str) -> Any:
    """A setting of a file that may be damaged; None where it cannot be read."""
    try:
        row = db.execute("select value from settings where name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None
    except (*UNREADABLE, ValueError, TypeError):
        return None


def key_of(db: sqlite3.Connection) -> str:
    """The campaign's key, or an empty text where it cannot be read."""
    key = setting_of(db, "key")
    try:
        bytes.fromhex(key)
    except (TypeError, ValueError):
        return ""
    return str(key)


def examined(db: sqlite3.Connection, *, witnessed: int = 0) -> Damage:
    """Look at everything. `witnessed` is the last step that this machine knows of. Damage raises nothing."""
    damage = Damage()
    try:
        if described(db) != tables_of(SCHEMA):
            damage.whole = "its tables are not those of a campaign"
            return damage
    except UNREADABLE:
        damage.whole = "its pages cannot be read"
        return damage
    damage.pages = not pages_agree(db)
    key = key_of(db)
    if not key:
        damage.whole = "its key is damaged"
        return damage
    seals = Seals(key)
    _examine_progress(db, seals, damage, witnessed)
    if not damage.whole:
        _examine_rows(db, seals, damage)
    return damage


def _examine_rows(db: sqlite3.Connection, seals: Seals, damage: Damage) -> None:
    """Every recipient, and whether all are there."""
    found = 0
    for one in standings(db, seals, damage):
        if one.is_foreign:
            damage.pages = True
            continue
        found += one.values is None or one.values[2] != State.UNFIT
        if one.fault:
            damage.rows[one.row] = one.fault
    plan = setting_of(db, "plan")
    planned = plan.get("ready", 0) if isinstance(plan, dict) else 0
    if found < planned:
        damage.whole = f"{planned - found:,} of its {planned:,} recipients cannot be identified any more"


def pages_agree(db: sqlite3.Connection) -> bool:
    """Whether SQLite finds the pages sound, and every index like its table (`quick_check` does not look)."""
    try:
        return bool(db.execute("pragma integrity_check(1)").fetchone() == ("ok",))
    except UNREADABLE:
        return False


def _examine_progress(db: sqlite3.Connection, seals: Seals, damage: Damage, witnessed: int) -> None:
    """The small tables, and how far the ledger says that it has come."""
    found: dict[str, bool] = {}
    total = UNSEALED
    for table in LISTS:
        found[table], total = _examine_list(db, seals, table, total)
    if not all(sound for table, sound in found.items() if table != "suppressed"):
        damage.whole = "the frozen message or the campaign's settings are damaged"
        return
    try:
        row = db.execute("select step, lists, seal from progress where id = 0").fetchone()
    except UNREADABLE:
        row = None
    if row is None or not is_sealed(seals, "progress", row):
        damage.stale = "the record of its progress is damaged"
        return
    damage.step = row[0]
    if row[0] < witnessed:
        damage.stale = (
            f"the file is older than the last run on this machine (step {row[0]:,} of {witnessed:,}): it "
            "is a copy or a backup, or its -wal file is missing or damaged"
        )
    elif row[1] != total or not found["suppressed"]:
        # Somebody who is on the suppression list may be missing from it.
        damage.stale = "its suppression list or its settings are damaged or out of date"


def _examine_list(db: sqlite3.Connection, seals: Seals, table: str, total: bytes) -> tuple[bool, bytes]:
    """Whether the rows of a small table are sound, and the total with their seals."""
    names = ", ".join(LISTS[table])
    sound = True
    try:
        for entry in db.execute(f"select {names}, seal from {table}"):  # noqa: S608 - our own names
            if is_sealed(seals, table, entry):
                total = joined(total, entry[-1])
            else:
                sound = False
    except UNREADABLE:
        sound = False
    return sound, total


def standings(db: sqlite3.Connection, seals: Seals, damage: Damage) -> Iterator[Standing]:
    """Every recipient that the file has or had, in no order. Notes the blocks that do not add up."""
    known, all_known = _blocks(db, seals)
    damage.pages = damage.pages or not all_known
    sums: dict[int, bytes] = defaultdict(lambda: UNSEALED)
    seen: dict[int, int] = defaultdict(int)
    unsure: dict[int, list[tuple[bytes, ...]]] = defaultdict(list)
    for row, values in _readable(db, known, all_known):
        block = row // BLOCK_ROWS
        if seen.get(block, 0) & bit_of(row):
            continue
        if values is not None and not _is_member(row, known, all_known):
            one, _ = _judged(seals, values)
            if not (one.has_identity or one.has_state):  # a recipient's row with another number, say
                one.is_foreign = True
                yield one
                continue
        seen[block] |= bit_of(row)
        if values is None:
            unsure[block].append(())
            yield Standing(row, None, LOST, has_identity=False, has_state=False)
            continue
        one, seal = _judged(seals, values)
        if one.has_state:
            sums[block] = joined(sums[block], values[9])
        else:
            unsure[block].append(tuple(filter(_is_seal, (values[9], seal))))
        yield one
    for block, (bits, total) in known.items():
        for row in members(block, bits & ~seen[block]):
            seen[block] |= bit_of(row)
            unsure[block].append(())
            yield Standing(row, None, LOST, has_identity=False, has_state=False)
        if seen[block] != bits or not _adds_up(sums[block], total, unsure[block]):
            damage.blocks.add(block)
    damage.blocks |= seen.keys() - known.keys()


def _is_member(row: int, known: dict[int, tuple[int, bytes]], all_known: bool) -> bool:
    """Whether a row may be one that was planned."""
    block = row // BLOCK_ROWS
    return bool(known[block][0] & bit_of(row)) if block in known else not all_known


def _adds_up(known: bytes, total: bytes, unsure: Sequence[tuple[bytes, ...]]) -> bool:
    """Whether the rows that are sound are as new as their block's total.

    Of a damaged row the seal or what it stands over is mostly still right: with one of both the total comes
    out.
    """
    if len(unsure) > _MOST_UNSURE:
        return False
    return any(total == reduce(joined, seals, known) for seals in product(*unsure))


def is_sealed(seals: Seals, table: str, entry: Sequence[Any]) -> bool:
    """Whether a row of a small table, whose last value is its seal, is what was written."""
    try:
        return bool(seals.entry(table, *entry[:-1]) == entry[-1])
    except _OF_ANOTHER_TYPE:
        return False


def _is_seal(value: object) -> TypeGuard[bytes]:
    return isinstance(value, bytes) and len(value) == SEAL_BYTES


def _blocks(db: sqlite3.Connection, seals: Seals) -> tuple[dict[int, tuple[int, bytes]], bool]:
    """The rows and the total of each block that is sound, and whether all are."""
    known: dict[int, tuple[int, bytes]] = {}
    sound = True
    try:
        for entry in db.execute("select block, rows, total, seal from blocks"):
            if is_sealed(seals, "blocks", entry):
                known[entry[0]] = (int.from_bytes(entry[1], "big"), entry[2])
            else:
                sound = False
    except UNREADABLE:
        sound = False
    return known, sound


def _readable(
    db: sqlite3.Connection, known: dict[int, tuple[int, bytes]], all_known: bool
) -> Iterator[tuple[int, tuple[Any, ...] | None]]:
    """All rows in one pass; if that fails, or a block is unknown, then every row that must exist by itself.

    The second pass may repeat rows of the first one.
    """
    try:
        for values in db.execute(FULL_ROW):
            yield values[0], values
        if all_known:
            return
    except UNREADABLE:
        pass  # a broken page ends the scan of the table: the rows that are left are looked up one by one
    rows = {row for block, (bits, _) in known.items() for row in members(block, bits)}
    for query in ("select row from recipients order by msisdn", "select row from outcomes"):
        rows |= set(_until_it_breaks(db, query))
    for row in sorted(rows):
        try:
            values = db.execute(f"{FULL_ROW} where row = ?", (row,)).fetchone()
        except UNREADABLE:
            values = None
        yield row, values


def _until_it_breaks(db: sqlite3.Connection, query: str) -> Iterator[int]:
    try:
        for (row,) in db.execute(query):
            yield row
    except UNREADABLE:
        return


def _judged(seals: Seals, values: tuple[Any, ...]) -> tuple[Standing, bytes | None]:
    """A row against its two seals, and the state seal that it should have as it stands."""
    row, msisdn, state, zone, due, tries, digest, fields, seal, state_seal, *outcome = values
    told = None if outcome[0] is None else tuple(outcome)
    try:
        has_identity = seals.identity(row, msisdn, zone, fields) == seal
    except _OF_ANOTHER_TYPE:
        has_identity = False
    due_seal = _state_seal(seals, row, state, due, tries, digest, told)
    if state == State.PLANNED and told is None:
        due_seal = UNSEALED
    has_state = due_seal is not None and due_seal == state_seal
    fault = ""
    if not (has_identity and has_state):
        fault = "; ".join(
            words for words, sound in ((CHANGED, has_identity), (UNSURE, has_state)) if not sound
        )
    has_digest = has_state or any(
        _state_seal(seals, row, other, due, tries, digest, outcome) == state_seal
        for other in State
        for outcome in (None, told)
    )
    return Standing(row, values, fault, has_identity, has_state, has_digest), due_seal


def _state_seal(seals: Seals, *values: Any) -> bytes | None:
    try:
        return seals.state(*values)
    except _OF_ANOTHER_TYPE:
        return None
