"""How the sandbox misbehaves on request: each mode declared once, with a probability and a seed."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mmspack.arguments import is_of, mistyped
from mmspack.errors import UsageError
from mmspack.words import choose_from, did_you_mean


class Phase(StrEnum):
    """When a mode strikes."""

    CONNECT = "connect"
    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class ChaosMode:
    """One way to misbehave."""

    name: str
    phase: Phase
    accepts: bool
    """The message is in the inbox all the same."""
    title: str
    magic: str = ""
    """Last four digits of the recipient that ask for it."""


MODES: dict[str, ChaosMode] = {
    mode.name: mode
    for mode in (
        ChaosMode("refuse", Phase.CONNECT, False, "reset the connection at the request's first line"),
        ChaosMode("reset-head", Phase.HEAD, False, "reset the connection before the body is read"),
        ChaosMode("reset-body", Phase.BODY, False, "reset the connection in the middle of the body"),
        ChaosMode("drop", Phase.ANSWER, True, "accept, then close without an answer", "0021"),
        ChaosMode("stall", Phase.ANSWER, True, "accept, then never answer", "0022"),
        ChaosMode("slow", Phase.ANSWER, True, "accept, then answer late", "0023"),
        ChaosMode("error", Phase.ANSWER, False, "answer 500", "0024"),
        ChaosMode("busy", Phase.ANSWER, False, "answer 429", "0025"),
        ChaosMode("redirect", Phase.ANSWER, False, "redirect to another address", "0026"),
        ChaosMode("empty", Phase.ANSWER, True, "accept, then answer 200 without an id", "0027"),
        ChaosMode(
            "html", Phase.ANSWER, True, "accept, then answer with a web page instead of the id", "0028"
        ),
        ChaosMode("charset", Phase.ANSWER, True, "accept, then answer in UTF-16", "0029"),
        ChaosMode("truncated", Phase.ANSWER, True, "accept, then cut the answer off", "0030"),
    )
}
"""The ways in which the sandbox can misbehave, by name; all but the first three have a test number."""
_MAGIC = {mode.magic: mode for mode in MODES.values() if mode.magic}


class Chaos:
    """Draws the modes. Safe to share between threads, and can be changed while the sandbox runs."""

    def __init__(
        self, chances: Mapping[str, float] | None = None, *, seed: int | None = None, magic: bool = True
    ) -> None:
        """`chances` are probabilities by mode, 1 at most in sum. Raises `UsageError`."""
        # A draw and a change of all chances must not interleave, or a seed would not repeat its draws.
        self._lock = threading.Lock()
        self.magic = magic
        self.set(chances or {}, seed=seed)

    def set(self, chances: Mapping[str, float], *, seed: int | None = None) -> None:
        """Replace all probabilities, and restart the draws from `seed`. Raises `UsageError`."""
        if problems := mistyped({"chaos": chances}, {"chaos": Mapping}):
            raise UsageError(problems=[replace(problems[0], cure='such as {"drop": 0.1}')])
        for name, chance in chances.items():
            if name not in MODES:
                hint = did_you_mean(name, MODES, choose_from(MODES))
                raise UsageError(f"no mode {name!r}", where="chaos", hint=hint)
            if not is_of(chance, (float,)) or not math.isfinite(chance) or not 0 <= chance <= 1:
                raise UsageError(f"{name}: {chance!r} is not a probability", where="chaos", hint="0 to 1")
        if math.fsum(chances.values()) > 1 + 1e-9:
            raise UsageError("the probabilities add up to more than 1", where="chaos")
        with self._lock:
            self._chances = {name: float(chance) for name, chance in chances.items() if chance > 0}
            self._seed = seed
            self._random = random.Random(seed)  # noqa: S311

    @property
    def chances(self) -> dict[str, float]:
        """The probabilities above 0."""
        with self._lock:
            return dict(self._chances)

    @property
    def seed(self) -> int | None:
        """The seed of the draws."""
        return self._seed

    def on_connect(self) -> bool:
        """Whether a request to the gateway that begins is refused."""
        with self._lock:
            chance = self._chances.get("refuse", 0.0)
            return chance > 0 and self._random.random() < chance

    def on_request(self) -> ChaosMode | None:
        """The mode that strikes one request, or None."""
        with self._lock:
            chances = {name: chance for name, chance in self._chances.items() if name != "refuse"}
            if not chances:
                return None
            drawn = self._random.random()
        for name, chance in chances.items():
            drawn -= chance
            if drawn < 0:
                return MODES[name]
        return None

    def on_recipient(self, number: str, codes: Mapping[str, int]) -> ChaosMode | int | None:
        """What a magic recipient asks for: a code of the door by its ending, a mode (`…0021`), or nothing."""
        if not self.magic:
            return None
        ending = number[-4:]
        return _MAGIC.get(ending) or codes.get(ending)


def parse_chaos(options: Sequence[str]) -> dict[str, float]:
    """Probabilities from texts such as `drop=0.1`. Raises `UsageError`."""
    chances: dict[str, float] = {}
    for option in options:
        name, _, value = option.partition("=")
        try:
            chances[name.strip()] = float(value)
        except ValueError:
            raise UsageError(f"{option!r} does not have the form drop=0.1", where="chaos") from None
    Chaos(chances)
    return chances
