"""`mmspack schema`: the schemas of message.toml and of the slide layout, for editors."""

from __future__ import annotations

import json
from importlib import resources
from typing import Annotated

import typer

from mmspack.cli.shell import guarded
from mmspack.errors import UsageError


@guarded
def schema(
    smil: Annotated[
        bool, typer.Option("--smil", help="Print the RELAX NG schema of the slide layout (SMIL) instead.")
    ] = False,
    documents: Annotated[
        bool, typer.Option("--documents", help="Print the JSON Schema of what --json prints instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of message.toml, for editors; or another schema.

    \b
    mmspack schema > message.schema.json
    mmspack schema --smil > mms-smil.rng
    mmspack schema --documents > mmspack.schema.json
    """
    from mmspack.authoring.schema import json_schema
    from mmspack.smil import schema as smil_schema

    if smil and documents:
        raise UsageError("--smil and --documents: choose one")
    if documents:
        typer.echo(
            (resources.files("mmspack.cli") / "schemas" / "documents.schema.json").read_text("utf-8"),
            nl=False,
        )
        return
    typer.echo(smil_schema.text().rstrip() if smil else json.dumps(json_schema(), indent=2))
