"""Each rule speaks where it should, alone, and nowhere else."""

from __future__ import annotations

import pytest
from cases import CASES, Pair
from scenes import Scene

from mmspack import rules
from mmspack.checking import check
from mmspack.model import Report

ALL = [(id_, number) for id_, pairs in CASES.items() for number in range(len(pairs))]


def judged(made: Scene) -> Report:
    return check(made.data, **made.options)


def ids(report: Report) -> list[str]:
    return sorted({f"{finding.id} {finding.message}" for finding in report.findings})


def pair(id_: str, number: int) -> Pair:
    return CASES[id_][number]


@pytest.mark.parametrize(("id_", "number"), ALL)
def test_the_bad_case_yields_exactly_its_rule(id_: str, number: int) -> None:
    found = ids(judged(pair(id_, number)[0]()))
    assert found
    assert all(line.startswith(id_) for line in found), found


@pytest.mark.parametrize(("id_", "number"), ALL)
def test_the_good_case_yields_nothing(id_: str, number: int) -> None:
    assert ids(judged(pair(id_, number)[1]())) == []


def test_every_rule_has_its_cases() -> None:
    assert {one.id for one in rules.all_rules()} == set(CASES)
