"""Who may hold a connection, and for how long: a server's guard against peers that connect and stay silent.

uvicorn has a time limit between two requests and none within one: 256 connections that never finish their
first line ended its service for as long as they were held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MOST_CONNECTIONS = 512
"""Open at one time. A process may usually open 1,024 files; databases and handlers need theirs."""
_BEYOND = 32
"""Further connections that are answered with 503 instead of being cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that a peer has. Operators push a few hundred kilobytes, and wait 10 s for an answer."""

    head: float = 10.0
    """For the whole head of a request, from its first byte or from the connection on."""
    body: float = 60.0
    """For the whole body."""
    answer: float = 30.0
    """To take something of an answer that does not fit into the system's buffers."""


class Held(Protocol):
    """A connection, as far as a lobby knows it."""

    def cut(self) -> None:
        """Close it at once."""


class Lobby:
    """The connections of one server. Only its event loop uses it."""

    def __init__(
        self,
        *,
        admits: Callable[[str], bool] = lambda _peer: True,
        each: Callable[[str], int] = lambda _peer: MOST_CONNECTIONS,
        most: int = MOST_CONNECTIONS,
        patience: Patience | None = None,
    ) -> None:
        """`admits` judges an address when it connects; `each` says how many connections it may hold."""
        self._admits = admits
        self._each = each
        self.most = most
        self.patience = patience or Patience()
        self._inside: dict[Held, str] = {}
        self._peers: Counter[str] = Counter()
        self._silent: dict[Held, str] = {}
        """Connections without a whole head, the oldest first."""

    def __len__(self) -> int:
        return len(self._inside)

    def enter(self, connection: Held, peer: str) -> bool:
        """Whether a new connection may stay. The oldest silent one makes room for it where there is none."""
        if not self._admits(peer):
            return False
        if self._peers[peer] >= self._each(peer) and not self._evict(peer):
            return False
        if len(self) >= self.most and not self._evict() and len(self) >= self.most + _BEYOND:
            return False
        self._inside[connection] = self._silent[connection] = peer
        self._peers[peer] += 1
        return True

    def _evict(self, peer: str = "") -> bool:
        oldest = next((one for one, its in self._silent.items() if not peer or its == peer), None)
        if oldest is None:
            return False
        self.leave(oldest)
        oldest.cut()
        return True

    def spoke(self, connection: Held) -> None:
        """It has sent a whole head."""
        self._silent.pop(connection, None)

    def waits(self, connection: Held) -> None:
        """It has its answer, and may send another request."""
        if connection in self._inside:
            self._silent[connection] = self._inside[connection]

    def leave(self, connection: Held) -> None:
        """It is closed."""
        self._silent.pop(connection, None)
        peer = self._inside.pop(connection, None)
        if peer is not None:
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]
