"""`/SendMMS` and `/RetrieveMMS`: the documented answers for the documented reasons."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from mmspack.errors import InputError
from mmspack.gateway.forms import PostedForm, read_form
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.parameters import Parameters
from mmspack.gateway.reports import DeliveryReport
from mmspack.gateway.sendmms.codes import CODES
from mmspack.gateway.sendmms.inbound import write_inbound
from mmspack.gateway.sendmms.reports import write_report
from mmspack.gateway.sendmms.requests import MAX_NOTE, MAX_SUBACCOUNT, ZIP_FIELD, multipart
from mmspack.sandbox.describing import BUSY, CHAOS, STRING, ZIP, a_form, a_text
from mmspack.sandbox.desk import Desk, IncomingOrder, Magic, PushRequest, Running
from mmspack.sandbox.fetching import fetch
from mmspack.sandbox.refusing import Refused
from mmspack.sandbox.sendmms.contract import REASONS, read_parameters, refusal, required

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.inbox import StoredMessage

_PLAIN = "text/plain; charset=utf-8"
_BOUNDARY = "mmspack-sandbox-7f1e0c6b2a"


class FormOrder:
    """A request as the form that it is."""

    def __init__(self, form: PostedForm, method: str) -> None:
        """Raises `Refused`."""
        self._form = form
        self.user, self.password = required(form, "user"), required(form, "pass")
        self.method = method
        self._url: str | None = None

    def parameters(self) -> Parameters:
        """The document's parameters."""
        found = read_parameters(self._form)
        self._url = found.url
        return found

    async def data(self, running: Running) -> bytes:
        """The zip, or what its address serves."""
        return self._form.files[0] if self._url is None else await fetch(self._url, running.fetch_hosts)


class SendMMSDesk(Desk):
    """The gateway of the SendMMS document."""

    name: ClassVar = "sendmms"
    path: ClassVar = "/SendMMS"
    reports_at: ClassVar = "/report"
    inbound_at: ClassVar = "/inbound"
    codes: ClassVar = REASONS
    magic: ClassVar = tuple(
        Magic(f"{code.number:04d}", code.number, code.name, code.meaning) for code in CODES.values()
    )

    def setup(self, origin: str) -> str:
        """For mmspack itself, and for any HTTP client."""
        return (
            f"export MMSPACK_GATEWAY={origin}{self.path} MMSPACK_USER=demo MMSPACK_PASSWORD=demo\n"
            f"curl -F user=demo -F pass=demo -F to=447700900999 -F from=447700900111 "
            f"-F mms.zip=@summer-sale.zip {origin}{self.path}"
        )

    def routes(self, running: Running) -> list[Route]:
        """Sending, and fetching a message from a phone."""
        return [
            Route(self.path, functools.partial(running.take, desk=self), methods=["GET", "POST"]),
            Route("/RetrieveMMS", functools.partial(self._retrieve, running)),
        ]

    async def read(self, request: Request) -> IncomingOrder:
        """The form of a GET or a multipart POST."""
        try:
            return FormOrder(await read_form(request, ZIP_FIELD), request.method)
        except InputError as error:
            raise Refused(5, error.message) from None

    def accepted(self, message: StoredMessage, _order: IncomingOrder) -> Response:
        """The id alone, as plain text."""
        return Response(message.id, media_type=_PLAIN)

    def refused(self, refused: Refused, _request: Request) -> Response:
        """403 with the reason in line 1 and the code in line 2."""
        return Response(refusal(self.code_of(refused), refused.reason), 403, media_type=_PLAIN)

    async def _retrieve(self, running: Running, request: Request) -> Response:
        """`RetrieveMMS?user&pass&id`: the zip of a message from a phone."""
        try:
            form = PostedForm(request.query_params.multi_items())
            user, password = required(form, "user"), required(form, "pass")
            await run_in_threadpool(running.login, user, password, request)
            data = await run_in_threadpool(running.inbox.inbound, required(form, "id"))
            if data is None:
                raise Refused(5, "id: no such message")
        except Refused as refused:
            running.metrics.refused(self.code_of(refused))
            return self.refused(refused, request)
        return Response(data, media_type="application/zip")

    def report(self, report: DeliveryReport, _message: StoredMessage, url: str) -> PushRequest:
        """A GET with one report."""
        joint = "&" if "?" in url else "?"
        return PushRequest(url + joint + write_report(report), needs_body=True)

    def inbound(self, message: InboundMessage, url: str) -> PushRequest:
        """A multipart POST with the zip."""
        fields = [(name, value.encode()) for name, value in write_inbound(message)]
        blocks, _ = multipart(_BOUNDARY, fields, message.data)
        headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return PushRequest(url, "POST", headers, b"".join(blocks), needs_body=True)

    def described(self) -> dict[str, Any]:
        """Both paths."""
        refusals = a_text("The reason in line 1, the code in line 2: " + ", ".join(map(str, CODES)))
        sent = {"200": a_text("The id of the message"), "403": refusals, **CHAOS}
        return {
            self.path: {
                "get": {
                    "summary": "Send a hosted message",
                    "parameters": _query(*_FIELDS),
                    "responses": sent,
                },
                "post": {
                    "summary": "Send a message",
                    "requestBody": a_form({**_FIELDS, ZIP_FIELD: ZIP}, _REQUIRED),
                    "responses": sent,
                },
            },
            "/RetrieveMMS": {
                "get": {
                    "summary": "Fetch a message from a phone",
                    "parameters": _query("user", "pass", "id"),
                    "responses": {
                        "200": {"description": "The zip", "content": {"application/zip": {"schema": ZIP}}},
                        "403": refusals,
                        **BUSY,
                    },
                }
            },
        }


_NUMBER = {
    "type": "string",
    "description": "Phone number (MSISDN) in international format",
    "examples": ["447700900999"],
}
_FIELDS: dict[str, dict[str, Any]] = {
    "user": STRING,
    "pass": {"type": "string", "format": "password"},
    "to": _NUMBER,
    "from": _NUMBER,
    "subject": STRING,
    "note": {"type": "string", "maxLength": MAX_NOTE},
    "subaccount": {"type": "string", "maxLength": MAX_SUBACCOUNT},
    "deliveryreport": {"type": "string", "enum": ["true", "false"]},
    "readreport": {"type": "string", "enum": ["true", "false"]},
    "url": {"type": "string", "description": "URL of a hosted bundle"},
}
_REQUIRED = ["user", "pass", "to", "from"]


def _query(*names: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in (*_REQUIRED, "id"),
            "schema": _FIELDS.get(name, STRING),
        }
        for name in names
    ]


DESK = SendMMSDesk
