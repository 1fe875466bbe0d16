"""`mmspack explain`: what a rule of `check` says, why, and how to fix it."""

from __future__ import annotations

from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.completion import rule_ids
from mmspack.cli.shell import WIDEST, emit_json, guarded, text_width
from mmspack.cli.wrapping import say

READABLE = 88
"""Columns of an explanation: it is prose."""


@guarded
def explain(
    rule: Annotated[
        str | None, typer.Argument(metavar="ID", help="A rule, such as MMS203.", autocompletion=rule_ids)
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Explain a rule of `check`: why it matters, its source, and how to fix it.

    \b
    mmspack explain MMS203
    mmspack explain
    """
    from mmspack import fixing, rules

    found = rules.all_rules() if rule is None else [rules.get(rule.upper())]
    if as_json:
        repaired = fixing.repaired_ids()
        emit_json("explain", 0, rules=[rules.document(one, repaired) for one in found])
    elif rule is None:
        for one in found:
            say(f"{one.id}  {one.severity.value:<8} {one.title}", further=" " * 17)
    else:
        width = min(text_width() or WIDEST, READABLE)
        typer.echo(rules.explanation(found[0], fixing.repaired_ids(), width))
