"""`mmspack completion`: the script that lets a shell complete commands, options and values."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from mmspack.cli.shell import guarded

_VARIABLE = "_MMSPACK_COMPLETE"
"""Set by the script when it asks for completions; the name is typer's."""


class Shell(StrEnum):
    """The shells that can complete."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


@guarded
def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.")],
) -> None:
    """Print the script for tab completion; the shell's start-up file runs it.

    \b
    eval "$(mmspack completion bash)"                        # in ~/.bashrc
    eval "$(mmspack completion zsh)"                         # in ~/.zshrc, after compinit
    mmspack completion fish | source                         # in ~/.config/fish/config.fish
    mmspack completion powershell | Out-String | Invoke-Expression
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    typer.echo(get_completion_script(prog_name="mmspack", complete_var=_VARIABLE, shell=shell.value))


def prepare_completion() -> None:
    """Let the parser answer a shell that asks for completions: typer does so only once it is prepared."""
    if os.environ.get(_VARIABLE):
        from typer.completion import completion_init  # type: ignore[attr-defined]

        completion_init()


def profile_names(incomplete: str) -> list[str]:
    """The profiles whose names start with what was typed; after a comma, further ones."""
    from mmspack.profiles import load

    before, comma, begun = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in load() if name.startswith(begun)]


def layout_names(incomplete: str) -> list[str]:
    """The layouts whose names start with what was typed."""
    from mmspack.smil.layouts import layouts

    return [name for name in layouts() if name.startswith(incomplete)]


def effort_names(incomplete: str) -> list[str]:
    """The efforts whose names start with what was typed."""
    from mmspack.model import Effort

    return [name.value for name in Effort if name.value.startswith(incomplete)]


def rule_ids(incomplete: str) -> list[str]:
    """The rules whose ids start with what was typed, in its letters: a shell drops what begins otherwise."""
    from mmspack.rules import all_rules

    begun = len(incomplete)
    ids = (rule.id for rule in all_rules() if rule.id.startswith(incomplete.upper()))
    return [f"{incomplete}{id_[begun:]}" for id_ in ids]
