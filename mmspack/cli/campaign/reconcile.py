"""`mmspack campaign reconcile`: settle unknown outcomes by a billing record."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign.opening import DespiteDamage, TakeOver, open_campaign
from mmspack.cli.shell import emit_json, guarded, note


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
    despite_damage: DespiteDamage = False,
    take_over: TakeOver = False,
    as_json: options.Json = False,
) -> None:
    """Resolve recipients whose outcome is unknown from the operator's billing record."""
    from mmspack.campaign import reconcile

    with open_campaign(name, despite_damage=despite_damage, take_over=take_over) as ledger:
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
