"""Animated GIFs taken apart into whole frames, and put together again from changes.

Frames are arrays of indices into one palette that all of them share.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from mmspack.errors import MediaError
from mmspack.media import damage
from mmspack.media.containers import gif
from mmspack.media.encoding import lzw
from mmspack.words import in_source, keyed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.uint8] | NDArray[np.uint16]
    Bytes = NDArray[np.uint8]

PIXEL_LIMIT = 400_000_000
"""Pixels of all frames together that are taken apart: 400 MB at most."""
FRAME_LIMIT = 3000
LONGEST_MS = 655_350
"""The longest time that a frame of a GIF can be shown: 16 bits of hundredths (GIF89a, 23)."""
_EXACT = 32_000
"""Colours of an animation that are kept to the bit."""
_PALETTE = 13
"""Where the shared palette begins: past the header and the screen descriptor."""
_MOSTLY, _HARDLY = 0.85, 0.3
"""Shares of a frame's pixels that are shown before, above which they are left out, and below which all are
drawn: `kept` here and there breaks the patterns that LZW finds, which took up to a third more bytes."""
_RUN, _DOUBLED = 8, (1, 2, 4)
"""Pixels in a row from which leaving them out pays between the two shares, and steps that add up to them."""
_RAMP = bytes(value for level in range(256) for value in (level, level, level))
_LOOP = b"!\xff\x0bNETSCAPE2.0\x03\x01%s\0"


class Stored(NamedTuple):
    """One image of a GIF as stored."""

    left: int
    top: int
    width: int
    height: int
    palette: bytes
    control: gif.Control
    body: bytes
    """Its descriptor's flags and its LZW data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Animation:
    """Whole frames, each shown for its delay. `loops`: 0 for ever, None once."""

    frames: list[Indices] = field(repr=False)
    palette: Bytes = field(repr=False)
    """Rows of red, green, blue; as many as there are indices."""
    delays_ms: list[int] = field(repr=False)
    loops: int | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self.frames[0].shape
        return width, height


def still_instead() -> str:
    """The cure where an animation is too large: its first frame, or a picture in its place."""
    return in_source(f"{keyed('still = true')} uses its first frame", "send a still picture in its place")


def read_animation(data: bytes, background: tuple[int, int, int]) -> Animation:
    """Take a GIF apart. What no frame covers shows `background`. Raises `MediaError`."""
    if len(data) < 13:
        raise MediaError("truncated GIF", hint=damage.CURE)
    width, height = struct.unpack_from("<HH", data, 6)
    blocks, loops = _parse(data)
    if not blocks:
        raise MediaError("truncated GIF", hint=damage.CURE)
    stored = sum(block.width * block.height for block in blocks)
    if max(stored, width * height * len(blocks)) > PIXEL_LIMIT or len(blocks) > FRAME_LIMIT:
        raise MediaError(
            f"{len(blocks)} frames of {width} × {height} pixels exceed the safe limit",
            hint=still_instead(),
        )
    colours = _Colours(background)
    canvas = np.zeros((height, width), dtype=np.uint16)
    frames: list[Indices] = []
    for block in blocks:
        before = canvas.copy() if block.control.disposal == 3 else None
        _draw(canvas, block, colours)
        frames.append(canvas.astype(np.uint8) if len(colours.rows) <= 256 else canvas.copy())
        if before is not None:
            canvas = before
        elif block.control.disposal == 2:
            canvas[block.top : block.top + block.height, block.left : block.left + block.width] = 0
    palette = np.array(colours.rows, dtype=np.uint8)
    return Animation(
        frames=frames, palette=palette, delays_ms=[block.control.delay_ms for block in blocks], loops=loops
    )


class _Colours:
    """All colours of all palettes, each once. Index 0 is the background.

    An index has 16 bits. Beyond `_EXACT` colours, those that are alike share one: at most 32,768 more, one
    for each 32nd of red, green and blue, so that no number of palettes is too much.
    """

    def __init__(self, background: tuple[int, int, int]) -> None:
        self.rows: list[tuple[int, int, int]] = [background]
        self._index: dict[tuple[int, int, int], int] = {}
        self._alike: dict[tuple[int, int, int], int] = {}
        self._tables: dict[bytes, Indices] = {}

    def table(self, palette: bytes) -> Indices:
        """Index here of each index of `palette`."""
        if palette not in self._tables:
            found = []
            for at in range(0, 768, 3):
                row = (palette[at], palette[at + 1], palette[at + 2]) if at + 2 < len(palette) else (0, 0, 0)
                found.append(self._of(row))
            self._tables[palette] = np.array(found, dtype=np.uint16)
        return self._tables[palette]

    def _of(self, row: tuple[int, int, int]) -> int:
        """The index of a colour, or of the one that stands for those like it."""
        found = self._index.get(row)
        if found is not None:
            return found
        alike = (row[0] >> 3, row[1] >> 3, row[2] >> 3)
        if len(self.rows) >= _EXACT and alike in self._alike:
            return self._alike[alike]
        index = len(self.rows)
        self.rows.append(row)
        if index < _EXACT:
            self._index[row] = index
        else:
            self._alike[alike] = index
        return index


def _draw(canvas: NDArray[np.uint16], block: Stored, colours: _Colours) -> None:
    raw = np.asarray(_decode(block))
    shown = canvas[block.top : block.top + block.height, block.left : block.left + block.width]
    raw = raw[: shown.shape[0], : shown.shape[1]]
    drawn = colours.table(block.palette)[raw]
    if block.control.transparent is None:
        shown[...] = drawn
    else:
        np.copyto(shown, drawn, where=raw != block.control.transparent)


def _decode(block: Stored) -> Image.Image:
    """The indices of one image as stored, through Pillow's decoder."""
    head = b"GIF89a" + struct.pack("<HHBBB", block.width, block.height, 0xF7, 0, 0) + _RAMP
    box = struct.pack("<HHHH", 0, 0, block.width, block.height)
    stored = head + b"," + box + block.body + b";"
    try:
        image = Image.open(io.BytesIO(stored), formats=["GIF"])
        image.load()
    except Exception as error:
        raise MediaError("truncated or damaged GIF", hint=damage.CURE) from error
    return image


def _parse(data: bytes) -> tuple[list[Stored], int | None]:
    shared = data[_PALETTE : gif.screen_end(data)]
    images: list[Stored] = []
    loops: int | None = None
    control = gif.Control()
    for block in gif.blocks(data):
        if block.kind == gif.IMAGE:
            images.append(_image(data, block, shared, control))
            control = gif.Control()
        elif block.kind == gif.EXTENSION:
            control = gif.control(data, block) or control
            repeated = gif.loops(data, block)
            loops = loops if repeated is None else repeated
    return images, loops


def _image(data: bytes, block: gif.Block, shared: bytes, control: gif.Control) -> Stored:
    if block.end > len(data):
        raise MediaError("truncated GIF", hint=damage.CURE)
    left, top, width, height, flags = struct.unpack_from("<HHHHB", data, block.start + 1)
    if not width or not height:
        raise MediaError("truncated GIF", hint=damage.CURE)
    coded = block.body - 1
    return Stored(
        left, top, width, height,
        palette=data[block.start + 10 : coded] or shared,
        control=control,
        body=bytes([flags & 0x40]) + data[coded : block.end],
    )  # fmt: skip


# -- writing --------------------------------------------------------------------------------------


class FrameChange(NamedTuple):
    """What one frame shows in a rectangle, as indices, and where that was shown before (None: nowhere)."""

    left: int
    top: int
    indices: Bytes
    kept: NDArray[np.bool_] | None
    delay_ms: int


def write_animation(
    size: tuple[int, int], palette: Bytes, changes: Sequence[FrameChange], loops: int | None
) -> bytes:
    """A GIF of one shared palette (at most 255 colours) whose first change covers all of it."""
    from mmspack.media.threads import ahead

    transparent = len(palette)
    bits = max(1, transparent.bit_length())
    table = palette.tobytes().ljust(3 << bits, b"\0")
    out = [b"GIF89a", struct.pack("<HHBBB", *size, 0xF0 | (bits - 1), 0, 0), table]
    if loops is not None:
        out.append(_LOOP % struct.pack("<H", loops))
    out += ahead(lambda change: write_frame(change, transparent), changes)
    return b"".join((*out, b";"))


def write_frame(change: FrameChange, transparent: int) -> bytes:
    """A frame of such a GIF; the index `transparent` leaves a pixel as it was."""
    ways = ((compress(indices), lets_through) for indices, lets_through in _ways(change, transparent))
    data, lets_through = min(ways, key=lambda way: len(way[0]))
    height, width = change.indices.shape
    shown = transparent if lets_through else 0
    control = struct.pack("<BHBB", 4 | lets_through, change.delay_ms // 10, shown, 0)
    place = struct.pack("<HHHHB", change.left, change.top, width, height, 0)
    return b"!\xf9\x04" + control + b"," + place + data


def _ways(change: FrameChange, transparent: int) -> Iterator[tuple[Bytes, bool]]:
    """Indices that show the same, some transparent, of which one or the other takes fewest bytes."""
    if change.kept is None:
        yield change.indices, False
        return
    share = float(change.kept.mean())
    if share <= _MOSTLY:
        yield change.indices, False
    if share >= _HARDLY:
        yield np.where(change.kept, np.uint8(transparent), change.indices), True
        if share <= _MOSTLY:
            yield np.where(_in_runs(change.kept), np.uint8(transparent), change.indices), True


def _in_runs(kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The same without what is kept for less than `_RUN` pixels in a row."""
    found = np.zeros_like(kept)
    if kept.shape[1] >= _RUN:
        begun = kept
        for step in _DOUBLED:
            begun = begun[:, step:] & begun[:, :-step]
        found[:, : begun.shape[1]] = begun
        for step in _DOUBLED:
            found[:, step:] |= found[:, :-step].copy()
    return found


def compress(indices: Bytes) -> bytes:
    """Indices as LZW data: the bits of a pixel, sub-blocks, and the empty one that ends them."""
    bits = max(2, int(indices.max()).bit_length())
    return bytes((bits,)) + lzw(Image.fromarray(indices), bits) + b"\0"
