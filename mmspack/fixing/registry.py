"""What `fix` can repair: each function is registered for the rules whose findings it removes.

A new repair is one decorated function in a module of this folder. That a rule can be repaired follows from
it: `mmspack explain`, `docs/rules.md` and the tests ask `repaired_ids`.
"""

from __future__ import annotations

import enum
import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mmspack.fixing.bench import Bench
from mmspack.smil.tree import Node

_Run = TypeVar("_Run", bound=Callable[..., object])
Repairs = Callable[[Bench], None]
Edits = Callable[[Bench, Node], list[str]]
"""A repair of the presentation: it edits the tree and returns a line for each thing that it did."""


class Stage(enum.IntEnum):
    """When a repair has its turn: each stage relies on those before it."""

    ZIP = enum.auto()
    """Which files are parts."""
    PARTS = enum.auto()
    """The types and the bytes of each part."""
    NAMES = enum.auto()
    """The names, which follow from the types."""
    PRESENTATION = enum.auto()
    """The presentation, which names the parts. Its tree is edited in steps: see `Step`."""
    ORDER = enum.auto()
    """The order of the parts, which the slides give."""
    MANIFEST = enum.auto()
    """The manifest, which lists the parts as they are by now."""


class Step(enum.IntEnum):
    """When a repair of the presentation's tree has its turn."""

    SPELLING = enum.auto()
    """The names of elements and attributes, by which every later step finds them."""
    HEAD = enum.auto()
    """One head, with what belongs into it."""
    FRAME = enum.auto()
    """Head and body, and nothing else."""
    MEDIA = enum.auto()
    """What each medium names, and the element that suits it."""
    SLIDES = enum.auto()
    """Which media make up a slide."""
    LAYOUT = enum.auto()
    """Display and regions, which depend on what is shown in them."""
    ATTRIBUTES = enum.auto()
    """Regions and times of media and slides."""


@dataclass(frozen=True, slots=True)
class Repair(Generic[_Run]):
    """A function that repairs, and the rules whose findings it removes."""

    ids: tuple[str, ...]
    turn: Stage | Step
    run: _Run
    with_defaults: bool = False
    """An edit that is safe where a DTD gives elements attributes that they do not have themselves."""
    last: bool = False
    """A repair that depends on everything else, and is tried once nothing else is left to do."""


_REPAIRS: list[Repair[Repairs]] = []
_EDITS: list[Repair[Edits]] = []
_RECOVERED: list[str] = []


def repairs(*ids: str, stage: Stage, last: bool = False) -> Callable[[Repairs], Repairs]:
    """Register the decorated function as the repair of these rules.

    It changes the parts on the bench, and notes what it did. Within a stage, the functions of a module run in
    the order in which they are written; with `last`, only where none of the others changes anything.
    `ValueError` without an id.
    """

    def register(run: Repairs) -> Repairs:
        _REPAIRS.append(Repair(_named(ids, run), stage, run, last=last))
        return run

    return register


def edits(*ids: str, step: Step, with_defaults: bool = False) -> Callable[[Edits], Edits]:
    """Register the decorated function as the repair of these rules in the tree of the presentation.

    `ValueError` without an id.
    """

    def register(run: Edits) -> Edits:
        _EDITS.append(Repair(_named(ids, run), step, run, with_defaults))
        return run

    return register


def recovers(*ids: str) -> Callable[[_Run], _Run]:
    """Register the decorated function for these rules; it is called by name, before anything is checked."""

    def register(run: _Run) -> _Run:
        _RECOVERED.extend(_named(ids, run))
        return run

    return register


def _named(ids: tuple[str, ...], run: Callable[..., object]) -> tuple[str, ...]:
    if not ids:
        raise ValueError(f"{run.__qualname__}: a repair needs the id of a rule")
    return ids


def all_repairs() -> list[Repair[Repairs]]:
    """The repairs of the parts, in the order in which they run."""
    _load()
    return _in_turn(_REPAIRS)


def all_edits() -> list[Repair[Edits]]:
    """The repairs of the presentation's tree, in the order in which they run."""
    _load()
    return _in_turn(_EDITS)


def repaired_ids() -> frozenset[str]:
    """Ids of the rules that `fix` repairs, where that needs no judgement call."""
    _load()
    of_parts = {id_ for repair in _REPAIRS for id_ in repair.ids}
    of_trees = {id_ for edit in _EDITS for id_ in edit.ids}
    return frozenset({*of_parts, *of_trees, *_RECOVERED})


def _in_turn(registered: list[Repair[_Run]]) -> list[Repair[_Run]]:
    # By module as well: which of two modules is imported first is an accident.
    return sorted(registered, key=lambda repair: (repair.turn, repair.run.__module__))


@functools.cache
def _load() -> None:
    """Import every module of this folder, each of which registers its repairs."""
    folder = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(folder.__path__, f"{__package__}."):
        importlib.import_module(module.name)
