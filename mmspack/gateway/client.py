"""The uploader: one message to one recipient, and an outcome that can be trusted.

with Gateway("https://mms.example.com/SendMMS", user="acme", password="...") as gateway:
    receipt = gateway.send(bundle, to="447700900999", sender="447700900111")
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self, Unpack

from mmspack.bundle.bundle import Bundle
from mmspack.errors import InputError, UsageError
from mmspack.gateway.accounts import Account
from mmspack.gateway.connecting import client_options
from mmspack.gateway.deadlines import Deadline
from mmspack.gateway.door import Letter, PushedEvent
from mmspack.gateway.inquiring import Trace
from mmspack.gateway.observed import Observed
from mmspack.gateway.outcomes import receipt_or_raise
from mmspack.gateway.placing import Hosting, NotPlaced
from mmspack.gateway.requests import MediaPart, SendRequest
from mmspack.gateway.settings import BundleLike, GatewayOptions, SendOptions, Settings, options_of
from mmspack.gateway.wire import Interrupted, Progress, explain, network_errors, transmit
from mmspack.outcome import Outcome, Receipt

if TYPE_CHECKING:
    import httpx2


class Gateway(Settings):
    """A gateway, as a context manager. It reuses its connections and may be shared between threads.

    `url` is the gateway's whole address, empty where the door knows it; `options` are those of
    `GatewayOptions`, the door among them. `sleep` waits between tries. Raises `ConfigError`.
    """

    def __init__(
        self, url: str = "", *, sleep: Callable[[float], None] = time.sleep, **options: Unpack[GatewayOptions]
    ) -> None:
        super().__init__(url, options)
        self._sleep = sleep
        self._client: httpx2.Client | None = None

    @classmethod
    def from_account(cls, account: Account, *, connections: int = 1) -> Gateway:
        """The gateway of a configured account."""
        return cls(account.url, **options_of(account, connections))

    def __enter__(self) -> Self:
        import httpx2

        connections = self._connections_for(asynchronous=False)
        self._client = httpx2.Client(transport=connections, **client_options(self._timeouts))
        self._filter.install()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None
            self._filter.remove()

    def send(
        self,
        bundle: BundleLike | None = None,
        *,
        progress: Progress | None = None,
        **options: Unpack[SendOptions],
    ) -> Receipt:
        """Send one message. Raises the `SendError` that says why there is no id.

        `bundle` is the zip; or the option `url` names a hosted one. `progress` is called with the bytes that
        went out and their total.
        """
        return receipt_or_raise(self.deliver(self.request(bundle, **options), progress=progress))

    def attempt(
        self,
        bundle: BundleLike | None = None,
        *,
        progress: Progress | None = None,
        **options: Unpack[SendOptions],
    ) -> Outcome:
        """Like `send`, but returns every outcome. Raises only for parameters, bundles and Ctrl-C."""
        return self.deliver(self.request(bundle, **options), progress=progress)

    def deliver(self, request: SendRequest, *, progress: Progress | None = None) -> Outcome:
        """Send a checked request. Ctrl-C raises `SendInterrupted` with the outcome so far."""
        if self._client is None:
            with self:
                return self.deliver(request, progress=progress)
        try:
            http = request.write(self._placed(self._client, request))
        except NotPlaced as error:
            return self._unplaced(request, error.verdict)
        except KeyboardInterrupt:
            stopped = self.door.classify(Observed(whole=False, fault="interrupted"))
            raise SendInterrupted(self._unplaced(request, stopped)) from None
        course, tries = self._course(), 0
        wait = next(course)
        seen = Observed(whole=False, fault="interrupted")
        while True:
            try:
                if wait:
                    self._sleep(wait)
                tries += 1
                seen = transmit(self._client, http, self._password, self._timeouts, self._clock, progress)
            except KeyboardInterrupt as error:
                seen = error.seen if isinstance(error, Interrupted) else seen
                raise SendInterrupted(self._outcome(request, self.door.classify(seen), seen, tries)) from None
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
        if self._client is None:
            with self:
                return self.inquire(letters, since)
        asked = self._inquiry(letters)
        seen = transmit(self._client, asked, self._password, self._timeouts, self._clock)
        return self.door.read_inquiry(letters, seen, since or [0.0] * len(letters))

    def poll(self) -> Sequence[PushedEvent]:
        """The reports that the provider keeps until they are fetched; each is given once.

        Raises `UsageError` where the door is not asked for them, `InputError` for an answer that is none.
        """
        if self._client is None:
            with self:
                return self.poll()
        asked = self.door.polling(self._login)
        if asked is None:
            raise UsageError(f"{self.door.title} is not asked for reports", hint="they are pushed")
        return self.door.read_polled(
            transmit(self._client, asked, self._password, self._timeouts, self._clock)
        )

    def retrieve(self, identifier: str) -> Bundle:
        """Fetch the zip of an inbound message. It may be repeated.

        Raises the `SendError` of a 403, `BundleError` for an invalid zip, `InputError` for anything else.
        """
        if self._client is None:
            with self:
                return self.retrieve(identifier)
        answer = self.door.retrieval(identifier, self._login)
        deadline = Deadline(self._clock, self._timeouts.answer, "the answer")
        try:
            with (
                deadline.kept(),
                self._client.stream("GET", answer.http.url, headers=answer.http.headers) as response,
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
