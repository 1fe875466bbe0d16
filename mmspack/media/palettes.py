"""Few colours for many: choosing a palette, and the nearest of its colours for any pixel."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

_BITS = 7
_ROUNDS = 5
_MOST = 6000
_WEIGHT, _SEED_WEIGHT, _FEW = 0.7, 0.5, 8
"""Powers of how often a colour is seen: in the means, and where the first centres are looked for among more
than `_FEW`. Rare colours are shades of edges, which cost bytes; seven drawings at 5 to 64 colours."""
_MANY, _MANY_SEED_WEIGHT = 112, 0.9
"""Colours from which bytes are usually enough, and frequent shades (a smooth ground) come first: a logo on
one looked 3 points better, fourteen other graphics the same to 0.5. A screenshot with photos lost 11."""
_CHUNK = 256
"""Rows at once: within the processor's cache, and too few for the matrix library to start threads."""


def choose(colours: Bytes, counts: NDArray[np.int64], size: int) -> Bytes:
    """At most `size` colours for `colours` (rows of red, green, blue) seen `counts` times each."""
    return Chooser(colours, counts)(size)


class Chooser:
    """Palettes of any size for `colours` (rows of red, green, blue) seen `counts` times each.

    The first centres are those farthest from the ones before, then k-means. A centre whose pixels are mostly
    of one colour is that colour to the bit: white paper, a brand's colour. `few`: it is a drawing, and these
    are all of its colours.
    """

    def __init__(self, colours: Bytes, counts: NDArray[np.int64], *, few: bool = False) -> None:
        self._all = colours
        self._many = _MANY if few else sys.maxsize
        order = np.argsort(-counts, kind="stable")[:_MOST]
        self._colours, self._seen = colours[order], counts[order].astype(np.float64)
        self._weights = self._seen**_WEIGHT
        self._seeds: dict[float, list[int]] = {}

    def __call__(self, size: int) -> Bytes:
        """A palette of at most `size` colours."""
        if len(self._all) <= size:
            return self._all
        colours, weights = self._colours, self._weights
        power = _WEIGHT if size <= _FEW else _SEED_WEIGHT if size < self._many else _MANY_SEED_WEIGHT
        seeds = self._first(power, size)
        centres = colours[seeds].astype(np.float64)
        for _ in range(_ROUNDS):
            nearest = _nearest(colours, centres.astype(np.float32))
            total = np.bincount(nearest, weights, minlength=len(centres))
            for channel in range(3):
                sums = np.bincount(nearest, weights * colours[:, channel], minlength=len(centres))
                centres[:, channel] = np.where(total > 0, sums / np.maximum(total, 1e-9), centres[:, channel])
        nearest = _nearest(colours, centres.astype(np.float32))
        total = np.bincount(nearest, self._seen, minlength=len(centres))
        used, most_frequent = np.unique(nearest, return_index=True)  # the colours come sorted by how often
        pure = self._seen[most_frequent] * 2 >= total[used]
        centres[used[pure]] = colours[most_frequent[pure]]
        return np.unique(centres.round().clip(0, 255).astype(np.uint8), axis=0)

    def _first(self, power: float, size: int) -> list[int]:
        """The most frequent colour, then always the one that weighs most by its distance from those."""
        chosen = self._seeds.setdefault(power, [])
        if len(chosen) < size:
            del chosen[:]
            red, green, blue = (self._colours[:, channel].astype(np.float32) for channel in range(3))
            away = np.full(len(red), np.inf, dtype=np.float32)
            weights = (self._seen**power).astype(np.float32)
            found = 0
            for _ in range(max(size, _FEW if power == _WEIGHT else 64)):
                chosen.append(found)
                apart = (red - red[found]) ** 2
                apart += (green - green[found]) ** 2
                apart += (blue - blue[found]) ** 2
                np.minimum(away, apart, out=away)
                found = int((away * weights).argmax())
        return chosen[:size]


def dominant(pixels: Bytes, least: float) -> Bytes:
    """The colours that at least a share of `least` of the pixels have to the bit, the rarest first."""
    wide = pixels.reshape(-1, 3).astype(np.int32)
    codes, counts = np.unique((wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2], return_counts=True)
    order = np.argsort(counts, kind="stable")
    codes = codes[order][counts[order] >= least * len(wide)]
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=-1).astype(np.uint8)


def exact(palette: Bytes, colours: Bytes) -> Bytes:
    """The palette with `colours` to the bit where it has them to 7 bits a channel, as `histogram` does."""
    by_code = dict(zip(_codes(colours).tolist(), colours, strict=True))
    entries = zip(_codes(palette).tolist(), palette, strict=True)
    return np.unique(np.array([by_code.get(code, entry) for code, entry in entries], dtype=np.uint8), axis=0)


def error(colours: Bytes, counts: NDArray[np.int64], palette: Bytes) -> float:
    """Root mean square over channels and pixels of what `palette` changes."""
    nearest = palette[_nearest(colours, palette.astype(np.float32))].astype(np.float64)
    squares = ((colours - nearest) ** 2).mean(axis=1)
    return float(np.sqrt((squares * counts).sum() / max(1, counts.sum())))


class Mapper:
    """The nearest palette index of pixels, remembered for every colour once seen.

    Colours are kept apart to 7 bits a channel; to all 8 where those that there are come as `known` (rows).
    """

    def __init__(self, palette: Bytes, known: Bytes | None = None) -> None:
        self._palette = palette.astype(np.float32)
        self._bits = _BITS if known is None else 8
        # One more than the index, so that the system hands out pages only where there are colours.
        self._table = np.zeros(1 << 3 * self._bits, dtype=np.uint16)
        if known is not None:
            self._learn(_codes(known, 8), known)

    def __call__(self, pixels: Bytes) -> Bytes:
        """Indices of an array of pixels (height, width, 3)."""
        codes = _codes(pixels, self._bits)
        found = self._table.take(codes)
        unseen = found == 0
        if unseen.any():
            new = np.unique(codes[unseen])
            self._learn(new, _colours(new, self._bits))
            found = self._table.take(codes)
        return (found - 1).astype(np.uint8)

    def _learn(self, codes: NDArray[np.int32], colours: Bytes) -> None:
        self._table[codes] = _nearest(colours, self._palette).astype(np.uint16) + 1


class Shades:
    """The colours of one array of pixels (height, width, 3), to be shown in one palette after another.

    They are kept apart as `Mapper` does: `exactly` to all 8 bits a channel.
    """

    def __init__(self, pixels: Bytes, *, exactly: bool) -> None:
        bits = 8 if exactly else _BITS
        codes = _codes(pixels, bits)
        there = np.zeros(1 << 3 * bits, dtype=np.bool_)
        there[codes] = True
        found = np.flatnonzero(there)
        places = np.empty(1 << 3 * bits, dtype=np.int32)  # of which only those of `found` are ever touched
        places[found] = np.arange(len(found), dtype=np.int32)
        self._colours, self._places = _colours(found, bits), places.take(codes)

    def indices(self, palette: Bytes) -> Bytes:
        """The nearest palette index of each pixel."""
        return _nearest(self._colours, palette.astype(np.float32)).take(self._places)


def histogram(pixels: Bytes) -> tuple[Bytes, NDArray[np.int64]]:
    """The colours of an array of pixels, to 7 bits a channel, and how often each is seen."""
    counts = np.bincount(_codes(pixels).ravel(), minlength=1 << 3 * _BITS)
    codes = np.flatnonzero(counts)
    return _colours(codes), counts[codes]


def gather(colours: Bytes, counts: NDArray[np.int64]) -> tuple[Bytes, NDArray[np.int64]]:
    """Colours that agree to 6 bits a channel as their mean: `choose` looks at a few thousand alone."""
    high = (colours >> 2).astype(np.int32)
    _, group = np.unique((high[:, 0] << 12) | (high[:, 1] << 6) | high[:, 2], return_inverse=True)
    together = np.bincount(group, counts)
    means = [np.bincount(group, counts * colours[:, channel]) / together for channel in range(3)]
    return np.stack(means, axis=-1).round().astype(np.uint8), together.astype(np.int64)


def _codes(pixels: Bytes, bits: int = _BITS) -> NDArray[np.int32]:
    high = (pixels >> (8 - bits)).astype(np.int32)
    return (high[..., 0] << 2 * bits) | (high[..., 1] << bits) | high[..., 2]


def _colours(codes: NDArray[np.integer], bits: int = _BITS) -> Bytes:
    mask = (1 << bits) - 1
    rows = np.stack([codes >> 2 * bits & mask, codes >> bits & mask, codes & mask], axis=-1)
    return (rows * 255 // mask).astype(np.uint8)


def _nearest(colours: NDArray[np.generic], palette: NDArray[np.float32]) -> NDArray[np.uint8]:
    found = np.empty(len(colours), dtype=np.uint8)
    squares = (palette * palette).sum(axis=1)
    for at in range(0, len(colours), _CHUNK):
        rows = colours[at : at + _CHUNK].astype(np.float32)
        found[at : at + _CHUNK] = (squares - 2 * rows @ palette.T).argmin(axis=1)
    return found
