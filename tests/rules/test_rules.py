"""Each rule speaks where it should, alone, and nowhere else."""

from __future__ import annotations

import pytest

from mmspack import rules
from mmspack.model import Report
from mmspack.rules.checking import check
from tests.bundle.hostile_zips import HOSTILE
from tests.rules.cases import CASES, Pair
from tests.rules.edges import EVERY
from tests.rules.scenes import Scene

MERELY_ODD = {"case clash"}
UNLISTED = {
    *("case clash", "latin-1 name", "UTF-8 name without the flag", "flag without UTF-8", "accent apart"),
    *("folder by its mode", "folder by MS-DOS", "label of a disk", "drawer of an Amiga"),
    *("version of VMS", "name of 256 bytes", "file and folder"),
}
"""Zips with a file that can be read, and that the manifest does not list."""
ALL = [(id_, number) for id_, pairs in EVERY.items() for number in range(len(pairs))]


def judged(made: Scene) -> Report:
    return check(made.data, **made.options)


def ids(report: Report) -> list[str]:
    return sorted({f"{finding.id} {finding.message}" for finding in report.findings})


def pair(id_: str, number: int) -> Pair:
    return EVERY[id_][number]


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


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_gets_findings_about_the_zip_alone(name: str) -> None:
    report = check(HOSTILE[name][1]())
    assert not report.ok or name in MERELY_ODD
    assert report.findings
    if name != "bomb by total":  # what is left of it is too large, and is told so
        others = [line for line in ids(report) if not line.startswith("MMS1")]
        assert [line[:6] for line in others] == (["MMS204"] if name in UNLISTED else [])
