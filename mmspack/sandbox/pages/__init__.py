"""The inbox as pages: a list, one page a message, and its parts. No script runs in them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mmspack import profiles
from mmspack.errors import BundleError
from mmspack.sandbox.arrival import findings_of

if TYPE_CHECKING:
    import jinja2
    from starlette.requests import Request

    from mmspack.model import Part
    from mmspack.sandbox.inbox import Inbox, StoredMessage

_SHOWN = 200
_IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp")
_SOUNDS = ("audio/amr", "audio/mpeg", "audio/mp4", "audio/aac", "audio/wav", "audio/x-wav", "audio/ogg")
_FILMS = ("video/3gpp", "video/mp4", "video/mpeg")
_MAX_TEXT = 200_000


def routes() -> list[Route]:
    """The inbox's pages."""
    return [
        Route("/", listing),
        Route("/inbox.css", style),
        Route("/messages/{id}", message),
        Route("/messages/{id}/mms.zip", download),
        Route("/messages/{id}/parts/{name}", part),
    ]


@dataclass(frozen=True, slots=True)
class View:
    """A part as the page shows it."""

    name: str
    type: str
    size: int
    shown: str
    """`image`, `sound`, `film`, `text` or `file`."""
    text: str = ""


async def listing(request: Request) -> Response:
    """All messages, newest first."""
    found = await run_in_threadpool(_inbox(request).envelopes, limit=_SHOWN)
    return _page(
        "inbox.html.j2",
        messages=found,
        total=await run_in_threadpool(_inbox(request).__len__),
    )


async def message(request: Request) -> Response:
    """One message with its parts."""
    found = await _found(request)
    views, problem = await run_in_threadpool(_views, found)
    findings = found.findings
    if findings is None:
        findings = await run_in_threadpool(findings_of, found.data, found.subject, profiles.DEFAULT)
    return _page("message.html.j2", message=found, parts=views, problem=problem, findings=findings)


async def part(request: Request) -> Response:
    """One part's bytes: media inline, everything else as a download."""
    found = await _found(request)
    wanted = await run_in_threadpool(_part, found, request.path_params["name"])
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    if _kind(wanted.type) in ("image", "sound", "film"):
        return Response(wanted.data, media_type=wanted.type.lower(), headers=headers)
    headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(wanted.name, safe='')}"
    return Response(wanted.data, media_type="application/octet-stream", headers=headers)


async def download(request: Request) -> Response:
    """The zip as it arrived."""
    found = await _found(request)
    headers = {"Content-Disposition": f'attachment; filename="{found.id}.zip"'}
    return Response(found.data, media_type="application/zip", headers=headers)


async def style(_request: Request) -> Response:
    """The pages' style sheet."""
    return Response(_resource("inbox.css"), media_type="text/css", headers={"Cache-Control": "max-age=300"})


def _inbox(request: Request) -> Inbox:
    inbox: Inbox = request.app.state.understudy.inbox
    return inbox


async def _found(request: Request) -> StoredMessage:
    found = await run_in_threadpool(_inbox(request).get, request.path_params["id"])
    if found is None:
        raise HTTPException(404, "no such message")
    return found


def _part(found: StoredMessage, name: str) -> Part:
    try:
        return found.bundle.part(name)
    except (BundleError, KeyError):
        raise HTTPException(404, "no such part") from None


def _views(found: StoredMessage) -> tuple[list[View], str]:
    try:
        return [_view(item) for item in found.bundle.parts], ""
    except BundleError as error:
        return [], str(error)


def _view(item: Part) -> View:
    shown = _kind(item.type)
    text = item.data[:_MAX_TEXT].decode("utf-8", "replace") if shown == "text" else ""
    return View(name=item.name, type=item.type, size=len(item.data), shown=shown, text=text)


def _kind(mime: str) -> str:
    mime = mime.split(";")[0].strip().lower()
    if mime in _IMAGES:
        return "image"
    if mime in _SOUNDS:
        return "sound"
    if mime in _FILMS:
        return "film"
    return "text" if mime.startswith("text/") or mime == "application/smil" else "file"


def _page(name: str, **values: object) -> HTMLResponse:
    return HTMLResponse(_templates().get_template(name).render(**values))


@functools.cache
def _templates() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _resource(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text("utf-8")
