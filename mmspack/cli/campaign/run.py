"""`mmspack campaign run`: send until nobody is waiting."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign.opening import DespiteDamage, TakeOver, open_campaign
from mmspack.cli.campaign.options import (
    DeliveryReports,
    End,
    From,
    GatewayName,
    Name,
    PerDay,
    PerMonth,
    QuietHours,
    Rate,
    Start,
)
from mmspack.cli.campaign.setup import failing_numbers, gateway_for, rules_from
from mmspack.cli.shell import INTERRUPTED, emit_json, guarded, note, remark

if TYPE_CHECKING:
    from mmspack.campaign import Ledger, Run


@guarded
def campaign_run(
    name: Name = "",
    gateway: GatewayName = None,
    rate: Rate = None,
    quiet_hours: QuietHours = None,
    start: Start = None,
    end: End = None,
    per_day: PerDay = None,
    per_month: PerMonth = None,
    sender: From = None,
    delivery_reports: DeliveryReports = False,
    suppress: Annotated[
        Path | None, typer.Option(metavar="TABLE", help="Further numbers that must never be sent to.")
    ] = None,
    connections: Annotated[int, typer.Option(min=1, max=64, help="Maximum number of connections.")] = 4,
    past_test: Annotated[
        bool,
        typer.Option(
            "--past-test", metavar="", help="Continue even if not all of the test group were accepted."
        ),
    ] = False,
    despite_damage: DespiteDamage = False,
    take_over: TakeOver = False,
    as_json: options.Json = False,
) -> None:
    """Send at the account's rate until every recipient is processed. Ctrl-C stops it; run it again to resume.

    Without a gateway, messages go to the sandbox on this machine.
    """
    from mmspack.campaign import Run, forewarnings, rules_of
    from mmspack.campaign.planning.suppression import read_suppression
    from mmspack.cli.campaign.view import run_document, show_ending, watch

    with ExitStack() as stack:
        ledger = stack.enter_context(open_campaign(name, despite_damage=despite_damage, take_over=take_over))
        if suppress is not None:
            ledger.suppress(read_suppression(suppress, ledger.setting("country")))
        rules = rules_from(
            rules_of(ledger), sender, rate, quiet_hours, start, end, (per_day, per_month), None,
            reports=delivery_reports,
        )  # fmt: skip
        failing = failing_numbers(ledger, gateway)
        if failing:
            remark(f"warning: {failing}")
        client, account = gateway_for(stack, gateway, connections, needs_sender=not rules.sender)
        for line in forewarnings(ledger, client, rules):
            note(f"warning: {line}")
        going = Run(
            ledger=ledger, gateway=client, rules=rules, connections=connections, past_test=past_test,
            account=account,
        )  # fmt: skip
        stack.enter_context(_stopped_by_signals(going))
        watch(going)
        code = _exit_code(going, ledger)
        if as_json:
            emit_json("campaign_run", code, **run_document(going))
        else:
            show_ending(going, failing)
    raise typer.Exit(code)


@contextmanager
def _stopped_by_signals(going: Run) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop the run cleanly; a second Ctrl-C holds the requests in progress."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: object) -> None:
        if going.stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            note("press Ctrl-C again to stop at once; requests in progress stay held")
        going.stop.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(going: Run, ledger: Ledger) -> int:
    from mmspack.campaign import Ending, State

    counts = ledger.counts()
    codes = {
        Ending.STOPPED: INTERRUPTED,
        Ending.PAUSED: INTERRUPTED,
        Ending.BREAKER: 1,
        Ending.TEST_GROUP: 1,
        Ending.NO_CONNECTION: 3,
        Ending.TIME_OVER: 3 if counts[State.BUILT] else 0,
        Ending.ACCOUNT_STOPPED: 4,
        Ending.ACCOUNT_PAUSED: 4,
        Ending.REDIRECTED: 5 if counts[State.HELD] else 2,
    }
    code = codes.get(going.ending or Ending.DONE, 0)
    return 5 if not code and counts[State.HELD] else code
