"""Ending a run that would wait for hours."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mmspack.campaign import Run


@contextmanager
def stopped_once_it_waits(run: Run) -> Iterator[None]:
    """Stop `run` when it has waited for a third of a second, with nothing under way any more."""

    def watch() -> None:
        end, since = time.monotonic() + 60, time.monotonic()
        while time.monotonic() < min(end, since + 0.35):
            since = since if run.waiting_for else time.monotonic()
            time.sleep(0.005)
        run.stop.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    watcher.join()
