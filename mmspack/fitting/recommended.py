"""A message fitted to the size that its profile recommends, where that does not ruin a picture."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from mmspack.errors import DoesNotFit
from mmspack.fitting.message import fit
from mmspack.model import FittedMessage, FittedPart, Kind, Message
from mmspack.profiles import Profile

RUINED = 50.0
"""Quality below which the limit is tried; above it, the recommended size is worth more than points."""
MUCH = 5.0
"""Points that the worst picture must gain to be worth a warning: the prediction is off by 3 to 6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fitted message, and the bytes that it was fitted to."""

    message: FittedMessage
    max_bytes: int
    worst_at_recommended: float | None = None
    """Quality of the worst picture at the recommended size, where the limit was taken for its sake."""


def fit_to_profile(
    message: Message, profile: Profile, *, reserved_bytes: int, effort: str = "good", cache: bool = True
) -> Fitted:
    """Fit to what the profile recommends, so that no warning is left.

    The limit itself is taken where the recommended size cannot be met, and where it would ruin a picture that
    the limit lifts by more than a few points. Takes and raises what `fit` does.
    """

    def within(max_bytes: int, *, explain: bool = True) -> FittedMessage:
        target = replace(profile, max_bytes=max_bytes)
        return fit(
            message, target, reserved_bytes=reserved_bytes, effort=effort, cache=cache, explain=explain
        )

    limit = profile.max_bytes
    recommended = min(profile.warn_bytes or limit, limit)
    if recommended == limit:
        return Fitted(message=within(limit), max_bytes=limit)
    with contextlib.suppress(DoesNotFit):
        made = within(recommended, explain=False)
        worst = worst_quality(made.parts)
        if worst is None or worst >= RUINED:
            return Fitted(message=made, max_bytes=recommended)
        larger = within(limit, explain=False)
        if (worst_quality(larger.parts) or 0.0) - worst <= MUCH:
            return Fitted(message=made, max_bytes=recommended)
        return Fitted(message=larger, max_bytes=limit, worst_at_recommended=worst)
    return Fitted(message=within(limit), max_bytes=limit)


def worst_quality(parts: tuple[FittedPart, ...]) -> float | None:
    """Predicted quality of the picture that looks worst; None without pictures.

    Films are left out: few reach what a picture would be ruined at, and fitting one again takes seconds.
    """
    seen = (part.quality for part in parts if part.kind is Kind.IMAGE)
    return min((quality for quality in seen if quality is not None), default=None)
