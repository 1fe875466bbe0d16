"""A real browser without a network, and messages to look at."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from preview_tools import Tab

from mmspack import Message, Slide, build
from mmspack.pipeline import Build
from mmspack.previewing.composing import view_of
from mmspack.previewing.originals import originals_of
from mmspack.previewing.view import View
from mmspack.profiles import get

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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


@pytest.fixture
def tab(browser, tmp_path) -> Iterator[Callable[..., Tab]]:
    """Open a page from its HTML, with the network off: `tab(html)`."""
    with contextlib.ExitStack() as stack:

        def opened(html: str, **options) -> Tab:
            path = tmp_path / "preview.html"
            path.write_text(html, "utf-8")
            made = Tab(browser, offline=True, **options)
            stack.callback(made.context.close)
            made.page.goto(path.as_uri())
            return made

        yield opened


@pytest.fixture(scope="session")
def built(scene) -> tuple[Build, Message]:
    """Three slides of 5, 5 and 7 seconds."""
    message = Message(
        subject="Three slides",
        slides=(
            Slide(image=scene(2400, 1800), text="First words", seconds=5),
            Slide(image=scene(700, 900, "PNG"), text="Second words", seconds=5),
            Slide(text="Third words\non two lines", seconds=7),
        ),
    )
    return build(message, "uk"), message


@pytest.fixture(scope="session")
def view(built) -> View:
    """The three slides as they are seen."""
    result, message = built
    return view_of(
        result.bundle,
        get("uk"),
        name="three.zip",
        report=result.report,
        originals=originals_of(result, message),
    )


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Where pictures for the documentation go: only when MMSPACK_SCREENSHOTS is set."""
    folder = os.environ.get("MMSPACK_SCREENSHOTS")
    return Path(folder) if folder else None
