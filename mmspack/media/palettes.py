"""Few colours for many: choosing a palette, and the nearest of its colours for any pixel."""

from __future__ import annotations

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
_UNSEEN = -1
_CHUNK = 256
"""Rows at once: within the processor's cache, and too few for the matrix library to start threads."""


def choose(colours: Bytes, counts: NDArray[np.int64], size: int) -> Bytes:
    """At most `size` colours for `colours` (rows of red, green, blue) seen `counts` times each."""
    return Chooser(colours, counts)(size)


class Chooser:
    """Palettes of any size for `colours` (rows of red, green, blue) seen `counts` times each.

    The first centres are those farthest from the ones before, then k-means. A centre whose pixels are mostly
    of one colour is that colour to the bit: white paper, a brand's colour.
    """

    def __init__(self, colours: Bytes, counts: NDArray[np.int64]) -> None:
        self._all = colours
        order = np.argsort(-counts, kind="stable")[:_MOST]
        self._colours, self._seen = colours[order], counts[order].astype(np.float64)
        self._weights = self._seen**_WEIGHT
        self._seeds: list[int] = []

    def __call__(self, size: int) -> Bytes:
        """A palette of at most `size` colours."""
        if len(self._all) <= size:
            return self._all
        colours, weights = self._colours, self._weights
        seeds = (
            self._first(weights, size, []) if size <= _FEW else self._first(self._seen**_SEED_WEIGHT, size)
        )
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

    def _first(self, weights: NDArray[np.float64], size: int, known: list[int] | None = None) -> list[int]:
        """The most frequent colour, then always the one that weighs most by its distance from those."""
        chosen = self._seeds if known is None else known
        if len(chosen) < size:
            del chosen[:]
            red, green, blue = (self._colours[:, channel].astype(np.float32) for channel in range(3))
            away = np.full(len(red), np.inf, dtype=np.float32)
            weights = weights.astype(np.float32)
            found = 0
            for _ in range(max(size, 0 if known is not None else 64)):
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
    """The nearest palette index of pixels, remembered for every colour (to 7 bits a channel) once seen."""

    def __init__(self, palette: Bytes) -> None:
        self._palette = palette.astype(np.float32)
        self._table = np.full(1 << 3 * _BITS, _UNSEEN, dtype=np.int16)

    def __call__(self, pixels: Bytes) -> Bytes:
        """Indices of an array of pixels (height, width, 3)."""
        codes = _codes(pixels)
        found = self._table.take(codes)
        unseen = found == _UNSEEN
        if unseen.any():
            new = np.unique(codes[unseen])
            self._table[new] = _nearest(_colours(new), self._palette)
            found = self._table.take(codes)
        return found.astype(np.uint8)


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


def _codes(pixels: Bytes) -> NDArray[np.int32]:
    high = (pixels >> (8 - _BITS)).astype(np.int32)
    return (high[..., 0] << 2 * _BITS) | (high[..., 1] << _BITS) | high[..., 2]


def _colours(codes: NDArray[np.integer]) -> Bytes:
    mask = (1 << _BITS) - 1
    rows = np.stack([codes >> 2 * _BITS & mask, codes >> _BITS & mask, codes & mask], axis=-1)
    return (rows * 255 // mask).astype(np.uint8)


def _nearest(colours: NDArray[np.generic], palette: NDArray[np.float32]) -> NDArray[np.uint8]:
    found = np.empty(len(colours), dtype=np.uint8)
    squares = (palette * palette).sum(axis=1)
    for at in range(0, len(colours), _CHUNK):
        rows = colours[at : at + _CHUNK].astype(np.float32)
        found[at : at + _CHUNK] = (squares - 2 * rows @ palette.T).argmin(axis=1)
    return found
