"""`mmspack config`: what is set, where it comes from, and passwords in the keyring."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded
from mmspack.errors import UsageError

config = typer.Typer(
    help="Show the gateway and account in use, and store a password in the keyring.",
    no_args_is_help=True,
)


@config.command("show")
@guarded
def show(
    gateway: Annotated[
        str | None, typer.Option(metavar="NAME|URL", help="A gateway named in the config file, or its URL.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show every value that `send` would use and where it comes from; never a password.

    \b
    mmspack config show
    """
    from mmspack.gateway import show_config

    settings = show_config(gateway)
    if as_json:
        emit_json(
            "config", 0, settings=[{"name": s.name, "value": s.value, "source": s.source} for s in settings]
        )
        return
    for setting in settings:
        typer.echo(f"{setting.name:<11} {setting.value:<40} {setting.source}")


@config.command("password")
@guarded
def password(
    gateway: Annotated[str, typer.Argument(metavar="NAME", help="A gateway named in the config file.")],
    user: Annotated[str, typer.Option(metavar="USER", help="The account's user name.")],
) -> None:
    """Ask for a gateway's password and store it in the system's keyring.

    \b
    mmspack config password mx --user acme
    """
    from mmspack.gateway import Secret, store_password
    from mmspack.gateway.accounts import OTHER_PLACES

    if not sys.stdin.isatty():
        raise UsageError(
            "needs a terminal to ask for the password", where="config password", hint=OTHER_PLACES
        )
    secret = typer.prompt("Password", hide_input=True)
    store_password(gateway, user, Secret(secret))
    typer.echo(f"The password of {user} on {gateway} is stored in the keyring.")
