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
    gateway: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Serve only this account's door, with its settings; may be repeated. Verifies signatures.",
        ),
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
    from mmspack.gateway import Secret, doors, find_account
    from mmspack.gateway.listener import handing
    from mmspack.gateway.listener.listening import LOOPBACK, Listener
    from mmspack.gateway.listener.polling import POLL_SECONDS, login_of

    if command is not None and webhook:
        raise UsageError("--command and --webhook: choose one")
    handler = None
    if command is not None:
        handler = handing.command(_words(command), secret=Secret(os.environ.get("MMSPACK_PASSWORD", "")))
    handler = handing.webhook(webhook) if webhook else handler
    accounts = [account for name in gateway or () if (account := find_account(name)) is not None]
    running = Listener(
        folder,
        handler=handler,
        allow=allow or LOOPBACK,
        proxies=proxy or (),
        host=host,
        port=port,
        accounts=accounts,
    )
    for warning in running.warnings:
        note(f"warning: {warning}")
    with running:
        for name in [account.door.name for account in accounts] or doors.names():
            for path, what in doors.get(name).pushes.items():
                typer.echo(f"{what + ':':<9} {running.origin}{path}")
        for account in accounts:
            if account.door.polling(login_of(account)) is not None:
                typer.echo(f"{account.name} is asked for reports every {POLL_SECONDS:g} s")
        typer.echo(f"Stored in: {folder}")
        running.wait()


def _words(command: str) -> list[str]:
    """The command's words, as a shell would split them."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError(f"{str(error).lower()}", where="--command") from None
