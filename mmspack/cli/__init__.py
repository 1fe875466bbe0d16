"""The command line: one file a command, loaded when it runs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mmspack.cli.lazy import lazy_group
from mmspack.front import COMMANDS, first_page


class FrontGroup(lazy_group(__name__, {name: panel for name, (panel, _) in COMMANDS.items()})):  # type: ignore[misc]  # made of a table
    """All commands; the help is made without loading them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The first page."""
        del formatter
        typer.echo(first_page(ctx.command_path), nl=False)


app = typer.Typer(
    name="mmspack",
    cls=FrontGroup,
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
    """Package a picture message (MMS): fit it to a carrier's limit, check it, send it."""
