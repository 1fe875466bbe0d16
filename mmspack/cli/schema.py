"""`mmspack schema`: the schemas of message.toml and of the slide layout, for editors."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from mmspack.cli.shell import guarded


@guarded
def schema(
    smil: Annotated[
        bool, typer.Option("--smil", help="Print the RELAX NG schema of the slide layout (SMIL) instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of message.toml, for editors.

    \b
    mmspack schema > message.schema.json
    mmspack schema --smil > mms-smil.rng
    """
    from mmspack.authoring.schema import json_schema
    from mmspack.smil import schema as smil_schema

    typer.echo(smil_schema.text().rstrip() if smil else json.dumps(json_schema(), indent=2))
