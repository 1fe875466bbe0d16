"""One picture into a number of bytes: what may be asked of it, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mmspack.errors import UsageError
from mmspack.fitting.geometry import Size, crop_box
from mmspack.model import Effort, Facts

IMAGE_TYPES = ("image/jpeg", "image/gif", "image/png")
_EXTENSIONS = {"image/jpeg": "jpg", "image/gif": "gif", "image/png": "png"}


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
        return _EXTENSIONS.get(self.type, self.type.rpartition("/")[2][:3])


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
    weight: float = 1.0
    effort: str = Effort.GOOD

    def __post_init__(self) -> None:
        """Raise `UsageError` for wishes that make no sense, alone or together."""
        if self.effort not in set(Effort):
            raise UsageError(f"no effort {self.effort!r}", hint=f"there are: {', '.join(Effort)}")
        if len(self.max_size) != 2 or not all(_is_whole(side) and side >= 1 for side in self.max_size):
            raise UsageError(
                f"max_size: expected width and height, whole numbers of at least 1, found {self.max_size}"
            )
        if self.keep and self.crop is not None:
            raise UsageError("crop: keep = true packs the picture as it is", hint="leave one of them out")
        if self.keep and self.still:
            raise UsageError("still: keep = true packs the picture as it is", hint="leave one of them out")
        if self.focus is not None and self.crop is None:
            raise UsageError("focus: there is no crop that it could centre", hint='add crop, such as "4:5"')
        if self.crop is not None:
            crop_box((1, 1), self.crop, self.focus)
        if self.min_quality is not None and not 0 <= self.min_quality <= 100:
            raise UsageError(f"min_quality: {self.min_quality:g} is not from 0 to 100")
        if not self.weight > 0:
            raise UsageError(f"weight: {self.weight:g} is not above 0")
        prove_colour(self.background)


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def prove_colour(name: str) -> None:
    """Raise `UsageError` for a background that is no colour."""
    from mmspack.media.colour import colour

    colour(name)


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
    effort: str = Effort.GOOD,
    cache: bool = False,
) -> FittedPicture:
    """The best-looking picture of at most `max_bytes` bytes within `max_size` pixels.

    `turn` lets a portrait picture use the box turned by 90 degrees. `types` are the MIME types that may
    be made. `crop` is an aspect ratio such as `"4:5"`, `focus` its centre as fractions of the picture.
    With `cache`, a result that was made before is taken from the user's cache folder.

    Raises `MediaError` when the data is no sound picture, `DoesNotFit` when no picture of that few bytes
    is worth looking at or reaches `min_quality`, and `UsageError` for a wish that makes no sense.
    """
    from mmspack.fitting import caching, candidates
    from mmspack.media.pictures import read_picture

    if not _is_whole(max_bytes) or max_bytes < 1:
        raise UsageError(f"max_bytes: expected a whole number of at least 1, found {max_bytes}")
    if not keep and not set(types) & set(IMAGE_TYPES):
        raise UsageError(
            f"types: there is none among {types!r} that can be made",
            hint=f"name some of {', '.join(IMAGE_TYPES)}",
        )
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
    store = caching.Cache.of_user() if cache else None
    key = caching.key_of((data,), (wish, max_bytes))
    found = store.get(key) if store is not None else None
    if found is not None:
        return found[0]
    candidate = candidates.open_candidate(read_picture(data), wish)
    fitted = candidate.attempt(max_bytes)
    if fitted is None:
        raise candidate.refusal(max_bytes)
    if store is not None:
        store.put(key, [fitted])
    return fitted
