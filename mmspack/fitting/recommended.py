"""A message fitted to the size that its profile recommends, where that does not ruin a picture."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from mmspack.errors import DoesNotFit
from mmspack.film.progress import ProgressMeter
from mmspack.fitted import FittedMessage, FittedPart
from mmspack.fitting.message import fit
from mmspack.message import Message
from mmspack.model import Kind
from mmspack.profiles import Profile

RUINED = 50.0
"""Quality below which the limit is tried; above it, the recommended size is worth more than points."""
MUCH = 3.0
"""Points, a few, that the worst picture must gain to be worth a warning. Both numbers are predictions, but of
one picture by one method, and err alike."""
_AS_BAD = 3.0
"""Points above the worst up to which another picture may be it: predictions of two do not err alike."""
_AS_GOOD = 1.0
"""Points that a picture may seem to lose by more bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """The picture for whose sake the limit was taken: the worst one at the recommended size."""

    label: str
    """What the author called it."""
    before: float
    """Its quality at the recommended size, 0 to 100."""
    after: float
    """Its quality at the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fitted message, and the bytes that it was fitted to."""

    message: FittedMessage
    max_bytes: int
    lifted: Lifted | None = None
    """The picture for whose sake the limit was taken, where it was."""


def fit_to_profile(
    message: Message,
    profile: Profile,
    *,
    reserved_bytes: int,
    effort: str = "good",
    cache: bool = True,
    meter: ProgressMeter | None = None,
) -> Fitted:
    """Fit to what the profile recommends, so that no warning is left.

    The limit itself is taken where the recommended size cannot be met, and where it would ruin a picture that
    the limit lifts by more than a few points. Takes and raises what `fit` does.
    """

    def within(max_bytes: int, *, explain: bool = True) -> FittedMessage:
        target = replace(profile, max_bytes=max_bytes)
        return fit(
            message,
            target,
            reserved_bytes=reserved_bytes,
            effort=effort,
            cache=cache,
            explain=explain,
            meter=meter,
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
        lifted = _lifted(made, larger, worst)
        if lifted is None:
            return Fitted(message=made, max_bytes=recommended)
        return Fitted(message=larger, max_bytes=limit, lifted=lifted)
    return Fitted(message=within(limit), max_bytes=limit)


def _lifted(made: FittedMessage, larger: FittedMessage, worst: float) -> Lifted | None:
    """What the limit makes of the worst picture; None where it gains too little, or another one loses."""
    found = [
        Lifted(label=one.label, before=one.quality, after=other.quality or 0.0)
        for one, other in zip(made.parts, larger.parts, strict=True)
        if one.kind is Kind.IMAGE and one.quality is not None and one.quality <= worst + _AS_BAD
    ]
    most = max(found, key=lambda one: one.after - one.before)
    least = worst_quality(larger.parts) or 0.0
    return most if most.after - most.before > MUCH and least >= worst - _AS_GOOD else None


def worst_quality(parts: tuple[FittedPart, ...]) -> float | None:
    """Predicted quality of the picture that looks worst; None without pictures.

    Films are left out: few reach what a picture would be ruined at, and fitting one again takes seconds.
    """
    seen = (part.quality for part in parts if part.kind is Kind.IMAGE)
    return min((quality for quality in seen if quality is not None), default=None)
