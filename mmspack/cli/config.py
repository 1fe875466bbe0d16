"""`mmspack config`: what is set, where it comes from, and passwords in the keyring."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded
from mmspack.errors import UsageError

config = typer.Typer(
    help="Show which gateway and account are used, and keep a password in the keyring.",
    no_args_is_help=True,
)


@config.command("show")
@guarded
def show(
    gateway: Annotated[
        str | None, typer.Option(metavar="NAME|URL", help="A gateway of the config file, or its address.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show every value that a send would use and where it comes from; never a password.

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
    gateway: Annotated[str, typer.Argument(metavar="NAME", help="A gateway of the config file.")],
    user: Annotated[str, typer.Option(metavar="USER", help="The account's user.")],
) -> None:
    """Ask for a gateway's password and keep it in the system's keyring.

    \b
    mmspack config password mx --user acme
    """
    from mmspack.gateway import Secret, store_password
    from mmspack.gateway.accounts import OTHER_PLACES

    if not sys.stdin.isatty():
        raise UsageError("asks at a terminal, and there is none", where="config password", hint=OTHER_PLACES)
    secret = typer.prompt("Password", hide_input=True)
    store_password(gateway, user, Secret(secret))
    typer.echo(f"The keyring holds the password of {user} on {gateway}.")
