"""`mmspack inspect`: what is in a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.fix import one_profile
from mmspack.cli.shell import emit_json, finish, guarded
from mmspack.cli.sources import built_in_memory, is_message
from mmspack.cli.wrapping import say_lines

if TYPE_CHECKING:
    from mmspack.bundle.opened import Opened


@guarded
def inspect(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A bundle (zip), a message folder, a folder of parts, or a slide layout (SMIL file); "
            "- is standard input.",
        ),
    ],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    dialect: options.DialectName = "sendmms",
    allow_outside: options.AllowOutside = False,
    verbose: options.Verbose = False,
    as_json: options.Json = False,
) -> None:
    """Show what is inside a bundle: slides, parts, times, sizes, and what each phone displays.

    \b
    mmspack inspect summer-sale.zip
    """
    from mmspack import inspecting

    source: Opened | Path | bytes = options.bundle_in(file)
    if is_message(file):
        recipe = options.recipe_of(profile, profiles, dialect=dialect)
        source = built_in_memory(file, recipe, allow_outside=allow_outside).build.opened
    seen = inspecting.inspect(
        source,
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
