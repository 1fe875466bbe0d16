"""`mmspack diff`: what changed between two bundles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, finish, guarded, is_dash
from mmspack.cli.wrapping import say_lines
from mmspack.errors import UsageError


@guarded
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The old bundle; - is standard input.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The new bundle; - is standard input.")],
    dialect: options.DialectName = "sendmms",
    as_json: options.Json = False,
) -> None:
    """Show what changed between two bundles, part by part; pictures are compared by how they look.

    \b
    mmspack diff old.zip new.zip
    """
    from mmspack import diffing

    if is_dash(old) and is_dash(new):
        raise UsageError("only one of the two bundles can come from standard input")
    found = diffing.diff(options.bundle_in(old), options.bundle_in(new), dialect=dialect)

    def show() -> None:
        if as_json:
            emit_json("diff", 0, **diffing.document(found))
        else:
            say_lines(diffing.lines(found))

    finish(0, show)
