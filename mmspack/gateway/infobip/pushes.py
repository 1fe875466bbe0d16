"""What Infobip posts, and what its lists hold: delivery reports, and messages from phones."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mmspack.bundle.bundle import pack
from mmspack.errors import InputError
from mmspack.gateway.door import Pushed, PushedEvent
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.reports import STATUSES, DeliveryReport, ReportKind, Status, reason_of
from mmspack.model import Part

_log = logging.getLogger("mmspack.gateway")

MOST_RESULTS = 1000
_GROUPS = {
    "ACCEPTED": STATUSES[1],
    "PENDING": STATUSES[1],
    "DELIVERED": STATUSES[3],
    "EXPIRED": STATUSES[4],
    "REJECTED": STATUSES[5],
    "UNDELIVERABLE": STATUSES[5],
}


def _results(body: bytes) -> list[object]:
    """The results of a push or an answer. Raises `InputError` for what is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("not JSON", where="infobip") from None
    results = found.get("results") if isinstance(found, dict) else None
    if not isinstance(results, list) or len(results) > MOST_RESULTS:
        raise InputError("no list of results", where="infobip")
    return results


def read_push(path: str, body: bytes) -> Pushed:
    """One push, with any number of results. Raises `InputError` for what is none."""
    read = _report if path.endswith("/report") else _inbound
    return Pushed(events=[read(one) for one in _results(body)])


def read_reports(body: bytes) -> list[PushedEvent]:
    """The reports that were fetched: one that cannot be read does not lose the others, which come once."""
    found = []
    for one in _results(body):
        try:
            found.append(_report(one))
        except InputError as error:
            _log.warning("a report was left out: %s", error)
    return found


def _report(found: object) -> PushedEvent:
    values = found if isinstance(found, dict) else {}
    status = values.get("status")
    status = status if isinstance(status, dict) else {}
    fields = [
        ("requestid", _text(values, "messageId")),
        ("to", _text(values, "sender")),
        ("from", _text(values, "to") or _text(values, "destination")),
        ("date", _text(values, "doneAt") or _text(values, "sentAt")),
        ("group", _text(status, "groupName")),
        ("status", _text(status, "name")),
        ("reason", _reason(values.get("error"))),
    ]
    if not fields[0][1] or not fields[4][1]:
        raise InputError("a report without messageId or status", where="infobip")
    return PushedEvent(kind="report", id=f"{fields[0][1]}-{fields[5][1] or fields[4][1]}", fields=fields)


def _reason(found: object) -> str:
    """The error of a report; empty where it says that there is none."""
    error = found if isinstance(found, dict) else {}
    if _text(error, "groupName") == "OK":
        return ""
    return reason_of(_text(error, "name"), _text(error, "description"))


def _inbound(found: object) -> PushedEvent:
    values = found if isinstance(found, dict) else {}
    identifier, sender = _text(values, "messageId"), _text(values, "from") or _text(values, "sender")
    if not identifier or not sender:
        raise InputError("a message without messageId or sender", where="infobip")
    texts, media = [], []
    message, subject = _message(values.get("message"))
    for part in message:
        if str(part.get("contentType", "")).startswith("text/plain") and part.get("value"):
            texts.append(str(part["value"]))
        elif part.get("url"):
            media.append(str(part["url"]))
    parts = [Part(f"text{at}.txt", "text/plain", text.encode()) for at, text in enumerate(texts, 1)]
    fields = [
        ("id", identifier),
        ("from", sender),
        ("to", _text(values, "to") or _text(values, "destination")),
        ("date", _text(values, "receivedAt")),
        ("subject", subject),
        *(("media", url) for url in media),
    ]
    data = pack(parts, subject).data if parts else None
    return PushedEvent(kind="inbound", id=identifier, fields=fields, data=data)


def _message(found: object) -> tuple[list[Mapping[str, Any]], str]:
    """The parts of a message, and its subject.

    They are a list, or JSON of an object with `mms_parts` and `subject`, as the documents show it.
    """
    subject = ""
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            return [{"contentType": "text/plain", "value": found}], ""
    if isinstance(found, dict):
        subject = " ".join(_text(found, "subject").split())
        found = found.get("mms_parts")
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else [], subject


def _text(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def read_report(fields: Sequence[tuple[str, str]]) -> DeliveryReport:
    """The report of an event."""
    values = dict(reversed(list(fields)))
    return DeliveryReport(
        id=f"{values['requestid']}-{values['status'] or values['group']}",
        request_id=values["requestid"],
        to=values.get("to", ""),
        sender=values.get("from", ""),
        kind=ReportKind.DELIVERY,
        status=_GROUPS.get(values["group"], Status(0, "undocumented", final=False, delivered=None)),
        date=_date(values.get("date", "")),
        reason=reason_of(
            "" if values["group"] == "DELIVERED" else values["status"], values.get("reason", "")
        ),
    )


def read_inbound(fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
    """The message from a phone of an event."""
    values = dict(reversed(list(fields)))
    return InboundMessage(
        id=values["id"],
        sender=values["from"],
        to=(values["to"],) if values.get("to") else (),
        date=_date(values.get("date", "")),
        subject=values.get("subject", ""),
        media=tuple(value for name, value in fields if name == "media"),
        data=data,
    )


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
