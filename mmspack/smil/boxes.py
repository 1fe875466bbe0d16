"""Where a medium is on the screen: regions as phones read them, in pixels of the root-layout."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmspack.smil.tree import Medium, Presentation, Region

MAX_PIXELS = 10_000
FITS = ("hidden", "fill", "meet", "scroll", "slice")
_LENGTH = re.compile(r"([+-]?\d{1,6})(px|%|)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Box:
    """A region's place, and how a medium is fitted into it."""

    left: int
    top: int
    width: int
    height: int
    fit: str


def screen(presentation: Presentation) -> tuple[int, int] | None:
    """The root-layout in pixels; None where phones take their own screen's size."""
    width, height = _pixels(presentation.width, 0), _pixels(presentation.height, 0)
    if width is None or height is None:
        return None
    return (width, height) if 0 < width <= MAX_PIXELS and 0 < height <= MAX_PIXELS else None


def place(presentation: Presentation, medium: Medium, size: tuple[int, int], *, crowded: bool) -> Box:
    """The box of a medium on a screen of `size`.

    Where its region is not declared, text takes the region `Text` and all else `Image`; where these are
    missing too, the text stands below the picture when the slide is `crowded` with both.
    """
    text = medium.tag == "text"
    regions = presentation.regions_by_id
    region = regions.get(medium.region or "") or regions.get("Text" if text else "Image")
    if region is not None:
        return _box(region, size, "scroll" if text else "meet")
    width, height = size
    if not crowded:
        return Box(0, 0, width, height, "meet")
    picture = height * 3 // 4
    return Box(0, picture, width, height - picture, "scroll") if text else Box(0, 0, width, picture, "meet")


def _box(region: Region, size: tuple[int, int], usual: str) -> Box:
    left = _near(_pixels(region.left, size[0]) or 0, size[0])
    top = _near(_pixels(region.top, size[1]) or 0, size[1])
    width, height = _pixels(region.width, size[0]), _pixels(region.height, size[1])
    return Box(
        left=left,
        top=top,
        width=max(0, _near(size[0] - left if width is None else width, size[0])),
        height=max(0, _near(size[1] - top if height is None else height, size[1])),
        fit=region.fit if region.fit in FITS else usual,
    )


def _near(pixels: int, whole: int) -> int:
    """At most a few screens away: what is farther is not seen, and costs memory to draw."""
    return max(-4 * whole, min(pixels, 4 * whole))


def _pixels(length: str | None, whole: int) -> int | None:
    """`240`, `240px` or `50%` of `whole`; None for all else: phones take a decimal for no length at all."""
    match = _LENGTH.fullmatch((length or "").strip())
    if match is None:
        return None
    number = int(match[1])
    if match[2] == "%":
        return round(number * whole / 100) if whole else None
    return number
