"""What the tests share: real pictures where they are, drawn ones where not, and the command line."""

from __future__ import annotations

import functools
import io
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from PIL import Image, ImageDraw

from tests.previewing.preview_tools import Tab

ROOT = Path(__file__).resolve().parent.parent
SLOW = {"browser", "checkout", "cluster"}
"""Fixtures that take seconds: what uses one of them is marked `slow`."""
SHARED = next((up / "shared" for up in ROOT.parents if (up / "shared").is_dir()), ROOT.parent / "shared")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what uses a slow fixture, so that no test has to say so itself; give slow tests more time."""
    for item in items:
        if SLOW & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A stable id for bytes: those of a zip hold the time, and workers that collect apart must agree."""
    return f"{argname}-of-{len(val)}" if isinstance(val, bytes) and len(val) > 20 else None


@pytest.fixture(autouse=True, scope="session")
def _own_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests out of the person's configuration, inbox and cache; let what they start hear Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as it is in a shell's background, and inherited
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        _move_home(patch, tmp_path_factory.mktemp("homes"))
        yield


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def _own_home(_homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each test out of the others' inbox and cache."""
    # The factory's mktemp looks through all earlier folders for its next number, and here are thousands.
    _move_home(monkeypatch, Path(tempfile.mkdtemp(dir=_homes)))


def _move_home(patch: pytest.MonkeyPatch, home: Path) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        patch.setenv(name, str(home))
    for name in ("GATEWAY", "USER", "PASSWORD", "FROM", "CONFIG", "INBOX", "CACHE_DIR", "DEBUG"):
        patch.delenv(f"MMSPACK_{name}", raising=False)
    # Text is wrapped to a terminal's width, which must not be the one in which the tests were started.
    patch.delenv("COLUMNS", raising=False)


@pytest.fixture(scope="session")
def _fits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fits")


@pytest.fixture
def fitted_once(_fits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests about what is said, not how it is made: share the cache, so that a picture is fitted once."""
    monkeypatch.setenv("MMSPACK_CACHE_DIR", str(_fits))


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of real camera files; the test skips where it is missing."""
    folder = SHARED / "photos"
    if not folder.is_dir():
        pytest.skip("no real photos here")
    return folder


@pytest.fixture(scope="session")
def gifs() -> Path:
    """The folder of real animated GIFs; the test skips where it is missing."""
    folder = SHARED / "gifs"
    if not folder.is_dir():
        pytest.skip("no real GIFs here")
    return folder


@pytest.fixture(scope="session")
def scene() -> Callable[..., bytes]:
    """A maker of pictures with gradients and edges: `scene(width, height, "JPEG")`."""

    @functools.cache
    def draw(width: int = 320, height: int = 240, kind: str = "JPEG", **options: object) -> bytes:
        picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
        pen = ImageDraw.Draw(picture)
        pen.ellipse((width // 4, height // 4, width // 2, height // 2), fill=(220, 80, 40))
        pen.rectangle((width // 2, height // 2, width - 4, height - 4), fill=(30, 90, 160))
        stream = io.BytesIO()
        picture.save(stream, kind, **options)
        return stream.getvalue()

    return draw


@dataclass(frozen=True)
class Ran:
    """What a command line left: its exit code and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def mmspack(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ran]:
    """Run the command line in this process, in a folder of the test's own: `mmspack("layouts").out`."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ran:
        from mmspack.__main__ import main

        monkeypatch.setattr(sys, "argv", ["mmspack", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
        ran = Ran(code, *capsys.readouterr())
        if "--json" in arguments and ran.out.lstrip().startswith("{"):
            documents().validate(json.loads(ran.out))
        return ran

    return run


@functools.cache
def documents() -> jsonschema.Draft202012Validator:
    """The schema that the package holds of its JSON documents: whatever a test prints is held to it."""
    schema = ROOT / "mmspack" / "cli" / "schemas" / "documents.schema.json"
    return jsonschema.Draft202012Validator(json.loads(schema.read_text("utf-8")))


@pytest.fixture
def process() -> Callable[..., Ran]:
    """Run the command line as a process of its own, from the root of the checkout."""

    def run(*arguments: object, **options: object) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "mmspack", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=100,
            check=False,
            **{"cwd": ROOT, **options},
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; the test skips where it, or playwright, is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as driver:
        # A root without a user namespace, as in a container, cannot start its sandbox.
        running = driver.chromium.launch(executable_path=found, args=FLAGS, headless=True)
        yield running
        running.close()


@pytest.fixture(scope="session")
def _idle_tabs() -> list[Tab]:
    """Tabs that no test uses now. To open one costs two seconds, mostly those of a new process."""
    return []


@pytest.fixture
def new_tab(browser, _idle_tabs) -> Iterator[Callable[..., Tab]]:
    """A tab that shows nothing yet: `new_tab(offline=True, viewport=…, color_scheme="dark")`.

    Tests take turns with it: what would outlast a page, such as a clock, wants a `Tab` of its own.
    """
    lent: list[Tab] = []

    def taken(**options) -> Tab:
        lent.append(_idle_tabs.pop() if _idle_tabs else Tab(browser))
        lent[-1].set_up(**options)
        return lent[-1]

    yield taken
    for one in lent:
        one.leave()
    _idle_tabs.extend(lent)


@pytest.fixture
def tab(new_tab, tmp_path) -> Callable[..., Tab]:
    """Open a page from its HTML, with the network off: `tab(html, place="#slide=2")`."""

    def opened(html: str, place: str = "", **options) -> Tab:
        path = tmp_path / "preview.html"
        path.write_text(html, "utf-8")
        made = new_tab(offline=True, **options)
        made.page.goto(path.as_uri() + place)
        return made

    return opened
