"""`preview --watch` and the browser, and what is served: in this process."""

from __future__ import annotations

import re
import sys
import urllib.request
import webbrowser
from pathlib import Path

import pytest

from tests.cli.desk import furnish
from tests.cli.terminal import in_terminal, interrupt

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here")


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A folder with messages; gives the addresses that a browser was asked to open."""
    monkeypatch.chdir(tmp_path)
    furnish()
    asked: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not asked.append(address))
    return asked


def served(shown: str, path: str = "") -> bytes:
    with urllib.request.urlopen(re.search(r"http://127\.0\.0\.1:\d+/", shown)[0] + path) as answer:
        return answer.read()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "name"),
    [("letter", "letter"), ("letter/message.toml", "letter/message.toml"), ("map.png", "map.png")],
)
def test_the_page_is_served_and_made_again_when_a_file_is_saved(opened, source, name):
    Path("map.png").write_bytes(Path("letter/map.png").read_bytes())
    Path("words.txt").unlink()
    pages: list[str] = []

    def look(shown: str) -> None:
        pages.append(shown)
        pages.append(served(shown).decode())
        pages.append(served(shown, "approval.pdf")[:5].decode())
        if source == "map.png":
            interrupt()
        else:
            text = Path("letter/message.toml").read_text("utf-8")
            Path("letter/message.toml").write_text(text.replace("Bye", "Farewell"), "utf-8")

    def look_again(_shown: str) -> None:
        pages.append(served(pages[0]).decode())
        interrupt()

    steps = [(r"\nBuilt\.\n", look), (r"Built\.\n", look_again)][: 1 if source == "map.png" else 2]
    code, _ = in_terminal(
        "preview", source, "--watch", "--sender", "Mill", "--theme", "dark", "--subject", "Hear", steps=steps
    )
    assert code == 130
    assert opened == [re.search(r"http://127\.0\.0\.1:\d+/", pages[0])[0]]
    assert 'data-theme="dark"' in pages[1]
    for word in ("Hear", "Mill", name):
        assert word in pages[1]
    assert pages[2] == "%PDF-"
    assert source == "map.png" or ("Bye" in pages[1] and "Farewell" in pages[3] and "Bye" not in pages[3])


def test_a_preview_without_a_name_is_opened_in_the_browser(opened, mmspack):
    ran = mmspack("preview", "good.zip")
    path = re.fullmatch(r"Preview: (.*preview\.html) \([\d,]+ bytes\)\n", ran.out)[1]
    assert opened == [Path(path).as_uri()]
    assert "<html" in Path(path).read_text("utf-8")
    mmspack("preview", "good.zip", "--no-open")
    mmspack("preview", "good.zip", "-o", "named.html")
    assert len(opened) == 1
    ran = mmspack("campaign", "preview", "letter", "-r", "people.csv")
    assert opened[1].endswith("/preview.html")
    ran = mmspack("campaign", "preview", "letter", "-r", "people.csv", "--worst", "2")
    assert opened[2].endswith("/recipients.html")
    assert ran.err == ""
    mmspack("campaign", "preview", "letter", "-r", "people.csv", "--no-open")
    mmspack("campaign", "preview", "letter", "-r", "people.csv", "-o", "named.html")
    assert len(opened) == 3


def test_where_there_is_no_browser_the_address_is_said(opened, mmspack, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda _address: False)
    ran = mmspack("preview", "good.zip")
    assert re.fullmatch(r"mmspack: no browser could be opened; visit file://.*/preview\.html\n", ran.err)
