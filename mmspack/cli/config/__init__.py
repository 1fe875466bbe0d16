"""`mmspack config`: which gateway and account are used, one file a command."""

from __future__ import annotations

import typer

from mmspack.cli.config.password import password
from mmspack.cli.config.show import show

app = typer.Typer(
    help="Show the gateway and account in use, and store a password in the keyring.",
    no_args_is_help=True,
)
app.command("show")(show)
app.command("password")(password)
