"""The uploader: one message to one recipient, and an outcome that can be trusted.

with Gateway("https://mms.example.com/SendMMS", user="acme", password="...") as gateway:
    receipt = gateway.send(bundle, to="447700900999", sender="447700900111")
"""

from __future__ import annotations

import random as _random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Never, Self

from mmspack.bundle.bundle import Bundle
from mmspack.errors import InputError, UsageError
from mmspack.gateway import doors
from mmspack.gateway.accounts import Account
from mmspack.gateway.connecting import Line, client_options
from mmspack.gateway.deadlines import Deadline
from mmspack.gateway.door import Door, Letter, PushedEvent
from mmspack.gateway.inquiring import Trace
from mmspack.gateway.observed import Observed
from mmspack.gateway.outcomes import receipt_or_raise
from mmspack.gateway.placing import Hosting, NotPlaced
from mmspack.gateway.requests import MediaPart, Method, SendRequest
from mmspack.gateway.retrying import Retry, RetryBudget
from mmspack.gateway.secrets import Secret
from mmspack.gateway.settings import BundleLike, Settings, account_settings
from mmspack.gateway.wire import Interrupted, Progress, Timeouts, explain, network_errors, transmit
from mmspack.outcome import Outcome, Receipt

if TYPE_CHECKING:
    import httpx2


class Gateway(Settings):
    """A gateway, as a context manager. It reuses its connections and may be shared between threads.

    `url` is the gateway's whole address, empty where the door knows it. `door` is the door with its
    settings, such as `SendMMS(charset="iso-8859-1")`, or its name. `user` and `password` are required
    unless the gateway is on this machine. `sender` is the `from` of messages that name none. `name` is
    how outcomes call the gateway; by default its address. `allow_http` permits plain http to another
    machine, which shows the password to the network. `line` holds proxy, authorities to trust and a
    certificate of the client's own. `transport` takes the place of our own, is closed with the gateway,
    must never send a request twice, and has its own connections: `line` and `timeouts.answer` are left
    to it. `connections` are open at most at a time. `retry` says what follows a refusal that asks for
    another try; nothing else is ever sent again. `sandbox`: this is one, and outcomes say that nothing
    left the machine. `sleep` waits between tries. Raises `ConfigError`.
    """

    _hands_over = "handle_request"

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
        transport: httpx2.BaseTransport | None = None,
        connections: int = 1,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
        budget: RetryBudget | None = None,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = _random.random,
        sleep: Callable[[float], None] = time.sleep,
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
        self._client: httpx2.Client | None = None

    @classmethod
    def from_account(cls, account: Account, *, connections: int = 1, retry: Retry | None = None) -> Gateway:
        """The gateway of a configured account."""
        return cls(account.url, connections=connections, retry=retry, **account_settings(account))

    def __enter__(self) -> Self:
        self._prove_new(self._client)
        self._client = self._new_client()
        self._filter.install()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Nothing can be sent afterwards."""
        self._closed = True
        if self._client is not None:
            self._client.close()
            self._client = None
            self._filter.remove()

    @contextmanager
    def kept_open(self) -> Iterator[Self]:
        """Within, all calls share connections; afterwards the gateway is as it was, and may be used again."""
        if self._client is not None:
            yield self
            return
        with self._opened() as self._client:
            try:
                yield self
            finally:
                self._client = None

    def _new_client(self) -> httpx2.Client:
        import httpx2

        connections = self._connections_for(asynchronous=False)
        return httpx2.Client(transport=connections, **client_options(self._timeouts))

    @contextmanager
    def _opened(self) -> Iterator[httpx2.Client]:
        """The open client; outside `with`, one for this call alone. Raises `UsageError` after `close`."""
        if self._client is not None:
            yield self._client
            return
        self._prove_open()
        client = self._new_client()
        self._filter.install()
        try:
            yield client
        finally:
            if self._transport is None:  # one of the caller's own is wanted for the next call
                client.close()
            self._filter.remove()

    def send(
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
        """Send one message. Raises the `SendError` that says why there is no id.

        `bundle` is the zip, its bytes, path or open file; or `url` names a hosted one. `to` and `sender` are
        numbers in international format (`447700900999`); without `sender` the gateway's own is taken, and
        without `subject` the one that the bundle notes. `note` (at SendMMS at most 160 characters) and
        `subaccount` (10) are stored in the billing record. `fallback` is the text for a phone that takes no
        picture message; without it the one that the bundle notes is taken, which a door that sends no texts
        leaves out with a warning. `method` is GET for hosted zips alone. What else a door cannot carry it
        refuses, or leaves out with a warning. `progress` is called with the bytes that went out and their
        total.
        """
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
        return receipt_or_raise(self.deliver(request, progress=progress))

    def attempt(
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
        """Like `send`, but returns every outcome. Raises only for parameters, bundles and Ctrl-C."""
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
        return self.deliver(request, progress=progress)

    def deliver(self, request: SendRequest, *, progress: Progress | None = None) -> Outcome:
        """Send a checked request. Ctrl-C raises `SendInterrupted` with the outcome so far."""
        with self._opened() as client:
            return self._delivered(client, request, progress)

    def _delivered(self, client: httpx2.Client, request: SendRequest, progress: Progress | None) -> Outcome:
        try:
            http = request.write(self._placed(client, request))
        except NotPlaced as error:
            return self._unplaced(request, error.verdict)
        except KeyboardInterrupt:
            raise SendInterrupted(
                self._stopped(request, Observed(whole=False, fault="interrupted"))
            ) from None
        course, tries = self._course(), 0
        wait = next(course)
        seen = Observed(whole=False, fault="interrupted")
        while True:
            try:
                if wait:
                    self._sleep(wait)
                tries += 1
                seen = transmit(client, http, self._password, self._timeouts, self._clock, progress)
            except KeyboardInterrupt as error:
                seen = error.seen if isinstance(error, Interrupted) else seen
                raise SendInterrupted(self._judged(request, tries, seen)) from None
            try:
                wait = course.send(seen)
            except StopIteration as stop:
                return self._outcome(request, *stop.value)

    def _placed(self, client: httpx2.Client, request: SendRequest) -> dict[str, str]:
        """Where the request's media lie, each placed once. Raises `NotPlaced`."""
        places = self._places.of(request.media)
        for medium in request.media:
            if medium.sha256 in places:
                continue
            with self._places.turn(medium):
                known = self._places.of([medium])
                places |= known or {medium.sha256: self._place(client, medium)}
        return places

    def _place(self, client: httpx2.Client, medium: MediaPart) -> str:
        how = self.door.placing(medium, self._login)
        if isinstance(how, Hosting):
            place = self._hosted(medium, how)
            self._places.keep(medium, place)
            return place
        seen = transmit(client, how.http, self._password, self._timeouts, self._clock)
        return self._judged_place(medium, seen)

    def inquire(self, letters: Sequence[Letter], since: Sequence[float] = ()) -> list[Trace]:
        """What the provider's log says of messages, `door.memory.at_once` of them at most. It sends nothing.

        `since` are the times (seconds since 1970) before which none of them can have been sent.

        Raises `UsageError` where the door cannot be asked, `InputError` where there is no proper answer.
        """
        asked = self._inquiry(letters)
        with self._opened() as client:
            seen = transmit(client, asked, self._password, self._timeouts, self._clock)
        return self.door.read_inquiry(letters, seen, since or [0.0] * len(letters))

    def poll(self) -> Sequence[PushedEvent]:
        """The reports that the provider keeps until they are fetched; each is given once.

        Raises `UsageError` where the door is not asked for them, `InputError` for an answer that is none.
        """
        asked = self.door.polling(self._login)
        if asked is None:
            raise UsageError(f"{self.door.title} is not asked for reports", hint="they are pushed")
        with self._opened() as client:
            seen = transmit(client, asked, self._password, self._timeouts, self._clock)
        return self.door.read_polled(seen)

    def retrieve(self, identifier: str) -> Bundle:
        """Fetch the zip of an inbound message. It may be repeated.

        Raises the `SendError` of a 403, `BundleError` for an invalid zip, `InputError` for anything else.
        """
        answer = self.door.retrieval(identifier, self._login)
        deadline = Deadline(self._clock, self._timeouts.answer, "the answer")
        try:
            with (
                self._opened() as client,
                deadline.kept(),
                client.stream("GET", answer.http.url, headers=answer.http.headers) as response,
            ):
                deadline.head_is_over()
                for block in response.iter_raw():
                    answer.add(block)
        except network_errors() as error:
            raise InputError(f"{answer.what}: {explain(error, self._timeouts)}") from None
        return answer.bundle(response.status_code)


class SendInterrupted(KeyboardInterrupt):
    """Ctrl-C during a send. `outcome` is NOT_SENT or UNKNOWN, by how far the request had come."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.summary)
        self.outcome = outcome

    def __reduce__(self) -> tuple[type[Self], tuple[Outcome]]:
        return type(self), (self.outcome,)
