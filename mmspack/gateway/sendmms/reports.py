"""Delivery and read reports, as the operator pushes them: an HTTP GET with one report.

    report = read_report(request.query_params.multi_items())
    if report.delivered: ...

The answer must be 200 with a body that is not empty, within 10 seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from mmspack.errors import InputError
from mmspack.gateway.sendmms.dates import read_date, write_date

ANSWER_SECONDS = 10
"""The operator waits this long for an answer."""

Fields = Mapping[str, str] | Iterable[tuple[str, str]]
"""A query as names and values."""


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
_KINDS = {"1": ReportKind.DELIVERY, "2": ReportKind.READ, "3": ReportKind.DELIVERY, "4": ReportKind.READ}
"""3 and 4 on the operator's later page, 1 and 2 on an older copy."""
_NUMBERS = {ReportKind.DELIVERY: "3", ReportKind.READ: "4"}


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

    def query(self) -> str:
        """The report as a query string, in the form of the operator's later page."""
        fields = {
            "id": self.id,
            "requestid": self.request_id,
            "to": self.to,
            "from": self.sender,
            "date": write_date(self.date) if self.date else "",
            "type": _NUMBERS.get(self.kind, self.type),
            "status": str(self.status.number),
            "useragent": self.useragent,
        }
        return urlencode({name: value for name, value in fields.items() if value})


def read_report(fields: Fields) -> DeliveryReport:
    """The report that a query holds; of a name that is given twice, the first value.

    Raises `InputError` that names what is missing or wrong.
    """
    pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
    values = dict(reversed(pairs))
    missing = [name for name in ("id", "requestid", "type", "status") if not values.get(name, "").strip()]
    if missing:
        raise InputError(f"no {' and no '.join(missing)}", where="report")
    number = values["type"].strip()
    kind = _KINDS.get(number, ReportKind.UNDOCUMENTED)
    return DeliveryReport(
        id=values["id"].strip(),
        request_id=values["requestid"].strip(),
        to=values.get("to", "").strip(),
        sender=values.get("from", "").strip(),
        kind=kind,
        status=_status(values["status"].strip()),
        date=read_date(values.get("date", "")),
        useragent=values.get("useragent", ""),
        type="" if number in _KINDS else number,
    )


def _status(text: str) -> Status:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InputError(f"status {text[:20]!r} is not a number", where="report")
    number = int(text)
    return STATUSES.get(number) or Status(number, "undocumented", final=False, delivered=None)
