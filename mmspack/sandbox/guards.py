"""The checks in front of every page and every request of the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from mmspack.gateway.observed import SANDBOX_HEADER
from mmspack.sandbox.desks import owner

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_READING = ("GET", "HEAD", "OPTIONS")


class SecureHeaders:
    """Adds the headers that keep a hostile message from acting in the browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
                # Not no-referrer, with which a browser says of our own forms that they come from nowhere.
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers[SANDBOX_HEADER] = "1"
            await send(message)

        await self._app(scope, receive, with_headers)


class SameSite:
    """Refuses, with 403, what a web page from elsewhere makes a browser send.

    Programs send neither `Origin` nor `Sec-Fetch-Site`. Reading a page is allowed from anywhere; changing
    anything, which a GET to SendMMS does, only from the sandbox's own pages.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and _changes(scope) and from_elsewhere(Headers(scope=scope)):
            await PlainTextResponse("request from another site\n", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _changes(scope: Scope) -> bool:
    return scope["method"] not in _READING or owner(scope["path"]) is not None


def from_elsewhere(headers: Headers) -> bool:
    """True for what a browser marks as made by another site."""
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("Host")
