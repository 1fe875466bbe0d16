"""The sandbox's web application: the gateway, and the pages of its inbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import Route

from mmspack.gateway.addresses import PATH
from mmspack.gateway.requests import ZIP_FIELD
from mmspack.sandbox import pages
from mmspack.sandbox.contract import Form, Refused, read_parameters, require_bundle
from mmspack.sandbox.guards import BodyLimit, SecureHeaders

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.inbox import Inbox, StoredMessage

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a request; a message has a few hundred thousand."""
_MAX_FIELDS = 64
_MAX_FIELD_BYTES = 64 * 1024


def create_app(inbox: Inbox) -> Starlette:
    """The application over one inbox."""
    app = Starlette(
        routes=[Route(PATH, send_mms, methods=["GET", "POST"]), *pages.routes()],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False),
            Middleware(SecureHeaders),
            Middleware(BodyLimit, max_bytes=MAX_BODY),
        ],
        exception_handlers={HTTPException: _plain},
    )
    app.state.inbox = inbox
    return app


async def send_mms(request: Request) -> Response:
    """`GET` or multipart `POST`: 200 with the id, or 403 with the reason and the code."""
    try:
        form = await read_form(request)
        message = await run_in_threadpool(_accept, request.app.state.inbox, form, request.method)
    except Refused as refused:
        return _text(refused.body, 403)
    return _text(message.id.encode(), 200)


def _accept(inbox: Inbox, form: Form, method: str) -> StoredMessage:
    user = form.required("user")
    form.required("pass")
    parameters = read_parameters(form)
    if parameters.url is not None:
        raise Refused(5, "url: this sandbox does not fetch hosted bundles")
    (data,) = form.zips
    require_bundle(data)
    return inbox.add(parameters, data, user=user, method=method, now=datetime.now(UTC))


async def read_form(request: Request) -> Form:
    """The fields of a GET or POST. Raises `Refused` where they cannot be read."""
    if request.method == "GET":
        return Form(request.query_params.multi_items())
    if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        raise Refused(5, "a POST has the type multipart/form-data")
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=2, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES
    )
    try:
        items = (await parser.parse()).multi_items()
    except MultiPartException as error:
        raise Refused(5, f"the multipart body cannot be read: {error.message}") from None
    zips = [
        await value.read() for name, value in items if isinstance(value, UploadFile) and name == ZIP_FIELD
    ]
    for _, value in items:
        if isinstance(value, UploadFile):
            await value.close()
    if any(name == ZIP_FIELD and isinstance(value, str) for name, value in items):
        raise Refused(5, f"{ZIP_FIELD} is not a file field")
    return Form([(name, value) for name, value in items if isinstance(value, str)], zips)


def _text(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="text/plain; charset=utf-8")


async def _plain(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _text(f"{error.detail}\n".encode(), error.status_code, error.headers)
