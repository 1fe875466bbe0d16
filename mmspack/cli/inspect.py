"""`mmspack inspect`: what is in a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, finish, guarded

if TYPE_CHECKING:
    pass
from mmspack.cli.fix import _one_profile


@guarded
def inspect(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A bundle (zip), a folder of parts, or a slide layout (SMIL file)."
        ),
    ],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    dialect: options.DialectName = "sendmms",
    as_json: options.Json = False,
) -> None:
    """Show what is inside a bundle: slides, parts, times, sizes, and what each phone displays.

    \b
    mmspack inspect summer-sale.zip
    """
    from mmspack import inspecting

    seen = inspecting.inspect(file, profile=_one_profile(profile, profiles), dialect=dialect, name=str(file))

    def show() -> None:
        if as_json:
            emit_json("inspect", 0, **inspecting.document(seen))
        for line in () if as_json else inspecting.lines(seen):
            typer.echo(line)

    finish(0, show)
