"""What is the same at every door: login, limits, chaos and inbox, in the order in which they are asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from mmspack.bundle.bundle import Bundle
from mmspack.errors import BundleError, MmspackError
from mmspack.gateway.parameters import Parameters
from mmspack.profiles import DEFAULT, get
from mmspack.profiles.budget import measure
from mmspack.sandbox.accounts import Accounts, SandboxAccount
from mmspack.sandbox.arrival import Checker
from mmspack.sandbox.chaos import Chaos, ChaosMode, Phase
from mmspack.sandbox.desk import Desk, IncomingOrder
from mmspack.sandbox.filtering import text_in
from mmspack.sandbox.inbox import Inbox, StoredMessage
from mmspack.sandbox.metrics import Metrics
from mmspack.sandbox.misbehaving import Cut, answer
from mmspack.sandbox.pushing import Pusher
from mmspack.sandbox.refusing import Refused, Why

_log = logging.getLogger("mmspack.sandbox")


@dataclass(kw_only=True)
class Understudy:
    """The components of a running sandbox."""

    inbox: Inbox
    desks: Sequence[Desk]
    """This sandbox's own, the default first."""
    pusher: Pusher
    accounts: Accounts = field(default_factory=Accounts)
    chaos: Chaos = field(default_factory=Chaos)
    fetch_hosts: Sequence[str] = ()
    """Hosts that `url` may name; none: it is refused."""
    profile: str | None = None
    """Check each bundle on arrival by this profile."""
    strict: bool = False
    """Refuse (at SendMMS with code 5) a bundle in which the check finds an error."""
    slow_seconds: float = 2.0
    campaign_name: Callable[[str], str] | None = None
    """Gives what a campaign is called, by the id in its notes; an empty text where that is not known."""
    metrics: Metrics = field(default_factory=Metrics)
    checker: Checker = field(default_factory=Checker)

    async def take(self, request: Request, desk: Desk) -> Response:
        """One request for a message: the answer with its id, a refusal, or what chaos dictates."""
        if request.method == "HEAD":  # Starlette adds it to GET, and it must not send
            return text(b"", 405, {"Allow": "GET, POST"})
        mode = self.chaos.on_request()
        if mode is not None and mode.phase in (Phase.HEAD, Phase.BODY):
            return await self._cut_early(request, mode)
        try:
            order = await desk.read(request)
            account = await run_in_threadpool(self.login, order.user, order.password, request)
            parameters = await run_in_threadpool(order.parameters)
            mode = self._magic(parameters.to, desk) or mode
            if mode is not None and not mode.accepts:
                self.metrics.struck(mode.name)
                return await answer(mode, None, self.slow_seconds)
            data = await order.data(self)
            message = await run_in_threadpool(self._accept, parameters, data, order, desk, account)
        except Refused as refused:
            self.metrics.refused(desk.code_of(refused))
            return desk.refused(refused, request)
        good = desk.accepted(message, order)
        self.pusher.accepted(message)
        if mode is not None:
            self.metrics.struck(mode.name)
            return await answer(mode, good, self.slow_seconds)
        return good

    def login(self, user: str, password: str, request: Request) -> SandboxAccount | None:
        """The account that a request comes from, None where all are welcome. Raises `Refused`."""
        return self.accounts.login(user, password, request.client.host if request.client else "")

    async def _cut_early(self, request: Request, mode: ChaosMode) -> Response:
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

    def _magic(self, to: str, desk: Desk) -> ChaosMode | None:
        asked = self.chaos.on_recipient(to, {one.ending: one.code for one in desk.magic})
        if isinstance(asked, int):
            raise Refused(asked)
        return asked

    def _accept(
        self,
        parameters: Parameters,
        data: bytes,
        order: IncomingOrder,
        desk: Desk,
        account: SandboxAccount | None,
    ) -> StoredMessage:
        bundle = require_bundle(data)
        findings = None
        if self.profile is not None:
            findings = self.checker.findings(data, parameters.subject, self.profile)
        errors = [finding for finding in findings or () if finding["severity"] == "error"]
        if self.strict and errors:
            raise Refused(Why.CONTENT, f"mms.zip: {errors[0]['id']}: {errors[0]['message']}")
        message = self.inbox.add(
            parameters,
            data,
            user=order.user,
            method=order.method,
            door=desk.name,
            reference=desk.reference(order),
            now=datetime.now(UTC),
            findings=findings,
            text=text_in(bundle),
            counted=measure(bundle.parts, parameters.subject, get(self.profile or DEFAULT)).total_bytes,
            allow=account.require_allowance if account else None,
        )
        self.metrics.accepted(len(data))
        return message


def require_bundle(data: bytes) -> Bundle:
    """The bundle in `data`. Raises `Refused` where it is not a zipped MMS."""
    from mmspack.bundle.zip_reader import open_bundle

    try:
        return open_bundle(data)
    except BundleError as error:
        raise Refused(Why.CONTENT, f"mms.zip: {error.message}") from None


def text(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A plain-text answer."""
    return Response(body, status, headers, media_type="text/plain; charset=utf-8")


def problem(error: MmspackError) -> Response:
    """A 400 that says what is wrong with a request to the API."""
    return text(f"{error}\n".encode(), 400)
