"""Change the state machine in every small way, and see whether its tests notice.

    python benchmarks/campaign/mutants.py

Each mutant of `mmspack/campaign/states.py` differs in one place: a transition is left out, leads elsewhere or
starts elsewhere, a comparison is turned around, a number of the file's is another. The tests of
`tests/campaign/test_states.py` run over it in this process. Exits with 1 below 95 % killed.
"""

from __future__ import annotations

import ast
import copy
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "campaign"))

from mmspack.campaign import states

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "mmspack" / "campaign" / "states.py"
NAMES = ("State", "Event", "TRANSITIONS", "OPEN", "after", "sources")


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Each mutant with what was done to it."""
    for at, node in enumerate(ast.walk(tree)):
        for words, change in changes(node):
            twin = copy.deepcopy(tree)
            change(next(other for index, other in enumerate(ast.walk(twin)) if index == at))
            yield f"line {getattr(node, 'lineno', 0)}: {words}", ast.fix_missing_locations(twin)


def changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    if isinstance(node, ast.Dict) and node.keys:
        for at in range(len(node.keys)):
            yield f"without entry {at}", lambda n, at=at: (n.keys.pop(at), n.values.pop(at))
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("State", "Event")
    ):
        kind = getattr(states, node.value.id)
        for other in kind.__members__:
            if other != node.attr:
                yield f"{node.attr} -> {other}", lambda n, other=other: setattr(n, "attr", other)
    if isinstance(node, ast.Compare):
        yield (
            "turned around",
            lambda n: n.ops.__setitem__(0, ast.IsNot() if isinstance(n.ops[0], ast.Is) else ast.NotEq()),
        )
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "another number", lambda n: setattr(n, "value", n.value + 20)


def survives(tree: ast.Module) -> bool:
    """Whether all tests pass over the mutant."""
    module = types.ModuleType("mutant")
    module.__dict__["__name__"] = "mutant"
    try:
        exec(compile(tree, "mutant", "exec"), module.__dict__)
        import test_states as tests

        for name in NAMES:
            setattr(tests, name, getattr(module, name))
        for state in module.State:
            for event in module.Event:
                tests.test_each_pair_of_state_and_event(state, event)
        for name in [name for name in vars(tests) if name.startswith("test_") and "pair" not in name]:
            getattr(tests, name)()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, the mutant is dead
        return False
    return True


def main() -> None:
    tree = ast.parse(SOURCE.read_text("utf-8"))
    if not survives(tree):
        raise SystemExit("the tests fail on the state machine as it is")
    found = [(words, survives(mutant)) for words, mutant in mutants(tree)]
    alive = [words for words, lives in found if lives]
    print("\n".join(f"survived: {words}" for words in alive))
    share = 1 - len(alive) / len(found)
    print(f"{len(found)} mutants, {len(found) - len(alive)} killed: {share:.1%}")
    sys.exit(share < 0.95)


if __name__ == "__main__":
    main()
