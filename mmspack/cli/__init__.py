"""The command line: one file a command, loaded when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from mmspack.cli.lazy import lazy_group

MAKE, LOOK = "Make and send", "Look up"
COMMANDS = {
    "init": MAKE,
    "build": MAKE,
    "check": MAKE,
    "fix": MAKE,
    "preview": MAKE,
    "export": MAKE,
    "send": MAKE,
    "publish": MAKE,
    "sandbox": MAKE,
    "listen": MAKE,
    "campaign": MAKE,
    "inspect": LOOK,
    "diff": LOOK,
    "config": LOOK,
    "explain": LOOK,
    "doors": LOOK,
    "layouts": LOOK,
    "profiles": LOOK,
    "schema": LOOK,
    "completion": LOOK,
}
"""Each command, which is the file of its name here, with its panel in the help."""
app = typer.Typer(
    name="mmspack",
    cls=lazy_group(__name__, COMMANDS),
    no_args_is_help=True,
    add_completion=False,  # a command of our own prints the script, for the shell that is named
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from mmspack.version import VERSION

        typer.echo(f"mmspack {VERSION}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Package a picture message (MMS): fit it to a carrier's limit, check it, send it.

    \b
    Try it: a first message that never leaves this machine:
    mmspack send samples/summer-sale --to 447700900999 --from 447700900111
    """
