"""The frames of an animation at another size: drawn only where they change, and what they change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mmspack.fitting.geometry import Size
from mmspack.media import palettes, scaling
from mmspack.media.animation import LONGEST_MS, Animation, FrameChange, write_frame
from mmspack.media.threads import ahead

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    _Box = tuple[int, int, int, int]

_NEAR = 0.9
"""Share of the source that the display shows at least where the one is hardly larger than the other."""
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


def small_frame(animation: Animation, index: int, size: Size, *, lit: bool) -> Bytes:
    """The pixels of one frame at another size, by its light or as any viewer makes it smaller."""
    frame = frame_of(animation, index)
    return np.asarray(scaling.quickly(frame, size) if lit else frame.resize(size, Image.Resampling.LANCZOS))


def _packed(palette: Bytes) -> NDArray[np.uint32]:
    """Each colour in one number, which is looked up several times faster than three."""
    return np.pad(palette, ((0, 0), (0, 1))).view(np.uint32).ravel()


def _image(pixels: NDArray[np.uint32]) -> Image.Image:
    """A picture of packed colours. Pillow filters three channels a sixth faster than four."""
    height, width = pixels.shape
    return Image.frombuffer("RGBX", (width, height), pixels, "raw", "RGBX", 0, 1).convert("RGB")


class Painter:
    """Frames at the target size as palette indices, drawn only where the source changed.

    A size below that of the `display` is made of what the display shows, by its light; the display's own is
    filtered as any viewer does it.
    """

    def __init__(self, animation: Animation, display: Size, target: Size, mapper: palettes.Mapper) -> None:
        self.animation = animation
        self.target = target
        self.mapper = mapper
        sizes = [animation.size]
        if not is_near(animation.size, display) or target == display:
            sizes.append(display)
        sizes.append(target)
        self._sizes = list(dict.fromkeys(sizes))
        self._lit = len(self._sizes) - 1 if target not in {animation.size, display} else None
        """The step that is filtered by light."""
        self._colours = _packed(scaling.LIGHT[animation.palette] if self._lit == 1 else animation.palette)
        self.ratio = (animation.size[0] / target[0], animation.size[1] / target[1])

    def paint(self, index: int) -> tuple[_Box, Bytes] | None:
        """What frame `index` changes: a rectangle (left, top, right, bottom) and its indices, or None."""
        frames = self.animation.frames
        source = _difference(frames[index - 1], frames[index]) if index else (0, 0, *self.animation.size)
        if source is None:
            return None
        reach = _PAD * max(1, len(self._sizes) - 1)
        box = _within([at / self.ratio[side % 2] for side, at in enumerate(source)], reach, self.target)
        return box, self.mapper(np.asarray(self._pixels(index, box, len(self._sizes) - 1)))

    def _pixels(self, index: int, box: _Box, step: int) -> Image.Image:
        """A rectangle of the frame in the size of that step, filtered with what lies around it."""
        left, top, right, bottom = box
        if step == 0:
            return _image(self._colours.take(self.animation.frames[index][top:bottom, left:right]))
        size, before = self._sizes[step], self._sizes[step - 1]
        wide = _within(box, _PAD, size)
        around = [wide[at] * before[at % 2] / size[at % 2] for at in range(4)]
        outer = _within(around, 0, before)
        image = self._pixels(index, outer, step - 1)
        if step == self._lit and step > 1:
            image = scaling.lights(image)
        part = (
            around[0] - outer[0],
            around[1] - outer[1],
            min(around[2] - outer[0], image.width),
            min(around[3] - outer[1], image.height),
        )
        image = image.resize((wide[2] - wide[0], wide[3] - wide[1]), Image.Resampling.LANCZOS, box=part)
        if step == self._lit:
            image = scaling.values(image)
        return image.crop((left - wide[0], top - wide[1], right - wide[0], bottom - wide[1]))


def is_near(source: Size, display: Size) -> bool:
    """True where the source is hardly larger than it is displayed."""
    return source[0] * _NEAR <= display[0]


def _within(box: Sequence[float], more: int, size: Size) -> _Box:
    """A rectangle of whole pixels, with `more` around it, inside a size."""
    width, height = size
    return (
        max(0, int(box[0]) - more),
        max(0, int(box[1]) - more),
        min(width, math.ceil(box[2]) + more),
        min(height, math.ceil(box[3]) + more),
    )


def _difference(before: NDArray[np.generic], after: NDArray[np.generic]) -> _Box | None:
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
        elif drawn is None and seen is not None and changes[-1].delay_ms + delay > LONGEST_MS:
            changes.append(FrameChange(0, 0, seen[:1, :1].copy(), None, delay))
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
    box: _Box, painted: Bytes, seen: Bytes, alike: NDArray[np.bool_]
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
