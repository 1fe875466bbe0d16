"""Status codes of MM7, declared once (TS 23.140, 8.7.8.4): the door reads them, the sandbox answers them.

What follows from each is our inference: the standard says what failed, not whether the message went on.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.outcome import Result


@dataclass(frozen=True, slots=True)
class Status:
    """One status code."""

    number: int
    name: str
    result: Result
    hold: bool = False
    retry: bool = False


_REJECTED, _UNKNOWN, _STOPPED = Result.REJECTED, Result.UNKNOWN, Result.ACCOUNT_STOPPED
STATUSES: dict[int, Status] = {
    status.number: status
    for status in (
        Status(1000, "success", Result.ACCEPTED),
        Status(1100, "partial success", _UNKNOWN, hold=True),
        Status(2000, "client error", _REJECTED),
        Status(2001, "operation restricted", _REJECTED),
        Status(2002, "address error", _REJECTED),
        Status(2003, "address not found", _REJECTED),
        Status(2004, "multimedia content refused", _REJECTED),
        Status(2005, "message id not found", _REJECTED),
        Status(2006, "linked id not found", _REJECTED),
        Status(2007, "message format corrupt", _REJECTED),
        Status(2008, "application id not found", _REJECTED),
        Status(2009, "reply application id not found", _REJECTED),
        Status(3000, "server error", _UNKNOWN, hold=True),
        Status(3001, "not possible", _REJECTED),
        Status(3002, "message rejected", _REJECTED),
        Status(3003, "multiple addresses not supported", _REJECTED),
        Status(4000, "general service error", _UNKNOWN, hold=True),
        Status(4001, "improper identification", _STOPPED),
        Status(4002, "unsupported version", _REJECTED),
        Status(4003, "unsupported operation", _REJECTED),
        Status(4004, "validation error", _REJECTED),
        Status(4005, "service error", _REJECTED),
        Status(4006, "service unavailable", Result.NOT_SENT, retry=True),
        Status(4007, "service denied", _STOPPED),
        Status(4008, "application denied", _REJECTED),
    )
}


def status_of(number: int) -> Status | None:
    """The status of a number; of one that is not listed, that of its class (x000). None for no class."""
    return STATUSES.get(number) or STATUSES.get(number // 1000 * 1000)
