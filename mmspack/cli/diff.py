"""`mmspack diff`: what changed between two bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, finish, guarded, is_dash
from mmspack.cli.sources import built_in_memory, is_message
from mmspack.cli.wrapping import say_lines
from mmspack.errors import UsageError

if TYPE_CHECKING:
    from mmspack.bundle.opened import Opened
    from mmspack.recipe import Recipe


@guarded
def diff(
    old: Annotated[
        Path, typer.Argument(metavar="OLD", help="The old bundle, or a message folder; - is standard input.")
    ],
    new: Annotated[
        Path, typer.Argument(metavar="NEW", help="The new bundle, or a message folder; - is standard input.")
    ],
    dialect: options.DialectName = "sendmms",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", metavar="", help="Exit with 1 where anything differs.")
    ] = False,
    allow_outside: options.AllowOutside = False,
    as_json: options.Json = False,
) -> None:
    """Show what changed between two bundles, part by part; pictures are compared by how they look.

    \b
    mmspack diff old.zip new.zip
    mmspack diff --quiet --exit-code old.zip new.zip
    """
    from mmspack import diffing

    if is_dash(old) and is_dash(new):
        raise UsageError("only one of the two bundles can come from standard input")
    recipe = options.recipe_of(None, None, dialect=dialect)
    bundles = (_bundle(path, recipe, allow_outside=allow_outside) for path in (old, new))
    found = diffing.diff(*bundles, dialect=dialect)

    code = 1 if exit_code and found else 0

    def show() -> None:
        if as_json:
            emit_json("diff", code, **diffing.document(found))
        else:
            say_lines(diffing.lines(found))

    finish(code, show)


def _bundle(path: Path, recipe: Recipe, *, allow_outside: bool) -> Opened | Path | bytes:
    if is_message(path):
        return built_in_memory(path, recipe, allow_outside=allow_outside).build.opened
    return options.bundle_in(path)
