"""When a refused request goes out again: where the gateway asks for it, few times, within a budget.

Written here because it must also run inside an event loop and inside a campaign with a given clock and
given randomness: tenacity and stamina draw their jitter from the module `random`, and decide per
exception, whereas this decides on the outcome table.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass

from mmspack.arguments import mistyped
from mmspack.errors import ConfigError
from mmspack.gateway.observed import Observed, Verdict
from mmspack.problem import Place, Problem

MAX_RETRIES = 3
"""Further tries after a refusal that asks for one: of SendMMS, codes 2 and 3 (the outcome table)."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and how long apart: before try n+1, random between 0 and `base` * 2**(n-1) seconds.

    Raises `ConfigError`.
    """

    times: int = MAX_RETRIES
    base: float = 1.0
    longest: float = 30.0

    def __post_init__(self) -> None:
        values = {"times": self.times, "base": self.base, "longest": self.longest}
        problems = mistyped(values, {"times": int, "base": float, "longest": float})
        if not problems and not 0 <= self.times <= MAX_RETRIES:
            problems = [Problem(f"{self.times} is not between 0 and {MAX_RETRIES}", Place(key="times"))]
        problems = problems or [
            Problem(f"{value} is less than 0 seconds", Place(key=name))
            for name, value in values.items()
            if not value >= 0
        ]
        if problems:
            raise ConfigError(problems=problems)

    def wait(self, tried: int, random: Callable[[], float]) -> float:
        """Seconds to wait after `tried` tries; `random` gives numbers from 0 to 1."""
        return float(random() * min(self.longest, self.base * 2 ** (tried - 1)))


class RetryBudget:
    """Holds retries to a share of all sends, so that a gateway in trouble is not pressed harder.

    Each send adds `share` of a retry, each retry takes one; `reserve` is there from the start.
    """

    def __init__(self, share: float = 0.2, reserve: float = 10.0) -> None:
        self._share = share
        self._most = reserve
        self._left = reserve
        # Senders share one budget: two threads must not take the same last retry.
        self._lock = threading.Lock()

    def earn(self) -> None:
        """Count one send."""
        with self._lock:
            self._left = min(self._most, self._left + self._share)

    def take(self) -> bool:
        """Take one retry, when there is one left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


def exchanges(
    classify: Callable[[Observed], Verdict], retry: Retry, budget: RetryBudget, random: Callable[[], float]
) -> Generator[float, Observed, tuple[Verdict, Observed, int]]:
    """The course of one send, without any input or output of its own.

    Yields the seconds to wait before the request goes out (0 the first time) and takes what was observed
    then, which `classify` judges; returns the final verdict, what it rests on, and the number of tries.
    """
    budget.earn()
    tried, wait = 0, 0.0
    while True:
        seen = yield wait
        tried += 1
        verdict = classify(seen)
        if not verdict.retry or tried > retry.times or not budget.take():
            return verdict, seen, tried
        wait = retry.wait(tried, random)
