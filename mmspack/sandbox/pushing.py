"""What the gateway sends back: delivery and read reports, and messages from phones."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mmspack.errors import UsageError
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.parameters import hosted_url
from mmspack.gateway.reports import ANSWER_SECONDS, STATUSES, DeliveryReport, ReportKind
from mmspack.sandbox import desks
from mmspack.sandbox.desk import Desk, PushRequest
from mmspack.sandbox.inbox import StoredMessage

if TYPE_CHECKING:
    import httpx2

_TRIES = 3
_KEPT = 200


@dataclass(slots=True)
class Push:
    """One request to the customer, and what became of it."""

    request: PushRequest
    what: str
    """`delivery`, `read` or `inbound`."""
    about: str
    """The id of the message that a report is about, or the phone that a message comes from."""
    tries: int = 0
    done: bool = False
    answer: str = ""

    @property
    def url(self) -> str:
        """Where it goes."""
        return self.request.url


class Pusher:
    """Sends reports and inbound messages from a thread of its own, each at most three times."""

    def __init__(
        self, known: Sequence[Desk], *, report_url: str = "", inbound_url: str = "", delay: float = 0.1
    ) -> None:
        """`known` are the sandbox's own desks, `delay` the seconds before a push and between its tries.

        Raises `ParameterError`.
        """
        self._desks = known
        self.report_url = hosted_url(report_url) if report_url else ""
        self.inbound_url = hosted_url(inbound_url) if inbound_url else ""
        self._delay = delay
        self._queue: queue.Queue[Push | None] = queue.Queue(maxsize=10_000)
        self._recent: deque[Push] = deque(maxlen=_KEPT)
        self._stop = threading.Event()
        self._next = 1
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to push."""
        self._thread = threading.Thread(target=self._run, name="mmspack-pusher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what has not gone out is dropped."""
        self._stop.set()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(ANSWER_SECONDS + 1)

    @property
    def recent(self) -> list[Push]:
        """The last pushes, oldest first."""
        return list(self._recent)

    def accepted(self, message: StoredMessage) -> None:
        """Report on a message that was accepted, as far as it asked for reports."""
        if message.deliveryreport:
            self.report(message, ReportKind.DELIVERY, 3)
        if message.readreport:
            self.report(message, ReportKind.READ, 7)

    def report(self, message: StoredMessage, kind: ReportKind, status: int) -> bool:
        """Push one report. False where no address for reports is set. Raises `UsageError`."""
        if status not in STATUSES:
            raise UsageError(f"no status {status}", where="report", hint="1 to 10")
        desk = desks.get(message.door, self._desks)
        url = desk.callback(message) or _at_listener(self.report_url, "reports_at", desk)
        if not url:
            return False
        report = DeliveryReport(
            id=str(self._next),
            request_id=message.id,
            to=message.sender,
            sender=message.to,
            kind=kind,
            status=STATUSES[status],
            date=datetime.now(UTC),
            useragent="mmspack sandbox" if kind is ReportKind.READ else "",
        )
        self._next += 1
        request = desk.report(report, message, url)
        self._put(Push(request, kind.value, message.id))
        return True

    def inbound(self, message: InboundMessage, door: str = "") -> bool:
        """Push a message from a phone. False where no address for them is set."""
        if not self.inbound_url:
            return False
        desk = desks.get(door, self._desks)
        url = _at_listener(self.inbound_url, "inbound_at", desk)
        self._put(Push(desk.inbound(message, url), "inbound", message.sender))
        return True

    def _put(self, push: Push) -> None:
        self._recent.append(push)
        try:
            self._queue.put_nowait(push)
        except queue.Full:
            push.done, push.answer = True, "dropped: too many pushes are waiting"

    def _run(self) -> None:
        import httpx2

        first = self._queue.get()
        if first is None:
            return
        # Only now: a client reads all certificate authorities, half of what a sandbox's start would take.
        with httpx2.Client(follow_redirects=False, trust_env=False, timeout=ANSWER_SECONDS) as client:
            push: Push | None = first
            while push is not None:
                while not push.done and not self._stop.wait(self._delay * (push.tries + 1)):
                    self._try(client, push)
                push = self._queue.get()

    def _try(self, client: httpx2.Client, push: Push) -> None:
        import httpx2

        push.tries += 1
        try:
            answer = _ask(client, push)
            good = answer.is_success and bool(answer.content or not push.request.needs_body)
            push.answer = f"HTTP {answer.status_code}" + ("" if answer.content else " without a body")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            good, push.answer = False, type(error).__name__
        push.done = good or push.tries >= _TRIES


def _at_listener(url: str, which: str, desk: Desk) -> str:
    """Where a listener at `url` takes what `desk` pushes: the one address that is set serves all doors."""
    paths: list[str] = sorted((getattr(one, which) for one in desks.every()), key=len, reverse=True)
    known = next((path for path in paths if path and url.endswith(path)), "")
    own: str = getattr(desk, which)
    return url.removesuffix(known) + own if known and own else url


def _ask(client: httpx2.Client, push: Push) -> httpx2.Response:
    asked = push.request
    return client.request(asked.method, asked.url, headers=dict(asked.headers), content=asked.body or None)
