"""The README's examples, run as a reader would run them."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture
def clone(tmp_path, monkeypatch) -> Path:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_console_example_runs(clone, mmspack):
    assert len(commands()) >= 7
    for command in commands():
        name, *arguments = shlex.split(command)
        assert name == "mmspack"
        ran = mmspack(*arguments)
        assert ran.code == 0, f"{command}\n{ran.out}{ran.err}"
        assert ran.err == "", command
    assert (clone / "summer-sale.zip").is_file()
    assert (clone / "treat.zip").is_file()


def test_the_first_command_builds_and_delivers(clone, mmspack):
    last = blocks("sh")[0].strip().split(" && ")[-1]
    arguments = shlex.split(last.removeprefix(".venv/bin/python -m mmspack "))
    ran = mmspack(*arguments)
    assert ran.code == 0, ran.err
    assert "nothing left this machine" in ran.out


def test_the_python_example_runs(clone):
    (example,) = blocks("python")
    names: dict[str, object] = {}
    exec(example, names)
    assert names["receipt"].id
    assert (clone / "summer.zip").is_file()


def test_every_page_and_picture_that_it_names_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
