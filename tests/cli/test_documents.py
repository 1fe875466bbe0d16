"""The JSON Schema of the documents: it is in the package, and what commands print is held to it.

The fixture `mmspack` validates whatever any test prints with `--json`.
"""

from __future__ import annotations

import json

import jsonschema
import pytest
import typer

from mmspack.bundle.bundle import pack
from mmspack.cli import app
from mmspack.model import Part
from tests.conftest import documents

SERVERS = {"sandbox", "listen"}
"""Commands that run until they are stopped."""
PLAIN = {"schema", "completion", "config password"}
"""Commands whose answer is a schema or a script itself, or nothing."""


@pytest.fixture
def bundle(tmp_path):
    pack([Part("text1.txt", "text/plain", b"Hello")], "Hi").save(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "arguments",
    [
        ("config", "show"),
        ("diff", "a.zip", "a.zip"),
        ("doors",),
        ("explain",),
        ("export", "a.zip"),
        ("fix", "a.zip", "-o", "b.zip"),
        ("inspect", "a.zip"),
        ("layouts",),
        ("profiles",),
        ("check", "gone.zip"),
        ("check", "a.zip", "gone.zip"),
        ("send", "a.zip", "--to", "447700900999", "--from", "447700900111", "--dry-run"),
    ],
)
def test_a_document_is_valid(bundle, mmspack, arguments):
    printed = mmspack(*arguments, "--json").out
    documents().validate(json.loads(printed))


def test_the_command_prints_the_schema(mmspack):
    schema = json.loads(mmspack("schema", "--documents").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema == documents().schema


def test_the_schema_refuses_what_is_not_promised():
    good = {"format": "mmspack.export", "version": 2, "exit_code": 0, "path": "a", "bytes": 1, "parts": 1}
    documents().validate(good)
    for bad in ({**good, "more": 1}, {**good, "bytes": "1"}, {**good, "version": 1}, {**good, "format": "x"}):
        assert not documents().is_valid(bad)


def test_every_command_answers_with_a_document_that_the_schema_knows():
    known = documents().schema["$defs"]
    group = typer.main.get_group(app)
    for names, command in leaves(group):
        if " ".join(names) in PLAIN or names[0] in SERVERS:
            continue
        assert any(one.name == "as_json" for one in command.params), names
        expected = "config" if names[0] == "config" else "_".join(names)
        assert f"document_{expected}" in known


def leaves(group, *names):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, *names, name)
        else:
            yield (*names, name), command
