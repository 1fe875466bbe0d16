"""Animated GIFs into 600 kB: what is seen at twelve moments, and the time."""

from __future__ import annotations

import io
import statistics
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.fit import metrics, rivals
from benchmarks.fit.photos import processor
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import fit_picture

LIMIT = 600_000
MOMENTS = 12


def ours(path: Path, limit: int) -> bytes:
    return fit_picture(path.read_bytes(), max_bytes=limit, max_size=(2000, 2000)).data


OURS, GIFSICLE = "**mmspack**", "gifsicle -O3, scale by bisection"
WAYS = {**rivals.GIFS, OURS: ours}


def moments(data: bytes, times: list[float] | None = None) -> tuple[list[Image.Image], list[float]]:
    """What is on the screen at even moments of the animation, or at `times` (fractions of it)."""
    times = times or [(index + 0.5) / MOMENTS for index in range(MOMENTS)]
    with Image.open(io.BytesIO(data)) as image:
        delays = []
        for index in range(image.n_frames):
            image.seek(index)
            delays.append(image.info["duration"])
        ends = np.cumsum(delays)
        wanted = [int(np.searchsorted(ends, moment * ends[-1], side="right")) for moment in times]
        shown = {}
        for index in range(image.n_frames):
            image.seek(index)
            if index in wanted:
                frame = image.convert("RGBA")
                ground = Image.new("RGBA", frame.size, "white")
                ground.alpha_composite(frame)
                shown[index] = ground.convert("RGB")
    return [shown[index] for index in wanted], times


def tables(gifs: list[Path], goals: Goals) -> dict[str, str]:
    quality: dict[str, list[float]] = {name: [] for name in WAYS}
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    waited: dict[str, list[float]] = {name: [] for name in WAYS}
    for path in gifs:
        references = [metrics.Reference(frame) for frame in moments(path.read_bytes())[0]]
        for name, way in WAYS.items():
            start, began = processor(), time.perf_counter()
            data = way(path, LIMIT)
            waited[name].append(time.perf_counter() - began)
            seconds[name].append(processor() - start)
            assert len(data) <= LIMIT, name
            frames, _ = moments(data)
            scores = [r.ssimulacra2(frame) for r, frame in zip(references, frames, strict=True)]
            quality[name].append(float(np.mean(scores)))
    rows = []
    for name, values in quality.items():
        means = (*(f"{value:.1f}" for value in values), f"{np.mean(values):.1f}")
        rows.append((name, *means, f"{_times(waited, name):.2f}", f"{_times(seconds, name):.2f}"))
    head = (
        "how",
        *(path.stem for path in gifs),
        "mean",
        "wall time, × gifsicle's",
        "processor time, × gifsicle's",
    )
    gain = float(np.mean(quality[OURS]) - np.mean(quality[GIFSICLE]))
    goals.at_least("animations, SSIMULACRA2 against gifsicle", gain, 0)
    goals.at_most("animations, processor time, × gifsicle's", _times(seconds, OURS), 1)
    return {"animations": table(head, rows)}


def _times(found: dict[str, list[float]], name: str) -> float:
    """The median over the animations of a way's time against gifsicle's."""
    pairs = zip(found[name], found[GIFSICLE], strict=True)
    return statistics.median(a / b for a, b in pairs)
