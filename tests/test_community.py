"""What stands around the code: the pre-commit hooks, the action, the templates, the project's own data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

import pytest

from mmspack.version import VERSION
from tests.conftest import ROOT

yaml = pytest.importorskip("yaml")


@pytest.fixture
def on_path(tmp_path):
    """A folder with `mmspack` in it, as an installation puts it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "mmspack"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m mmspack "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def test_the_hooks_check_what_they_name():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    first, zips = (re.compile(hook["files"]) for hook in hooks)
    assert all(hook["entry"] == "mmspack check" for hook in hooks)
    for name in ("message.toml", "sale/message.toml", "a/b.smil", "a.mms"):
        assert first.search(name)
    assert not first.search("pyproject.toml")
    assert zips.search("out/summer.zip")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.parametrize(("toml", "code"), [('[[slides]]\ntext = "Hello"\n', 0), ('subjct = "x"\n', 2)])
def test_the_action_checks_builds_and_writes_a_comment(tmp_path, on_path, toml, code):
    (tmp_path / "sale").mkdir()
    (tmp_path / "sale" / "message.toml").write_text(toml)
    output, folder = tmp_path / "output", tmp_path / "made"
    done = subprocess.run(
        ["bash", ROOT / ".github" / "action.sh"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
        env={**on_path, "MESSAGE": "sale", "PROFILE": "", "STRICT": "false", "FOLDER": str(folder),
             "GITHUB_OUTPUT": str(output)},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    comment = (folder / "comment.md").read_text("utf-8")
    told = dict(line.split("=", 1) for line in output.read_text().splitlines())
    if code:
        assert "subjct" in comment
        assert set(told) == {"comment"}
    else:
        assert "✓" in comment
        assert set(told) == {"comment", "bundle", "storyboard"}
        assert (folder / "storyboard.png").read_bytes().startswith(b"\x89PNG")


def test_the_action_declares_what_its_script_writes_and_takes():
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    script = (ROOT / ".github" / "action.sh").read_text("utf-8")
    assert set(action["outputs"]) == set(re.findall(r'echo "(\w+)=', script))
    (step,) = [one for one in action["runs"]["steps"] if one.get("id") == "build"]
    for name in step["env"]:
        assert f"${name}" in script or f"${{{name}" in script


def test_issue_templates_can_be_read():
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        assert yaml.safe_load(path.read_text("utf-8"))


def test_the_project_names_its_places_and_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"Homepage", "Documentation", "Changelog", "Issues"} <= set(project["urls"])
    assert re.fullmatch(r"\d+\.\d+\.\d+(rc\d+)?", VERSION)
