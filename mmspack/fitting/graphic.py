"""A drawing as a function of bytes: as many colours as they hold, found by trials on tiles."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from mmspack.media import graphics, palettes
from mmspack.media.encoding import encoded
from mmspack.media.tiles import Tiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

COLOURS = (
    256,
    224,
    192,
    160,
    128,
    112,
    96,
    80,
    64,
    56,
    48,
    40,
    32,
    28,
    24,
    20,
    16,
    14,
    12,
    10,
    8,
    7,
    6,
    5,
    4,
)
_KNOWN = 8192
"""Colours up to which they are kept apart to the bit: 7 bits a channel cost 2 points on a smooth ground."""
_DRAWN_IN_CURVES = (256, 96, 48, 24, 12, 8, 4)
_DOMINANT = 0.004
"""Share of the pixels from which a colour is kept to the bit: white paper, a brand's colours."""
_LOOKED_AT = 150_000
"""Pixels of a grid in which the frequent colours are looked for."""
_HEAD = 900
"""Bytes of a PNG that do not grow with it, and are not counted as often as the tiles go into the picture."""
_NEAR = 1.25
"""Times the bytes that there are up to which a prediction is worth an encode."""
_DOUBTFUL = 2.0
"""Times the bytes that there are up to which an expectation is not believed without an encode: a page of
words took a third less."""
_DEEPER, _MOST_SAVED, _SURE = 0.955, 0.9, 1.5
"""Share of a quick encode's bytes that the best one takes, the least share of them, and times the bytes that
are expected from which no quick one is needed."""
_ROOMY = 0.9
"""Share of the bytes below which a quick encode leaves room for more colours. The best encode of a screenshot
takes six times as long (60 ms)."""
_TINY = 6000
"""Bytes up to which a quick encode says too little of the best one, which takes as little time."""
_FULL = 0.985
"""Share of the bytes from which more colours are not looked for. With 0.94, a logo in 25 kB stays 1.2 points
below the next palette, which takes 203 bytes more."""
_ENCODES, _MOST_ENCODES = 4, 12
"""Encodes of the whole drawing; the second where a quality was asked for."""


class Drawn(NamedTuple):
    """An encode of a graphic: its bytes, how many colours (0: all of them), and how it looks."""

    data: bytes
    colours: int
    quality: float
    exact: bool
    """True when no pixel is changed."""


class Graphic:
    """A drawing at display size as PNG or GIF (`kind`) with any number of colours.

    With `lossy`, its colours are a codec's: keeping all of them gains nothing.
    """

    def __init__(
        self, image: Image.Image, kind: str, tiles: Tiles, *, lossy: bool, sure: bool = False
    ) -> None:
        self._encodes = _MOST_ENCODES if sure else _ENCODES
        self._image = image
        self._kind = kind
        self._tiles = tiles
        self._pixels: Bytes = np.asarray(image)
        counted = image.getcolors(_KNOWN) or []
        self._known = np.array([colour for _, colour in counted], dtype=np.uint8) if counted else None
        self._counts = np.array([count for count, _ in counted], dtype=np.int64)
        self._exact = 0 < len(counted) <= 256
        self.sizes: tuple[int, ...] = COLOURS
        if self._exact:
            self.sizes = (len(counted), *(size for size in COLOURS if size < len(counted)))
        self._whole = not self._exact and kind == "PNG" and not lossy
        self._palettes: dict[int, Bytes] = {}
        self._coded: dict[int, int] = {}
        self._scores: dict[int, float] = {}
        self._boards: dict[int, Bytes] = {}
        self._made: dict[int, Drawn] = {}
        self._quickly: dict[int, int] = {}
        self._drawn: tuple[int, Bytes] | None = None
        self._times = tiles.times

    @cached_property
    def _choose(self) -> palettes.Chooser:
        """Only once a palette is asked for: most drawings from a codec are well served by a JPEG."""
        if self._known is None:
            return palettes.Chooser(*palettes.histogram(self._pixels))
        return palettes.Chooser(self._known, self._counts, few=True)

    def points(self, limit: int) -> list[tuple[int, float]]:
        """Bytes and quality that a few palettes are expected to have, and all colours."""
        sizes = [size for size in self.sizes if size in _DRAWN_IN_CURVES or size == self.sizes[0]]
        found = []
        if self._whole:
            found.append((self._expect_whole(), 100.0))
        for size in sizes:
            found.append(self.expected(size))
        return [point for point in found if point[0] <= limit]

    @property
    def ceiling(self) -> float:
        """The quality that no number of bytes takes it beyond."""
        return 100.0 if self._whole else self.expected(self.sizes[0])[1]

    def best(self, limit: int) -> Drawn | None:
        """The palette of most colours, or all colours, that take at most `limit` bytes."""
        if self._whole and self._expect_whole() <= _NEAR * limit:
            whole = self._encode_whole()
            if len(whole.data) <= limit:
                return whole
        low, high = 0, len(self.sizes)
        best: Drawn | None = None
        roomy: int | None = None
        for _ in range(self._encodes):
            at = min(self._first_within(limit, low, high), high - 1)
            if not low <= at < high:
                break
            if at > low and self._leaves_room(limit, self.sizes[at]):
                roomy = high = at
                continue
            made = self._within(limit, self.sizes[at])
            if made is None:
                low = at + 1
                continue
            best, high, roomy = made, at, None
            if len(made.data) >= _FULL * limit:
                break
        if roomy is not None:
            best = self._within(limit, self.sizes[roomy]) or best
        if best is None and low < len(self.sizes):
            best = self._within(limit, self.sizes[-1])
        return best

    def _first_within(self, limit: float, low: int, high: int) -> int:
        """The place of the first size from `low` to `high` that is expected to take at most `limit` bytes."""
        while low < high:
            middle = (low + high) // 2
            if self._expected_bytes(self.sizes[middle]) <= limit:
                high = middle
            else:
                low = middle + 1
        return low

    def expected_at(self, limit: int) -> float | None:
        """The quality that `limit` bytes are expected to reach; None where no palette takes so few."""
        if self._whole and self._expect_whole() <= limit:
            return 100.0
        at = self._first_within(_NEAR * limit, 0, len(self.sizes))
        fewest = self.sizes[-1]
        if at == len(self.sizes) and limit > _TINY and self._expected_bytes(fewest) < _DOUBTFUL * limit:
            self._quick(fewest)  # where words repeat, the whole takes far less than its tiles promise
            at = self._first_within(_NEAR * limit, 0, len(self.sizes))
        return self.expected(self.sizes[at])[1] if at < len(self.sizes) else None

    def expected(self, size: int) -> tuple[int, float]:
        """Bytes and quality of a palette of `size` colours, by an encode of the tiles."""
        if size in self._made:
            made = self._made[size]
            return len(made.data), made.quality
        return self._expected_bytes(size), self._score(size)

    def _expected_bytes(self, size: int) -> int:
        """As `expected`, without looking at the tiles, which takes longer than to encode them."""
        if size in self._made:
            return len(self._made[size].data)
        if size not in self._coded:
            coded = graphics.encode(self._board(size), self._palette(size), self._kind, quick=True)
            self._coded[size] = len(coded)
        coded_bytes = self._coded[size]
        return round(min(coded_bytes, _HEAD) + max(0, coded_bytes - _HEAD) * self._times)

    def _score(self, size: int) -> float:
        if size not in self._scores:
            shown = Image.fromarray(self._palette(size)[self._board(size)])
            self._scores[size] = 100.0 if self._is_same(size) else self._tiles.score_of(shown)
        return self._scores[size]

    def _board(self, size: int) -> Bytes:
        """The tiles in a palette of `size` colours."""
        if size not in self._boards:
            palette = self._palette(size)
            self._boards[size] = (
                graphics.indices_of(self._tiles.at(1.0), palette)
                if self._is_same(size)
                else self._shades.indices(palette)
            )
        return self._boards[size]

    @cached_property
    def _shades(self) -> palettes.Shades:
        return palettes.Shades(np.asarray(self._tiles.at(1.0)), exactly=self._known is not None)

    def _is_same(self, size: int) -> bool:
        """A palette of so many colours changes no pixel."""
        return self._exact and size == self.sizes[0]

    def encode(self, size: int) -> Drawn:
        """The drawing in a palette of `size` colours. Corrects what is expected of the others."""
        made = self._within(sys.maxsize, size)
        assert made is not None  # noqa: S101 - every number of bytes is enough
        return made

    def _within(self, limit: int, size: int) -> Drawn | None:
        """The drawing in `size` colours, where that takes at most `limit` bytes."""
        if size not in self._made:
            palette = self._palette(size)
            if _TINY < limit < _SURE * self._expected_bytes(size) and self._quick(size) * _MOST_SAVED > limit:
                return None
            data = graphics.encode(self._indices(size), palette, self._kind)
            self._learn(size, len(data))
            self._made[size] = Drawn(data, len(palette), self._score(size), self._is_same(size))
        made = self._made[size]
        return made if len(made.data) <= limit else None

    def _leaves_room(self, limit: int, size: int) -> bool:
        """True where more colours are likely to fit: these are made only where they turn out not to."""
        return size not in self._made and limit > _TINY and self._quick(size) < _ROOMY * limit

    def _quick(self, size: int) -> int:
        """The bytes of a quick encode, which correct what is expected of the others."""
        if size not in self._quickly:
            quick = graphics.encode(self._indices(size), self._palette(size), self._kind, quick=True)
            self._quickly[size] = len(quick)
            self._learn(size, round(len(quick) * _DEEPER))
        return self._quickly[size]

    def _indices(self, size: int) -> Bytes:
        """The drawing in a palette of `size` colours; the last one is kept."""
        if self._drawn is None or self._drawn[0] != size:
            palette = self._palette(size)
            indices = (
                graphics.indices_of(self._image, palette)
                if self._is_same(size)
                else palettes.Mapper(palette, self._known)(self._pixels)
            )
            self._drawn = size, indices
        return self._drawn[1]

    def _learn(self, size: int, found: int) -> None:
        """Correct what is expected by the bytes of the whole drawing."""
        coded = self._coded[size]
        if coded > _HEAD and found > _HEAD:
            self._times = (found - _HEAD) / (coded - _HEAD)

    def _palette(self, size: int) -> Bytes:
        if size not in self._palettes:
            chosen = self._choose(size)
            self._palettes[size] = palettes.exact(chosen, self._dominant) if self._known is None else chosen
        return self._palettes[size]

    @cached_property
    def _dominant(self) -> Bytes:
        step = max(1, round((self._image.width * self._image.height / _LOOKED_AT) ** 0.5))
        return palettes.dominant(self._pixels[::step, ::step], _DOMINANT)

    def _expect_whole(self) -> int:
        if 0 in self._made:
            return len(self._made[0].data)
        if 0 not in self._coded:
            self._coded[0] = len(encoded(self._tiles.at(1.0), "PNG", compress_level=6))
        return round(self._coded[0] * self._tiles.times)

    def _encode_whole(self) -> Drawn:
        if 0 not in self._made:
            data = encoded(self._image, "PNG", compress_level=9)
            self._made[0] = Drawn(data, 0, 100.0, True)
        return self._made[0]
