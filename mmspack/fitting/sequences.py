"""Image sequences in HEIC files (brands `hevc`, `msf1`): animated GIFs are made of them, as of films.

Pillow's reader of HEIC knows still pictures alone. To a reader of films, a sequence is a film
(ISO/IEC 23008-12, 7).
"""

from __future__ import annotations

from mmspack.errors import MediaError
from mmspack.film.engine import INSTALL, available
from mmspack.film.progress import ClipProgress
from mmspack.fitting import stills
from mmspack.fitting.geometry import Size
from mmspack.fitting.picture import MadeOf
from mmspack.fitting.studio import ClipCut
from mmspack.media import damage
from mmspack.media.animation import still_instead
from mmspack.media.containers import iso
from mmspack.media.containers.iso_index import hidden
from mmspack.model import Facts
from mmspack.words import in_source, keyed

_DEMUXER = "mov"


def sequence_as_picture(
    data: bytes, size: Size, progress: ClipProgress, *, moves: bool, keep: bool
) -> tuple[bytes, MadeOf] | None:
    """A sequence as the file of a picture that Pillow reads, and its account; None for a still HEIC.

    It is an animated GIF, or a still within `size` where it must not move and the file has no still itself.
    Raises `MediaError`.
    """
    walked = iso.walk(data)
    track = iso.sequence_in(walked.tracks)
    film = hidden(data, b"meta")  # newer readers of films see the still, too, and as the first track
    has_still = film != data
    if track is None or (has_still and not moves):
        return None
    if keep:
        hint = f"remove {keyed('keep = true')} to make it an animated GIF"
        raise MediaError("an animated HEIC is not sent unchanged: phones do not show it", hint=hint)
    if walked.error:
        raise MediaError(walked.error, hint=damage.CURE)
    if not available():
        other = in_source(f"; or {keyed('still = true')} sends its first picture") if has_still else ""
        raise MediaError("an animated HEIC needs the extra 'video'", hint=INSTALL + other)
    before = Facts(
        bytes=len(data),
        format="HEIC",
        width=track.width,
        height=track.height,
        frames=track.samples,
        duration_ms=track.duration_ms or None,
    )
    if moves:
        cure = still_instead()
        made, damage_found = stills.moving_picture(film, _DEMUXER, ClipCut(), progress, cure=cure)
        return made, MadeOf(before=before, actions=("HEIC → GIF",), damage=damage_found)
    made_of = MadeOf(before=before, actions=("its first picture",))
    return stills.poster(film, _DEMUXER, ClipCut(), size), made_of
