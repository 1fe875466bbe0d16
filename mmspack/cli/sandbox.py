"""`mmspack sandbox`: the local gateway and its inbox page, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli.shell import guarded


@guarded
def sandbox(
    port: Annotated[int, typer.Option(help="The port to serve; 0 takes a free one.")] = 8025,
    inbox: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where messages are kept; else the user's own inbox.")
    ] = None,
    host: Annotated[str, typer.Option(help="127.0.0.1 or localhost.")] = "127.0.0.1",
) -> None:
    """Serve a local gateway and its inbox, on this machine alone.

    \b
    mmspack sandbox
    MMSPACK_GATEWAY=http://127.0.0.1:8025/SendMMS MMSPACK_USER=demo MMSPACK_PASSWORD=demo \\
        mmspack send summer-sale.zip --to 447700900999 --from 447700900111
    """
    from mmspack.sandbox import Sandbox, inbox_path

    folder = inbox or inbox_path()
    with Sandbox(inbox=folder, host=host, port=port) as running:
        typer.echo(f"Inbox:    {running.origin}/")
        typer.echo(f"Gateway:  {running.url}")
        typer.echo(f"Messages: {folder}")
        typer.echo("Nothing that is sent here leaves this machine. Ctrl-C stops it.")
        running.wait()
