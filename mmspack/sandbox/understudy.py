"""The gateway itself: login, parameters, limits, chaos and inbox, in the order in which they are asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from mmspack.errors import InputError, MmspackError
from mmspack.gateway.sendmms.forms import Form, read_form
from mmspack.gateway.sendmms.parameters import Parameters
from mmspack.sandbox.accounts import Accounts, SandboxAccount
from mmspack.sandbox.arrival import findings_of
from mmspack.sandbox.chaos import Chaos, Mode, Phase
from mmspack.sandbox.contract import Refused, one, read_parameters, require_bundle, required
from mmspack.sandbox.fetching import fetch
from mmspack.sandbox.inbox import Inbox, StoredMessage
from mmspack.sandbox.metrics import Metrics
from mmspack.sandbox.misbehaving import Cut, answer
from mmspack.sandbox.pushing import Pusher

_log = logging.getLogger("mmspack.sandbox")


@dataclass(kw_only=True)
class Understudy:
    """The components of a running sandbox."""

    inbox: Inbox
    accounts: Accounts = field(default_factory=Accounts)
    chaos: Chaos = field(default_factory=Chaos)
    fetch_hosts: Sequence[str] = ()
    """Hosts that `url` may name; none: it is refused."""
    profile: str | None = None
    """Check each bundle on arrival by this profile."""
    strict: bool = False
    """Refuse, with code 5, a bundle in which the check finds an error."""
    slow_seconds: float = 2.0
    pusher: Pusher = field(default_factory=Pusher)
    metrics: Metrics = field(default_factory=Metrics)

    async def send_mms(self, request: Request) -> Response:
        """`GET` or multipart `POST`: 200 with the id, 403 with reason and code, or what chaos dictates."""
        if request.method == "HEAD":  # Starlette adds it to GET, and it must not send
            return text(b"", 405, {"Allow": "GET, POST"})
        mode = self.chaos.on_request()
        if mode is not None and mode.phase in (Phase.HEAD, Phase.BODY):
            return await self._cut_early(request, mode)
        try:
            form = await _form(request)
            ip = request.client.host if request.client else ""
            account = await run_in_threadpool(self._login, form, ip)
            parameters = await run_in_threadpool(read_parameters, form)
            mode = self._magic(parameters.to) or mode
            if mode is not None and not mode.accepts:
                self.metrics.struck(mode.name)
                return await answer(mode, "", self.slow_seconds)
            data = form.zips[0] if parameters.url is None else await fetch(parameters.url, self.fetch_hosts)
            message = await run_in_threadpool(
                self._accept, parameters, data, one(form, "user"), request.method, account
            )
        except Refused as refused:
            self.metrics.refused(refused.code)
            return text(refused.body, 403)
        except ClientDisconnect:
            return text(b"gone\n", 400)
        if mode is not None:
            self.metrics.struck(mode.name)
            return await answer(mode, message.id, self.slow_seconds)
        return text(message.id.encode(), 200)

    async def retrieve_mms(self, request: Request) -> Response:
        """`RetrieveMMS?user&pass&id`: the zip of a message from a phone."""
        try:
            form = Form(request.query_params.multi_items())
            ip = request.client.host if request.client else ""
            await run_in_threadpool(self._login, form, ip)
            data = await run_in_threadpool(self.inbox.inbound, required(form, "id"))
            if data is None:
                raise Refused(5, "id: no such message")
        except Refused as refused:
            self.metrics.refused(refused.code)
            return text(refused.body, 403)
        return Response(data, media_type="application/zip")

    async def _cut_early(self, request: Request, mode: Mode) -> Response:
        self.metrics.struck(mode.name)
        if mode.phase is Phase.BODY:
            announced = request.headers.get("Content-Length", "")
            half = int(announced) // 2 if announced.isdigit() and len(announced) < 12 else 1
            read = 0
            try:
                async for block in request.stream():
                    read += len(block)
                    if read >= half:
                        break
            except ClientDisconnect:
                _log.debug("the client disconnected")
        return Cut(hard=True)

    def _login(self, form: Form, ip: str) -> SandboxAccount | None:
        return self.accounts.login(required(form, "user"), required(form, "pass"), ip)

    def _magic(self, to: str) -> Mode | None:
        asked = self.chaos.on_recipient(to)
        if isinstance(asked, int):
            raise Refused(asked)
        return asked

    def _accept(
        self, parameters: Parameters, data: bytes, user: str, method: str, account: SandboxAccount | None
    ) -> StoredMessage:
        require_bundle(data)
        findings = None if self.profile is None else findings_of(data, parameters.subject, self.profile)
        errors = [finding for finding in findings or () if finding["severity"] == "error"]
        if self.strict and errors:
            raise Refused(5, f"mms.zip: {errors[0]['id']}: {errors[0]['message']}")
        message = self.inbox.add(
            parameters,
            data,
            user=user,
            method=method,
            now=datetime.now(UTC),
            findings=findings,
            allow=account.require_allowance if account else None,
        )
        self.metrics.accepted(len(data))
        self.pusher.accepted(message)
        return message


async def _form(request: Request) -> Form:
    try:
        return await read_form(request)
    except InputError as error:
        raise Refused(5, error.message) from None


def text(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A plain-text answer."""
    return Response(body, status, headers, media_type="text/plain; charset=utf-8")


def problem(error: MmspackError) -> Response:
    """A 400 that says what is wrong with a request to the API."""
    return text(f"{error}\n".encode(), 400)
