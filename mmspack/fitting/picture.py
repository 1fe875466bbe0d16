"""One picture into a number of bytes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mmspack.errors import DoesNotFit
from mmspack.fitting.geometry import Box, Size, crop_box, inside, scaled
from mmspack.model import Facts

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

IMAGE_TYPES = ("image/jpeg", "image/gif", "image/png")
_EXTENSIONS = {"image/jpeg": "jpg", "image/gif": "gif", "image/png": "png"}
_TYPES = {"JPEG": "image/jpeg", "GIF": "image/gif", "PNG": "image/png"}
_SMALLEST_SIDE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPicture:
    """A picture in its final bytes. `actions` says what was done, `quality` is 0 to 100 at display size."""

    data: bytes = field(repr=False)
    type: str
    before: Facts
    after: Facts
    actions: tuple[str, ...] = ()
    quality: float | None = None
    quality_words: str = ""

    @property
    def format(self) -> str:
        """JPEG, PNG or GIF."""
        return self.after.format

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.after.width or 1, self.after.height or 1

    @property
    def extension(self) -> str:
        """The file name's ending, without the dot."""
        return _EXTENSIONS[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of one picture, its bytes apart."""

    max_size: Size
    turn: bool = False
    types: tuple[str, ...] = IMAGE_TYPES
    crop: str | None = None
    focus: tuple[float, float] | None = None
    background: str = "white"
    keep: bool = False
    still: bool = False
    min_quality: float | None = None
    effort: str = "good"


def fit_picture(
    data: bytes,
    *,
    max_bytes: int,
    max_size: Size,
    turn: bool = False,
    types: Sequence[str] = IMAGE_TYPES,
    crop: str | None = None,
    focus: tuple[float, float] | None = None,
    background: str = "white",
    keep: bool = False,
    still: bool = False,
    min_quality: float | None = None,
    effort: str = "good",
) -> FittedPicture:
    """The best-looking picture of at most `max_bytes` bytes within `max_size` pixels.

    `turn` lets a portrait picture use the box turned by 90 degrees. `types` are the MIME types that may
    be made. Raises `MediaError` when the data is no sound picture and `DoesNotFit` when no picture of
    that few bytes would be worth looking at.
    """
    from mmspack.media.pictures import read_picture

    wish = Wish(
        max_size=max_size,
        turn=turn,
        types=tuple(types),
        crop=crop,
        focus=focus,
        background=background,
        keep=keep,
        still=still,
        min_quality=min_quality,
        effort=effort,
    )
    return fit_opened(read_picture(data), wish, max_bytes)


def fit_opened(picture: Picture, wish: Wish, max_bytes: int) -> FittedPicture:
    """The same for a picture whose header has been read."""
    same = unchanged(picture, wish)
    if wish.keep:
        return _kept(picture, max_bytes)
    if same is not None and len(same.data) <= max_bytes:
        return same
    if picture.format == "GIF" and picture.frames > 1 and not wish.still:
        raise DoesNotFit(
            f"the animated GIF of {len(picture.data):,} bytes does not fit into {max_bytes:,} bytes",
            hint="still = true sends its first frame",
        )
    return _photo(picture, wish, max_bytes)


def facts_of(picture: Picture) -> Facts:
    """What the source was, before anything was done to it."""
    return Facts(
        bytes=len(picture.data),
        format=picture.format,
        width=picture.size[0],
        height=picture.size[1],
        frames=picture.frames,
    )


def _kept(picture: Picture, max_bytes: int) -> FittedPicture:
    size = len(picture.data)
    if size > max_bytes:
        raise DoesNotFit(
            f"{size:,} bytes are to be kept as they are, and {max_bytes:,} are left for it",
            hint="keep = false lets it be made smaller",
        )
    before = facts_of(picture)
    kind = _TYPES.get(picture.format, f"image/{picture.format.lower()}")
    return FittedPicture(
        data=picture.data, type=kind, before=before, after=before, quality=100.0, quality_words="untouched"
    )


def unchanged(picture: Picture, wish: Wish) -> FittedPicture | None:
    """The source with its metadata taken out and its pixels untouched, where it may be shown like that."""
    from mmspack.media.metadata import strip_jpeg, strip_png

    kind = _TYPES.get(picture.format)
    fits = inside(picture.size, wish.max_size, turn=wish.turn) == picture.size
    still = wish.still and picture.frames > 1
    if kind not in wish.types or not fits or still or wish.crop or picture.orientation != 1:
        return None
    if not picture.colours_are_srgb or (kind != "image/gif" and picture.frames > 1):
        return None
    stripped: bytes | None = picture.data
    if kind == "image/jpeg":
        stripped = strip_jpeg(picture.data) if picture.components in (1, 3) else None
    elif kind == "image/png":
        stripped = strip_png(picture.data)
    if stripped is None:
        return None
    before = facts_of(picture)
    return FittedPicture(
        data=stripped,
        type=kind,
        before=before,
        after=replace(before, bytes=len(stripped)),
        actions=tuple(_metadata_words(picture)) if len(stripped) != len(picture.data) else (),
        quality=100.0,
        quality_words="untouched",
    )


def _photo(picture: Picture, wish: Wish, max_bytes: int) -> FittedPicture:
    from mmspack.media import jpeg
    from mmspack.media.pictures import decode

    box = crop_box(picture.size, wish.crop, wish.focus) if wish.crop else None
    shown = (int(box[2] - box[0]), int(box[3] - box[1])) if box else picture.size
    size = inside(shown, wish.max_size, turn=wish.turn)
    full = decode(picture, size, box=box, background=wish.background)
    image = full
    for _ in range(12):
        found = jpeg.search(functools.partial(jpeg.encode, image), max_bytes, start=0.0, high=1.6)
        if found is not None:
            return _made(picture, wish, found[1], image.size, box)
        smallest = len(jpeg.encode(image, 1.6))
        factor = min(0.92, (max_bytes / smallest) ** (1 / 1.55))
        if min(image.size) * factor < min(_SMALLEST_SIDE, *full.size):
            break
        image = full.resize(scaled(image.size, factor))
    raise DoesNotFit(
        f"no picture worth looking at fits into {max(0, max_bytes):,} bytes",
        hint="raise the limit, or leave a slide out",
    )


def _made(picture: Picture, wish: Wish, data: bytes, size: Size, box: Box | None) -> FittedPicture:
    before = facts_of(picture)
    actions = []
    if picture.orientation != 1:
        actions.append("turned upright")
    if box is not None:
        actions.append(f"cropped to {wish.crop}")
    if not picture.colours_are_srgb:
        actions.append("colours brought to sRGB")
    if picture.has_alpha:
        actions.append(f"transparency laid on {wish.background}")
    if picture.frames > 1:
        actions.append(f"first of {picture.frames} frames")
    if size != picture.size:
        actions.append(f"{before.width} × {before.height} → {size[0]} × {size[1]}")
    if picture.format != "JPEG":
        actions.append(f"{picture.format} → JPEG")
    actions += _metadata_words(picture)
    after = Facts(bytes=len(data), format="JPEG", width=size[0], height=size[1])
    return FittedPicture(data=data, type="image/jpeg", before=before, after=after, actions=tuple(actions))


def _metadata_words(picture: Picture) -> list[str]:
    words = []
    if picture.has_gps:
        words.append("GPS position removed")
    if picture.has_exif:
        words.append("camera data removed")
    return words
