"""A ledger's file looked at before anybody works with it: sound, brought up to date, saved, or refused."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmspack.campaign.ledger.damage import NAMED, Damage, examined, setting_of
from mmspack.campaign.ledger.database import (
    BACKUP_HINT,
    DAMAGED,
    UNSEALED_VERSION,
    connected,
    protect,
    prove_file,
    told,
)
from mmspack.campaign.ledger.rebuilding import (
    prove_unsealed,
    save,
    save_unsealed,
    take_place,
    take_place_of_damaged,
)
from mmspack.campaign.ledger.seals import BLOCK_ROWS
from mmspack.campaign.ledger.witness import Machine, Witness
from mmspack.errors import InputError, UsageError
from mmspack.problem import Place, Problem
from mmspack.words import count, either, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOpening:
    """What opening a ledger came to."""

    campaign: str = ""
    updated: bool = False
    """It was of version 1, and has checksums now."""
    notes: tuple[str, ...] = ()
    """What was wrong with it, a line each; all that is in doubt is held."""
    kept: Path | None = None
    """The damaged file, under its new name."""


def opened(path: Path, place: Path, *, despite_damage: bool, take_over: bool) -> LedgerOpening:
    """Make sure that a ledger is sound, or make it so. The lease is the caller's, `place` the state folder.

    Raises `InputError` for damage, `UsageError` for a ledger that another machine had last.
    """
    version = prove_file(path, whole=not despite_damage)
    protect(path)
    part = path.with_name(f".{path.name}.part")
    with contextlib.closing(connected(path, write=False)) as db:
        campaign = str(setting_of(db, "campaign") or "")
        witnessed = Witness(campaign, place).step
        damage = Damage()
        if version == UNSEALED_VERSION:
            if witnessed:
                damage.stale = "this machine knows a newer one of this campaign"
        else:
            damage = examined(db, witnessed=witnessed)
        if damage and (damage.whole or not despite_damage):
            raise damaged(path, damage, places(db))
        if not take_over:
            _prove_machine(path, setting_of(db, "machine"), Machine.here(place))
        notes = tuple(problem.text for problem in notes_on(path, damage, places(db)))
        if version == UNSEALED_VERSION:
            prove_unsealed(path, db, places(db))
            save_unsealed(path, part, db, damage, step=witnessed)
        elif damage:
            save(part, db, damage, step=max(damage.step, witnessed))
    if version == UNSEALED_VERSION:
        _empty_wal(path)
        take_place(path, part)
        return LedgerOpening(campaign=campaign, updated=True, notes=notes)
    if damage:
        return LedgerOpening(campaign=campaign, notes=notes, kept=take_place_of_damaged(path, part))
    return LedgerOpening(campaign=campaign)


def prove_sound(path: Path, db: sqlite3.Connection, version: int, place: Path) -> None:
    """Refuse to look at a damaged ledger. Raises `InputError`."""
    if version == UNSEALED_VERSION:
        prove_unsealed(path, db, places(db))
        return
    # Before the file is read: a sender that is at it goes on in the meantime.
    witnessed = Witness(str(setting_of(db, "campaign") or ""), place).step
    with told(path):
        db.execute("begin")
    damage = examined(db, witnessed=witnessed)
    found = places(db)
    with told(path):
        db.rollback()
    if damage:
        raise damaged(path, damage, found)


def _prove_machine(path: Path, last: Any, here: Machine) -> None:
    if isinstance(last, dict) and last.get("id") not in (None, here.id):
        name = printable(str(last.get("name")))
        # A container, a cloned disk or another state folder on this host: the names say nothing then.
        machines = (
            f"{name}; this is {here.name}" if name != here.name else f"one that is called {name} as well"
        )
        raise UsageError(
            f"last used on another machine ({machines})",
            where=path,
            hint="if it still runs there, or ran there after this copy was made, recipients would receive "
            "the message twice; otherwise continue here with " + either("--take-over", "take_over=True"),
        )


def places(db: sqlite3.Connection) -> Callable[[int], str]:
    """A function that says where in the tables a row comes from."""
    tables, test_rows = setting_of(db, "tables"), setting_of(db, "test_rows") or 0
    if not isinstance(tables, list) or not tables or not isinstance(test_rows, int):
        return lambda row: f"row {row}"
    names = [printable(str(name)) for name in tables]
    return lambda row: "line {1} of {0}".format(*place_of(names, test_rows, row))


def place_of(tables: list[str], test_rows: int, row: int) -> tuple[str, int]:
    """The table and the line in it of a row of the ledger: the test group's rows come before the others."""
    return (tables[0], row) if row <= test_rows else (tables[-1], row - test_rows)


def damaged(path: Path, damage: Damage, place: Callable[[int], str]) -> InputError:
    """The refusal of a damaged ledger, naming everything that is in doubt."""
    if damage.whole:
        return InputError(f"{DAMAGED}: {damage.whole}", where=path, hint=BACKUP_HINT)
    option = either("--despite-damage", "despite_damage=True")
    cure = f"nothing was sent; {option} holds all of these recipients and continues with the rest"
    problems = [Problem(DAMAGED, Place(file=str(path)), cure)]
    for note in notes_on(path, damage, place):
        problems.append(replace(note, cure=cure))
    return InputError(problems=problems)


def notes_on(path: Path, damage: Damage, place: Callable[[int], str]) -> list[Problem]:
    """Everything that is wrong, one by one."""
    file = str(path)
    found = []
    if damage.stale:
        found.append(
            Problem(f"every waiting recipient may have been sent to: {damage.stale}", Place(file=file))
        )
    named = sorted(damage.rows.items())
    found += [Problem(what, Place(file=file, name=place(row))) for row, what in named[:NAMED]]
    if len(named) > NAMED:
        found.append(Problem(f"and {count(len(named) - NAMED, 'more row')}", Place(file=file)))
    for block in () if damage.stale else sorted(damage.blocks):
        first, last = max(1, block * BLOCK_ROWS), (block + 1) * BLOCK_ROWS - 1
        found.append(
            Problem(
                "some of these rows are lost or out of date, so all who are waiting may have been sent to",
                Place(file=file, name=f"{place(first)} to {place(last)}"),
            )
        )
    if damage.pages and not found:
        found.append(Problem("its pages contradict each other; no recipient is affected", Place(file=file)))
    return found


def _empty_wal(path: Path) -> None:
    """Bring what a dead sender left in the -wal file into the file itself."""
    with contextlib.closing(connected(path, write=True)) as db, told(path):
        db.execute("pragma wal_checkpoint(truncate)")
