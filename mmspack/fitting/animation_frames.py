"""The frames of an animation at another size: drawn only where they change, and what they change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.fitting.geometry import Size
from mmspack.media import palettes, scaling
from mmspack.media.animation import Animation, FrameChange, write_frame
from mmspack.media.threads import ahead

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

_PAD = 4
SOME_MS = 100
"""Any time: it takes as many bytes as another."""


def alike(palette: Bytes, threshold: float) -> NDArray[np.bool_]:
    """A square table: whether two palette colours differ by no more than the threshold."""
    wide = palette.astype(np.int32)
    distance = ((wide[:, None] - wide[None]) ** 2).sum(axis=2)
    table = np.zeros((256, 256), dtype=np.bool_)
    table[: len(palette), : len(palette)] = distance <= 3 * threshold * threshold
    return table.ravel()


def bytes_of(palette: Bytes, seen: Bytes, new: Bytes, same: NDArray[np.bool_]) -> int:
    """What a frame takes that is drawn over another, both whole."""
    drawn = _drawn((0, 0, seen.shape[1], seen.shape[0]), new, seen, same)
    if drawn is None:
        return 0
    _, _, painted, old, changed = drawn
    change = FrameChange(0, 0, np.where(changed, painted, old), ~changed, SOME_MS)
    return len(write_frame(change, len(palette)))


def over(seen: Bytes, new: Bytes, same: NDArray[np.bool_]) -> Bytes:
    """What is shown once a frame is drawn over another, both whole."""
    return np.where(same[(new.astype(np.int32) << 8) | seen], seen, new)


def frame_of(animation: Animation, index: int) -> Image.Image:
    """One frame in its colours."""
    return _image(_packed(animation.palette).take(animation.frames[index]))


def _packed(palette: Bytes) -> NDArray[np.uint32]:
    """Each colour in one number, which is looked up several times faster than three."""
    return np.pad(palette, ((0, 0), (0, 1))).view(np.uint32).ravel()


def _image(pixels: NDArray[np.uint32]) -> Image.Image:
    """A picture of packed colours; Pillow filters three channels a sixth faster than four."""
    height, width = pixels.shape
    return Image.frombuffer("RGB", (width, height), pixels, "raw", "RGBX", 0, 1)


class Painter:
    """Frames at the target size as palette indices, drawn only where the source changed."""

    def __init__(self, animation: Animation, target: Size, mapper: palettes.Mapper) -> None:
        self.animation = animation
        self.target = target
        self.mapper = mapper
        self._same = target == animation.size
        self._colours = _packed(animation.palette if self._same else scaling.LIGHT[animation.palette])
        self.ratio = (animation.size[0] / target[0], animation.size[1] / target[1])

    def paint(self, index: int) -> tuple[tuple[int, int, int, int], Bytes] | None:
        """What frame `index` changes: a rectangle (left, top, right, bottom) and its indices, or None."""
        frames = self.animation.frames
        source = _difference(frames[index - 1], frames[index]) if index else (0, 0, *self.animation.size)
        if source is None:
            return None
        box = self._outward(source)
        return box, self.mapper(self._pixels(index, box))

    def _outward(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """Target pixels that a change of source pixels reaches through the filter."""
        width, height = self.target
        return (
            max(0, int(box[0] / self.ratio[0]) - _PAD),
            max(0, int(box[1] / self.ratio[1]) - _PAD),
            min(width, math.ceil(box[2] / self.ratio[0]) + _PAD),
            min(height, math.ceil(box[3] / self.ratio[1]) + _PAD),
        )

    def _pixels(self, index: int, box: tuple[int, int, int, int]) -> Bytes:
        """The frame's pixels inside a target rectangle, filtered with what lies around it."""
        wide = (
            max(0, box[0] - _PAD),
            max(0, box[1] - _PAD),
            min(self.target[0], box[2] + _PAD),
            min(self.target[1], box[3] + _PAD),
        )
        around = [wide[at] * self.ratio[at % 2] for at in range(4)]
        left, top = int(around[0]), int(around[1])
        right = min(self.animation.size[0], math.ceil(around[2]))
        bottom = min(self.animation.size[1], math.ceil(around[3]))
        pixels = self._colours.take(self.animation.frames[index][top:bottom, left:right])
        size = (wide[2] - wide[0], wide[3] - wide[1])
        part = (
            around[0] - left,
            around[1] - top,
            min(around[2] - left, right - left),
            min(around[3] - top, bottom - top),
        )
        image = _image(pixels)
        if not self._same:
            image = scaling.values(image.resize(size, Image.Resampling.LANCZOS, box=part))
        inner = image.crop((box[0] - wide[0], box[1] - wide[1], box[2] - wide[0], box[3] - wide[1]))
        return np.asarray(inner)


def _difference(before: NDArray[np.generic], after: NDArray[np.generic]) -> tuple[int, int, int, int] | None:
    changed = before != after
    rows = np.flatnonzero(changed.any(axis=1))
    if not rows.size:
        return None
    columns = np.flatnonzero(changed[rows[0] : rows[-1] + 1].any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def changes_of(
    animation: Animation,
    painter: Painter,
    alike: NDArray[np.bool_],
    looked_at: Collection[int],
) -> tuple[list[FrameChange], list[Bytes]]:
    """What each frame draws over what is shown; a frame that draws nothing lengthens the one before.

    With all that is shown during the frames `looked_at`.
    """
    changes: list[FrameChange] = []
    kept: list[Bytes] = []
    seen: Bytes | None = None
    painted_frames = ahead(painter.paint, range(len(animation.frames)))
    for number, (delay, painted) in enumerate(zip(animation.delays_ms, painted_frames, strict=True)):
        drawn = _drawn(*painted, seen, alike) if painted is not None and seen is not None else None
        if seen is None and painted is not None:
            seen = painted[1].copy()
            changes.append(FrameChange(0, 0, painted[1], None, delay))
        elif drawn is None:
            changes[-1] = changes[-1]._replace(delay_ms=changes[-1].delay_ms + delay)
        else:
            left, top, new, old, changed = drawn
            np.copyto(old, new, where=changed)
            changes.append(FrameChange(left, top, old.copy(), ~changed, delay))
        if number in looked_at and seen is not None:
            kept.append(seen.copy())
    return changes, kept


def _drawn(
    box: tuple[int, int, int, int], painted: Bytes, seen: Bytes, alike: NDArray[np.bool_]
) -> tuple[int, int, Bytes, Bytes, NDArray[np.bool_]] | None:
    """The smallest rectangle that holds all visible changes: its place, new and old indices, and where."""
    left, top, right, bottom = box
    old = seen[top:bottom, left:right]
    changed = ~alike[(painted.astype(np.int32) << 8) | old]
    rows = np.flatnonzero(changed.any(axis=1))
    if not rows.size:
        return None
    columns = np.flatnonzero(changed.any(axis=0))
    inner = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    return left + inner[1].start, top + inner[0].start, painted[inner], old[inner], changed[inner]
