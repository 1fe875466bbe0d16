"""What `mmspack campaign` shows: the plan, the run as it goes, where it stands, how it ended."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column
from rich.text import Text

from mmspack.campaign.planning.reasons import in_lines
from mmspack.cli.shell import console, remark, shows_progress
from mmspack.cli.wrapping import say
from mmspack.words import count

if TYPE_CHECKING:
    from rich.console import Console

    from mmspack.campaign import Ledger, Order, Plan, Run, State
    from mmspack.cli.campaign.setup import FailingNumbers

_REASONS = 8
"""Reasons for bad rows that are shown; the file has them all."""
_STAGES = {"read": "Reading the recipients", "fit": "Fitting the media", "build": "Building and checking"}


@contextmanager
def stages() -> Iterator[Callable[[str, int], None]]:
    """Shows the stages of planning on a terminal, and nothing in a pipe."""
    if not shows_progress():
        yield lambda _stage, _done: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[done]}"))
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        task = shown.add_task("Reading", total=None, done="")

        def update(stage: str, done: int) -> None:
            words = f"{done} %" if stage == "fit" else f"{done:,}"
            shown.update(task, description=_STAGES[stage], done=words if done or stage != "fit" else "")

        yield update


def plan_document(made: Plan, rate: float, failing: FailingNumbers | None) -> dict[str, object]:
    """A plan as data."""
    findings = []
    for name, messages in sorted(made.findings.items()):
        (identifier, severity), (line, message) = name.split(), made.examples[name]
        findings.append(
            {
                "id": identifier, "severity": severity, "messages": messages, "table": made.tables[name],
                "line": line, "message": message,
            }
        )  # fmt: skip
    plain = asdict(made)
    del plain["examples"], plain["tables"]
    reasons = [
        {"reason": reason, "rows": rows, "lines": lines} for reason, (rows, lines) in made.reasons.items()
    ]
    return {
        **plain,
        "reasons": reasons,
        "path": str(made.path),
        "bad_rows": str(made.bad_rows) if made.bad_rows else None,
        "largest": {"table": made.tables["largest"], "line": made.largest[0], "bytes": made.largest[1]},
        "longest": {"table": made.tables["longest"], "line": made.longest[0], "characters": made.longest[1]},
        "findings": findings,
        "test_numbers": asdict(failing) if failing else None,
        "rate": rate,
    }


def show_plan(made: Plan, order: Order) -> None:
    """The result of planning. Nothing was sent."""
    left_out = [(made.bad, "bad row"), (made.duplicates, "duplicate"), (made.suppressed, "suppressed number")]
    words = ", ".join(count(number, word) for number, word in left_out if number)
    say(f"{count(made.rows, 'row')} read; {count(made.ready, 'recipient')} ready")
    if words:
        say(f"Left out: {words} (see {made.bad_rows})")
        for reason, (rows, lines) in list(made.reasons.items())[:_REASONS]:
            say(f"{rows:,} × {reason}: {in_lines(rows, lines)}", first="  ", further="      ")
        if len(made.reasons) > _REASONS:
            say(f"and {count(len(made.reasons) - _REASONS, 'more reason')}", first="  ")
    if made.elsewhere:
        say(f"{made.elsewhere:,} in other shards")
    for key, number, what in (
        ("doubtful", made.doubtful, "of a valid length, but not known to be in use"),
        ("renewed", made.renewed, "in an old format, converted to the current one"),
    ):
        if number:
            say(f"{count(number, 'number')} {what}: {in_lines(number, made.first_lines[key])}")
    _show_shared(made, console())
    if made.test_group:
        say(f"The first {made.test_group:,} form the test group")

    def place(name: str, line: int) -> str:
        return f"line {line} of {made.tables[name]}" if made.test_group else f"line {line}"

    line, size = made.largest
    of = f"{made.limit:,} bytes (profile {', '.join(made.profiles)})"
    say(f"Largest message: {place('largest', line)} with {size:,} of {of}")
    line, size = made.longest
    say(f"Longest text: {place('longest', line)} with {size:,} characters")
    for name, number in sorted(made.findings.items()):
        where, said = made.examples[name]
        say(f"{name} in {count(number, 'message')}, first in {place(name, where)}: {said}")
    hours = timedelta(seconds=round(made.seconds))
    cost = f", at a cost of {made.cost:,.2f}" if made.cost else ""
    say(f"Sending takes at least {hours} at {order.rules.rate:g}/s{cost}")
    times = order.rules
    spans = [
        f"not between {times.quiet.replace('-', ' and ')} of the recipient's day" if times.quiet else "",
        f"from {times.start}" if times.start else "",
        f"until {times.end}" if times.end else "",
    ]
    if said := ", ".join(filter(None, spans)):
        say(f"When to send: {said}")
    say(f"Nothing has been sent. Campaign: {made.path}")
    command = run_command(made.path)
    say(f"Send it with: {command}", names=[command])


def _show_shared(made: Plan, out: Console) -> None:
    """What several recipients get alike that may have been meant for one of them."""
    for one in made.defaults:
        whom = f"{_recipients(one.rows)} get" if one.rows != 1 else "1 recipient gets"
        why = f"where the cell is blank: {in_lines(one.rows, one.lines)}" if one.lines else "no such column"
        out.print(escape(f"Default: {whom} {one.variable} = {one.value!r} ({why})"))
    for code in made.repeated_codes:
        what = {"qr": "QR code", "barcode": "barcode"}[code.kind]
        place = f"slide {code.slide}, overlay {code.overlay}"
        if code.lines:
            lines = in_lines(code.rows, code.lines)
            said = f"{code.rows:,} recipients share their {what} with others ({place}): {lines}"
        else:
            said = f"all {code.rows:,} recipients get the same {what} ({place}): no column fills it"
        out.print(f"[yellow]Warning:[/] {escape(said)}")


def _recipients(number: int) -> str:
    return count(number, "recipient")


def run_command(path: Path) -> str:
    """The command that sends a campaign, as it is typed in the current folder."""
    return f"mmspack campaign run {_typed(path)}"


def _typed(path: Path) -> str:
    """A campaign as it is named in the current folder."""
    here = path.resolve().parent == Path.cwd()
    return shlex.quote(path.stem if here else str(path))


def watch(going: Run) -> None:
    """Run a campaign, with live progress on a terminal; in a pipe, only what it is waiting for."""
    from mmspack.campaign.ledger.states import State

    if not shows_progress():
        going.heard = lambda what: remark(f"waiting for {what}" if what else "continues")
        for _ in going:
            pass
        return
    words = _Words(going, going.ledger.counts()[State.BUILT])
    columns = (
        BarColumn(bar_width=10),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}", table_column=Column(no_wrap=True)),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
        words,
    )
    with Progress(*columns, console=console(stderr=True), refresh_per_second=4) as shown:
        task = shown.add_task("", total=words.waiting)
        for delivery in going:
            words.seen[delivery.state] += 1
            shown.update(task, completed=words.done)


class _Words(ProgressColumn):
    """Rate, outcomes and time left; or what the run is waiting for."""

    max_refresh = 0.5

    def __init__(self, going: Run, waiting: int) -> None:
        super().__init__()
        self.going, self.waiting = going, waiting
        self.seen: Counter[State] = Counter()
        self.began = going.steady()

    @property
    def done(self) -> int:
        from mmspack.campaign.ledger.states import State

        return sum(number for state, number in self.seen.items() if state is not State.BUILT)

    def render(self, _task: Task) -> Text:
        from mmspack.campaign.ledger.states import State

        rate = self.done / max(0.001, self.going.steady() - self.began)
        left = timedelta(seconds=round((self.waiting - self.done) / rate)) if rate else "?"
        waits = self.going.waiting_for
        parts = [f"waiting for {waits}"] if waits else [f"{rate:.1f}/s", f"{left} remaining"]
        for state, word in ((State.ACCEPTED, "accepted"), (State.REJECTED, "refused"), (State.HELD, "held")):
            if self.seen[state] or state is State.ACCEPTED:
                parts.append(f"{self.seen[state]:,} {word}")
        return Text(", ".join(parts), no_wrap=True, overflow="ellipsis")


def run_document(going: Run) -> dict[str, object]:
    """How a run ended, as data."""
    ending = going.ending.value if going.ending else None
    return {"ending": ending, "reason": going.reason, **status_document(going.ledger)}


def status_document(ledger: Ledger) -> dict[str, object]:
    """A campaign's status, as data."""
    counts = {state.name.lower(): number for state, number in ledger.counts().items()}
    return {"name": ledger.setting("name"), "campaign": ledger.setting("campaign"), "counts": counts}


def show_ending(going: Run, failing: FailingNumbers | None) -> None:
    """Why a run ended, and the campaign's status; `failing` are those for whom the sandbox fails."""
    typer.echo(f"Ended: {going.reason.rstrip('.')}.")
    from mmspack.campaign import Ending, State

    if failing and (going.ending is not Ending.DONE or going.ledger.counts()[State.HELD]):
        typer.echo(f"The sandbox failed on purpose for test numbers: {failing.numbers:,} of the recipients.")
    show_status(going.ledger)
    if going.ending is not Ending.DONE and going.ledger.counts()[State.BUILT]:
        typer.echo(f"Continue with: {run_command(going.ledger.path)}")


def show_life(ledger: Ledger, running: bool) -> None:
    """Whether a process is running a campaign, and what it is waiting for."""
    from mmspack.campaign.ledger.states import State

    counts = ledger.counts()
    if running:
        waits = ledger.setting("waiting_for", "")
        say(f"A run is in progress{f', waiting for {waits}' if waits else ''}.")
    elif counts[State.RESERVED]:
        say(
            f"No run is in progress. The last run was interrupted: {counts[State.RESERVED]:,} unfinished "
            "recipients will be held when the next run starts."
        )
    elif counts[State.BUILT]:
        begun = any(counts[state] for state in (State.ACCEPTED, State.REJECTED, State.HELD))
        how = "Continue with" if begun else "Send it with"
        command = run_command(ledger.path)
        say(f"No run is in progress. {how}: {command}", names=[command])


def show_status(ledger: Ledger) -> None:
    """A campaign's status, and what can be done."""
    from mmspack.campaign.ledger.states import State
    from mmspack.campaign.report.page import left_out_of, words_of

    counts = ledger.counts()
    say(f"{ledger.setting('name')}: {count(sum(counts.values()), 'recipient')}")
    for state, number in counts.items():
        if number:
            say(f"{number:>10,}  {words_of(state)}", first="  ", further=" " * 14)
    if left_out := left_out_of(ledger):
        say(left_out)
    if counts[State.HELD]:
        name = _typed(ledger.path)
        reconcile = f"mmspack campaign reconcile BILLING --campaign {name}"
        resolve = f"mmspack campaign resolve {name} --drop or --resend"
        say(
            f"Held recipients may have received the message. Settle them with: {reconcile} "
            f"(--ask instead of BILLING where the provider keeps a log), or: {resolve}",
            names=[reconcile, resolve],
        )
