"""Animated GIFs into 300 kB, 600 kB and 1 MB: what is seen at twelve moments, and the time."""

from __future__ import annotations

import io
import statistics
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.fit import metrics, motions, rivals
from benchmarks.fit.memory import Memory
from benchmarks.fit.photos import processor
from benchmarks.fit.sources import Photo
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.errors import DoesNotFit
from mmspack.fitting import fit_picture

LIMITS = (300_000, 600_000, 1_000_000)
MOMENTS = 12
_MADE_FROM = 5.0
"""Quality of gifsicle's from which we have to make one too."""
_NOTHING = -100.0
_NOT_LOOKED_AT = ("Path", "ColorfulCups", "OneStandsOut")
"""Photos held out that no constant for animations was chosen by."""


def moments(data: bytes) -> list[Image.Image]:
    """What is on the screen at even moments of the animation."""
    with Image.open(io.BytesIO(data)) as image:
        delays = []
        for index in range(image.n_frames):
            image.seek(index)
            delays.append(image.info["duration"])
        ends = np.cumsum(delays)
        times = [(index + 0.5) / MOMENTS for index in range(MOMENTS)]
        wanted = [int(np.searchsorted(ends, moment * ends[-1], side="right")) for moment in times]
        shown = {}
        for index in range(image.n_frames):
            image.seek(index)
            if index in wanted:
                frame = image.convert("RGBA")
                ground = Image.new("RGBA", frame.size, "white")
                ground.alpha_composite(frame)
                shown[index] = ground.convert("RGB")
    return [shown[index] for index in wanted]


def tables(gifs: list[Path], photos: list[Photo], goals: Goals, memory: Memory) -> dict[str, str]:
    held_out = [photo for photo in photos if photo.held_out]
    looked_at = [*gifs, *motions.drawn(held_out[0].path)]
    others = [path for photo in held_out if photo.name in _NOT_LOOKED_AT for path in motions.of(photo)]
    return {
        "animations": _table(looked_at, LIMITS, goals, memory, "animations"),
        "animations held out": _table(others, LIMITS[:2], goals, memory, "animations held out"),
    }


def _table(paths: list[Path], limits: tuple[int, ...], goals: Goals, memory: Memory, kind: str) -> str:
    rows, gains, refused = [], [], 0
    times: dict[str, list[float]] = {"both": [], "one": []}
    for path in paths:
        source = path.read_bytes()
        references = [metrics.Reference(frame) for frame in moments(source)]
        cells = [path.stem]
        for limit in limits:
            if len(source) <= limit:
                cells.append("fits")
                continue
            found = _others(path, limit, references, memory)
            rival = max(found, key=lambda name: found[name][0])
            value, seconds, words = _ours(source, limit, references)
            cells.append(
                f"{words} against {found[rival][0]:.1f}{' (lossy)' if rival == rivals.LOSSY else ''}"
            )
            times["both"].append(seconds / sum(took for _, took in found.values()))
            times["one"].append(seconds / found[rivals.GIFSICLE][1])
            refused += value == _NOTHING and found[rival][0] >= _MADE_FROM
            if value != _NOTHING:
                gains.append(value - found[rival][0])
        rows.append(cells)
        print(*cells, sep=" | ", flush=True)
    both, alone = (statistics.median(times[which]) for which in ("both", "one"))
    goals.at_least(f"{kind}, mean gain over the better of gifsicle's", float(np.mean(gains)), 3)
    goals.at_most(f"{kind}, most that one loses", max(0.0, -min(gains)), 2)
    goals.at_most(f"{kind} refused that gifsicle makes at 5 points and more", refused, 0)
    goals.at_most(f"{kind}, processor time, × that of gifsicle's best", both, 1 / 3)
    rest = [""] * (len(limits) - 1)
    rows.append(["**mean gain** (worst)", f"{np.mean(gains):+.1f} ({min(gains):+.1f})", *rest])
    rows.append(["processor time, × that of gifsicle's best: with and without lossy", f"{both:.2f}", *rest])
    rows.append(["the same, × that without lossy alone", f"{alone:.2f}", *rest])
    heads = [f"{limit // 1000} kB: ours (predicted) against gifsicle's best" for limit in limits]
    return table(("animation", *heads), rows)


def _others(
    path: Path, limit: int, references: list[metrics.Reference], memory: Memory
) -> dict[str, list[float]]:
    """Quality and seconds of every rival."""

    def measure(tool: rivals.Moving) -> list[float]:
        start = processor()
        data = tool(path, limit)
        seconds = processor() - start
        return [_quality(data, references) if data else _NOTHING, seconds]

    return {
        name: memory.get(path.read_bytes(), (name, limit), lambda tool=tool: measure(tool))  # type: ignore[misc]
        for name, tool in rivals.GIFS.items()
    }


def _ours(source: bytes, limit: int, references: list[metrics.Reference]) -> tuple[float, float, str]:
    start = processor()
    try:
        fitted = fit_picture(source, max_bytes=limit, max_size=(2000, 2000))
    except DoesNotFit:
        return _NOTHING, processor() - start, "refused"
    seconds = processor() - start
    assert len(fitted.data) <= limit
    value = _quality(fitted.data, references)
    return value, seconds, f"{value:.1f} ({fitted.quality:.0f})"


def _quality(data: bytes, references: list[metrics.Reference]) -> float:
    pairs = zip(references, moments(data), strict=True)
    return float(np.mean([reference.ssimulacra2(frame) for reference, frame in pairs]))
