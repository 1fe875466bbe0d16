"""How fast and how much an account may send: a token bucket and counts a day, kept between runs.

The bucket is stored with the user's other state, by account, so that neither a restart nor a second campaign
bursts. A clock that jumps back adds nothing, and does not give a day's count back.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from mmspack.campaign.ledger.states import StateEvent
from mmspack.campaign.ledger.witness import private_folder, state_folder
from mmspack.errors import InputError, OutputError, UsageError
from mmspack.words import system_reason

FASTEST = 100_000
"""Messages a second that no account takes: anything larger is a mistake."""
_KEPT_DAYS = 40
_CLOCK_FAULT_DAYS = 2
"""A last day further ahead than this was a wrong clock, not a clock that has been set back."""


def parse_rate(text: str) -> float:
    """Messages a second of `25/s`, `600/m`, `36000/h` or `25`. Raises `UsageError`."""
    number, _, unit = text.strip().partition("/")
    seconds = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}.get(unit.strip().lower())
    with contextlib.suppress(ValueError):
        if seconds and 0 < float(number) / seconds < FASTEST:
            return float(number) / seconds
    raise UsageError("not a rate", where=f"--rate {text!r}", hint="such as 25/s, 600/m or 36000/h")


@dataclass(slots=True)
class Bucket:
    """A token bucket. Times are seconds of any clock that goes forward; a step back counts as none."""

    rate: float
    """Tokens a second."""
    tokens: float = 0.0
    at: float = 0.0

    @property
    def size(self) -> float:
        """Most tokens that gather: those of half a second, and at least one."""
        return max(1.0, self.rate / 2)

    def refill(self, now: float) -> None:
        """Let the time since the last call count."""
        self.tokens = min(self.size, self.tokens + max(0.0, now - self.at) * self.rate)
        self.at = now

    def take(self, now: float, most: int) -> int:
        """Take up to `most` whole tokens."""
        self.refill(now)
        taken = min(most, int(self.tokens))
        self.tokens -= taken
        return taken

    def give_back(self, count: int) -> None:
        """Return tokens that were not used."""
        self.tokens = min(self.size, self.tokens + count)

    def wait(self, now: float) -> float:
        """Seconds until there is a token."""
        self.refill(now)
        return max(0.0, (1 - self.tokens) / self.rate)


@dataclass(slots=True)
class Allowance:
    """What an account has used up."""

    tokens: float = 0.0
    at: float = 0.0
    """Wall clock, seconds since 1970."""
    days: dict[str, int] = field(default_factory=dict)
    """Messages by day (UTC)."""

    def day(self, now: float) -> str:
        """Today, or the last day that was counted where the clock has been set back."""
        today = datetime.fromtimestamp(now, UTC).date()
        last = max((date.fromisoformat(day) for day in self.days), default=today)
        ahead = (last - today).days
        return (last if 0 < ahead <= _CLOCK_FAULT_DAYS else today).isoformat()

    def count(self, now: float, number: int) -> None:
        """Count messages."""
        day = self.day(now)
        self.days[day] = max(0, self.days.get(day, 0) + number)
        for old in sorted(self.days)[:-_KEPT_DAYS]:
            del self.days[old]

    def today(self, now: float) -> int:
        """Messages of today."""
        return self.days.get(self.day(now), 0)

    def month(self, now: float) -> int:
        """Messages of this month."""
        return sum(count for day, count in self.days.items() if day[:7] == self.day(now)[:7])


def account_file(url: str, user: str, folder: Path | None = None) -> Path:
    """The file of an account; neither its user nor its address can be read off the name."""
    name = hashlib.sha256(f"{url}\0{user}".encode()).hexdigest()[:16]
    return private_folder((folder or state_folder()) / "accounts") / f"{name}.json"


def load_allowance(path: Path) -> Allowance:
    """What is kept of an account. Raises `InputError` for a file that cannot be read."""
    try:
        return Allowance(**json.loads(path.read_bytes())) if path.exists() else Allowance()
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            "the account's counts cannot be read", where=path, hint="delete it to restart today's count at 0"
        ) from error


def save_allowance(path: Path, allowance: Allowance) -> None:
    """Keep it, whole. Not synced: what a power cut may lose of it is less than a second's worth."""
    part = path.with_suffix(".part")
    try:
        part.touch(mode=0o600)
        part.write_text(json.dumps(asdict(allowance)), "utf-8")
        part.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write: {system_reason(error)}", where=path) from None


@dataclass(slots=True, kw_only=True)
class Breaker:
    """Watches the last `window` outcomes. Shares are of these; none is judged before `least` outcomes."""

    window: int = 100
    least: int = 20
    most_held: float = 0.1
    most_rejected: float = 0.3
    in_a_row: int = 10
    """Unknown outcomes one after the other that stop at once."""
    _seen: deque[StateEvent] = field(default_factory=deque)
    _held_in_a_row: int = 0

    def see(self, event: StateEvent) -> str:
        """Take an outcome; returns why the run must stop, or an empty text."""
        if event is StateEvent.RETURN:
            return ""
        self._seen.append(event)
        if len(self._seen) > self.window:
            self._seen.popleft()
        self._held_in_a_row = self._held_in_a_row + 1 if event is StateEvent.HOLD else 0
        if self._held_in_a_row >= self.in_a_row:
            return f"{self._held_in_a_row} outcomes in a row are unknown"
        if len(self._seen) < self.least:
            return ""
        held, rejected = (self._seen.count(kind) for kind in (StateEvent.HOLD, StateEvent.REJECT))
        if held > self.most_held * len(self._seen):
            return f"{held} of the last {len(self._seen)} outcomes are unknown"
        if rejected > self.most_rejected * len(self._seen):
            return f"{rejected} of the last {len(self._seen)} messages were rejected"
        return ""
