"""The first page of the help, which is made without loading what it speaks of."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import typer

from mmspack.cli import app
from mmspack.front import COMMANDS, first_page
from tests.conftest import ROOT
from tests.rules.scenes import SMIL, scene

HEAVY = ("typer", "rich", "PIL", "numpy", "jinja2", "mmspack.cli")


def test_each_line_is_the_commands_own():
    group = typer.main.get_command(app)
    for name, (_, words) in COMMANDS.items():
        first = group.commands[name].help.partition("\n\n")[0]
        assert words == " ".join(first.replace("\b", "").split()), name


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_it_loads_no_command_and_no_heavy_package(option):
    code = (
        f"import sys; sys.argv = ['mmspack', {option!r}]\n"
        "from mmspack.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n"
        f"    print([name for name in {HEAVY} if name in sys.modules], done.code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr.strip() == "[] 0"
    assert "mmspack" in done.stdout


def test_a_check_into_a_pipe_says_the_same_as_in_a_terminal_and_loads_no_table(tmp_path, monkeypatch):
    (tmp_path / "good.zip").write_bytes(scene().data)
    (tmp_path / "odd.zip").write_bytes(scene(smil=SMIL.replace("image1.jpg", "image2.jpg")).data)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    code = (
        "import sys; sys.argv = ['mmspack', 'check', *sys.argv[1:]]\n"
        "from mmspack.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n"
        "    print('rich.console' in sys.modules, done.code, file=sys.stderr)"
    )

    def run(name: str) -> tuple[str, str]:
        command = [sys.executable, "-c", code, name]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout), done.stderr.strip()

    for name, exit_code in (("good.zip", 0), ("odd.zip", 1)):
        plain, loaded = run(name)
        assert loaded == f"False {exit_code}"
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        assert run(name) == (plain, f"True {exit_code}")
        monkeypatch.delenv("TTY_COMPATIBLE")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_it_fits_the_terminal(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    page = first_page("mmspack")
    prose, _, boxes = page.partition("╭")
    assert all(len(line) == width for line in f"╭{boxes}".splitlines())
    assert all(name in page for name in COMMANDS)
    assert "fit it to a" in " ".join(prose.split())


def test_a_terminal_without_lines_gets_ascii(monkeypatch, capsys):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", open("/dev/null", "w", encoding="ascii"))  # noqa: PTH123, SIM115
    page = first_page("mmspack")
    sys.stdout.close()
    assert page.isascii()


def test_colours_come_when_they_are_asked_for(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in first_page("mmspack")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;36mbuild\x1b[0m" in first_page("mmspack")
