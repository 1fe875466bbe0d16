"""Where QR codes are in a picture: their finder patterns, three nested squares, without reading them.

A line through the middle of one is dark, light, dark, light, dark as 1 : 1 : 3 : 1 : 1 (ISO/IEC 18004).
Bar codes have no such mark, and are not found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Levels = NDArray[np.uint8]

_EVERY = 3
"""Rows from one that is looked at to the next: a pattern of seven modules is at least so high."""
_RATIO = (1, 1, 3, 1, 1)
_TOLERANCE = 0.5
"""Modules by which a run may be longer or shorter; the middle one by three times that, as readers take it."""
_ALIKE = 44
"""Of the 49 modules of a finder pattern, how many have to be as they should."""
_CONTRAST = 40
"""Levels between the dark and the light of a code."""
_PIXELS = 4_000_000
_SKEW = 0.1
"""Share by which the corners may be out of square."""
_MOST = 60


_RING = np.maximum(*np.abs(np.mgrid[-3:4, -3:4]))
_PATTERN = _RING != 2
"""A finder pattern: the ring of modules between the square and its frame is light."""


class Finder(NamedTuple):
    """A finder pattern: its centre and the size of its modules, in pixels."""

    x: float
    y: float
    module: float


def finders(image: Image.Image) -> list[Finder]:
    """Places that look like the finder patterns of an upright QR code; a photo has a few by chance."""
    if min(image.size) < 21 or image.width * image.height > _PIXELS:
        return []
    levels = np.asarray(image.convert("L"))
    rows = np.arange(1, levels.shape[0], _EVERY)
    found: list[Finder] = []
    for row, x, module in _repeated(_crossings(levels[rows])):
        y = float(rows[row])
        if any(_near(one.x, x, one.module, module) and _near(one.y, y, one.module, module) for one in found):
            continue
        column = levels[:, int(x)]
        middle = next((at for _, at, size in _crossings(column[None]) if _near(at, y, size, module)), None)
        if middle is not None and _is_pattern(levels, x, middle, module):
            found.append(Finder(x, middle, module))
    return found[:_MOST]


def has_qr_code(image: Image.Image, least: float = 1.0) -> bool:
    """True where three finder patterns stand at the corners of a square, as those of a code do.

    Their modules are of at least `least` pixels.
    """
    found = [one for one in finders(image) if one.module >= least]
    for corner in found:
        away = [(one.x - corner.x, one.y - corner.y) for one in found if _alike(one.module, corner.module)]
        wide = [x for x, y in away if 12 * corner.module < abs(x) and abs(y) < _SKEW * abs(x)]
        high = [y for x, y in away if 12 * corner.module < abs(y) and abs(x) < _SKEW * abs(y)]
        if any(abs(abs(x) - abs(y)) < _SKEW * abs(x) for x in wide for y in high):
            return True
    return False


def _is_pattern(levels: Levels, x: float, y: float, module: float) -> bool:
    """Whether the middles of the 7 × 7 modules around a place are dark and light as in a finder pattern."""
    steps = np.arange(-3, 4) * module
    across, down = np.round(x - 0.5 + steps).astype(int), np.round(y - 0.5 + steps).astype(int)
    if min(across[0], down[0]) < 0 or across[-1] >= levels.shape[1] or down[-1] >= levels.shape[0]:
        return False
    seen = levels[np.ix_(down, across)].astype(np.int32)
    dark = seen < (int(seen.min()) + int(seen.max())) // 2
    return int((dark == _PATTERN).sum()) >= _ALIKE


def _alike(one: float, other: float) -> bool:
    return 0.7 < one / other < 1.4


def _repeated(crossings: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Those that the next line has as well: chance seldom repeats itself."""
    by_line: dict[int, list[tuple[float, float]]] = {}
    for line, x, module in crossings:
        by_line.setdefault(line, []).append((x, module))
    return [
        (line, x, module)
        for line, x, module in crossings
        if any(abs(x - at) <= module and _alike(size, module) for at, size in by_line.get(line + 1, ()))
    ]


def _near(one: float, other: float, module: float, size: float) -> bool:
    return abs(one - other) <= 3.5 * max(module, size) and 0.6 < module / size < 1.7


def _crossings(lines: Levels) -> list[tuple[int, float, float]]:
    """Where lines of pixels cross something of that ratio: the line, the middle, the size of a module."""
    low, high = lines.min(axis=1, keepdims=True), lines.max(axis=1, keepdims=True)
    dark = lines < (low.astype(np.int32) + high) // 2
    dark &= (high.astype(np.int32) - low) >= _CONTRAST
    width = lines.shape[1]
    padded = np.zeros((len(lines), width + 2), dtype=np.int8)
    padded[:, 1:-1] = dark
    edges = np.flatnonzero(np.diff(padded.ravel()))  # a line begins and ends light: no run reaches over it
    if len(edges) < 6:
        return []
    runs = np.diff(edges)
    starts = np.arange(0, len(runs) - 4, 2)  # every second edge is one from light to dark
    five = [runs[starts + at] for at in range(5)]
    module: NDArray[np.float64] = (five[0] + five[1] + five[2] + five[3] + five[4]) / 7
    fits = module >= 1
    for run, wanted in zip(five, _RATIO, strict=True):
        fits &= np.abs(run - wanted * module) <= _TOLERANCE * module * (3 if wanted == 3 else 1) + 0.5
    first = edges[starts]
    line = first // (width + 2)
    fits &= edges[starts + 5] // (width + 2) == line
    middle = first - line * (width + 2) + 3.5 * module
    return [(int(line[at]), float(middle[at]), float(module[at])) for at in np.flatnonzero(fits)]
