"""`python -m mmspack`."""

from __future__ import annotations

import gc
import os
import sys

UNEXPECTED = 70
"""Exit code of an exception that nobody foresaw (`EX_SOFTWARE` of sysexits.h).

Never 3, which means "safe to run again": the exception may have come after a message was sent.
"""


def _program(arguments: list[str]) -> str:
    """What the command was called."""
    return "mmspack" if arguments[0].endswith("mmspack") else "python -m mmspack"


def _at_once(arguments: list[str]) -> str:
    """The version or the first page of the help, without loading any command; empty for all else."""
    # A shell asks for completions through the environment, with any arguments.
    if any(name.endswith("_COMPLETE") for name in os.environ):
        return ""
    if arguments[1:] == ["--version"]:
        from mmspack.version import VERSION

        return f"mmspack {VERSION}\n"
    if arguments[1:] in (["--help"], ["-h"]):
        from mmspack.front import first_page

        return first_page(_program(arguments))
    return ""


def _write(answer: str) -> int:
    """Write it to standard output; the exit code. A closed pipe (`| head`) is not an error."""
    try:
        sys.stdout.write(answer)
        sys.stdout.flush()
    except OSError as error:
        # What is still buffered goes nowhere: Python would complain once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0
        print(f"mmspack: cannot write to standard output: {error}", file=sys.stderr)  # noqa: T201
        return 3
    return 0


def main() -> None:
    """Run the command line. Exits with the codes of `mmspack.errors`, or with `UNEXPECTED`."""
    # OpenBLAS starts a thread for each processor as NumPy is imported, and they spin: a sixth of the time of
    # a small check. The matrices here are too small to be shared out.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()  # until the command is loaded: see `cli.lazy`
    try:
        if answer := _at_once(sys.argv):
            sys.exit(_write(answer))
        from mmspack.cli import app
        from mmspack.cli.completion import prepare_completion
        from mmspack.cli.shell import prepare_streams, tell_usage_error

        prepare_streams()
        prepare_completion()
        try:
            code = app(prog_name=_program(sys.argv), standalone_mode=False)
        except Exception as error:
            if not hasattr(error, "format_message"):  # what typer finds wrong with the arguments has it
                raise
            code = tell_usage_error(error, as_json="--json" in sys.argv)
        sys.exit(code or 0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("MMSPACK_DEBUG"):
            raise
        kind = type(error).__name__
        print(f"mmspack: unexpected {kind}, please report it (MMSPACK_DEBUG=1 shows where)", file=sys.stderr)  # noqa: T201
        sys.exit(UNEXPECTED)
    finally:
        gc.enable()  # where no command was loaded, in a process that goes on


if __name__ == "__main__":
    main()
