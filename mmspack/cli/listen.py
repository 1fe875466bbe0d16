"""The gateway's commands except sending: `listen`, `publish` and `config`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli.shell import guarded, note
from mmspack.errors import UsageError


@guarded
def listen(
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder that stores reports and messages.")
    ] = Path("mailbox"),
    port: Annotated[
        int, typer.Option(metavar="PORT", help="The port to listen on; 0 picks a free one.")
    ] = 8026,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NETWORK", help="Who may push: the operator's network. Default: only this machine."
        ),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="NETWORK", help="Your own proxies, whose X-Forwarded-For is trusted."),
    ] = None,
    command: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="Run this for each event, passed as JSON on standard input."),
    ] = None,
    webhook: Annotated[str, typer.Option(metavar="URL", help="POST each event to this URL as JSON.")] = "",
) -> None:
    """Receive delivery reports and messages from phones until Ctrl-C.

    \b
    mmspack listen --allow 83.166.68.0/23 --command "python on_report.py"
    mmspack listen --port 8026 --webhook http://127.0.0.1:9000/mms
    """
    from mmspack.gateway import Secret, doors
    from mmspack.gateway.listener import handing
    from mmspack.gateway.listener.listening import LOOPBACK, Listener

    if command is not None and webhook:
        raise UsageError("--command and --webhook: choose one")
    handler = None
    if command is not None:
        handler = handing.command(_words(command), secret=Secret(os.environ.get("MMSPACK_PASSWORD", "")))
    handler = handing.webhook(webhook) if webhook else handler
    running = Listener(
        folder, handler=handler, allow=allow or LOOPBACK, proxies=proxy or (), host=host, port=port
    )
    for warning in running.warnings:
        note(f"warning: {warning}")
    with running:
        for name in doors.names():
            for path, what in doors.get(name).pushes.items():
                typer.echo(f"{what + ':':<9} {running.origin}{path}")
        typer.echo(f"Stored in: {folder}")
        running.wait()


def _words(command: str) -> list[str]:
    """The command's words, as a shell would split them."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError(f"{str(error).lower()}", where="--command") from None
