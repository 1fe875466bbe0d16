"""Delivery and read reports, in words that are the same at every door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ANSWER_SECONDS = 10
"""Operators wait this long for an answer to what they push (SendMMS, its report page; MM7 likewise)."""


class ReportKind(StrEnum):
    """The subject of a report."""

    DELIVERY = "delivery"
    READ = "read"
    UNDOCUMENTED = "undocumented"
    """A type that no page explains; the report is kept all the same."""


@dataclass(frozen=True, slots=True)
class Status:
    """One status number: what it means, and whether more can follow."""

    number: int
    name: str
    final: bool
    delivered: bool | None
    """True: it reached the phone. False: it never will. None: not known."""


STATUSES: dict[int, Status] = {
    status.number: status
    for status in (
        Status(1, "buffered", final=False, delivered=None),
        Status(2, "indeterminate", final=True, delivered=None),
        Status(3, "delivered", final=True, delivered=True),
        Status(4, "expired", final=True, delivered=False),
        Status(5, "rejected", final=True, delivered=False),
        Status(6, "forwarded", final=True, delivered=None),
        Status(7, "read", final=True, delivered=True),
        Status(8, "deleted", final=True, delivered=True),
        Status(9, "indeterminate-read", final=True, delivered=None),
        Status(10, "expired-read", final=True, delivered=None),
    )
}


_LONGEST_REASON = 300


def reason_of(*words: str) -> str:
    """A provider's code and words as one line of bounded length."""
    return ": ".join(found for word in words if (found := " ".join(word.split())))[:_LONGEST_REASON]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """One report about one recipient of a message that was sent."""

    id: str
    """Of this report."""
    request_id: str
    """Of the message: `Receipt.id`."""
    to: str
    """The sender of the message; reports go back."""
    sender: str
    """The recipient of the message: the report's `from`."""
    kind: ReportKind
    status: Status
    """An undocumented number has the name `undocumented`."""
    date: datetime | None = None
    """Without zone where the operator gave none; None where it cannot be read."""
    useragent: str = ""
    reason: str = ""
    """Why it is so, in the provider's own code and words; empty where it says nothing."""
    type: str = ""
    """What the operator gave as `type`, where that is undocumented; else empty."""

    @property
    def recipient(self) -> str:
        """The phone that the report concerns."""
        return self.sender

    @property
    def delivered(self) -> bool | None:
        """True: it reached the phone. False: it never will. None: not known."""
        return self.status.delivered
