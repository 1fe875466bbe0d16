"""One message: as phones show it, its parts, its request, and what can be sent back."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mmspack.errors import BundleError, MmspackError, UsageError
from mmspack.gateway.inbound import InboundKind, InboundMessage
from mmspack.gateway.reports import STATUSES, ReportKind
from mmspack.previewing.composing import view_of
from mmspack.previewing.posters import poster_of
from mmspack.previewing.rendering import DATA_TYPES, first_phone, safe
from mmspack.previewing.rendering import page as preview_page
from mmspack.previewing.view import Look, View
from mmspack.profiles import DEFAULT, get
from mmspack.sandbox import desks
from mmspack.sandbox.api import gateway, push_inbound
from mmspack.sandbox.filtering import worst
from mmspack.sandbox.pages.rendering import FOREVER, load, note_words, render
from mmspack.words import is_clean

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.model import Part
    from mmspack.sandbox.inbox import StoredMessage
    from mmspack.sandbox.pushing import Push

_INERT = {"Content-Security-Policy": "default-src 'none'; sandbox"}
_FRAMED = {"Content-Security-Policy": "sandbox allow-scripts; frame-ancestors 'self'"}
_KEPT_BY = 8
"""Digits of the bundle's hash in an address that a browser may keep."""


@functools.cache
def warm() -> None:
    """Compile the templates of a message's page, which takes a fifth of a second, before one is opened."""
    empty = View(name="", width=480, height=640)
    first_phone(empty, {})
    preview_page(empty, framed=True)
    load("message.html.j2")


async def page(request: Request) -> Response:
    """The message with all that can be done with it."""
    return await _page(request)


async def _page(request: Request, problem: str = "", status: int = 200) -> Response:
    found = await _found(request)
    running = gateway(request)
    view = await run_in_threadpool(_view, found, _profile(request))
    counted = view.budget.total_bytes if view.budget else None
    await run_in_threadpool(running.inbox.mark, found.id, opened=True, counted=counted)
    refused = await run_in_threadpool(_refusal, found)
    return render(
        "message.html.j2",
        status,
        message=found,
        note_words=note_words(running),
        path=desks.get(found.door).path,
        view=view,
        refused=refused,
        phone="" if refused else safe(await run_in_threadpool(_first_phone, found, view)),
        problem=problem,
        statuses=STATUSES.values(),
        pushes=_pushes(found, running.pusher.recent),
        report_url=running.pusher.report_url,
        inbound_url=running.pusher.inbound_url,
        neighbours=await run_in_threadpool(running.inbox.neighbours, found.id),
    )


async def preview(request: Request) -> Response:
    """The phone preview, for a frame without rights."""
    found = await _found(request)
    view = await run_in_threadpool(_view, found, _profile(request))
    html = await run_in_threadpool(preview_page, view, framed=True)
    return HTMLResponse(html, headers=_FRAMED)


async def thumb(request: Request) -> Response:
    """The first picture, small."""
    from mmspack.previewing.thumbnails import thumbnail

    found = await _found(request)
    data = await run_in_threadpool(thumbnail, found.data)
    if data is None:
        return Response(status_code=404)
    return Response(data, media_type="image/jpeg", headers={**_INERT, **FOREVER})


async def verdict(request: Request) -> Response:
    """What the check says, as a badge for the list."""
    found = await _found(request)
    findings = found.findings
    if findings is None:
        check = gateway(request).checker.findings
        findings = await run_in_threadpool(check, found.data, found.subject, _profile(request))
        inbox = gateway(request).inbox
        await run_in_threadpool(inbox.mark, found.id, worst=worst(one.get("severity") for one in findings))
    answer = render("badge.html.j2", findings=findings)
    answer.headers["Cache-Control"] = FOREVER["Cache-Control"]
    return answer


async def drawn(request: Request) -> Response:
    """The storyboard."""
    from mmspack.previewing.outputs import Style
    from mmspack.previewing.outputs.png import render as storyboard

    found = await _found(request)
    view = await run_in_threadpool(_view, found, _profile(request))
    png = await run_in_threadpool(storyboard, view, Style(theme="light"))
    headers = {**_INERT, "Content-Disposition": f'attachment; filename="{found.id}.png"'}
    return Response(png, media_type="image/png", headers=headers)


async def download(request: Request) -> Response:
    """The zip as it arrived."""
    found = await _found(request)
    headers = {"Content-Disposition": f'attachment; filename="{found.id}.zip"'}
    return Response(found.data, media_type="application/zip", headers=headers)


async def part(request: Request) -> Response:
    """One part's bytes: pictures, sounds and videos inline, everything else as a download."""
    found = await _found(request)
    wanted = await run_in_threadpool(_part, found, request.path_params["name"])
    type_ = wanted.type.split(";")[0].strip().lower()
    if type_ in DATA_TYPES:
        kept = FOREVER if request.url.query == found.sha256[:_KEPT_BY] else {}
        return Response(wanted.data, media_type=type_, headers={**_INERT, **kept})
    name = quote(wanted.name, safe="")
    headers = {**_INERT, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(wanted.data, media_type="application/octet-stream", headers=headers)


async def still(request: Request) -> Response:
    """A picture of a film: the page does not wait for it."""
    found = await _found(request)
    wanted = await run_in_threadpool(_part, found, request.path_params["name"])
    data = await run_in_threadpool(poster_of, wanted.data)
    if not data:
        return Response(status_code=404)
    kept = FOREVER if request.url.query == found.sha256[:_KEPT_BY] else {}
    return Response(data, media_type="image/jpeg", headers={**_INERT, **kept})


async def delete(request: Request) -> Response:
    """Delete the message."""
    await run_in_threadpool(gateway(request).inbox.delete, request.path_params["id"])
    return RedirectResponse("/", 303)


async def report(request: Request) -> Response:
    """Push a delivery or read report about the message."""
    found = await _found(request)
    form = await request.form()
    kind, status = str(form.get("kind", "delivery")), str(form.get("status", "3"))
    try:
        if kind not in ("delivery", "read") or not (status.isascii() and status.isdigit()):
            raise UsageError("a report needs a kind and a status")
        if not gateway(request).pusher.report(found, ReportKind(kind), int(status[:4])):
            raise UsageError("no URL for reports is configured", hint="start the sandbox with --reports URL")
    except MmspackError as error:
        return await _page(request, str(error), 400)
    return RedirectResponse(f"/messages/{found.id}#reports", 303)


async def answer(request: Request) -> Response:
    """Send a text back as the phone that received the message."""
    found = await _found(request)
    text = str((await request.form()).get("text", "")).strip()
    try:
        if not text:
            raise UsageError("a reply needs a text")
        data = await run_in_threadpool(_text_bundle, text)
        back = InboundMessage(
            id="",
            sender=found.to,
            to=(found.sender,),
            kind=InboundKind.MMS,
            date=datetime.now(UTC),
            network="sandbox",
            subject="",
            data=data,
        )
        await run_in_threadpool(push_inbound, gateway(request), back, found.door)
    except MmspackError as error:
        return await _page(request, str(error), 400)
    return RedirectResponse(f"/messages/{found.id}#reports", 303)


def _refusal(found: StoredMessage) -> str:
    """Why a gateway would not take the zip; empty where it would."""
    try:
        found.bundle  # noqa: B018
    except BundleError as error:
        return str(error)
    return ""


def _first_phone(found: StoredMessage, view: View) -> str:
    """What the page shows until the frame has painted; it may be empty."""
    # The hash makes the address another one where another inbox uses the id again.
    end = found.sha256[:_KEPT_BY]
    kinds = {one.name: "stills" if one.look is Look.FILM else "parts" for one in view.parts}
    phone = first_phone(
        view,
        {name: f"/messages/{found.id}/{kind}/{quote(name, safe='')}?{end}" for name, kind in kinds.items()},
    )
    # What holds controls or marks of direction is shown in the frame alone, as a phone would have it.
    return phone if is_clean(phone) else ""


def _text_bundle(text: str) -> bytes:
    from mmspack.message import Message, Slide
    from mmspack.pipeline import build

    return build(Message(slides=[Slide(text=text + "\n")], layout="text-only")).bundle.data


def _view(found: StoredMessage, profile: str) -> View:
    return _viewed(found.data, profile, f"{found.id}.zip", found.subject, found.sender)


@functools.lru_cache(maxsize=4)
def _viewed(data: bytes, profile: str, name: str, subject: str, sender: str) -> View:
    """The view, kept for the frame, which asks for it right after the page."""
    return view_of(data, get(profile), name=name, subject=subject, sender=sender)


def _pushes(found: StoredMessage, recent: list[Push]) -> list[Push]:
    """What was sent back about the message, newest first."""
    return [
        push for push in reversed(recent) if push.about == (found.to if push.what == "inbound" else found.id)
    ]


def _profile(request: Request) -> str:
    return gateway(request).profile or DEFAULT


def _part(found: StoredMessage, name: str) -> Part:
    try:
        return found.bundle.part(name)
    except (BundleError, KeyError):
        raise HTTPException(404, "no such part") from None


async def _found(request: Request) -> StoredMessage:
    found = await run_in_threadpool(gateway(request).inbox.get, request.path_params["id"])
    if found is None:
        raise HTTPException(404, "no such message")
    return found
