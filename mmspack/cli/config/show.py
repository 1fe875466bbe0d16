"""`mmspack config show`: what is set, and where it comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded


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
    width = max(11, *(len(setting.name) for setting in settings))
    for setting in settings:
        typer.echo(f"{setting.name:<{width}} {setting.value:<40} {setting.source}")
