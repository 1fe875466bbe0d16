"""The doors that the sandbox speaks: every folder beside this module that has a module `desk` is one."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from typing import TYPE_CHECKING

from mmspack.gateway import doors
from mmspack.sandbox.chaos import MODES

if TYPE_CHECKING:
    from mmspack.sandbox.desk import Desk

_WING = __name__.rpartition(".")[0]


@functools.cache
def every() -> tuple[Desk, ...]:
    """A desk for each door that has one, the default first."""
    return tuple(
        importlib.import_module(f"{_WING}.{name}.desk").DESK()
        for name in doors.names()
        if importlib.util.find_spec(f"{_WING}.{name}") and importlib.util.find_spec(f"{_WING}.{name}.desk")
    )


def get(name: str) -> Desk:
    """The desk of a door; of one that is not spoken any more, the default's."""
    return next((desk for desk in every() if desk.name == name), every()[0])


def failing_endings(door: str) -> dict[str, str]:
    """The last four digits of recipients for whom the sandbox fails on purpose, and what it does then."""
    refused = {one.ending: f"answer with code {one.code} ({one.meaning})" for one in get(door).magic}
    return refused | {mode.magic: mode.title for mode in MODES.values() if mode.magic}


def owner(path: str) -> Desk | None:
    """The desk that a path belongs to."""
    return next((desk for desk in every() if desk.owns(path)), None)
