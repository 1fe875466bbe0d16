"""One photo into N bytes: quality, time, and how true the predicted quality is, beside other encoders."""

from __future__ import annotations

import io
import os
import statistics
import time
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image, ImageOps

from benchmarks.fit import metrics, rivals
from benchmarks.fit.memory import Memory
from benchmarks.fit.sources import Photo
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import fit_picture, still
from mmspack.media import jpeg, scanning
from mmspack.media.pictures import WHOLE, decode, read_picture

Size = tuple[int, int]
CASES: tuple[tuple[int, Size], ...] = (
    (30_000, (640, 480)),
    (100_000, (1600, 1200)),
    (300_000, (1600, 1200)),
    (600_000, (1600, 1200)),
    (1_000_000, (1600, 1200)),
)
_TIMES = (1.5, 1.5, 1.5, 1.4, 1.4)
"""Times the bound that `good` may take in each case."""
_WHOLE_FROM = 300_000
"""Bytes above which the bound decodes all pixels, as ours may."""
_ROUNDS = 3
_LOST = 0.5
"""Points by which a photo loses for it to count."""


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
    start = time.process_time()
    image = decode(read_picture(path.read_bytes()), size, room=room)
    jpeg.encode(image, 0.0)
    return time.process_time() - start


def processor() -> float:
    """Seconds that this process and its ended children have computed, to a hundredth, whatever else runs."""
    return sum(os.times()[:4])


class Case:
    """All tools over all photos at one budget and size. Lists are in the order of the photos."""

    def __init__(self, limit: int, size: Size) -> None:
        self.limit, self.size = limit, size
        self.held_out: list[bool] = []
        self.quality: dict[str, list[float]] = {}
        self.times: list[float] = []
        self.own_times: list[float] = []
        """The same with as many pixels in the bound's decode as ours chose."""
        self.against_imagemagick: list[float] = []
        self.apart: list[float] = []
        """Predicted less measured quality of each photo."""
        self.over = 0

    def measure(self, photo: Photo, reference: metrics.Reference, memory: Memory) -> None:
        source = photo.path.read_bytes()
        self.held_out.append(photo.held_out)
        seconds = {}
        for name, tool in rivals.PHOTOS.items():
            what = (name, self.size, self.limit, Image.__version__)
            value, seconds[name] = memory.get(source, what, lambda t=tool: self._of(t, photo, reference))  # type: ignore[misc]
            self.quality.setdefault(name, []).append(value)
        room = WHOLE if self.limit > _WHOLE_FROM else 1.0
        took, bounds, own_bounds = [], [], []
        for _ in range(_ROUNDS):
            bounds.append(bound(photo.path, reference.image.size, room))
            with mock.patch.object(still, "decode", wraps=decode) as decoded:
                start = time.process_time()
                fitted = fit_picture(source, max_bytes=self.limit, max_size=self.size)
                took.append(time.process_time() - start)
            own_bounds.append(bound(photo.path, reference.image.size, decoded.call_args.kwargs["room"]))
        best = ours(photo.path, self.size, self.limit, "best")
        self.times.append(min(took) / min(bounds))
        self.own_times.append(min(took) / min(own_bounds))
        self.against_imagemagick.append(min(took) / seconds[rivals.IMAGEMAGICK])
        self.over += max(len(fitted.data), len(best)) > self.limit
        for name, data in (("good", fitted.data), ("best", best)):
            self.quality.setdefault(name, []).append(reference.ssimulacra2(_opened(data)))
        self.apart.append((fitted.quality or 0.0) - max(0.0, self.quality["good"][-1]))
        self._tell(photo)

    def _tell(self, photo: Photo) -> None:
        own = self.quality["good"][-1]
        gains = ", ".join(
            f"{name.split()[0]} {own - values[-1]:+.1f}" for name, values in self.quality.items()
        )
        words = (
            f"{self.limit // 1000:5} kB {photo.name:24} {own:5.1f} (predicted {self.apart[-1]:+.1f}), over"
        )
        print(f"{words} {gains}; {self.times[-1]:.2f} × bound", flush=True)

    def _of(self, tool: rivals.Fit, photo: Photo, reference: metrics.Reference) -> list[float]:
        start = processor()
        data = tool(photo.path, self.size, self.limit)
        seconds = processor() - start
        return [reference.ssimulacra2(_opened(data)), seconds]

    def gains(self, rival: str, own: str = "good", *, held_out: bool = True) -> list[float]:
        """Points by which ours is better on each photo: on those held out, or on the others."""
        rows = zip(self.quality[own], self.quality[rival], self.held_out, strict=True)
        return [a - b for a, b, held in rows if held == held_out]


def tables(photos: list[Photo], goals: Goals, memory: Memory) -> dict[str, str]:
    cases = [Case(limit, size) for limit, size in CASES]
    # As where the extra `codes` is not installed: what it finds and what it takes is a table of its own.
    with mock.patch.object(scanning, "installed", return_value=""):
        for photo in photos:
            _measure(photo, cases, memory)
    goals.at_most("photos over budget", sum(case.over for case in cases), 0)
    return {"photos": table(_head(cases), [*_rows(cases, goals), *_own(cases, goals)])}


def _measure(photo: Photo, cases: list[Case], memory: Memory) -> None:
    for size in {case.size for case in cases}:
        reference = metrics.Reference(wanted(photo.path, size))
        for case in cases:
            if case.size == size and photo.path.stat().st_size > case.limit:
                case.measure(photo, reference, memory)


def _head(cases: list[Case]) -> list[str]:
    counts = [f"{len(case.held_out)} photos, {sum(case.held_out)} held out" for case in cases]
    sizes = [f"{case.limit // 1000} kB, {case.size[0]}×{case.size[1]}" for case in cases]
    return ["", *(f"{size} ({count})" for size, count in zip(sizes, counts, strict=True))]


def _rows(cases: list[Case], goals: Goals) -> list[list[str]]:
    """What `good` gains over each rival; what is asked for is asked of the photos held out."""
    rows = []
    strong = list(rivals.PHOTOS)[:3]
    for rival in rivals.PHOTOS:
        for held in (True, False):
            words = "held out" if held else "others"
            cells = [_spread(case.gains(rival, held_out=held)) for case in cases]
            rows.append([f"`good` over {rival}, {words}", *cells])
    for case in cases:
        best = max(strong, key=lambda name, case=case: -float(np.mean(case.gains(name))))  # type: ignore[misc]
        what = f"{case.limit // 1000} kB: "
        goals.at_least(f"{what}`good` against the best rival", float(np.mean(case.gains(best))), 0.3)
        for rival in strong:
            gains = case.gains(rival)
            lost = float(np.mean([gain < -_LOST for gain in gains]))
            goals.at_most(f"{what}share of photos that lose more than 0.5 to {rival}", lost, 1 / 15)
            goals.at_most(f"{what}most that a photo loses to {rival}", max(0.0, -min(gains)), 1.5)
            goals.at_most(f"{what}most that `best` loses to {rival}", -min(case.gains(rival, "best")), 0.3)
    lost = [sum(gain < -_LOST for gain in case.gains(rivals.JPEGLI)) for case in cases]
    rows.append(["held out that lose more than 0.5 to jpegli", *map(str, lost)])
    cells = [_spread(case.gains("good", "best")) for case in cases]
    rows.append(["`best` over `good`, held out", *cells])
    cells = [_spread(case.gains(rivals.JPEGLI, "best")) for case in cases]
    rows.append(["`best` over jpegli, held out", *cells])
    return rows


def _own(cases: list[Case], goals: Goals) -> list[list[str]]:
    off, times, own_times, shares = [], [], [], []
    for case, most in zip(cases, _TIMES, strict=True):
        apart = [one for one, held in zip(case.apart, case.held_out, strict=True) if held]
        error, worst = float(np.sqrt(np.mean(np.square(apart)))), max(map(abs, apart))
        what = f"{case.limit // 1000} kB: "
        goals.at_most(f"{what}predicted quality, root mean square error", error, 2.0)
        goals.at_most(f"{what}predicted quality, worst error", worst, 6.0)
        off.append(f"{error:.1f} ({worst:.1f})")
        times.append(statistics.median(case.times))
        goals.at_most(f"{what}processor time of `good`, × bound (median)", times[-1], most)
        own_times.append(statistics.median(case.own_times))
        shares.append(statistics.median(case.against_imagemagick))
    return [
        ["predicted quality, root mean square error (worst), held out", *off],
        ["processor time of `good`, × bound (median)", *(f"{value:.2f}" for value in times)],
        ["the same, × the bound with the decode that it chose", *(f"{value:.2f}" for value in own_times)],
        ["processor time of `good`, × ImageMagick's (median)", *(f"{value:.2f}" for value in shares)],
    ]


def _spread(gains: list[float]) -> str:
    return f"{np.mean(gains):+.1f} (worst {min(gains):+.1f})" if gains else "–"


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))
