"""Commands that are loaded when they are asked for.

Typer turns the signature of every command into options before it runs one: 55 ms for 28 commands (measured),
half of what `mmspack --version` took. Here a group knows its commands by name alone.
"""

from __future__ import annotations

import copy
import gc
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

_NAMES_OF_NUMBERS = {"int", "float", "int range", "float range"}


class LazyCommands(Mapping[str, Any]):
    """Commands by name. Each is a function of the module of its name in `package`, or that module's `app`."""

    def __init__(self, package: str, panels: Mapping[str, str], prefix: str) -> None:
        self._package, self._panels, self._prefix = package, panels, prefix
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self._load(name, self._panels[name])
            # What was loaded so far stays to the end: to look through it again and again for garbage took a
            # twentieth of a small check.
            gc.freeze()
        gc.enable()
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._panels)

    def __len__(self) -> int:
        return len(self._panels)

    def __contains__(self, name: object) -> bool:
        return name in self._panels

    def _load(self, name: str, panel: str) -> Any:
        module = importlib.import_module(f"{self._package}.{name}")
        app = getattr(module, "app", None)
        if app is None:
            app = typer.Typer(add_completion=False)
            app.command(name)(getattr(module, self._prefix + name))
        command: Any = typer.main.get_command(app)
        # A group takes its name from whoever adds it, and the panel likewise; nobody does that here.
        command.name, command.rich_help_panel = name, panel or None
        for parameter in command.params:
            _call_by_meaning(parameter)
        return command


def _call_by_meaning(parameter: Any) -> None:
    """Name a parameter's value in the help: `N` or `SUBJECT`, not the type that holds it, `<int range>`."""
    if parameter.param_type_name == "argument":
        # The column for types says nothing that the argument's own name does not.
        parameter.type = copy.copy(parameter.type)
        parameter.type.get_metavar = lambda **_: ""
    elif parameter.metavar is None and parameter.type.name in _NAMES_OF_NUMBERS:
        parameter.metavar = "N"
    elif parameter.metavar is None and parameter.type.name == "str":
        parameter.metavar = parameter.opts[0].rpartition("-")[2].upper()


def lazy_group(package: str, panels: Mapping[str, str], *, prefix: str = "") -> type[TyperGroup]:
    """A group of the commands in `package`.

    `panels` has their names in order, each with its panel in the help. A command's function bears its name,
    after `prefix`.
    """

    class Group(TyperGroup):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.commands = LazyCommands(package, panels, prefix)  # type: ignore[assignment]

    return Group
