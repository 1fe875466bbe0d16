"""The tables of a campaign read into its ledger: who is sent to, who is not and why, what is worth a look."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from mmspack.authoring.compiling import names_in
from mmspack.campaign.build.batches import reason_with_cure
from mmspack.campaign.build.press import Copywriter, PersonalTexts, values_of
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.planning.cells import BLANK, Cells, as_kept, prove_fillable
from mmspack.campaign.planning.longest import empty_slides
from mmspack.campaign.planning.matching import matched_columns, templates_in
from mmspack.campaign.planning.noted import DefaultUse, DrawnCodes, Noted, RepeatedCode
from mmspack.campaign.planning.numbers import read_number, zones_of
from mmspack.campaign.planning.order import Order, Plan
from mmspack.campaign.planning.read_tables import TableRow, columns_of, number_column, read_rows
from mmspack.campaign.planning.reasons import Reasons, in_lines
from mmspack.campaign.planning.suppression import read_suppression
from mmspack.campaign.planning.write_tables import BadRows, holds_bad_rows, mended_rows
from mmspack.errors import MmspackError, UsageError
from mmspack.message import Message
from mmspack.words import count

SHARD_ROWS = 1000
"""Rows that are built in one go: large enough that handing them over costs nothing beside it."""
_FIRST_REASONS = 3
"""Reasons that are named where nobody is left; the file has them all."""
Progress = Callable[[str, int], None]
"""Called with the name of the stage and the rows that are done; of `fit`, with the per cent of its clips."""


class Intake:
    """The tables of one plan, on their way into its ledger."""

    def __init__(
        self,
        order: Order,
        message: Message,
        defaults: Mapping[str, object],
        *,
        table: Path,
        test_table: Path | None,
        plan: Plan,
        progress: Progress,
        unfit: Mapping[int, str],
    ) -> None:
        """What is found is counted in `plan`. `unfit` are rows that were tried before, and why they fail.

        Raises `AuthoringError`, `InputError`, `UsageError`."""
        self._order, self._message, self._defaults = order, message, defaults
        self._table, self._test_table = table, test_table
        self._plan, self._progress = plan, progress
        # First of all: in a table without a header no other column is there, either.
        self._number_columns = {
            path: number_column(path, columns_of(path), order.to_column) for path in self.tables
        }
        matched = {path: matched_columns(self._message, path, self._defaults) for path in self.tables}
        self.columns = tuple(sorted(set().union(*matched.values())))
        """The template's variables that a table has."""
        self._sources = {path: tuple(map(found.get, self.columns)) for path, found in matched.items()}
        """The columns that they are in."""
        prove_fillable(order.default_if_blank, self._defaults)
        self._cells = {
            path: Cells(
                self.columns, sources, self._defaults,
                allowed_words=order.allowed_words, default_if_blank=order.default_if_blank,
            )
            for path, sources in self._sources.items()
        }  # fmt: skip
        texts = {
            at: slide.text for at, slide in enumerate(self._message.slides) if isinstance(slide.text, str)
        }
        self._writer = Copywriter(self._message.subject, texts, self._message.fallback)
        self._longest: dict[str, tuple[int, int, tuple[object, ...]]] = {}
        """By shape: the bytes of the longest copy, its row in the ledger and its values."""
        self._zones: dict[str, int] = {}
        self._reasons = Reasons()
        self._noted = Noted()
        self._codes = DrawnCodes(self._message, self.columns)
        self._unfit = unfit
        self._spoiled: dict[int, str] = {}
        """Rows of the ledger of which no message can be made, and why."""
        self._preferred: set[int] = set()
        """Rows for whose sake a later one of the same number was left out."""
        self._test_rows = 0

    @cached_property
    def bad(self) -> BadRows:
        """The file of the rows that are left out; begun when it is first asked for."""
        path = self._plan.path.with_name(f"{self._plan.name}.bad-rows.csv")
        return BadRows(path, self._every_column())

    @property
    def tables(self) -> list[Path]:
        """The tables in the order in which they are read."""
        return [path for path in (self._test_table, self._table) if path is not None]

    def _every_column(self) -> list[str]:
        """The columns of the recipients' table, and the further columns of the test group's table."""
        return list(dict.fromkeys(name for path in self.tables[::-1] for name in columns_of(path)))

    def read(self, ledger: Ledger) -> None:
        """Put every row that can be sent to into the ledger, and the others into the bad-rows file."""
        if self._order.suppression is not None:
            ledger.suppress(read_suppression(self._order.suppression, self._order.country))
        if self._test_table is not None:
            self._test_rows = self._read_table(self._test_table, 0, ledger)
            self._plan.test_group = self._plan.ready
            ledger.set(test_rows=self._test_rows)
        self._read_table(self._table, self._test_rows, ledger)

    def _read_table(self, path: Path, offset: int, ledger: Ledger) -> int:
        """Every row of a table, as line + `offset`; the number of its last line."""
        column = self._number_columns[path]
        rows = mended_rows(read_rows(path)) if holds_bad_rows(columns_of(path)) else read_rows(path)
        last = 0
        for row in rows:
            last = row.line
            self._plan.rows += 1
            reason = row.problem or self._take(row, path, column, offset, ledger)
            if reason:
                self._reasons.count(reason, row.line)
                self.bad.write(path, row.line, reason, row.values, row.raw)
            if self._plan.rows % SHARD_ROWS == 0:
                ledger.commit()
                self._progress("read", self._plan.rows)
        ledger.commit()
        return last

    def _take(self, row: TableRow, path: Path, column: str, offset: int, ledger: Ledger) -> str:
        """Add the row to the ledger; or the reason why not."""
        number = read_number(row.values.get(column), self._order.country)
        if refusal := number.refusal(landlines=self._order.landlines):
            return refusal
        if not is_in_shard(number.msisdn, self._order.shard):
            self._plan.elsewhere += 1
            return ""
        if ledger.is_suppressed(number.msisdn):
            self._plan.suppressed += 1
            return "the number is on the suppression list"
        fields = tuple(as_kept(row.values.get(name)) if name else None for name in self._sources[path])
        if fault := self._cells[path].fault(fields):
            return fault
        values = values_of(self.columns, fields, self._defaults)
        try:
            copy = self._writer.write(values)
        except MmspackError as error:
            return reason_with_cure(error)
        place = offset + row.line
        if reason := self._unfit.get(place, ""):
            return reason
        zone = self._zone(ledger, number.msisdn)
        if not ledger.add(place, number.msisdn, zone, fields):
            self._plan.duplicates += 1
            first = ledger.row_of(number.msisdn) or 0
            self._preferred.add(first)
            table, line = self.where(first)
            return f"the number already occurs in line {line} of {table.name}"
        self._plan.ready += 1
        notable = ["doubtful"] * number.doubtful + ["renewed"] * number.renewed
        self._noted.note(place, [*notable, *map(_default_of, self._cells[path].filled(fields))])
        self._codes.add(place, values)
        self._note_longest(copy, place, fields)
        return ""

    def _note_longest(self, copy: PersonalTexts, row: int, fields: tuple[object, ...]) -> None:
        if copy.bytes > self._longest.get(copy.shape, (-1,))[0]:
            self._longest[copy.shape] = (copy.bytes, row, fields)

    def _zone(self, ledger: Ledger, msisdn: int) -> int:
        names = zones_of(msisdn) if self._order.rules.quiet else ""
        if names not in self._zones:
            self._zones[names] = ledger.zone(names)
        return self._zones[names]

    def where(self, row: int) -> tuple[Path, int]:
        """Table and line of a row of the ledger: the test group's rows come before the others."""
        if self._test_table is not None and row <= self._test_rows:
            return self._test_table, row
        return self._table, row - self._test_rows

    def find_longest(self, ledger: Ledger) -> None:
        """Look for the longest copies again, among those who are left."""
        self._longest.clear()
        for batch in ledger.planned(batch=SHARD_ROWS):
            for one in batch:
                copy = self._writer.write(values_of(self.columns, one.fields, self._defaults))
                self._note_longest(copy, one.row, one.fields)

    @property
    def shapes(self) -> list[str]:
        """The sets of slides that have a text, of messages that can be built."""
        return sorted(shape for shape in self._longest if not empty_slides(self._message, shape))

    def worst(self) -> tuple[int, int, tuple[object, ...]]:
        """Bytes, row and values of the longest copy of all. Raises `UsageError` where there is none."""
        possible = [self._longest[shape] for shape in self.shapes]
        if not possible:
            raise self.nobody()
        return max(possible, key=lambda longest: longest[0])

    def spoil(self, ledger: Ledger, spoiled: Sequence[tuple[int, str]]) -> None:
        """Put the rows of which no message can be made into the bad-rows file."""
        if not spoiled:
            return
        self._plan.ready -= len(spoiled)
        self._spoiled.update(spoiled)
        for row, reason in spoiled:
            table, line = self.where(row)
            msisdn, fields = ledger.row(row)
            column = self._number_columns[table]
            each = zip(self._sources[table], fields, strict=True)
            values = {name: value for name, value in each if name is not None}
            self._reasons.count(reason, line)
            self.bad.write(table, line, reason, {column: msisdn, **values})
        ledger.built((), spoiled)

    def displacing(self) -> dict[int, str]:
        """The rows that cannot be sent and for whose sake another one was left out, which perhaps can."""
        return {row: self._spoiled[row] for row in self._preferred & self._spoiled.keys()}

    def nobody(self) -> UsageError:
        """The error for a plan without recipients; the bad-rows file gives the reasons."""
        path = self.bad.finish()
        if self._longest and path is None:
            return UsageError(
                "no message can be built",
                where=self._table,
                hint="a slide without a picture has an empty text for every recipient",
            )
        read, elsewhere = self._plan.rows, self._plan.elsewhere
        if read and read == elsewhere:
            return UsageError(
                f"no recipients left: {self._belong_elsewhere()}",
                where=self._table,
                hint="plan a small table with fewer shards",
            )
        what = f"none of {read:,} rows can be used" if read > 1 else "its only row cannot be used"
        first = list(self._reasons.most_frequent().items())[:_FIRST_REASONS]
        told = [f"{rows:,} × {reason}: {in_lines(rows, lines)}" for reason, (rows, lines) in first]
        told += [self._belong_elsewhere()] * bool(elsewhere)
        what = ": ".join((what, "; ".join(told))) if read else "it has no rows"
        return UsageError(
            f"no recipients left: {what}", where=self._table, hint=f"see {path}" if path else ""
        )

    def _belong_elsewhere(self) -> str:
        rows = self._plan.elsewhere
        return f"{count(rows, 'row')} {'belongs' if rows == 1 else 'belong'} to other shards"

    def conclude(self) -> None:
        """Count who was left out and why, and what is worth a look among those who are sent to."""
        plan = self._plan
        plan.bad = self.bad.rows - plan.duplicates - plan.suppressed
        plan.bad_rows = self.bad.finish()
        plan.reasons = self._reasons.most_frequent()
        plan.doubtful, doubtful = self._noted.among("doubtful", self._spoiled)
        plan.renewed, renewed = self._noted.among("renewed", self._spoiled)
        found = {"doubtful": doubtful, "renewed": renewed}
        plan.first_lines = {name: self._lines(rows) for name, rows in found.items() if rows}
        for name in sorted(set().union(*map(names_in, templates_in(self._message)))):
            value = self._defaults.get(name)
            if value in BLANK:
                continue
            rows, first = self._noted.among(_default_of(name), self._spoiled)
            if name not in self.columns:
                rows, first = plan.ready, []
            if rows:
                lines = self._lines(first)
                plan.defaults.append(DefaultUse(variable=name, value=str(value), rows=rows, lines=lines))
        plan.repeated_codes = [
            RepeatedCode(
                slide=place.slide or 0, overlay=place.overlay or 0, kind=place.key,
                rows=rows, lines=self._lines(first),
            )
            for place, rows, first in [
                *((place, plan.ready, []) for place in self._codes.alike if plan.ready > 1),
                *self._codes.repeated(self._spoiled),
            ]
        ]  # fmt: skip

    def _lines(self, rows: Sequence[int]) -> list[int]:
        return [self.where(row)[1] for row in rows]


def _default_of(variable: str) -> str:
    """The name under which rows are noted that get the variable's default."""
    return f"default of {variable}"


def is_in_shard(msisdn: int, shard: tuple[int, int]) -> bool:
    """Whether a number belongs to the ledger `shard[0]` of `shard[1]`: by its hash, alike everywhere."""
    index, shards = shard
    if shards == 1:
        return True
    digest = hashlib.blake2b(str(msisdn).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % shards == index - 1
