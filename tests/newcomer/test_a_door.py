"""What a newcomer does to add a door: one folder, in a copy of the package, and everything knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.raw_gateway import RawGateway, replies

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TO, FROM = "447700900999", "447700900111"
DOOR = '''
"""A loft that takes a message as JSON."""

import base64
import json
from dataclasses import dataclass
from typing import ClassVar

from mmspack.gateway.door import Can, Door, setting
from mmspack.gateway.observed import Verdict
from mmspack.gateway.requests import HttpRequest, Preview, SendRequest
from mmspack.outcome import Result


@dataclass(frozen=True, kw_only=True)
class Pigeon(Door):
    """Messages by pigeon."""

    name: ClassVar = "pigeon"
    title: ClassVar = "Pigeon post"
    path: ClassVar = "/loft"
    needs: ClassVar = ("password",)
    can: ClassVar = frozenset({Can.SMIL, Can.SUBJECT})

    breed: str = setting("homing", "Which pigeon flies.", choices=("homing", "racing"))

    def encode(self, letter, login):
        asked = letter.parameters
        data = base64.b64encode(letter.bundle.data).decode()
        body = json.dumps({"to": asked.to, "breed": self.breed, "zip": data}).encode()
        headers = {"Authorization": f"Ring {login.password.reveal()}", "Content-Type": "application/json"}
        http = HttpRequest(method="POST", url=login.address, headers=headers, blocks=(body,))
        shown = Preview(
            method="POST",
            address=login.address,
            fields=(("to", asked.to), ("breed", self.breed)),
            headers={},
            warnings=asked.warnings,
        )
        return SendRequest(
            parameters=asked, sha256=letter.sha256, write=lambda places: http, preview=lambda: shown
        )

    def classify(self, seen):
        if seen.status == 200 and seen.complete and seen.body.startswith(b"flown "):
            ring = seen.body.decode().split()[1]
            return Verdict(result=Result.ACCEPTED, summary=f"flown as {ring}", advice="", id=ring)
        if not seen.whole:
            return Verdict(result=Result.NOT_SENT, summary=f"not sent: {seen.fault}", advice="Try again.")
        return Verdict(result=Result.UNKNOWN, summary="unknown: lost", advice="Wait.", hold=True)


DOOR = Pigeon
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with one more folder in it, and nothing else touched."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "mmspack", root / "mmspack")  # with the compiled files, and their times
    shutil.copytree(ROOT / "templates", root / "templates")
    folder = root / "mmspack" / "gateway" / "pigeon"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Pigeon post."""\n')
    (folder / "door.py").write_text(DOOR)
    (folder / "door.md").write_text("Fast over short ways.\n\nAn unknown outcome is a lost pigeon.\n")
    return root


@pytest.fixture
def run(copy: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: object, url: str = "https://loft.example.com") -> subprocess.CompletedProcess[str]:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[gateways.loft]\ndoor = "pigeon"\nurl = "{url}"\npassword = "open sesame"\nbreed = "racing"\n'
            f'from = "{FROM}"\n'
        )
        config.chmod(0o600)
        python = os.pathsep.join([str(copy), *(path for path in sys.path if Path(path) != ROOT)])
        return subprocess.run(
            [sys.executable, "-m", "mmspack", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=100,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": python, "MMSPACK_CONFIG": str(config)},
        )

    return run


def test_the_configuration_knows_its_settings(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    shown = run("config", "show", "--json")
    values = {one["name"]: one["value"] for one in json.loads(shown.stdout)["settings"]}
    assert (values["door"], values["breed"], values["url"]) == (
        "pigeon",
        "racing",
        "https://loft.example.com/loft",
    )
    assert "charset" not in values
    assert "open sesame" not in shown.stdout + shown.stderr


def test_a_message_goes_through_it(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "message.toml").write_text('subject = "Hi"\n[[slides]]\ntext = "Hello"\n')
    with RawGateway([replies("200 OK", b"flown ring7"), replies("500 Oh", b"")]) as raw:
        sent = run("send", ".", "--to", TO, "--json", url=raw.url.replace("/SendMMS", "/"))
        lost = run("send", ".", "--to", TO, "--json", url=raw.url.replace("/SendMMS", "/"))
        barred = run("send", ".", "--to", TO, "--read-report", url=raw.url)
    assert (sent.returncode, json.loads(sent.stdout)["outcome"]["id"]) == (0, "ring7")
    assert (lost.returncode, json.loads(lost.stdout)["outcome"]["hold"]) == (5, True)
    assert barred.returncode == 2
    assert "--read-report: Pigeon post sends no read reports" in barred.stderr
    assert [json.loads(body)["breed"] for body in raw.received] == ["racing"] * 2
    assert raw.heads[0].startswith("POST /loft HTTP/1.1")


def test_a_campaign_goes_through_it(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "message.toml").write_text('subject = "Hi"\n[[slides]]\ntext = "Hello"\n')
    (tmp_path / "people.csv").write_text("msisdn\n447700900999\n447700900998\n447700900997\n")
    assert run("campaign", "plan", "message.toml", "-r", "people.csv").returncode == 0
    behaviours = [
        replies("404 Not Found", b""),  # whether this is the sandbox, which the run asks first
        replies("200 OK", b"flown ring7"),
        replies("500 Oh", b""),
        replies("200 OK", b"flown ring9"),
    ]
    with RawGateway(behaviours) as raw:
        done = run("campaign", "run", "--connections", "1", "--json", url=raw.url)
    counts = json.loads(done.stdout)["counts"]
    sent = [body for body in raw.received if body]
    assert (counts["accepted"], counts["held"], len(sent)) == (2, 1, 3)


def test_the_docs_know_it(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    assert "pigeon     Pigeon post" in run("doors").stdout
    told = run("doors", "pigeon").stdout
    for words in ("Fast over short ways.", "| `breed` | `homing` | Which pigeon flies.", "a lost pigeon"):
        assert words in told
