"""The seam between the sandbox and a door that it speaks: what is read, and what is answered and pushed.

A desk is one folder of this wing whose module `desk` names its class `DESK`. Login, limits, chaos, checks,
inbox and pages are shared (`understudy`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import urlsplit

from mmspack.gateway.addresses import is_loopback
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.parameters import Parameters
from mmspack.gateway.reports import DeliveryReport
from mmspack.sandbox.refusing import Refused, Why

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from mmspack.sandbox.accounts import SandboxAccount
    from mmspack.sandbox.inbox import Inbox, StoredMessage
    from mmspack.sandbox.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Magic:
    """A recipient that is refused on request."""

    ending: str
    """Last four digits of the recipient."""
    code: int
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One request to the customer, as the door writes it."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    needs_body: bool = False
    """It is taken only where the answer has a body (the SendMMS document's report page)."""


class Running(Protocol):
    """The running sandbox, as far as a desk knows it."""

    inbox: Inbox
    metrics: Metrics
    fetch_hosts: Sequence[str]

    async def take(self, request: Request, desk: Desk) -> Response:
        """One request for a message, answered as the desk does."""

    def login(self, user: str, password: str, request: Request) -> SandboxAccount | None:
        """The account that a request comes from. Raises `Refused`."""


class IncomingOrder(Protocol):
    """One request for a message, read as far as its login. Each method raises `Refused`."""

    user: str
    password: str
    method: str

    def parameters(self) -> Parameters:
        """What is asked for."""

    async def data(self, running: Running) -> bytes:
        """The message as a zip."""


_MOST_CALLBACKS = 10_000


class Callbacks:
    """Where messages themselves asked for their reports, as far as that is this machine."""

    def __init__(self) -> None:
        self._urls: OrderedDict[str, str] = OrderedDict()

    def keep(self, message: StoredMessage, url: str) -> None:
        """Remember the address; an empty one forgets that of an earlier message of this id."""
        self._urls.pop(message.id, None)
        if url and is_loopback(urlsplit(url).hostname or ""):
            self._urls[message.id] = url
        while len(self._urls) > _MOST_CALLBACKS:
            self._urls.popitem(last=False)

    def of(self, message: StoredMessage) -> str:
        """The address; empty where there is none."""
        return self._urls.get(message.id, "")


class Desk(ABC):
    """One door as the sandbox speaks it."""

    name: ClassVar[str]
    """Of the door."""
    path: ClassVar[str]
    """Where messages are sent to."""
    codes: ClassVar[Mapping[Why, int]]
    """The door's own numbers for the common reasons."""
    magic: ClassVar[Sequence[Magic]] = ()
    reports_at: ClassVar[str] = ""
    inbound_at: ClassVar[str] = ""
    """Where `mmspack listen` takes this door's reports, and its messages from phones."""

    @abstractmethod
    def setup(self, origin: str) -> str:
        """The lines of a team's own code or settings that turn it to the sandbox at `origin`."""

    def owns(self, path: str) -> bool:
        """Whether a request to `path` goes to this desk: chaos strikes it, and no other site may make it."""
        return path == self.path

    def code_of(self, refused: Refused) -> int:
        """The number that the answer to a refusal holds."""
        return self.codes[refused.why] if isinstance(refused.why, Why) else refused.why

    @abstractmethod
    def routes(self, running: Running) -> list[Route]:
        """What is served."""

    @abstractmethod
    async def read(self, request: Request) -> IncomingOrder:
        """A request as far as its login. Raises `Refused`."""

    def reference(self, order: IncomingOrder) -> str:
        """The id by which the client knows the message, where that is another than ours."""
        del order
        return ""

    @abstractmethod
    def accepted(self, message: StoredMessage, order: IncomingOrder) -> Response:
        """The answer that gives the id."""

    @abstractmethod
    def refused(self, refused: Refused, request: Request) -> Response:
        """The answer that gives the code."""

    @abstractmethod
    def report(self, report: DeliveryReport, message: StoredMessage, url: str) -> PushRequest:
        """A report as the door pushes it."""

    @abstractmethod
    def inbound(self, message: InboundMessage, url: str) -> PushRequest:
        """A message from a phone as the door pushes it."""

    def callback(self, message: StoredMessage) -> str:
        """Where the message itself asked for its reports; empty where it did not, or may not."""
        del message
        return ""

    def described(self) -> dict[str, Any]:
        """The door's paths in OpenAPI 3.1."""
        return {}
