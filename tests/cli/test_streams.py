"""Exit codes when the output cannot be shown: what was done stays done, and the code says so."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
SEND = ("send", "a.zip", "--to", "447700900999", "--from", "447700900111")


@pytest.fixture
def gateway(tmp_path, scene, mmspack, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(scene())
    assert mmspack("build", "a.jpg", "-o", "a.zip").code == 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(server.status)
            self.end_headers()
            self.wfile.write(b"1234")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.status = 200
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    for name, value in {
        "GATEWAY": f"http://127.0.0.1:{server.server_port}/SendMMS",
        "USER": "acme",
        "PASSWORD": "hunter2",
    }.items():
        monkeypatch.setenv(f"MMSPACK_{name}", value)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _from_any_folder(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = f"set -o pipefail; {line.replace('mmspack ', f'{sys.executable} -m mmspack ')}"
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
@pytest.mark.parametrize(("status", "code"), [(200, 0), (500, 5)])
def test_what_was_sent_was_sent_though_nothing_can_be_shown(gateway, tmp_path, status, code):
    gateway.status = status
    done = shell(f"mmspack {' '.join(SEND)} > /dev/full", tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_gone_hides_no_outcome(gateway, tmp_path):
    gateway.status = 500
    assert shell(f"mmspack {' '.join(SEND)} 2>&1 | true", tmp_path).returncode == 5


def test_the_first_line_of_a_long_output_is_no_error(tmp_path):
    done = shell(f"mmspack build {ROOT}/samples/voucher -o v.zip | head -1", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 slide" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
def test_a_listing_that_cannot_be_written_is_told(tmp_path):
    done = shell("mmspack build --help > /dev/null; mmspack layouts > /dev/full", tmp_path)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_of_another_encoding_stops_nothing(tmp_path, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = subprocess.run(
        [sys.executable, "-m", "mmspack", "build", "samples/greetings", "-o", tmp_path / "g.zip"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Wrote" in done.stdout
    shown = subprocess.run(
        [sys.executable, "-m", "mmspack", "inspect", tmp_path / "g.zip", "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    import json

    assert "🏮" in json.loads(shown.stdout.decode(encoding))["subject"]


@pytest.mark.parametrize("target", ["a.jpg", "notes"])
def test_what_is_no_bundle_is_never_replaced(tmp_path, scene, mmspack, target):
    (tmp_path / "a.jpg").write_bytes(scene())
    (tmp_path / "notes").write_text("mine")
    before = (tmp_path / target).read_bytes()
    ran = mmspack("build", "a.jpg", "-o", target)
    assert ran.code == 3
    assert "exists and is not a zip file" in ran.err
    assert (tmp_path / target).read_bytes() == before


def test_a_slip_in_a_variables_name_is_told(tmp_path, mmspack):
    (tmp_path / "message.toml").write_text(
        '[variables]\nname = "friend"\n[[slides]]\ntext = "Hi {{ name }}"\n'
    )
    ran = mmspack("build", ".", "--set", "nmae=Ada")
    assert ran.code == 2
    assert "no template uses the variable 'nmae' (did you mean 'name'?)" in ran.err


def test_several_profile_options_are_all_judged(tmp_path, scene, mmspack):
    (tmp_path / "a.jpg").write_bytes(scene())
    ran = mmspack("build", "a.jpg", "-p", "uk", "-p", "us-att")
    assert ran.code == 0
    assert "uk " in ran.out
    assert "us-att" in ran.out


def test_the_version_is_told(mmspack):
    import mmspack as package

    assert mmspack("--version").out == f"mmspack {package.__version__}\n"
