"""Asking a provider what became of messages: an unknown outcome becomes a proved one.

Asking sends nothing, and may be repeated. Only doors whose provider keeps a log can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What a provider's log says of one message."""

    ARRIVED = "arrived"
    """The provider has it: it was accepted, whatever became of it then."""
    ABSENT = "absent"
    """It is not in the log, which proves something only when the log has had time (`Memory`)."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The fate of one message, with the id by which the provider knows it."""

    fate: Fate
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a provider's log is good for."""

    at_once: int = 1
    """Messages that one request asks about."""
    needs_message: bool = False
    """It is found by its content, so that has to be made again; else its reference is enough."""
    settles_after: int = 0
    """Seconds after which what is not in the log never arrived; 0: absence proves nothing."""
    forgets_after: int = 0
    """Seconds for which the log is kept: of what may be older, absence proves nothing."""
    pause: float = 0.0
    """Seconds between two requests, where the provider counts them."""

    def proves_absence(self, *, sent_after: float, sent_before: float, now: float) -> bool:
        """Whether absence now proves that what was sent between the two times never arrived."""
        if not self.settles_after:
            return False
        return now - sent_before >= self.settles_after and now - sent_after < self.forgets_after
