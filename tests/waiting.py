"""Wait for what happens in another thread or process, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

# Only a machine on which nothing moves takes so long; a test that waits for what never comes should end.
_SECONDS = 60.0


def until(condition: Callable[[], object]) -> None:
    """Return once ``condition()`` is true; fail where it does not become so."""
    end = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
