"""The registry of doors: every folder beside this module that has a module `door` is one."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import pkgutil
from collections.abc import Mapping
from pathlib import Path

from mmspack.errors import ConfigError
from mmspack.gateway.door import Door
from mmspack.words import choose_from, did_you_mean

DEFAULT = "sendmms"
_WING = __name__.rpartition(".")[0]


@functools.cache
def names() -> tuple[str, ...]:
    """The doors' names, the default first."""
    folders = [
        one.name
        for one in pkgutil.iter_modules([str(Path(__file__).parent)])
        if one.ispkg and importlib.util.find_spec(f"{_WING}.{one.name}.door")
    ]
    return tuple(sorted(folders, key=lambda name: (name != DEFAULT, name)))


def get(name: str) -> type[Door]:
    """The door of that name. Raises `ConfigError`."""
    if name not in names():
        raise ConfigError(f"no door {name!r}", hint=did_you_mean(name, names(), choose_from(names())))
    kind: type[Door] = importlib.import_module(f"{_WING}.{name}.door").DOOR
    return kind


def every() -> tuple[type[Door], ...]:
    """All doors, the default first."""
    return tuple(get(name) for name in names())


def make(name: str = DEFAULT, values: Mapping[str, object] | None = None) -> Door:
    """A door by its name, with these of its settings. Raises `ConfigError`."""
    return get(name)(**values or {})
