"""How far the videos and sounds of a message are: what has been gone through, of all that will be."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the frames that have been gone through and with how many there will be, from any thread.

Each frame counts once for every time that it is decoded or encoded, and each encode of a sound as one. Where
it also has a method `searching`, that is called once a clip does not fit, and what would fit is looked for.
"""


class ProgressMeter:
    """Adds up the work of all clips. What is reported never goes backwards. Safe for several threads."""

    def __init__(self, report: Progress | None = None) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._clips: list[ClipProgress] = []
        self._share = 0.0

    def clip(self) -> ClipProgress:
        """The part of one clip. It counts nothing until something is expected of it."""
        made = ClipProgress(self)
        with self._lock:
            self._clips.append(made)
        return made

    def moved(self, clip: ClipProgress, done: int, wanted: int) -> None:
        """Take the figures of a clip, and report the sum."""
        with self._lock:
            clip.done, clip.wanted = done, max(done, wanted)
            total = sum(one.wanted for one in self._clips)
            if self._report is not None and total:
                # An encode that nobody expected makes the whole larger: the bar waits until that is made up.
                shown = max(sum(one.done for one in self._clips), math.ceil(self._share * total - 1e-6))
                self._share = shown / total
                self._report(shown, total)

    def search(self) -> None:
        """A clip does not fit: how much of it would is found by trying, which nobody expected."""
        searching = getattr(self._report, "searching", None)
        if searching is not None:
            searching()

    def left(self, clip: ClipProgress) -> None:
        """Expect no more of a clip. Nothing is reported: it may be tried again with other bytes."""
        with self._lock:
            clip.wanted = clip.done

    def finish(self) -> None:
        """Report that all is done, where anything was."""
        with self._lock:
            total = sum(one.wanted for one in self._clips)
            if self._report is not None and total:
                self._report(total, total)


class ClipProgress:
    """The work on one clip."""

    def __init__(self, meter: ProgressMeter) -> None:
        self._meter = meter
        self.done = 0
        self.wanted = 0

    def expect(self, wanted: int) -> None:
        """So much will be gone through in all, as far as is known."""
        self._meter.moved(self, self.done, wanted)

    def need(self, more: int) -> None:
        """At least so much is still to come."""
        if self.wanted < self.done + more:
            self.expect(self.done + more)

    def advance(self, done: int) -> None:
        """So much more has been gone through."""
        self._meter.moved(self, self.done + done, self.wanted)

    def search(self) -> None:
        """What would fit is looked for."""
        self._meter.search()

    def trial(self) -> ClipProgress:
        """The work on a part of the clip, which nobody expected."""
        return self._meter.clip()

    def finish(self) -> None:
        """Nothing more will be: what was expected and not needed counts no longer."""
        self._meter.left(self)


def unheard() -> ClipProgress:
    """The work on a clip that nobody waits for."""
    return ProgressMeter().clip()
