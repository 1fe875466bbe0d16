"""`mmspack campaign report`: what became of each recipient, as CSV or as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign.options import Name
from mmspack.cli.shell import emit_json, guarded
from mmspack.errors import UsageError
from mmspack.words import count


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
        what = count(recipients, "recipient") if kind == ".csv" else "the counts as a page"
        typer.echo(f"{target}: {what}")
