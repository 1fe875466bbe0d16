"""What was done to a picture, as short phrases that a content editor understands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from mmspack.fitted import FittedPart
from mmspack.fitting import quality
from mmspack.fitting.geometry import Size, crop_box, inside
from mmspack.media import jpegli
from mmspack.media.decoders import open_own
from mmspack.model import Facts

if TYPE_CHECKING:
    from mmspack.fitting.picture import FittedPicture, Wish
    from mmspack.media.pictures import Picture


def facts_of(picture: Picture) -> Facts:
    """What the source was, before anything was done to it."""
    return Facts(
        bytes=len(picture.data),
        format=picture.format.name,
        width=picture.size[0],
        height=picture.size[1],
        frames=picture.frames,
        duration_ms=picture.duration_ms,
    )


def metadata_words(picture: Picture) -> list[str]:
    """What of a source's metadata does not come along."""
    words = ["end marker added"] if picture.probe.unended else []
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
        actions.append("colours converted to sRGB")
    if picture.has_alpha and still:
        actions.append(f"transparency replaced by {wish.background}")
    if picture.bits > 8:
        actions.append(f"{picture.bits} → 8 bits a channel")
    if picture.frames > 1 and still:
        actions.append(f"first of {picture.frames} frames")
    if picture.pages > 1:
        actions.append(f"page 1 of {picture.pages}")
    if size != picture.size:
        actions.append(_resized(picture.size, size))
    before = facts_of(picture).format
    if before != made:
        actions.append(_converted(before, made))
    return (*actions, *metadata_words(picture))


def encoded_by(encoder: str) -> str:
    """The words for an encoder other than our own."""
    return f"encoded by {encoder}, which looks best"


def kept_large_for(codes: Sequence[str]) -> str:
    """The words for a picture that would look better at a smaller size, at which its codes do not scan."""
    return f"kept large for its {_listed(codes)}"


def no_longer_scans(codes: Sequence[str]) -> str:
    """The words for codes that are lost."""
    return f"its {_listed(codes)} may no longer scan"


def _listed(codes: Sequence[str]) -> str:
    return " and ".join(codes)


def is_detail(action: str) -> bool:
    """Whether only the JSON says it: nobody who writes messages needs to know the encoder."""
    return action == encoded_by(jpegli.NAME)


def facts_say(action: str, part: FittedPart | FittedPicture) -> bool:
    """Whether what was done shows in the facts before and after: another size, another format."""
    before, after = part.before, part.after
    sizes = (before.width or 0, before.height or 0), (after.width or 0, after.height or 0)
    return action in (_resized(*sizes), _converted(before.format, after.format))


def _resized(before: Size, after: Size) -> str:
    return f"{before[0]} × {before[1]} → {after[0]} × {after[1]}"


def _converted(before: str, after: str) -> str:
    return f"{before} → {after}"


def without_detour(actions: Iterable[str], before: Facts, between: str, after: Facts) -> list[str]:
    """What was done, where the picture was in the format `between` for a moment that its author never saw."""
    kept = [one for one in actions if one != _converted(between, after.format)]
    return kept if before.format == after.format else [*kept, _converted(before.format, after.format)]


_SIDES = (256, 256)


_EVEN = 8
"""A range of levels so small that nothing is visible."""


def honest(fitted: FittedPicture, picture: Picture, wish: Wish) -> FittedPicture:
    """The same picture, whose account says so where its background swallowed all that it had to show."""
    if not picture.has_alpha or not _is_blank(fitted.data) or not _shows_elsewhere(picture, wish):
        return fitted
    words = f"nothing is visible on the background {wish.background}: choose another `background`"
    return replace(
        fitted,
        actions=(*fitted.actions, words),
        quality_words=quality.NOTHING_TO_SEE,
        notes=replace(fitted.notes, quality=0.0),
    )


def _is_blank(data: bytes) -> bool:
    with open_own(data) as image:
        return _is_even(image.convert("RGB"))


def _is_even(image: Image.Image) -> bool:
    for band in image.split():
        low, high = (int(level) for level in band.getextrema() if not isinstance(level, tuple))
        if high - low > _EVEN:
            return False
    return True


def _shows_elsewhere(picture: Picture, wish: Wish) -> bool:
    """True when a small copy on the opposite colour shows something."""
    from mmspack.media.colour import colour
    from mmspack.media.pictures import decode

    box = crop_box(picture.size, wish.crop, wish.focus) if wish.crop else None
    shown = picture.size if box is None else (round(box[2] - box[0]), round(box[3] - box[1]))
    other = "#" + "".join("00" if level > 127 else "ff" for level in colour(wish.background))
    return not _is_even(decode(picture, inside(shown, _SIDES), box=box, background=other))
