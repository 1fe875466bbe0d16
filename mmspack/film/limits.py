"""The limits of a child process that decodes what strangers made. They are set in the child itself."""

from __future__ import annotations

import os
import sys

TIMEOUT = 600.0
"""Seconds that one request may take: a film of two minutes in 4K is decoded in one."""
_MEMORY = 1_500_000_000
"""Bytes of data: two threads of 4K hold 400 million at worst (16 reference frames of 10 bits)."""
_PROCESSOR = 1_800
"""Seconds of processor time over all requests."""
_FILE = 2_000_000_000
"""Bytes of a file that it writes."""


def limit() -> None:
    """Set the limits on this process where the system has them: everywhere but on Windows."""
    if sys.platform == "win32":
        return
    import resource

    # RLIMIT_DATA counts what a process may write to; RLIMIT_AS also counts libraries and thread stacks.
    wanted = {resource.RLIMIT_CPU: _PROCESSOR, resource.RLIMIT_FSIZE: _FILE, resource.RLIMIT_CORE: 0}
    if sys.platform == "linux":
        wanted[resource.RLIMIT_DATA] = _MEMORY
    for what, most in wanted.items():
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def become(command: list[str]) -> None:
    """Replace this process by a command that inherits its limits."""
    limit()
    os.execv(command[0], command)  # noqa: S606 - a shell is what is not wanted
