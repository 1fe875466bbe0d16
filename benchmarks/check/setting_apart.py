"""typst in a process of its own: its threads do not survive a fork, and a forked test would wait for them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import typst

_RUN = """
import pickle, sys, typst
made, asked = pickle.loads(sys.stdin.buffer.read())
try:
    said = True, typst.Compiler(*made[0], **made[1]).compile_with_warnings(**asked)[0]
except typst.TypstError as error:
    said = False, str(error)
sys.stdout.buffer.write(pickle.dumps(said))
"""


class SettingError(typst.TypstError):
    """What typst raises, with the attribute that mmspack reads."""

    @property
    def message(self) -> str:
        return str(self.args[0])


class Compiler:
    """Stands in for `typst.Compiler`, as far as mmspack uses it."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._made = given, named

    def compile_with_warnings(self, **asked: Any) -> tuple[bytes, list[Any]]:
        done = subprocess.run(
            [sys.executable, "-c", _RUN],
            input=pickle.dumps((self._made, asked)),
            capture_output=True,
            check=True,
        )
        is_set, made = pickle.loads(done.stdout)
        if not is_set:
            raise SettingError(made)
        return made, []


def set_apart() -> None:
    """Let everything that is set from now on be set in another process."""
    typst.Compiler = Compiler  # type: ignore[misc, assignment]
