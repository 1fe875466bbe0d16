"""What commands print into a pipe, for people and as JSON, and their exit codes; as `said.txt` has it.

The page also names the commands: `$` begins a case, in a folder as `furnish` leaves it; `&` goes on in that
folder; what follows `<` is done first, and its words are not held. Variables of the environment may stand
before a command, as in a shell. To add a command, write its line.

After a change: python -m tests.cli.test_said, with `new` for lines that have no words yet, and read what `git
diff` says. Numbers and hashes, which the JPEG library, the clock and the packages decide, are left out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from unittest import mock

import pytest
from lxml import html

from mmspack.__main__ import main as mmspack
from tests.cli.desk import furnish

TOLD = Path(__file__).with_name("said.txt")
HEADING, NEW, FIRST = "== ", "$ ", "< "
_COMMAND = re.compile(r"[$&<] ")
_KEPT = re.compile(r"[$&<] |== ")
"""What would be read as a command or a heading, were it said at the beginning of a line."""
_SETTING = re.compile(r"[A-Z_]+=")
_OF_A_PAGE = 75
_LONGEST = 120
"""Lines of a command that are held: longer ones are lists, which other tests hold."""
_NUMBER = re.compile(
    r"(?:\d[\d,.]* of )?\d[\d,.]* ?(?:bytes?\b|kB|MB|B\b|%)|\d+[.,:-]\d[\d,.:-]*|\b\d{4,}\b"
    r"|(?<=_bytes\": )\d+|(?<=\"bytes\": )\d+|(?<=\"size\": )\d+"
)
_MONTH = re.compile("January|February|March|April|May|June|July|August|September|October|November|December")
_CAMPAIGN = re.compile(r"\bmp[0-9a-f]{4,}")
_HASH = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b")


def normal(line: str) -> str:
    """A line without what differs from machine to machine."""
    for place, word in ((str(Path.cwd()), "HERE"), (os.environ["XDG_CONFIG_HOME"], "CONFIG")):
        line = line.replace(place, word)
    return re.sub(r" +", " ", _NUMBER.sub("0", _HASH.sub("0", _CAMPAIGN.sub("mp0", line.rstrip()))))


def page_of(path: str) -> Iterator[str]:
    """The words of a page that a command has written, without dates."""
    page = html.fromstring(Path(path).read_text("utf-8"))
    for unseen in page.xpath("//style|//script"):
        unseen.drop_tree()
    yield f"the page {path}, theme {page.get('data-theme')}"
    words = (" ".join(text.split()) for text in page.itertext())
    found = [normal(text) for text in words if text and not _MONTH.search(text)]
    yield from found[:_OF_A_PAGE]


def told(line: str) -> Iterator[str]:
    """The exit code of a command line, and what it prints."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    words = shlex.split(line)
    surroundings = dict(word.split("=", 1) for word in takewhile(_SETTING.match, words))
    with (
        mock.patch.dict(os.environ, surroundings),
        mock.patch.object(sys, "argv", ["mmspack", *words[len(surroundings) :]]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            mmspack()
        except SystemExit as done:
            code = int(done.code or 0)
    yield f"exit {code}"
    for name, stream in (("", out), ("! ", err)):
        lines = [f"{name}{normal(one)}" for one in stream.getvalue().splitlines()]
        yield from lines[:_LONGEST]
        if len(lines) > _LONGEST:
            yield f"{name}… and more lines"
    written = re.match(r"(?:campaign )?preview .*?-o (\w+\.html)", line)
    if written and not code:
        yield from page_of(written[1])


def said_again(lines: Iterable[str]) -> list[str]:
    """A case as it should be written: its commands, run in the present folder, and their answers."""
    furnish()
    made = []
    for line in lines:
        if not (found := _COMMAND.match(line)):
            continue
        made.append(line)
        said = [f" {one}" if _KEPT.match(one) else one for one in told(line.removeprefix(found[0]))]
        made += [] if found[0] == FIRST else said
    return made


def read() -> list[list[str]]:
    """The lines of each case. A heading is one of a single line."""
    cases: list[list[str]] = []
    before = ""
    for line in TOLD.read_text("utf-8").splitlines():
        kind = found[0] if (found := _COMMAND.match(line)) else ""
        if line.startswith(HEADING) or (kind in (NEW, FIRST) and before != FIRST):
            cases.append([])
        cases[-1].append(line)
        before = kind or before
    return cases


def name_of(case: Iterable[str]) -> str:
    """The first command that it is about."""
    return next(line.removeprefix(NEW) for line in case if line.startswith(NEW))


CASES = [case for case in read() if not case[0].startswith(HEADING)]


@pytest.mark.slow
@pytest.mark.usefixtures("fitted_once")
@pytest.mark.parametrize("case", CASES, ids=map(name_of, CASES))
def test_commands_say_what_is_written(
    case: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "state"))
    assert said_again(case) == case


def main() -> None:
    """Write the page again."""
    xdg = [f"XDG_{name}_HOME" for name in ("CONFIG", "DATA", "CACHE", "STATE")]
    lines = []
    for case in read():
        wanted = sys.argv[1:] != ["new"] or all(map(_COMMAND.match, case))
        if wanted and not case[0].startswith(HEADING):
            with tempfile.TemporaryDirectory() as home:
                os.environ.update(dict.fromkeys(("HOME", "MMSPACK_STATE", *xdg), home))
                Path(home, "desk").mkdir()
                os.chdir(Path(home, "desk"))
                case = said_again(case)
                os.chdir("/")
        lines += case
    TOLD.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()
