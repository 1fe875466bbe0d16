"""What an operator pushes over MM7: DeliverReq, DeliveryReportReq, ReadReplyReq; and how each is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from mmspack.bundle.bundle import pack
from mmspack.errors import InputError
from mmspack.gateway.door import Pushed, PushedEvent
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.mime import MimePart, parse_type, read_multipart
from mmspack.gateway.mm7.soap import ADDRESSES, Soap, Tree, named, read_soap, write_soap
from mmspack.gateway.reports import STATUSES, DeliveryReport, ReportKind, Status, reason_of
from mmspack.model import Part

XML = "text/xml; charset=utf-8"
_DELIVERY = {
    "retrieved": STATUSES[3],
    "expired": STATUSES[4],
    "rejected": STATUSES[5],
    "indeterminate": STATUSES[2],
    "forwarded": STATUSES[6],
    "deferred": STATUSES[1],
    "unrecognised": Status(0, "unrecognised", final=True, delivered=None),
    "system unrecoverable": Status(0, "unrecoverable", final=True, delivered=False),
}
_READ = {"read": STATUSES[7], "deleted": STATUSES[8], "indeterminate": STATUSES[9]}
_TABLES: Mapping[str, tuple[ReportKind, Mapping[str, Status]]] = {
    "DeliveryReportReq": (ReportKind.DELIVERY, _DELIVERY),
    "ReadReplyReq": (ReportKind.READ, _READ),
}
_UNSUPPORTED = 4003


def read_request(body: bytes, type_: str) -> tuple[Soap, list[MimePart]]:
    """An envelope and what comes with it. Raises `InputError`."""
    media, options = parse_type(type_)
    if not media.startswith("multipart/"):
        return read_soap(body.lstrip()), []
    if "boundary" not in options:
        raise InputError("the multipart body has no boundary")
    pieces = read_multipart(body, options["boundary"])
    start = options.get("start", "").removeprefix("<").removesuffix(">")
    first = next((piece for piece in pieces if start and piece.id == start), pieces[0] if pieces else None)
    if first is None:
        raise InputError("the multipart body is empty")
    return read_soap(first.data.lstrip()), [piece for piece in pieces if piece is not first]


def message_parts(soap: Soap, pieces: Sequence[MimePart]) -> list[Part]:
    """The parts of the message that `Content` refers to. Raises `InputError`."""
    wanted = unquote(soap.attribute("Content", "href").removeprefix("cid:"))
    found = [piece for piece in pieces if unquote(piece.id) == wanted] or list(pieces[:1])
    if not found:
        raise InputError("Content: nothing but the envelope")
    media, options = parse_type(found[0].headers.get("content-type", ""))
    if not media.startswith("multipart/"):
        return [_part(found[0], 1)]
    if "boundary" not in options:
        raise InputError("Content: the multipart message has no boundary")
    inner = read_multipart(found[0].data, options["boundary"])
    return [_part(piece, number) for number, piece in enumerate(inner, 1)]


def _part(piece: MimePart, number: int) -> Part:
    name = unquote(piece.name).rpartition("/")[2] or f"part{number}"
    type_ = piece.headers.get("content-type", "text/plain")
    charset = parse_type(type_)[1].get("charset", "")
    return Part(name, f"{piece.type}; charset={charset}" if charset else piece.type, piece.data)


def read_push(body: bytes, type_: str) -> Pushed:
    """One push, and its answer. Raises `InputError` for what is not MM7."""
    soap, pieces = read_request(body, type_)
    if soap.kind == "DeliverReq":
        return Pushed(events=[_inbound(soap, pieces, body)], answer=_answer(soap, "DeliverRsp"), type=XML)
    if soap.kind in _TABLES:
        answer = _answer(soap, soap.kind.replace("Req", "Rsp"))
        return Pushed(events=[_report(soap, body)], answer=answer, type=XML)
    return Pushed(events=[], answer=_answer(soap, "VASPErrorRsp", _UNSUPPORTED, "not supported"), type=XML)


def _answer(soap: Soap, kind: str, number: int = 1000, words: str = "success") -> bytes:
    status: Tree = [("StatusCode", str(number)), ("StatusText", words)]
    content: Tree = [("MM7Version", soap.spoken.version), ("Status", status)]
    return write_soap(kind, soap.transaction, content, soap.spoken)


def _identity(soap: Soap, body: bytes, said: object) -> str:
    """What tells one push from another: its transaction and what it says, or its body.

    A transaction alone does not: some centres count from one again after a restart, and what is taken for a
    repetition is answered with success and dropped.
    """
    if not soap.transaction:
        return hashlib.sha256(body).hexdigest()[:32]
    return f"{soap.transaction}-{hashlib.sha256(repr(said).encode()).hexdigest()[:12]}"


def _report(soap: Soap, body: bytes) -> PushedEvent:
    said = [
        ("requestid", soap.text("MessageID")),
        ("to", _addresses(soap, "Sender")[0]),
        ("from", _addresses(soap, "Recipient")[0]),
        ("type", soap.kind),
        ("status", soap.text("MMStatus")),
    ]
    if not said[0][1] or not said[4][1]:
        raise InputError(f"{soap.kind}: no MessageID or no MMStatus")
    identity = _identity(soap, body, said)
    more = [("date", soap.text("Date") or soap.text("TimeStamp")), ("reason", soap.text("StatusText"))]
    return PushedEvent(kind="report", id=identity, fields=[("id", identity), *said, *more])


def _inbound(soap: Soap, pieces: Sequence[MimePart], body: bytes) -> PushedEvent:
    parts = message_parts(soap, pieces) if pieces else []
    subject = soap.text("Subject")
    data = pack(parts, subject).data if parts else None
    said = [
        ("from", _addresses(soap, "Sender")[0]),
        *(("to", number) for number in _addresses(soap, "Recipients", "To") if number),
        *(("cc", number) for number in _addresses(soap, "Recipients", "Cc") if number),
        ("date", soap.text("TimeStamp")),
        ("network", soap.text("MMSRelayServerID")),
        ("subject", subject),
    ]
    if not said[0][1]:
        raise InputError("DeliverReq: no Sender")
    identity = _identity(soap, body, (said, hashlib.sha256(data or b"").hexdigest()))
    return PushedEvent(kind="inbound", id=identity, fields=[("id", identity), *said], data=data)


def _addresses(soap: Soap, *names: str) -> list[str]:
    """The numbers below an element, without `+` and `/TYPE=PLMN`; one empty text where there is none."""
    found = [one for element in soap.all(*names) for one in _numbers(element)]
    return found or [""]


def _numbers(element: Any) -> list[str]:
    texts = ["".join(one.itertext()) for one in named(element, *ADDRESSES)] or ["".join(element.itertext())]
    return [text.strip().partition("/")[0].removeprefix("+") for text in texts if text.strip()]


def read_report(fields: Sequence[tuple[str, str]]) -> DeliveryReport:
    """The report of an event."""
    values = dict(reversed(list(fields)))
    kind, table = _TABLES.get(values.get("type", ""), (ReportKind.UNDOCUMENTED, _DELIVERY))
    status = table.get(values.get("status", "").lower())
    undocumented = Status(0, "undocumented", final=False, delivered=None)
    return DeliveryReport(
        id=values["id"],
        request_id=values["requestid"],
        to=values.get("to", ""),
        sender=values.get("from", ""),
        kind=kind,
        status=status or undocumented,
        reason=reason_of("" if status else values.get("status", ""), values.get("reason", "")),
        date=_date(values.get("date", "")),
        type="" if kind is not ReportKind.UNDOCUMENTED else values.get("type", ""),
    )


def read_inbound(fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
    """The message from a phone of an event."""
    values = dict(reversed(list(fields)))
    return InboundMessage(
        id=values["id"],
        sender=values["from"],
        to=tuple(value for name, value in fields if name == "to"),
        cc=tuple(value for name, value in fields if name == "cc"),
        date=_date(values.get("date", "")),
        network=values.get("network", ""),
        subject=values.get("subject", ""),
        data=data,
    )


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
