"""What a preview costs: a page and a storyboard, as ratios to building the same message.

    python benchmarks/preview/pages.py

And how long after a save the page of `preview --watch` is made. Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.goals import Goals, add_room
from mmspack.authoring import from_source
from mmspack.pipeline import build
from mmspack.previewing.composing import view_of
from mmspack.previewing.originals import originals_of
from mmspack.previewing.outputs import output_of
from mmspack.previewing.rendering import page
from mmspack.previewing.watching import Made, Workbench, files_of, watch
from mmspack.profiles import get

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "summer-sale"
GOALS = {
    "view and check": 0.5,
    "page": 0.5,
    "storyboard.png": 1.5,
    "storyboard.gif": 3.0,
    "storyboard.pdf": 1.5,
}
"""At most so many times the build of the message."""
SEEN_SECONDS = 1.0
"""From a save until the new page is there."""


def best(run: Callable[[], object], times: int = 3) -> float:
    """The quickest of a few runs, seconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def seconds_to_see(folder: Path) -> float:
    """How long after a save `preview --watch` has made the page again: the median of five."""
    text = folder / "message.toml"
    built, stop = threading.Event(), threading.Event()

    def make() -> Made:
        message, _ = from_source([folder], {})
        made = build(message, "uk")
        return Made(view_of(made.bundle, get("uk")), (text, *files_of(message)))

    bench = Workbench(make, name="benchmark", folder=folder, files=[text])
    bench.rebuild()
    watching = threading.Thread(target=watch, args=(bench,), kwargs={"stop": stop, "told": built.set})
    watching.start()
    taken = []
    for number in range(5):
        time.sleep(0.7)  # until it watches again
        built.clear()
        begun = time.perf_counter()
        text.write_text(text.read_text("utf-8") + f"# {number}\n", "utf-8")
        built.wait()
        taken.append(time.perf_counter() - begun)
    stop.set()
    watching.join()
    return statistics.median(taken)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_room(options)
    goals = Goals(options.parse_args().room)
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
            "storyboard.png": lambda view=view: output_of(".png").render(view, "light"),
            "storyboard.gif": lambda view=view: output_of(".gif").render(view, "light"),
            "storyboard.pdf": lambda view=view: output_of(".pdf").render(view, "light"),
        }
        for name, run in parts.items():
            taken = best(run)
            asked = goals.at_most(f"{name}, × the build", taken / whole, GOALS[name])
            print(f"  {name:<16} {taken * 1000:7.0f} ms  {taken / whole:6.2f} × the build   ({asked})")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(SAMPLE, Path(folder) / "message")
        taken = seconds_to_see(Path(folder) / "message")
    print(f"a save is seen after {taken:.2f} s ({goals.at_most('a save is seen, s', taken, SEEN_SECONDS)})")
    goals.finish()


if __name__ == "__main__":
    main()
