"""What a preview costs: a page and a storyboard, as ratios to building the same message.

python benchmarks/preview/pages.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mmspack.authoring import from_source
from mmspack.pipeline import build
from mmspack.previewing.composing import view_of
from mmspack.previewing.exporting import storyboard
from mmspack.previewing.originals import originals_of
from mmspack.previewing.rendering import page
from mmspack.profiles import get

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "summer-sale"


def best(run: Callable[[], object], times: int = 3) -> float:
    """The quickest of a few runs, seconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> None:
    message, _ = from_source([SAMPLE], {})
    for limit in (300_000, 600_000):
        profile = replace(get("uk"), max_bytes=limit, warn_bytes=None)
        built = build(message, profile)
        originals = originals_of(built, message)
        view = view_of(built.bundle, profile, report=built.report, originals=originals)
        whole = best(lambda profile=profile: build(message, profile, cache=False))
        html = page(view)
        print(
            f"limit {limit:,} bytes: message {view.budget.total_bytes:,}, page {len(html.encode()):,} bytes"
        )
        parts = {
            "view and check": lambda profile=profile, built=built: view_of(built.bundle, profile),
            "page": lambda view=view: page(view),
            "storyboard.png": lambda view=view: storyboard(view, ".png"),
            "storyboard.gif": lambda view=view: storyboard(view, ".gif"),
            "storyboard.pdf": lambda view=view: storyboard(view, ".pdf"),
        }
        for name, run in parts.items():
            taken = best(run)
            print(f"  {name:<16} {taken * 1000:7.0f} ms  {taken / whole:6.2f} × the build")


if __name__ == "__main__":
    main()
