"""What a message comes to under one profile at one effort: a row of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.fitted import FittedPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One cell of a plan: one profile at one effort. All sizes in bytes."""

    profile: str
    effort: str
    max_bytes: int
    """The size that it was fitted to: what the profile recommends, or its limit."""
    total_bytes: int = 0
    """What is held against the limit, as the build's report has it; 0 where the message does not fit."""
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
    def worst_quality(self) -> float | None:
        """Quality of the picture, video or sound that comes off worst; None where there is none."""
        return min((part.quality for part in self.parts if part.quality is not None), default=None)
