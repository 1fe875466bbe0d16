"""The password is looked for in all that a run of the command line prints, logs and leaves on the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from mmspack.bundle.bundle import pack
from mmspack.gateway import Secret
from mmspack.model import Part
from mmspack.sandbox import Sandbox, SandboxAccount
from tests.gateway.raw_gateway import RawGateway, replies

pytestmark = pytest.mark.slow

PASSWORD = "Zebra-9 &%/geheim"
DEBUG = "import logging; logging.basicConfig(level=1); from mmspack.__main__ import main; main()"
TO, FROM = "447700900999", "447700900111"


def run(home: Path, *arguments: str, url: str) -> tuple[int, str]:
    places = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    account = {
        "MMSPACK_GATEWAY": url,
        "MMSPACK_USER": "acme",
        "MMSPACK_PASSWORD": PASSWORD,
        "MMSPACK_FROM": FROM,
    }
    path = os.pathsep.join([str(Path(__file__).resolve().parents[2]), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", DEBUG, *arguments],
        capture_output=True,
        text=True,
        cwd=home,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, **places, **account},
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_no_output_log_or_file_holds_the_password(tmp_path: Path) -> None:
    (tmp_path / "summer.zip").write_bytes(pack([Part("hello.txt", "text/plain", b"Hello")]).data)
    echo = replies("403 Forbidden", f"{PASSWORD} is wrong\n8".encode())
    moved = replies("302 Found", b"", f"Location: http://127.0.0.1:1/?pass={quote(PASSWORD, safe='')}")
    account = SandboxAccount(user="acme", password=Secret(PASSWORD))
    posted = ["send", "summer.zip", "--to", TO, "--no-check"]
    hosted = ["send", "--url", "http://127.0.0.1:1/a.zip", "--no-verify", "--get", "--to", TO]
    with Sandbox(inbox=tmp_path / "inbox", accounts=[account]) as sandbox, RawGateway([echo, moved]) as raw:
        outputs = [
            run(tmp_path, *posted, url=sandbox.url),
            run(tmp_path, *posted, "--dry-run", url=sandbox.url),
            run(tmp_path, *posted, url=raw.url),
            run(tmp_path, *hosted, "--json", url=raw.url),
            run(tmp_path, *hosted, url="http://127.0.0.1:1/SendMMS"),
        ]
        assert len(sandbox.messages()) == 1
    assert [code for code, _ in outputs][:3] == [0, 0, 4]
    found = [text.encode() for _, text in outputs]
    found += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for form in {PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""), quote_plus(PASSWORD), "geheim"}:
        assert not any(form.encode() in text for text in found)
    assert "***" in outputs[1][1]
    assert "***" in outputs[2][1]
