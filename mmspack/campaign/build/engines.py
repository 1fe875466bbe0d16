"""Where messages are built: in this process, in several on this machine, or on a cluster.

An engine runs pure shards only. Senders never run inside one: an engine may run a task twice, which is
harmless for building and would be a duplicate for sending.
"""

from __future__ import annotations

import contextlib
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from typing import Protocol

from mmspack.campaign.build.batches import Built, RowFields, build_rows
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Press
from mmspack.errors import OutputError, UsageError

Rows = Sequence[RowFields]


class Engine(Protocol):
    """Builds shards of rows, in the order in which they are given."""

    store: str
    """Where drawn pictures are kept for the senders; empty: nowhere, and they are drawn again."""

    def build(self, base: Base, shards: Iterable[Rows]) -> Iterator[Built]:
        """What came of each shard."""
        ...


class LocalEngine:
    """Processes of this machine; with one, all is done in the caller's own."""

    store = ""

    def __init__(self, processes: int = 1) -> None:
        if processes < 1:
            raise UsageError(f"{processes} processes", where="engine")
        self._processes = processes

    def build(self, base: Base, shards: Iterable[Rows]) -> Iterator[Built]:
        """What came of each shard."""
        if self._processes == 1:
            press = Press(base)
            for rows in shards:
                yield build_rows(press, rows)
            return
        import multiprocessing

        # Not fork: the caller may have threads.
        context = multiprocessing.get_context("spawn")
        try:
            with ProcessPoolExecutor(self._processes, context, _start, (base.to_blobs(),)) as pool:
                yield from in_order(shards, lambda rows: pool.submit(_build, rows), 2 * self._processes)
        except BrokenExecutor as error:
            raise OutputError(
                "a worker process ended unexpectedly",
                hint="it may have run out of memory; --engine local:1 needs the least",
            ) from error


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


_press: Press | None = None


def _start(blobs: dict[str, bytes]) -> None:
    global _press  # one frozen message a worker process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's to answer
    _press = Press(Base.from_blobs(blobs))


def _build(rows: Rows) -> Built:
    if _press is None:
        raise UsageError("the worker process was not prepared")
    return build_rows(_press, rows)


def engine_of(name: str, store: str = "") -> Engine:
    """`local`, `local:4`, or `dask://host:8786` with the address of a shared store. Raises `UsageError`."""
    kind, _, rest = name.partition(":")
    if kind == "local":
        with contextlib.suppress(ValueError):
            return LocalEngine(int(rest) if rest else _processors())
    if kind == "dask" and rest.startswith("//"):
        from mmspack.campaign.build.dask import DaskEngine

        return DaskEngine(f"tcp:{rest}", store)
    raise UsageError("neither local:N nor dask://host:port", where=f"--engine {name!r}")


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
