"""SMIL as phones, programs and people write it: `fix` repairs what is wrong and leaves every other byte.

After a change of what is repaired: python -m tests.smil.test_foreign, and read what `git diff` says.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest

from mmspack.fixing import fix
from tests.rules.scenes import packed, photo

FOLDER = Path(__file__).with_name("foreign")
FILES = sorted(FOLDER.glob("*.smil"))


def fixed(data: bytes) -> bytes:
    """The presentation after `fix`, in a message that has the parts that it names."""
    named = {name.lower() for name in re.findall(r"image\d\.jpg|text\d\.txt", _text(data), re.IGNORECASE)}
    parts = {name: photo(40 + int(name[5]), 48) if name.endswith("jpg") else b"Hello" for name in named}
    result = fix(packed({"message.smil": data, **dict(sorted(parts.items()))}))
    assert not [finding for finding in result.report.findings if finding.part == "message.smil"]
    return result.bundle.part("message.smil").data


def diff(data: bytes) -> str:
    """What `fix` changes, line by line; line breaks and byte order marks can be seen."""
    lines = [
        _text(one).replace("\r", "\\r").replace("\ufeff", "\\ufeff").splitlines()
        for one in (data, fixed(data))
    ]
    found = list(difflib.unified_diff(*lines, n=0, lineterm=""))[2:]
    return "".join(f"{line}\n" for line in found if not line.startswith("@@"))


def _text(data: bytes) -> str:
    if data.startswith(b"\xff\xfe"):
        return data.decode("utf-16-le")
    return data.decode("iso-8859-1" if b"ISO-8859-1" in data else "utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_difference_holds_the_repairs_alone(path: Path) -> None:
    assert diff(path.read_bytes()) == path.with_suffix(".diff").read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_second_fix_changes_nothing(path: Path) -> None:
    once = fixed(path.read_bytes())
    assert fixed(once) == once


if __name__ == "__main__":
    for path in FILES:
        path.with_suffix(".diff").write_text(diff(path.read_bytes()), "utf-8")
