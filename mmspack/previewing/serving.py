"""A page on this machine alone: one document and the stream that says when it has changed.

A browser lets any web page send requests to 127.0.0.1. So every request must name this server as its host (a
name that an attacker points at 127.0.0.1 does not), and whatever a browser marks as coming from another site
is refused; nothing here changes anything, and the policy keeps the page out of foreign frames.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mmspack.gateway.listener.packages import prove_server
from mmspack.gateway.listener.serving import Served

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HOST = "127.0.0.1"
_LOOK_SECONDS = 0.1
_BEAT_SECONDS = 15.0


@dataclass(slots=True)
class Document:
    """What is served now. `version` changes with every change of `html`."""

    html: str = ""
    version: str = ""
    bundle: bytes = field(default=b"", repr=False)
    """The zip that the page shows; empty where there is none."""
    sheet: Callable[[], bytes] | None = None
    """Sets the approval sheet; None where that cannot be done."""


class PageServer:
    """Serves one `Document` on 127.0.0.1, as a context manager. Raises `UsageError` for a port in use."""

    def __init__(self, document: Document, *, port: int = 0) -> None:
        self._document = document
        self._wanted_port = port
        self._ending = threading.Event()
        self._served: Served | None = None
        self.port = port

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}/"

    def __enter__(self) -> Self:
        app = page_app(self._document, self._ending)
        self._served = Served(app, what="preview", host=HOST, port=self._wanted_port)
        self.port = self._served.port
        self._served.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._served is not None:
            self._served.stop()


def page_app(document: Document, ending: threading.Event) -> Starlette:
    """The application: the page, its stream and its downloads. Raises `ConfigError` without its packages."""
    prove_server("preview --watch")
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
    from starlette.responses import Response as Plain
    from starlette.routing import Route

    async def page(request: Request) -> Response:
        refused = refusal(request)
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
        refused = refusal(request)
        stream = StreamingResponse(
            _versions(document, ending), media_type="text/event-stream", headers=headers
        )
        return refused or stream

    async def bundle(request: Request) -> Response:
        return refusal(request) or saved(document.bundle, "application/zip", "bundle.zip")

    async def sheet(request: Request) -> Response:
        refused = refusal(request)
        if refused or document.sheet is None:
            return refused or saved(b"", "", "")
        return saved(await run_in_threadpool(document.sheet), "application/pdf", "approval.pdf")

    def saved(data: bytes, type_: str, name: str) -> Response:
        if not data:
            return PlainTextResponse("there is none\n", 404)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        }
        return Plain(data, media_type=type_, headers=headers)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/events", events),
            Route("/bundle.zip", bundle),
            Route("/approval.pdf", sheet),
        ]
    )


def refusal(request: Request) -> Response | None:
    """A 403 for what does not come from our own page or the address bar; None for what does."""
    from starlette.responses import PlainTextResponse

    port = (request.scope.get("server") or (HOST, 0))[1]
    names = {f"{host}:{port}" for host in (HOST, "localhost")}
    hosts = request.headers.getlist("host")
    origins = request.headers.getlist("origin")
    site = request.headers.get("sec-fetch-site", "none")
    own = len(hosts) == 1 and hosts[0].lower() in names
    own = own and all(origin == f"http://{hosts[0].lower()}" for origin in origins)
    own = own and site in ("none", "same-origin")
    return None if own else PlainTextResponse("not available to other sites\n", 403)


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
