"""One picture into a number of bytes: what may be asked of it, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmspack.authoring.validating import picture_problems
from mmspack.errors import UsageError
from mmspack.fitting.geometry import Size
from mmspack.media.formats import MADE, format_of
from mmspack.model import NO_NOTES, BuildNotes, Effort, Facts
from mmspack.words import choose_from


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPicture:
    """A picture in its final bytes. `actions` says what was done."""

    data: bytes = field(repr=False)
    type: str
    before: Facts
    after: Facts
    actions: tuple[str, ...] = ()
    quality_words: str = ""
    notes: BuildNotes = NO_NOTES
    """How it compares with its source."""

    @property
    def quality(self) -> float | None:
        """Predicted quality at display size, 0 to 100 (100: no visible difference)."""
        return self.notes.quality

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
        row = format_of(self.type)
        return row.ending if row and row.ending else self.type.rpartition("/")[2][:3]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOf:
    """What a picture was made of on its way here, where its source was something else: a film, a WebP."""

    before: Facts
    actions: tuple[str, ...]
    """What was done to make the picture of it."""
    damage: tuple[str, ...] = ()
    """As `BuildNotes.damage`."""
    cure: str = ""
    """What may be changed where the picture does not fit; empty: what helps any picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of one picture, its bytes apart."""

    max_size: Size
    turn: bool = False
    types: tuple[str, ...] = MADE
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
            raise UsageError(f"no effort {self.effort!r}", hint=choose_from(Effort))
        if len(self.max_size) != 2 or not all(is_whole(side) and side >= 1 for side in self.max_size):
            raise UsageError(
                f"expected width and height as whole numbers of at least 1, found {self.max_size}",
                where="max_size",
            )
        problems = picture_problems(self)
        if problems:
            raise UsageError(problems=problems)
        prove_colour(self.background)


def is_whole(number: object) -> bool:
    """Whether it is a whole number, which True and False are not."""
    return isinstance(number, int) and not isinstance(number, bool)


def prove_colour(name: str) -> None:
    """Raise `UsageError` for a background that is not a colour."""
    from mmspack.media.colour import colour

    colour(name)
