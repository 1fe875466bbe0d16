"""What each bad case is told, word for word and place for place, as `told.txt` has it.

After a change of words: python tests/rules/test_words.py, and read what `git diff` says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mmspack.rules.checking import check
from mmspack.words import printable
from tests.rules.edges import EVERY

TOLD = Path(__file__).with_name("told.txt")


def told(id_: str, number: int) -> list[str]:
    made = EVERY[id_][number][0]()
    return [
        f"{id_}.{number}  {finding.part or '-'}:{finding.line or ''}:{finding.column or ''}  "
        f"{printable(finding.message)}"
        for finding in check(made.data, **made.options).findings
    ]


def every() -> list[tuple[str, int]]:
    return [(id_, number) for id_ in sorted(EVERY) for number in range(len(EVERY[id_]))]


@pytest.mark.slow
@pytest.mark.parametrize(("id_", "number"), every())
def test_a_bad_case_is_told_as_written(id_: str, number: int) -> None:
    lines = TOLD.read_text("utf-8").splitlines()
    assert told(id_, number) == [line for line in lines if line.startswith(f"{id_}.{number} ")]


if __name__ == "__main__":
    TOLD.write_text("".join(f"{line}\n" for id_, number in every() for line in told(id_, number)), "utf-8")
