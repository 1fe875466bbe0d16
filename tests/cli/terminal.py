"""A terminal in this process: the command line with a pseudo-terminal as its input and output."""

from __future__ import annotations

import os
import re
import select
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, TextIO
from unittest import mock

Step = tuple[str, "str | Callable[[str], object]"]
"""What the terminal shows, as a regular expression, and what is typed then, or done with what it shows."""
PROMPT = r": $"
_SECONDS = 60.0
"""After which a step that never came ends the command, as Ctrl-C would: only a fault waits so long."""
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NOT_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-ln-z]")


def in_terminal(
    *arguments: str, width: int = 80, steps: Sequence[Step] = (), colour: bool = False
) -> tuple[int, str]:
    """The exit code of a command line, and what a terminal of that width shows.

    Colours are left out, or written as `<1;31>`.
    """
    import fcntl
    import termios

    from mmspack.__main__ import main

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    reader = _Reader(ours, list(steps))
    code = 0
    with ExitStack() as stack:
        stack.callback(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, reader.hear))
        stack.callback(os.close, ours)
        stack.enter_context(mock.patch.dict(os.environ, _environment(colour=colour), clear=True))
        stack.enter_context(mock.patch.object(sys, "argv", ["mmspack", *arguments]))
        # rich asks the standard streams' descriptors, not sys.stdout, how wide the terminal is.
        for number in range(3):
            stack.callback(_put_back, os.dup(number), number)
            os.dup2(theirs, number)
        os.close(theirs)
        streams: list[TextIO] = []
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            number = ("stdin", "stdout", "stderr").index(name)
            stream = open(os.dup(number), mode, buffering=1, encoding="utf-8", newline=None)  # noqa: SIM115, PTH123
            streams.append(stream)
            stack.enter_context(mock.patch.object(sys, name, stream))
        reader.start()
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
        finally:
            for stream in streams:
                stream.close()
            reader.over.set()
    reader.join()
    shown = bytes(reader.shown).decode("utf-8", "replace").replace("\r\n", "\n")
    assert reader.failed is None, f"never shown: {reader.failed!r} after {shown!r}"
    return code, _plain(shown, colour=colour)


class _Reader(threading.Thread):
    """Reads what is shown, and types."""

    def __init__(self, terminal: int, steps: list[Step]) -> None:
        super().__init__(daemon=True)
        self._terminal, self._steps = os.dup(terminal), steps
        self.shown = bytearray()
        self.failed: str | None = None
        self.over = threading.Event()
        self._heard = threading.Event()

    def hear(self, *given: Any) -> None:
        """What Python does about Ctrl-C, noted."""
        self._heard.set()
        signal.default_int_handler(*given)

    def run(self) -> None:
        since, deadline = 0, time.monotonic() + _SECONDS
        while True:
            over = self.over.is_set()
            if select.select([self._terminal], [], [], 0.02)[0]:
                try:
                    block = os.read(self._terminal, 65536)
                except OSError:  # the last of the command's ends is closed
                    break
                self.shown += block
                continue  # a line may come in pieces, and a piece of it look like a question
            if over:  # a process that goes on, such as a pool's, may have inherited an end
                break
            if not self._steps and time.monotonic() > deadline:
                self.failed, deadline = "the end", deadline + 1
                interrupt()
            if self._steps and self.failed is None:
                wanted, done = self._steps[0]
                new = _CONTROL.sub("", bytes(self.shown[since:]).decode("utf-8", "replace"))
                if re.search(wanted, new.replace("\r\n", "\n")):
                    since, deadline = len(self.shown), time.monotonic() + _SECONDS
                    del self._steps[0]
                    if isinstance(done, str):
                        os.write(self._terminal, done.encode())
                    else:
                        self._do(done, new)
                elif time.monotonic() > deadline:
                    self.failed = wanted
                    interrupt()
        os.close(self._terminal)

    def _do(self, done: Callable[[str], object], shown: str) -> None:
        """One step. Where it fails, the command is ended, which would wait for the next one for ever."""
        try:
            done(shown)
        except Exception as error:  # noqa: BLE001 - the test says what it was
            self.failed = f"what follows {error!r}"
            interrupt()
        if done is interrupt:
            self._insist()

    def _insist(self) -> None:
        """Interrupt again where Python only noted it: it came just before the wait for what is typed."""
        while not self._heard.wait(0.5) and not self.over.is_set():
            if signal.getsignal(signal.SIGINT) != self.hear:  # the command has an answer of its own
                break
            interrupt()


def interrupt(_shown: str = "") -> None:
    """What Ctrl-C does."""
    os.kill(os.getpid(), signal.SIGINT)


def _put_back(kept: int, number: int) -> None:
    os.dup2(kept, number)
    os.close(kept)


def _environment(*, colour: bool) -> dict[str, str]:
    left_out = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "TERM": "xterm-256color", **({} if colour else {"NO_COLOR": "1"})}


def _plain(shown: str, *, colour: bool) -> str:
    """The lines, without what moves the cursor."""
    if colour:
        shown = re.sub(r"\x1b\[([0-9;]*)m", r"<\1>", _NOT_COLOUR.sub("", shown))
    return "\n".join(line.rstrip() for line in _CONTROL.sub("", shown).splitlines())
