"""The sandbox's web application: the doors, its own interface, and the pages of its inbox."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from mmspack.gateway.forms import BodyLimit
from mmspack.sandbox import api, pages
from mmspack.sandbox.guards import SameSite, SecureHeaders
from mmspack.sandbox.hosts import HOSTS
from mmspack.sandbox.inbox_file import FILE
from mmspack.sandbox.misbehaving import ELSEWHERE
from mmspack.sandbox.understudy import Understudy, text
from mmspack.words import is_damaged

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_log = logging.getLogger("mmspack.sandbox")


def create_app(understudy: Understudy) -> Starlette:
    """The application around one gateway."""
    app = Starlette(
        routes=[
            *(route for desk in understudy.desks for route in desk.routes(understudy)),
            Route(ELSEWHERE, _elsewhere, methods=["GET", "POST"]),
            *api.routes(),
            *pages.routes(),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False),
            Middleware(SecureHeaders),
            Middleware(SameSite),
            Middleware(BodyLimit),
        ],
        exception_handlers={
            HTTPException: _plain,
            ClientDisconnect: _gone,
            sqlite3.Error: _unreadable,
            Exception: _failed,
        },
    )
    app.state.understudy = understudy
    return app


async def _elsewhere(request: Request) -> Response:
    """Where chaos redirects to: whoever comes here has followed a redirect with the password."""
    api.gateway(request).metrics.struck("redirect-followed")
    return text(b"not the gateway\n", 404)


async def _plain(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return text(f"{error.detail}\n".encode(), error.status_code, error.headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody reads it: the client went away in the middle of its request, as clients that are killed do."""
    return text(b"gone\n", 400)


async def _unreadable(_request: Request, error: Exception) -> Response:
    what = f"the inbox cannot be used now: {error}"
    if is_damaged(error):
        what = f"the inbox is damaged ({error}): move {FILE} away, and start again"
    _log.error("%s", what)
    return text(f"{what}\n".encode(), 503)


async def _failed(request: Request, error: Exception) -> Response:
    # Where logging is not configured, an error's traceback would go to standard error.
    _log.error("the sandbox failed at %s: %s", request.url.path, type(error).__name__)
    _log.debug("the sandbox failed", exc_info=error)
    return text(b"the sandbox failed\n", 500)
