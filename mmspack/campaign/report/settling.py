"""What an operator does about held recipients: send again, give up, or resolve from a billing record."""

from __future__ import annotations

import csv
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.opening import place_of
from mmspack.campaign.ledger.states import RecipientRecord, Settled, State, StateEvent
from mmspack.campaign.planning.read_tables import column_of, columns_of, read_rows
from mmspack.campaign.planning.write_tables import safe_cell, written_whole
from mmspack.campaign.run.note_token import TOKEN, is_damaged, note_token
from mmspack.errors import InputError, UsageError
from mmspack.words import either, printable

_BATCH = 1000


def resend(ledger: Ledger, state: State = State.HELD, numbers: Iterable[int] = ()) -> int:
    """Put held (or rejected) recipients back into the queue: some of them may receive the message twice."""
    return _settle(ledger, state, StateEvent.RESEND, "", set(numbers))


def drop(ledger: Ledger, numbers: Iterable[int] = ()) -> int:
    """Give up on held recipients: some of them may never receive the message."""
    return _settle(ledger, State.HELD, StateEvent.DROP, "given up by the operator", set(numbers))


def _settle(ledger: Ledger, state: State, event: StateEvent, why: str, numbers: set[int]) -> int:
    rows = [
        one.row
        for one in ledger.accounts(state)
        if (not numbers or one.msisdn in numbers) and (event is StateEvent.DROP or one.is_sendable)
    ]
    return _write(ledger, (Settled(row, event, why=why) for row in rows))


def _write(ledger: Ledger, settled: Iterable[Settled]) -> int:
    written = 0
    each = iter(settled)
    while batch := list(islice(each, _BATCH)):
        ledger.settle(batch)
        written += len(batch)
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a billing record showed."""

    tokens: int
    """Records of this campaign."""
    accepted: int
    """Held recipients who are in it."""
    returned: int
    """Held recipients who are not, put back into the queue because the record is said to be complete."""
    held: int
    """Recipients who are still held."""
    unexpected: int
    """Records of recipients who were never handed to the gateway, as far as the ledger knows."""


def reconcile(ledger: Ledger, billing: Path, *, complete: bool = False, id_column: str = "") -> Reconciled:
    """Resolve held recipients from a billing record: a table in which one column has the note.

    A recipient whose token is in it was accepted. One who is not is left held, unless `complete` says that
    the record holds every message of the account up to now: then it was not sent. Accepted recipients whose
    id is not known get that of the record.

    Raises `InputError` where no cell of the table holds a note of this campaign, `UsageError` for a column
    that is not there and for a record that cannot be complete: recipients whom the ledger knows as accepted
    are not in it, or a line of it, or the note in one, cannot be read. Then nothing is changed.
    """
    campaign, key = ledger.setting("campaign"), ledger.setting("key")
    column = column_of(billing, columns_of(billing), id_column) if id_column else ""
    known = {note_token(campaign, key, one.msisdn) for one in ledger.accounts() if one.is_known}
    found, unread = _tokens(billing, campaign, column, known)
    if not found and not (complete and unread):
        raise InputError(
            f"contains no note of this campaign (mp1:{campaign}:…)",
            where=billing,
            hint="the operator's export must include the note; without it nothing can be matched",
        )
    if complete:
        _prove_complete(ledger, billing, found, unread)
    unnamed = [
        (one.row, found[note])
        for one in ledger.accounts(State.ACCEPTED)
        if not one.id and found.get(note := note_token(campaign, key, one.msisdn))
    ]
    held = list(ledger.accounts(State.HELD))
    token = {one.row: note_token(campaign, key, one.msisdn) for one in held}
    lost = {one.row for one in held if not one.is_sendable}
    proved = [
        Settled(row, StateEvent.PROVE_ACCEPTED, id=found[note] or None)
        for row, note in token.items()
        if note in found
    ]
    absent = (
        [
            Settled(row, StateEvent.PROVE_NOT_SENT)
            for row, note in token.items()
            if note not in found and row not in lost
        ]
        if complete
        else []
    )
    unexpected = sum(note_token(campaign, key, one.msisdn) in found for one in ledger.accounts(State.BUILT))
    _write(ledger, [*proved, *absent])
    ledger.name(unnamed)
    return Reconciled(
        tokens=len(found),
        accepted=len(proved),
        returned=len(absent),
        held=len(token) - len(proved) - len(absent),
        unexpected=unexpected,
    )


def _prove_complete(ledger: Ledger, billing: Path, found: Container[str], unread: str) -> None:
    """Refuse a record that the ledger itself disproves: whoever is missing from it would be sent to again."""
    campaign, key = ledger.setting("campaign"), ledger.setting("key")
    without = either("--complete", "complete=True")
    hint = f"nothing was changed; without {without}, only the recipients in it are resolved"
    if unread:
        raise UsageError(f"{unread}, so it may not be complete", where=billing, hint=hint)
    accepted = [
        note_token(campaign, key, one.msisdn) for one in ledger.accounts(State.ACCEPTED) if one.is_known
    ]
    missing = sum(note not in found for note in accepted)
    if missing:
        raise UsageError(
            f"{missing:,} of the {len(accepted):,} accepted messages are missing from it, "
            "so it is not complete",
            where=billing,
            hint=hint,
        )


def _tokens(
    billing: Path, campaign: str, id_column: str, known: Container[str]
) -> tuple[dict[str, str], str]:
    """Tokens of the campaign with their ids (or empty), and what cannot be read first (or empty).

    Whom a note belongs to that is not one of `known` is lost, so its line is one that cannot be read.
    """
    found: dict[str, str] = {}
    unread = ""
    for row in read_rows(billing):
        if row.problem:
            unread = unread or f"line {row.line} cannot be read"
        for cell in map(str, row.values.values()):
            for match in TOKEN.finditer(cell):
                if match[1] == campaign:
                    found[match[0]] = _id(row.values.get(id_column)) or found.get(match[0], "")
            if not unread and is_damaged(cell, campaign, known):
                unread = f"the note in line {row.line} is damaged or belongs to no recipient of this campaign"
    return found, unread


def _id(value: object) -> str:
    """An id of a foreign table, cleaned: it goes into the ledger and the report."""
    return "" if value is None else printable(str(value).strip())


COLUMNS = ("table", "line", "msisdn", "state", "id", "code", "tries", "time", "sha256", "note", "why")


def places_of(ledger: Ledger) -> Callable[[int], tuple[str, int]]:
    """A function that gives the name of the table and the line in it of a row of the ledger."""
    tables, test_rows = ledger.setting("tables", [""]), ledger.setting("test_rows", 0)
    return lambda row: place_of(tables, test_rows, row)


def report_rows(ledger: Ledger) -> Iterator[tuple[str, ...]]:
    """The report as rows of text under `COLUMNS`, in the plan's order."""
    campaign, key = ledger.setting("campaign"), ledger.setting("key")
    place = places_of(ledger)
    for one in ledger.accounts():
        note = note_token(campaign, key, one.msisdn) if one.is_known else ""
        yield _cells(one, place(one.row), note)


def _cells(one: RecipientRecord, place: tuple[str, int], note: str) -> tuple[str, ...]:
    time = datetime.fromtimestamp(one.at, UTC).isoformat() if one.at else ""
    code = "" if one.code is None else str(one.code)
    state = one.state.name.lower()
    known = (one.id or "", code, str(one.tries), time, one.sha256, note, one.why)
    return (place[0], str(place[1]), str(one.msisdn) if one.is_known else "", state, *known)


def write_csv(ledger: Ledger, path: Path) -> int:
    """The report as CSV without formulas, one line per recipient; returns the count. Raises `OutputError`."""
    rows = 0
    with written_whole(path) as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for cells in report_rows(ledger):
            table.writerow([safe_cell(cell) for cell in cells])
            rows += 1
    return rows
