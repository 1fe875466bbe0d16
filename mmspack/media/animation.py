"""Animated GIFs taken apart into whole frames, and put together again from changes.

Frames are arrays of indices into one palette that all of them share.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from mmspack.errors import MediaError
from mmspack.media.encoding import encoded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.uint8] | NDArray[np.uint16]
    Bytes = NDArray[np.uint8]

PIXEL_LIMIT = 400_000_000
"""Pixels of all frames together that are taken apart: 400 MB at most."""
FRAME_LIMIT = 3000
_RAMP = bytes(value for level in range(256) for value in (level, level, level))
_LOOP = b"!\xff\x0bNETSCAPE2.0\x03\x01%s\0"


class Block(NamedTuple):
    """One image of a GIF as stored."""

    left: int
    top: int
    width: int
    height: int
    palette: bytes
    transparent: int | None
    disposal: int
    delay_ms: int
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


def read_animation(data: bytes, background: tuple[int, int, int]) -> Animation:
    """Take a GIF apart. What no frame covers shows `background`. Raises `MediaError`."""
    import numpy as np

    if len(data) < 13:
        raise MediaError("truncated GIF")
    width, height = struct.unpack_from("<HH", data, 6)
    blocks, loops = _parse(data)
    if not blocks:
        raise MediaError("truncated GIF")
    if width * height * len(blocks) > PIXEL_LIMIT or len(blocks) > FRAME_LIMIT:
        raise MediaError(
            f"{len(blocks)} frames of {width} × {height} pixels exceed the safe limit",
            hint="still = true uses its first frame",
        )
    colours = _Colours(background)
    canvas = np.zeros((height, width), dtype=np.uint16)
    frames: list[Indices] = []
    for block in blocks:
        before = canvas.copy() if block.disposal == 3 else None
        _draw(canvas, block, colours)
        frames.append(canvas.astype(np.uint8) if len(colours.rows) <= 256 else canvas.copy())
        if before is not None:
            canvas = before
        elif block.disposal == 2:
            canvas[block.top : block.top + block.height, block.left : block.left + block.width] = 0
    palette = np.array(colours.rows, dtype=np.uint8)
    return Animation(frames=frames, palette=palette, delays_ms=[b.delay_ms for b in blocks], loops=loops)


class _Colours:
    """All colours of all palettes, each once. Index 0 is the background."""

    def __init__(self, background: tuple[int, int, int]) -> None:
        self.rows: list[tuple[int, int, int]] = [background]
        self._index: dict[tuple[int, int, int], int] = {}
        self._tables: dict[bytes, Indices] = {}

    def table(self, palette: bytes) -> Indices:
        """Index here of each index of `palette`."""
        import numpy as np

        if palette not in self._tables:
            found = []
            for at in range(0, 768, 3):
                row = (palette[at], palette[at + 1], palette[at + 2]) if at + 2 < len(palette) else (0, 0, 0)
                if row not in self._index:
                    self._index[row] = len(self.rows)
                    self.rows.append(row)
                found.append(self._index[row])
            if len(self.rows) > 65535:
                raise MediaError(
                    "the GIF has more than 65,535 colours", hint="still = true uses its first frame"
                )
            self._tables[palette] = np.array(found, dtype=np.uint16)
        return self._tables[palette]


def _draw(canvas: NDArray[np.uint16], block: Block, colours: _Colours) -> None:
    import numpy as np

    raw = np.asarray(_decode(block))
    shown = canvas[block.top : block.top + block.height, block.left : block.left + block.width]
    raw = raw[: shown.shape[0], : shown.shape[1]]
    drawn = colours.table(block.palette)[raw]
    if block.transparent is None:
        shown[...] = drawn
    else:
        np.copyto(shown, drawn, where=raw != block.transparent)


def _decode(block: Block) -> Image.Image:
    """The indices of one image as stored, through Pillow's decoder."""
    head = b"GIF89a" + struct.pack("<HHBBB", block.width, block.height, 0xF7, 0, 0) + _RAMP
    box = struct.pack("<HHHH", 0, 0, block.width, block.height)
    stored = head + b"," + box + block.body + b";"
    try:
        image = Image.open(io.BytesIO(stored), formats=["GIF"])
        image.load()
    except Exception as error:
        raise MediaError("truncated or damaged GIF") from error
    return image


def _parse(data: bytes) -> tuple[list[Block], int | None]:
    shared = b""
    at = 13
    if data[10] & 0x80:
        at += 3 << ((data[10] & 7) + 1)
        shared = data[13:at]
    blocks: list[Block] = []
    loops: int | None = None
    control = b"\0\0\0\0"
    while at + 1 < len(data) and data[at] != 0x3B:
        if data[at] == 0x2C:
            block, at = _image(data, at, shared, control)
            blocks.append(block)
            control = b"\0\0\0\0"
            continue
        if data[at] != 0x21:
            break
        label, end = data[at + 1], _past(data, at + 2)
        if label == 0xF9 and end - at >= 8:
            control = data[at + 3 : at + 7]
        elif label == 0xFF and data[at + 3 : at + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0") and end - at >= 19:
            loops = struct.unpack_from("<H", data, at + 16)[0]
        at = end
    return blocks, loops


def _image(data: bytes, at: int, shared: bytes, control: bytes) -> tuple[Block, int]:
    if at + 11 > len(data):
        raise MediaError("truncated GIF")
    left, top, width, height, flags = struct.unpack_from("<HHHHB", data, at + 1)
    start = at + 10
    palette = shared
    if flags & 0x80:
        end = start + (3 << ((flags & 7) + 1))
        palette, start = data[start:end], end
    end = _past(data, start + 1)
    if end > len(data) or not width or not height:
        raise MediaError("truncated GIF")
    block = Block(
        left, top, width, height,
        palette=palette,
        transparent=control[3] if control[0] & 1 else None,
        disposal=control[0] >> 2 & 7,
        delay_ms=struct.unpack_from("<H", control, 1)[0] * 10,
        body=bytes([flags & 0x40]) + data[start:end],
    )  # fmt: skip
    return block, end


def _past(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


# -- writing --------------------------------------------------------------------------------------


class Change(NamedTuple):
    """What one frame draws: a rectangle of indices, and the index that leaves a pixel as it was."""

    left: int
    top: int
    indices: Bytes
    transparent: int | None
    delay_ms: int


def write_animation(
    size: tuple[int, int], palette: Bytes, changes: Sequence[Change], loops: int | None
) -> bytes:
    """A GIF of one shared palette whose first change covers all of it."""
    from mmspack.media.threads import ahead

    bits = max(1, (len(palette) - 1).bit_length())
    table = palette.tobytes().ljust(3 << bits, b"\0")
    out = [b"GIF89a", struct.pack("<HHBBB", *size, 0xF0 | (bits - 1), 0, 0), table]
    if loops is not None:
        out.append(_LOOP % struct.pack("<H", loops))
    for written in ahead(_written, changes):
        out += written
    return b"".join((*out, b";"))


def _written(change: Change) -> tuple[bytes, bytes]:
    height, width = change.indices.shape
    flags = 4 | (change.transparent is not None)
    control = struct.pack("<BHBB", flags, change.delay_ms // 10, change.transparent or 0, 0)
    place = struct.pack("<HHHHB", change.left, change.top, width, height, 0)
    return b"!\xf9\x04" + control, b"," + place + compress(change.indices)


def compress(indices: Bytes) -> bytes:
    """Indices as LZW data in sub-blocks, through Pillow's encoder."""
    image = Image.fromarray(indices)
    image.putpalette(_RAMP)
    blocks, _ = _parse(encoded(image, "GIF", optimize=False, interlace=False))
    return blocks[0].body[1:]
