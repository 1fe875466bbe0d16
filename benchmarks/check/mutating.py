"""Mutants of a module's functions, made by mutmut's operators and put in place while the program runs.

mutmut itself leaves decorated functions alone, and every rule is one. Here a function's decorators are taken
off before the mutants are made, and a mutant is set into the function that the decorator returned.
"""

from __future__ import annotations
import __future__

import difflib
import importlib
import inspect
import linecache
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

_FLAGS = __future__.annotations.compiler_flag


@dataclass(frozen=True)
class Mutant:
    """One planted fault."""

    module: str
    function: str
    """`name`, or `Class.name` for a method."""
    number: int
    """From 1, in the function."""
    diff: str
    code: types.CodeType | None = field(repr=False)
    """Of the function; None where the fault is no Python."""
    defaults: tuple[tuple[Any, ...] | None, dict[str, Any] | None] = (None, None)
    lines: range = range(0)
    """Of the function, in its file."""
    changed: tuple[int, ...] = ()
    """Of these, the lines that differ, and one that is repeated elsewhere in it as often as it is."""

    @property
    def name(self) -> str:
        """What it is called in a report."""
        return f"{self.module.rpartition('.')[2]}.{self.function}#{self.number}"


class _Bare(cst.CSTTransformer):
    """Takes the decorators off."""

    def leave_FunctionDef(
        self,
        original_node: cst.FunctionDef,  # noqa: ARG002 - the name is libcst's
        updated_node: cst.FunctionDef,
    ) -> cst.FunctionDef:
        return updated_node.with_changes(decorators=())


def mutants(path: Path, module: str) -> Iterator[Mutant]:
    """Every mutant of the functions and methods of a module."""
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    tree = MetadataWrapper(cst.parse_module(path.read_text("utf-8")).visit(_Bare())).visit(visitor)
    names = dict(_functions(tree))
    numbers: dict[str, int] = {}
    for mutation in visitor.mutations:
        function = mutation.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef) or function not in names:
            continue
        name = names[function]
        numbers[name] = numbers.get(name, 0) + 1
        changed = function.deep_replace(mutation.original_node, mutation.mutated_node)
        before, after = (cst.Module(body=[one]).code.strip("\n") for one in (function, changed))
        diff = "\n".join(
            list(difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm=""))[3:]
        )
        code, defaults = _compiled(after, module, function.name.value)
        lines = _lines_of(module, name)
        gone = {line[1:].strip() for line in diff.split("\n") if line.startswith("-")}
        changed_lines = tuple(
            number for number in lines if linecache.getline(str(path), number).strip() in gone
        )
        yield Mutant(module, name, numbers[name], diff, code, defaults, lines, changed_lines)


def _functions(tree: cst.Module) -> Iterator[tuple[cst.FunctionDef, str]]:
    for node in tree.body:
        if isinstance(node, cst.FunctionDef):
            yield node, node.name.value
        elif isinstance(node, cst.ClassDef):
            for inner in node.body.body:
                if isinstance(inner, cst.FunctionDef):
                    yield inner, f"{node.name.value}.{inner.name.value}"


def _lines_of(module: str, function: str) -> range:
    try:
        lines, first = inspect.getsourcelines(plain(module, function))
    except (AttributeError, KeyError, OSError):  # a function that nobody finds by its name
        return range(0)
    return range(first, first + len(lines))


def _compiled(source: str, module: str, name: str) -> tuple[types.CodeType | None, tuple[Any, Any]]:
    space = dict(vars(importlib.import_module(module)))
    try:
        exec(compile(source, f"<mutant of {module}>", "exec", _FLAGS, dont_inherit=True), space)
    except (SyntaxError, TypeError, NameError):
        return None, (None, None)
    made = space[name]
    return made.__code__, (made.__defaults__, made.__kwdefaults__)


def plain(module: str, function: str) -> types.FunctionType:
    """The function itself, below properties and caches."""
    found: Any = importlib.import_module(module)
    for step in function.split("."):
        found = vars(found)[step]
    while not isinstance(found, types.FunctionType):
        found = found.fget if isinstance(found, property) else found.__wrapped__
    return found


def plant(mutant: Mutant, made: Callable[[], dict[Any, Callable[..., Any]]]) -> dict[Any, Callable[..., Any]]:
    """Set the mutant in place, for good: call it in a process of its own.

    `made()` are functions by any key that other functions may have returned earlier. Those that the mutated
    one has made are made again, and returned by their keys.
    """
    function = plain(mutant.module, mutant.function)
    # A decorator may have given what it returned another's name.
    codes = [const for const in function.__code__.co_consts if isinstance(const, types.CodeType)]
    closures = {key: one for key, one in made().items() if one.__code__ in codes}
    function.__code__ = mutant.code
    function.__defaults__, function.__kwdefaults__ = mutant.defaults
    whole = vars(importlib.import_module(mutant.module)).get(mutant.function)
    if hasattr(whole, "cache_clear"):
        whole.cache_clear()
    return {key: function(*_arguments(function, one)) for key, one in closures.items()}


def _arguments(function: types.FunctionType, closure: Any) -> list[Any]:
    """What the function had been called with when it made the closure."""
    cells = (cell.cell_contents for cell in closure.__closure__ or ())
    values = dict(zip(closure.__code__.co_freevars, cells, strict=True))
    code = function.__code__
    named = [values[name] for name in code.co_varnames[: code.co_argcount]]
    rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount] if code.co_flags & 4 else None
    return [*named, *values.get(rest, ())]
