"""What `mmspack check` says about a bundle that has arrived."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from mmspack.errors import BundleError

Finding = Mapping[str, object]
"""`id`, `severity`, `message`, `part`, `line`; ready for JSON."""


@functools.lru_cache(maxsize=4)
def findings_of(data: bytes, subject: str, profile: str) -> tuple[Finding, ...]:
    """The findings in a zip. The last few are remembered, since one zip often goes to many recipients."""
    from mmspack.rules.checking import check

    try:
        report = check(data, profile=profile, subject=subject)
    except BundleError as error:
        return ({"id": "", "severity": "error", "message": error.message, "part": None, "line": None},)
    return tuple(
        {
            "id": finding.id,
            "severity": finding.severity.value,
            "message": finding.message,
            "part": finding.part,
            "line": finding.line,
        }
        for finding in report.findings
    )
