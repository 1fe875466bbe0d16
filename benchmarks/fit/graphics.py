"""Drawings, a screenshot, pixel art, a scanned page, a comic, beside every plain way to encode them.

All at display size and in the same bytes. The ten small drawings are also looked at for how sharp their text
is: the error at the edges alone.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from unittest import mock

import numpy as np
from PIL import Image

from benchmarks.fit import drawing, metrics, rivals
from benchmarks.fit.memory import Memory
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import fit_picture
from mmspack.media import scanning

SIZE = (1600, 1200)
CASES = (25_000, 80_000, 250_000)
SMALL = (20_000, 10_000)
_SECONDS = 0.5
"""Processor time that a phone's screenshot of three megapixels may take."""
Sources = dict[str, Callable[[], Image.Image]]


def edge_error(wanted: Image.Image, shown: Image.Image) -> float:
    """Mean difference of the gradients of luma where the wanted picture has one: lost or weak edges."""
    planes = [np.asarray(image.convert("L"), dtype=np.float32) for image in (wanted, shown)]
    gradients = [np.hypot(*np.gradient(plane)) for plane in planes]
    near = gradients[0] > 8
    return float(np.abs(gradients[0] - gradients[1])[near].mean())


def tables(goals: Goals, memory: Memory) -> dict[str, str]:
    sources: Sources = {
        **drawing.LARGE,
        **{
            draw.__name__.replace("_", " "): lambda draw=draw: drawing.enlarged(draw())
            for draw in drawing.DRAWINGS
        },  # type: ignore[misc]
    }
    rows, gains = [], {limit: [] for limit in CASES}  # type: dict[int, list[float]]
    for name, draw in sources.items():
        image = draw()
        source = drawing.saved(image)
        image.thumbnail(SIZE, Image.Resampling.LANCZOS, reducing_gap=None)
        reference = metrics.Reference(image)
        cells = [name]
        for limit in CASES:
            found = _others(source, image, limit, reference, memory)
            best, rival = max((value, way) for way, value in found.items())
            ours = fit_picture(source, max_bytes=limit, max_size=SIZE)
            assert len(ours.data) <= limit, name
            value = reference.ssimulacra2(Image.open(io.BytesIO(ours.data)))
            gains[limit].append(value - best)
            told = f", predicted {ours.quality:.0f}"
            cells.append(f"{ours.format} {value:.1f} against {best:.1f} ({rival}){told}")
        rows.append(cells)
        print(*cells, sep=" | ", flush=True)
    for limit, found in gains.items():
        goals.at_most(f"graphics at {limit // 1000} kB, most that one loses", max(0.0, -min(found)), 1.0)
    spread = [f"{np.mean(found):+.1f} (worst {min(found):+.1f})" for found in gains.values()]
    rows.append(["**mean gain**", *spread])
    rows.append(["processor time of the screenshot of 3 megapixels", *_times(goals)])
    heads = [f"{limit // 1000} kB: SSIMULACRA2, against the best other way" for limit in CASES]
    return {"graphics": table(("graphic", *heads), rows), "sharpness": _sharpness(goals)}


def _others(
    source: bytes, image: Image.Image, limit: int, reference: metrics.Reference, memory: Memory
) -> dict[str, float]:
    def measure(tool: rivals.Draw) -> list[float]:
        data = tool(image, limit)
        return [reference.ssimulacra2(Image.open(io.BytesIO(data))) if data else -300.0]

    return {
        way: memory.get(source, (way, limit, SIZE), lambda tool=tool: measure(tool))[0]  # type: ignore[misc]
        for way, tool in rivals.GRAPHICS.items()
    }


def _times(goals: Goals) -> list[str]:
    source = drawing.saved(drawing.phone())
    cells = []
    for limit in CASES:
        took = []
        for _ in range(3):
            # As where the extra `codes` is not installed: what it takes is in a table of its own.
            with mock.patch.object(scanning, "installed", return_value=""):
                start = time.process_time()
                fit_picture(source, max_bytes=limit, max_size=SIZE)
                took.append(time.process_time() - start)
        goals.at_most(f"screenshot at {limit // 1000} kB, seconds of processor time", min(took), _SECONDS)
        cells.append(f"{min(took):.2f} s")
    return cells


def _sharpness(goals: Goals) -> str:
    rows, better = [], 0
    for draw in drawing.DRAWINGS:
        source = drawing.png(draw())
        wanted = Image.open(io.BytesIO(source)).resize(drawing.SIZE, Image.Resampling.LANCZOS)
        cells = []
        for limit in SMALL:
            ours = fit_picture(source, max_bytes=limit, max_size=drawing.SIZE)
            jpeg = fit_picture(source, max_bytes=len(ours.data), max_size=drawing.SIZE, types=("image/jpeg",))
            found = [edge_error(wanted, _sized(picture.data)) for picture in (ours, jpeg)]
            better += found[0] < found[1]
            cells.append(f"{ours.format} {len(ours.data):,}: {found[0]:.1f} against {found[1]:.1f}")
        rows.append((draw.__name__.replace("_", " "), *cells))
    goals.at_least("graphics with sharper text than a JPEG", better, 2 * len(drawing.DRAWINGS))
    rows.append(("better", f"{better} of {2 * len(drawing.DRAWINGS)}", ""))
    heads = [f"{limit // 1000} kB: edge error, ours against JPEG at the same bytes" for limit in SMALL]
    return table(("graphic, 640×480", *heads), rows)


def _sized(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return image if image.size == drawing.SIZE else image.resize(drawing.SIZE, Image.Resampling.BICUBIC)
