"""A tab of the browser that remembers, and bundles of any content."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from mmspack.bundle.manifest import format_manifest

WIDE = {"width": 1440, "height": 1000}


class Tab:
    """A page in a context of its own, with all that it asked for and complained about."""

    def __init__(self, browser, **options) -> None:
        self.context = browser.new_context(**{"viewport": WIDE, **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))

    def set_up(self, *, offline: bool = False, viewport: dict[str, int] = WIDE, color_scheme: str = "light"):
        """Make it what a new tab with these options would be."""
        self.requests.clear()
        self.complaints.clear()
        self.context.set_offline(offline)
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme=color_scheme)

    def leave(self) -> None:
        """Leave the page, so that nothing of it goes on, and let the next one find no pointer over it."""
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.evaluate("() => { try { sessionStorage.clear() } catch { /* a page without a place */ } }")
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")

    def seek(self, ms: int) -> None:
        """Move the scrubber as a person would leave it."""
        self.page.locator("#scrub").evaluate(
            "(range, ms) => { range.value = ms; range.dispatchEvent(new Event('input')); }", ms
        )

    def playing(self) -> str:
        """What is read on the phone that plays."""
        return self.page.locator("#surface").inner_text()


def zipped(parts: list[tuple[str, str, bytes]]) -> bytes:
    """A bundle of (name, type, bytes), whatever they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest", format_manifest([(name, type_) for name, type_, _ in parts]))
        for name, _, data in parts:
            archive.writestr(name, data)
    return stream.getvalue()


def pdf_ua_faults(data: bytes) -> list[str]:
    """What a checker finds against PDF/UA-1 (ISO 14289-1); it agrees with veraPDF's own test files."""
    checker = pytest.importorskip("page", reason="page-validation is not installed")
    report = checker.validate_pdf_bytes(data, profile="ua1")
    return [f"{fault.rule_id}: {fault.message}" for fault in report.failures]


def serious_faults(opened, *, frames: bool = True) -> list[str]:
    """What axe-core finds; `frames=False` for a page on the disk, whose frames it cannot talk to."""
    package = pytest.importorskip("axe_core_python", reason="axe-core is not installed")
    opened.page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text("utf-8"))
    found = opened.page.evaluate(
        "(iframes) => axe.run(document, { iframes }).then((result) => JSON.stringify(result.violations))",
        frames,
    )
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in json.loads(found)
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
