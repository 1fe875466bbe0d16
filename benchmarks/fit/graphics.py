"""Ten drawn graphics with text: is the text as sharp as it was? No OCR: the error at the edges alone."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from benchmarks.fit import drawing
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import fit_picture

LIMITS = (20_000, 10_000)


def edge_error(wanted: Image.Image, shown: Image.Image) -> float:
    """Mean difference of the gradients of luma where the wanted picture has one: lost or weak edges."""
    planes = [np.asarray(image.convert("L"), dtype=np.float32) for image in (wanted, shown)]
    gradients = [np.hypot(*np.gradient(plane)) for plane in planes]
    near = gradients[0] > 8
    return float(np.abs(gradients[0] - gradients[1])[near].mean())


def tables(goals: Goals) -> dict[str, str]:
    rows, better = [], 0
    for draw in drawing.DRAWINGS:
        source = drawing.png(draw())
        wanted = Image.open(io.BytesIO(source)).resize(drawing.SIZE, Image.Resampling.LANCZOS)
        cells = []
        for limit in LIMITS:
            ours = fit_picture(source, max_bytes=limit, max_size=drawing.SIZE)
            jpeg = fit_picture(source, max_bytes=len(ours.data), max_size=drawing.SIZE, types=("image/jpeg",))
            found = [edge_error(wanted, _sized(picture.data)) for picture in (ours, jpeg)]
            better += found[0] < found[1]
            cells.append(f"{ours.format} {len(ours.data):,}: {found[0]:.1f} against {found[1]:.1f}")
        rows.append((draw.__name__.replace("_", " "), *cells))
    goals.at_least("graphics with sharper text than a JPEG", better, 2 * len(drawing.DRAWINGS))
    rows.append(("better", f"{better} of {2 * len(drawing.DRAWINGS)}", ""))
    heads = [f"{limit // 1000} kB: edge error, ours against JPEG at the same bytes" for limit in LIMITS]
    return {"graphics": table(("graphic", *heads), rows)}


def _sized(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return image if image.size == drawing.SIZE else image.resize(drawing.SIZE, Image.Resampling.BICUBIC)
