"""The most memory that a program takes, in a process of its own.

`ru_maxrss` would not do: on Linux a child begins with what its parent had taken by then.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

only_on_linux = pytest.mark.skipif(sys.platform != "linux", reason="resident memory is told differently")

_TELL = "\nimport re; print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])"


def peak_of(program: str, *arguments: object) -> int:
    """Bytes of resident memory at the highest, of this Python program with these arguments."""
    said = subprocess.run(
        [sys.executable, "-c", program + _TELL, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(said.stdout.split()[-1]) * 1024
