"""Receiving what the operator pushes: a small web application, and a server around it.

    with Listener(folder, allow=["83.166.68.0/23"], handler=command(["./on-report"])) as listener:
        listener.wait()

`create_listener` gives the application alone, to be mounted in a team's own server.
"""

from __future__ import annotations

import functools
import inspect
import ipaddress
import logging
import os
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mmspack.arguments import Kinds, mistyped, shown
from mmspack.errors import ConfigError, InputError, UsageError
from mmspack.files import exposed
from mmspack.gateway import doors
from mmspack.gateway.accounts import Account
from mmspack.gateway.addresses import is_loopback
from mmspack.gateway.door import Door, Login, NotAuthentic
from mmspack.gateway.forms import BodyLimit
from mmspack.gateway.listener.handing import Dispatcher, Handler
from mmspack.gateway.listener.lobby import MOST_CONNECTIONS, Lobby, Patience
from mmspack.gateway.listener.mailbox import Mailbox, MailboxFull
from mmspack.gateway.listener.packages import prove_server
from mmspack.gateway.listener.polling import POLL_SECONDS, Poller, login_of
from mmspack.gateway.listener.serving import Served
from mmspack.words import cleaned

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette
    from starlette.requests import Request

_log = logging.getLogger("mmspack.gateway")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK = ("127.0.0.0/8", "::1/128")


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks from texts such as `83.166.68.0/23`. Raises `ConfigError`."""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text.strip()))
        except ValueError:
            raise ConfigError(
                f"{text!r} is not a network", where="listen", hint="such as 83.166.68.0/23"
            ) from None
    return tuple(found)


_OWN = networks(LOOPBACK)
EACH_PEER = 64
"""Connections that one address may hold, unless it is a proxy of the team's own."""
_MOST_NAMED = 100


class Sources:
    """Decides by its source address whether a request is the operator's."""

    def __init__(self, allow: Sequence[str], proxies: Sequence[str] = ()) -> None:
        """`proxies` are the team's own, whose `X-Forwarded-For` is believed. Raises `ConfigError`."""
        self._allow = networks(allow)
        self._proxies = networks(proxies)

    def connects(self, peer: str) -> bool:
        """Whether a connection from `peer` may lead to a request that is allowed.

        This machine always may: monitors ask `/livez`.
        """
        return self._within(peer, (*self._allow, *self._proxies, *_OWN))

    def is_proxy(self, peer: str) -> bool:
        """Whether `peer` is one of the team's own proxies, which bring the connections of many."""
        return self._within(peer, self._proxies)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is so wide that it can hardly be meant."""
        return tuple(
            f"{network} allows the whole internet: name the operator's networks"
            for network in self._allow
            if network.prefixlen == 0
        )

    def allows(self, client: str, forwarded: str) -> bool:
        """Whether a request from `client`, with that `X-Forwarded-For`, is allowed."""
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        while hops and self._within(client, self._proxies):
            client = hops.pop()
        return self._within(client, self._allow)

    @staticmethod
    def _within(address: str, among: Sequence[Network]) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in among)


def create_listener(
    mailbox: Mailbox,
    *,
    allow: Sequence[str] = LOOPBACK,
    proxies: Sequence[str] = (),
    arrived: Callable[[], None] = lambda: None,
    accounts: Sequence[Account] = (),
) -> Starlette:
    """The application: the paths of each door for the operator, `/livez` and `/readyz` for a monitor.

    `accounts` are those whose doors are served, with their settings and what their providers sign with;
    without any, all doors as they are by default. Each push is answered as its door asks when it is on disk,
    whatever is done with it later. `allow` lists the networks that may push. `arrived` is called after each
    new event. Raises `ConfigError`, also where a package is missing.
    """
    prove_server("listen")
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.middleware import Middleware
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    sources = Sources(allow, proxies)

    async def receive(door: Door, login: Login | None, request: Request) -> Response:
        client = request.client.host if request.client else ""
        # Several headers of the name count as one list; the proxy's own entry is the last.
        if not sources.allows(client, ",".join(request.headers.getlist("X-Forwarded-For"))):
            return PlainTextResponse("not allowed from this address\n", 403)
        try:
            if sources.warnings and not door.verifies(login):
                raise NotAuthentic("not verified, and the whole internet is allowed", where=door.name)
            pushed = await door.receive(request, login)
        except NotAuthentic as error:
            _log.warning("a push from %s was refused: %s", cleaned(client), error.message)
            return PlainTextResponse("not authentic\n", 403)
        except InputError as error:
            return PlainTextResponse(f"{error.message}\n", 400)
        now = datetime.now(UTC)
        try:
            fresh = [await run_in_threadpool(mailbox.add, door.name, event, now) for event in pushed.events]
        except (MailboxFull, sqlite3.Error) as error:
            _log.warning("a push was not stored: %s", error)
            return PlainTextResponse("not stored: push it again\n", 503)
        if any(fresh):
            arrived()
        return Response(pushed.answer, media_type=pushed.type)

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        await run_in_threadpool(mailbox.counts)
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            *(
                Route(path, functools.partial(receive, door, login), methods=["GET", "POST"])
                for door, login in _served_doors(accounts)
                for path in door.pushes
            ),
            Route("/livez", livez),
            Route("/readyz", readyz),
        ],
        middleware=[Middleware(BodyLimit)],
    )


def _served_doors(accounts: Sequence[Account]) -> list[tuple[Door, Login | None]]:
    names = [account.door.name for account in accounts]
    for name in names:
        if names.count(name) > 1:
            hint = "run a listener for each"
            raise ConfigError(f"two accounts of the door {name!r}", where="listen", hint=hint)
    if not accounts:
        return [(doors.make(name), None) for name in doors.names()]
    return [(one.door, login_of(one)) for one in accounts]


class Listener:
    """The receiver as a running server, as a context manager.

    `folder` keeps the events (None: in memory). `handler` takes each event (`command`, `webhook`, or any
    function); without one they wait in the mailbox. Raises `UsageError`, `ConfigError` and `OutputError`.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        handler: Handler | None = None,
        allow: Sequence[str] = LOOPBACK,
        proxies: Sequence[str] = (),
        host: str = "127.0.0.1",
        port: int = 0,
        pause: float = 1.0,
        patience: Patience | None = None,
        accounts: Sequence[Account] = (),
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        """`accounts` are those of `create_listener`; providers that are asked for reports are asked every
        `poll_seconds`.
        """
        allow, proxies = ((one,) if isinstance(one, str) else one for one in (allow, proxies))
        kinds: dict[str, Kinds] = {"allow": Iterable, "proxies": Iterable, "port": int, "accounts": Iterable}
        problems = mistyped({"allow": allow, "proxies": proxies, "port": port, "accounts": accounts}, kinds)
        if problems:
            raise UsageError(problems=problems)
        if handler is not None and not callable(handler):
            raise UsageError(f"expected a function, found {shown(handler)}", where="handler")
        if inspect.iscoroutinefunction(handler):
            # It would be called and never awaited, and each event would count as handled.
            hint = "asyncio.run_coroutine_threadsafe hands an event to a loop of your own"
            raise UsageError(
                "is a coroutine function, and nothing would await it", where="handler", hint=hint
            )
        self._accounts = accounts
        self._poll_seconds = poll_seconds
        self._pollers: list[Poller] = []
        self._patience = patience
        self._folder = folder
        self._handler = handler
        self._allow = allow
        self._proxies = proxies
        self._address = (host, port)
        self._pause = pause
        self._mailbox: Mailbox | None = None
        self._dispatcher: Dispatcher | None = None
        self._served: Served | None = None

    @property
    def mailbox(self) -> Mailbox:
        """What has arrived."""
        if self._mailbox is None:
            raise ConfigError("the listener is not running", hint="use it in a with statement")
        return self._mailbox

    @property
    def origin(self) -> str:
        """Such as `http://127.0.0.1:8026`; `/report` and `/inbound` are below it."""
        if self._served is None:
            raise ConfigError("the listener is not running", hint="use it in a with statement")
        return self._served.origin

    def __enter__(self) -> Self:
        self._mailbox = Mailbox(self._folder)
        try:
            if self._handler is not None:
                self._dispatcher = Dispatcher(self._mailbox, self._handler, pause=self._pause)
            arrived = self._dispatcher.wake if self._dispatcher else lambda: None
            app = create_listener(
                self._mailbox,
                allow=self._allow,
                proxies=self._proxies,
                arrived=arrived,
                accounts=self._accounts,
            )
            host, port = self._address
            self._served = Served(app, what="listener", host=host, port=port, lobby=self._lobby())
            self._served.start()
            if self._dispatcher is not None:
                self._dispatcher.start()
            for account in self._accounts:
                if account.door.polling(login_of(account)) is not None:
                    poller = Poller(account, self._mailbox, arrived, seconds=self._poll_seconds)
                    self._pollers.append(poller)
                    poller.start()
        except BaseException:
            self.close()
            raise
        return self

    def _lobby(self) -> Lobby:
        sources = Sources(self._allow, self._proxies)
        strangers: set[str] = set()

        @functools.lru_cache(maxsize=1024)
        def admits(peer: str) -> bool:
            found = sources.connects(peer)
            if not found and peer not in strangers and len(strangers) < _MOST_NAMED:
                strangers.add(peer)
                _log.warning("%s is not in the allowed networks, and is cut off", peer)
            return found

        return Lobby(
            admits=admits,
            each=lambda peer: MOST_CONNECTIONS if sources.is_proxy(peer) else EACH_PEER,
            patience=self._patience,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an operator of the listener should know before it runs, a line each."""
        found = list(Sources(self._allow, self._proxies).warnings)
        if self._folder is not None and (warning := exposed(Path(self._folder))):
            found.append(warning)
        unsigned = [doors.get(name).title for name in doors.names() if doors.get(name).signs]
        if not self._accounts and Sources(self._allow).warnings:
            found.append(f"pushes of {', '.join(unsigned)} are refused: only --gateway NAME verifies them")
        if not is_loopback(self._address[0]):
            found.append(
                f"{self._address[0]} can be reached from other machines, and this server has no TLS: "
                "put a proxy with TLS in front of it"
            )
        return tuple(found)

    def wait(self) -> None:
        """Serve until the process is interrupted."""
        if self._served is not None:
            self._served.wait()

    def close(self) -> None:
        """End the server, then the handing on, then the mailbox."""
        if self._served is not None:
            self._served.stop()
        for poller in self._pollers:
            poller.stop()
        self._pollers.clear()
        if self._dispatcher is not None:
            self._dispatcher.stop()
        if self._mailbox is not None:
            self._mailbox.close()
        self._served = self._dispatcher = self._mailbox = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
