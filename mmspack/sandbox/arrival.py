"""What `mmspack check` says about a bundle that has arrived, within a budget of CPU.

The check runs in a process of its own: whatever a hostile bundle makes of it, the sandbox goes on serving.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

Finding = Mapping[str, object]
"""`id`, `severity`, `message`, `part`, `line`; ready for JSON."""
BUDGET = 10
"""Seconds of CPU that one bundle may take; the slowest of the fuzz corpus takes less than one."""
_PATIENCE = 60.0
"""Seconds of the clock, for a machine that is busy otherwise."""
_KEPT = 64
"""Results that are remembered, since one zip often goes to many recipients, and costly ones come again."""


class Checker:
    """Checks bundles, one at a time, in a process that starts with the first.

    Safe to share between threads.
    """

    def __init__(self, *, budget: int = BUDGET, patience: float = _PATIENCE) -> None:
        self._budget = budget
        self._patience = patience
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Finding, ...]] = OrderedDict()
        self._process: subprocess.Popen[bytes] | None = None

    def findings(self, data: bytes, subject: str, profile: str) -> tuple[Finding, ...]:
        """The findings in a zip; one that says so where the check was stopped."""
        key = hashlib.sha256(f"{profile}\0{subject}\0".encode() + data).hexdigest()
        with self._lock:
            if key not in self._known:
                self._known[key] = self._ask(data, subject, profile)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            return self._known[key]

    def _ask(self, data: bytes, subject: str, profile: str) -> tuple[Finding, ...]:
        if self._process is None or self._process.poll() is not None:
            self._process = self._start()
        process = self._process
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101 - they are pipes
        asked = {"bytes": len(data), "subject": subject, "profile": profile}
        watch = threading.Timer(self._patience, process.kill)
        watch.start()
        try:
            process.stdin.write(json.dumps(asked).encode() + b"\n" + data)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            watch.cancel()
        if answer.endswith(b"\n"):
            found: list[dict[str, Any]] = json.loads(answer)
            return tuple(found)
        self._end()
        return (finding(f"the check took too long (more than {self._budget} s of CPU), and was stopped"),)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "mmspack.sandbox.checking", str(self._budget)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()


def finding(message: str, severity: str = "error") -> dict[str, object]:
    """A finding of the sandbox itself."""
    return {"id": "", "severity": severity, "message": message, "part": None, "line": None}
