"""Wait for what happens in another thread or process, however busy the machine is."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable

_SECONDS, _LOOKS = 60.0, 3_000
"""Only a machine on which nothing moves takes so long, and one that stood still as a whole has looked less
often: both must have passed before a test that waits for what never comes ends."""


def until(condition: Callable[[], object]) -> None:
    """Return once ``condition()`` is true; where it never is, fail and say what each thread does."""
    end, looks = time.monotonic() + _SECONDS, 0
    while not condition():
        looks += 1
        assert looks < _LOOKS or time.monotonic() < end, f"it did not happen in time\n\n{_threads()}"
        time.sleep(0.01)


def _threads() -> str:
    """Where each thread of this process stands: a rare failure seldom comes twice."""
    names = {one.ident: one.name for one in threading.enumerate()}
    return "\n".join(
        f"{names.get(number, number)}:\n{''.join(traceback.format_stack(frame))}"
        for number, frame in sys._current_frames().items()
    )
