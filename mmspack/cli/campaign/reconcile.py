"""`mmspack campaign reconcile`: settle unknown outcomes by a billing record, or by the provider's own log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign.opening import DespiteDamage, TakeOver, open_campaign
from mmspack.cli.campaign.options import GatewayName
from mmspack.cli.shell import emit_json, guarded, note
from mmspack.errors import UsageError
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.campaign import Ledger


@guarded
def campaign_reconcile(
    billing: Annotated[
        Path | None,
        typer.Argument(metavar="BILLING", help="The operator's billing record, a .csv or .jsonl file."),
    ] = None,
    name: Annotated[
        str,
        typer.Option(
            "--campaign", help="The campaign's name or file. Default: the one in the current folder."
        ),
    ] = "",
    asking: Annotated[
        bool, typer.Option("--ask", metavar="", help="Ask the provider's own log instead.")
    ] = False,
    gateway: GatewayName = None,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            metavar="",
            help="The record is complete up to now: whoever is missing from it was not sent to.",
        ),
    ] = False,
    id_column: Annotated[str, typer.Option(help="The column that holds the message ids.")] = "",
    despite_damage: DespiteDamage = False,
    take_over: TakeOver = False,
    as_json: options.Json = False,
) -> None:
    """Resolve recipients whose outcome is unknown, by the operator's billing record or the provider's log.

    \b
    mmspack campaign reconcile billing.csv
    mmspack campaign reconcile --ask
    """
    from mmspack.campaign import reconcile

    if asking == (billing is not None):
        raise UsageError("choose one of a BILLING record and --ask")
    if asking and (complete or id_column):
        raise UsageError("--complete and --id-column work with a BILLING record")
    with open_campaign(name, despite_damage=despite_damage, take_over=take_over) as ledger:
        if billing is None:
            _ask(ledger, gateway, as_json=as_json)
            return
        found = reconcile(ledger, billing, complete=complete, id_column=id_column)
    if as_json:
        emit_json("campaign_reconcile", 0, **asdict(found))
        return
    typer.echo(
        f"{count(found.tokens, 'record')} of this campaign: {found.accepted:,} accepted, "
        f"{found.returned:,} back into the queue, {found.held:,} still held."
    )
    if found.unexpected:
        note(f"warning: {count(found.unexpected, 'waiting recipient')} in the record: already sent to?")


def _ask(ledger: Ledger, name: str | None, *, as_json: bool) -> None:
    from mmspack.campaign import ask, rules_of
    from mmspack.gateway import Gateway, find_account

    rules = rules_of(ledger)
    account = find_account(name, needs_sender=not rules.sender)
    if account is None:
        raise UsageError("no gateway is configured", hint="name the one that the campaign was sent through")
    found = ask(ledger, Gateway.from_account(account), rules)
    if as_json:
        emit_json("campaign_reconcile", 0, **asdict(found))
        return
    typer.echo(
        f"Asked about {count(found.asked, 'held recipient')}: {found.accepted:,} accepted, "
        f"{found.returned:,} back into the queue, {found.held:,} still held."
    )
    if found.later:
        note(f"{count(found.later, 'message')} not in the log yet, which may take its time: ask again later")
