"""What is registered as repaired is repaired, and what is repaired is registered."""

from __future__ import annotations

import pytest

from mmspack import rules
from mmspack.errors import MmspackError
from mmspack.fixing import fix, registry, repaired_ids
from mmspack.fixing.registry import Stage, Step, all_edits, all_repairs, edits, recovers, repairs
from mmspack.rules.checking import check
from tests.rules.cases import CASES
from tests.rules.scenes import Scene

UNREGISTERED = {
    "MMS532": "only a build knows how good its pictures are, so a second check does not",
    "MMS533": "only a build knows which codes its pictures had, so a second check does not",
    "MMS534": "only a build knows what its sources were like, so a second check does not",
}
"""Rules that are not registered although `fix` repairs all of their cases, each with the reason."""
OPTIONS = ("profile", "dialect", "subject")


def repaired(id_: str, made: Scene) -> bool:
    """True where the finding is there before `fix`, and gone after it."""
    if id_ not in {finding.id for finding in check(made.data, **made.options).findings}:
        return False
    try:
        result = fix(made.data, **{key: value for key, value in made.options.items() if key in OPTIONS})
    except MmspackError:
        return False
    return id_ not in {finding.id for finding in result.report.findings}


@pytest.mark.slow
@pytest.mark.parametrize("id_", sorted(repaired_ids()))
def test_each_registered_rule_has_a_case_that_is_repaired(id_: str) -> None:
    assert any(repaired(id_, bad()) for bad, *_ in CASES[id_])


@pytest.mark.slow
@pytest.mark.parametrize("id_", sorted({rule.id for rule in rules.all_rules()} - repaired_ids()))
def test_a_rule_whose_cases_are_all_repaired_is_registered(id_: str) -> None:
    assert all(repaired(id_, bad()) for bad, *_ in CASES[id_]) == (id_ in UNREGISTERED)


def test_only_rules_that_exist_are_repaired() -> None:
    assert repaired_ids() <= {rule.id for rule in rules.all_rules()}


def test_repairs_run_in_the_order_of_their_stages() -> None:
    stages = [repair.turn for repair in all_repairs()]
    assert stages == sorted(stages)
    assert set(stages) == set(Stage)
    steps = [edit.turn for edit in all_edits()]
    assert steps == sorted(steps)
    assert set(steps) == set(Step)


def test_a_repair_without_a_rule_is_refused() -> None:
    def mended(*_: object) -> list[str]:
        return []

    for register in (repairs(stage=Stage.ZIP), edits(step=Step.HEAD), recovers()):
        with pytest.raises(ValueError, match=r"^test_a.*mended: a repair needs the id of a rule$"):
            register(mended)


def test_what_is_registered_is_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_REPAIRS", "_EDITS", "_RECOVERED"):
        monkeypatch.setattr(registry, name, [])

    def late(*_: object) -> list[str]:
        return []

    def early(*_: object) -> list[str]:
        return []

    assert repairs("MMS101", stage=Stage.MANIFEST)(late) is late
    assert repairs("MMS102", "MMS103", stage=Stage.ZIP)(early) is early
    assert edits("MMS301", step=Step.LAYOUT)(late) is late
    assert edits("MMS302", step=Step.HEAD, with_defaults=True)(early) is early
    assert recovers("MMS303", "MMS304")(late) is late
    assert [(one.ids, one.turn, one.run) for one in all_repairs()] == [
        (("MMS102", "MMS103"), Stage.ZIP, early),
        (("MMS101",), Stage.MANIFEST, late),
    ]
    assert [(one.ids, one.turn, one.run, one.with_defaults) for one in all_edits()] == [
        (("MMS302",), Step.HEAD, early, True),
        (("MMS301",), Step.LAYOUT, late, False),
    ]
    assert repaired_ids() == {"MMS101", "MMS102", "MMS103", "MMS301", "MMS302", "MMS303", "MMS304"}


def test_repairs_of_one_stage_run_by_module_and_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REPAIRS", [])
    made = []
    for module, name in (("b", "first"), ("a", "second"), ("b", "third")):

        def run(*_: object) -> list[str]:
            return []

        run.__module__, run.__qualname__ = module, name
        made.append(repairs("MMS101", stage=Stage.ZIP)(run))
    assert [one.run.__qualname__ for one in all_repairs()] == ["second", "first", "third"]
