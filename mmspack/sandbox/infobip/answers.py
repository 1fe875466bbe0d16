"""The JSON that Infobip answers and reports with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mmspack.gateway.reports import STATUSES, DeliveryReport, ReportKind

if TYPE_CHECKING:
    from mmspack.sandbox.inbox import Envelope

_GROUPS = {"delivered": 3, "read": 3, "expired": 4, "rejected": 5}
_NAMES = {1: "PENDING", 2: "UNDELIVERABLE", 3: "DELIVERED", 4: "EXPIRED", 5: "REJECTED"}


def a_status(group: int, number: int, name: str, description: str) -> dict[str, Any]:
    """The status of a message."""
    return {
        "groupId": group,
        "groupName": _NAMES[group],
        "id": number,
        "name": name,
        "description": description,
    }


def an_answer(identifier: str, to: str, status: dict[str, Any]) -> dict[str, Any]:
    """The answer to one message."""
    return {"bulkId": "", "messages": [{"messageId": identifier, "status": status, "destination": to}]}


def a_log(item: Envelope) -> dict[str, Any]:
    """A message in the logs."""
    return {
        "messageId": item.reference or item.id,
        "sender": item.sender,
        "destination": item.to,
        "title": item.subject,
        "sentAt": a_time(item.received),
        "status": a_status(1, 26, "PENDING_ACCEPTED", "Message sent to next instance"),
    }


def a_delivery(message: Envelope) -> DeliveryReport:
    """The report that a message was delivered."""
    return DeliveryReport(
        id="",
        request_id=message.id,
        to=message.sender,
        sender=message.to,
        kind=ReportKind.DELIVERY,
        status=STATUSES[3],
        date=datetime.now(UTC),
    )


def a_result(report: DeliveryReport, message: Envelope) -> dict[str, Any]:
    """A report as it is pushed and fetched."""
    group = _GROUPS.get(report.status.name, 1)
    names = {3: "DELIVERED_TO_HANDSET", 4: "EXPIRED_EXPIRED", 5: "REJECTED_NETWORK", 1: "PENDING_ENROUTE"}
    return {
        "messageId": message.reference or message.id,
        "to": message.to,
        "sender": message.sender,
        "sentAt": a_time(message.received),
        "doneAt": a_time(report.date),
        "messageCount": 1,
        "status": a_status(group, group + 1, names[group], report.status.name),
    }


def a_time(date: datetime | None) -> str:
    """A time as the API writes it; empty without one."""
    return date.isoformat(timespec="milliseconds") if date else ""
