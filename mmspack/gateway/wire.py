"""One request over HTTP, and what was seen of it, whatever door it goes to.

The settings keep an outcome readable: no redirect is followed (it would post the password again), the
environment's proxies and netrc are not trusted, the answer's read timeout is long (a short one makes
unknown outcomes), idle connections are dropped before a server would drop them, and answers are read raw
and bounded.
"""

from __future__ import annotations

import functools
import logging
import os
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from mmspack.arguments import mistyped
from mmspack.errors import ConfigError
from mmspack.gateway.deadlines import Deadline, ExchangeEnded
from mmspack.gateway.observed import MAX_ANSWER, SANDBOX_HEADER, Observed
from mmspack.gateway.requests import HttpRequest
from mmspack.gateway.secrets import Secret
from mmspack.outcome import Outcome
from mmspack.problem import Place, Problem
from mmspack.words import cleaned

if TYPE_CHECKING:
    import httpx2

_LOGGER = logging.getLogger("mmspack.gateway")
_LONGEST = 7 * 24 * 3600
"""Seconds of a timeout: the system refuses endless ones."""
_LONGEST_TYPE = 1000
"""Characters of an answer's Content-Type that are kept."""

Progress = Callable[[int, int], None]
"""Called with the bytes of the zip that went out, and their total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds."""

    connect: float = 20.0
    write: float = 60.0
    """For each block of the request."""
    request: float = 600.0
    """For the whole request, once it is connected."""
    read: float = 120.0
    """For each block of the answer. Shorter than 120 s makes outcomes unknown that would have been known."""
    answer: float = 300.0
    """For the whole answer, its head included, once the request is out."""

    def __post_init__(self) -> None:
        """Raises `ConfigError`: a time that cannot be kept would be noticed when the message is out."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        problems = mistyped(values, dict.fromkeys(values, float)) or [
            Problem(f"{value} is not more than 0 and at most {_LONGEST:,} seconds", Place(key=name))
            for name, value in values.items()
            if not 0 < value <= _LONGEST
        ]
        if problems:
            raise ConfigError(problems=problems)


class _Trace:
    """Follows one request's events: "not sent" from "maybe sent", and which deadline holds.

    A transport of the caller's own may report no events: then what was handed to it counts as sent.
    """

    def __init__(self, deadline: Deadline, timeouts: Timeouts) -> None:
        self._deadline = deadline
        self._timeouts = timeouts
        self._tunnel = False
        self._whole = False
        self.followed = False
        self.handed_out = False
        """The transport has taken the last of the body, or all of a GET."""

    @property
    def whole(self) -> bool:
        """The request may have gone out to its last byte."""
        return self._whole if self.followed else self.handed_out

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if "send_request" not in event:  # most of a send's ten events come of the answer
            return
        kind, _, step = event.rpartition(".")
        if step == "started" and kind.endswith("send_request_headers"):
            # To a proxy, CONNECT goes out first with the same events: it holds nothing of the message.
            self._tunnel = getattr(info.get("request"), "method", b"") == b"CONNECT"
            self.followed = True
            self._deadline.renew(self._timeouts.request, "the request")
        elif step != "started" and kind.endswith("send_request_body") and not self._tunnel:
            # A GET has an empty body, with which its head goes out: see `gathering`.
            self._whole = step == "complete"
            self._deadline.renew(self._timeouts.answer, "the answer")

    async def later(self, event: str, info: Mapping[str, Any]) -> None:
        """The same for the asynchronous client."""
        self(event, info)


_BLOCK = 64 * 1024
"""Bytes after which progress is reported."""


def _blocks(request: HttpRequest, trace: _Trace, progress: Progress | None) -> Iterator[bytes]:
    """The body; with `progress` in smaller blocks, each reported as far as it holds the message."""
    begin, end = request.payload
    length, passed = request.length, 0
    for whole in request.blocks:
        size = len(whole) if progress is None else _BLOCK
        for at in range(0, len(whole), size):
            block = whole[at : at + size]
            before, passed = passed, passed + len(block)
            if progress is not None and end > begin and passed > begin and before < end:
                progress(min(passed, end) - begin, end - begin)
            trace.handed_out = passed == length
            yield block


def http_request(
    client: httpx2.Client | httpx2.AsyncClient,
    request: HttpRequest,
    trace: _Trace,
    progress: Progress | None = None,
) -> httpx2.Request:
    """`request` for the HTTP client, with `Content-Length` where it has a body; `trace` follows it."""
    if request.method == "GET":
        trace.handed_out = True
        return client.build_request("GET", request.url, headers=request.headers)
    import httpx2

    url = _parsed(request.url)
    # Not by `build_request`, which keeps the body a second time: nobody would see that it is taken.
    # And not by `Headers.update`, which takes as long as all else here together.
    length = (b"Content-Length", b"%d" % request.length)
    own = ((name.encode("ascii"), value.encode("ascii")) for name, value in request.headers.items())
    every = (*client.headers.raw, *own, (b"Host", url.netloc), length)
    headers = list({name.lower(): (name, value) for name, value in every}.values())
    return httpx2.Request(
        "POST",
        url,
        headers=headers,
        stream=_body_kind()(request, trace, progress),  # type: ignore[call-arg]
        extensions={"timeout": client.timeout.as_dict()},
    )


@functools.cache
def _body_kind() -> type[httpx2.SyncByteStream]:
    """A body for either client, made once: a class for each request would take a tenth of its time."""
    import httpx2

    class Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
        def __init__(self, request: HttpRequest, trace: _Trace, progress: Progress | None) -> None:
            self._taken = (request, trace, progress)

        def __iter__(self) -> Iterator[bytes]:
            return _blocks(*self._taken)

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for block in _blocks(*self._taken):
                yield block

    return Body


@functools.lru_cache(maxsize=16)
def _parsed(address: str) -> httpx2.URL:
    import httpx2

    return httpx2.URL(address)


class Exchange:
    """Collects what is seen of one request while it runs."""

    def __init__(self, secret: Secret, timeouts: Timeouts, clock: Callable[[], float]) -> None:
        self.deadline = Deadline(clock, timeouts.request, "the request")
        self.trace = _Trace(self.deadline, timeouts)
        self._secret = secret
        self._status: int | None = None
        self._type = ""
        self._location = ""
        self._sandbox = False
        self._body = bytearray()

    def begin(self, response: httpx2.Response) -> str:
        """The answer's head arrived; returns why no more should be read, or an empty text."""
        self.deadline.head_is_over()
        self._status = response.status_code
        self._sandbox = SANDBOX_HEADER in response.headers
        self._type = response.headers.get("Content-Type", "")[:_LONGEST_TYPE]
        self._location = _without_query(response, self._secret) if response.is_redirect else ""
        # Two readers of such an answer may see two of them (RFC 9112 6.3): neither is believed.
        twice = "Content-Length" in response.headers and "Transfer-Encoding" in response.headers
        return "it has both a length and chunks" if twice else ""

    def take(self, block: bytes) -> str:
        """A block of the answer; returns why no more should be read, or an empty text.

        Raises `ExchangeEnded` after the deadline.
        """
        self._body += block
        if len(self._body) > MAX_ANSWER:
            return f"the answer is longer than {MAX_ANSWER} bytes"
        self.deadline.left()
        return ""

    def seen(self, fault: str = "") -> Observed:
        """What was seen; `fault` says what interrupted it."""
        return Observed(
            whole=self.trace.whole,
            status=self._status,
            type=self._type,
            body=bytes(self._body[:MAX_ANSWER]),
            complete=self._status is not None and not fault,
            location=self._location,
            sandbox=self._sandbox,
            fault=fault,
            secret=self._secret,
        )


def transmit(
    client: httpx2.Client,
    request: HttpRequest,
    secret: Secret,
    timeouts: Timeouts,
    clock: Callable[[], float],
    progress: Progress | None = None,
) -> Observed:
    """Send `request` once and tell what was seen. Never raises because of the network."""
    exchange = Exchange(secret, timeouts, clock)
    prepared = http_request(client, request, exchange.trace, progress)
    prepared.extensions["trace"] = exchange.trace
    fault = ""
    try:
        with exchange.deadline.kept():
            response = client.send(prepared, stream=True)
            try:
                fault = exchange.begin(response)
                # A transport that was given for a test may hand over an answer that is read already.
                blocks = [response.content] if response.is_stream_consumed else response.iter_raw()
                for block in () if fault else blocks:
                    if fault := exchange.take(block):
                        break
            finally:
                response.close()
    except KeyboardInterrupt as error:
        raise Interrupted(exchange.seen("interrupted")) from error
    except Exception as error:
        if exchange.trace.followed and not isinstance(error, network_errors()):
            raise
        fault = explain(error, timeouts)  # what a transport of the caller's own raises may be anything
    return exchange.seen(fault)


async def transmit_async(
    client: httpx2.AsyncClient,
    request: HttpRequest,
    secret: Secret,
    judge: Callable[[Observed], Outcome],
    timeouts: Timeouts,
    clock: Callable[[], float],
    progress: Progress | None = None,
) -> Observed:
    """As `transmit`, awaited.

    The `CancelledError` of a cancelled task gets what `judge` makes of how far it had come, as its `outcome`
    and in words as a note.
    """
    import asyncio

    exchange = Exchange(secret, timeouts, clock)
    prepared = http_request(client, request, exchange.trace, progress)
    prepared.extensions["trace"] = exchange.trace.later
    fault = ""
    try:
        with exchange.deadline.kept():
            response = await client.send(prepared, stream=True)
            try:
                fault = exchange.begin(response)
                if not fault and response.is_stream_consumed:
                    fault = exchange.take(response.content)
                elif not fault:
                    async for block in response.aiter_raw():
                        if fault := exchange.take(block):
                            break
            finally:
                await response.aclose()
    except asyncio.CancelledError as error:
        # Not an error of our own: asyncio's timeouts know theirs by its very class.
        outcome = judge(exchange.seen("cancelled"))
        error.outcome = outcome  # type: ignore[attr-defined]
        error.add_note(outcome.summary)
        raise
    except Exception as error:
        if exchange.trace.followed and not isinstance(error, network_errors()):
            raise
        fault = explain(error, timeouts)  # what a transport of the caller's own raises may be anything
    return exchange.seen(fault)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a request; `seen` says how far it had got."""

    def __init__(self, seen: Observed) -> None:
        super().__init__()
        self.seen = seen


def network_errors() -> tuple[type[Exception], ...]:
    """What the HTTP client raises when a request is interrupted."""
    import httpx2

    return (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError)


def explain(error: Exception, timeouts: Timeouts) -> str:
    """`error` as a phrase without addresses, which may hold a password."""
    import httpx2

    if isinstance(error, ExchangeEnded):
        return str(error)
    if isinstance(error, httpx2.ReadTimeout):
        return f"no answer within {timeouts.read:g} s"
    if isinstance(error, httpx2.ConnectTimeout):
        return f"no connection within {timeouts.connect:g} s"
    if isinstance(error, httpx2.PoolTimeout):
        return f"no free connection within {timeouts.connect:g} s"
    if isinstance(error, httpx2.WriteTimeout):
        return f"the gateway accepted no data for {timeouts.write:g} s"
    if not isinstance(error, network_errors()):
        _LOGGER.debug("a transport raised what is not an error of the network", exc_info=error)
        return f"the transport raised {type(error).__name__}"
    return root_cause(error) or _PHRASES.get(type(error).__name__, "the connection was interrupted")


def root_cause(error: BaseException) -> str:
    """What the system said below an exception of the HTTP client, such as `connection refused`; or empty."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"TLS: {cause.reason or cause.strerror or 'failed'}".replace("_", " ").lower()
        if isinstance(cause, OSError) and cause.errno is not None:
            # asyncio puts the address into strerror; a failed name lookup has a negative number.
            return (os.strerror(cause.errno) if cause.errno > 0 else cause.strerror or "").lower()
        cause = cause.__cause__ or cause.__context__
    return ""


_PHRASES = {
    "ConnectError": "no connection",
    "ReadError": "the connection broke while waiting for the answer",
    "WriteError": "the connection broke while sending the message",
    "RemoteProtocolError": "the gateway closed the connection without a proper answer",
    "LocalProtocolError": "the request is not valid HTTP",
    "ProxyError": "the proxy refused the connection",
    "UnsupportedProtocol": "the gateway's URL is neither http nor https",
    "InvalidURL": "the gateway's URL is not valid",
}


def _without_query(response: httpx2.Response, secret: Secret) -> str:
    from urllib.parse import urljoin, urlsplit

    location = response.headers.get("Location", "")
    if not location:
        return ""
    try:
        parts = urlsplit(urljoin(str(response.request.url.copy_with(query=None)), location))
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return cleaned(secret.blot(f"{parts.scheme}://{host}{port}{parts.path}"))[:200]
