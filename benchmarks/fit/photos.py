"""One photo into N bytes: quality, time, and the bytes that a quality takes."""

from __future__ import annotations

import io
import os
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from benchmarks.fit import metrics, rivals
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import fit_picture
from mmspack.media import jpeg
from mmspack.media.pictures import WHOLE, decode, read_picture

Size = tuple[int, int]
CASES: tuple[tuple[int, Size], ...] = (
    (30_000, (640, 480)),
    (100_000, (1600, 1200)),
    (300_000, (1600, 1200)),
    (600_000, (1600, 1200)),
    (1_000_000, (1600, 1200)),
)
OURS = "**mmspack**"
BOUND = "bound"
_IMAGEMAGICK, _VIPS, _JPEGLI = list(rivals.PHOTOS)[:3]
_WHOLE_FROM = 300_000
"""Bytes above which the bound decodes all pixels, as ours may."""


def ours(path: Path, size: Size, limit: int, effort: str = "good") -> bytes:
    return fit_picture(path.read_bytes(), max_bytes=limit, max_size=size, effort=effort).data


def wanted(path: Path, size: Size) -> Image.Image:
    """What the screen should show: the whole photo decoded, upright, one Lanczos resize."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail(size, Image.Resampling.LANCZOS, reducing_gap=None)
    return image


def bound(path: Path, size: Size, room: float = 1.0) -> float:
    """Seconds of processor time of one scaled decode, one resize, one encode: no tool can do less."""
    start = processor()
    image = decode(read_picture(path.read_bytes()), size, room=room)
    jpeg.encode(image, 0.0)
    return processor() - start


def processor() -> float:
    """Seconds that this process and its ended children have computed: other load does not count."""
    return sum(os.times()[:4])


def timed(work: Callable[[], bytes], rounds: int = 1) -> tuple[bytes, float]:
    seconds = []
    for _ in range(rounds):
        start = processor()
        data = work()
        seconds.append(processor() - start)
    return data, min(seconds)


class Case:
    """All tools over all photos at one budget and size, interleaved."""

    def __init__(self, limit: int, size: Size, photos: list[Path]) -> None:
        self.limit, self.size = limit, size
        self.quality: dict[str, list[float]] = {}
        self.distance: dict[str, list[float]] = {}
        self.times: dict[str, list[float]] = {}
        self.over: dict[str, int] = {}
        self.apart: list[float] = []
        """Predicted less measured quality of each photo."""
        for path in photos:
            if path.stat().st_size > limit:
                self._measure(path)

    def _measure(self, path: Path) -> None:
        reference = metrics.Reference(wanted(path, self.size))
        shown = reference.image.size
        room = WHOLE if self.limit > _WHOLE_FROM else 1.0
        self.times.setdefault(BOUND, []).append(min(bound(path, shown, room) for _ in range(3)))
        for name, tool in {**rivals.PHOTOS, OURS: ours}.items():
            rounds = 3 if name == OURS else 1
            data, seconds = timed(lambda tool=tool: tool(path, self.size, self.limit), rounds)  # type: ignore[misc]
            image = Image.open(io.BytesIO(data))
            self.times.setdefault(name, []).append(seconds)
            self.quality.setdefault(name, []).append(reference.ssimulacra2(image))
            if name == OURS:
                self.apart.append(self._predicted(path) - self.quality[name][-1])
            self.over[name] = self.over.get(name, 0) + (len(data) > self.limit)
            if metrics.has_butteraugli() and name in (OURS, _IMAGEMAGICK, _VIPS, _JPEGLI):
                self.distance.setdefault(name, []).append(reference.butteraugli(image))

    def _predicted(self, path: Path) -> float:
        fitted = fit_picture(path.read_bytes(), max_bytes=self.limit, max_size=self.size)
        return fitted.quality or 0.0

    def against(self, name: str) -> list[float]:
        """What ours is better on each photo."""
        return [a - b for a, b in zip(self.quality[OURS], self.quality[name], strict=True)]

    def ratio(self, name: str, other: str = BOUND) -> float:
        pairs = zip(self.times[name], self.times[other], strict=True)
        return statistics.median(a / b for a, b in pairs)

    def mean(self, name: str) -> float:
        return float(np.mean(self.quality[name]))


def bytes_needed(photos: list[Path], limit: int, size: Size, effort: str) -> float:
    """Our bytes for the quality that the standard tables reach at full size in `limit`, as a mean share."""
    shares = []
    for path in photos:
        reference = metrics.Reference(wanted(path, size))
        goal = reference.ssimulacra2(Image.open(io.BytesIO(rivals.pillow_bisection(path, size, limit))))
        low, high = 0.5, 1.0
        for _ in range(5):
            middle = (low + high) / 2
            shown = Image.open(io.BytesIO(ours(path, size, int(limit * middle), effort)))
            low, high = (low, middle) if reference.ssimulacra2(shown) >= goal else (middle, high)
        shares.append(high)
    return float(np.mean(shares))


def tables(photos: list[Path], goals: Goals) -> dict[str, str]:
    cases = [Case(limit, size, photos) for limit, size in CASES]
    heads = [f"{case.limit // 1000} kB, {case.size[0]}×{case.size[1]}" for case in cases]
    rows = []
    for name in cases[0].quality:
        cells = [f"{case.mean(name):.1f} (worst {min(case.quality[name]):.0f})" for case in cases]
        over = sum(case.over[name] for case in cases)
        times = " / ".join(f"{case.ratio(name):.1f}" for case in cases)
        rows.append((name, *cells, times, over or "none"))
    main = table(("tool", *heads, "processor time, × bound", "over budget"), rows)
    goals.at_most("mmspack's pictures over budget", sum(case.over[OURS] for case in cases), 0)
    return {"photos": main, "photo goals": table(("", "wanted", "reached"), _goals(cases, photos, goals))}


def _goals(cases: list[Case], photos: list[Path], goals: Goals) -> list[tuple[str, str, str]]:
    rows = []

    def ask(what: str, wanted: Sequence[float], reached: Sequence[float], shape: str, *, least: bool) -> None:
        for case, goal, figure in zip(CASES, wanted, reached, strict=False):
            (goals.at_least if least else goals.at_most)(f"{what}, {case[0] // 1000} kB", figure, goal)
        words = [" / ".join(format(one, shape) for one in figures) for figures in (wanted, reached)]
        rows.append((what, words[0] if least or not wanted else f"≤ {words[0]}", words[1]))

    for rival, name in ((_IMAGEMAGICK, "ImageMagick"), (_VIPS, "libvips + mozjpeg"), (_JPEGLI, "jpegli")):
        gains = [case.mean(OURS) - case.mean(rival) for case in cases]
        ask(f"SSIMULACRA2 against {name}", (0.3,) * len(cases), gains, "+.1f", least=True)
        lost = [float(np.mean([gain < -0.5 for gain in case.against(rival)])) for case in cases]
        ask(f"photos that lose by more than 0.5 to {name}", (1 / 15,) * len(cases), lost, ".0%", least=False)
        worst = [max(0.0, -min(case.against(rival))) for case in cases]
        ask(f"points that the worst of them loses to {name}", (1.5,) * len(cases), worst, ".1f", least=False)
    off = [float(np.sqrt(np.mean(np.square(case.apart)))) for case in cases]
    ask("predicted quality, root mean square error", (2.0,) * len(cases), off, ".1f", least=False)
    ask(
        "predicted quality, worst",
        (6.0,) * len(cases),
        [max(map(abs, case.apart)) for case in cases],
        ".1f",
        least=False,
    )
    if metrics.has_butteraugli():
        for rival, wanted in ((_IMAGEMAGICK, (1, 0.92, 1)), (_VIPS, ()), (_JPEGLI, ())):
            apart = [float(np.divide(case.distance[OURS], case.distance[rival]).mean()) for case in cases]
            ask(f"butteraugli, ratio to {rival}", wanted, apart, ".2f", least=False)
    times = [case.ratio(OURS) for case in cases]
    ask("processor time, × bound (median)", (1.5, 1.5, 1.5, 1.4, 1.4), times, ".2f", least=False)
    times = [case.ratio(OURS, _IMAGEMAGICK) for case in cases]
    ask("processor time, × ImageMagick's", (0.25,) * len(cases), times, ".2f", least=False)
    for effort in ("good", "best"):
        needed = [bytes_needed(photos, limit, size, effort) for limit, size in CASES[2:0:-1]]
        what = f"bytes for the quality of the standard tables, effort {effort}"
        ask(what, (0.86, 0.74), needed, ".0%", least=False)
    return rows
