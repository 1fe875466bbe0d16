"""The settings of a gateway and a message, and whatever needs no input or output: shared by both clients."""

from __future__ import annotations

import hashlib
import os
import random as _random
import ssl
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Required, TypedDict, Unpack

from mmspack.errors import ConfigError, ParameterError
from mmspack.gateway.accounts import Account
from mmspack.gateway.addresses import gateway_address, login_for
from mmspack.gateway.retrying import Retry, RetryBudget, exchanges
from mmspack.gateway.secrets import LogFilter, Secret
from mmspack.gateway.sendmms.outcomes import Observed, Verdict
from mmspack.gateway.sendmms.parameters import checked
from mmspack.gateway.sendmms.requests import Method, SendRequest
from mmspack.gateway.wire import Timeouts
from mmspack.model import Bundle
from mmspack.outcome import Outcome

BundleLike = Bundle | bytes | str | os.PathLike[str]
"""A bundle, a zip's bytes, or the path of one. Bytes and paths go through the strict reader."""


class SendOptions(TypedDict, total=False):
    """The parameters of one message, as the SendMMS document names and limits them."""

    to: Required[str]
    """Recipient: a number in international format, e.g. `447700900999`."""
    sender: str | None
    """The `from` field, likewise; by default the gateway's own `sender`."""
    subject: str
    note: str
    """Stored in the billing record; at most 160 characters."""
    subaccount: str
    """Stored in the billing record; at most 10 characters."""
    deliveryreport: bool
    readreport: bool
    url: str | None
    """Address of a hosted zip, in place of a bundle."""
    method: Method
    """POST; GET for hosted zips alone."""


class GatewayOptions(TypedDict, total=False):
    """Settings of a gateway."""

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
    charset: str
    """How text is encoded; `utf-8` unless the operator says otherwise."""
    ca_file: str | os.PathLike[str] | None
    """Certificates of authorities to trust in place of the system's."""
    connections: int
    """Open at most at one time; 1."""
    timeouts: Timeouts
    retry: Retry
    """What follows the codes 2 and 3; nothing else is ever sent again."""
    budget: RetryBudget
    clock: Callable[[], float]
    random: Callable[[], float]
    sandbox: bool
    """This is a sandbox: outcomes say that nothing left the machine."""


class Settings:
    """What the synchronous and the asynchronous gateway share: all but the input and output."""

    def __init__(self, url: str, options: GatewayOptions) -> None:
        self.url = gateway_address(url, allow_http=options.get("allow_http", False))
        login = login_for(self.url)
        password = options.get("password", login)
        self._password = password if isinstance(password, Secret) else Secret(password)
        self.user = options.get("user", login)
        if not self.user or not self._password:
            raise ConfigError("user name and password are missing", where="gateway")
        self.name = options.get("name") or self.url
        self.sender = options.get("sender")
        self._charset = options.get("charset", "utf-8")
        self._verify = _trust(self.url, options.get("ca_file"))
        self._connections = options.get("connections", 1)
        self._timeouts = options.get("timeouts") or Timeouts()
        self._retry = options.get("retry") or Retry()
        self._budget = options.get("budget") or RetryBudget()
        self._clock = options.get("clock", time.monotonic)
        self._random = options.get("random", _random.random)
        self._sandbox = options.get("sandbox", False)
        self._last_digest: tuple[bytes | None, str] = (None, "")
        self._filter = LogFilter(self._password)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r}, user={self.user!r})"

    def request(self, bundle: BundleLike | None = None, **options: Unpack[SendOptions]) -> SendRequest:
        """The checked request.

        Raises `ParameterError` for what the document forbids, `BundleError` for a zip that no gateway
        would take.
        """
        sender = options.get("sender") or self.sender
        if sender is None:
            raise ParameterError("missing", where="from", hint="give the sender, or set MMSPACK_FROM")
        parameters = checked(
            to=options["to"],
            sender=sender,
            subject=options.get("subject", ""),
            note=options.get("note", ""),
            subaccount=options.get("subaccount", ""),
            deliveryreport=options.get("deliveryreport", False),
            readreport=options.get("readreport", False),
            url=options.get("url"),
            has_bundle=bundle is not None,
        )
        data = None if bundle is None else _zip_of(bundle)
        return SendRequest(
            address=self.url,
            user=self.user,
            password=self._password,
            parameters=parameters,
            method=options.get("method", "POST"),
            data=data,
            sha256=self._digest(data),
            charset=self._charset,
        )

    def _digest(self, data: bytes | None) -> str:
        """The zip's SHA-256; that of the last zip is remembered, since one zip goes to many recipients."""
        if data is None:
            return ""
        last, digest = self._last_digest
        if last is not data:
            digest = hashlib.sha256(data).hexdigest()
            self._last_digest = (data, digest)
        return digest

    def _course(self) -> Generator[float, Observed, tuple[Verdict, Observed, int]]:
        return exchanges(self._retry, self._budget, self._random)

    def _outcome(self, request: SendRequest, verdict: Verdict, seen: Observed, tries: int) -> Outcome:
        return Outcome(
            result=verdict.result,
            summary=verdict.summary,
            advice=verdict.advice,
            to=request.parameters.to,
            gateway=self.name,
            id=seen.id if seen.whole else None,
            code=seen.number,
            reason=seen.reason if seen.status == 403 else "",
            hold=verdict.hold,
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
        user=account.user,
        password=account.password,
        sender=account.sender,
        name=account.name,
        allow_http=account.allow_http,
        charset=account.charset,
        ca_file=account.ca_file,
    )


def _zip_of(bundle: BundleLike) -> bytes:
    if isinstance(bundle, Bundle):
        return bundle.data
    from mmspack.bundle.zip_reader import open_bundle

    return open_bundle(bundle if isinstance(bundle, bytes) else Path(bundle)).data


def _trust(url: str, ca_file: str | os.PathLike[str] | None) -> ssl.SSLContext | None:
    if ca_file is None:
        # Reading the system's certificates takes 50 ms, and plain http needs none: this trusts no one.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if url.startswith("http:") else None
    try:
        return ssl.create_default_context(cafile=Path(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"{ca_file}: cannot be used: {error}", where="ca_file") from None
