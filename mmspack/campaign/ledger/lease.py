"""One run at a time: a lock that the system takes back when the process ends, however it ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import filelock

from mmspack.errors import OutputError, UsageError
from mmspack.words import system_reason

_PATIENCE = 0.3
"""Seconds: who looks whether somebody has the lock has it for a moment."""


@dataclass(slots=True)
class Lease:
    """A lock that is held."""

    _lock: filelock.BaseFileLock

    @classmethod
    def take(cls, path: Path, what: str = "") -> Self:
        """Hold the lock beside `path`. Raises `UsageError` where another process has it."""
        # Whoever holds it may give it back from another thread: a run ends in the thread that stops it.
        lock = filelock.FileLock(
            path.with_name(f"{path.name}.lock"), timeout=_PATIENCE, mode=0o600, thread_local=False
        )
        try:
            lock.acquire()
        except filelock.Timeout:
            raise UsageError(
                "is in use by another process",
                where=what or path,
                hint="only one run at a time; see: mmspack campaign status",
            ) from None
        # Some network folders have no locks. To go on without one could send twice.
        except OSError as error:
            why = system_reason(error)
            raise OutputError(f"cannot be locked: {why}", where=path) from None
        return cls(lock)

    @classmethod
    def is_held(cls, path: Path) -> bool:
        """Whether a process holds it at the moment; False where that cannot be determined."""
        if not path.with_name(f"{path.name}.lock").exists():
            return False
        try:
            cls.take(path).release()
        except UsageError:
            return True
        except OutputError:
            return False
        return False

    def release(self) -> None:
        """Give it back."""
        self._lock.release()
