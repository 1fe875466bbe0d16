"""A campaign planned: every recipient read, every message built and checked, nothing sent.

The table is read once, into the ledger. Then the media are fitted for the longest copy, and each row's
message is built and checked. The ledger appears under its name when all of that is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mmspack.authoring.finding import FILE_NAME
from mmspack.authoring.templating import refuse_strays
from mmspack.bundle.dialects import SENDMMS
from mmspack.campaign.build.batches import Built, reason_with_cure
from mmspack.campaign.build.engine import Engine
from mmspack.campaign.build.freezing import freeze
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.build.press import values_of
from mmspack.campaign.ledger.database import SUFFIX
from mmspack.campaign.ledger.lease import Lease
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.states import State
from mmspack.campaign.planning.intake import SHARD_ROWS, Intake, Progress
from mmspack.campaign.planning.longest import TRIED, concerns_a_recipient
from mmspack.campaign.planning.matching import template_of
from mmspack.campaign.planning.numbers import country_of
from mmspack.campaign.planning.order import Order, Plan, file_name, prove_rules
from mmspack.campaign.planning.spooling import as_table
from mmspack.errors import (
    DoesNotFit,
    MmspackError,
    UsageError,
)
from mmspack.message import Message
from mmspack.problem import Place
from mmspack.words import count, either

_UNSENT = (State.PLANNED, State.BUILT, State.UNFIT)


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
        self.engine, self.progress = engine, progress
        self.message, variables = template_of(order.message, allow_outside=order.allow_outside)
        refuse_strays(self.message, order.values, variables)
        self.defaults: dict[str, object] = {**variables, **order.values}
        self.profiles = order.recipe.profiles_of(self.message.profile)
        toml = _file_of(order.message)
        folder = order.folder or toml.resolve().parent
        name = file_name(order.name, toml)
        self._path, self._name = folder / f"{name}{SUFFIX}", name
        self._tables = (table, test_table)
        self._begin({})

    def _begin(self, unfit: Mapping[int, str]) -> None:
        """Begin with nothing read, and these rows known to be bad ones."""
        self.plan = Plan(path=self._path, name=self._name)
        table, test_table = self._tables
        self.intake = Intake(
            self.order, self.message, self.defaults,
            table=table, test_table=test_table, plan=self.plan, progress=self.progress, unfit=unfit,
        )  # fmt: skip

    def run(self) -> Plan:
        path = self.plan.path
        if path.exists() and not self.order.replace:
            raise UsageError(
                "a campaign of that name already exists",
                where=path,
                hint=f"{either('--replace', 'replace=True')} discards it if nothing was sent; another "
                f"{either('--name', 'name')} plans a separate campaign, which may send to the same people "
                "again",
            )
        lease = Lease.take(path)
        try:
            _prove_unsent(path)
        except BaseException:
            lease.release()
            raise
        part = path.with_name(f".{path.name}.part")
        _remove(part)
        try:
            unfit: dict[int, str] = {}
            while again := self._planned(part):
                # A row that cannot be sent stood before another one of its number, which perhaps can be.
                unfit |= again
                self.intake.bad.abandon()
                _remove(part)
                self._begin(unfit)
            # The log of the old file beside the new one would be taken for its own.
            _remove(path, keep_lock=True)
            part.replace(path)
        except BaseException:
            self.intake.bad.abandon()
            raise
        finally:
            _remove(part)
            lease.release()
            if not path.exists():
                path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
        return self.plan

    def _planned(self, part: Path) -> dict[int, str]:
        """Plan into the file `part`; or the rows without which it has to be done once more."""
        with Ledger.create(part, self._settings()) as ledger:
            self.intake.read(ledger)
            base = self._freeze(ledger)
            self._build(ledger, base)
            again = self.intake.displacing()
            if not again:
                self._conclude(ledger)
        return again

    def _settings(self) -> dict[str, Any]:
        return {
            "name": self.plan.name,
            "rules": asdict(self.order.rules),
            "country": self.order.country,
            "tables": [path.name for path in self.intake.tables],
            "shard": self.order.shard,
            "store": self.engine.store,
        }

    # -- the message ------------------------------------------------------------------------------

    def _freeze(self, ledger: Ledger) -> Base:
        """Fit the media beside the longest copy whose pictures can be drawn, and keep them in the ledger."""
        left = TRIED
        while True:
            size, row, fields = self.intake.worst()
            table, line = self.intake.where(row)
            self.progress("fit", 0)
            try:
                base = self._frozen(fields)
            except MmspackError as error:
                left -= 1
                drawn = concerns_a_recipient(error)
                if left and drawn:
                    # What cannot be drawn for one recipient is that recipient's bad row.
                    self.intake.spoil(ledger, [(row, reason_with_cure(error))])
                    self.intake.find_longest(ledger)
                    continue
                if drawn or isinstance(error, DoesNotFit):
                    copy = f"the longest copy, {size:,} bytes"
                    raise error.within(Place(file=table.name, line=line, key=copy)) from error
                raise
            ledger.keep_base(base.to_blobs())
            return base

    def _frozen(self, fields: Sequence[object]) -> Base:
        return freeze(
            self.message,
            defaults=self.defaults,
            columns=self.intake.columns,
            worst=values_of(self.intake.columns, fields, self.defaults),
            shapes=self.intake.shapes,
            recipe=self.order.recipe,
            progress=lambda done, total: self.progress("fit", 100 * done // total),
        )

    def _build(self, ledger: Ledger, base: Base) -> None:
        """Build and check every row, on all processors of the engine."""
        total = Built()
        batches = ([(one.row, one.fields) for one in batch] for batch in ledger.planned(batch=SHARD_ROWS))
        done = 0
        for built in self.engine.build(base, batches):
            ledger.built(built.digests)
            self.intake.spoil(ledger, built.spoiled)
            if built.media:
                ledger.keep_shard(built.digests[0][0], built.media)
            total.count(built)
            done += len(built.digests) + len(built.spoiled)
            self.progress("build", done)
        self.plan.largest = (self.intake.where(total.largest.row)[1], total.largest.size)
        self.plan.longest = (self.intake.where(total.longest.row)[1], total.longest.size)
        self.plan.findings = dict(total.findings)
        self.plan.examples = {
            name: (self.intake.where(row)[1], said) for name, (row, said) in total.examples.items()
        }
        first = {name: row for name, (row, _) in total.examples.items()}
        first |= {"largest": total.largest.row, "longest": total.longest.row}
        self.plan.tables = {name: self.intake.where(row)[0].name for name, row in first.items()}

    def _conclude(self, ledger: Ledger) -> None:
        if self.plan.ready == 0:
            raise self.intake.nobody()
        self.intake.conclude()
        self.plan.profiles = [profile.name for profile in self.profiles]
        self.plan.limit = min(profile.max_bytes for profile in self.profiles)
        rules = self.order.rules
        self.plan.seconds = self.plan.ready / rules.rate if rules.rate else 0.0
        self.plan.cost = self.plan.ready * rules.price
        summary = {**asdict(self.plan), "path": None, "bad_rows": None}
        ledger.set(plan=summary)
        ledger.finish_plan()


def _file_of(message: Path | Message) -> Path:
    """The file beside which the ledger is written, and whose name it takes where it has none of its own."""
    if isinstance(message, Message):
        return Path("campaign.toml")
    return message if message.is_file() else message / FILE_NAME


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
