"""`/mms/1/content`, `/mms/2/messages`, `/mms/2/logs` and `/mms/2/reports` of Infobip's MMS API."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from mmspack.errors import InputError, ParameterError
from mmspack.gateway.addresses import is_web_address
from mmspack.gateway.forms import words_of
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.infobip.outcomes import DUPLICATE, MAX_ID
from mmspack.gateway.infobip.writing import MAX_TEXT, MAX_TITLE
from mmspack.gateway.parameters import Parameters, is_short, msisdn, one_line
from mmspack.gateway.reports import DeliveryReport
from mmspack.model import MAX_FALLBACK, SMIL_TYPE, Part
from mmspack.sandbox.basic import basic_login
from mmspack.sandbox.describing import CHAOS, a_json
from mmspack.sandbox.desk import Callbacks, Desk, Magic, PushRequest
from mmspack.sandbox.fetching import fetch_typed
from mmspack.sandbox.infobip.answers import a_delivery, a_log, a_result, a_status, a_time, an_answer
from mmspack.sandbox.refusing import Refused, Why

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.desk import IncomingOrder, Running
    from mmspack.sandbox.inbox import Envelope, Inbox, StoredMessage

_MESSAGES, _CONTENT, _LOGS, _REPORTS = "/mms/2/messages", "/mms/1/content", "/mms/2/logs", "/mms/2/reports"
_MOST_UPLOADS = 500
_MOST_REPORTS = 1000
_STATUSES = {
    6: "REJECTED_NETWORK",
    10: "REJECTED_DND",
    12: "REJECTED_NOT_ENOUGH_CREDITS",
    13: "REJECTED_SENDER",
    14: "REJECTED_DESTINATION",
    19: "REJECTED_ROUTE_NOT_AVAILABLE",
    23: DUPLICATE,
}
"""Statuses that refuse a message in an answer of 200, by their number."""
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ._-]{1,11}")
"""A sender that is a name: the API takes those too (11 characters, as GSM has it)."""
_ERRORS = {400: "Request cannot be processed.", 401: "Invalid credentials.", 403: "Not allowed."}


class InfobipOrder:
    """One message for one destination."""

    method = "POST"

    def __init__(self, found: object, login: tuple[str, str], desk: InfobipDesk) -> None:
        """Raises `Refused`."""
        self.user, self.password = login
        self._desk = desk
        messages = found.get("messages") if isinstance(found, dict) else None
        if not isinstance(messages, list) or len(messages) != 1 or not isinstance(messages[0], dict):
            raise Refused(400, "messages: this sandbox takes one message a request")
        self._message: Mapping[str, Any] = messages[0]
        destinations = self._message.get("destinations")
        if (
            not isinstance(destinations, list)
            or len(destinations) != 1
            or not isinstance(destinations[0], dict)
        ):
            raise Refused(400, "messages[0].destinations: this sandbox takes one destination a message")
        self._destination: Mapping[str, Any] = destinations[0]
        reference = self._destination.get("messageId", "")
        if not isinstance(reference, str) or len(reference) > MAX_ID:
            raise Refused(400, "messages[0].destinations[0].messageId: not a text of 200 characters")
        self.reference = reference
        webhooks = self._message.get("webhooks")
        delivery = webhooks.get("delivery") if isinstance(webhooks, dict) else None
        url = delivery.get("url") if isinstance(delivery, dict) else None
        self.callback = url if isinstance(url, str) and is_web_address(url) else ""

    def parameters(self) -> Parameters:
        """Raises `Refused`."""
        sender = str(self._message.get("sender") or "")
        content = self._content()
        title = content.get("title") or ""
        if not isinstance(title, str) or len(title) > MAX_TITLE:
            raise Refused(400, "messages[0].content.title: not a text of 66 characters")
        return Parameters(
            to=_or_refuse(14, lambda: msisdn("to", str(self._destination.get("to") or ""))),
            sender=sender if _is_sender(sender) else _or_refuse(13, lambda: msisdn("sender", sender)),
            subject=_or_refuse(400, lambda: one_line("title", title)),
            note=self.reference,
            deliveryreport=bool(self._message.get("webhooks")),
        )

    def _content(self) -> Mapping[str, Any]:
        content = self._message.get("content")
        if not isinstance(content, dict):
            raise Refused(400, "messages[0].content: missing")
        return content

    async def data(self, running: Running) -> bytes:
        """The segments as a zip."""
        from mmspack.bundle.bundle import pack

        name: str = InfobipDesk.name
        same = await run_in_threadpool(running.inbox.find, name, self.reference) if self.reference else []
        if same:
            raise Refused(23)
        segments = self._content().get("messageSegments")
        if not isinstance(segments, list) or not segments:
            raise Refused(400, "messages[0].content.messageSegments: missing")
        parts = [await self._part(one, number, running) for number, one in enumerate(segments, 1)]
        return pack(parts, str(self._content().get("title") or ""), self._failover()).data

    def _failover(self) -> str:
        """The text for a phone without MMS: noted in the zip, as `mmspack build` does."""
        options = self._message.get("options")
        found = options.get("smsFailover") if isinstance(options, dict) else None
        if found is None:
            return ""
        where = "messages[0].options.smsFailover"
        if not isinstance(found, dict) or not found.get("sender"):
            raise Refused(400, f"{where}.sender: missing")
        text = found.get("text")
        if not isinstance(text, str) or not text or len(text) > MAX_FALLBACK:
            raise Refused(400, f"{where}.text: not a text of {MAX_FALLBACK} characters")
        return text

    async def _part(self, found: object, number: int, running: Running) -> Part:
        values = found if isinstance(found, dict) else {}
        where, name = f"messages[0].content.messageSegments[{number - 1}]", str(values.get("contentId") or "")
        match values.get("type"):
            case "TEXT":
                text = values.get("text")
                if not isinstance(text, str) or len(text) > MAX_TEXT:
                    raise Refused(400, f"{where}.text: not a text of 4096 characters")
                return Part(name or f"text{number}.txt", "text/plain", text.encode("utf-8", "replace"))
            case "SMIL":
                smil = str(values.get("smil") or "")
                return Part(name or "message.smil", SMIL_TYPE, smil.encode("utf-8", "replace"))
            case "UPLOADED_REFERENCE":
                kept = self._desk.uploaded(str(values.get("uploadedContentId") or ""))
                if kept is None:
                    raise Refused(400, f"{where}.uploadedContentId: no such content")
                return Part(name or kept.name, kept.type, kept.data)
            case "LINK":
                data, type_ = await fetch_typed(str(values.get("contentUrl") or ""), running.fetch_hosts)
                return Part(name or f"media{number}", str(values.get("contentType") or type_), data)
            case _:
                raise Refused(400, f"{where}.type: not TEXT, SMIL, LINK or UPLOADED_REFERENCE")


class InfobipDesk(Desk):
    """Infobip's API."""

    name: ClassVar = "infobip"
    path: ClassVar = _MESSAGES
    reports_at: ClassVar = "/infobip/report"
    inbound_at: ClassVar = "/infobip/inbound"
    codes: ClassVar = {
        Why.LOGIN: 401,
        Why.ADDRESS: 403,
        Why.NO_MMS: 403,
        Why.DAY: 12,
        Why.MONTH: 12,
        Why.CREDIT: 12,
        Why.CONTENT: 400,
    }
    magic: ClassVar = (
        *(Magic(f"{number:04d}", number, f"HTTP {number}", words) for number, words in _ERRORS.items()),
        *(
            Magic(f"{number:04d}", number, name, "rejected, but with HTTP 200")
            for number, name in _STATUSES.items()
            if number != 23
        ),
    )

    def __init__(self) -> None:
        self._uploads: OrderedDict[str, Part] = OrderedDict()
        self._callbacks = Callbacks()
        self._pending: deque[dict[str, Any]] = deque(maxlen=_MOST_REPORTS)
        self._reported = 0
        """The last message of the inbox whose report was fetched."""

    def setup(self, origin: str) -> str:
        """For mmspack itself; other code has Infobip's base address in its settings."""
        return (
            f"export MMSPACK_GATEWAY={origin} MMSPACK_DOOR=infobip MMSPACK_PASSWORD=any-key\n"
            f"# your own code: the base address https://xxxxx.api.infobip.com becomes {origin}"
        )

    def owns(self, path: str) -> bool:
        """Messages and uploads; chaos spares what only reads."""
        return path in (_MESSAGES, _CONTENT)

    def routes(self, running: Running) -> list[Route]:
        """The four paths."""
        return [
            Route(_MESSAGES, functools.partial(running.take, desk=self), methods=["POST"]),
            Route(_CONTENT, functools.partial(self._upload, running), methods=["POST"]),
            Route(_LOGS, functools.partial(self._logs, running), methods=["GET"]),
            Route(_REPORTS, functools.partial(self._polled, running), methods=["GET"]),
        ]

    async def read(self, request: Request) -> IncomingOrder:
        """The one message of a request. Raises `Refused`."""
        login = _login(request)
        try:
            found = await run_in_threadpool(json.loads, await words_of(request))
        except (ValueError, RecursionError, InputError):
            raise Refused(400, "the body is not JSON") from None
        return InfobipOrder(found, login, self)

    def reference(self, order: IncomingOrder) -> str:
        """The client's `messageId`."""
        return order.reference if isinstance(order, InfobipOrder) else ""

    def accepted(self, message: StoredMessage, order: IncomingOrder) -> Response:
        """The message's id, pending."""
        assert isinstance(order, InfobipOrder)  # noqa: S101 - `read` made it
        self._callbacks.keep(message, order.callback)
        status = a_status(1, 26, "PENDING_ACCEPTED", "Message sent to next instance")
        return _json(an_answer(message.reference or message.id, message.to, status), 200)

    def refused(self, refused: Refused, _request: Request) -> Response:
        """An `ApiError`, or a status that refuses the message."""
        number = self.code_of(refused)
        if number in _STATUSES:
            name = _STATUSES[number]
            return _json(an_answer("refused", "", a_status(5, number, name, refused.reason or name)), 200)
        violations = [{"property": "request", "violation": refused.reason}] if refused.reason else []
        error = {"errorCode": f"E{number}", "description": _ERRORS[number], "action": "Check the request."}
        return _json({**error, "violations": violations, "resources": []}, number)

    def uploaded(self, identifier: str) -> Part | None:
        """What was uploaded under an id."""
        return self._uploads.get(identifier)

    async def _upload(self, running: Running, request: Request) -> Response:
        refusal = await self._barred(running, request)
        if refusal is not None:
            return refusal
        name, type_ = request.headers.get("X-Content-Id", ""), request.headers.get("X-Media-Type", "")
        if not name or not type_:
            return self.refused(Refused(400, "X-Content-Id and X-Media-Type are needed"), request)
        data = await request.body()
        identifier = hashlib.sha256(f"{name}\0{type_}\0".encode() + data).hexdigest().upper()
        self._uploads[identifier] = Part(name, type_, data)
        while len(self._uploads) > _MOST_UPLOADS:
            self._uploads.popitem(last=False)
        return _json({"uploadedContentId": identifier}, 200)

    async def _logs(self, running: Running, request: Request) -> Response:
        refusal = await self._barred(running, request)
        if refusal is not None:
            return refusal
        wanted = [one for one in request.query_params.get("messageId", "").split(",") if one]
        found: list[Envelope] = []
        for one in wanted[:_MOST_REPORTS]:
            found += await run_in_threadpool(running.inbox.find, self.name, one)
        if not wanted:
            found += await run_in_threadpool(running.inbox.envelopes, self.name, limit=50)
        return _json({"results": [a_log(item) for item in found]}, 200)

    async def _polled(self, running: Running, request: Request) -> Response:
        """The reports that nobody has fetched yet: each is given once."""
        refusal = await self._barred(running, request)
        if refusal is not None:
            return refusal
        limit = request.query_params.get("limit", "50")
        most = int(limit) if limit.isdecimal() and len(limit) < 5 else 50
        taken = [self._pending.popleft() for _ in range(min(most, len(self._pending)))]
        taken += await run_in_threadpool(self._unasked, running.inbox, most - len(taken))
        return _json({"results": taken}, 200)

    def _unasked(self, inbox: Inbox, most: int) -> list[dict[str, Any]]:
        """Reports of messages that named no address for them, oldest first: they are there to be fetched."""
        found = inbox.unasked(self.name, after=self._reported, limit=most)
        if found:
            self._reported = int(found[-1].id)
        return [a_result(a_delivery(one), one) for one in found]

    async def _barred(self, running: Running, request: Request) -> Response | None:
        try:
            user, password = _login(request)
            await run_in_threadpool(running.login, user, password, request)
        except Refused as refused:
            return self.refused(refused, request)
        return None

    def callback(self, message: StoredMessage) -> str:
        """Its `webhooks.delivery.url`."""
        return self._callbacks.of(message)

    def report(self, report: DeliveryReport, message: StoredMessage, url: str) -> PushRequest:
        """A POST with one result; it can be polled as well."""
        result = a_result(report, message)
        self._pending.append(result)
        return _post(url, {"results": [result]})

    def inbound(self, message: InboundMessage, url: str) -> PushRequest:
        """A message from a phone; its text alone, since media would need addresses."""
        texts = [
            {
                "contentType": "text/plain",
                "contentId": part.name,
                "value": part.data.decode("utf-8", "replace"),
            }
            for part in message.bundle.parts
            if part.type == "text/plain"
        ]
        result = {
            "messageId": f"inbound-{message.id}",
            "from": message.sender,
            "to": next(iter(message.to), ""),
            "receivedAt": a_time(message.date),
            "message": texts,
        }
        return _post(url, {"results": [result], "messageCount": 1, "pendingMessageCount": 0})

    def described(self) -> dict[str, Any]:
        """The four paths."""
        return {
            _MESSAGES: {
                "post": {"summary": "Send a message", "responses": {"200": a_json("Its status"), **CHAOS}}
            },
            _CONTENT: {"post": {"summary": "Upload content", "responses": {"200": a_json("Its id")}}},
            _LOGS: {"get": {"summary": "Logs of messages", "responses": {"200": a_json("Logs")}}},
            _REPORTS: {"get": {"summary": "Reports, each once", "responses": {"200": a_json("Reports")}}},
        }


def _login(request: Request) -> tuple[str, str]:
    """User and password; of an API key the user is `App`. Raises `Refused`."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "app" and key.strip():
        return "App", key.strip()
    user, password = basic_login(request)
    if not user:
        raise Refused(Why.LOGIN)
    return user, password


def _is_sender(text: str) -> bool:
    return is_short(text) or _NAME.fullmatch(text) is not None


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")


def _post(url: str, content: dict[str, Any]) -> PushRequest:
    return PushRequest(url, "POST", {"Content-Type": "application/json"}, json.dumps(content).encode())


def _or_refuse(code: int, read: Any) -> str:
    try:
        return str(read())
    except ParameterError as error:
        raise Refused(code, error.message) from None


DESK = InfobipDesk
