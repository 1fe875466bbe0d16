"""`mmspack campaign`: one message for many recipients, from the plan to the report."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign_setup import gateway_for, prove_future, rules_from, shard_of, tell_missing
from mmspack.cli.shell import INTERRUPTED, emit_json, guarded, note
from mmspack.errors import UsageError

if TYPE_CHECKING:
    from mmspack.campaign import Ledger, Run, State

campaign = typer.Typer(no_args_is_help=True, help="Send one message to many recipients, each at most once.")

Name = Annotated[
    str,
    typer.Argument(
        metavar="[CAMPAIGN]", help="The campaign's name or file. Default: the one in the current folder."
    ),
]
Rate = Annotated[str | None, typer.Option(metavar="N/s", help="Messages a second: 25/s, 600/m, 36000/h.")]
Quiet = Annotated[
    str | None,
    typer.Option(metavar="HH:MM-HH:MM", help="Do not send during these hours of the recipient's day."),
]
Start = Annotated[
    str | None, typer.Option(metavar="TIME", help="Do not send before this time: 2026-12-01T09:00.")
]
End = Annotated[str | None, typer.Option(metavar="TIME", help="Do not send from this time on.")]
PerDay = Annotated[int | None, typer.Option(min=0, help="Daily limit of the account (UTC day); 0: no limit.")]
PerMonth = Annotated[int | None, typer.Option(min=0, help="Monthly limit of the account; 0: no limit.")]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="NUMBER", help="The sender's phone number. Default: the account's."),
]
GatewayName = Annotated[
    str | None,
    typer.Option("--gateway", metavar="NAME|URL", help="A gateway named in the config file, or its URL."),
]


Table = typer.Option("--recipients", "-r", metavar="TABLE", help="A .csv, .jsonl or .parquet file.")
Country = Annotated[str | None, typer.Option(metavar="GB", help="The country of numbers in national format.")]
Suppress = Annotated[Path | None, typer.Option(metavar="TABLE", help="Numbers that must never be sent to.")]
TestGroup = Annotated[
    Path | None,
    typer.Option(metavar="TABLE", help="Recipients to send to first; all must be accepted."),
]
EngineName = Annotated[
    str, typer.Option("--engine", metavar="local:N|dask://HOST:PORT", help="Where to build the messages.")
]
StoreName = Annotated[
    str, typer.Option("--store", metavar="URL", help="Shared storage of a dask engine, as an fsspec URL.")
]
Shard = Annotated[str, typer.Option(metavar="K/N", help="Plan part K of N; recipients are split by number.")]
Effort = Annotated[str, typer.Option(help="fast, good or best: how much time to spend on picture quality.")]
Price = Annotated[float, typer.Option(min=0, help="Price of one message, for the estimate.")]


@campaign.command("plan")
@guarded
def campaign_plan(
    message: Annotated[Path, typer.Argument(metavar="MESSAGE", help="A message.toml, or its folder.")],
    recipients: Annotated[Path, Table],
    name: Annotated[str, typer.Option(help="The campaign's name. Default: the folder's name.")] = "",
    to_column: Annotated[str, typer.Option(help="The column that holds the phone numbers.")] = "msisdn",
    country: Country = None,
    suppress: Suppress = None,
    test_group: TestGroup = None,
    sender: From = None,
    rate: Rate = None,
    quiet: Quiet = None,
    start: Start = None,
    end: End = None,
    per_day: PerDay = None,
    per_month: PerMonth = None,
    price: Price = 0.0,
    profile: options.ProfileNames = None,
    values: options.Values = None,
    layouts: options.LayoutFolders = None,
    profiles: options.ProfileFiles = None,
    effort: Effort = "good",
    engine: EngineName = "local",
    store: StoreName = "",
    shard: Shard = "1/1",
    as_json: options.Json = False,
) -> None:
    """Read the recipients, build and check every message, and estimate time and cost. Sends nothing.

    \b
    mmspack campaign plan message.toml --recipients people.csv
    mmspack campaign plan summer-sale -r people.csv --country GB --quiet 20:00-09:00 --rate 25/s
    """
    from mmspack.campaign import Order, Rules, plan
    from mmspack.campaign.build.engines import engine_of
    from mmspack.cli.campaign_view import plan_document, show_plan, stages

    rules = rules_from(Rules(), sender, rate, quiet, start, end, (per_day, per_month), price)
    prove_future(rules)
    order = Order(
        message=message, recipients=recipients, name=name, to_column=to_column, country=country,
        suppression=suppress, test_group=test_group, values=options.values_of(values),
        recipe=options.recipe_of(profile, profiles, layouts, effort=effort), rules=rules,
        shard=shard_of(shard),
    )  # fmt: skip
    with stages() as progress:
        made = plan(order, engine=engine_of(engine, store), progress=progress)
    if as_json:
        emit_json("campaign_plan", 0, **plan_document(made, order.rules.rate))
    else:
        show_plan(made, order)
        tell_missing(rules)


@campaign.command("run")
@guarded
def campaign_run(
    name: Name = "",
    gateway: GatewayName = None,
    rate: Rate = None,
    quiet: Quiet = None,
    start: Start = None,
    end: End = None,
    per_day: PerDay = None,
    per_month: PerMonth = None,
    sender: From = None,
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
    as_json: options.Json = False,
) -> None:
    """Send at the account's rate until every recipient is processed. Ctrl-C stops it; run it again to resume.

    Without a gateway, messages go to the sandbox on this machine.
    """
    from mmspack.campaign import Ledger, Run, find_campaign, rules_of
    from mmspack.campaign.plan.suppression import read_suppression
    from mmspack.cli.campaign_view import run_document, show_ending, watch

    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger.open(find_campaign(name)))
        if suppress is not None:
            ledger.suppress(read_suppression(suppress, ledger.setting("country")))
        rules = rules_from(rules_of(ledger), sender, rate, quiet, start, end, (per_day, per_month), None)
        client, account = gateway_for(stack, gateway, connections, needs_sender=not rules.sender)
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
            show_ending(going)
    raise typer.Exit(code)


@campaign.command("status")
@guarded
def campaign_status(name: Name = "", as_json: options.Json = False) -> None:
    """Show the status of a campaign, also while it is running."""
    from mmspack.campaign import Ledger, find_campaign
    from mmspack.campaign.ledger.lease import Lease
    from mmspack.cli.campaign_view import show_life, show_status, status_document

    path = find_campaign(name)
    with Ledger.look(path) as ledger:
        running = Lease.is_held(path)
        if as_json:
            waits = ledger.setting("waiting_for", "") if running else ""
            emit_json("campaign_status", 0, **status_document(ledger), running=running, waiting_for=waits)
        else:
            show_status(ledger)
            show_life(ledger, running)


@campaign.command("pause")
@guarded
def campaign_pause(name: Name = "", as_json: options.Json = False) -> None:
    """Stop a running campaign cleanly; `run` resumes it."""
    from mmspack.campaign import find_campaign
    from mmspack.campaign.ledger.lease import Lease
    from mmspack.cli.campaign_view import run_command

    path = find_campaign(name)
    running = Lease.is_held(path)
    if running:
        path.with_name(f"{path.name}.pause").touch(mode=0o600)
    if as_json:
        emit_json("campaign_pause", 0, running=running)
    elif not running:
        typer.echo(f"{path.stem}: no run is in progress. Start one with: {run_command(path)}")
    else:
        typer.echo(f"{path.stem}: will stop after the requests in progress. Resume with: {run_command(path)}")


@campaign.command("resolve")
@guarded
def campaign_resolve(
    name: Name = "",
    resend: Annotated[
        bool,
        typer.Option(
            "--resend", metavar="", help="Send to held recipients again: some may receive it twice."
        ),
    ] = False,
    drop: Annotated[
        bool,
        typer.Option("--drop", metavar="", help="Give up on held recipients: some may never receive it."),
    ] = False,
    rejected: Annotated[
        bool,
        typer.Option(
            "--rejected", metavar="", help="With --resend: rejected recipients instead of held ones."
        ),
    ] = False,
    to: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER", help="Only this recipient; may be repeated.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Send again or give up on recipients whose outcome is unknown. Nothing else ever sends to them again."""
    from mmspack.campaign import Ledger, State, find_campaign
    from mmspack.campaign import drop as give_up
    from mmspack.campaign import resend as send_again
    from mmspack.campaign.plan.numbers import read_number

    if resend == drop:
        raise UsageError("choose one of --resend and --drop")
    if rejected and drop:
        raise UsageError("--rejected requires --resend")
    with Ledger.open(find_campaign(name)) as ledger:
        read = {text: read_number(text, ledger.setting("country")) for text in to or []}
        for text, number in read.items():
            if number.problem:
                raise UsageError(f"{number.problem}", where=f"--to {text!r}")
        numbers = {number.msisdn: text for text, number in read.items()}
        state = State.REJECTED if rejected else State.HELD
        others = _others(ledger, numbers, state)
        done = give_up(ledger, numbers) if drop else send_again(ledger, state, numbers)
    for line in others:
        note(line)
    if as_json:
        emit_json("campaign_resolve", 0, dropped=done if drop else 0, returned=0 if drop else done)
    else:
        typer.echo(f"{done:,} {'dropped' if drop else 'put back into the queue'}.")


def _others(ledger: Ledger, numbers: Mapping[int, str], state: State) -> list[str]:
    """Why some of `numbers` are left unchanged: a line each."""
    from mmspack.campaign.report.page import words_of

    known = {one.msisdn: one.state for one in ledger.accounts() if one.msisdn in numbers}
    return [
        f"--to {text}: {words_of(known[number]) if number in known else 'not in this campaign'}, "
        f"so nothing was changed (this command is for: {words_of(state)})"
        for number, text in numbers.items()
        if known.get(number) is not state
    ]


@campaign.command("reconcile")
@guarded
def campaign_reconcile(
    billing: Annotated[
        Path, typer.Argument(metavar="BILLING", help="The operator's billing record, a .csv or .jsonl file.")
    ],
    name: Annotated[
        str,
        typer.Option(
            "--campaign", help="The campaign's name or file. Default: the one in the current folder."
        ),
    ] = "",
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            metavar="",
            help="The record is complete up to now: whoever is missing from it was not sent to.",
        ),
    ] = False,
    id_column: Annotated[str, typer.Option(help="The column that holds the message ids.")] = "",
    as_json: options.Json = False,
) -> None:
    """Resolve recipients whose outcome is unknown from the operator's billing record."""
    from mmspack.campaign import Ledger, find_campaign, reconcile

    with Ledger.open(find_campaign(name)) as ledger:
        found = reconcile(ledger, billing, complete=complete, id_column=id_column)
    if as_json:
        emit_json("campaign_reconcile", 0, **asdict(found))
        return
    typer.echo(
        f"{found.tokens:,} records of this campaign: {found.accepted:,} held recipients were accepted, "
        f"{found.returned:,} go back into the queue, {found.held:,} stay held."
    )
    if found.unexpected:
        note(f"warning: {found.unexpected:,} waiting recipients are in the record: were they sent to?")


@campaign.command("report")
@guarded
def campaign_report(
    name: Name = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A .csv or .html file. Default: NAME.report.csv."
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Write a report: CSV with a line for each recipient, or an HTML page with the counts."""
    from mmspack.campaign import Ledger, find_campaign, write_csv
    from mmspack.campaign.report.page import write_html

    path = find_campaign(name)
    target = output or path.with_suffix(".report.csv")
    kind = target.suffix.lower()
    if kind not in (".csv", ".html", ".htm"):
        raise UsageError("a report must be a .csv or .html file", where=target)
    with Ledger.look(path) as ledger:
        recipients = sum(ledger.counts().values())
        if kind == ".csv":
            write_csv(ledger, target)
        else:
            write_html(ledger, target)
    if as_json:
        emit_json("campaign_report", 0, path=str(target), recipients=recipients)
    else:
        typer.echo(f"{target}: {f'{recipients:,} recipients' if kind == '.csv' else 'the counts as a page'}")


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
    }
    code = codes.get(going.ending or Ending.DONE, 0)
    return 5 if not code and counts[State.HELD] else code
