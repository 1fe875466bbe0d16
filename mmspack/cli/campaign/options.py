"""Options that several of a campaign's commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[
    str,
    typer.Argument(
        metavar="[CAMPAIGN]", help="The campaign's name or file. Default: the one in the current folder."
    ),
]
Rate = Annotated[str | None, typer.Option(metavar="N/s", help="Messages a second: 25/s, 600/m, 36000/h.")]
QuietHours = Annotated[
    str | None,
    typer.Option(
        "--quiet-hours", metavar="HH:MM-HH:MM", help="Do not send during these hours of the recipient's day."
    ),
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
DeliveryReports = Annotated[
    bool,
    typer.Option("--delivery-report", metavar="", help="Request a delivery report for each message."),
]
GatewayName = Annotated[
    str | None,
    typer.Option("--gateway", metavar="NAME|URL", help="A gateway named in the config file, or its URL."),
]


Table = typer.Option(
    "--recipients",
    "-r",
    metavar="TABLE",
    help="A .csv, .xlsx, .xls or .ods file (people.xlsx#Sheet), .jsonl or .parquet.",
)
Country = Annotated[str | None, typer.Option(metavar="GB", help="The country of numbers in national format.")]
Landlines = Annotated[
    bool,
    typer.Option(
        "--landlines", metavar="", help="Also send to landlines: in some countries they look like mobiles."
    ),
]
AllowWords = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-word",
        metavar="WORD",
        help="Accept a value such as NULL or None as it stands; may be repeated.",
    ),
]
DefaultIfBlank = Annotated[
    list[str] | None,
    typer.Option(
        "--default-if-blank",
        metavar="NAME",
        help="Send a variable's default where its cell is blank; otherwise the row is left out. "
        "May be repeated.",
    ),
]
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
