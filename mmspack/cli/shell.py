"""What every command shares: its standing options, errors as one line, exit codes, JSON documents."""

from __future__ import annotations

import contextlib
import errno
import functools
import inspect
import io
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TextIO, TypeVar

import typer

from mmspack.errors import MmspackError, OutputError, SendError, UsageError
from mmspack.words import nearest, safe_json, said_in_shell

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

P = ParamSpec("P")
R = TypeVar("R")

INTERRUPTED = 130
OUTPUT_LOST = 3
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing to standard output fails with. With a file the exception would name it, or be one of ours."""
JSON_VERSION = 2
"""Version of every JSON document: raised when a key changes its meaning or goes."""
PIPE_WIDTH = 140
"""Columns of a table where there is no terminal to ask."""
WIDEST = 100
"""Columns of running text: longer lines are hard to read, however wide the terminal."""
DASH = "-"
"""In place of a file's name: standard input or standard output."""
_PANEL = "Output"
_STANDING = {
    "quiet": Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            metavar="",
            help="Print errors only; the exit code is the answer.",
            rich_help_panel=_PANEL,
        ),
    ],
    "no_color": Annotated[
        bool,
        typer.Option(
            "--no-color",
            metavar="",
            help="No colours; NO_COLOR and FORCE_COLOR work, too.",
            rich_help_panel=_PANEL,
        ),
    ],
}
"""Options that each command takes, unless it has a parameter of that name for something else."""


class _Manner:
    """How the command that is running answers."""

    colour = True
    quiet = False
    stdout: TextIO | None = None
    """Standard output as it was before `--quiet`."""


_manner = _Manner()


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a command raises into one clear line, an exit code and, with `--json`, a document.

    The command also gets the standing options: `--quiet` and `--no-color`.
    """
    signature = inspect.signature(command, eval_str=True)
    named = signature.parameters
    added = [name for name in _STANDING if name not in named]

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        standing = {name: bool(kwargs.pop(name, False)) for name in added}
        as_json = bool(kwargs.get("as_json")) and "as_json" in named
        _manner.colour = not standing.get("no_color")
        _manner.quiet = bool(standing.get("quiet"))
        quiet = _manner.quiet and not as_json
        with _stopped_cleanly(), said_in_shell(), _streams_kept(), _silenced(quiet):
            try:
                return command(*args, **kwargs)
            except MmspackError as error:
                tell_error(error)
                if as_json:
                    emit_json(command.__name__, error.exit_code, error=error_document(error))
                raise typer.Exit(error.exit_code) from error
            except (KeyboardInterrupt, typer.Abort) as error:
                note("interrupted")
                raise typer.Exit(INTERRUPTED) from error
            except (BrokenPipeError, OutputLost) as error:
                _drop_output()
                raise typer.Exit(0 if _pipe_closed(error) else OUTPUT_LOST) from error
            except OSError as error:
                if error.filename is not None or error.errno not in _FULL:
                    raise
                _drop_output()
                note(f"cannot write to standard output: {error}")
                raise typer.Exit(OUTPUT_LOST) from error

    keyword = inspect.Parameter.KEYWORD_ONLY
    extra = [inspect.Parameter(name, keyword, default=False, annotation=_STANDING[name]) for name in added]
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]  # what typer reads
        parameters=[*named.values(), *extra]
    )
    run.__annotations__ = {**command.__annotations__, **{name: _STANDING[name] for name in added}}
    return run


@contextlib.contextmanager
def _stopped_cleanly() -> Iterator[None]:
    """Answer SIGTERM as Ctrl-C: decoded films and half-written files are not left behind."""
    by_itself = threading.current_thread() is threading.main_thread()
    if not by_itself or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def _streams_kept() -> Iterator[None]:
    """Put the standard streams back, whatever the command has put in their place."""
    kept = _manner.stdout = sys.stdout
    try:
        yield
    finally:
        sys.stdout = kept


@contextlib.contextmanager
def _silenced(quiet: bool) -> Iterator[None]:
    if not quiet:
        yield
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 (not a file)
        sys.stdout = nowhere
        yield


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


# -- files named "-" ------------------------------------------------------------------------------


def is_dash(path: Path | None) -> bool:
    """Whether a path stands for standard input or standard output."""
    return path is not None and str(path) == DASH


def read_stdin(max_bytes: int) -> bytes:
    """The bytes of standard input. Raises `UsageError` for a terminal, and for more than `max_bytes`."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("- reads standard input, which is a terminal", hint="mmspack check - < summer.zip")
    data = sys.stdin.buffer.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise UsageError(f"standard input holds more than {max_bytes:,} bytes")
    return data


def take_stdout(*, as_json: bool = False) -> IO[bytes]:
    """Standard output for bytes; from now on, what a person reads goes to standard error.

    Raises `UsageError` where it is a terminal, or where a JSON document is wanted, too.
    """
    if as_json:
        raise UsageError("--json and -o - both write to standard output", hint="name a file: -o summer.zip")
    stream = _manner.stdout
    if stream is None or stream.isatty():
        raise UsageError(
            "-o - writes bytes to standard output, which is a terminal", hint="-o - > summer.zip"
        )
    if sys.stdout is stream:
        sys.stdout = sys.stderr
    return stream.buffer


def write_stdout(stream: IO[bytes], data: bytes) -> None:
    """Write bytes to standard output. Raises `OutputError`."""
    try:
        stream.write(data)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {error.strerror or error}") from error


# -- what is said ---------------------------------------------------------------------------------


def note(text: str) -> None:
    """One line for the user on standard error; work continues where it cannot be written."""
    with contextlib.suppress(OSError, ValueError):
        typer.echo(f"mmspack: {text}", err=True)


def shows_progress() -> bool:
    """Whether a person is watching standard error and wants more than errors there."""
    return sys.stderr.isatty() and not _manner.quiet


def remark(text: str) -> None:
    """Like `note`, of something that is not an error: nothing with `--quiet`."""
    if not _manner.quiet:
        note(text)


def tell_error(error: MmspackError) -> None:
    """Every problem on a line of its own, with the cure."""
    if len(error.problems) == 1:
        note(str(error))
        return
    for line in error.lines:
        note(line)
    if error.shared_hint:
        note(f"→ {error.shared_hint}")


_LIKENESS = 0.7
"""Of an option to the one that was meant, from 0 to 1: at 0.6 `--min-quality` would be `--quiet`."""
_NOT_A_NUMBER = re.compile(
    r"value for '(?P<option>[^']+?)(?: / [^']+)?': '(?P<value>.*)' is not a valid (?P<kind>int|float)"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
_WHOLE = re.compile(r"\d+")

_ELSEWHERE = {"--dry-run": "`plan` sends nothing, and `mmspack campaign preview` shows what recipients get"}
"""What answers an option that a campaign's commands do not have."""


def _key_of_file(option: str) -> str:
    """That an option is the name of a key of message.toml, which no command line takes."""
    from mmspack.authoring.keys import MESSAGE, SLIDE

    name = option.removeprefix("--").replace("-", "_")
    return f"it is a key of message.toml: {name} = …" if name in {**MESSAGE, **SLIDE} else ""


def tell_usage_error(error: Any, *, as_json: bool) -> int:
    """What the parser of the command line found wrong, in one line as every other error; the exit code.

    The parser is typer's, and so are `error.ctx`, `possibilities` and `exit_code`.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return int(error.exit_code)
    words = error.message if getattr(error, "possibilities", None) else error.format_message()
    words, _, meant = words.partition(". Did you mean ")
    path = error.ctx.command_path if getattr(error, "ctx", None) else "mmspack"
    known = getattr(error, "possibilities", None) or ()
    option = getattr(error, "option_name", "")
    near = nearest(option, known, cutoff=_LIKENESS) if known else meant.strip("?'")
    elsewhere = _ELSEWHERE.get(option, "") if " campaign" in path else ""
    hint = f"did you mean {near}?" if near else elsewhere or _key_of_file(option) or f"see: {path} --help"
    if found := _NOT_A_NUMBER.search(words):
        digits = (_WHOLE if found["kind"] == "int" else _DIGITS).search(found["value"])
        hint = f"the number alone: {found['option']} {digits[0].replace(',', '.')}" if digits else hint
        words = f"{found['option']}: {found['value']!r} is not a {'whole ' * (found['kind'] == 'int')}number"
    told = UsageError((words[:1].lower() + words[1:]).rstrip("."), hint=hint)
    tell_error(told)
    if as_json:
        command = "_".join(path.removeprefix("python -m ").split()[1:])
        emit_json(command or "usage", told.exit_code, error=error_document(told))
    return told.exit_code


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
    typer.echo(safe_json(json.dumps(document, indent=2, ensure_ascii=plain)))


def text_width() -> int | None:
    """Columns at which running text is wrapped; None in a pipe, where a line stays one line."""
    if not (sys.stdout.isatty() or os.environ.get("COLUMNS")):
        return None
    return min(console().width, WIDEST)


def pipe_width() -> int:
    """Columns where standard output is not a terminal."""
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) else PIPE_WIDTH


def is_plain() -> bool:
    """Whether standard output takes lines as they are: neither a terminal nor made to show colours.

    The two variables are rich's, of which nothing need be loaded then.
    """
    forced = os.environ.get("FORCE_COLOR") or os.environ.get("TTY_COMPATIBLE") == "1"
    return not (sys.stdout.isatty() or forced)


def console(*, stderr: bool = False) -> Console:
    """Standard output (or error) for tables: the terminal's width, or a wide page in a pipe."""
    from rich.console import Console

    class PipeConsole(Console):
        """Leaves a closed pipe to `finish`, which keeps the exit code."""

        def on_broken_pipe(self) -> None:
            raise OutputLost("the reader has closed the pipe") from BrokenPipeError()

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    plain: dict[str, Any] = {} if _manner.colour else {"no_color": True}
    return PipeConsole(width=width, highlight=False, emoji=False, stderr=stderr, **plain)
