"""Few colours for many: choosing a palette, and the nearest of its colours for any pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

_BITS = 7
_ROUNDS = 3
_MOST = 6000
_UNSEEN = -1
_CHUNK = 256
"""Rows at once: within the processor's cache, and too few for the matrix library to start threads."""


def choose(colours: Bytes, counts: NDArray[np.int64], size: int) -> Bytes:
    """At most `size` colours for `colours` (rows of red, green, blue) seen `counts` times each.

    Median cut, then a few rounds of k-means with the counts as weights.
    """
    if len(colours) <= size:
        return colours
    order = np.argsort(counts)[::-1][:_MOST]
    colours, weights = colours[order], np.sqrt(counts[order].astype(np.float64))
    repeated = np.repeat(colours, np.clip(weights / weights.mean() * 2, 1, 16).astype(int), axis=0)
    strip = Image.fromarray(repeated.reshape(1, -1, 3))
    cut = strip.quantize(size, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    centres = np.array(cut.getpalette(), dtype=np.float64).reshape(-1, 3)[:size]
    for _ in range(_ROUNDS):
        nearest = _nearest(colours, centres.astype(np.float32))
        total = np.bincount(nearest, weights, minlength=len(centres))
        for channel in range(3):
            sums = np.bincount(nearest, weights * colours[:, channel], minlength=len(centres))
            centres[:, channel] = np.where(total > 0, sums / np.maximum(total, 1e-9), centres[:, channel])
    return np.unique(centres.round().clip(0, 255).astype(np.uint8), axis=0)


def pinned(palette: Bytes, colours: Bytes) -> Bytes:
    """The palette with `colours` in it to the bit, each in place of the nearest entry that is still free."""
    wide = palette.astype(np.int32)
    free = np.ones(len(palette), dtype=np.bool_)
    for colour in colours[: len(palette)].astype(np.int32):
        away = ((wide - colour) ** 2).sum(axis=1)
        nearest = int(np.where(free, away, np.iinfo(np.int32).max).argmin())
        wide[nearest] = colour
        free[nearest] = False
    return np.unique(wide.astype(np.uint8), axis=0)


def dominant(pixels: Bytes, least: float) -> Bytes:
    """The colours that at least a share of `least` of the pixels have to the bit, the most frequent first."""
    wide = pixels.reshape(-1, 3).astype(np.int32)
    codes, counts = np.unique((wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    codes = codes[order][counts[order] >= least * len(wide)]
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=-1).astype(np.uint8)


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
