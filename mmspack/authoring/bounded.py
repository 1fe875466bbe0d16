"""A template environment that ends: what a template may do is counted, and so is what it may hold.

Jinja2's sandbox keeps a template away from the program; it does not keep it from running for hours or
filling the memory (`{{ "x" * 10 ** 9 }}`, two loops over a long range, `center`, `indent`, `batch`). A
message folder may come from anybody, so each rendering has an allowance of steps and of characters, and ends
with a `TooMuch` that says which was used up. Everything is counted, nothing is timed: the same template ends
at the same place everywhere.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from jinja2 import nodes, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext, markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mmspack.authoring.printing import print_cure, print_fault

MAX_TEMPLATE = 200_000
"""Characters of a text with template places: compiling takes 1 s for about as many."""
MAX_STEPS = 100_000
"""Passes of loops, calls, filters, tests and comparisons, and each 100 characters or 10 items that they read
or make: a text of ten slides takes a few dozen."""
MAX_WEIGHT = 1_000_000
"""Characters written, and characters of one value: the largest message of any provider has 5 MB."""
MAX_ITEMS = 20_000
"""Of one value, those in its lists included."""
MAX_RANGE = 10_000
_MAX_BITS = 4096
"""Of a whole number: `2 ** 4096` has more digits than any text needs, and squares of it follow fast."""
_MAX_PRODUCT = 20 * MAX_WEIGHT
"""Length of a value times that of an argument: what `replace`, `join`, `indent` and the like may come to."""
_WIDTHS = frozenset(
    {"batch", "center", "indent", "slice", "wordwrap", "ljust", "rjust", "zfill", "expandtabs"}
)
"""Filters and methods of texts whose number is a width or a count."""
_FILLING = frozenset({"join", "replace", "translate", "urlize"})
"""Those that put an argument into a text as often as it has characters."""
_WIDE = re.compile(r"\d{4,}|\*|\{[^{}]*\{")
"""A format's width of four digits and more, or one that comes from elsewhere."""


class TooMuch(SecurityError):
    """A template wants more than it may have."""


class Unprintable(SecurityError):
    """A value that is not text; `cure` says what to print instead."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.cure = cure


class _Allowance:
    __slots__ = ("chars", "steps")

    def __init__(self) -> None:
        self.steps, self.chars = MAX_STEPS, MAX_WEIGHT

    def step(self, count: int = 1) -> None:
        self.steps -= count
        if self.steps < 0:
            raise TooMuch(f"the template takes more than {MAX_STEPS:,} steps")

    def write(self, chars: int) -> None:
        self.chars -= chars
        if self.chars < 0:
            raise TooMuch(f"the template writes more than {MAX_WEIGHT:,} characters")


_left: ContextVar[_Allowance] = ContextVar("_left")


@contextmanager
def allowance() -> Iterator[None]:
    """What is compiled and rendered inside shares one allowance."""
    token = _left.set(_Allowance())
    try:
        yield
    finally:
        _left.reset(token)


def _allowed() -> _Allowance:
    return _left.get(None) or _Allowance()


def _weigh(value: object) -> int:
    """Characters that a value comes to when it is written. Raises `TooMuch` for too many, or for items."""
    return sum(_measured(value))


def _cost(value: object) -> int:
    """The steps of going through a value once: an item takes as long as ten characters."""
    chars, items = _measured(value)
    return chars // 100 + items // 10


def _measured(value: object) -> tuple[int, int]:
    """Characters and items of a value."""
    if isinstance(value, str):
        items, chars, waiting = 0, len(value), []
    else:
        items, chars, waiting = 0, 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str | bytes | range):
            chars += len(one)
        elif isinstance(one, int):
            chars += one.bit_length() // 3
        elif isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += one
        items += 1
        if items + len(waiting) > MAX_ITEMS:
            raise TooMuch(f"the template makes a value of more than {MAX_ITEMS:,} items")
    if chars > MAX_WEIGHT:
        raise TooMuch(f"the template makes a value of more than {MAX_WEIGHT:,} characters")
    return chars, items


def _counted(items: Iterable[Any], cost: int) -> Iterator[Any]:
    left = _allowed()
    for item in items:
        left.step()
        left.write(cost)
        yield item


def _weighed(value: Any) -> Any:
    _allowed().step(1 + _cost(value))
    return value


def _joined(pieces: Sequence[object]) -> str:
    _weighed(pieces)
    return markup_join(pieces)


def _range(*args: int) -> range:
    made = range(*args)
    if len(made) > MAX_RANGE:
        raise TooMuch(f"a range of {len(made):,} is longer than {MAX_RANGE:,}")
    return made


def _prove_product(name: str, value: object, given: Iterable[object]) -> None:
    """Refuse what may come to a value times an argument, before it does."""
    if name not in _WIDTHS | _FILLING:
        return
    widths = [one for one in given if isinstance(one, int)] if name in _WIDTHS else []
    lengths = [_weigh(one) for one in given if not isinstance(one, int)]
    if _weigh(value) * max([1, *widths, *lengths]) > _MAX_PRODUCT:
        raise TooMuch(f"{name}: the result would be far larger than a message")


def _prove_format(pattern: object, given: object) -> None:
    if isinstance(pattern, str) and _WIDE.search(pattern):
        raise TooMuch("a format is at most 999 wide, and its width is a number")
    _weigh(given)


def _bounded(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """The filter with its arguments looked at before, and its result after it has run."""
    at = 1 if getattr(plain, "jinja_pass_arg", None) is not None else 0

    @functools.wraps(plain)
    def run(*args: Any, **kwargs: Any) -> Any:
        value, given = (args[at] if len(args) > at else None), [*args[at + 1 :], *kwargs.values()]
        if isinstance(value, Iterator):
            args = (*args[:at], _counted(value, 0), *args[at + 1 :])
        _read(value, *given)
        if name == "format":
            _prove_format(value, given)
        elif name == "sum" and any(isinstance(one, list | tuple) for one in given):
            raise TooMuch("sum adds numbers")
        _prove_product(name, value, given)
        return _weighed(plain(*args, **kwargs))

    return run


def _read(*values: object) -> None:
    """Count what a filter, a test or a method goes through, however little comes of it."""
    _allowed().step(sum(map(_cost, values)))


def _bounded_test(plain: Callable[..., Any]) -> Callable[..., Any]:
    at = 1 if getattr(plain, "jinja_pass_arg", None) is not None else 0

    @functools.wraps(plain)
    def run(*args: Any, **kwargs: Any) -> Any:
        _allowed().step()
        _read(*args[at:], *kwargs.values())
        return plain(*args, **kwargs)

    return run


@pass_eval_context  # which keeps Jinja2 from working constants out while it compiles
def _written(_context: object, value: Any) -> Any:
    _allowed().write(_weigh(value))
    if type(value) is not str and (fault := print_fault(value)):
        raise Unprintable(f"it would print {fault} as Python writes it", print_cure(value))
    return value


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, in which every rendering ends."""

    intercepted_binops = frozenset({"+", "*", "**", "%", "//", "-"})

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=_written, optimized=False, **options)
        self.globals["range"] = _range
        self.globals.pop("lipsum")
        self.filters = {name: _bounded(name, plain) for name, plain in self.filters.items()}
        self.tests = {
            name: _bounded_test(cast(Callable[..., Any], plain)) for name, plain in self.tests.items()
        }
        self.filters |= {"_counted": _counted, "_weighed": _weighed, "_joined": _joined}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MAX_TEMPLATE:
            raise TooMuch(f"a template has at most {MAX_TEMPLATE:,} characters, and this one {len(source):,}")
        return _watched(super()._parse(source, name, filename))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what would grow out of bounds, before it does."""
        if operator == "**" and isinstance(left, int) and isinstance(right, int):
            if right > 0 and left.bit_length() * right > _MAX_BITS:
                raise TooMuch(f"{left} ** {right} is too large")
        elif operator == "*" and not (isinstance(left, int | float) and isinstance(right, int | float)):
            for value, times in ((left, right), (right, left)):
                if isinstance(times, int) and _weigh(value) * times > MAX_WEIGHT:
                    raise TooMuch(f"a value {times:,} times is too large")
        elif operator == "%" and isinstance(left, str):
            _prove_format(left, right)
        made = super().call_binop(context, operator, left, right)
        if isinstance(made, int) and made.bit_length() > _MAX_BITS:
            raise TooMuch("a number is too large")
        return _weighed(made)

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count the call, and bound those methods of a text that make it long."""
        _allowed().step()
        if isinstance(obj, LoopContext):  # a recursive loop goes round once more
            args = (_counted(args[0], 0), *args[1:])
        given = [*args, *kwargs.values()]
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(owner, str):
            _prove_product(name, owner, given)
        _read(owner if isinstance(owner, str | bytes | list | tuple | Mapping) else None, *given)
        return _weighed(super().call(context, obj, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`str.format`, of which the sandbox makes a function of its own, with its widths looked at."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None

        def run(*args: Any, **kwargs: Any) -> str:
            _prove_format(value.__self__, [*args, *kwargs.values()])
            return wrapped(*args, **kwargs)

        return run


def _watched(tree: nodes.Template) -> nodes.Template:
    """The template with its loops counted, and the values that it puts together weighed."""
    for loop in list(tree.find_all(nodes.For)):
        cost = sum(len(text.data) for text in loop.find_all(nodes.TemplateData))
        loop.iter = _filtered(cast(nodes.Expr, loop.iter), "_counted", nodes.Const(cost))
    for parent in [tree, *tree.find_all(nodes.Node)]:
        if isinstance(parent, nodes.Compare | nodes.Operand):
            parent.expr = _filtered(parent.expr, "_weighed")
        for field, value in parent.iter_fields():
            if isinstance(value, nodes.Node):
                setattr(parent, field, _guarded(value))
            elif isinstance(value, list):
                setattr(parent, field, [_guarded(one) for one in value])
    return tree


def _guarded(node: Any) -> Any:
    if isinstance(node, nodes.Concat):
        return _filtered(nodes.List(node.nodes), "_joined")
    literal = isinstance(node, nodes.List | nodes.Dict) or (
        isinstance(node, nodes.Tuple) and node.ctx == "load"
    )
    part = isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice)
    return _filtered(node, "_weighed") if literal or part else node


def _filtered(node: nodes.Expr, name: str, *args: nodes.Expr) -> nodes.Filter:
    made = nodes.Filter(node, name, list(args), [], None, None)
    made.set_lineno(node.lineno or 1)
    if node.environment is not None:
        made.set_environment(node.environment)
    return made
