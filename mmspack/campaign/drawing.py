"""Personal pictures: the fitted picture decoded once, the recipient's own drawn into a copy of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmspack.authoring.compiling import Filler, compiled
from mmspack.errors import AuthoringError, DoesNotFit, MmspackError
from mmspack.files import read_bytes
from mmspack.fitting.geometry import crop_box
from mmspack.model import FittedPart, Overlay, Slide

if TYPE_CHECKING:
    from mmspack.campaign.base import Base
    from mmspack.media.overlay import Coding, Raster

Drawer = Callable[[Mapping[str, object]], bytes]
_FIELDS = ("text", "qr", "barcode")
_STEP = 0.12
"""By how much coarser a picture is made that came out too large: about 8 % of its bytes."""


def templates_of(overlays: Sequence[Overlay]) -> list[str]:
    """The templates in overlays."""
    return [text for overlay in overlays for name in _FIELDS if (text := str(getattr(overlay, name)))]


def drawers(base: Base) -> dict[int, Drawer]:
    """For each slide with a personal picture the function that draws it."""
    return {slide: _drawer(base, slide, drawing) for slide, drawing in base.drawings.items()}


def _drawer(base: Base, slide: int, drawing: Mapping[str, Any]) -> Drawer:
    from mmspack.media.overlay import Coding, Raster

    raster = Raster.of(base.blobs[f"raster/{slide}"])
    painter = _painter(slide, drawing["overlays"], base.blobs)
    limit, coding = int(drawing["bytes"]), Coding(float(drawing["step"]), bool(drawing["optimize"]))
    return lambda values: _encoded(slide, painter(raster, values), limit, coding)


def _encoded(slide: int, raster: Raster, limit: int, coding: Coding) -> bytes:
    for _ in range(40):
        data = raster.jpeg(coding)
        if len(data) <= limit:
            return data
        coding = coding._replace(step=coding.step + _STEP)
    raise DoesNotFit(f"slides[{slide}].overlay: the picture does not fit into {limit:,} bytes")


Painter = Callable[["Raster", Mapping[str, object]], "Raster"]


def _painter(slide: int, tables: Sequence[Mapping[str, Any]], blobs: Mapping[str, bytes]) -> Painter:
    """A function that draws the overlays, filled in, into a copy of the raster."""
    prepared = [_prepared(slide, at, table) for at, table in enumerate(tables)]
    fonts = [blobs.get(f"font/{table['font']}") for table in tables]

    def paint(raster: Raster, values: Mapping[str, object]) -> Raster:
        copy = raster.copy()
        for at, (overlay, fillers) in enumerate(prepared):
            filled: dict[str, Any] = {name: fill(values) for name, fill in fillers.items()}
            try:
                copy.draw(replace(overlay, **filled), fonts[at])
            except MmspackError as error:
                raise type(error)(
                    f"slides[{slide}].overlay[{at}]: {error.message}", hint=error.hint
                ) from error
        return copy

    return paint


def _prepared(slide: int, at: int, table: Mapping[str, Any]) -> tuple[Overlay, dict[str, Filler]]:
    overlay = Overlay(**{**table, "font": None, "box": tuple(table["box"])})
    where = f"slides[{slide}].overlay[{at}]"
    fillers = {
        name: compiled(text, where=f"{where}.{name}")
        for name in _FIELDS
        if (text := str(getattr(overlay, name)))
    }
    return overlay, fillers


def prepare(
    at: int,
    slide: Slide,
    part: FittedPart,
    *,
    background: str,
    worst: Mapping[str, object],
    blobs: dict[str, bytes],
) -> dict[str, Any]:
    """How a slide's personal picture is drawn: as large as it was fitted, in at most as many bytes.

    The pixels come from the author's picture, not from the fitted JPEG, and are kept losslessly in `blobs`,
    with the fonts. Raises `AuthoringError` for pictures that cannot be drawn into.
    """
    from mmspack.media.overlay import Raster

    if part.after.frames > 1:
        raise AuthoringError(
            f"slides[{at}].overlay: the picture is animated", hint="still = true takes one frame"
        )
    source = (
        slide.image if isinstance(slide.image, bytes) else read_bytes(Path(str(slide.image)), what="picture")
    )
    size = (part.after.width or 1, part.after.height or 1)
    box = crop_box(_seen(part), slide.crop, slide.focus) if slide.crop else None
    raster = Raster.fitted(source, size, box=box, background=background)
    tables = [{**asdict(overlay), "font": _kept_font(overlay, blobs)} for overlay in slide.overlay]
    blobs[f"raster/{at}"] = raster.png()
    drawn = _painter(at, tables, blobs)(raster, worst)
    limit = len(part.data)
    coding, data = drawn.fitted_coding(limit)
    blobs[f"drawn/{at}"] = data
    return {"overlays": tables, "bytes": limit, **coding._asdict()}


def _seen(part: FittedPart) -> tuple[int, int]:
    """Width and height of the author's picture, turned upright."""
    return part.before.width or 1, part.before.height or 1


def _kept_font(overlay: Overlay, blobs: dict[str, bytes]) -> str:
    import hashlib

    if overlay.font is None:
        return ""
    data = (
        overlay.font if isinstance(overlay.font, bytes) else read_bytes(Path(str(overlay.font)), what="font")
    )
    name = hashlib.blake2b(data, digest_size=8).hexdigest()
    blobs[f"font/{name}"] = data
    return name
