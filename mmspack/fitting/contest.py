"""`best`: encodes of one photo by several encoders, each measured as a whole, and the best of them taken."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from functools import cached_property

from mmspack.fitting.effort import EFFORTS
from mmspack.fitting.photo import JPEGLI, OWN, Encoded, Photo
from mmspack.fitting.steps import through
from mmspack.media import jpeg, jpegli
from mmspack.media.decoders import open_own
from mmspack.media.ssimulacra import Reference

_AIM = 0.997
"""Share of the bytes that is aimed at."""
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

    def best(self, limit: int) -> Encoded | None:
        """The best-looking JPEG of at most `limit` bytes, measured; None when none is acceptable."""
        photo = self._photo
        tried = photo.best(limit)
        if tried is None:
            return None
        own = tried if tried.encoder == OWN else photo.best(limit, {OWN}) or tried
        # What trials prefer may be wrong by some points, most often in the size.
        whole = own if own.size == photo.size else photo.unscaled(limit) or own
        entries = dict.fromkeys((own, tried, whole, *self._of_jpegli(own, limit)))
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
                found = _filled(encode, limit, own.step)
                if found is not None:
                    data, step = found
                    yield Encoded(data, size, step, 0.0, chroma, JPEGLI)


def _filled(encode: Callable[[float], bytes], limit: int, start: float) -> tuple[bytes, float] | None:
    """The encode that comes nearest to `limit` bytes without going over, and its step; None for none."""
    low, high = jpeg.FINEST, jpeg.COARSEST
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
