"""The live channel: a stream of the newest message's id. It reveals nothing about the message itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from mmspack.sandbox.api import gateway
from mmspack.sandbox.guards import from_elsewhere

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.inbox import Inbox

MAX_STREAMS = 32
"""Open inboxes at a time."""
_LOOK_SECONDS = 0.25
_BEAT_SECONDS = 15.0


async def events(request: Request) -> Response:
    """`newest` whenever a message has arrived or gone, from this process or another one."""
    if from_elsewhere(request.headers):
        raise HTTPException(403, "request from another site")
    state = request.app.state
    if getattr(state, "streams", 0) >= MAX_STREAMS:
        raise HTTPException(503, "too many inboxes are open")
    stream = _newest(gateway(request).inbox, request)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _newest(inbox: Inbox, request: Request) -> AsyncIterator[str]:
    """Looked up, not announced by the receiver, since a `send` in another process may write to the inbox."""
    state = request.app.state
    state.streams = getattr(state, "streams", 0) + 1
    told, quiet = "", 0.0
    try:
        while not await request.is_disconnected():
            seen = await run_in_threadpool(inbox.state)
            if seen != told:
                told, quiet = seen, 0.0
                yield f"retry: 1000\nevent: newest\ndata: {told}\n\n"
            elif quiet >= _BEAT_SECONDS:
                quiet = 0.0
                yield ": still here\n\n"
            await asyncio.sleep(_LOOK_SECONDS)
            quiet += _LOOK_SECONDS
    finally:
        state.streams -= 1
