"""The settings of a gateway and a message, and whatever needs no input or output: shared by both clients."""

from __future__ import annotations

import hashlib
import os
import random as _random
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Required, TypedDict, Unpack

from mmspack.bundle.bundle import Bundle
from mmspack.errors import ConfigError, MmspackError, ParameterError, UsageError
from mmspack.gateway import doors
from mmspack.gateway.accounts import Account
from mmspack.gateway.addresses import gateway_address, login_for
from mmspack.gateway.connecting import Line, proxy_for, proxy_password, transport, trust
from mmspack.gateway.door import Door, Letter, Login
from mmspack.gateway.observed import Observed, Verdict
from mmspack.gateway.parameters import checked
from mmspack.gateway.placing import Hosting, NotPlaced, Places
from mmspack.gateway.requests import HttpRequest, MediaPart, Method, SendRequest
from mmspack.gateway.retrying import Retry, RetryBudget, exchanges
from mmspack.gateway.rows import SAFE
from mmspack.gateway.secrets import LogFilter, Secret
from mmspack.gateway.wire import Timeouts
from mmspack.outcome import Outcome, Result
from mmspack.problem import Place, Problem
from mmspack.words import choose_from, did_you_mean

if TYPE_CHECKING:
    import httpx2

BundleLike = Bundle | bytes | str | os.PathLike[str] | IO[bytes]
"""A bundle; or a zip's bytes, its path, or an open file, which go through the strict reader."""


class SendOptions(TypedDict, total=False):
    """The parameters of one message. What a door cannot carry, it refuses or leaves out with a warning."""

    to: Required[str]
    """Recipient: a number in international format, e.g. `447700900999`."""
    sender: str | None
    """The `from` field, likewise; by default the gateway's own `sender`."""
    subject: str | None
    """None: the subject that the bundle notes."""
    note: str
    """Stored in the billing record; at SendMMS at most 160 characters."""
    subaccount: str
    """Stored in the billing record; at SendMMS at most 10 characters."""
    deliveryreport: bool
    readreport: bool
    url: str | None
    """Address of a hosted zip, in place of a bundle."""
    fallback: str
    """The text that a phone gets which takes no picture message, where the door sends one."""
    method: Method
    """POST; GET for hosted zips alone."""


class GatewayOptions(TypedDict, total=False):
    """Settings of a gateway."""

    door: Door | str
    """The door itself with its settings, such as `SendMMS(charset="iso-8859-1")`, or its name; `sendmms`."""
    user: str
    """Required, unless the gateway is on this machine."""
    password: str | Secret
    """Likewise."""
    sender: str | None
    """The `from` of messages that name none."""
    name: str
    """How outcomes call the gateway; by default its address."""
    allow_http: bool
    """Plain http to another machine, which shows the password to the network."""
    line: Line
    """Proxy, authorities to trust, and a certificate of the client's own."""
    transport: httpx2.BaseTransport | httpx2.AsyncBaseTransport | None
    """One of the caller's own in place of ours, for the kind of client. It is closed with the gateway, must
    never send a request twice, and has its own connections: `line` and `timeouts.answer` are left to it."""
    connections: int
    """Open at most at one time; 1."""
    timeouts: Timeouts
    retry: Retry
    """What follows a refusal that asks for another try; nothing else is ever sent again."""
    budget: RetryBudget
    clock: Callable[[], float]
    random: Callable[[], float]
    sandbox: bool
    """This is a sandbox: outcomes say that nothing left the machine."""


class Settings:
    """What the synchronous and the asynchronous gateway share: all but the input and output."""

    def __init__(self, url: str, options: GatewayOptions) -> None:
        _refuse_unknown(options, GatewayOptions, ConfigError, "setting")
        door = options.get("door", doors.DEFAULT)
        self.door = doors.make(door) if isinstance(door, str) else door
        self.url = gateway_address(
            url or self.door.host, path=self.door.path, allow_http=options.get("allow_http", False)
        )
        usual = dict.fromkeys(self.door.needs, login_for(self.url))
        password = options.get("password", usual.get("password", ""))
        self._password = password if isinstance(password, Secret) else Secret(password)
        self.user = options.get("user", usual.get("user", ""))
        given = {"user": bool(self.user), "password": bool(self._password)}
        if not all(given[name] for name in self.door.needs):
            missing = " and ".join("user name" if name == "user" else name for name in self.door.needs)
            raise ConfigError(f"{missing} are missing", where="gateway")
        self._login = Login(address=self.url, user=self.user, password=self._password)
        self.name = options.get("name") or self.url
        self.sender = options.get("sender")
        line = options.get("line") or Line()
        self._proxy = proxy_for(self.url, line.proxy)
        self._verify = trust(self.url, line)
        self._transport = options.get("transport")
        self._connections = options.get("connections", 1)
        self._timeouts = options.get("timeouts") or Timeouts()
        self._retry = options.get("retry") or Retry()
        self._budget = options.get("budget") or RetryBudget()
        self._clock = options.get("clock", time.monotonic)
        self._random = options.get("random", _random.random)
        self._sandbox = options.get("sandbox", False)
        self._last_digest: tuple[bytes | None, str] = (None, "")
        self._places = Places()
        self._filter = LogFilter(self._password, Secret(proxy_password(self._proxy)))

    def _connections_for(self, *, asynchronous: bool) -> Any:
        """The transport of the HTTP client."""
        if self._transport is not None:
            return self._transport
        return transport(
            connections=self._connections,
            verify=self._verify,
            proxy=self._proxy,
            asynchronous=asynchronous,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r}, user={self.user!r})"

    def request(self, bundle: BundleLike | None = None, **options: Unpack[SendOptions]) -> SendRequest:
        """The checked request.

        Raises `ParameterError` for what the door forbids, `BundleError` for a zip that no gateway would take.
        """
        return self.door.encode(self.letter(bundle, **options), self._login)

    def letter(self, bundle: BundleLike | None = None, **options: Unpack[SendOptions]) -> Letter:
        """One message for one recipient, checked as far as all doors agree; raises what `request` raises."""
        _refuse_unknown(options, SendOptions, ParameterError, "parameter")
        sender = options.get("sender") or self.sender
        if sender is None:
            raise ParameterError("missing", where="from", hint="give the sender, or set MMSPACK_FROM")
        if "to" not in options:
            raise ParameterError("missing", where="to", hint="give the recipient: 447700900999")
        method = options.get("method", "POST")
        if method not in ("POST", "GET"):
            raise ParameterError(f"{method!r} is neither POST nor GET", where="method")
        held = None if bundle is None else _bundle_of(bundle)
        subject = options.get("subject")
        parameters = checked(
            to=options["to"],
            sender=sender,
            subject=subject if subject is not None else held.subject if held else "",
            note=options.get("note", ""),
            subaccount=options.get("subaccount", ""),
            deliveryreport=options.get("deliveryreport", False),
            readreport=options.get("readreport", False),
            url=options.get("url"),
            fallback=options.get("fallback", ""),
            has_bundle=bundle is not None,
            longest=self.door.longest,
            short_senders=self.door.short_senders,
        )
        return Letter(
            parameters=self.door.narrowed(parameters, method),
            bundle=held,
            sha256=self._digest(held.data if held else None),
            method=method,
            reference=self._reference(parameters.note) if self.door.references else "",
        )

    def _reference(self, note: str) -> str:
        """The note, which a campaign makes unlike all others, or 80 bits of chance."""
        return note or "mp" + "".join(f"{int(self._random() * 65536):04x}" for _ in range(5))

    @property
    def identity(self) -> str:
        """What tells this account from others at the same address: its user, or a hash of its key."""
        return self.user or hashlib.sha256(self._password.reveal().encode()).hexdigest()

    def _digest(self, data: bytes | None) -> str:
        """The zip's SHA-256; that of the last zip is remembered, since one zip goes to many recipients."""
        if data is None:
            return ""
        last, digest = self._last_digest
        if last is not data:
            digest = hashlib.sha256(data).hexdigest()
            self._last_digest = (data, digest)
        return digest

    def _hosted(self, medium: MediaPart, hosting: Hosting) -> str:
        """Put a medium into the team's store, and prove that its address serves it. Raises `NotPlaced`."""
        from mmspack.gateway.hosting import publish_medium

        try:
            return publish_medium(medium, hosting.store, hosting.base_url)
        except MmspackError as error:
            raise NotPlaced(
                Verdict(
                    result=Result.NOT_SENT,
                    summary=f"not sent: {medium.name} could not be published: {error.message}",
                    advice=error.hint or SAFE,
                )
            ) from None

    def _judged_place(self, medium: MediaPart, seen: Observed) -> str:
        """Where the provider says that an upload lies. Raises `NotPlaced`."""
        placed = self.door.placed(medium, seen)
        if isinstance(placed, Verdict):
            raise NotPlaced(placed)
        self._places.keep(medium, placed)
        return placed

    def _inquiry(self, letters: Sequence[Letter]) -> HttpRequest:
        """The request that asks about messages. Raises `UsageError`."""
        if self.door.memory is None:
            raise UsageError(
                f"{self.door.title} cannot be asked what became of a message",
                hint="a billing record or a delivery report settles it",
            )
        return self.door.inquiry(letters, self._login)

    def _unplaced(self, request: SendRequest, verdict: Verdict) -> Outcome:
        return self._outcome(request, verdict, Observed(whole=False), 0)

    def _course(self) -> Generator[float, Observed, tuple[Verdict, Observed, int]]:
        return exchanges(self.door.classify, self._retry, self._budget, self._random)

    def _outcome(self, request: SendRequest, verdict: Verdict, seen: Observed, tries: int) -> Outcome:
        return Outcome(
            result=verdict.result,
            summary=verdict.summary,
            advice=verdict.advice,
            to=request.parameters.to,
            gateway=self.name,
            id=verdict.id,
            reference=request.reference,
            code=verdict.code,
            retry=verdict.retry,
            reason=verdict.reason,
            hold=verdict.hold,
            ends_run=verdict.ends_run,
            pause=verdict.pause,
            http_status=seen.status,
            attempts=tries,
            bundle_sha256=request.sha256,
            sandbox=self._sandbox,
        )


def options_of(account: Account, connections: int = 1) -> GatewayOptions:
    """The settings of a configured account."""
    return GatewayOptions(
        connections=connections,
        door=account.door,
        user=account.user,
        password=account.password,
        sender=account.sender,
        name=account.name,
        allow_http=account.allow_http,
        line=account.line,
    )


def _bundle_of(bundle: BundleLike) -> Bundle:
    if isinstance(bundle, Bundle):
        return bundle
    from mmspack.bundle.zip_reader import open_bundle

    return open_bundle(bundle)


def _refuse_unknown(given: Mapping[str, object], known: type, kind: type[UsageError], noun: str) -> None:
    """Refuse keywords that do not exist: Python takes any where they are passed on as a dictionary."""
    names = known.__annotations__
    problems = [
        Problem(f"unknown {noun}", Place(key=name), did_you_mean(name, names, choose_from(names)))
        for name in given
        if name not in names
    ]
    if problems:
        raise kind(problems=problems)
