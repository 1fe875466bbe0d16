"""What every command shares: the consoles, errors as one line, exit codes, JSON documents."""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

import typer

from mmspack.errors import MmspackError, SendError

if TYPE_CHECKING:
    from rich.console import Console

P = ParamSpec("P")
R = TypeVar("R")

INTERRUPTED = 130
OUTPUT_LOST = 3
JSON_VERSION = 1
"""Version of every JSON document: raised when a key changes its meaning or goes."""
PIPE_WIDTH = 140
"""Columns of a table where there is no terminal to ask."""


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
        except (KeyboardInterrupt, typer.Abort) as error:
            note("interrupted")
            raise typer.Exit(INTERRUPTED) from error
        except (BrokenPipeError, OutputLost) as error:
            _drop_output()
            raise typer.Exit(0 if _pipe_closed(error) else OUTPUT_LOST) from error

    return run


class OutputLost(Exception):
    """Standard output cannot be written."""


def finish(code: int, show: Callable[[], None], *, sure: bool = False) -> NoReturn:
    """Show a result and exit with `code`, whatever becomes of the showing.

    Where standard output cannot be written, the exit code is `OUTPUT_LOST` in place of 0, unless `sure`:
    what was sent was sent. A closed pipe (`| head`) is not an error.
    """
    try:
        show()
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError, OutputLost) as error:
        _drop_output()
        if not _pipe_closed(error):
            note(f"cannot write to standard output: {error}")
            code = code or (0 if sure else OUTPUT_LOST)
    raise typer.Exit(code)


def _pipe_closed(error: BaseException | None) -> bool:
    return isinstance(error, BrokenPipeError) or isinstance(
        error.__cause__ if error else None, BrokenPipeError
    )


def _drop_output() -> None:
    """Let what is still buffered go nowhere: Python would complain once more while it shuts down."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def prepare_streams() -> None:
    """Let no terminal's encoding stop a command: what it cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def note(text: str) -> None:
    """One line for the user on standard error; work continues where it cannot be written."""
    with contextlib.suppress(OSError, ValueError):
        typer.echo(f"mmspack: {text}", err=True)


def tell_error(error: MmspackError) -> None:
    """Every problem on a line of its own, with the cure."""
    if len(error.problems) == 1:
        note(str(error))
        return
    for line in error.lines:
        note(line)
    if error.shared_hint:
        note(f"→ {error.shared_hint}")


def error_document(error: MmspackError) -> dict[str, object]:
    """An error as data."""
    document: dict[str, object] = {
        "kind": type(error).__name__,
        "problems": list(error.lines),
        "hint": error.shared_hint,
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
    plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()
    typer.echo(json.dumps(document, indent=2, ensure_ascii=plain))


def console(*, stderr: bool = False) -> Console:
    """Standard output (or error) for tables: the terminal's width, or a wide page in a pipe."""
    from rich.console import Console

    class PipeConsole(Console):
        """Leaves a closed pipe to `finish`, which keeps the exit code."""

        def on_broken_pipe(self) -> None:
            raise OutputLost("the reader has closed the pipe") from BrokenPipeError()

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return PipeConsole(width=width, highlight=False, emoji=False, stderr=stderr)
