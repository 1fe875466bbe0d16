"""`mmspack config password`: a password in the system's keyring."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mmspack.cli.shell import guarded
from mmspack.errors import UsageError


@guarded
def password(
    gateway: Annotated[str, typer.Argument(metavar="NAME", help="A gateway named in the config file.")],
    user: Annotated[
        str, typer.Option(metavar="USER", help="The account's user name. Default: it has a key alone.")
    ] = "",
) -> None:
    """Ask for a gateway's password and store it in the system's keyring.

    \b
    mmspack config password mx --user acme
    mmspack config password infobip
    """
    from mmspack.gateway import Secret, store_password
    from mmspack.gateway.accounts import OTHER_PLACES

    if not sys.stdin.isatty():
        raise UsageError(
            "needs a terminal to ask for the password", where="config password", hint=OTHER_PLACES
        )
    secret = typer.prompt("Password", hide_input=True)
    store_password(gateway, user, Secret(secret))
    whose = f"{user} on {gateway}" if user else gateway
    typer.echo(f"The password of {whose} is stored in the keyring.")
