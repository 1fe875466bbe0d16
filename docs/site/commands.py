"""The reference of the command line, made of the commands and their options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from mmspack.cli import app


def commands_page() -> str:
    """Every command with its arguments, options and examples, in Markdown."""
    lines = [
        "# Commands",
        "",
        "What `mmspack COMMAND --help` says. Exit codes are in the README; what `--json` prints is in "
        "[JSON documents](json.md).",
        "",
    ]
    for names, command in leaves(typer.main.get_command(app)):
        lines += _section(" ".join(("mmspack", *names)), command)
    return "\n".join(lines) + "\n"


def leaves(group: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, *names, name)
        else:
            yield (*names, name), command


def _section(name: str, command: Any) -> Iterator[str]:
    prose, _, examples = (command.help or "").partition("\b\n")
    yield from (f"## `{name}`", "", prose.strip(), "")
    if examples.strip():
        yield from ("```text", *(line.strip() for line in examples.strip().splitlines()), "```", "")
    yield from ("| option | what it does |", "|---|---|")
    for one in command.params:
        words = (one.help or "").replace("|", "\\|")
        yield f"| `{_spelled(one)}` | {words} |"
    yield ""


def _spelled(one: Any) -> str:
    metavar = (one.metavar or "").replace("|", "/")
    if one.param_type_name == "argument":
        return metavar or one.name.upper()
    names = ", ".join(one.opts)
    return f"{names} {metavar}".strip()
