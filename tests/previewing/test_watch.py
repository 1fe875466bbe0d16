"""`mmspack preview --watch`: a page that goes on by itself, and lets nobody else in."""

from __future__ import annotations

import contextlib
import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from mmspack.errors import UsageError
from mmspack.previewing.serving import Document, PageServer
from mmspack.previewing.watching import Workbench, below

ROOT = Path(__file__).resolve().parents[2]
TOML = 'subject = "{subject}"\n[[slides]]\nimage = "p.jpg"\ntext = "{text}"\n'


@pytest.fixture
def folder(tmp_path, scene) -> Path:
    made = tmp_path / "message"
    made.mkdir()
    (made / "p.jpg").write_bytes(scene())
    (made / "message.toml").write_text(TOML.format(subject="First", text="Before"), "utf-8")
    return made


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as a process of its own, and its address."""
    command = [sys.executable, "-u", "-m", "mmspack", "preview", "--watch", "--no-open", str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            said = running.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert found, said
            yield running, found[0]
        finally:
            running.kill()


def test_an_edit_is_seen_without_a_reload_and_errors_stand_in_its_place(new_tab, folder):
    """How soon is for `benchmarks/preview/pages.py` to say."""
    with watching(folder) as (running, url):
        tab = new_tab()
        tab.page.set_default_timeout(60_000)
        tab.page.goto(url)
        assert tab.page.locator("h1").inner_text() == "First"
        for number in range(3):
            (folder / "message.toml").write_text(TOML.format(subject=f"Edit {number}", text="After"), "utf-8")
            tab.page.get_by_role("heading", name=f"Edit {number}").wait_for()
        (folder / "message.toml").write_text('[[slides]]\nimage = "q.jpg"\n', "utf-8")
        tab.page.get_by_text("no file 'q.jpg'").wait_for()
        assert "did you mean 'p.jpg'" in tab.page.locator("main").inner_text()
        (folder / "message.toml").write_text(TOML.format(subject="Mended", text="Again"), "utf-8")
        tab.page.get_by_role("heading", name="Mended").wait_for()
        assert "Again" in tab.page.locator("#played").inner_text()
        running.kill()
        tab.page.get_by_text("mmspack preview has stopped").wait_for()


def test_a_refresh_comes_back_to_the_same_place(new_tab, folder):
    document = Document()
    bench = Workbench(_maker(folder), name="message", folder=folder, files=[folder / "message.toml"])
    bench.rebuild()
    document = bench.document
    with PageServer(document) as server:
        tab = new_tab()
        tab.page.goto(server.url)
        tab.page.get_by_label("Large text").check()
        tab.page.get_by_label("Screen").select_option(label="Small phone, 320 × 568")
        tab.seek(3000)
        (folder / "message.toml").write_text(TOML.format(subject="Second", text="After"), "utf-8")
        assert bench.is_stale
        bench.rebuild()
        tab.page.get_by_role("heading", name="Second").wait_for()
        assert tab.page.locator("#now").inner_text() == "0:03.0"
        assert tab.page.get_by_label("Large text").is_checked()
        assert tab.page.get_by_label("Screen").input_value() == "320x568"
        assert tab.complaints == []


def _maker(folder: Path):
    from mmspack.authoring import from_source
    from mmspack.pipeline import build
    from mmspack.previewing.composing import view_of
    from mmspack.previewing.watching import Made, files_of
    from mmspack.profiles import get

    def make() -> Made:
        message, _ = from_source([folder], {})
        built = build(message, "uk")
        files = (folder / "message.toml", *files_of(message))
        return Made(view_of(built.bundle, get("uk"), subject=message.subject), files)

    return make


def test_a_bug_of_our_own_leaves_a_page_too(folder):
    def broken():
        raise RuntimeError("<b>oh</b>")

    bench = Workbench(broken, name="m", folder=folder, files=[])
    bench.rebuild()
    assert "RuntimeError: &lt;b&gt;oh&lt;/b&gt;" in bench.document.html
    assert "a bug in mmspack" in bench.document.html


@pytest.mark.slow
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Host": "attacker.example:{port}"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": "127.0.0.1:{port}.attacker.example"}, 403),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/", "/events"])
def test_only_our_own_page_and_the_address_bar_are_answered(path, headers, status):
    with PageServer(Document("<p>hello", "1")) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.putrequest("GET", path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value.format(port=server.port))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == status
        if status == 403:
            assert b"hello" not in answer.read()
        else:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(method):
    with PageServer(Document("<p>hello", "1")) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request(method, "/")
        assert connection.getresponse().status == 405
        connection.close()


def test_a_port_in_use_is_told_with_the_cure():
    with (
        PageServer(Document()) as server,
        pytest.raises(UsageError, match="--port 0"),
        PageServer(Document(), port=server.port),
    ):
        pass


@pytest.mark.slow
def test_ctrl_c_stops_it(folder):
    with watching(folder) as (running, _):
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130
        assert "Traceback" not in running.stdout.read()


def test_the_folders_that_are_watched_are_few(tmp_path):
    for number in range(80):
        (tmp_path / f"{number:02}" / "deep").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    found = below(tmp_path)
    assert len(found) == 64
    assert tmp_path.resolve() in found
    assert not any(path.name == ".git" for path in found)


def test_what_cannot_be_watched_is_told(mmspack):
    assert mmspack("preview", "--watch", "gone/message.toml").code == 3
    assert mmspack("preview", "--watch", ".", "-o", "x.html").code == 2


@pytest.mark.slow
def test_the_page_saves_the_bundle_and_the_approval_sheet(folder):
    with watching(folder) as (_, url):
        for path, begins in (("bundle.zip", b"PK"), ("approval.pdf", b"%PDF")):
            answer = httpx2.get(url + path, timeout=60)
            assert answer.status_code == 200
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.content.startswith(begins)
            assert httpx2.get(url + path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_after_an_error_the_page_returns_to_the_same_second(new_tab, folder):
    bench = Workbench(_maker(folder), name="message", folder=folder, files=[folder / "message.toml"])
    bench.rebuild()
    good = (folder / "message.toml").read_text("utf-8")
    with PageServer(bench.document) as server:
        tab = new_tab()
        tab.page.goto(f"{server.url}#view=player")
        tab.seek(3000)
        (folder / "message.toml").write_text('[[slides]]\nimage = "q.jpg"\n', "utf-8")
        bench.rebuild()
        tab.page.get_by_text("The message cannot be built").wait_for()
        (folder / "message.toml").write_text(good, "utf-8")
        bench.rebuild()
        tab.page.locator("#now").wait_for()
        assert tab.page.locator("#now").inner_text() == "0:03.0"
        assert tab.page.locator(".reading:visible h2").all_inner_texts() == ["Slide player"]
