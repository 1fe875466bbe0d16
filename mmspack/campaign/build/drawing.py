"""Personal pictures: the fitted picture decoded once, the recipient's own drawn into a copy of it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from mmspack.authoring.compiling import Filler, compiled
from mmspack.errors import AuthoringError, DoesNotFit, MmspackError
from mmspack.fitted import FittedPart
from mmspack.fitting.geometry import crop_box
from mmspack.message import Overlay, Slide
from mmspack.problem import Place
from mmspack.source import read_source
from mmspack.words import keyed

if TYPE_CHECKING:
    from mmspack.campaign.build.frozen import Base
    from mmspack.media.drawing import Coding, Raster

Drawer = Callable[[Mapping[str, object]], bytes]
_FIELDS = ("text", "qr", "barcode")
_GOOD = -2.5
"""Step of the quantisation tables at which differences are hardly seen."""
_STEP = 0.12
"""By how much coarser a picture is made that came out too large: about 8 % of its bytes."""


def templates_of(overlays: Sequence[Overlay]) -> list[str]:
    """The templates in overlays."""
    return [text for overlay in overlays for name in _FIELDS if (text := str(getattr(overlay, name)))]


def drawers(base: Base) -> dict[int, Drawer]:
    """For each slide with a personal picture the function that draws it."""
    return {slide: _drawer(base, slide, drawing) for slide, drawing in base.drawings.items()}


def _drawer(base: Base, slide: int, drawing: Mapping[str, Any]) -> Drawer:
    from mmspack.media.drawing import Coding, Raster

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
    where = Place(slide=slide + 1, key="overlay")
    raise DoesNotFit(f"the picture does not fit into {limit:,} bytes", where=where)


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
                raise error.within(Place(slide=slide + 1, overlay=at + 1)) from error
        return copy

    return paint


def _prepared(slide: int, at: int, table: Mapping[str, Any]) -> tuple[Overlay, dict[str, Filler]]:
    overlay = Overlay(**{**table, "font": None, "box": tuple(table["box"])})
    where = Place(slide=slide + 1, overlay=at + 1)
    fillers = {
        name: compiled(text, where=replace(where, key=name))
        for name in _FIELDS
        if (text := str(getattr(overlay, name)))
    }
    return overlay, fillers


@dataclass(frozen=True, slots=True)
class Drawing:
    """A slide's personal picture before it is known how many bytes it may take."""

    tables: list[dict[str, Any]]
    """The overlays."""
    drawn: Raster
    """With what the row that has the longest copy draws into it."""
    fitted: int
    """Bytes of the fitted picture."""

    @property
    def least(self) -> int:
        """Bytes with which it can be encoded at all."""
        return self.drawn.least()

    @property
    def good(self) -> int:
        """Bytes beyond which it looks no better."""
        from mmspack.media.drawing import FILL, Coding

        return int(len(self.drawn.jpeg(Coding(_GOOD, optimize=False))) / FILL) + 1

    def coded(self, limit: int) -> tuple[dict[str, Any], bytes]:
        """How it is drawn for everybody within `limit` bytes, and the JPEG of that row.

        It takes the bytes of the fitted picture where it looks good in them. Raises `DoesNotFit`.
        """
        with contextlib.suppress(DoesNotFit):
            coding, data = self.drawn.fitted_coding(min(limit, self.fitted))
            if coding.step <= _GOOD:
                return self._frozen(limit, coding), data
        coding, data = self.drawn.fitted_coding(limit, finest=_GOOD)
        return self._frozen(limit, coding), data

    def _frozen(self, limit: int, coding: Coding) -> dict[str, Any]:
        return {"overlays": self.tables, "bytes": limit, **coding._asdict()}


def shared(spare: int, drawings: Sequence[Drawing]) -> list[int]:
    """The bytes that each picture may take, of its own and of the `spare` ones of the message.

    First each gets what it cannot do without, then alike what makes it look good, then alike the rest.
    """
    limits = [max(one.fitted, one.least) for one in drawings]
    rest = spare - sum(limit - one.fitted for limit, one in zip(limits, drawings, strict=True))
    if rest < 0:
        return [one.fitted + spare // len(drawings) for one in drawings]
    wishes = [max(0, one.good - limit) for limit, one in zip(limits, drawings, strict=True)]
    left = len(drawings)
    for at in sorted(range(left), key=wishes.__getitem__):
        given = min(wishes[at], rest // left)
        limits[at] += given
        rest, left = rest - given, left - 1
    return [limit + rest // len(drawings) for limit in limits]


def prepare(
    at: int,
    slide: Slide,
    part: FittedPart,
    *,
    background: str,
    worst: Mapping[str, object],
    blobs: dict[str, bytes],
) -> Drawing:
    """A slide's personal picture, as large as it was fitted.

    The pixels come from the author's picture, not from the fitted JPEG, and are kept losslessly in `blobs`,
    with the fonts. Raises `AuthoringError` for pictures that cannot be drawn into.
    """
    from mmspack.media.drawing import Raster

    if part.after.frames > 1:
        raise AuthoringError(
            "the picture is animated",
            where=Place(slide=at + 1, key="overlay"),
            hint=f"{keyed('still = true')} uses its first frame",
        )
    source = read_source(slide.image, what="picture")
    size = (part.after.width or 1, part.after.height or 1)
    box = crop_box(_seen(part), slide.crop, slide.focus) if slide.crop else None
    raster = Raster.fitted(source, size, box=box, background=background)
    tables = [{**asdict(overlay), "font": _kept_font(overlay, blobs)} for overlay in slide.overlay]
    blobs[f"raster/{at}"] = raster.png()
    return Drawing(tables, _painter(at, tables, blobs)(raster, worst), len(part.data))


def _seen(part: FittedPart) -> tuple[int, int]:
    """Width and height of the author's picture, turned upright."""
    return part.before.width or 1, part.before.height or 1


def _kept_font(overlay: Overlay, blobs: dict[str, bytes]) -> str:
    if overlay.font is None:
        return ""
    data = read_source(overlay.font, what="font")
    name = hashlib.blake2b(data, digest_size=8).hexdigest()
    blobs[f"font/{name}"] = data
    return name
