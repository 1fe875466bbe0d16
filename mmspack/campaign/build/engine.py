"""What builds messages: an engine runs pure shards of rows, and gives their results in order.

Senders never run inside one: an engine may run a task twice, which is harmless for building and would be a
duplicate for sending.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Protocol

from mmspack.campaign.build.batches import Built, RowFields
from mmspack.campaign.build.frozen import Base

Rows = Sequence[RowFields]


class Engine(Protocol):
    """Builds shards of rows, in the order in which they are given."""

    store: str
    """Where drawn pictures are kept for the senders; empty: nowhere, and they are drawn again."""

    def build(self, base: Base, shards: Iterable[Rows]) -> Iterator[Built]:
        """What came of each shard."""
        ...


def in_order(shards: Iterable[Rows], submit: Callable[[Rows], Future[Built]], ahead: int) -> Iterator[Built]:
    """The results of futures in the shards' order, with at most `ahead` in progress: memory stays flat."""
    waiting: deque[Future[Built]] = deque()
    try:
        for rows in shards:
            waiting.append(submit(rows))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
