"""What a message would come to under several profiles and efforts, without building any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mmspack.errors import DoesNotFit
from mmspack.fitting.message import fit
from mmspack.model import Effort, FittedPart, Message
from mmspack.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One cell of a plan: one profile at one effort. All sizes in bytes."""

    profile: str
    effort: str
    max_bytes: int
    reserved_bytes: int
    """Presentation, subject and header allowance."""
    parts: tuple[FittedPart, ...] = ()
    """As they would be packed; empty where the message does not fit."""
    problem: str = ""
    """Why it does not fit, one line for each part concerned."""
    hint: str = ""

    @property
    def fits(self) -> bool:
        """True when the message can be built so."""
        return not self.problem

    @property
    def total_bytes(self) -> int:
        """What would be held against the limit."""
        return self.reserved_bytes + sum(len(part.data) for part in self.parts)

    @property
    def worst_quality(self) -> float | None:
        """Predicted quality of the picture that looks worst; None without pictures."""
        return min((part.quality for part in self.parts if part.quality is not None), default=None)


def plan(
    message: Message,
    profiles: Sequence[Profile],
    efforts: Iterable[str] = (Effort.GOOD,),
    *,
    reserved_bytes: Callable[[Profile], int],
    cache: bool = True,
) -> list[Planned]:
    """Fit `message`, text and subject rendered, to each profile at each effort, in that order.

    With `cache`, a build that follows takes the pictures from it. Raises `InputError` and `MediaError` for
    sources that cannot be read; what does not fit is told in the result.
    """
    return [
        _one(message, profile, effort, reserved_bytes(profile), cache)
        for profile in profiles
        for effort in efforts
    ]


def _one(message: Message, profile: Profile, effort: str, reserved: int, cache: bool) -> Planned:
    parts: tuple[FittedPart, ...] = ()
    problem = hint = ""
    try:
        parts = fit(message, profile, reserved_bytes=reserved, effort=effort, cache=cache).parts
    except DoesNotFit as error:
        problem, hint = "\n".join(error.problems), error.hint
    return Planned(
        profile=profile.name,
        effort=effort,
        max_bytes=profile.max_bytes,
        reserved_bytes=reserved,
        parts=parts,
        problem=problem,
        hint=hint,
    )
