"""A still of a film, for what does not play: a storyboard, and a browser that lacks the codec."""

from __future__ import annotations

import functools
import io

from PIL import Image

from mmspack.errors import MmspackError
from mmspack.fitting.clips import demuxer_of
from mmspack.fitting.stills import poster
from mmspack.fitting.studio import ClipCut
from mmspack.media.probing import probe

_SIDE = 640
"""Pixels of the longer side."""


@functools.lru_cache(maxsize=16)
def poster_of(data: bytes) -> bytes:
    """A JPEG of the film's first second; empty where nothing here decodes it."""
    found = probe(data)
    if found.error:
        return b""
    try:
        still = poster(data, demuxer_of(found), ClipCut(), (_SIDE, _SIDE))
    except MmspackError:
        return b""
    stream = io.BytesIO()
    with Image.open(io.BytesIO(still)) as image:
        image.save(stream, "JPEG", quality=80)
    return stream.getvalue()
