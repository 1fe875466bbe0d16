"""`mmspack doors`: the ways in which a message can be handed over."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import console, emit_json, guarded, text_width

_PAGE = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")
"""A link to another page of the documentation, which a terminal cannot follow."""


@guarded
def doors(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A door, such as sendmms.")] = None,
    whole: Annotated[
        bool, typer.Option("--page", metavar="", help="Print the page of all doors: docs/doors.md.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """List the doors that an account can name, or explain one: settings, abilities, quirks.

    \b
    mmspack doors
    mmspack doors sendmms
    """
    from mmspack.gateway import doors as registry
    from mmspack.gateway.explaining import document, explanation, page

    found = registry.every() if name is None else (registry.get(name),)
    if as_json:
        emit_json("doors", 0, doors=[document(one) for one in found])
    elif whole:
        typer.echo(page(found), nl=False)
    elif name is None:
        for one in found:
            typer.echo(f"{one.name:<10} {one.title}")
    elif text_width() is None:
        typer.echo(explanation(found[0]))
    else:
        _show(explanation(found[0]))


def _show(page: str) -> None:
    """Markdown laid out for a terminal; its own styles draw black and white boxes, on either background."""
    from rich.markdown import Markdown
    from rich.theme import Theme

    page = _PAGE.sub(r"\1", page)
    out = console()
    with out.use_theme(Theme({"markdown.code": "cyan", "markdown.h2": "bold"})):
        out.print(Markdown(page, code_theme="ansi_dark", hyperlinks=False))
