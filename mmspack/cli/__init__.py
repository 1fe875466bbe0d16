"""The command line: one file a command. Heavy imports wait until a command runs."""

from __future__ import annotations

from typing import Annotated

import typer

from mmspack.cli.build import build
from mmspack.cli.campaign import app as campaign
from mmspack.cli.check import check
from mmspack.cli.completion import completion
from mmspack.cli.config import app as config
from mmspack.cli.diff import diff
from mmspack.cli.doors import doors
from mmspack.cli.explain import explain
from mmspack.cli.export import export
from mmspack.cli.fix import fix
from mmspack.cli.init import init
from mmspack.cli.inspect import inspect
from mmspack.cli.layouts import layouts
from mmspack.cli.listen import listen
from mmspack.cli.preview import preview
from mmspack.cli.profiles import profiles
from mmspack.cli.publish import publish
from mmspack.cli.sandbox import sandbox
from mmspack.cli.schema import schema
from mmspack.cli.send import send

app = typer.Typer(
    name="mmspack",
    no_args_is_help=True,
    add_completion=False,  # a command of our own prints the script, for the shell that is named
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

MAKE, LOOK = "Make and send", "Look up"
app.command(rich_help_panel=MAKE)(init)
app.command(rich_help_panel=MAKE)(build)
app.command(rich_help_panel=MAKE)(check)
app.command(rich_help_panel=MAKE)(fix)
app.command(rich_help_panel=MAKE)(preview)
app.command(rich_help_panel=MAKE)(export)
app.command(rich_help_panel=MAKE)(send)
app.command(rich_help_panel=MAKE)(publish)
app.command(rich_help_panel=MAKE)(sandbox)
app.command(rich_help_panel=MAKE)(listen)
app.add_typer(campaign, name="campaign", rich_help_panel=MAKE)
app.command(rich_help_panel=LOOK)(inspect)
app.command(rich_help_panel=LOOK)(diff)
app.add_typer(config, name="config", rich_help_panel=LOOK)
app.command(rich_help_panel=LOOK)(explain)
app.command(rich_help_panel=LOOK)(doors)
app.command(rich_help_panel=LOOK)(layouts)
app.command(rich_help_panel=LOOK)(profiles)
app.command(rich_help_panel=LOOK)(schema)
app.command(rich_help_panel=LOOK)(completion)


def _version(wanted: bool) -> None:
    if wanted:
        from mmspack import __version__

        typer.echo(f"mmspack {__version__}")
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
