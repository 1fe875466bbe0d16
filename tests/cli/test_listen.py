"""`publish`, `config` and `listen` from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def started(tmp_path):
    """Start a serving command; gives its process and the addresses that it printed."""
    running = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "mmspack", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        running.append(process)
        lines = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(3))
        return process, {name: value.strip() for name, value in lines.items()}

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_publish_prints_an_address_made_of_the_content(tmp_path, scene, mmspack):
    pytest.importorskip("fsspec")
    (tmp_path / "a.jpg").write_bytes(scene())
    mmspack("build", "a.jpg", "-o", "a.zip")
    arguments = ("publish", "a.zip", "--to", tmp_path / "www", "--base-url", "https://www.example.com/mms")
    ran = mmspack(*arguments)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("https://www.example.com/mms/")
    name = ran.out.strip().rsplit("/", 1)[1]
    assert (tmp_path / "www" / name).read_bytes() == (tmp_path / "a.zip").read_bytes()
    assert mmspack(*arguments).out == ran.out


def test_publish_says_where_no_gateway_could_fetch_it(tmp_path, scene, mmspack):
    pytest.importorskip("fsspec")
    (tmp_path / "a.jpg").write_bytes(scene())
    mmspack("build", "a.jpg", "-o", "a.zip")
    ran = mmspack("publish", "a.zip", "--to", tmp_path / "www")
    assert ran.out.startswith("file://")
    assert "--base-url" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert mmspack("publish", "a.zip", "--to", tmp_path / "www", "--base-url", "https://a.example").err == ""


def test_publish_shows_no_password(tmp_path, scene, mmspack):
    pytest.importorskip("fsspec")
    (tmp_path / "a.jpg").write_bytes(scene())
    mmspack("build", "a.jpg", "-o", "a.zip")
    ran = mmspack("publish", "a.zip", "--to", "ftp://u:hunter2@127.0.0.1:9/x")
    assert ran.code == 3
    assert "ftp://***@127.0.0.1:9/x: cannot publish" in ran.err
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.slow
def test_config_password_without_a_terminal_names_the_other_ways(process):
    ran = process("config", "password", "mx", "--user", "acme", stdin=subprocess.DEVNULL)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "MMSPACK_PASSWORD" in ran.err
    assert "config file" in ran.err


def test_config_show_names_each_source_and_no_secret(mmspack, monkeypatch):
    monkeypatch.setenv("MMSPACK_GATEWAY", "https://mms.example.com/SendMMS")
    monkeypatch.setenv("MMSPACK_USER", "acme")
    monkeypatch.setenv("MMSPACK_PASSWORD", "hunter2")
    ran = mmspack("config", "show")
    assert ran.code == 0
    assert "MMSPACK_USER" in ran.out
    assert "hunter2" not in ran.out + mmspack("config", "show", "--json").out


@pytest.mark.slow
def test_listen_keeps_a_report_and_ends_on_ctrl_c(started, tmp_path):
    process, places = started("listen", "--port", "0", "--folder", str(tmp_path / "box"))
    query = "id=1&requestid=77&to=447700900111&from=447700900999&date=2026-11-22+10:00:00&type=3&status=3"
    with urllib.request.urlopen(f"{places['Reports']}?{query}") as answer:
        assert answer.status == 200
        assert answer.read()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    from mmspack.gateway.listener.mailbox import Mailbox

    box = Mailbox(tmp_path / "box")
    try:
        (event,) = box.events()
        assert event.report.status.number == 3
    finally:
        box.close()


@pytest.mark.slow
def test_listen_tells_what_a_failing_command_said(started, tmp_path, monkeypatch):
    monkeypatch.setenv("MMSPACK_PASSWORD", "hunter2")
    program = tmp_path / "on-event"
    program.write_text('#!/bin/sh\necho first >&2\necho "no room for $MMSPACK_PASSWORD" >&2\nexit 7\n')
    program.chmod(0o700)
    process, places = started(
        "listen", "--port", "0", "--folder", str(tmp_path / "box"), "--command", str(program)
    )
    with urllib.request.urlopen(f"{places['Reports']}?id=1&requestid=77&type=3&status=3") as answer:
        assert answer.read()
    line = process.stderr.readline()
    assert "report 1 was not handled" in line
    assert "exit code 7: no room for ***; retrying in 1 s" in line
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert "hunter2" not in line + errors
    assert "Traceback" not in errors


@pytest.mark.slow
def test_the_sandbox_serves_takes_a_message_and_ends_on_ctrl_c(started, tmp_path, mmspack, monkeypatch):
    process, places = started("sandbox", "--port", "0", "--inbox", str(tmp_path / "inbox"))
    monkeypatch.setenv("MMSPACK_GATEWAY", places["Gateway"])
    monkeypatch.setenv("MMSPACK_USER", "demo")
    monkeypatch.setenv("MMSPACK_PASSWORD", "demo")
    ran = mmspack(
        "send", ROOT / "samples" / "one-picture", "--to", "447700900999", "--from", "447700900111", "--json"
    )
    assert json.loads(ran.out)["outcome"]["result"] == "accepted", ran.err
    with urllib.request.urlopen(places["Inbox"]) as page:
        assert "First snow" in page.read().decode()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (130, "mmspack: interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sandbox", "--chaos", "drip=0.1"], "no mode 'drip' (did you mean 'drop'?)"),
        (["sandbox", "--profile", "nope"], "no profile 'nope'"),
        (["sandbox", "--host", "0.0.0.0"], "is not an address of this machine"),
        (["listen", "--allow", "everybody"], "is not a network"),
        (["listen", "--command", "nosuchprog --x"], "nosuchprog: no such program"),
        (["listen", "--command", ""], "the command is empty"),
        (["listen", "--command", "cat 'x"], "no closing quotation"),
        (["listen", "--command", "a", "--webhook", "http://127.0.0.1/"], "choose one"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(mmspack, arguments, said):
    ran = mmspack(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(("mode", "lines"), [(0o644, 2), (0o600, 1)])
def test_accounts_that_others_can_read_are_warned_of(tmp_path, mmspack, mode, lines):
    path = tmp_path / "accounts.toml"
    path.write_text('[acme]\npassword = "hunter2"\n')
    path.chmod(mode)
    ran = mmspack("sandbox", "--accounts", path, "--host", "0.0.0.0")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == lines
    assert ("can be read by other users" in ran.err) is (mode == 0o644)
    assert "hunter2" not in ran.err
