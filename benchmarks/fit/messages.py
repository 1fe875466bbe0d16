"""Messages of four to seven photos of all kinds: the mean slide, the worst slide, the time on two threads."""

from __future__ import annotations

import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

from benchmarks.fit import metrics, rivals
from benchmarks.fit.memory import Memory
from benchmarks.fit.photos import bound, ours, wanted
from benchmarks.fit.sources import Photo
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import budget, cache, fit
from mmspack.message import Message, Slide
from mmspack.profiles import Profile

SIZE = (1600, 1200)
LIMITS = (300_000, 600_000, 1_000_000)
COUNT = 8
ROUNDS = 7
LIMIT = 300_000
"""Of the messages whose time is taken."""
BENDS = {"best mean (equal slope)": 1000.0, "nearly max-min (bend 4)": 4.0}
OWN = "**mmspack, shared by worth**"
EQUAL = "mmspack, equal split"
ORACLE = "mmspack, shares by measured curves (oracle)"
_LEAST_BYTES, _STEP = 6_000, 1.3
"""Of the sizes at which the oracle measures each photo: up to most of the largest limit."""
_BETWEEN = 8
"""Points that are read off its curves between two sizes."""
Way = Callable[[list[Path], int], list[bytes]]


def room(limit: int) -> Profile:
    width, height = SIZE
    return Profile(
        name="room",
        title="",
        max_bytes=limit,
        max_width=width,
        max_height=height,
        turn=False,
        source="",
        date="2026-01-01",
    )


def shared(paths: list[Path], limit: int, effort: str = "good") -> list[bytes]:
    slides = [Slide(image=path) for path in paths]
    fitted = fit(Message(slides=slides), room(limit), reserved_bytes=0, cache=False, effort=effort)
    assert sum(len(part.data) for part in fitted.parts) <= limit
    return [part.data for part in fitted.parts]


def bent(bend: float) -> Way:
    def run(paths: list[Path], limit: int) -> list[bytes]:
        with mock.patch.object(budget, "BEND", bend):
            return shared(paths, limit)

    return run


WAYS: dict[str, Way] = {
    OWN: shared,
    EQUAL: lambda paths, limit: [ours(path, SIZE, limit // len(paths)) for path in paths],
    **{f"mmspack, {name}": bent(bend) for name, bend in BENDS.items()},
}
_RIVALS = (rivals.IMAGEMAGICK, rivals.MOZJPEG, rivals.JPEGLI)


def messages_of(photos: list[Photo]) -> list[list[Path]]:
    """Photos of all kinds in any company."""
    chance = random.Random(5)
    paths = [photo.path for photo in photos]
    return [chance.sample(paths, min(len(paths), chance.randint(4, 7))) for _ in range(COUNT)]


class Oracle:
    """Shares the bytes as mmspack does, but by what each photo was measured to reach, at many sizes."""

    def __init__(self, paths: list[Path], references: list[metrics.Reference]) -> None:
        self._paths = paths
        self._curves = [_measured(*pair) for pair in zip(paths, references, strict=True)]

    def made(self, limit: int) -> list[bytes]:
        shares = budget.share(self._curves, limit)
        assert shares is not None
        return [ours(path, SIZE, share) for path, share in zip(self._paths, shares, strict=True)]


def _measured(path: Path, reference: metrics.Reference) -> budget.QualityCurve:
    """What every number of bytes was seen to buy, in steps so fine that none is missed."""
    sizes, values = [], []
    size = float(_LEAST_BYTES)
    while size < 0.7 * max(LIMITS):
        data = ours(path, SIZE, int(size))
        sizes.append(len(data))
        values.append(reference.ssimulacra2(Image.open(io.BytesIO(data))))
        size *= _STEP
    bytes_ = np.geomspace(sizes[0], sizes[-1], _BETWEEN * len(sizes))
    rising = np.maximum.accumulate(np.interp(np.log(bytes_), np.log(sizes), values))
    return budget.QualityCurve(tuple((int(a), float(b)) for a, b in zip(bytes_, rising, strict=True)))


def tables(photos: list[Photo], goals: Goals, memory: Memory, *, every: int = 1) -> dict[str, str]:
    found: dict[str, dict[int, list[list[float]]]] = {}
    for paths in messages_of(photos)[::every]:
        references = [metrics.Reference(wanted(path, SIZE)) for path in paths]
        oracle = Oracle(paths, references)
        for limit in LIMITS:
            ways = {**WAYS, ORACLE: lambda _, limit: oracle.made(limit)}  # noqa: B023 - called at once
            for name, way in ways.items():
                made = [Image.open(io.BytesIO(data)) for data in way(paths, limit)]
                scores = [one.ssimulacra2(image) for one, image in zip(references, made, strict=True)]
                found.setdefault(name, {}).setdefault(limit, []).append(scores)
            for name in _RIVALS:
                each = limit // len(paths)
                scores = [
                    _rival(name, path, each, one, memory) for path, one in zip(paths, references, strict=True)
                ]
                found.setdefault(f"{name}, equal split", {}).setdefault(limit, []).append(scores)
            own = found[OWN][limit][-1]
            print(
                f"{limit // 1000} kB, {len(paths)} photos: mean {np.mean(own):.1f}, worst {min(own):.1f}",
                flush=True,
            )
    for limit in LIMITS:
        worst = {name: float(np.mean([min(one) for one in by[limit]])) for name, by in found.items()}
        rival = max(value for name, value in worst.items() if "equal split" in name)
        what = f"messages of {limit // 1000} kB, worst slide against the best equal split"
        goals.at_least(what, worst[OWN] - rival, 0)
        goals.at_least(
            f"messages of {limit // 1000} kB, worst slide against the oracle",
            worst[OWN] - worst[ORACLE],
            -1.5,
        )
        mean = {name: float(np.mean([np.mean(one) for one in found[name][limit]])) for name in (OWN, ORACLE)}
        goals.at_least(
            f"messages of {limit // 1000} kB, mean slide against the oracle", mean[OWN] - mean[ORACLE], -0.3
        )
    rows = [(name, *(_mean_and_worst(by[limit]) for limit in LIMITS)) for name, by in found.items()]
    head = ("how", *(f"{limit // 1000} kB: mean slide, worst slide" for limit in LIMITS))
    return {"messages": table(head, rows)}


def _rival(name: str, path: Path, limit: int, reference: metrics.Reference, memory: Memory) -> float:
    def measure() -> list[float]:
        data = rivals.PHOTOS[name](path, SIZE, limit)
        return [reference.ssimulacra2(Image.open(io.BytesIO(data)))]

    return memory.get(path.read_bytes(), (name, "message", limit, Image.__version__), measure)[0]


def _mean_and_worst(messages: list[list[float]]) -> str:
    every = [value for one in messages for value in one]
    return f"{np.mean(every):.1f}, {np.mean([min(one) for one in messages]):.1f}"


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
            ("mmspack", lambda: shared(paths, LIMIT)),
            (
                "ImageMagick, equal split",
                lambda: [rivals.imagemagick(path, SIZE, LIMIT // len(paths)) for path in paths],
            ),
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
                fit(message, room(LIMIT), reserved_bytes=2000)
                took.append(time.perf_counter() - start)
    share = min(took[1:]) / took[0]
    goals.at_most("second build, × the first", share, 0.1)
    rows = [
        ("first", f"{took[0]:.2f} s"),
        ("second, unchanged", f"{min(took[1:]) * 1000:.0f} ms"),
        ("ratio", f"{share:.3f}"),
    ]
    return table(("fit of four photos", "time"), rows)
