"""The commands that tell what there is: layouts, profiles, the schema of message.toml, the rules."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import console, emit_json, guarded


@guarded
def layouts(folders: options.LayoutFolders = None, as_json: options.Json = False) -> None:
    """List the available slide layouts.

    \b
    mmspack layouts
    mmspack layouts --layouts my-layouts
    """
    from mmspack.smil.layouts import layouts as all_layouts

    found = all_layouts(folders or ()).values()
    if as_json:
        emit_json("layouts", 0, layouts=[{"name": one.name, "description": one.description} for one in found])
        return
    for one in found:
        typer.echo(f"{one.name:<20} {one.description}")


@guarded
def profiles(files: options.ProfileFiles = None, as_json: options.Json = False) -> None:
    """List the profiles: the limits of each carrier or class, with source and date.

    \b
    mmspack profiles
    mmspack profiles --profiles our-contract.toml
    """
    from dataclasses import asdict

    from mmspack.profiles import load

    found = load(options.profile_files(files)).values()
    if as_json:
        emit_json("profiles", 0, profiles=[asdict(one) for one in found])
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Name", "Limit", "Warns above", "Pixels", "As of", "What it is, with its source"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Name")
    for one in found:
        warns = f"{one.warn_bytes:,}" if one.warn_bytes else ""
        pixels = f"{one.max_width}×{one.max_height}"
        words = f"{escape(one.title)}\n[dim]{escape(one.source)}[/]"
        table.add_row(one.name, f"{one.max_bytes:,}", warns, pixels, one.date, words)
    console().print(table)


@guarded
def schema() -> None:
    """Print the JSON Schema of message.toml, for editors.

    \b
    mmspack schema > message.schema.json
    """
    from mmspack.authoring.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


@guarded
def explain(
    rule: Annotated[str | None, typer.Argument(metavar="ID", help="A rule, such as MMS203.")] = None,
    as_json: options.Json = False,
) -> None:
    """Explain a rule of `check`: why it matters, its source, and how to fix it.

    \b
    mmspack explain MMS203
    mmspack explain
    """
    from mmspack import rules

    found = rules.all_rules() if rule is None else [rules.get(rule.upper())]
    if as_json:
        emit_json("explain", 0, rules=[rules.document(one) for one in found])
    elif rule is None:
        for one in found:
            typer.echo(f"{one.id}  {one.severity.value:<8} {one.title}")
    else:
        typer.echo(rules.explanation(found[0]))
