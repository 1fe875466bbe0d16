"""The circuit breaker: stops a run when refusals or unknown outcomes climb. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from mmspack.campaign.states import Event


@dataclass(slots=True, kw_only=True)
class Breaker:
    """Watches the last `window` outcomes. Shares are of these; none is judged before `least` outcomes."""

    window: int = 100
    least: int = 20
    most_held: float = 0.1
    most_rejected: float = 0.3
    in_a_row: int = 10
    """Unknown outcomes one after the other that stop at once."""
    _seen: deque[Event] = field(default_factory=deque)
    _held_in_a_row: int = 0

    def see(self, event: Event) -> str:
        """Take an outcome; returns why the run must stop, or an empty text."""
        if event is Event.RETURN:
            return ""
        self._seen.append(event)
        if len(self._seen) > self.window:
            self._seen.popleft()
        self._held_in_a_row = self._held_in_a_row + 1 if event is Event.HOLD else 0
        if self._held_in_a_row >= self.in_a_row:
            return f"{self._held_in_a_row} outcomes in a row are unknown"
        if len(self._seen) < self.least:
            return ""
        held, rejected = (self._seen.count(kind) for kind in (Event.HOLD, Event.REJECT))
        if held > self.most_held * len(self._seen):
            return f"{held} of the last {len(self._seen)} outcomes are unknown"
        if rejected > self.most_rejected * len(self._seen):
            return f"{rejected} of the last {len(self._seen)} messages were refused"
        return ""
