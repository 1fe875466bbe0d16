"""`python -m mmspack`."""

from __future__ import annotations

import os
import sys

UNEXPECTED = 70
"""Exit code of an exception that nobody foresaw (`EX_SOFTWARE` of sysexits.h).

Never 3, which means "safe to run again": the exception may have come after a message was sent.
"""


def main() -> None:
    """Run the command line. Exits with the codes of `mmspack.errors`, or with `UNEXPECTED`."""
    try:
        from mmspack.cli import app
        from mmspack.cli.completion import prepare_completion
        from mmspack.cli.shell import prepare_streams, tell_usage_error

        prepare_streams()
        prepare_completion()
        name = "mmspack" if sys.argv[0].endswith("mmspack") else "python -m mmspack"
        try:
            code = app(prog_name=name, standalone_mode=False)
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


if __name__ == "__main__":
    main()
