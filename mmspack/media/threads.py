"""Steps of a long row done on all processors, their results taken in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

_AHEAD = 4
"""Results that may wait, for each thread: more would only take memory."""


def ahead(work: Callable[[_T], _R], tasks: Iterable[_T]) -> Iterator[_R]:
    """`work` of each task in order, the next ones being worked on while one is used."""
    workers = os.cpu_count() or 1
    if workers < 2:
        yield from map(work, tasks)
        return
    waiting: deque[Future[_R]] = deque()
    rest = iter(tasks)
    with ThreadPoolExecutor(workers) as pool:
        waiting.extend(pool.submit(work, task) for task in islice(rest, _AHEAD * workers))
        while waiting:
            done = waiting.popleft().result()
            waiting.extend(pool.submit(work, task) for task in islice(rest, 1))
            yield done
