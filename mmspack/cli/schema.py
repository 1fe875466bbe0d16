"""`mmspack schema`: the JSON Schema of message.toml, for editors."""

from __future__ import annotations

import json

import typer

from mmspack.cli.shell import guarded


@guarded
def schema() -> None:
    """Print the JSON Schema of message.toml, for editors.

    \b
    mmspack schema > message.schema.json
    """
    from mmspack.authoring.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))
