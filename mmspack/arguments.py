"""Whether the arguments that a program gives are of the kinds that are meant, said with their names."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType

from mmspack.problem import Place, Problem

_CALLED = {bool: "True or False", float: "a number", int: "a whole number", str: "a text", NoneType: "None"}

Kinds = type | tuple[type, ...]
"""`float` takes whole numbers too; `int` and `float` take no booleans."""


def mistyped(given: Mapping[str, object], kinds: Mapping[str, Kinds]) -> list[Problem]:
    """A problem for each of `given` that is not of its kind; names without a kind are not looked at."""
    found = []
    for name, kind in kinds.items():
        wanted = kind if isinstance(kind, tuple) else (kind,)
        if name in given and not is_of(given[name], wanted):
            expected = " or ".join(_CALLED.get(one, named(one)) for one in wanted if one is not NoneType)
            found.append(Problem(f"expected {expected}, found {shown(given[name])}", Place(key=name)))
    return found


def is_of(value: object, kinds: tuple[type, ...]) -> bool:
    """Whether `value` is of one of the kinds."""
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int):
        return int in kinds or float in kinds
    return isinstance(value, kinds)


def shown(value: object) -> str:
    """`value` for a sentence: its kind, and what it holds where that is short and no secret can be in it."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return f"{named(type(value))}, {value}"
    return f"the class {value.__name__}" if isinstance(value, type) else named(type(value))


def named(kind: type) -> str:
    """`an int`, `a list`."""
    article = "an" if kind.__name__[0].lower() in "aeiou" else "a"
    return f"{article} {kind.__name__}"
