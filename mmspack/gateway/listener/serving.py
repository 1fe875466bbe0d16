"""A web application served by a thread of this process, on an address that is bound before it starts."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from mmspack.errors import OutputError, UsageError
from mmspack.gateway.listener.lobby import Lobby
from mmspack.words import system_reason

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send
    from uvicorn.protocols.http.h11_impl import H11Protocol

_START_SECONDS = 20.0
_STOP_SECONDS = 5.0
_BACKLOG = 1024
"""Connections that the system completes before we take them: a burst of silent ones must not fill it."""


class Served:
    """A running server. `host` and `port` tell where it listens."""

    def __init__(self, app: ASGIApp, *, what: str, host: str, port: int, lobby: Lobby | None = None) -> None:
        """Bind the address. Raises `UsageError` for one that is in use or not allowed."""
        if not 0 <= port <= 65535:
            raise UsageError(f"{port} is not a port", where=what, hint="use 0 to 65535; 0 picks a free one")
        self._app = _Unambiguous(app)
        self._what = what
        self._lobby = Lobby() if lobby is None else lobby  # an empty one is false
        self._listener = _listen(what, host, port)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        # Ctrl-C during `Thread.join` makes Python 3.11 take a running thread for an ended one (the cure of
        # bpo-45274 releases its lock), and the socket was closed under the server. An event tells the truth.
        self._ended = threading.Event()

    @property
    def origin(self) -> str:
        """Such as `http://127.0.0.1:8025`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self, protocol: type[H11Protocol] | None = None) -> None:
        """Serve; returns when requests are taken. `protocol` replaces uvicorn's HTTP protocol class."""
        import uvicorn

        from mmspack.gateway.listener.guarding import guarded

        kind = guarded(self._lobby, protocol) if protocol else guarded(self._lobby)
        options: dict[str, Any] = {
            "http": kind,
            "loop": "asyncio",
            "ws": "none",
            "lifespan": "off",
            "log_config": None,
            "log_level": "critical",  # the application logs its own errors
            "access_log": False,  # it would hold the password of every GET
            "server_header": False,
            "proxy_headers": False,  # uvicorn believes a X-Forwarded-For that comes from this machine
            "timeout_graceful_shutdown": 1,
            "timeout_keep_alive": 10,
            "limit_concurrency": self._lobby.most + 1,
            "h11_max_incomplete_event_size": 64 * 1024,
        }
        self._server = uvicorn.Server(uvicorn.Config(self._app, **options))
        self._thread = threading.Thread(
            target=self._serve, args=(self._server,), name=f"mmspack-{self._what}", daemon=True
        )
        self._thread.start()
        pause = threading.Event()
        for _ in range(int(_START_SECONDS / 0.01)):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            pause.wait(0.01)
        raise OutputError(f"the {self._what} did not start")

    def _serve(self, server: uvicorn.Server) -> None:
        """The thread: errors while the server shuts down no longer matter."""
        try:
            server.run([self._listener])
        except (OSError, RuntimeError):
            if not server.should_exit:
                raise
        finally:
            self._ended.set()

    def wait(self) -> None:
        """Return when the server has ended; Ctrl-C raises `KeyboardInterrupt`."""
        while self._thread is not None and not self._ended.wait(0.5):
            pass

    def stop(self) -> None:
        """End the server and free the address."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._ended.wait(_STOP_SECONDS)
        self._listener.close()
        self._server = self._thread = None


class _Unambiguous:
    """Refuses a request with two lengths: what reads one of them may see another request in the rest.

    RFC 9112 6.3 lets a server take the chunks; proxies and servers that differ in it are how requests are
    smuggled.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        names = [name for name, _ in scope.get("headers", ())]
        if b"content-length" in names and b"transfer-encoding" in names:
            from starlette.responses import PlainTextResponse

            said = "Content-Length beside Transfer-Encoding\n"
            await PlainTextResponse(said, 400, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _listen(what: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it, an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = system_reason(error)
        raise UsageError(
            f"port {port} on {host}: {reason}", where=what, hint="--port 0 picks a free one"
        ) from None
    listener.setblocking(False)
    return listener
