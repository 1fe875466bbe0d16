"""`/mm7`: SubmitReq answered by SubmitRsp, in the namespace and with the prefix in which it was asked."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from mmspack.errors import BundleError, InputError, ParameterError
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.mime import MimePart
from mmspack.gateway.mm7.codes import STATUSES
from mmspack.gateway.mm7.pushes import XML, message_parts, read_request
from mmspack.gateway.mm7.soap import ADDRESSES, Soap, Spoken, Tree, named, write_fault, write_soap
from mmspack.gateway.mm7.submitting import CONTENT, address, attached
from mmspack.gateway.parameters import Parameters, is_short, msisdn, one_line
from mmspack.gateway.reports import DeliveryReport, ReportKind
from mmspack.outcome import Result
from mmspack.sandbox.basic import basic_login
from mmspack.sandbox.describing import CHAOS
from mmspack.sandbox.desk import Desk, Magic, PushRequest
from mmspack.sandbox.refusing import Refused, Why

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.desk import IncomingOrder, Running
    from mmspack.sandbox.inbox import StoredMessage

_WORDS = {
    "delivered": "Retrieved",
    "expired": "Expired",
    "rejected": "Rejected",
    "forwarded": "Forwarded",
    "buffered": "Deferred",
    "read": "Read",
    "deleted": "Deleted",
}
"""MMStatus by our name of a status; the others are Indeterminate."""
_FALSE = ("", "false", "0")


class SubmitOrder:
    """A SubmitReq."""

    method = "POST"

    def __init__(self, soap: Soap, pieces: Sequence[MimePart], login: tuple[str, str]) -> None:
        self.soap = soap
        self._pieces = pieces
        self.user = login[0] or soap.text("VASPID") or "mm7"
        self.password = login[1]

    def parameters(self) -> Parameters:
        """Raises `Refused` with the status that the standard has for what is wrong."""
        if self.soap.kind != "SubmitReq":
            raise Refused(4003, f"{self.soap.kind} is not played by this sandbox")
        recipients = self._recipients()
        if not recipients:
            raise Refused(2002, "Recipients: none")
        if len(recipients) > 1:
            raise Refused(3003, "one recipient a request")
        sender = next(iter(_numbers(self.soap.all("SenderIdentification", "SenderAddress"))), "")
        return Parameters(
            to=_or_refuse(2002, lambda: msisdn("to", recipients[0])),
            sender=sender
            if is_short(sender) or not sender
            else _or_refuse(2002, lambda: msisdn("from", sender)),
            subject=_or_refuse(4004, lambda: one_line("Subject", self.soap.text("Subject"))),
            note=self.soap.text("ServiceCode"),
            deliveryreport=self.soap.text("DeliveryReport").lower() not in _FALSE,
            readreport=self.soap.text("ReadReply").lower() not in _FALSE,
        )

    def _recipients(self) -> list[str]:
        return [
            number for kind in ("To", "Cc", "Bcc") for number in _numbers(self.soap.all("Recipients", kind))
        ]

    async def data(self, _running: Running) -> bytes:
        """The parts as a zip."""
        from mmspack.bundle.bundle import pack

        try:
            return pack(message_parts(self.soap, self._pieces), self.soap.text("Subject")).data
        except (InputError, BundleError, ValueError) as error:
            raise Refused(2007, str(error)) from None


class MM7Desk(Desk):
    """A message centre."""

    name: ClassVar = "mm7"
    path: ClassVar = "/mm7"
    reports_at: ClassVar = "/mm7"
    inbound_at: ClassVar = "/mm7"
    codes: ClassVar = {
        Why.LOGIN: 4001,
        Why.ADDRESS: 4007,
        Why.NO_MMS: 4007,
        Why.DAY: 4007,
        Why.MONTH: 4007,
        Why.CREDIT: 4007,
        Why.CONTENT: 2004,
    }
    magic: ClassVar = tuple(
        Magic(f"{status.number:04d}", status.number, status.name, status.name)
        for status in STATUSES.values()
        if status.result is not Result.ACCEPTED
    )

    def setup(self, origin: str) -> str:
        """For mmspack itself; another client needs the address alone."""
        return (
            f"export MMSPACK_GATEWAY={origin}{self.path} MMSPACK_DOOR=mm7\n"
            f"# any MM7 client: POST SubmitReq to {origin}{self.path}, with or without HTTP Basic"
        )

    def routes(self, running: Running) -> list[Route]:
        """One address for all."""
        return [Route(self.path, functools.partial(running.take, desk=self), methods=["POST"])]

    async def read(self, request: Request) -> IncomingOrder:
        """The envelope and what comes with it. Raises `Refused`."""
        try:
            type_ = request.headers.get("Content-Type", "")
            soap, pieces = await run_in_threadpool(read_request, await request.body(), type_)
        except InputError as error:
            raise Refused(4004, error.message) from None
        request.state.mm7 = soap
        return SubmitOrder(soap, pieces, basic_login(request))

    def reference(self, order: IncomingOrder) -> str:
        """The transaction."""
        return order.soap.transaction if isinstance(order, SubmitOrder) else ""

    def accepted(self, message: StoredMessage, order: IncomingOrder) -> Response:
        """SubmitRsp with the id."""
        assert isinstance(order, SubmitOrder)  # noqa: S101 - `read` made it
        soap = order.soap
        content = [*_status(1000, "success", soap.spoken), ("MessageID", message.id)]
        return Response(write_soap("SubmitRsp", soap.transaction, content, soap.spoken), media_type=XML)

    def refused(self, refused: Refused, request: Request) -> Response:
        """SubmitRsp or RSErrorRsp with the status; a fault for what is not SOAP at all."""
        number = self.code_of(refused)
        soap: Soap | None = getattr(request.state, "mm7", None)
        words = STATUSES[number].name
        spoken = soap.spoken if soap else Spoken()
        content = _status(number, words, spoken, refused.reason)
        if soap is None:
            return Response(
                write_fault("Client", refused.reason or words, content, spoken, ""), 500, media_type=XML
            )
        kind = "RSErrorRsp" if number >= 4000 else "SubmitRsp"
        return Response(write_soap(kind, soap.transaction, content, spoken), media_type=XML)

    def report(self, report: DeliveryReport, message: StoredMessage, url: str) -> PushRequest:
        """DeliveryReportReq or ReadReplyReq."""
        kind = "ReadReplyReq" if report.kind is ReportKind.READ else "DeliveryReportReq"
        date = (report.date or datetime.now(UTC)).isoformat(timespec="seconds")
        content: Tree = [
            ("MM7Version", Spoken().version),
            ("MessageID", message.id),
            ("Recipient", [address(message.to, plus=False)]),
            ("Sender", [address(message.sender or "0000", plus=False)]),
            ("Date" if kind == "DeliveryReportReq" else "TimeStamp", date),
            ("MMStatus", _WORDS.get(report.status.name, "Indeterminate")),
        ]
        return _post(url, write_soap(kind, f"report-{report.id}-{message.id}", content, Spoken()))

    def inbound(self, message: InboundMessage, url: str) -> PushRequest:
        """DeliverReq with the parts beside it."""
        date = (message.date or datetime.now(UTC)).isoformat(timespec="seconds")
        recipients = [("To", [address(number, plus=False)]) for number in message.to]
        content: Tree = [
            ("MM7Version", Spoken().version),
            ("MMSRelayServerID", "mmspack-sandbox"),
            ("Sender", [address(message.sender, plus=False)]),
            ("Recipients", recipients),
            ("TimeStamp", date),
            *([("Subject", message.subject)] if message.subject else []),
            ("Content", {"href": f"cid:{CONTENT}"}),
        ]
        soap = write_soap("DeliverReq", f"inbound-{message.id}", content, Spoken())
        seed = hashlib.sha256(message.data or b"").hexdigest()
        made = attached(soap, message.bundle.parts, seed)
        headers = {"Content-Type": made.type, "SOAPAction": '""'}
        return PushRequest(url, "POST", headers, b"".join(made.blocks))

    def described(self) -> dict[str, Any]:
        """The one path."""
        xml = {"content": {"text/xml": {"schema": {"type": "string"}}}}
        body = {"multipart/related": {"schema": {"type": "string", "format": "binary"}}}
        answers = {"200": {"description": "SubmitRsp or RSErrorRsp", **xml}, **CHAOS}
        answers["500"] = {"description": "A SOAP fault, or chaos", **xml}
        return {
            self.path: {
                "post": {"summary": "SubmitReq", "requestBody": {"content": body}, "responses": answers}
            }
        }


def _status(number: int, words: str, spoken: Spoken, details: str = "") -> list[tuple[str, Any]]:
    status = [("StatusCode", str(number)), ("StatusText", words)]
    if details:
        status.append(("Details", "".join(c if c.isprintable() else " " for c in details)))
    return [("MM7Version", spoken.version), ("Status", status)]


def _post(url: str, body: bytes) -> PushRequest:
    return PushRequest(url, "POST", {"Content-Type": XML, "SOAPAction": '""'}, body)


def _numbers(elements: Sequence[Any]) -> list[str]:
    inner = (one for element in elements for one in named(element, *ADDRESSES))
    texts = ["".join(one.itertext()).strip() for one in inner]
    return [text.partition("/")[0].removeprefix("+") for text in texts if text]


def _or_refuse(code: int, read: Any) -> str:
    try:
        return str(read())
    except ParameterError as error:
        raise Refused(code, error.message) from None


DESK = MM7Desk
