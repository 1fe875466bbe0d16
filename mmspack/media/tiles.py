"""A picture known by its tiles: a small share of it, encoded and compared, stands for the whole."""

from __future__ import annotations

import math
from copy import copy
from functools import cached_property

import numpy as np
from PIL import Image

from mmspack.media import scaling, ssimulacra
from mmspack.media.decoders import open_own

SIDE = 64
"""Pixels a side of a tile: a whole number of JPEG's blocks of 16, at a half and a quarter of the size too."""
_MARGIN = 8
"""Pixels at the edges of a tile that are not compared: a neighbour's colour bleeds into them."""
_PIXELS = 180_000
"""Pixels of all tiles: with 120,000, one picture in 20 is off by more than 3 points."""
_COLOURFUL = 2.2
"""Levels that the colour differences lose at half resolution: 0.7 to 3.5 in photos, 6 to 8 with red text."""
_EVEN = 2
"""Levels of a channel within which a tile of a drawing is of one colour. With 3 of luma, soft gradients were
left out, and palettes that make bands of them were promised 13 to 25 points too many; with 1, a large
code was thought not to fit in 80 kB with all its colours, where it does."""
_GAINS_BY_LIGHT, _SOME = 4.5, 16
"""Points that a half of the size gains by light before it is encoded, from which it gains encoded, too (14
photos and five drawings at two sizes), and of how many tiles that is seen."""
_AROUND = 8
"""Pixels of a smaller picture around a tile that its filter may reach."""
_SHARE = 0.45
"""Largest share of a picture, so that a small one is not encoded twice over."""


class Tiles:
    """Tiles of an RGB picture, side by side in one small picture, and what an encode of them looks like.

    They have `pixels` together at most. A picture too small to be divided is its own only tile. With `drawn`,
    tiles of one flat colour are left out: there is nothing in them that an encoder could spoil, and most of a
    drawing is of that kind.
    """

    def __init__(self, image: Image.Image, *, drawn: bool = False, pixels: int = _PIXELS) -> None:
        self._image = image
        self._drawn = drawn
        places, self._share = _busy_places(image, pixels) if drawn else (_places(image.size, pixels), 1.0)
        self._arrange(places)
        pixels = len(self._places) * SIDE * SIDE or image.width * image.height
        self.times = image.width * image.height * self._share / pixels
        """How many times the tiles go into what the picture has of their kind."""

    def _arrange(self, places: list[tuple[int, int]]) -> None:
        count = len(places)
        self._columns = max(1, math.ceil(math.sqrt(count)))
        self._rows = max(1, count // self._columns)
        self._places = places[: self._columns * self._rows]
        self._wanted: ssimulacra.Reference | None = None
        self._measures: tuple[ssimulacra.Reference, ssimulacra.Reference] | None = None
        self._made: dict[tuple[float, bool], Image.Image] = {}

    def at(self, factor: float, *, lit: bool = False) -> Image.Image:
        """The tiles at a fraction of their size, resized with what is around each; `lit`: by their light."""
        if (factor, lit) not in self._made:
            self._made[factor, lit] = self._assembled(factor, lit=lit)
        return self._made[factor, lit]

    def _assembled(self, factor: float, *, lit: bool) -> Image.Image:
        if not self._places:
            size = (max(1, round(self._image.width * factor)), max(1, round(self._image.height * factor)))
            return self._image if factor == 1 else scaling.resized(self._image, size, lit=lit)
        return self._board_of(self._image, factor, lit=lit)

    def _board_of(self, image: Image.Image, factor: float, *, lit: bool = False) -> Image.Image:
        """The tiles of a picture of the same size, side by side."""
        side, around = round(SIDE * factor), math.ceil(_AROUND / factor)
        board = Image.new("RGB", (self._columns * side, self._rows * side))
        for number, (left, top) in enumerate(self._places):
            box = (left, top, left + SIDE, top + SIDE)
            if factor == 1:
                tile = image.crop(box)
            elif lit:
                first = max(0, left - around), max(0, top - around)
                wide = image.crop(
                    (*first, min(image.width, box[2] + around), min(image.height, box[3] + around))
                )
                inner = (left - first[0], top - first[1], box[2] - first[0], box[3] - first[1])
                tile = scaling.resized(wide, (side, side), inner, lit=True)
            else:
                tile = image.resize((side, side), Image.Resampling.LANCZOS, box=box)
            row, column = divmod(number, self._columns)
            board.paste(tile, (column * side, row * side))
        return board

    def _some(self, count: int) -> Tiles:
        """About so many of the tiles, spread as all of them are."""
        some = copy(self)
        some._arrange(self._places[:: max(1, len(self._places) // count)])
        return some

    @cached_property
    def gain_by_light(self) -> bool:
        """True where the picture looks better made smaller by its light: words, fine patterns, noise."""
        few = self._some(_SOME)
        plain, lit = (few.score_of(few.at(0.5, lit=lit)) for lit in (False, True))
        return lit - plain > _GAINS_BY_LIGHT

    @cached_property
    def colourful(self) -> bool:
        """True where colour at half resolution may be seen."""
        return max(_lost_at_half(plane, 2) for plane in self._colours) >= _COLOURFUL

    @cached_property
    def glaring(self) -> float:
        """Levels that the worst places of the colour differences lose at half resolution (fourth powers)."""
        return max(_lost_at_half(plane, 4) for plane in self._colours)

    @cached_property
    def _colours(self) -> tuple[Image.Image, ...]:
        return self._inner(self.at(1.0)).convert("YCbCr").split()[1:]

    def score(self, data: bytes) -> float:
        """How an encode of the tiles, at whatever size, looks (SSIMULACRA2)."""
        with open_own(data) as opened:
            return self.score_of(opened.convert("RGB"))

    def score_of(self, shown: Image.Image) -> float:
        """The same of the decoded tiles."""
        whole = self.at(1.0)
        if shown.size != whole.size:
            shown = shown.resize(whole.size, Image.Resampling.BICUBIC)
        if self._wanted is None:
            window = ssimulacra.BELL if self._drawn else ssimulacra.BOX
            self._wanted = ssimulacra.Reference(self._inner(whole), window=window, share=self._share)
        return self._wanted.score(self._inner(shown))

    def measured(self, shown: Image.Image) -> float:
        """How an encode of the whole picture looks, at whatever size: within a point or two of the metric.

        The finest scale, which is most of the work, is looked at on the tiles alone; all others on the whole.
        """
        whole = self._image
        shown = shown.convert("RGB")
        if shown.size != whole.size:
            shown = shown.resize(whole.size, Image.Resampling.BICUBIC)
        if self._measures is None:
            fine = ssimulacra.SCALES[:1] if self._places else ssimulacra.SCALES[:0]
            self._measures = (
                ssimulacra.Reference(self._inner(self.at(1.0)), share=self._share, scales=fine),
                ssimulacra.Reference(whole, scales=ssimulacra.SCALES[len(fine) :]),
            )
        tiles, all_of_it = self._measures
        differing = all_of_it.unlike(shown)
        if self._places:
            differing += tiles.unlike(self._inner(self._board_of(shown, 1.0)))
        return ssimulacra.score_of(differing)

    def _inner(self, board: Image.Image) -> Image.Image:
        if not self._places:
            return board
        side = SIDE - 2 * _MARGIN
        inner = Image.new("RGB", (self._columns * side, self._rows * side))
        for number in range(len(self._places)):
            row, column = divmod(number, self._columns)
            left, top = column * SIDE + _MARGIN, row * SIDE + _MARGIN
            inner.paste(board.crop((left, top, left + side, top + side)), (column * side, row * side))
        return inner


def _busy_places(image: Image.Image, pixels_in_all: int) -> tuple[list[tuple[int, int]], float]:
    """Where the tiles of a drawing are that show more than one colour, and their share of all tiles.

    Evenly spread where they are many; none where the picture is small.
    """
    width, height = image.size
    columns, rows = width // SIDE, height // SIDE
    if width * height <= pixels_in_all or min(columns, rows) < 1:
        return [], 1.0
    pixels = np.asarray(image.convert("RGB"))
    down = [
        np.linspace(0, height - SIDE, rows).astype(int),
        np.linspace(0, width - SIDE, columns).astype(int),
    ]
    places = []
    for top in down[0]:
        strip = pixels[top : top + SIDE]
        low, high = strip.min(axis=0), strip.max(axis=0)
        for left in down[1]:
            apart = high[left : left + SIDE].max(axis=0) - low[left : left + SIDE].min(axis=0)
            if apart.max() > _EVEN:
                places.append((int(left), int(top)))
    if not places:
        return [], 1.0
    share = len(places) / (columns * rows)
    most = pixels_in_all // (SIDE * SIDE)
    if len(places) > most:
        places = [places[at * len(places) // most] for at in range(most)]
    return places, share


def _lost_at_half(plane: Image.Image, power: int) -> float:
    """What a plane loses at half its size, in levels: the mean of that power, and its root."""
    half = plane.reduce(2).resize(plane.size, Image.Resampling.BICUBIC)
    lost = np.asarray(plane, dtype=np.float32) - np.asarray(half, dtype=np.float32)
    mean = float((lost**power).mean())
    return float(mean ** (1 / power))


def _places(size: tuple[int, int], most: int) -> list[tuple[int, int]]:
    """Where the tiles are, evenly spread, every second row moved by half a step; none in a small picture."""
    width, height = size
    pixels = min(most, _SHARE * width * height)
    pitch = SIDE * math.sqrt(width * height / pixels)
    columns, rows = int(width / pitch), int(height / pitch)
    if columns < 3 or rows < 3:
        return []
    across, down = width / columns, height / rows
    places = []
    for row in range(rows):
        top = int(row * down + (down - SIDE) / 2)
        for column in range(columns):
            shift = (across - SIDE) * (0.25 if row % 2 else 0.75)
            places.append((int(column * across + shift), top))
    return places
