"""MM7Status codes of MM7, declared once (TS 23.140, 8.7.8.4): the door reads them, the sandbox answers them.

What follows from each is our inference: the standard says what failed, not whether the message went on.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.outcome import Result


@dataclass(frozen=True, slots=True)
class MM7Status:
    """One status code."""

    number: int
    name: str
    result: Result
    hold: bool = False
    retry: bool = False


_REJECTED, _UNKNOWN, _STOPPED = Result.REJECTED, Result.UNKNOWN, Result.ACCOUNT_STOPPED
STATUSES: dict[int, MM7Status] = {
    status.number: status
    for status in (
        MM7Status(1000, "success", Result.ACCEPTED),
        MM7Status(1100, "partial success", _UNKNOWN, hold=True),
        MM7Status(2000, "client error", _REJECTED),
        MM7Status(2001, "operation restricted", _REJECTED),
        MM7Status(2002, "address error", _REJECTED),
        MM7Status(2003, "address not found", _REJECTED),
        MM7Status(2004, "multimedia content refused", _REJECTED),
        MM7Status(2005, "message id not found", _REJECTED),
        MM7Status(2006, "linked id not found", _REJECTED),
        MM7Status(2007, "message format corrupt", _REJECTED),
        MM7Status(2008, "application id not found", _REJECTED),
        MM7Status(2009, "reply application id not found", _REJECTED),
        MM7Status(3000, "server error", _UNKNOWN, hold=True),
        MM7Status(3001, "not possible", _REJECTED),
        MM7Status(3002, "message rejected", _REJECTED),
        MM7Status(3003, "multiple addresses not supported", _REJECTED),
        MM7Status(4000, "general service error", _UNKNOWN, hold=True),
        MM7Status(4001, "improper identification", _STOPPED),
        MM7Status(4002, "unsupported version", _REJECTED),
        MM7Status(4003, "unsupported operation", _REJECTED),
        MM7Status(4004, "validation error", _REJECTED),
        MM7Status(4005, "service error", _REJECTED),
        MM7Status(4006, "service unavailable", Result.NOT_SENT, retry=True),
        MM7Status(4007, "service denied", _STOPPED),
        MM7Status(4008, "application denied", _REJECTED),
    )
}


_SCHEMAS = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/"
PAIRS: dict[str, frozenset[str]] = {
    "5.3.0": frozenset(
        [f"{_SCHEMAS}REL-5-MM7-1-{n}" for n in range(6)] + [f"{_SCHEMAS}REL-6-MM7-1-{n}" for n in range(5)]
    ),
    "5.6.0": frozenset([f"{_SCHEMAS}REL-5-MM7-1-2"]),
    "6.8.0": frozenset([f"{_SCHEMAS}REL-6-MM7-1-4"]),
}
"""The namespaces with which each version is known to be used (operators' guides, read in November 2026)."""


def status_of(number: int) -> MM7Status | None:
    """The status of a number; of one that is not listed, that of its class (x000). None for no class."""
    return STATUSES.get(number) or STATUSES.get(number // 1000 * 1000)
