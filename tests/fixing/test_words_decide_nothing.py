"""Repairs follow from what findings are about, never from how they are worded."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from mmspack.bundle import zip_reader
from mmspack.errors import MmspackError
from mmspack.fixing import FixResult, fix, repaired_ids
from mmspack.model import Finding
from mmspack.rules import checking
from tests.fixing.mending import OPTIONS, mended
from tests.rules.cases import CASES
from tests.rules.scenes import Scene

FIXABLE = sorted(repaired_ids())
WORDS = ("message", "title", "reason", "fix")


def ids(result: FixResult) -> list[str]:
    return [finding.id for finding in result.report.findings]


def scrambled(words: str, chance: random.Random) -> str:
    """Other words of another length, with the look of a place or a name here and there."""
    letters = list(words)
    chance.shuffle(letters)
    return f"{chance.choice(['', 'the text ', 'image1.jpg: ', 'line 3: '])}{''.join(letters)}"


def attempt(case: Scene, repair: Callable[[Scene], FixResult]) -> FixResult | MmspackError:
    try:
        return repair(case)
    except MmspackError as error:
        return error


def anew(case: Scene) -> FixResult:
    return fix(case.data, **{name: case.options[name] for name in OPTIONS if name in case.options})


@pytest.mark.slow
@pytest.mark.parametrize("id_", FIXABLE)
def test_other_words_in_every_finding_change_no_repair(id_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(id_)
    whole, noted = checking._finding, zip_reader._Reader.note

    def finding(*arguments: object) -> Finding:
        made = whole(*arguments)
        words = {
            name: scrambled(getattr(made, name), chance) for name in ("message", "title", "reason", "fix")
        }
        return replace(made, **words)

    def note(self: object, kind: str, message: str, *rest: object, **more: object) -> None:
        noted(self, kind, scrambled(message, chance), *rest, **more)

    for number, (bad, *_) in enumerate(CASES[id_]):
        case = bad()
        plain = attempt(case, mended)
        with monkeypatch.context() as patch:
            patch.setattr(checking, "_finding", finding)
            patch.setattr(zip_reader._Reader, "note", note)
            reworded = attempt(case, anew)
        if isinstance(plain, MmspackError):
            assert type(reworded) is type(plain), f"{id_}, case {number}"
            continue
        assert reworded.bundle.data == plain.bundle.data, f"{id_}, case {number}"
        assert reworded.changes == plain.changes
        assert [found.id for found in reworded.report.findings] == [
            found.id for found in plain.report.findings
        ]
