"""`mmspack diff`: what changed between two bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, finish, guarded

if TYPE_CHECKING:
    pass


@guarded
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The old bundle.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The new bundle.")],
    dialect: options.DialectName = "sendmms",
    as_json: options.Json = False,
) -> None:
    """Show what changed between two bundles, part by part; pictures are compared by how they look.

    \b
    mmspack diff old.zip new.zip
    """
    from mmspack import diffing

    found = diffing.diff(old, new, dialect=dialect)

    def show() -> None:
        if as_json:
            emit_json("diff", 0, **diffing.document(found))
        for line in () if as_json else diffing.lines(found):
            typer.echo(line)

    finish(0, show)
