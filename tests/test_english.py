"""The worst phrases of translated English stay out of everything that a person reads (`docs/words.md`)."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import MODULES, PACKAGE, nodes_of

ROOT = Path(__file__).resolve().parent.parent
WORDS = ROOT / "docs" / "words.md"
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "README.md")
    if path.is_file() and path != WORDS and path.name != "CHANGELOG.md"  # what was, as it was said then
)
OTHERS = sorted(
    path
    for folder, endings in ((PACKAGE, ("*.j2", "*.js", "*.toml")), (ROOT / "templates", ("*",)))
    for ending in endings
    for path in folder.rglob(ending)
    if path.is_file()
)
TOLD = ROOT / "tests" / "rules" / "told.txt"
QUOTED = re.compile(r"`([^`]+)`")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def phrases() -> dict[str, tuple[str, list[str]]]:
    """Each phrase of the table with what to say instead, and the longer phrases in which it is right."""
    table = WORDS.read_text("utf-8").partition("\n## Instead of\n")[2]
    found = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and QUOTED.search(cells[0]):
            for phrase in QUOTED.findall(cells[0]):
                found[phrase] = (cells[1], QUOTED.findall(cells[2]))
    return found


PHRASES = phrases()
BANNED = re.compile("|".join(rf"\b{phrase.replace(' ', chr(92) + 's+')}\b" for phrase in PHRASES), re.I)
RIGHT = {
    phrase: re.compile("|".join(rf"\b{re.escape(one)}\b" for one in right), re.I)
    for phrase, (_, right) in PHRASES.items()
    if right
}


def faults(where: str, line: int, text: str) -> Iterator[str]:
    """`file:line: phrase → what to say`, for each banned phrase in the text."""
    text = re.sub(r"\s+", " ", text)
    for match in BANNED.finditer(text):
        phrase = match[0].lower()
        around = text[max(0, match.start() - 20) : match.end() + 20]
        if phrase in RIGHT and RIGHT[phrase].search(around):
            continue
        yield f"{where}:{line}: {around!r}: instead of {match[0]!r} say: {PHRASES[phrase][0]}"


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """The strings, docstrings and comments of a module, each with its line."""
    source = path.read_text("utf-8")
    for node in nodes_of(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, CODE.sub("`…`", node.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], CODE.sub("`…`", token.string)


def test_every_module_speaks_plain_english():
    found = [
        fault
        for path in MODULES
        for line, text in spoken(path)
        for fault in faults(str(path.relative_to(PACKAGE)), line, text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", [*PAGES, *OTHERS, TOLD], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_speaks_plain_english(path):
    text = path.read_text("utf-8", "replace")
    if path.suffix == ".md":
        text = CODE.sub(lambda code: "\n" * code[0].count("\n") + "`…`", text)
    found = [
        fault for number, line in enumerate(text.splitlines(), 1) for fault in faults(path.name, number, line)
    ]
    assert not found, "\n".join(found)


def test_the_help_of_every_command_speaks_plain_english(mmspack):
    for command in ("build", "check", "fix", "send", "preview", "inspect", "diff", "campaign", "sandbox"):
        shown = mmspack(command, "--help").out
        assert shown
        assert not list(faults(command, 0, shown))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("it is no picture", True),
        ("there is no picture", False),
        ("the line is no longer there", False),
        ("the file is there already", True),
        ("The same, Mended.", True),
        ("it is not a picture", False),
        ("amended", False),
    ],
)
def test_the_table_catches_what_it_should(text, wrong):
    assert bool(list(faults("x", 1, text))) is wrong


def test_every_phrase_of_the_table_has_an_alternative():
    assert len(PHRASES) > 40
    assert all(instead for instead, _ in PHRASES.values())
