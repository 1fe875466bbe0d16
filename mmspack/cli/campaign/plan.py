"""`mmspack campaign plan`: read the recipients, build and check every message, send nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign.options import (
    AllowWords,
    Country,
    DefaultIfBlank,
    DeliveryReports,
    Effort,
    End,
    EngineName,
    From,
    Landlines,
    PerDay,
    PerMonth,
    Price,
    QuietHours,
    Rate,
    Shard,
    Start,
    StoreName,
    Suppress,
    Table,
    TestGroup,
)
from mmspack.cli.campaign.setup import failing_numbers, prove_future, rules_from, shard_of, tell_missing
from mmspack.cli.shell import emit_json, finish, guarded, remark


@guarded
def campaign_plan(
    message: Annotated[Path, typer.Argument(metavar="MESSAGE", help="A message.toml, or its folder.")],
    recipients: Annotated[Path, Table],
    name: Annotated[str, typer.Option(help="The campaign's name. Default: the folder's name.")] = "",
    to_column: Annotated[str, typer.Option(help="The column that holds the phone numbers.")] = "msisdn",
    country: Country = None,
    landlines: Landlines = False,
    allow_words: AllowWords = None,
    default_if_blank: DefaultIfBlank = None,
    suppress: Suppress = None,
    test_group: TestGroup = None,
    sender: From = None,
    rate: Rate = None,
    quiet_hours: QuietHours = None,
    start: Start = None,
    end: End = None,
    per_day: PerDay = None,
    per_month: PerMonth = None,
    price: Price = 0.0,
    delivery_reports: DeliveryReports = False,
    profile: options.ProfileNames = None,
    values: options.Values = None,
    layouts: options.LayoutFolders = None,
    profiles: options.ProfileFiles = None,
    allow_outside: options.AllowOutside = False,
    effort: Effort = "good",
    engine: EngineName = "local",
    store: StoreName = "",
    shard: Shard = "1/1",
    strict: Annotated[
        bool, typer.Option("--strict", metavar="", help="Exit with code 1 if there are bad rows.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", metavar="", help="Replace a campaign of that name, if nothing of it was sent."
        ),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Read the recipients, build and check every message, and estimate time and cost. Sends nothing.

    \b
    mmspack campaign plan message.toml --recipients people.csv
    mmspack campaign plan summer-sale -r people.csv --country GB --quiet-hours 20:00-09:00 --rate 25/s
    """
    from mmspack.campaign import Ledger, Order, Rules, plan
    from mmspack.campaign.build.engines import engine_of
    from mmspack.cli.campaign.view import plan_document, show_plan, stages

    rules = rules_from(
        Rules(), sender, rate, quiet_hours, start, end, (per_day, per_month), price, reports=delivery_reports
    )
    prove_future(rules)
    order = Order(
        message=message, recipients=recipients, name=name, to_column=to_column, country=country,
        suppression=suppress, test_group=test_group, values=options.values_of(values),
        recipe=options.recipe_of(profile, profiles, layouts, effort=effort), rules=rules,
        shard=shard_of(shard), replace=replace, landlines=landlines, allowed_words=tuple(allow_words or ()),
        default_if_blank=tuple(default_if_blank or ()), allow_outside=options.outside_allowed(allow_outside),
    )  # fmt: skip
    with stages() as progress:
        made = plan(order, engine=engine_of(engine, store), progress=progress)
    code = 1 if strict and made.bad else 0
    with Ledger.look(made.path) as ledger:
        failing = failing_numbers(ledger)

    def show() -> None:
        if as_json:
            emit_json("campaign_plan", code, **plan_document(made, order.rules.rate, failing))
        else:
            show_plan(made, order)
            tell_missing(rules)
            if failing:
                remark(f"warning: {failing}")

    finish(code, show)
