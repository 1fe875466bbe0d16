"""Where media lie that a provider takes by reference: each is placed once, however many messages need it.

Placing sends nothing to anybody, so unlike a send it may be repeated. `Places` does no input or output: the
clients ask it, do what it says and tell it what came of it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from mmspack.gateway.observed import Verdict
from mmspack.gateway.requests import HttpRequest, MediaPart

MOST_KNOWN = 512
"""Media that are remembered: shared ones are few, and personal ones are needed once."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Placed by a request to the provider."""

    http: HttpRequest


@dataclass(frozen=True, slots=True)
class Hosting:
    """Placed in a store of the team's own that the provider can reach."""

    store: str
    base_url: str


class Places:
    """What is placed already, and who is placing what. Safe to share between threads."""

    def __init__(self) -> None:
        # Guards the table of locks alone; an upload holds the lock of its own medium, so that others go on.
        self._lock = threading.Lock()
        self._known: OrderedDict[str, str] = OrderedDict()
        self._busy: dict[str, threading.Lock] = {}

    def of(self, media: Sequence[MediaPart]) -> dict[str, str]:
        """Where those of `media` lie that are placed, by their SHA-256."""
        with self._lock:
            return {one.sha256: self._known[one.sha256] for one in media if one.sha256 in self._known}

    def turn(self, medium: MediaPart) -> threading.Lock:
        """A lock that whoever places this medium holds, so that it is placed once."""
        with self._lock:
            return self._busy.setdefault(medium.sha256, threading.Lock())

    def keep(self, medium: MediaPart, place: str) -> None:
        """Remember where it lies."""
        with self._lock:
            self._known[medium.sha256] = place
            self._known.move_to_end(medium.sha256)
            self._busy.pop(medium.sha256, None)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)


class NotPlaced(Exception):
    """A medium could not be placed: nothing was sent. `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.summary)
        self.verdict = verdict
