"""What every command shares: the consoles, errors as one line, exit codes, JSON documents."""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import typer

from mmspack.errors import MmspackError, SendError

if TYPE_CHECKING:
    from rich.console import Console

P = ParamSpec("P")
R = TypeVar("R")

INTERRUPTED = 130
JSON_VERSION = 1
"""Version of every JSON document: raised when a key changes its meaning or goes."""
PIPE_WIDTH = 140
"""Columns of a table where no terminal tells its width."""


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a command raises into one clear line, an exit code and, with `--json`, a document."""
    named = inspect.signature(command).parameters

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except MmspackError as error:
            tell_error(error)
            if "as_json" in named and kwargs.get("as_json"):
                emit_json(command.__name__, error.exit_code, error=error_document(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            note("interrupted")
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:
            # The reader of our output has gone; Python would complain once more while it shuts down.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error

    return run


def note(text: str) -> None:
    """One line for the person, on the error stream."""
    typer.echo(f"mmspack: {text}", err=True)


def tell_error(error: MmspackError) -> None:
    """Every problem on a line of its own, with the cure."""
    if len(error.problems) == 1:
        note(str(error))
        return
    for line in error.problems:
        note(line)
    if error.hint:
        note(f"→ {error.hint}")


def error_document(error: MmspackError) -> dict[str, object]:
    """An error as data."""
    document: dict[str, object] = {
        "kind": type(error).__name__,
        "problems": list(error.problems),
        "hint": error.hint,
    }
    if isinstance(error, SendError):
        document["outcome"] = error.outcome.result.value
    return document


def emit_json(command: str, exit_code: int, /, **content: object) -> None:
    """The command's JSON document on standard output: the promise of `docs/json.md`."""
    document: Mapping[str, object] = {
        "format": f"mmspack.{command}",
        "version": JSON_VERSION,
        "exit_code": exit_code,
        **content,
    }
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def console(*, stderr: bool = False) -> Console:
    """Standard output (or error) for tables: the terminal's width, or a wide page in a pipe."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(width=width, highlight=False, emoji=False, stderr=stderr)


def count(number: int, noun: str) -> str:
    """`1 slide`, `3 slides`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
