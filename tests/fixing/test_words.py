"""What `fix` does with each bad case of the rules: its words, what is left, and the texts that it writes.

After a change: python -m tests.fixing.test_words, and read what `git diff` says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmspack.errors import MmspackError
from mmspack.words import printable
from tests.fixing.mending import mended
from tests.rules.edges import EVERY

TOLD = Path(__file__).with_name("told.txt")
_WRITTEN = ("application/smil", "text/plain")


def told(id_: str, number: int) -> Iterator[str]:
    """The lines about one case. How many bytes a picture or a film takes differs from machine to machine."""
    made = EVERY[id_][number][0]()
    head = f"{id_}.{number}"
    try:
        fixed = mended(made)
    except MmspackError as error:
        yield from (f"{head} refused {printable(str(problem))}" for problem in error.problems)
        return
    types = {part.name: part.type for part in fixed.bundle.parts}
    for change in fixed.changes:
        is_media = types.get(change.part, "text/plain").startswith(("image/", "audio/", "video/"))
        words = re.sub(r"\d[\d,.]*", "#", change.what) if is_media else change.what
        yield f"{head} did {printable(f'{change.part}: {words}')}"
    for one in fixed.left:
        yield f"{head} left {printable(f'{one.part}: {one.what}')} {' '.join(sorted(one.ids))}"
    left = sorted({finding.id for finding in fixed.report.findings})
    yield f"{head} remains {' '.join(left)}"
    for part in fixed.bundle.parts if fixed.changed else ():
        digest = hashlib.sha256(part.data).hexdigest()[:10] if part.type in _WRITTEN else ""
        yield f"{head} part {printable(part.name)} {part.type} {digest}".rstrip()


def cases() -> list[tuple[str, int]]:
    """All of the rules' bad cases."""
    return [(id_, number) for id_ in sorted(EVERY) for number in range(len(EVERY[id_]))]


@pytest.mark.slow
@pytest.mark.parametrize("id_", sorted(EVERY))
def test_a_bad_case_is_repaired_as_written(id_: str) -> None:
    lines = [line for line in TOLD.read_text("utf-8").splitlines() if line.startswith(f"{id_}.")]
    found = [line for at in range(len(EVERY[id_])) for line in told(id_, at)]
    assert found == lines


if __name__ == "__main__":
    TOLD.write_text("".join(f"{line}\n" for id_, at in cases() for line in told(id_, at)), "utf-8")
