"""A page on this machine alone: one document and the stream that says when it has changed.

A browser lets any web page send requests to 127.0.0.1. So every request must name this server as its host (a
name that an attacker points at 127.0.0.1 does not), and whatever a browser marks as coming from another site
is refused; nothing here changes anything, and the policy keeps the page out of foreign frames.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mmspack.errors import OutputError, UsageError

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HOST = "127.0.0.1"
_LOOK_SECONDS = 0.1
_BEAT_SECONDS = 15.0
_START_SECONDS = 20.0


@dataclass(slots=True)
class Document:
    """What is served now. `version` changes with every change of `html`."""

    html: str = ""
    version: str = ""


class PageServer:
    """Serves one `Document` on 127.0.0.1, as a context manager. Raises `UsageError` for a port in use."""

    def __init__(self, document: Document, *, port: int = 0) -> None:
        self._document = document
        self._wanted_port = port
        self._ending = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.port = port

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}/"

    def __enter__(self) -> Self:
        import uvicorn

        listener = _listen(self._wanted_port)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            page_app(self._document, self.port, self._ending),
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="mmspack-preview", daemon=True
        )
        self._thread.start()
        self._await_start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(5)

    def _await_start(self) -> None:
        pause = threading.Event()
        for _ in range(int(_START_SECONDS / 0.01)):
            if self._server is not None and self._server.started:
                return
            pause.wait(0.01)
        raise OutputError("the preview's server did not start")


def page_app(document: Document, port: int, ending: threading.Event) -> Starlette:
    """The application: `/` is the page, `/events` its stream of versions."""
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse, StreamingResponse
    from starlette.routing import Route

    async def page(request: Request) -> Response:
        refused = refusal(request, port)
        headers = {
            "Content-Security-Policy": "frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return refused or HTMLResponse(document.html, headers=headers)

    async def events(request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        refused = refusal(request, port)
        stream = StreamingResponse(
            _versions(document, ending), media_type="text/event-stream", headers=headers
        )
        return refused or stream

    return Starlette(routes=[Route("/", page), Route("/events", events)])


def refusal(request: Request, port: int) -> Response | None:
    """A 403 for what does not come from our own page or the address bar; None for what does."""
    from starlette.responses import PlainTextResponse

    names = {f"{host}:{port}" for host in (HOST, "localhost")}
    hosts = request.headers.getlist("host")
    origins = request.headers.getlist("origin")
    site = request.headers.get("sec-fetch-site", "none")
    own = len(hosts) == 1 and hosts[0].lower() in names
    own = own and all(origin == f"http://{hosts[0].lower()}" for origin in origins)
    own = own and site in ("none", "same-origin")
    return None if own else PlainTextResponse("not for other sites\n", 403)


async def _versions(document: Document, ending: threading.Event) -> AsyncIterator[str]:
    """The version whenever it changes, and a comment now and then so that a lost browser is noticed."""
    told, quiet = "", 0.0
    while not ending.is_set():
        if document.version != told:
            told, quiet = document.version, 0.0
            yield f"retry: 500\nevent: version\ndata: {told}\n\n"
        elif quiet >= _BEAT_SECONDS:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(_LOOK_SECONDS)
        quiet += _LOOK_SECONDS


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(64)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"preview: port {port}: {reason}", hint="--port 0 takes a free one") from None
    listener.setblocking(False)
    return listener
