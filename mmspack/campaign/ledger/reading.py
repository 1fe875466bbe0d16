"""What a campaign's ledger tells: its recipients, their states and what is known about them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from mmspack.campaign.ledger.database import DAMAGED, told
from mmspack.campaign.ledger.sealed_file import SealedFile
from mmspack.campaign.ledger.seals import NO_DIGEST
from mmspack.campaign.ledger.states import ANSWERED, Recipient, RecipientRecord, State
from mmspack.errors import InputError

_FIRST_DUE = "select due from recipients where state = 3 and zone = ? and row <= ? order by due limit 1"
_IN_STATE = """
select row, msisdn, digest, fields, tries from recipients
where row > ? and state = ? order by row limit ?
"""
_ACCOUNTS = """
select recipients.row, msisdn, state, at, code, id, sha256, why, tries, digest
from recipients left join outcomes using (row)
where (? is null or state = ?) order by row
"""
_read = json.JSONDecoder().raw_decode  # `json.loads` looks for marks and blanks, which we do not write


class LedgerReading(SealedFile):
    """The part of a ledger that changes nothing. Methods raise `InputError` where the file is damaged."""

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

    def zones(self) -> dict[int, str]:
        """Each set of time zones by its number."""
        return dict(self._all("select zone, names from zones"))

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
                Recipient(row, msisdn, digest, tuple(_read(fields)[0]), tries)
                for row, msisdn, digest, fields, tries in rows
            ]

    def media_of(self, row: int) -> str:
        """Name in the shared store of the pictures of a row, or empty."""
        found = self._one("select media from shards where first <= ? order by first desc limit 1", row)
        return found[0] if found else ""

    def ending_in(self, endings: Collection[int], *, first: int) -> tuple[int, list[int]]:
        """How many recipients are waiting whose number ends in one of these four digits; the first rows."""
        marks = ", ".join("?" * len(endings))
        where = f"from recipients where state = ? and msisdn % 10000 in ({marks})"
        wanted = (int(State.BUILT), *endings)
        number = self._one(f"select count(*) {where}", *wanted)
        rows = self._all(f"select row {where} order by row limit ?", *wanted, first)
        return (number or (0,))[0], [row for (row,) in rows]

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

    def accounts(self, state: State | None = None) -> Iterator[RecipientRecord]:
        """Every recipient (of one state) with what is known about it, in the plan's order."""
        wanted = None if state is None else int(state)
        with told(self.path):
            rows = self._db.execute(_ACCOUNTS, (wanted, wanted))
            for row, msisdn, found, at, code, identifier, sha256, why, tries, digest in rows:
                known = self._state(found)
                yield RecipientRecord(
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
