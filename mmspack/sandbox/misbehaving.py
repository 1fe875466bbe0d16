"""The answers of a gateway in trouble, down to the TCP reset."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import h11
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from mmspack.sandbox.chaos import Chaos, ChaosMode
from mmspack.sandbox.desks import owner

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

TRANSPORT = "mmspack.transport"
"""Key of the connection in a request's scope."""
ELSEWHERE = "/elsewhere"
"""Where the redirect points."""
_LONGEST_LINE = 8192
_LINGER = struct.pack("ii", 1, 0)
_PAGE = b"<!doctype html><title>Welcome</title><p>Your message is important to us.\n"


def protocol_for(chaos: Chaos) -> type[H11Protocol]:
    """uvicorn's HTTP protocol, with the connection within a request's reach, and `refuse` drawn.

    It is drawn when a request's first line is there, since the line shows whether it is for the gateway:
    the pages and the interface that ends the chaos are spared.
    """

    class Protocol(H11Protocol):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._begun = b""
            self._between = True
            inner = self.app

            async def with_transport(scope: Any, receive: Any, send: Any) -> None:
                scope[TRANSPORT] = self.transport
                await inner(scope, receive, send)

            self.app = with_transport

        def data_received(self, data: bytes) -> None:
            if self._between:
                self._begun += data
                if b"\n" not in self._begun.lstrip() and len(self._begun) < _LONGEST_LINE:
                    return
                data, self._begun, self._between = self._begun, b"", False
                if _asks_the_gateway(data) and chaos.on_connect():
                    reset(self.transport)
                    return
            super().data_received(data)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            # A request that came along with the last one is being read already.
            self._between = self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]

    return Protocol


def _asks_the_gateway(begun: bytes) -> bool:
    """Whether a request that begins like this goes to a door, and not to the pages."""
    words = begun.lstrip().split(b"\n", 1)[0].split()
    target = words[1].decode("latin-1") if len(words) > 1 else ""
    return owner(urlsplit(target).path) is not None


def reset(transport: asyncio.Transport) -> None:
    """Close with a TCP reset."""
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    transport.abort()


class Cut(Response):
    """Ends the connection: with a reset or in order, after nothing or after the first half of an answer."""

    def __init__(self, *, hard: bool = False, begun: Response | None = None) -> None:
        super().__init__()
        self._hard = hard
        self._begun = begun

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. Where the server gives no access to the connection, the answer is 500."""
        transport: asyncio.Transport | None = scope.get(TRANSPORT)
        if transport is None:
            await Response("chaos needs the sandbox's own server\n", 500)(scope, receive, send)
            return
        if self._begun is not None:
            start = {"status": self._begun.status_code, "headers": self._begun.raw_headers}
            half = bytes(self._begun.body)[: max(1, len(self._begun.body) // 2)]
            await send({"type": "http.response.start", **start})
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if self._hard:
            reset(transport)
        else:
            transport.close()
        await _gone(receive)


class Stall(Response):
    """Answers nothing until the other side gives up."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        """ASGI."""
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(mode: ChaosMode, good: Response | None, slow_seconds: float) -> Response:
    """What a mode of the phase ANSWER says in place of `good`, which a mode that accepts needs."""
    good = good or Response()
    match mode.name:
        case "drop":
            return Cut()
        case "stall":
            return Stall()
        case "slow":
            await asyncio.sleep(slow_seconds)
            return good
        case "error":
            return Response("Internal Server Error\n", 500, media_type="text/plain")
        case "busy":
            return Response("Too Many Requests\n", 429, {"Retry-After": "1"}, media_type="text/plain")
        case "redirect":
            return Response(status_code=307, headers={"Location": ELSEWHERE})
        case "html":
            return Response(_PAGE, good.status_code, media_type="text/html")
        case "charset":
            body = bytes(good.body).decode().encode("utf-16")
            return Response(body, good.status_code, media_type=good.headers.get("Content-Type"))
        case "truncated":
            return Cut(begun=good)
        case _:
            return Response(b"", good.status_code, media_type=good.headers.get("Content-Type"))
