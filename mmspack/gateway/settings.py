"""The settings of a gateway and a message, and whatever needs no input or output: shared by both clients."""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from types import NoneType
from typing import IO, TYPE_CHECKING, Any, ClassVar, Never, TypedDict
from urllib.parse import urlsplit

from mmspack.arguments import Kinds, mistyped, shown
from mmspack.bundle.bundle import Bundle
from mmspack.errors import ConfigError, MmspackError, ParameterError, UsageError
from mmspack.gateway import doors
from mmspack.gateway.accounts import Account
from mmspack.gateway.addresses import gateway_address, is_loopback, login_for
from mmspack.gateway.connecting import Line, proxy_for, proxy_password, transport_for, trust
from mmspack.gateway.door import Can, Door, Letter, Login
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
from mmspack.words import choose_from, did_you_mean, either

if TYPE_CHECKING:
    import httpx2

BundleLike = Bundle | bytes | str | os.PathLike[str] | IO[bytes]
"""A bundle; or a zip's bytes, its path, or an open file, which go through the strict reader."""


_KINDS: dict[str, Kinds] = {
    "url": str, "door": (str, Door), "user": str, "sender": (str, NoneType), "name": str,
    "line": (Line, NoneType), "connections": int, "timeouts": (Timeouts, NoneType),
    "retry": (Retry, NoneType), "budget": (RetryBudget, NoneType),
}  # fmt: skip
"""Of a gateway's settings."""


class Settings:
    """What the synchronous and the asynchronous gateway share: all but the input and output."""

    _hands_over: ClassVar[str]
    """The method of a transport that this client calls."""

    def __init__(
        self,
        url: str,
        unknown: Mapping[str, object],
        *,
        door: Door | str,
        user: str,
        password: str | Secret,
        sender: str | None,
        name: str,
        allow_http: bool,
        line: Line | None,
        transport: httpx2.BaseTransport | httpx2.AsyncBaseTransport | None,
        connections: int,
        timeouts: Timeouts | None,
        retry: Retry | None,
        budget: RetryBudget | None,
        clock: Callable[[], float],
        random: Callable[[], float],
        sandbox: bool,
    ) -> None:
        _refuse_unknown(unknown, type(self), ConfigError, "setting")
        given = {
            "url": url, "door": door, "user": user, "sender": sender, "name": name, "line": line,
            "connections": connections, "timeouts": timeouts, "retry": retry, "budget": budget,
        }  # fmt: skip
        if problems := mistyped(given, _KINDS):
            raise ConfigError(problems=problems)
        if connections < 1:
            raise ConfigError(f"{connections} is less than 1", where="connections")
        self.door = doors.make(door) if isinstance(door, str) else door
        self.url = gateway_address(url or self.door.host, path=self.door.path, allow_http=allow_http)
        usual = dict.fromkeys(self.door.needs, login_for(self.url))
        password = password or usual.get("password", "")
        self._password = password if isinstance(password, Secret) else Secret(password)
        self.user = user or usual.get("user", "")
        known = {"user": bool(self.user), "password": bool(self._password)}
        if not all(known[name] for name in self.door.needs):
            missing = " and ".join("user name" if name == "user" else name for name in self.door.needs)
            verb = "are" if len(self.door.needs) > 1 else "is"
            raise ConfigError(f"{missing} {verb} missing", where="gateway")
        self._login = Login(address=self.url, user=self.user, password=self._password)
        self._local = is_loopback(urlsplit(self.url).hostname or "")
        self.name = name or self.url
        self.sender = sender
        line = line or Line()
        self._proxy = proxy_for(self.url, line.proxy)
        self._verify = trust(self.url, line)
        if transport is not None and not hasattr(transport, self._hands_over):
            what = f"{shown(transport)} has no {self._hands_over}"
            raise ConfigError(what, where="transport", hint=f"{type(self).__name__} needs it")
        self._transport = transport
        self._connections = connections
        self._closed = False
        self._timeouts = timeouts or Timeouts()
        self._retry = retry or Retry()
        self._budget = budget or RetryBudget()
        self._clock = clock
        self._random = random
        self._sandbox = sandbox
        self._last_digest: tuple[bytes | None, str] = (None, "")
        self._places = Places()
        self._filter = LogFilter(self._password, Secret(proxy_password(self._proxy)))

    def _connections_for(self, *, asynchronous: bool) -> Any:
        """The transport of the HTTP client."""
        if self._transport is not None:
            return self._transport
        return transport_for(
            connections=self._connections,
            verify=self._verify,
            proxy=self._proxy,
            asynchronous=asynchronous,
        )

    def _prove_new(self, client: object) -> None:
        """Raises `UsageError` where this gateway is open already, or closed: one block opens it once."""
        self._prove_open()
        if client is not None:
            raise UsageError("the gateway is open already", hint="use the one of the outer with block")

    def _prove_open(self) -> None:
        """Raises `UsageError` after `close`, when a transport of the caller's own is closed, too."""
        if self._closed:
            raise UsageError("the gateway is closed", hint="send within the with block, or make another one")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r}, user={self.user!r})"

    def request(
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
        **unknown: Never,
    ) -> SendRequest:
        """The checked request; what it takes is said at `Gateway.send`.

        Raises `ParameterError` for what the door forbids, `BundleError` for a zip that no gateway would take.
        """
        letter = self.letter(
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
        return self.door.encode(letter, self._login)

    def letter(
        self,
        bundle: BundleLike | None = None,
        *,
        to: str = "",
        sender: str | None = None,
        subject: str | None = None,
        note: str = "",
        subaccount: str = "",
        deliveryreport: bool = False,
        readreport: bool = False,
        url: str | None = None,
        fallback: str | None = None,
        method: Method = "POST",
        **unknown: Never,
    ) -> Letter:
        """One message for one recipient, checked as far as all doors agree; raises what `request` raises."""
        _refuse_unknown(unknown, self.letter, ParameterError, "parameter")
        sender = sender or self.sender
        if sender is None and self.door.picks_sender:
            sender = ""
        if sender is None:
            cure = either(
                "give --from, or set MMSPACK_FROM", "give it here, or to the gateway for all messages"
            )
            raise ParameterError("missing", where=either("--from", "sender"), hint=cure)
        if not to:
            hint = "the recipient's number: 447700900999"
            raise ParameterError("missing", where=either("--to", "to"), hint=hint)
        if method not in ("POST", "GET"):
            raise ParameterError(f"{method!r} is neither POST nor GET", where="method")
        held = None if bundle is None else _bundle_of(bundle)
        noted = held.fallback if held else ""
        left_out = fallback is None and bool(noted) and Can.FALLBACK not in self.door.can
        parameters = checked(
            to=to,
            sender=sender,
            subject=subject if subject is not None else held.subject if held else "",
            note=note,
            subaccount=subaccount,
            deliveryreport=deliveryreport,
            readreport=readreport,
            url=url,
            fallback=fallback if fallback is not None else "" if left_out else noted,
            has_bundle=bundle is not None,
            longest=self.door.longest,
            short_senders=self.door.short_senders,
            needs_sender=not self.door.picks_sender,
        )
        if left_out:
            line = f"fallback: {self.door.title} sends no text to phones without MMS, so it is left out"
            parameters = replace(parameters, warnings=(*parameters.warnings, line))
        return Letter(
            parameters=self.door.narrowed(parameters, method),
            bundle=held,
            sha256=self._digest(held.data if held else None),
            method=method,
            reference=self._reference(parameters.note) if self.door.references else "",
        )

    def _reference(self, note: str) -> str:
        """The note, which a campaign makes unlike all others, or 80 bits of chance."""
        return note or f"mp{int(self._random() * 2**40):010x}{int(self._random() * 2**40):010x}"

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
                    advice=f"Check store and store_url in the account's settings. {SAFE}",
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

    def _judged(self, request: SendRequest, tries: int, seen: Observed) -> Outcome:
        """What is known of a message whose sending was interrupted."""
        return self._outcome(request, self.door.classify(seen), seen, tries)

    def _stopped(self, request: SendRequest | None, seen: Observed) -> Outcome:
        """The same before the message itself was handed over."""
        before = replace(seen, whole=False, status=None)
        verdict = self.door.classify(before)
        if request is None:
            return Outcome(result=verdict.result, summary=verdict.summary, gateway=self.name)
        return self._unplaced(request, verdict)

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
            warnings=request.parameters.remarks,
            sandbox=self._sandbox or (seen.sandbox and self._local),
        )


class AccountSettings(TypedDict):
    """What a configured account sets, under the names of the clients' keywords."""

    door: Door
    user: str
    password: Secret
    sender: str | None
    name: str
    allow_http: bool
    line: Line


def account_settings(account: Account) -> AccountSettings:
    """The settings of a configured account."""
    return AccountSettings(
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


def _refuse_unknown(
    given: Mapping[str, object], known: Callable[..., object], kind: type[UsageError], noun: str
) -> None:
    """Refuse keywords that do not exist, with the one that was meant: a TypeError of Python's names none.

    The signatures take them as `Never`, so that a type checker refuses them, too.
    """
    if not given:  # each send comes here, and reading a signature takes a fifth of one
        return
    parameters = inspect.signature(known).parameters.values()
    names = [one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY]
    problems = [
        Problem(f"unknown {noun}", Place(key=name), did_you_mean(name, names, choose_from(names)))
        for name in given
    ]
    if problems:
        raise kind(problems=problems)
