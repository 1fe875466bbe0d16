"""`best`: encodes of one photo by several encoders, each measured as a whole, and the best of them taken."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from functools import cached_property

from mmspack.fitting.effort import EFFORTS
from mmspack.fitting.photo import Encoded, Photo, through
from mmspack.media import jpegli
from mmspack.media.decoders import open_own
from mmspack.media.ssimulacra import Reference

JPEGLI = "jpegli"
_AIM = 0.997
"""Share of the bytes that is aimed at."""
_COARSER = 1.7
"""log2 of jpegli's distance, less our step, where both take the same bytes: nearly so on all photos."""
_ENCODES = 10


class Contest:
    """A photo, and how encodes of it look at the size at which it is shown."""

    def __init__(self, photo: Photo) -> None:
        self._photo = photo

    @cached_property
    def _wanted(self) -> Reference:
        return Reference(self._photo.shown)

    def quality(self, data: bytes) -> float:
        """How a JPEG, PNG or GIF of the photo looks (SSIMULACRA2, measured)."""
        with open_own(data) as opened:
            return self._wanted.score(opened)

    def best(self, own: Encoded, limit: int) -> Encoded:
        """The best-looking of `own` and what other encoders make of `limit` bytes, its quality measured."""
        entries = [own, *self._of_jpegli(own, limit)]
        measured = [entry._replace(quality=self.quality(entry.data)) for entry in entries]
        return max(measured, key=lambda entry: entry.quality)

    def _of_jpegli(self, own: Encoded, limit: int) -> Iterator[Encoded]:
        """Its encodes of the size shown and of the size of `own`, in colours at half and full resolution."""
        if not jpegli.installed():
            return
        for size in dict.fromkeys((self._photo.size, own.size)):
            image = self._photo.resized(size)
            for chroma in self._photo.chromas(own):
                encode = functools.partial(jpegli.encode, image, chroma=chroma)
                found = _filled(encode, limit, own.step + _COARSER)
                if found is not None:
                    data, step = found
                    yield Encoded(data, size, step, 0.0, chroma, JPEGLI)


def _filled(encode: Callable[[float], bytes], limit: int, start: float) -> tuple[bytes, float] | None:
    """The encode that comes nearest to `limit` bytes without going over, and its step; None for none."""
    low, high = jpegli.FINEST, jpegli.COARSEST
    known: list[tuple[float, float]] = []
    best: tuple[bytes, float] | None = None
    step = min(max(start, low), high)
    for _ in range(_ENCODES):
        data = encode(step)
        known.append((step, math.log2(len(data))))
        if len(data) > limit:
            low = max(low, step)
        else:
            high = min(high, step)
            if best is None or len(data) > len(best[0]):
                best = data, step
            if len(data) >= EFFORTS["best"].filled * limit:
                break
        if high - low < 1e-3:
            break
        step = through(known, math.log2(limit * _AIM))
        if not low < step < high:  # its bytes are not quite steady in the distance
            step = (low + high) / 2
    return best
