"""The uploader for programs that run an event loop: `Gateway`, awaited.

async with AsyncGateway("https://mms.example.com/SendMMS", user="acme", password="...") as gateway:
    receipt = await gateway.send(bundle, to="447700900999", sender="447700900111")
"""

from __future__ import annotations

import asyncio
import random as _random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Never, Self

from mmspack.bundle.bundle import Bundle
from mmspack.errors import InputError
from mmspack.gateway import doors
from mmspack.gateway.accounts import Account
from mmspack.gateway.connecting import Line, client_options
from mmspack.gateway.deadlines import Deadline
from mmspack.gateway.door import Door, Letter
from mmspack.gateway.inquiring import Trace
from mmspack.gateway.outcomes import receipt_or_raise
from mmspack.gateway.placing import Hosting, NotPlaced
from mmspack.gateway.requests import MediaPart, Method, SendRequest
from mmspack.gateway.retrying import Retry, RetryBudget
from mmspack.gateway.secrets import Secret
from mmspack.gateway.settings import BundleLike, Settings, account_settings
from mmspack.gateway.wire import Progress, Timeouts, explain, network_errors, transmit_async
from mmspack.outcome import Outcome, Receipt

if TYPE_CHECKING:
    import httpx2


class AsyncGateway(Settings):
    """A gateway, as an asynchronous context manager. Its connections are reused; tasks may share it.

    The settings and the outcomes are those of `Gateway`. A task that is cancelled during a send raises
    `CancelledError` as usual; `outcome_of` tells whether the message may have been accepted.
    """

    _hands_over = "handle_async_request"

    def __init__(
        self,
        url: str = "",
        *,
        door: Door | str = doors.DEFAULT,
        user: str = "",
        password: str | Secret = "",
        sender: str | None = None,
        name: str = "",
        allow_http: bool = False,
        line: Line | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        connections: int = 1,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
        budget: RetryBudget | None = None,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = _random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        sandbox: bool = False,
        **unknown: Never,
    ) -> None:
        super().__init__(
            url,
            unknown,
            door=door,
            user=user,
            password=password,
            sender=sender,
            name=name,
            allow_http=allow_http,
            line=line,
            transport=transport,
            connections=connections,
            timeouts=timeouts,
            retry=retry,
            budget=budget,
            clock=clock,
            random=random,
            sandbox=sandbox,
        )
        self._sleep = sleep
        self._client: httpx2.AsyncClient | None = None
        self._turns: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_account(
        cls, account: Account, *, connections: int = 1, retry: Retry | None = None
    ) -> AsyncGateway:
        """The gateway of a configured account."""
        return cls(account.url, connections=connections, retry=retry, **account_settings(account))

    async def __aenter__(self) -> Self:
        self._prove_new(self._client)
        self._client = self._new_client()
        self._filter.install()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Nothing can be sent afterwards."""
        self._closed = True
        if self._client is not None:
            await self._client.aclose()
            self._client = None
            self._filter.remove()

    def _new_client(self) -> httpx2.AsyncClient:
        import httpx2

        connections = self._connections_for(asynchronous=True)
        return httpx2.AsyncClient(transport=connections, **client_options(self._timeouts))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[httpx2.AsyncClient]:
        """As that of `Gateway`."""
        if self._client is not None:
            yield self._client
            return
        self._prove_open()
        client = self._new_client()
        self._filter.install()
        try:
            yield client
        finally:
            if self._transport is None:
                await client.aclose()
            self._filter.remove()

    async def send(
        self,
        bundle: BundleLike | None = None,
        *,
        to: str,
        sender: str | None = None,
        subject: str | None = None,
        note: str = "",
        subaccount: str = "",
        deliveryreport: bool = False,
        readreport: bool = False,
        url: str | None = None,
        fallback: str | None = None,
        method: Method = "POST",
        progress: Progress | None = None,
        **unknown: Never,
    ) -> Receipt:
        """As `Gateway.send`."""
        request = self.request(
            bundle,
            to=to,
            sender=sender,
            subject=subject,
            note=note,
            subaccount=subaccount,
            deliveryreport=deliveryreport,
            readreport=readreport,
            url=url,
            fallback=fallback,
            method=method,
            **unknown,
        )
        return receipt_or_raise(await self.deliver(request, progress=progress))

    async def attempt(
        self,
        bundle: BundleLike | None = None,
        *,
        to: str,
        sender: str | None = None,
        subject: str | None = None,
        note: str = "",
        subaccount: str = "",
        deliveryreport: bool = False,
        readreport: bool = False,
        url: str | None = None,
        fallback: str | None = None,
        method: Method = "POST",
        progress: Progress | None = None,
        **unknown: Never,
    ) -> Outcome:
        """As `Gateway.attempt`."""
        request = self.request(
            bundle,
            to=to,
            sender=sender,
            subject=subject,
            note=note,
            subaccount=subaccount,
            deliveryreport=deliveryreport,
            readreport=readreport,
            url=url,
            fallback=fallback,
            method=method,
            **unknown,
        )
        return await self.deliver(request, progress=progress)

    async def deliver(self, request: SendRequest, *, progress: Progress | None = None) -> Outcome:
        """Send a checked request. A task that is cancelled meanwhile: `outcome_of`."""
        async with self._opened() as client:
            return await self._delivered(client, request, progress)

    async def _delivered(
        self, client: httpx2.AsyncClient, request: SendRequest, progress: Progress | None
    ) -> Outcome:
        try:
            http = request.write(await self._placed(client, request))
        except NotPlaced as error:
            return self._unplaced(request, error.verdict)
        course, tries = self._course(), 0
        wait = next(course)
        while True:
            if wait:
                await self._sleep(wait)
            tries += 1
            seen = await transmit_async(
                client,
                http,
                self._password,
                partial(self._judged, request, tries),
                self._timeouts,
                self._clock,
                progress,
            )
            try:
                wait = course.send(seen)
            except StopIteration as stop:
                return self._outcome(request, *stop.value)

    async def _placed(self, client: httpx2.AsyncClient, request: SendRequest) -> dict[str, str]:
        """As that of `Gateway`: tasks wait for the one that places what they need."""
        places = self._places.of(request.media)
        for medium in request.media:
            if medium.sha256 in places:
                continue
            async with self._turns.setdefault(medium.sha256, asyncio.Lock()):
                known = self._places.of([medium])
                places |= known or {medium.sha256: await self._place(client, medium, request)}
            self._turns.pop(medium.sha256, None)
        return places

    async def _place(self, client: httpx2.AsyncClient, medium: MediaPart, request: SendRequest) -> str:
        how = self.door.placing(medium, self._login)
        if isinstance(how, Hosting):
            place = await asyncio.to_thread(self._hosted, medium, how)
            self._places.keep(medium, place)
            return place
        stopped = partial(self._stopped, request)
        seen = await transmit_async(client, how.http, self._password, stopped, self._timeouts, self._clock)
        return self._judged_place(medium, seen)

    async def inquire(self, letters: Sequence[Letter], since: Sequence[float] = ()) -> list[Trace]:
        """As `Gateway.inquire`."""
        asked, stopped = self._inquiry(letters), partial(self._stopped, None)
        async with self._opened() as client:
            seen = await transmit_async(client, asked, self._password, stopped, self._timeouts, self._clock)
        return self.door.read_inquiry(letters, seen, since or [0.0] * len(letters))

    async def retrieve(self, identifier: str) -> Bundle:
        """As `Gateway.retrieve`."""
        answer = self.door.retrieval(identifier, self._login)
        deadline = Deadline(self._clock, self._timeouts.answer, "the answer")
        try:
            async with self._opened() as client:
                with deadline.kept():
                    async with client.stream("GET", answer.http.url, headers=answer.http.headers) as response:
                        deadline.head_is_over()
                        async for block in response.aiter_raw():
                            answer.add(block)
        except network_errors() as error:
            raise InputError(f"{answer.what}: {explain(error, self._timeouts)}") from None
        return answer.bundle(response.status_code)
