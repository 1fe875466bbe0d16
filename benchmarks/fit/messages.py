"""Four photos in one message of 300 kB: the mean slide, the worst slide, and the time on two threads."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

from benchmarks.fit import metrics, rivals
from benchmarks.fit.photos import bound, ours, wanted
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import budget, cache, fit
from mmspack.model import Message, Slide
from mmspack.profiles import Profile

LIMIT, SIZE = 300_000, (1600, 1200)
ROUNDS = 7
ROOM = Profile(
    name="room", title="", max_bytes=LIMIT, max_width=1600, max_height=1200, turn=False, source="", date=""
)
OWN = "**mmspack, shared by worth (bend 25)**"
Fit = Callable[[list[Path]], list[bytes]]


def equal(tool: rivals.Fit) -> Fit:
    return lambda paths: [tool(path, SIZE, LIMIT // len(paths)) for path in paths]


def shared(paths: list[Path], effort: str = "good") -> list[bytes]:
    slides = [Slide(image=path) for path in paths]
    fitted = fit(Message(slides=slides), ROOM, reserved_bytes=0, cache=False, effort=effort)
    assert sum(len(part.data) for part in fitted.parts) <= LIMIT
    return [part.data for part in fitted.parts]


def bent(bend: float) -> Fit:
    def run(paths: list[Path]) -> list[bytes]:
        with mock.patch.object(budget, "BEND", bend):
            return shared(paths)

    return run


WAYS: dict[str, Fit] = {
    "ImageMagick, equal split": equal(rivals.imagemagick),
    "naive Pillow, equal split": equal(rivals.naive_pillow),
    "libvips + mozjpeg, equal split": equal(rivals.vips_mozjpeg),
    "mmspack, equal split": equal(ours),
    "mmspack, best mean (equal slope)": bent(1000.0),
    "mmspack, bend 50": bent(50.0),
    OWN: shared,
    "mmspack, the same with effort best": lambda paths: shared(paths, "best"),
    "mmspack, bend 12": bent(12.0),
    "mmspack, nearly max-min (bend 4)": bent(4.0),
}


def messages_of(photos: list[Path]) -> list[list[Path]]:
    """Four messages of four: each photo twice, in other company."""
    half = photos[: len(photos) // 2 * 2]
    return [half[:4], half[4:8], half[::2][:4], half[1::2][:4]]


def tables(photos: list[Path], goals: Goals) -> dict[str, str]:
    quality: dict[str, list[list[float]]] = {name: [] for name in WAYS}
    for paths in messages_of(photos):
        references = [metrics.Reference(wanted(path, SIZE)) for path in paths]
        for name, way in WAYS.items():
            opened = [Image.open(io.BytesIO(data)) for data in way(paths)]
            scores = [r.ssimulacra2(image) for r, image in zip(references, opened, strict=True)]
            quality[name].append(scores)
    rows = []
    worsts: dict[str, float] = {}
    for name, values in quality.items():
        worst = float(np.mean([min(slides) for slides in values]))
        rows.append((name, f"{np.mean(values):.1f}", f"{worst:.1f}"))
        worsts[name] = worst
    rival = max(worst for name, worst in worsts.items() if "equal split" in name)
    goals.at_least("worst slide of a message, against the best equal split", worsts[OWN] - rival, 0)
    head = ("how", "mean slide", "worst slide (mean of four messages)")
    return {"messages": table(head, rows), **times(photos, goals)}


def times(photos: list[Path], goals: Goals) -> dict[str, str]:
    paths = photos[:4]
    return {"message time": two_threads(paths, goals), "second build": second_build(paths, goals)}


def two_threads(paths: list[Path], goals: Goals) -> str:
    """Wall time of a message against the bound of its photos one after the other, interleaved."""
    sizes = [wanted(path, SIZE).size for path in paths]
    found: dict[str, list[float]] = {"bound on one thread": [], "mmspack": [], "ImageMagick, equal split": []}
    for _ in range(ROUNDS):
        for name, work in (
            ("bound on one thread", lambda: [bound(*pair) for pair in zip(paths, sizes, strict=True)]),
            ("mmspack", lambda: shared(paths)),
            ("ImageMagick, equal split", lambda: equal(rivals.imagemagick)(paths)),
        ):
            start = time.perf_counter()
            work()
            found[name].append(time.perf_counter() - start)
    base = found["bound on one thread"]
    rows = []
    for name, seconds in found.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, base, strict=True))
        if name == "mmspack":
            goals.at_most("four photos on two threads, × the bound on one", ratio, 1.0)
        rows.append((name, f"{min(seconds):.2f} s", f"{ratio:.2f} (best {min(seconds) / min(base):.2f})"))
    return table(("four photos", "best wall time", "× the bound, median of interleaved rounds"), rows)


def second_build(paths: list[Path], goals: Goals) -> str:
    message = Message(slides=[Slide(image=path, text="Hello") for path in paths])
    with tempfile.TemporaryDirectory() as folder:
        store = cache.Cache(Path(folder))
        with mock.patch.object(cache.Cache, "of_user", return_value=store):
            took = []
            for _ in range(4):
                start = time.perf_counter()
                fit(message, ROOM, reserved_bytes=2000)
                took.append(time.perf_counter() - start)
    share = min(took[1:]) / took[0]
    goals.at_most("second build, × the first", share, 0.1)
    rows = [
        ("first", f"{took[0]:.2f} s"),
        ("second, unchanged", f"{min(took[1:]) * 1000:.0f} ms"),
        ("ratio", f"{share:.3f}"),
    ]
    return table(("fit of four photos", "time"), rows)
