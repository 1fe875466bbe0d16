"""`mmspack config`: which gateway and account are used, one file a command."""

from __future__ import annotations

import typer

from mmspack.cli.lazy import lazy_group

app = typer.Typer(
    cls=lazy_group(__name__, dict.fromkeys(("show", "password"), "")),
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def config() -> None:
    """Show the gateway and account in use, and store a password in the keyring."""
