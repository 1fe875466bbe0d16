"""What Twilio posts: status callbacks, and messages from phones."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from mmspack.bundle.bundle import pack
from mmspack.errors import InputError
from mmspack.gateway.door import Pushed, PushedEvent
from mmspack.gateway.inbound import InboundKind, InboundMessage
from mmspack.gateway.reports import STATUSES, DeliveryReport, ReportKind, Status, reason_of
from mmspack.gateway.twilio.outcomes import SID
from mmspack.model import Part

_ANSWER = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""Answers a message from a phone with nothing."""
_STATUSES = {
    "accepted": STATUSES[1],
    "scheduled": STATUSES[1],
    "queued": STATUSES[1],
    "sending": STATUSES[1],
    "sent": STATUSES[1],
    "delivered": STATUSES[3],
    "undelivered": STATUSES[4],
    "failed": STATUSES[5],
    "canceled": STATUSES[5],
    "read": STATUSES[7],
}
_MOST_FIELDS = 200


def fields_of(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form. Raises `InputError` for what is none."""
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (UnicodeDecodeError, ValueError):
        raise InputError("not a form", where="twilio") from None


def read_push(path: str, body: bytes) -> Pushed:
    """One push. Raises `InputError` for what is none."""
    fields = fields_of(body)
    values = dict(reversed(fields))
    sid = values.get("MessageSid", "")
    if not SID.fullmatch(sid):
        raise InputError("no MessageSid", where="twilio")
    if path.endswith("/status"):
        status = values.get("MessageStatus", "")
        if not status:
            raise InputError("no MessageStatus", where="twilio")
        return Pushed(events=[PushedEvent(kind="report", id=f"{sid}-{status}", fields=fields)])
    if not values.get("From"):
        raise InputError("no From", where="twilio")
    event = PushedEvent(kind="inbound", id=sid, fields=fields, data=_text_zip(values.get("Body", "")))
    return Pushed(events=[event], answer=_ANSWER, type="text/xml")


def _text_zip(text: str) -> bytes | None:
    """The text as a bundle; what else there is stays at its addresses."""
    return pack([Part("text1.txt", "text/plain", text.encode())]).data if text else None


def read_report(fields: Sequence[tuple[str, str]]) -> DeliveryReport:
    """The report of an event."""
    values = dict(reversed(list(fields)))
    status = values["MessageStatus"]
    undocumented = Status(0, "undocumented", final=False, delivered=None)
    return DeliveryReport(
        id=f"{values['MessageSid']}-{status}",
        request_id=values["MessageSid"],
        to=values.get("From", "").removeprefix("+"),
        sender=values.get("To", "").removeprefix("+"),
        kind=ReportKind.READ if status == "read" else ReportKind.DELIVERY,
        status=_STATUSES.get(status, undocumented),
        reason=reason_of(
            "" if status in _STATUSES else status, values.get("ErrorCode", ""), values.get("ErrorMessage", "")
        ),
    )


def read_inbound(fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
    """The message from a phone of an event."""
    values = dict(reversed(list(fields)))
    count = values.get("NumMedia", "0")
    names = (
        f"MediaUrl{number}" for number in range(int(count) if count.isdecimal() and len(count) < 3 else 0)
    )
    media = tuple(values[name] for name in names if values.get(name))
    return InboundMessage(
        id=values["MessageSid"],
        sender=values["From"].removeprefix("+"),
        to=(values["To"].removeprefix("+"),) if values.get("To") else (),
        kind=InboundKind.MMS if media else InboundKind.SMS,
        media=media,
        data=data,
    )
