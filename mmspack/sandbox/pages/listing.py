"""The inbox: the newest messages, search, and what comes in while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from mmspack.sandbox.api import gateway, plain
from mmspack.sandbox.pages.rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.inbox import Envelope, Inbox

PAGE = 50
"""Messages on a page."""
_EXPORTED = 10_000


async def inbox(request: Request) -> Response:
    """The newest messages, or those that `q` finds, from `before` on."""
    query = request.query_params.get("q", "")
    found, more = await run_in_threadpool(_found, gateway(request).inbox, request)
    running = gateway(request)
    return render(
        "inbox.html.j2",
        messages=found,
        more=found[-1].id if more else "",
        total=await run_in_threadpool(running.inbox.__len__),
        newest=await run_in_threadpool(running.inbox.newest),
        query=query,
        origin=str(request.base_url).rstrip("/"),
        chaotic=bool(running.chaos.chances),
    )


async def rows(request: Request) -> Response:
    """The same messages as rows alone; with `after`, only those that are newer."""
    found, _ = await run_in_threadpool(_found, gateway(request).inbox, request)
    return render("rows.html.j2", messages=found)


async def clear(request: Request) -> Response:
    """Delete all messages."""
    await run_in_threadpool(gateway(request).inbox.clear)
    return RedirectResponse("/", 303)


async def export(request: Request) -> Response:
    """All messages as JSON, without their bytes."""
    found = await run_in_threadpool(gateway(request).inbox.envelopes, limit=_EXPORTED)
    headers = {"Content-Disposition": 'attachment; filename="inbox.json"'}
    return JSONResponse({"messages": [plain(item) for item in found]}, headers=headers)


def _found(inbox: Inbox, request: Request) -> tuple[list[Envelope], bool]:
    asked = request.query_params
    found = inbox.search(
        asked.get("q", ""), before=asked.get("before", ""), after=asked.get("after", ""), limit=PAGE + 1
    )
    return found[:PAGE], len(found) > PAGE
