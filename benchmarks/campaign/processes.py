"""Forked processes that a benchmark starts, orders about, kills, and whose processor time it counts."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable
from typing import Any

_PORTS = range(10_000, 30_000)
"""Below those that the system gives to connections: one of them could take a killed gateway's port."""


def own_port() -> socket.socket:
    """A socket that holds a port for one schedule: by UDP, so that the gateway can have it for TCP."""
    for _ in range(1000):
        port = random.choice(_PORTS)
        holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            holder.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
            continue
        return holder
    raise SystemExit("no port is free")


class Child:
    """A forked process that does `work` and ends with what it returns."""

    def __init__(self, work: Callable[[], int]) -> None:
        # The child alone has the pipe's other end: the end of the file is the end of the process.
        self._ears, self._mouth = os.pipe()
        self._id = os.fork()
        if self._id:
            os.close(self._mouth)
            ALIVE.add(self._id)
            return
        code = 70
        try:
            code = work()
        except Exception:  # noqa: BLE001 - the process ends here, and says why
            traceback.print_exc()
        finally:
            os._exit(code)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, or None where it still runs after so many seconds."""
        if not select.select([self._ears], [], [], max(0.0, seconds))[0]:
            return None
        return self._reap()

    def signal(self, number: int) -> None:
        """Send a signal, where it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._id, number)

    def kill(self) -> None:
        """SIGKILL."""
        os.kill(self._id, signal.SIGKILL)
        self._reap()

    def _reap(self) -> int:
        os.close(self._ears)
        ALIVE.discard(self._id)
        return os.waitstatus_to_exitcode(os.waitpid(self._id, 0)[1])


ALIVE: set[int] = set()
"""The processes that this one has started and not yet waited for."""


class Host(Child):
    """A process that obeys one order after the other, until it is killed or nobody can give another."""

    def __init__(self) -> None:
        self._orders, self._voice = os.pipe()
        super().__init__(self._serve)
        os.close(self._orders)

    def order(self, *values: object) -> None:
        """Tell it what to do next."""
        os.write(self._voice, json.dumps(values).encode() + b"\n")

    def _serve(self) -> int:
        ALIVE.clear()
        os.close(self._voice)
        with os.fdopen(self._orders) as orders:
            for line in orders:
                self.obey(*json.loads(line))
        return 0

    def obey(self, *values: Any) -> None:
        """Do it."""
        raise NotImplementedError

    def _reap(self) -> int:
        os.close(self._voice)
        return super()._reap()


def processor_time() -> float:
    """Seconds of this process, of all that it has waited for, and of those that still run."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(map(_processor_time_of, ALIVE))


def _processor_time_of(process: int) -> float:
    # Only Linux numbers the clocks of other processes (clock_getcpuclockid(3)); elsewhere the figure is less.
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError:
        return 0.0
