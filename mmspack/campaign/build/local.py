"""Messages built on this machine: in this process, or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from itertools import chain, islice

from mmspack.campaign.build.batches import Built, build_rows
from mmspack.campaign.build.engine import Rows, in_order
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Press
from mmspack.errors import OutputError, UsageError
from mmspack.words import either


class LocalEngine:
    """Processes of this machine; with one, or for one shard, all is done in the caller's own."""

    store = ""

    def __init__(self, processes: int = 1) -> None:
        if processes < 1:
            raise UsageError(f"{processes} processes", where="engine")
        self._processes = processes

    def build(self, base: Base, shards: Iterable[Rows]) -> Iterator[Built]:
        """What came of each shard."""
        rest = iter(shards)
        first = list(islice(rest, 2))
        # One shard would be built by one process, after a second's start.
        if self._processes == 1 or len(first) < 2:
            press = Press(base)
            for rows in chain(first, rest):
                yield build_rows(press, rows)
            return
        # Not fork: the caller may have threads.
        context = multiprocessing.get_context("spawn")
        try:
            with ProcessPoolExecutor(self._processes, context, _start, (base.to_blobs(),)) as pool:
                again = chain(first, rest)
                yield from in_order(again, lambda rows: pool.submit(_build, rows), 2 * self._processes)
        except BrokenExecutor as error:
            raise OutputError(
                "a worker process ended unexpectedly",
                hint="it may have run out of memory; "
                f"{either('--engine local:1', 'LocalEngine(1)')} needs the least",
            ) from error


_press: Press | None = None


def _start(blobs: dict[str, bytes]) -> None:
    global _press  # one frozen message a worker process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's to answer
    _press = Press(Base.from_blobs(blobs))


def _build(rows: Rows) -> Built:
    if _press is None:
        raise UsageError("the worker process was not prepared")
    return build_rows(_press, rows)


def processors() -> int:
    """How many processors this process may use: in a container, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
