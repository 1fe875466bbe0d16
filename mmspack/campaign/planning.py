"""A campaign planned: every recipient read, every message built and checked, nothing sent.

The table is read once, into the ledger. Then the media are fitted for the longest copy, and each row's
message is built and checked. The ledger appears under its name when all of that is done.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import secrets
from collections.abc import Callable, Container, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mmspack.authoring.compiling import names_in
from mmspack.authoring.reading import FILE_NAME, read_toml
from mmspack.authoring.templating import refuse_strays, text_of
from mmspack.campaign.base import Base, freeze
from mmspack.campaign.drawing import templates_of
from mmspack.campaign.engines import Engine, LocalEngine
from mmspack.campaign.lease import Lease
from mmspack.campaign.ledger import Ledger
from mmspack.campaign.merging import Copywriter, values_of
from mmspack.campaign.numbers import country_of, read_number, zones_of
from mmspack.campaign.opening import SUFFIX
from mmspack.campaign.order import Order, Plan
from mmspack.campaign.recipients import Row, columns_of, number_column, read_rows
from mmspack.campaign.shards import Built
from mmspack.campaign.tables import BadRows
from mmspack.errors import AuthoringError, DoesNotFit, MmspackError, OutputError, UsageError
from mmspack.model import Message
from mmspack.pipeline import resolve_profiles

SHARD_ROWS = 1000
"""Rows that are built in one go: large enough that handing them over costs nothing beside it."""
Progress = Callable[[str, int], None]
"""Called with the name of the stage and the rows that are done."""


def plan(order: Order, *, engine: Engine | None = None, progress: Progress | None = None) -> Plan:
    """Plan a campaign and write its ledger. Nothing is sent.

    Raises `AuthoringError` where the message cannot be used or the columns do not match its templates,
    `InputError` for files, `DoesNotFit`, `OutputError`. Rows that cannot be used are in the bad-rows file.
    """
    return _Planner(order, engine or LocalEngine(1), progress or _unheard).run()


def _unheard(_stage: str, _done: int) -> None:
    """Nobody wants to know."""


def template_of(path: Path) -> tuple[Message, dict[str, object]]:
    """A message with its templates unfilled and its text files read, and its `[variables]`."""
    message, variables = read_toml(path / FILE_NAME if path.is_dir() else path)
    slides = tuple(
        replace(slide, text=text_of(slide, where=f"slides[{at}].text"))
        for at, slide in enumerate(message.slides)
    )
    return replace(message, slides=slides), variables


class _Planner:
    def __init__(self, order: Order, engine: Engine, progress: Progress) -> None:
        self.order = replace(order, country=country_of(order.country))
        self.engine, self.progress = engine, progress
        self.message, variables = template_of(order.message)
        refuse_strays(self.message, order.values, variables)
        self.defaults: dict[str, object] = {**variables, **order.values}
        self.profiles = resolve_profiles(
            order.profile if order.profile is not None else self.message.profile, order.profile_files
        )
        toml = order.message if order.message.is_file() else order.message / FILE_NAME
        folder = order.folder or toml.resolve().parent
        name = order.name or (toml.resolve().parent.name if toml.name == FILE_NAME else toml.stem)
        self.plan = Plan(path=folder / f"{name}{SUFFIX}", name=name)
        self.columns, self.source = _matched(self.message, order.recipients, self.defaults)
        texts = {
            at: slide.text for at, slide in enumerate(self.message.slides) if isinstance(slide.text, str)
        }
        self.writer = Copywriter(self.message.subject, texts)
        self.longest: dict[str, tuple[int, int, tuple[object, ...]]] = {}
        """By shape: the bytes of the longest copy, its line and its values."""
        self.zones: dict[str, int] = {}
        self.test_rows = 0

    def run(self) -> Plan:
        path = self.plan.path
        if path.exists():
            raise OutputError(
                f"{path}: there is a campaign of that name already", hint="choose another --name"
            )
        lease = Lease.take(path)
        part = path.with_name(f".{path.name}.part")
        _remove(part)
        bad = BadRows(path.with_name(f"{self.plan.name}.bad-rows.csv"))
        try:
            with Ledger.create(part, self._settings()) as ledger:
                self._read(ledger, bad)
                base = self._freeze(ledger)
                self._build(ledger, base, bad)
                self._conclude(ledger, bad)
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
            "shard": self.order.shard,
            "store": self.engine.store,
        }

    # -- the table into the ledger ----------------------------------------------------------------

    def _read(self, ledger: Ledger, bad: BadRows) -> None:
        if self.order.suppression is not None:
            ledger.suppress(read_suppression(self.order.suppression, self.order.country))
        if self.order.test_group is not None:
            self.test_rows = self._read_table(self.order.test_group, 0, ledger, bad)
            self.plan.test_group = self.plan.ready
            ledger.set(test_rows=self.test_rows)
        self._read_table(self.order.recipients, self.test_rows, ledger, bad)

    def _read_table(self, path: Path, offset: int, ledger: Ledger, bad: BadRows) -> int:
        """Every row of a table, as line + `offset`; the number of its last line."""
        column = number_column(path, columns_of(path), self.order.to_column)
        last = 0
        for row in read_rows(path):
            last = row.line
            self.plan.rows += 1
            reason = row.problem or self._take(row, column, offset, ledger)
            if reason:
                bad.write(path, row.line, reason, row.values)
            if self.plan.rows % SHARD_ROWS == 0:
                ledger.commit()
                self.progress("read", self.plan.rows)
        ledger.commit()
        return last

    def _take(self, row: Row, column: str, offset: int, ledger: Ledger) -> str:
        """Add the row to the ledger; or the reason why not."""
        number = read_number(row.values.get(column), self.order.country)
        if number.problem:
            return number.problem
        if not is_in_shard(number.msisdn, self.order.shard):
            self.plan.elsewhere += 1
            return ""
        if ledger.is_suppressed(number.msisdn):
            self.plan.suppressed += 1
            return "the number is on the suppression list"
        fields = tuple(_plain(row.values.get(name)) for name in self.source)
        try:
            copy = self.writer.write(values_of(self.columns, fields, self.defaults))
        except MmspackError as error:
            return error.problems[0]
        zone = self._zone(ledger, number.msisdn)
        if not ledger.add(offset + row.line, number.msisdn, zone, fields):
            self.plan.duplicates += 1
            table, line = self._where(ledger.row_of(number.msisdn) or 0)
            return f"the number is in line {line} of {table.name} already"
        self.plan.ready += 1
        self.plan.doubtful += number.doubtful
        if copy.bytes > self.longest.get(copy.shape, (-1,))[0]:
            self.longest[copy.shape] = (copy.bytes, row.line, fields)
        return ""

    def _zone(self, ledger: Ledger, msisdn: int) -> int:
        names = zones_of(msisdn) if self.order.rules.quiet else ""
        if names not in self.zones:
            self.zones[names] = ledger.zone(names)
        return self.zones[names]

    # -- the message ------------------------------------------------------------------------------

    def _freeze(self, ledger: Ledger) -> Base:
        """Fit the media beside the longest copy, and keep the result in the ledger."""
        possible = {
            shape: longest for shape, longest in self.longest.items() if not self._empty_slides(shape)
        }
        if not possible:
            raise UsageError(
                f"{self.order.recipients}: no recipient is left", hint="the bad-rows file says why"
            )
        size, line, fields = max(possible.values(), key=lambda longest: longest[0])
        self.progress("fit", 0)
        try:
            base = freeze(
                self.message,
                defaults=self.defaults,
                columns=self.columns,
                profiles=self.profiles,
                worst=values_of(self.columns, fields, self.defaults),
                shapes=sorted(possible),
                layout_folders=self.order.layout_folders,
                effort=self.order.effort,
            )
        except DoesNotFit as error:
            where = f"with the {size:,} bytes of copy of line {line}"
            raise DoesNotFit(f"{where}: {error.message}", hint=error.hint) from error
        ledger.keep_base(base.to_blobs())
        return base

    def _empty_slides(self, shape: str) -> list[int]:
        full = {int(slide) for slide in shape.split(",") if slide}
        return [
            at
            for at, slide in enumerate(self.message.slides)
            if at not in full and slide.image is None and slide.video is None and slide.audio is None
        ]

    def _build(self, ledger: Ledger, base: Base, bad: BadRows) -> None:
        """Build and check every row, on all processors of the engine."""
        total = Built()
        batches = ([(one.row, one.fields) for one in batch] for batch in ledger.planned(batch=SHARD_ROWS))
        done = 0
        for built in self.engine.build(base, batches):
            ledger.built(built.digests, built.spoiled)
            if built.media:
                ledger.keep_shard(built.digests[0][0], built.media)
            for row, reason in built.spoiled:
                bad.write(*self._where(row), reason, {})
            total.count(built)
            self.plan.ready -= len(built.spoiled)
            done += len(built.digests) + len(built.spoiled)
            self.progress("build", done)
        self.plan.largest = (self._where(total.largest.row)[1], total.largest.size)
        self.plan.longest = (self._where(total.longest.row)[1], total.longest.size)
        self.plan.findings = dict(total.findings)
        self.plan.examples = {
            name: (self._where(row)[1], said) for name, (row, said) in total.examples.items()
        }

    def _where(self, row: int) -> tuple[Path, int]:
        """Table and line of a row of the ledger: the test group's rows stand before the others."""
        if self.order.test_group is not None and row <= self.test_rows:
            return self.order.test_group, row
        return self.order.recipients, row - self.test_rows

    def _conclude(self, ledger: Ledger, bad: BadRows) -> None:
        if self.plan.ready == 0:
            raise UsageError(
                f"{self.order.recipients}: no recipient is left", hint="the bad-rows file says why"
            )
        self.plan.bad = bad.rows - self.plan.duplicates - self.plan.suppressed
        self.plan.bad_rows = bad.finish()
        self.plan.limit = min(profile.max_bytes for profile in self.profiles)
        rules = self.order.rules
        self.plan.seconds = self.plan.ready / rules.rate if rules.rate else 0.0
        self.plan.cost = self.plan.ready * rules.price
        summary = {**asdict(self.plan), "path": None, "bad_rows": None}
        ledger.set(plan=summary)
        ledger.finish_plan()


def _matched(
    message: Message, table: Path, defaults: Container[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The template's variables that the table has, and the columns they are in.

    `First name` matches `first_name`. Raises `AuthoringError` for every variable without a column or a value.
    """
    columns = columns_of(table)
    by_name = {_folded(column): column for column in columns} | {column: column for column in columns}
    wanted = sorted(set().union(*(names_in(text) for text in _templates(message))))
    found = {name: by_name.get(name) or by_name.get(_folded(name)) for name in wanted}
    problems = []
    for name, column in found.items():
        if column is None and name not in defaults:
            near = difflib.get_close_matches(_folded(name), [_folded(one) for one in columns], n=1)
            cure = f"did you mean {_folded(near[0])!r}?" if near else f"give it with --set {name}=…"
            problems.append(f"{table}: no column for the template's {{{{ {name} }}}} ({cure})")
    if problems:
        raise AuthoringError(problems[0], problems=problems)
    used = {name: column for name, column in found.items() if column is not None}
    return tuple(used), tuple(used.values())


def _templates(message: Message) -> Iterator[str]:
    yield message.subject
    for slide in message.slides:
        if isinstance(slide.text, str):
            yield slide.text
        yield from templates_of(slide.overlay)


def _folded(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip()).casefold()


def _plain(value: object) -> object:
    """A value as JSON can keep it."""
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def read_suppression(path: Path, country: str | None = None) -> Iterator[int]:
    """The numbers of a suppression list: a table with a column of numbers, or one number a line."""
    columns = columns_of(path)
    if read_number(columns[0] if columns else "", country).msisdn:
        lines = path.read_text("utf-8-sig").splitlines()
        found = (read_number(line.split(",")[0], country) for line in lines)
    else:
        column = number_column(path, columns) if len(columns) != 1 else columns[0]
        found = (read_number(row.values.get(column), country) for row in read_rows(path))
    return (number.msisdn for number in found if number.msisdn)


def is_in_shard(msisdn: int, shard: tuple[int, int]) -> bool:
    """Whether a number belongs to the ledger `shard[0]` of `shard[1]`: by its hash, alike everywhere."""
    index, shards = shard
    if shards == 1:
        return True
    digest = hashlib.blake2b(str(msisdn).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % shards == index - 1


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}.lock"):
        path.with_name(name).unlink(missing_ok=True)
