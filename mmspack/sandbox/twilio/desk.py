"""`/2010-04-01/Accounts/…/Messages.json`: create, list and fetch, so that Twilio's own libraries work."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from mmspack.errors import InputError, ParameterError
from mmspack.gateway.forms import words_of
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.parameters import Parameters, hosted_url, is_short, msisdn
from mmspack.gateway.reports import DeliveryReport
from mmspack.gateway.secrets import Secret
from mmspack.gateway.twilio.codes import ERRORS, Error
from mmspack.gateway.twilio.door import MAX_BODY, MAX_MEDIA
from mmspack.gateway.twilio.signing import HEADER, signature
from mmspack.model import Part
from mmspack.outcome import Result
from mmspack.sandbox.basic import basic_login
from mmspack.sandbox.describing import CHAOS, a_json
from mmspack.sandbox.desk import Callbacks, Desk, Magic, PushRequest
from mmspack.sandbox.fetching import fetch_typed
from mmspack.sandbox.refusing import Refused, Why

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.desk import IncomingOrder, Running
    from mmspack.sandbox.inbox import Envelope, StoredMessage

_ROOT = "/2010-04-01/Accounts/"
_MESSAGES = re.compile(r"/2010-04-01/Accounts/[^/]+/Messages(?:\.json|/[^/]+\.json)")
_SID = re.compile(r"MM([0-9a-f]{32})")
_STATUSES = {
    "buffered": "sent",
    "delivered": "delivered",
    "read": "read",
    "expired": "undelivered",
    "rejected": "failed",
}
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}:[0-9]{2})?Z?")
_MOST_FIELDS = 64
_MOST_LISTED = 1000
"""Messages of a page, as Twilio has it."""


class TwilioOrder:
    """A form that creates a message."""

    method = "POST"

    def __init__(self, fields: Sequence[tuple[str, str]], user: str, password: str, account: str) -> None:
        self._fields = fields
        self.user, self.password, self.account = user, password, account
        self.callback = self._one("StatusCallback")
        self.service = self._one("MessagingServiceSid")
        self.body = self._one("Body")
        self.media = [value for name, value in fields if name == "MediaUrl" and value]

    def _one(self, name: str) -> str:
        return next((value for key, value in self._fields if key == name), "")

    def parameters(self) -> Parameters:
        """Raises `Refused` with the code of the error dictionary."""
        sender = self._one("From").removeprefix("+")
        if not sender and not self.service:
            raise Refused(21603)
        if not self.body and not self.media:
            raise Refused(21602)
        if len(self.body) > MAX_BODY:
            raise Refused(21617)
        if len(self.media) > MAX_MEDIA:
            raise Refused(21623)
        for url in self.media:
            _or_refuse(21620, functools.partial(hosted_url, url))
        if sender and not is_short(sender):
            sender = _or_refuse(21212, lambda: msisdn("From", sender))
        return Parameters(
            to=_or_refuse(21211, lambda: msisdn("To", self._one("To"))),
            sender=sender,
            deliveryreport=bool(self.callback),
        )

    async def data(self, running: Running) -> bytes:
        """The text and what the addresses serve, as a zip."""
        from mmspack.bundle.bundle import pack

        parts = [Part("text1.txt", "text/plain", self.body.encode())] if self.body else []
        for number, url in enumerate(self.media, 1):
            data, type_ = await fetch_typed(url, running.fetch_hosts)
            name = unquote(urlsplit(url).path).rpartition("/")[2] or f"media{number}"
            names = {part.name for part in parts}
            parts.append(Part(name if name not in names else f"{number}-{name}", type_, data))
        return pack(parts).data


class TwilioDesk(Desk):
    """Twilio's API."""

    name: ClassVar = "twilio"
    path: ClassVar = _ROOT
    reports_at: ClassVar = "/twilio/status"
    inbound_at: ClassVar = "/twilio/inbound"
    codes: ClassVar = {
        Why.LOGIN: 20003,
        Why.ADDRESS: 20006,
        Why.NO_MMS: 20005,
        Why.DAY: 63038,
        Why.MONTH: 63038,
        Why.CREDIT: 20005,
        Why.CONTENT: 21620,
    }
    magic: ClassVar = tuple(
        Magic(f"{error.number:05d}"[-4:], error.number, f"HTTP {error.status}", error.meaning)
        for error in ERRORS.values()
        if error.number not in (20404,)
    )

    def __init__(self) -> None:
        self._callbacks = Callbacks()
        self._token = Secret("")
        """The password that came last: what is pushed is signed with it, as Twilio signs with the token."""

    def setup(self, origin: str) -> str:
        """For Twilio's own Python library; others have a base address to turn too."""
        return (
            "from twilio.rest import Client\n"
            'client = Client("AC" + "1" * 32, "any token")\n'
            f'client.api.base_url = "{origin}"\n'
            "# the media of your messages: mmspack sandbox --fetch cdn.example.com"
        )

    def owns(self, path: str) -> bool:
        """Every message resource."""
        return _MESSAGES.fullmatch(path) is not None

    def routes(self, running: Running) -> list[Route]:
        """Create and list; fetch one."""
        messages = _ROOT + "{account}/Messages.json"
        one = _ROOT + "{account}/Messages/{sid}.json"
        return [
            Route(messages, functools.partial(running.take, desk=self), methods=["POST"]),
            Route(messages, functools.partial(self._list, running), methods=["GET"]),
            Route(one, functools.partial(self._fetch, running), methods=["GET"]),
        ]

    async def read(self, request: Request) -> IncomingOrder:
        """The form and the login. Raises `Refused`."""
        user, password = basic_login(request)
        if not user:
            raise Refused(Why.LOGIN)
        try:
            body = (await words_of(request)).decode("utf-8")
            fields = await run_in_threadpool(
                parse_qsl, body, keep_blank_values=True, max_num_fields=_MOST_FIELDS
            )
        except (UnicodeDecodeError, ValueError, InputError):
            raise Refused(21602, "the body is not a form") from None
        return TwilioOrder(fields, user, password, str(request.path_params["account"]))

    def accepted(self, message: StoredMessage, order: IncomingOrder) -> Response:
        """201 with the resource."""
        assert isinstance(order, TwilioOrder)  # noqa: S101 - `read` made it
        self._token = Secret(order.password)
        self._callbacks.keep(message, order.callback)
        found = _resource(message, order.account, order.body, len(order.media), "queued")
        found["messaging_service_sid"] = order.service or None
        return _json(found, 201)

    def refused(self, refused: Refused, _request: Request) -> Response:
        """An error with its code."""
        number = self.code_of(refused)
        error = ERRORS.get(number) or Error(number, 400, "refused", Result.REJECTED)
        words = f"{error.meaning}: {refused.reason}" if refused.reason else error.meaning
        more = f"https://www.twilio.com/docs/errors/{number}"
        return _json(
            {"code": number, "message": words, "more_info": more, "status": error.status}, error.status
        )

    async def _list(self, running: Running, request: Request) -> Response:
        """The newest messages, by `To`, `From` and `DateSent` where these are given."""
        refusal = await self._barred(running, request)
        if refusal is not None:
            return refusal
        asked = request.query_params
        size = min(max(1, _number(asked.get("PageSize", ""), 50)), _MOST_LISTED)
        page = _number(asked.get("Page", ""), 0)
        to, sender = (asked.get(name, "").removeprefix("+") for name in ("To", "From"))
        since, until = _dates(asked)
        # One more than the page has: whether there is a next one. A list that ends early without saying so
        # is taken for the whole, and what is missing in it for a message that never arrived.
        found = await run_in_threadpool(
            running.inbox.envelopes,
            self.name,
            to=to,
            sender=sender,
            since=since,
            until=until,
            limit=size + 1,
            skipped=page * size,
        )
        account = str(request.path_params["account"])
        shown = [await run_in_threadpool(self._whole, running, item, account) for item in found[:size]]
        path = request.url.path
        following = urlencode({**asked, "PageSize": size, "Page": page + 1})
        return _json(
            {
                "messages": shown,
                "page": page,
                "page_size": size,
                "start": page * size,
                "uri": path,
                "first_page_uri": path,
                "next_page_uri": f"{path}?{following}" if len(found) > size else None,
            },
            200,
        )

    async def _fetch(self, running: Running, request: Request) -> Response:
        """One message."""
        refusal = await self._barred(running, request)
        if refusal is not None:
            return refusal
        match = _SID.fullmatch(str(request.path_params["sid"]))
        found = await run_in_threadpool(running.inbox.get, str(int(match[1], 16)) if match else "")
        if found is None or found.door != self.name:
            return self.refused(Refused(20404), request)
        return _json(self._whole(running, found, str(request.path_params["account"])), 200)

    async def _barred(self, running: Running, request: Request) -> Response | None:
        user, password = basic_login(request)
        try:
            if not user:
                raise Refused(Why.LOGIN)
            await run_in_threadpool(running.login, user, password, request)
        except Refused as refused:
            return self.refused(refused, request)
        return None

    def _whole(self, running: Running, item: Envelope, account: str) -> dict[str, Any]:
        stored = running.inbox.get(item.id)
        parts = stored.bundle.parts if stored else ()
        texts = [part.data.decode("utf-8", "replace") for part in parts if part.name == "text1.txt"]
        return _resource(item, account, "".join(texts), len(parts) - len(texts), "sent")

    def callback(self, message: StoredMessage) -> str:
        """Its `StatusCallback`."""
        return self._callbacks.of(message)

    def _form(self, url: str, fields: dict[str, str]) -> PushRequest:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: signature(url, list(fields.items()), self._token),
        }
        return PushRequest(url, "POST", headers, urlencode(fields).encode())

    def report(self, report: DeliveryReport, message: StoredMessage, url: str) -> PushRequest:
        """A status callback."""
        status = _STATUSES.get(report.status.name, "sent")
        return self._form(
            url,
            {
                "MessageSid": _sid(message),
                "SmsSid": _sid(message),
                "MessageStatus": status,
                "SmsStatus": status,
                "To": f"+{message.to}",
                "From": f"+{message.sender}",
                "AccountSid": message.user,
                "ApiVersion": "2010-04-01",
            },
        )

    def inbound(self, message: InboundMessage, url: str) -> PushRequest:
        """A message from a phone; its text alone, since media would need addresses."""
        texts = [
            part.data.decode("utf-8", "replace") for part in message.bundle.parts if part.type == "text/plain"
        ]
        fields = {
            "MessageSid": f"MM{int(message.id or 0):032x}",
            "From": f"+{message.sender}",
            "To": f"+{next(iter(message.to), '')}",
            "Body": "\n".join(texts).strip(),
            "NumMedia": "0",
            "ApiVersion": "2010-04-01",
        }
        return self._form(url, fields)

    def described(self) -> dict[str, Any]:
        """Three operations."""
        answers = {"201": a_json("The message"), "400": a_json("An error with its code"), **CHAOS}
        return {
            _ROOT + "{AccountSid}/Messages.json": {
                "post": {"summary": "Create a message", "responses": answers},
                "get": {"summary": "List messages", "responses": {"200": a_json("Messages")}},
            },
            _ROOT + "{AccountSid}/Messages/{Sid}.json": {
                "get": {"summary": "Fetch a message", "responses": {"200": a_json("The message")}}
            },
        }


def _sid(message: Envelope) -> str:
    return f"MM{int(message.id):032x}"


def _resource(message: Envelope, account: str, body: str, media: int, status: str) -> dict[str, Any]:
    sid, date = _sid(message), format_datetime(message.received)
    uri = f"{_ROOT}{account}/Messages/{sid}"
    return {
        "sid": sid,
        "account_sid": account,
        "messaging_service_sid": None,
        "to": f"+{message.to}",
        "from": f"+{message.sender}" if message.sender else None,
        "body": body,
        "status": status,
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": str(media),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "date_created": date,
        "date_updated": date,
        "date_sent": None if status == "queued" else date,
        "api_version": "2010-04-01",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def _dates(asked: Mapping[str, str]) -> tuple[str, str]:
    """The first and the last second of `DateSent`, or of `DateSent>` and `DateSent<`; empty without."""
    on, after, before = (_DATE.fullmatch(asked.get(f"DateSent{sign}", "")) for sign in ("", ">", "<"))
    since = f"{on[1]}T00:00:00" if on else f"{after[1]}{after[2] or 'T00:00:00'}" if after else ""
    until = f"{on[1]}T23:59:59" if on else f"{before[1]}{before[2] or 'T23:59:59'}" if before else ""
    return since, until


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else otherwise


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")


def _or_refuse(code: int, read: Any) -> str:
    try:
        return str(read())
    except ParameterError as error:
        raise Refused(code, error.message) from None


DESK = TwilioDesk
