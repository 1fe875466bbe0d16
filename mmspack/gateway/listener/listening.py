"""Receiving what the operator pushes: a small web application, and a server around it.

    with Listener(folder, allow=["83.166.68.0/23"], handler=command(["./on-report"])) as listener:
        listener.wait()

`create_listener` gives the application alone, to be mounted in a team's own server.
"""

from __future__ import annotations

import functools
import ipaddress
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mmspack.errors import ConfigError, InputError
from mmspack.gateway import doors
from mmspack.gateway.door import Door
from mmspack.gateway.forms import BodyLimit
from mmspack.gateway.listener.handing import Dispatcher, Handler
from mmspack.gateway.listener.mailbox import Mailbox
from mmspack.gateway.listener.serving import Served

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette
    from starlette.requests import Request

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


class Sources:
    """Decides by its source address whether a request is the operator's."""

    def __init__(self, allow: Sequence[str], proxies: Sequence[str] = ()) -> None:
        """`proxies` are the team's own, whose `X-Forwarded-For` is believed. Raises `ConfigError`."""
        self._allow = networks(allow)
        self._proxies = networks(proxies)

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
    serve: Sequence[Door] = (),
) -> Starlette:
    """The application: the paths of each door for the operator, `/livez` for a monitor.

    `serve` are the doors with their settings; without any, all doors as they are by default. Each push is
    answered as its door asks when it is on disk, whatever is done with it later. `allow` lists the
    networks that may push. `arrived` is called after each new event.
    """
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.middleware import Middleware
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    sources = Sources(allow, proxies)

    async def receive(door: Door, request: Request) -> Response:
        client = request.client.host if request.client else ""
        # Several headers of the name count as one list; the proxy's own entry is the last.
        if not sources.allows(client, ",".join(request.headers.getlist("X-Forwarded-For"))):
            return PlainTextResponse("not allowed from this address\n", 403)
        try:
            pushed = await door.receive(request)
        except InputError as error:
            return PlainTextResponse(f"{error.message}\n", 400)
        now = datetime.now(UTC)
        fresh = [await run_in_threadpool(mailbox.add, door.name, event, now) for event in pushed.events]
        if any(fresh):
            arrived()
        return Response(pushed.answer, media_type=pushed.type)

    async def livez(_request: Request) -> Response:
        await run_in_threadpool(mailbox.counts)
        return PlainTextResponse("ok\n")

    served = serve or [doors.make(name) for name in doors.names()]
    return Starlette(
        routes=[
            *(
                Route(path, functools.partial(receive, door), methods=["GET", "POST"])
                for door in served
                for path in door.pushes
            ),
            Route("/livez", livez),
        ],
        middleware=[Middleware(BodyLimit)],
    )


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
    ) -> None:
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
            app = create_listener(
                self._mailbox,
                allow=self._allow,
                proxies=self._proxies,
                arrived=self._dispatcher.wake if self._dispatcher else lambda: None,
            )
            host, port = self._address
            self._served = Served(app, what="listener", host=host, port=port)
            self._served.start()
            if self._dispatcher is not None:
                self._dispatcher.start()
        except BaseException:
            self.close()
            raise
        return self

    def wait(self) -> None:
        """Serve until the process is interrupted."""
        if self._served is not None:
            self._served.wait()

    def close(self) -> None:
        """End the server, then the handing on, then the mailbox."""
        if self._served is not None:
            self._served.stop()
        if self._dispatcher is not None:
            self._dispatcher.stop()
        if self._mailbox is not None:
            self._mailbox.close()
        self._served = self._dispatcher = self._mailbox = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
