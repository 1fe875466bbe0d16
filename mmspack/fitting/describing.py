"""What was done to a picture, as short phrases that a content editor understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmspack.fitting.geometry import Size
from mmspack.model import Facts

if TYPE_CHECKING:
    from mmspack.fitting.picture import Wish
    from mmspack.media.pictures import Picture

_NAMES = {"HEIF": "HEIC"}


def facts_of(picture: Picture) -> Facts:
    """What the source was, before anything was done to it."""
    return Facts(
        bytes=len(picture.data),
        format=_NAMES.get(picture.format, picture.format),
        width=picture.size[0],
        height=picture.size[1],
        frames=picture.frames,
        duration_ms=picture.duration_ms,
    )


def metadata_words(picture: Picture) -> list[str]:
    """What of a source's metadata does not come along."""
    words = []
    if picture.has_gps:
        words.append("GPS position removed")
    if picture.has_exif:
        words.append("camera data removed")
    return words


def actions_of(picture: Picture, wish: Wish, made: str, size: Size, *, still: bool = True) -> tuple[str, ...]:
    """All that was done on the way from `picture` to a `made` ("JPEG") of `size`."""
    actions = []
    if picture.is_turned:
        actions.append("turned upright")
    if wish.crop is not None:
        actions.append(f"cropped to {wish.crop}")
    if not picture.colours_are_srgb:
        actions.append("colours brought to sRGB")
    if picture.has_alpha and still:
        actions.append(f"transparency laid on {wish.background}")
    if picture.bits > 8:
        actions.append(f"{picture.bits} → 8 bits a channel")
    if picture.frames > 1 and still:
        actions.append(f"first of {picture.frames} frames")
    if size != picture.size:
        actions.append(f"{picture.size[0]} × {picture.size[1]} → {size[0]} × {size[1]}")
    before = facts_of(picture).format
    if before != made:
        actions.append(f"{before} → {made}")
    return (*actions, *metadata_words(picture))
