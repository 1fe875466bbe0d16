"""Without the packages of servers mmspack builds, checks and sends, and says what is missing for the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mmspack
from mmspack.gateway.listener.packages import PACKAGES

ROOT = Path(__file__).resolve().parent.parent
BLOCKED = f"""
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {PACKAGES}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
sys.argv[0] = "mmspack"
from mmspack.__main__ import main
main()
"""
TO = ("--to", "447700900999", "--from", "447700900111")


@pytest.fixture
def slim(tmp_path, scene):
    (tmp_path / "beach.jpg").write_bytes(scene(640, 480))

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", BLOCKED, *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        )  # fmt: skip

    return run


def test_the_extra_brings_what_serves():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert sorted(name.partition(">")[0] for name in extras["sandbox"]) == sorted((*PACKAGES, "h11"))


@pytest.mark.slow
def test_it_builds_checks_previews_and_sends(slim):
    for command in (
        ("build", "beach.jpg", "-o", "a.zip"), ("check", "a.zip"), ("preview", "a.zip", "-o", "p.html"),
        ("fix", "a.zip", "-o", "b.zip"), ("inspect", "a.zip"), ("doors",), ("schema",),
    ):  # fmt: skip
        done = slim(*command)
        assert done.returncode == 0, (command, done.stderr)
    with mmspack.Sandbox() as sandbox:
        done = slim(
            "send", "a.zip", *TO,
            MMSPACK_GATEWAY=sandbox.url, MMSPACK_USER="demo", MMSPACK_PASSWORD="demo",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert len(sandbox.messages()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("sandbox", "--port", "0"), ("listen", "--port", "0"), ("preview", "--watch", "beach.jpg")]
)
def test_what_serves_names_the_extra_in_one_line(slim, command):
    done = slim(*command)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "pip install 'mmspack[sandbox]'" in done.stderr
