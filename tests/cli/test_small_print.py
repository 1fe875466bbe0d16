"""What pages of words leave out: numbers, times, and what a command does besides speaking."""

from __future__ import annotations

import hashlib
import http.server
import importlib.util
import json
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mmspack.campaign import Ledger
from tests.cli.desk import furnish
from tests.cli.terminal import in_terminal, interrupt

TO = ("--to", "447700900999", "--from", "447700900111")


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch) -> Path:
    """A folder with what the commands work with."""
    monkeypatch.chdir(tmp_path)
    furnish()
    return tmp_path


@contextmanager
def served() -> Iterator[str]:
    """The files of the present folder, by HTTP."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_given: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_test_number_is_named_by_its_last_digits(mmspack):
    ran = mmspack("send", "good.zip", "--to", "447700900008", "--from", "447700900111")
    assert "…0008 is a test number" in ran.err
    ran = mmspack("campaign", "plan", "letter", "-r", "tests.csv", "--name", "tests")
    assert "2 recipients (lines 3, 4)" in ran.err


def test_the_sandbox_fetches_what_the_person_names(mmspack):
    with served() as url:
        for method in ((), ("--get",)):
            ran = mmspack("send", "--url", f"{url}/good.zip", *method, *TO)
            assert (ran.code, ran.err) == (0, ""), method
            assert "Text: Hello" in ran.out
        ran = mmspack("send", "good.zip", "--url", f"{url}/good.zip", *TO)
        assert (ran.code, ran.err) == (0, "")
        ran = mmspack("send", "good.zip", "--url", f"{url}/other.zip", *TO)
        assert ran.code == 3
        assert "other.zip" in ran.err
        ran = mmspack("send", "hopeless.zip", "--url", f"{url}/hopeless.zip", *TO)
        assert ran.err.startswith("mmspack: hopeless.zip: ")
        ran = mmspack("send", "--url", f"{url}/bad.zip", *TO)
        assert ran.code == 1
        assert "nothing was sent" in ran.err
        assert mmspack("send", "--url", f"{url}/bad.zip", "--no-check", *TO).code == 0
        assert mmspack("send", "--url", f"{url}/gone.zip", *TO).code == 3


def test_a_replaced_bundle_is_named_by_its_time(mmspack):
    mmspack("build", "letter", "-o", "l.zip")
    then = time.mktime((2020, 1, 2, 3, 4, 5, 0, 0, -1))
    os.utime("l.zip", (then, then))
    before = hashlib.sha256(Path("l.zip").read_bytes()).hexdigest()
    ran = mmspack("build", "letter", "-o", "l.zip", "--subject", "New", "--json")
    bundle = json.loads(ran.out)["bundle"]
    data = Path("l.zip").read_bytes()
    assert (bundle["sha256"], bundle["replaced"]) == (hashlib.sha256(data).hexdigest(), before)
    os.utime("l.zip", (then, then))
    ran = mmspack("build", "letter", "-o", "l.zip", "--subject", "Newer")
    assert ran.out.endswith("Wrote l.zip, replacing a different bundle of 2020-01-02 03:04\n")


def test_sizes_are_those_of_the_files(mmspack):
    ran = mmspack("preview", "good.zip", "-o", "good.html", "--json")
    told = json.loads(ran.out)
    assert (told["path"], told["bytes"]) == ("good.html", Path("good.html").stat().st_size)
    ran = mmspack("preview", "good.zip", "-o", "good.html")
    assert ran.out == f"Preview: good.html ({Path('good.html').stat().st_size:,} bytes)\n"
    ran = mmspack("export", "good.zip", "-o", "good.mms", *TO[:2], "--json")
    told = json.loads(ran.out)
    assert (told["path"], told["bytes"], told["parts"]) == ("good.mms", Path("good.mms").stat().st_size, 3)
    ran = mmspack("export", "good.zip", "-o", "good.mms")
    assert ran.out == f"good.mms: {Path('good.mms').stat().st_size:,} bytes, 3 parts\n"


def test_what_is_asked_of_a_run_is_done(mmspack):
    """Rate, sender, reports and suppressed numbers of `run` count, not those of the plan."""
    mmspack("campaign", "plan", "letter", "-r", "people.csv", "--name", "s", "--rate", "1/h")
    Path("stop.csv").write_text("msisdn\n447700900102\n", "utf-8")
    ran = mmspack(
        "campaign", "run", "letter/s.campaign", "--rate", "100/s", "--suppress", "stop.csv",
        "--from", "447700900222", "--connections", "2", "--json",
    )  # fmt: skip
    told = json.loads(ran.out)
    assert (ran.code, told["ending"]) == (0, "done")
    assert (told["counts"]["accepted"], told["counts"].get("suppressed", 0)) == (1, 1)


def test_a_run_in_a_pipe_says_what_it_waits_for(mmspack):
    mmspack("campaign", "plan", "letter", "-r", "people.csv", "--name", "s", "--rate", "100/s")
    start = (datetime.now(UTC) + timedelta(seconds=2)).isoformat(timespec="milliseconds")
    ran = mmspack("campaign", "run", "letter/s.campaign", "--start", start)
    assert ran.code == 0
    lines = ran.err.splitlines()
    assert any(line.startswith("mmspack: waiting for its start") for line in lines)
    assert lines[-1] == "mmspack: continues"
    start = (datetime.now(UTC) + timedelta(seconds=2)).isoformat(timespec="milliseconds")
    mmspack("campaign", "plan", "letter", "-r", "people.csv", "--name", "t", "--rate", "100/s")
    assert mmspack("campaign", "run", "letter/t.campaign", "--start", start, "--quiet").err == ""


def test_rules_of_the_plan_are_kept_for_the_run(mmspack):
    mmspack(
        "campaign", "plan", "letter", "-r", "people.csv", "--name", "s", "--from", "447700900222",
        "--rate", "600/m", "--quiet-hours", "20:00-09:00", "--start", "2099-01-02", "--end", "2099-01-05",
        "--per-day", "7", "--per-month", "70", "--price", "0.25", "--delivery-report",
    )  # fmt: skip
    from mmspack.campaign import rules_of

    with Ledger.look(Path("letter/s.campaign")) as ledger:
        rules = rules_of(ledger)
    assert (rules.sender, rules.rate, rules.quiet) == ("447700900222", 10, "20:00-09:00")
    assert (rules.start, rules.end) == ("2099-01-02", "2099-01-05")
    assert (rules.per_day, rules.per_month, rules.price) == (7, 70, 0.25)
    assert rules.deliveryreport


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here")
def test_a_file_that_is_watched_is_built_again_when_it_is_saved():
    def spoil(_shown: str) -> None:
        Path("letter/message.toml").write_text("[[slides]]\nimage = 'gone.png'\n", "utf-8")

    code, shown = in_terminal(
        "preview", "letter/message.toml", "--watch", "--no-open",
        steps=[(r"\nBuilt\.\n", spoil), (r"Build failed: .*\n", interrupt)],
    )  # fmt: skip
    assert code == 130
    assert "Build failed: " in shown


def test_what_a_preview_of_recipients_holds_is_what_its_name_says(mmspack):
    of = ("campaign", "preview", "letter", "-r", "people.csv", "--worst", "2", "-o")
    assert mmspack(*of, "p.png").code == 0
    assert Path("p.png").read_bytes().startswith(b"\x89PNG")
    assert mmspack(*of, "p.pdf").code == 0
    assert Path("p.pdf").read_bytes().startswith(b"%PDF")
    assert mmspack(*of, "p.html", "--theme", "light").code == 0
    page = Path("p.html").read_text("utf-8")
    assert 'data-theme="light"' in page
    assert "people.csv" in page
    told = json.loads(mmspack(*of, "p.png", "--json").out)
    assert (told["path"], told["bytes"]) == ("p.png", Path("p.png").stat().st_size)


def test_a_number_with_something_about_it_is_given_back_alone(mmspack):
    for given, alone in (
        (("init", "--seconds", "2,5s"), "the number alone: --seconds 2.5"),
        (("preview", "letter", "--port", "8025/"), "the number alone: --port 8025"),
        (("campaign", "plan", "x", "-r", "y", "--per-day", "1000a"), "the number alone: --per-day 1000"),
    ):
        ran = mmspack(*given)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.endswith(f"({alone})\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_name_is_never_taken_for_an_emoji_or_for_a_style(mmspack):
    Path(":smile: [bold].jpg").write_bytes(Path("picture.jpg").read_bytes())
    ran = mmspack("build", ":smile: [bold].jpg", "-o", "s.zip")
    assert ":smile: [bold].jpg" in ran.out
    ran = mmspack("build", ":smile: [bold].jpg", "--plan", "--effort", "fast", "--verbose")
    assert "☺" not in ran.out
    assert "😄" not in ran.out


def test_numbers_in_old_formats_are_told(mmspack):
    Path("old.csv").write_text(
        "msisdn,name\n5215512345678,Ann\n5215512345679,Bob\n447700900101,Cy\n", "utf-8"
    )
    ran = mmspack("campaign", "plan", "letter", "-r", "old.csv", "--name", "s")
    assert "2 numbers in an old format, converted to the current one: lines 2, 3\n" in ran.out


@pytest.mark.parametrize(("status", "held", "code"), [(308, False, 2), (302, True, 5)])
def test_a_redirected_run_tells_by_its_exit_code_whether_anybody_is_held(
    status, held, code, mmspack, monkeypatch
):
    class Moved(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moved) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("MMSPACK_GATEWAY", f"http://127.0.0.1:{server.server_port}/SendMMS")
        for name, value in (("USER", "acme"), ("PASSWORD", "x"), ("FROM", "447700900111")):
            monkeypatch.setenv(f"MMSPACK_{name}", value)
        mmspack("campaign", "plan", "letter", "-r", "people.csv", "--name", "s", "--rate", "100/s")
        ran = mmspack("campaign", "run", "letter/s.campaign", "--connections", "1", "--json")
        server.shutdown()
    told = json.loads(ran.out)
    assert (ran.code, told["ending"], bool(told["counts"]["held"])) == (code, "redirected", held)


def test_without_typst_a_preview_says_that_its_text_cannot_be_searched(mmspack, monkeypatch):
    if importlib.util.find_spec("typst"):
        assert "searched" not in mmspack("preview", "good.zip", "-o", "good.pdf").err
    monkeypatch.setattr("mmspack.previewing.approval.setting.can_set", lambda: False)
    ran = mmspack("preview", "good.zip", "-o", "good.pdf")
    assert ran.err == (
        "mmspack: only pictures of the slides; for text that can be searched: pip install 'mmspack[sheet]'\n"
    )
    assert mmspack("preview", "good.zip", "-o", "good.png").err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here")
def test_what_continues_a_line_in_a_narrow_terminal_is_indented_below_it():
    _, shown = in_terminal("build", "many", width=30)
    assert re.search(r"\n   6 texts \+ slide\n     layout \(SMIL\)", shown) or re.search(
        r"\n   6 texts \+ slide layout\n     \(SMIL\)", shown
    ), shown
    in_terminal("campaign", "plan", "letter", "-r", "crowd.csv", "--name", "s", "--country", "GB", width=40)
    _, shown = in_terminal("campaign", "status", "letter/s.campaign", width=30)
    assert shown.startswith("s: 7 recipients\n           7  waiting\n")
    _, shown = in_terminal(
        "campaign", "plan", "letter", "-r", "crowd.csv", "--name", "t", "--country", "GB", width=40
    )
    assert "\n  1 × the number is a landline, which\n      cannot receive MMS: line 12\n" in shown


def test_recipients_who_share_a_code_are_told_by_their_lines(mmspack):
    Path("same.csv").write_text("msisdn,name\n447700900101,Ann\n447700900102,Ann\n447700900104,Cy\n", "utf-8")
    ran = mmspack("campaign", "plan", "coded", "-r", "same.csv", "--name", "s", "--set", "town=Ayr")
    said = "Warning: 2 recipients share their QR code with others (slide 1, overlay 1): lines 2, 3\n"
    assert said in ran.out
