"""`mmspack campaign`: one message for many recipients, one file a command."""

from __future__ import annotations

import typer

from mmspack.cli.lazy import lazy_group

COMMANDS = dict.fromkeys(("preview", "plan", "run", "status", "pause", "resolve", "reconcile", "report"), "")
app = typer.Typer(
    cls=lazy_group(__name__, COMMANDS, prefix="campaign_"),
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def campaign() -> None:
    """Send one message to many recipients, each at most once."""
