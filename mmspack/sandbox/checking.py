"""The process that checks what has arrived: a bundle in, its findings out, until its input ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import IO, Any

from mmspack.errors import BundleError
from mmspack.rules.checking import check
from mmspack.sandbox.arrival import finding

try:
    import resource
except ImportError:  # Windows, where the sandbox's clock alone ends a check
    resource = None  # type: ignore[assignment]


def serve(asked: IO[bytes], answered: IO[bytes], budget: int) -> None:
    """Answer each request: a line of JSON, and as many bytes of a zip as it says."""
    while line := asked.readline():
        header = json.loads(line)
        allow(budget)
        found = findings_of(asked.read(header["bytes"]), header)
        answered.write(json.dumps(found).encode() + b"\n")
        answered.flush()


def allow(seconds: int) -> None:
    """Let the system end this process when it has used that much more CPU."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard < 0 else min(most, hard), hard))


def findings_of(data: bytes, header: Mapping[str, Any]) -> list[dict[str, object]]:
    """What the check says, ready for JSON."""
    try:
        report = check(data, profile=header["profile"], subject=header["subject"])
    except BundleError as error:
        return [finding(error.message)]
    return [
        {
            "id": one.id,
            "severity": one.severity.value,
            "message": one.message,
            "part": one.part,
            "line": one.line,
        }
        for one in report.findings
    ]


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
