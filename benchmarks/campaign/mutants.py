"""Change the state machine and the ledger's steps in every small way, and see whether their tests notice.

    python benchmarks/campaign/mutants.py            # both
    python benchmarks/campaign/mutants.py states     # or ledger, reading, sealed_file

Each mutant differs in one place. In `mmspack/campaign/ledger/states.py` a transition is left out, leads
elsewhere or starts elsewhere, a comparison is turned around, a number of the file's is another. In those
methods of `ledger.py`, `reading.py` and `sealed_file.py` beside it that move recipients, a statement is left
out, a condition is turned around, a comparison, a number, a state or an event is another, and so are
comparisons and conditions of the SQL. The tests in `test_states.py` and `test_ledger.py` run over them in
this process.
Exits with 1 below 95 % killed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import inspect
import os
import random
import re
import signal
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "campaign"))

import test_ledger
import test_states

from mmspack.campaign.ledger import states
from mmspack.campaign.ledger.reading import LedgerReading

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "State", "StateEvent", "TRANSITIONS", "OPEN", "ANSWERED", "after", "sources",
    "Recipient", "Settled", "RecipientRecord",
)  # fmt: skip
MOVING = (
    "reserve", "_reserve", "_suppressed", "settle", "name", "_steps", "_standing", "_write",
    "_hold_abandoned",
    "built", "planned", "undo_future", "next_due", "counts", "accounts", "_writing", "_seal_blocks",
    "_keep", "suppress", "is_suppressed", "add", "open",
)  # fmt: skip
"""Methods of `Ledger` that move recipients, or tell where they stand."""
LEDGER = ("ledger", "reading", "sealed_file")
QUERIES = (
    "_PLAN", "_TAKE", "_FIRST_DUE", "_BEYOND", "_IN_STATE", "_STANDING", "_BUILD", "_CHANGE", "_RESERVE",
    "_ACCOUNTS",
)  # fmt: skip
SLOW = ("150_bytes", "cut_off", "really_full")
"""Tests of how large the file is, and of a disk."""
SAME = {
    r"without ' order by": "the index, or the row's number, already gives that order",
    r"without 'state = 3 and ' in select row from recipients": "who does not wait has no use for `due`",
    r"CRASH -> (ACCEPT|REJECT|RETURN|HOLD)$": "they too start at RESERVED, or lead to HELD",
    r"select 1 from suppressed limit 1|without return \[\]": "a short cut past an empty list",
    r"in_transaction:|without self._db.execute\('begin immediate'\)": "sqlite3 begins by itself",
    r"len\(rows\) >= limit|without break": "a short cut: what is left of the limit is 0",
    r"1 \+ 1$": "-2 is before the first row, as -1 is",
}
"""Changes of the ledger that change nothing that anybody could notice, and why."""
_LONGEST = 60
"""Seconds after which a mutant that does not end counts as killed."""
Change = tuple[str, Callable[[ast.AST], object]]


def mutants(
    tree: ast.Module, changes: Callable[[ast.AST], Iterator[Change]]
) -> Iterator[tuple[str, ast.Module]]:
    """Each mutant with what was done to it."""
    for at, node in enumerate(ast.walk(tree)):
        for words, change in changes(node):
            twin = copy.deepcopy(tree)
            change(next(other for index, other in enumerate(ast.walk(twin)) if index == at))
            yield f"line {getattr(node, 'lineno', 0)}: {words}", ast.fix_missing_locations(twin)


def elsewhere(node: ast.AST) -> Iterator[Change]:
    """Other states and events."""
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("State", "StateEvent")
    ):
        for other in getattr(states, node.value.id).__members__:
            if other != node.attr:
                yield f"{node.attr} -> {other}", lambda n, other=other: setattr(n, "attr", other)


def of_states(node: ast.AST) -> Iterator[Change]:
    yield from elsewhere(node)
    if isinstance(node, ast.Dict) and node.keys:
        for at in range(len(node.keys)):
            yield f"without entry {at}", lambda n, at=at: (n.keys.pop(at), n.values.pop(at))
    if isinstance(node, ast.Compare):
        yield (
            "turned around",
            lambda n: n.ops.__setitem__(0, ast.IsNot() if isinstance(n.ops[0], ast.Is) else ast.NotEq()),
        )
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "another number", lambda n: setattr(n, "value", n.value + 20)


def of_ledger(tree: ast.Module) -> Callable[[ast.AST], Iterator[Change]]:
    """Changes of the methods that move, and of the queries."""
    wanted: set[int] = set()
    for node in ast.walk(tree):
        named = isinstance(node, ast.FunctionDef) and node.name in MOVING
        query = (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in QUERIES
        )
        if named or query:
            wanted |= {
                id(part) for statement in (node.body if named else [node]) for part in ast.walk(statement)
            }
        if named:
            wanted.add(id(node))
    return lambda node: of_method(node) if id(node) in wanted else iter(())


OPPOSITES = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.LtE: ast.Lt, ast.Lt: ast.LtE,
}  # fmt: skip


def of_method(node: ast.AST) -> Iterator[Change]:
    yield from elsewhere(node)
    for field in ("body", "orelse", "handlers"):
        body = getattr(node, field, None)
        for at, statement in enumerate(body if isinstance(body, list) else ()):
            text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if not text and not isinstance(statement, ast.Pass | ast.ExceptHandler):
                words = ast.unparse(statement).splitlines()[0]
                yield f"without {words}", lambda n, f=field, at=at: getattr(n, f).__setitem__(at, ast.Pass())
    if isinstance(node, ast.Compare):
        other = OPPOSITES[type(node.ops[0])]
        yield f"{ast.unparse(node)}: {other.__name__}", lambda n: n.ops.__setitem__(0, other())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        yield f"{ast.unparse(node)}: +", lambda n: setattr(n, "op", ast.Add())
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield f"not {ast.unparse(node.test)}", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        yield f"{node.value} + 1", lambda n: setattr(n, "value", n.value + 1)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"not {node.value}", lambda n: setattr(n, "value", not n.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for words, text in of_query(node.value):
            yield words, lambda n, text=text: setattr(n, "value", text)


SWAPS = (("<=", "<"), (" = ?", " != ?"), (" > ?", " >= ?"), (" and ", " or "), ("state = 3", "state = 4"))


def of_query(query: str) -> Iterator[tuple[str, str]]:
    """A query with another comparison, without one of its conditions, unordered or unbounded."""
    if not re.match(r"\s*(select|update|insert|delete|create)\b", query):
        return
    for old, new in SWAPS:
        for found in re.finditer(re.escape(old), query):
            yield (
                f"{old!r} -> {new!r} in {' '.join(query.split())}",
                query[: found.start()] + new + query[found.end() :],
            )
    for found in re.finditer(
        r"state = 3 and |( order by [\w., ]+?)(?= limit|\s*$)|or replace |or ignore ", query
    ):
        yield (
            f"without {found[0]!r} in {' '.join(query.split())}",
            query[: found.start()] + query[found.end() :],
        )


def executed(tree: ast.Module, name: str) -> types.ModuleType:
    module = types.ModuleType("mutant")
    module.__dict__["__name__"] = name
    sys.modules[name] = module  # where dataclasses look their annotations up
    exec(compile(tree, name, "exec"), module.__dict__)
    return module


def states_survive(tree: ast.Module) -> bool:
    """Whether all tests of the states pass over the mutant."""
    try:
        module = executed(tree, "mutant")
        for name in NAMES:
            setattr(test_states, name, getattr(module, name))
        for state in module.State:
            for event in module.StateEvent:
                test_states.test_each_pair_of_state_and_event(state, event)
        for name in [name for name in vars(test_states) if name.startswith("test_") and "pair" not in name]:
            getattr(test_states, name)()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, the mutant is dead
        return False
    return True


def _too_long(*_: object) -> None:
    raise TimeoutError("it does not end")


@contextlib.contextmanager
def in_place(name: str, tree: ast.Module) -> Iterator[None]:
    """The class of a mutated file in place of its own."""
    module = executed(tree, "mmspack.campaign.ledger.mutant")
    if name == "ledger":
        real, test_ledger.Ledger = test_ledger.Ledger, module.Ledger
        try:
            yield
        finally:
            test_ledger.Ledger = real
        return
    heir, base = {
        "reading": (test_ledger.Ledger, "LedgerReading"),
        "sealed_file": (LedgerReading, "SealedFile"),
    }[name]
    bases = heir.__bases__
    heir.__bases__ = (getattr(module, base),)
    try:
        yield
    finally:
        heir.__bases__ = bases


def ledger_survives(name: str, tree: ast.Module) -> bool:
    """Whether all tests of the ledger pass over the mutant, but for those of the file itself."""
    tests = [
        test for name, test in vars(test_ledger).items()
        if name.startswith("test_") and not any(slow in name for slow in SLOW)
    ]  # fmt: skip
    tests.sort(key=lambda test: "subprocess" in inspect.getsource(test))
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(_LONGEST)
    try:
        with in_place(name, tree):
            for test in tests:
                with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                    os.environ["MMSPACK_STATE"] = folder
                    test(Path(folder)) if inspect.signature(test).parameters else test()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, the mutant is dead
        return False
    finally:
        signal.alarm(0)
    return True


def share_killed(
    name: str, changes: Callable[[ast.Module], Callable[[ast.AST], Iterator[Change]]],
    survives: Callable[[ast.Module], bool], sample: int,
) -> float:  # fmt: skip
    tree = ast.parse((ROOT / "mmspack" / "campaign" / "ledger" / f"{name}.py").read_text("utf-8"))
    if not survives(tree):
        raise SystemExit(f"the tests fail on {name}.py as it is")
    every = list(mutants(tree, changes(tree)))
    if sample:
        every = random.Random(1).sample(every, min(sample, len(every)))
    found = [(words, survives(mutant)) for words, mutant in every]
    alive = [words for words, lives in found if lives]
    told = {words: next((why for what, why in SAME.items() if re.search(what, words)), "") for words in alive}
    print("\n".join(f"survived: {words}{why and f' ({why})'}" for words, why in told.items()))
    same = sum(map(bool, told.values()))
    share = 1 - (len(alive) - same) / (len(found) - same)
    killed = f"{len(found) - len(alive)} killed, {same} no change: {share:.1%}"
    print(f"{name}.py: {len(found)} mutants, {killed}", flush=True)
    return share


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("what", nargs="*", default=["states", *LEDGER])
    options.add_argument("--sample", type=int, default=0, help="try so many of each at random; 0: all")
    given = options.parse_args()
    every = {
        "states": lambda: share_killed("states", lambda _: of_states, states_survive, given.sample),
        **{
            name: partial(share_killed, name, of_ledger, partial(ledger_survives, name), given.sample)
            for name in LEDGER
        },
    }
    sys.exit(min(every[name]() for name in given.what) < 0.95)


if __name__ == "__main__":
    main()
