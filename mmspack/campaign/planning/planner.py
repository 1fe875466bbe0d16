"""A campaign planned: every recipient read, every message built and checked, nothing sent.

The table is read once, into the ledger. Then the media are fitted for the longest copy, and each row's
message is built and checked. The ledger appears under its name when all of that is done.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mmspack.authoring.compiling import names_in
from mmspack.authoring.finding import FILE_NAME
from mmspack.authoring.templating import refuse_strays
from mmspack.bundle.dialects import SENDMMS
from mmspack.campaign.build.batches import Built, reason_with_cure
from mmspack.campaign.build.engine import Engine
from mmspack.campaign.build.freezing import freeze
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.build.press import Copywriter, PersonalTexts, values_of
from mmspack.campaign.ledger.database import SUFFIX
from mmspack.campaign.ledger.lease import Lease
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.states import State
from mmspack.campaign.planning.cells import BLANK, Cells, prove_fillable
from mmspack.campaign.planning.longest import TRIED, concerns_a_recipient, empty_slides
from mmspack.campaign.planning.matching import matched_columns, template_of, templates_in
from mmspack.campaign.planning.noted import DefaultUse, DrawnCodes, Noted, RepeatedCode
from mmspack.campaign.planning.numbers import LANDLINE, country_of, read_number, zones_of
from mmspack.campaign.planning.order import Order, Plan, file_name, prove_rules
from mmspack.campaign.planning.read_tables import TableRow, columns_of, number_column, read_rows
from mmspack.campaign.planning.reasons import Reasons, in_lines
from mmspack.campaign.planning.spooling import as_table
from mmspack.campaign.planning.suppression import read_suppression
from mmspack.campaign.planning.write_tables import BadRows, holds_bad_rows, mended_rows
from mmspack.errors import (
    DoesNotFit,
    MmspackError,
    UsageError,
)
from mmspack.model import Message
from mmspack.problem import Place
from mmspack.words import count, either

SHARD_ROWS = 1000
"""Rows that are built in one go: large enough that handing them over costs nothing beside it."""
_UNSENT = (State.PLANNED, State.BUILT, State.UNFIT)
_FIRST_REASONS = 3
"""Reasons that are named where nobody is left; the file has them all."""
Progress = Callable[[str, int], None]
"""Called with the name of the stage and the rows that are done."""


def plan(order: Order, *, engine: Engine | None = None, progress: Progress | None = None) -> Plan:
    """Plan a campaign and write its ledger. Nothing is sent.

    Raises `AuthoringError` where the message cannot be used or the columns do not match its templates,
    `InputError` for files, `DoesNotFit`, `OutputError`. Rows that cannot be used are in the bad-rows file.
    """
    with ExitStack() as stack:
        table = stack.enter_context(as_table(order.recipients, "recipients"))
        group = order.test_group
        test_table = None if group is None else stack.enter_context(as_table(group, "test_group"))
        return _Planner(order, table, test_table, engine or LocalEngine(1), progress or _unheard).run()


def _unheard(_stage: str, _done: int) -> None:
    """Progress is ignored."""


class _Planner:
    def __init__(
        self, order: Order, table: Path, test_table: Path | None, engine: Engine, progress: Progress
    ) -> None:
        prove_rules(order.rules)
        if order.recipe.dialect != SENDMMS:
            raise UsageError(
                f"dialect {order.recipe.dialect.name!r}: a campaign's zips are {SENDMMS.name}'s",
                hint="leave the dialect out",
            )
        self.order = replace(order, country=country_of(order.country))
        self.table, self.test_table = table, test_table
        self.engine, self.progress = engine, progress
        self.message, variables = template_of(order.message, allow_outside=order.allow_outside)
        refuse_strays(self.message, order.values, variables)
        self.defaults: dict[str, object] = {**variables, **order.values}
        self.profiles = order.recipe.profiles_of(self.message.profile)
        toml = _file_of(order.message)
        folder = order.folder or toml.resolve().parent
        name = file_name(order.name, toml)
        self.plan = Plan(path=folder / f"{name}{SUFFIX}", name=name)
        matched = {path: matched_columns(self.message, path, self.defaults) for path in self._tables()}
        self.columns = tuple(sorted(set().union(*matched.values())))
        """The template's variables that a table has."""
        self.sources = {path: tuple(map(found.get, self.columns)) for path, found in matched.items()}
        """The columns that they are in."""
        prove_fillable(order.default_if_blank, self.defaults)
        self.cells = {
            path: Cells(
                self.columns, sources, self.defaults,
                allowed_words=order.allowed_words, default_if_blank=order.default_if_blank,
            )
            for path, sources in self.sources.items()
        }  # fmt: skip
        texts = {
            at: slide.text for at, slide in enumerate(self.message.slides) if isinstance(slide.text, str)
        }
        self.writer = Copywriter(self.message.subject, texts, self.message.fallback)
        self.longest: dict[str, tuple[int, int, tuple[object, ...]]] = {}
        """By shape: the bytes of the longest copy, its row in the ledger and its values."""
        self.zones: dict[str, int] = {}
        self.number_columns: dict[Path, str] = {}
        self.reasons = Reasons()
        self.noted = Noted()
        self.codes = DrawnCodes(self.message, self.columns)
        self.spoiled: set[int] = set()
        """Rows of the ledger of which no message can be made."""
        self.test_rows = 0

    def run(self) -> Plan:
        path = self.plan.path
        if path.exists() and not self.order.replace:
            raise UsageError(
                "a campaign of that name already exists",
                where=path,
                hint=f"{either('--replace', 'replace=True')} discards it if nothing was sent; another "
                f"{either('--name', 'name')} starts a new one, which does not know who was sent to in "
                "this one",
            )
        lease = Lease.take(path)
        try:
            _prove_unsent(path)
        except BaseException:
            lease.release()
            raise
        part = path.with_name(f".{path.name}.part")
        _remove(part)
        bad = BadRows(path.with_name(f"{self.plan.name}.bad-rows.csv"), self._columns())
        try:
            with Ledger.create(part, self._settings()) as ledger:
                self._read(ledger, bad)
                base = self._freeze(ledger, bad)
                self._build(ledger, base, bad)
                self._conclude(ledger, bad)
            # The log of the old file beside the new one would be taken for its own.
            _remove(path, keep_lock=True)
            part.replace(path)
        except BaseException:
            bad.abandon()
            raise
        finally:
            _remove(part)
            lease.release()
            if not path.exists():
                path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
        return self.plan

    def _settings(self) -> dict[str, Any]:
        return {
            "campaign": secrets.token_hex(4),
            "key": secrets.token_hex(16),
            "name": self.plan.name,
            "rules": asdict(self.order.rules),
            "country": self.order.country,
            "tables": [path.name for path in self._tables()],
            "shard": self.order.shard,
            "store": self.engine.store,
        }

    def _tables(self) -> list[Path]:
        """The tables in the order in which they are read."""
        return [path for path in (self.test_table, self.table) if path is not None]

    def _columns(self) -> list[str]:
        """The columns of the recipients' table, and the further columns of the test group's table."""
        return list(dict.fromkeys(name for path in self._tables()[::-1] for name in columns_of(path)))

    # -- the table into the ledger ----------------------------------------------------------------

    def _read(self, ledger: Ledger, bad: BadRows) -> None:
        if self.order.suppression is not None:
            ledger.suppress(read_suppression(self.order.suppression, self.order.country))
        if self.test_table is not None:
            self.test_rows = self._read_table(self.test_table, 0, ledger, bad)
            self.plan.test_group = self.plan.ready
            ledger.set(test_rows=self.test_rows)
        self._read_table(self.table, self.test_rows, ledger, bad)

    def _read_table(self, path: Path, offset: int, ledger: Ledger, bad: BadRows) -> int:
        """Every row of a table, as line + `offset`; the number of its last line."""
        columns = columns_of(path)
        column = self.number_columns[path] = number_column(path, columns, self.order.to_column)
        rows = mended_rows(read_rows(path)) if holds_bad_rows(columns) else read_rows(path)
        last = 0
        for row in rows:
            last = row.line
            self.plan.rows += 1
            reason = row.problem or self._take(row, path, column, offset, ledger)
            if reason:
                self.reasons.count(reason, row.line)
                bad.write(path, row.line, reason, row.values, row.raw)
            if self.plan.rows % SHARD_ROWS == 0:
                ledger.commit()
                self.progress("read", self.plan.rows)
        ledger.commit()
        return last

    def _take(self, row: TableRow, path: Path, column: str, offset: int, ledger: Ledger) -> str:
        """Add the row to the ledger; or the reason why not."""
        number = read_number(row.values.get(column), self.order.country)
        if number.problem:
            return number.problem
        if number.kind and not (number.kind == LANDLINE and self.order.landlines):
            return f"the number is a {number.kind}, which cannot receive MMS"
        if not is_in_shard(number.msisdn, self.order.shard):
            self.plan.elsewhere += 1
            return ""
        if ledger.is_suppressed(number.msisdn):
            self.plan.suppressed += 1
            return "the number is on the suppression list"
        fields = tuple(_plain(row.values.get(name)) if name else None for name in self.sources[path])
        if fault := self.cells[path].fault(fields):
            return fault
        values = values_of(self.columns, fields, self.defaults)
        try:
            copy = self.writer.write(values)
        except MmspackError as error:
            return reason_with_cure(error)
        place = offset + row.line
        zone = self._zone(ledger, number.msisdn)
        if not ledger.add(place, number.msisdn, zone, fields):
            self.plan.duplicates += 1
            table, line = self._where(ledger.row_of(number.msisdn) or 0)
            return f"the number already occurs in line {line} of {table.name}"
        self.plan.ready += 1
        notable = ["doubtful"] * number.doubtful + ["renewed"] * number.renewed
        self.noted.note(place, [*notable, *map(_default_of, self.cells[path].filled(fields))])
        self.codes.add(place, values)
        self._note_longest(copy, place, fields)
        return ""

    def _note_longest(self, copy: PersonalTexts, row: int, fields: tuple[object, ...]) -> None:
        if copy.bytes > self.longest.get(copy.shape, (-1,))[0]:
            self.longest[copy.shape] = (copy.bytes, row, fields)

    def _zone(self, ledger: Ledger, msisdn: int) -> int:
        names = zones_of(msisdn) if self.order.rules.quiet else ""
        if names not in self.zones:
            self.zones[names] = ledger.zone(names)
        return self.zones[names]

    # -- the message ------------------------------------------------------------------------------

    def _freeze(self, ledger: Ledger, bad: BadRows) -> Base:
        """Fit the media beside the longest copy whose pictures can be drawn, and keep them in the ledger."""
        left = TRIED
        while True:
            size, row, fields = self._worst(bad)
            table, line = self._where(row)
            self.progress("fit", 0)
            try:
                base = self._frozen(fields)
            except MmspackError as error:
                left -= 1
                drawn = concerns_a_recipient(error)
                if left and drawn:
                    # What cannot be drawn for one recipient is that recipient's bad row.
                    self._spoil(ledger, bad, [(row, reason_with_cure(error))])
                    self._find_longest(ledger)
                    continue
                if drawn or isinstance(error, DoesNotFit):
                    copy = f"the longest copy, {size:,} bytes"
                    raise error.within(Place(file=table.name, line=line, key=copy)) from error
                raise
            ledger.keep_base(base.to_blobs())
            return base

    def _worst(self, bad: BadRows) -> tuple[int, int, tuple[object, ...]]:
        """Bytes, row and values of the longest copy of all. Raises `UsageError` where there is none."""
        possible = [
            longest for shape, longest in self.longest.items() if not empty_slides(self.message, shape)
        ]
        if not possible:
            raise self._nobody(bad)
        return max(possible, key=lambda longest: longest[0])

    def _frozen(self, fields: Sequence[object]) -> Base:
        return freeze(
            self.message,
            defaults=self.defaults,
            columns=self.columns,
            worst=values_of(self.columns, fields, self.defaults),
            shapes=sorted(shape for shape in self.longest if not empty_slides(self.message, shape)),
            recipe=self.order.recipe,
        )

    def _find_longest(self, ledger: Ledger) -> None:
        """Look for the longest copies again, among those who are left."""
        self.longest.clear()
        for batch in ledger.planned(batch=SHARD_ROWS):
            for one in batch:
                copy = self.writer.write(values_of(self.columns, one.fields, self.defaults))
                self._note_longest(copy, one.row, one.fields)

    def _spoil(self, ledger: Ledger, bad: BadRows, spoiled: Sequence[tuple[int, str]]) -> None:
        """Put the rows of which no message can be made into the bad-rows file."""
        if not spoiled:
            return
        self.plan.ready -= len(spoiled)
        self.spoiled.update(row for row, _ in spoiled)
        for row, reason in spoiled:
            table, line = self._where(row)
            msisdn, fields = ledger.row(row)
            column = self.number_columns[table]
            each = zip(self.sources[table], fields, strict=True)
            values = {name: value for name, value in each if name is not None}
            self.reasons.count(reason, line)
            bad.write(table, line, reason, {column: msisdn, **values})
        ledger.built((), spoiled)

    def _nobody(self, bad: BadRows) -> UsageError:
        """The error for a plan without recipients; the bad-rows file gives the reasons."""
        path = bad.finish()
        if self.longest and path is None:
            return UsageError(
                "no message can be built",
                where=self.table,
                hint="a slide without a picture has an empty text for every recipient",
            )
        what = f"none of {self.plan.rows:,} rows can be used" if self.plan.rows else "it has no rows"
        first = list(self.reasons.most_frequent().items())[:_FIRST_REASONS]
        told = [f"{rows:,} × {reason}: {in_lines(rows, lines)}" for reason, (rows, lines) in first]
        what = ": ".join((what, "; ".join(told))) if told else what
        return UsageError(f"no recipients left: {what}", where=self.table, hint=f"see {path}" if path else "")

    def _build(self, ledger: Ledger, base: Base, bad: BadRows) -> None:
        """Build and check every row, on all processors of the engine."""
        total = Built()
        batches = ([(one.row, one.fields) for one in batch] for batch in ledger.planned(batch=SHARD_ROWS))
        done = 0
        for built in self.engine.build(base, batches):
            ledger.built(built.digests)
            self._spoil(ledger, bad, built.spoiled)
            if built.media:
                ledger.keep_shard(built.digests[0][0], built.media)
            total.count(built)
            done += len(built.digests) + len(built.spoiled)
            self.progress("build", done)
        self.plan.largest = (self._where(total.largest.row)[1], total.largest.size)
        self.plan.longest = (self._where(total.longest.row)[1], total.longest.size)
        self.plan.findings = dict(total.findings)
        self.plan.examples = {
            name: (self._where(row)[1], said) for name, (row, said) in total.examples.items()
        }
        first = {name: row for name, (row, _) in total.examples.items()}
        first |= {"largest": total.largest.row, "longest": total.longest.row}
        self.plan.tables = {name: self._where(row)[0].name for name, row in first.items()}

    def _where(self, row: int) -> tuple[Path, int]:
        """Table and line of a row of the ledger: the test group's rows come before the others."""
        if self.test_table is not None and row <= self.test_rows:
            return self.test_table, row
        return self.table, row - self.test_rows

    def _conclude(self, ledger: Ledger, bad: BadRows) -> None:
        if self.plan.ready == 0:
            raise self._nobody(bad)
        self.plan.bad = bad.rows - self.plan.duplicates - self.plan.suppressed
        self.plan.bad_rows = bad.finish()
        self.plan.reasons = self.reasons.most_frequent()
        self._conclude_noted()
        self.plan.profiles = [profile.name for profile in self.profiles]
        self.plan.limit = min(profile.max_bytes for profile in self.profiles)
        rules = self.order.rules
        self.plan.seconds = self.plan.ready / rules.rate if rules.rate else 0.0
        self.plan.cost = self.plan.ready * rules.price
        summary = {**asdict(self.plan), "path": None, "bad_rows": None}
        ledger.set(plan=summary)
        ledger.finish_plan()

    def _conclude_noted(self) -> None:
        """Count what is worth a look among those who are sent to."""
        plan = self.plan
        plan.doubtful, doubtful = self.noted.among("doubtful", self.spoiled)
        plan.renewed, renewed = self.noted.among("renewed", self.spoiled)
        found = {"doubtful": doubtful, "renewed": renewed}
        plan.first_lines = {name: self._lines(rows) for name, rows in found.items() if rows}
        for name in sorted(set().union(*map(names_in, templates_in(self.message)))):
            value = self.defaults.get(name)
            if value in BLANK:
                continue
            rows, first = self.noted.among(_default_of(name), self.spoiled)
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
            for place, rows, first in self.codes.repeated(self.spoiled)
        ]  # fmt: skip

    def _lines(self, rows: Sequence[int]) -> list[int]:
        return [self._where(row)[1] for row in rows]


def _default_of(variable: str) -> str:
    """The name under which rows are noted that get the variable's default."""
    return f"default of {variable}"


def _file_of(message: Path | Message) -> Path:
    """The file beside which the ledger is written, and whose name it takes where it has none of its own."""
    if isinstance(message, Message):
        return Path("campaign.toml")
    return message if message.is_file() else message / FILE_NAME


def _plain(value: object) -> object:
    """A value as JSON can keep it, a text without blanks around it."""
    if isinstance(value, str):
        return value.strip()
    return value if value is None or isinstance(value, int | float | list | dict) else str(value)


def is_in_shard(msisdn: int, shard: tuple[int, int]) -> bool:
    """Whether a number belongs to the ledger `shard[0]` of `shard[1]`: by its hash, alike everywhere."""
    index, shards = shard
    if shards == 1:
        return True
    digest = hashlib.blake2b(str(msisdn).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % shards == index - 1


def _prove_unsent(path: Path) -> None:
    """Refuse to replace a campaign of which a message may have left. Raises `UsageError`."""
    if not path.exists():
        return
    with Ledger.look(path) as ledger:
        begun = sum(number for state, number in ledger.counts().items() if state not in _UNSENT)
    if begun:
        raise UsageError(
            f"cannot be replaced: it has {count(begun, 'recipient')} who may have been sent to",
            where=path,
            hint="mmspack campaign run continues it",
        )


def _remove(path: Path, *, keep_lock: bool = False) -> None:
    for ending in ("", "-wal", "-shm", *([] if keep_lock else [".lock"])):
        path.with_name(path.name + ending).unlink(missing_ok=True)
