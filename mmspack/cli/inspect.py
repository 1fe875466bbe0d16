"""`mmspack inspect`: what is in a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.fix import one_profile
from mmspack.cli.shell import emit_json, finish, guarded
from mmspack.cli.wrapping import say_lines


@guarded
def inspect(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A bundle (zip), a folder of parts, or a slide layout (SMIL file); - is standard input.",
        ),
    ],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    dialect: options.DialectName = "sendmms",
    verbose: options.Verbose = False,
    as_json: options.Json = False,
) -> None:
    """Show what is inside a bundle: slides, parts, times, sizes, and what each phone displays.

    \b
    mmspack inspect summer-sale.zip
    """
    from mmspack import inspecting

    seen = inspecting.inspect(
        options.bundle_in(file),
        profile=one_profile(profile, profiles),
        dialect=dialect,
        name=options.name_of(file),
    )

    def show() -> None:
        if as_json:
            emit_json("inspect", 0, **inspecting.document(seen))
        else:
            say_lines(inspecting.lines(seen, whole=verbose))

    finish(0, show)
