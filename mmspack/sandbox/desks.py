"""The doors that the sandbox speaks: every folder beside this module that has a module `desk` is one."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mmspack.gateway import doors
from mmspack.sandbox.chaos import MODES

if TYPE_CHECKING:
    from mmspack.sandbox.desk import Desk

_WING = __name__.rpartition(".")[0]


def opened() -> tuple[Desk, ...]:
    """A new desk for each door that has one, the default first.

    Each sandbox opens its own, so that no other one knows what its desks remember.
    """
    return tuple(
        importlib.import_module(f"{_WING}.{name}.desk").DESK()
        for name in doors.names()
        if importlib.util.find_spec(f"{_WING}.{name}") and importlib.util.find_spec(f"{_WING}.{name}.desk")
    )


@functools.cache
def every() -> tuple[Desk, ...]:
    """Desks that no request comes to, for what is the same in each sandbox: names, paths, numbers."""
    return opened()


def get(name: str, among: Sequence[Desk] = ()) -> Desk:
    """The desk of a door, `among` those of a sandbox; of one that is not spoken any more, the default's."""
    known = among or every()
    return next((desk for desk in known if desk.name == name), known[0])


def failing_endings(door: str) -> dict[str, str]:
    """The last four digits of recipients for whom the sandbox fails on purpose, and what it does then."""
    refused = {one.ending: f"answer with code {one.code} ({one.meaning})" for one in get(door).magic}
    return refused | {mode.magic: mode.title for mode in MODES.values() if mode.magic}


def owner(path: str) -> Desk | None:
    """The desk that a path belongs to."""
    return next((desk for desk in every() if desk.owns(path)), None)
