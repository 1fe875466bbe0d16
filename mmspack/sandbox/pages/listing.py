"""The inbox: the newest messages, search, and what comes in while it is open."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from mmspack.sandbox.api import gateway, plain
from mmspack.sandbox.filtering import Filters
from mmspack.sandbox.inbox import inbox_path
from mmspack.sandbox.pages import message
from mmspack.sandbox.pages.rendering import name_by_id, note_words, render

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.inbox import Envelope, Inbox

PAGE = 50
"""Messages on a page."""
MOST_SELECTED = 500
"""Messages that can be ticked at a time."""
_EXPORTED = 10_000


async def inbox(request: Request) -> Response:
    """The newest messages, or those that the filters leave in, from `before` on."""
    running = gateway(request)
    filters = _filters(request)
    found, more = await run_in_threadpool(_found, running.inbox, request)
    answer = render(
        "inbox.html.j2",
        messages=found,
        more=found[-1].id if more else "",
        total=await run_in_threadpool(running.inbox.__len__),
        matching=await run_in_threadpool(_matching, running.inbox, request, len(found), more),
        newest=await run_in_threadpool(running.inbox.newest),
        campaigns=await run_in_threadpool(running.inbox.campaigns),
        campaign_name=name_by_id(running),
        note_words=note_words(running),
        filters=filters,
        kept=urlencode({one.name: value for one in fields(filters) if (value := getattr(filters, one.name))}),
        origin=str(request.base_url).rstrip("/"),
        own=running.inbox.folder is not None and running.inbox.folder == inbox_path(),
        chaotic=bool(running.chaos.chances),
    )
    answer.background = BackgroundTask(message.warm)
    return answer


async def rows(request: Request) -> Response:
    """The same messages as rows alone; with `after`, only newer ones.

    Headers say how many match, and whether there are older ones.
    """
    running = gateway(request)
    box = running.inbox
    found, more = await run_in_threadpool(_found, box, request)
    answer = render("rows.html.j2", messages=found, note_words=note_words(running))
    answer.headers["X-Older"] = "yes" if more else "no"
    matching = await run_in_threadpool(_matching, box, request, len(found), more)
    if matching is not None:
        answer.headers["X-Matching"] = str(matching)
    return answer


async def clear(request: Request) -> Response:
    """Delete all messages."""
    await run_in_threadpool(gateway(request).inbox.clear)
    return RedirectResponse("/", 303)


async def selected(request: Request) -> Response:
    """Delete or export the messages that were ticked."""
    form = await request.form()
    ids = [str(one) for one in form.getlist("id")][:MOST_SELECTED]
    box = gateway(request).inbox
    if form.get("act") == "export":
        return _exported(await run_in_threadpool(box.envelopes_of, ids))
    await run_in_threadpool(box.delete, *ids)
    back = urlsplit(request.headers.get("referer", "")).query
    return RedirectResponse(f"/?{back}" if back else "/", 303)


async def export(request: Request) -> Response:
    """All messages as JSON, without their bytes."""
    return _exported(await run_in_threadpool(gateway(request).inbox.envelopes, limit=_EXPORTED))


def _exported(found: list[Envelope]) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="inbox.json"'}
    return JSONResponse({"messages": [plain(item) for item in found]}, headers=headers)


def _filters(request: Request) -> Filters:
    asked = request.query_params
    return Filters(**{one.name: asked.get(one.name, "")[:200] for one in fields(Filters)})


def _matching(inbox: Inbox, request: Request, shown: int, more: bool) -> int | None:
    """How many messages the filters leave in; None without filters. Counted only where not all are shown."""
    asked, filters = request.query_params, _filters(request)
    if not filters.narrow:
        return None
    whole = not more and not asked.get("before") and not asked.get("after")
    return shown if whole else inbox.count(filters)


def _found(inbox: Inbox, request: Request) -> tuple[list[Envelope], bool]:
    asked = request.query_params
    found = inbox.search(
        _filters(request), before=asked.get("before", ""), after=asked.get("after", ""), limit=PAGE + 1
    )
    return found[:PAGE], len(found) > PAGE
