"""What a part of a film is worth in bytes, by its source: more show what that lost, and nothing else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mmspack.media.containers.iso_index import film_frame_sizes

if TYPE_CHECKING:
    from mmspack.fitting.clips import ClipWish
    from mmspack.media.probing import Probe

_AGAIN = 5.0
"""Times the bytes of its source that a part is coded again in. Two seconds of three clips, coded coarsely to
finely, looked 47, 60 and 73 (SSIMULACRA2) in as many bytes as before, 67, 79 and 85 in three times as many,
and 79, 85 and 87 in five times."""
_THRIFTY = {"hvc1": 2.0, "hev1": 2.0, "dvh1": 2.0, "dvhe": 2.0, "vp09": 2.0, "av01": 2.5}
"""How many bytes of H.264 show what one byte of another codec does."""


def worth_of(data: bytes, found: Probe, wish: ClipWish) -> float:
    """Bytes that the pictures of a part may take; infinite of a whole film, and where it is not known.

    A part begins with a picture of its own, which the source may have before it: the largest stands for it.
    """
    film = next((track for track in found.tracks if track.is_film), None)
    if film is None or not film.duration_ms or wish.min_quality is not None or not wish.cuts(found):
        return math.inf
    sizes = film_frame_sizes(data)
    whole = film.duration_ms / 1000
    end = min(wish.end or whole, whole)
    first, last = (at / whole * len(sizes) for at in (wish.start, end))
    # Of a variable rate the frames of a part are not those that lie at its share.
    part = max(sum(sizes[int(first) : math.ceil(last)]), sum(sizes) * (end - wish.start) / whole)
    return _AGAIN * _THRIFTY.get(film.codec, 1.0) * (part + max(sizes)) if part > 0 else math.inf
