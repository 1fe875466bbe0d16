"""Small writes of a request, gathered into few.

The HTTP client writes a request's head, each block of its body and, at the end, an empty block, each by
itself. One such write costs as much as all that a door does for a request, an asynchronous one more.
"""

from __future__ import annotations

SMALL = 16 * 1024
"""Bytes below which a piece waits for the next one: to copy more would take longer than to write twice."""


class Gathered:
    """What waits of one connection's request."""

    def __init__(self) -> None:
        self._waiting = b""

    def add(self, piece: bytes) -> list[bytes]:
        """What goes out now; an empty piece ends the request, and nothing waits any longer."""
        waiting = self._waiting
        if piece and len(waiting) + len(piece) < SMALL:
            self._waiting = waiting + piece if waiting else piece
            return []
        self._waiting = b""
        if len(piece) < SMALL:
            return [waiting + piece] if waiting or piece else []
        return [waiting, piece] if waiting else [piece]
