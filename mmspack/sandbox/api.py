"""The sandbox's own interface: reading the inbox, changing the chaos, and acting as the phones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mmspack.errors import InputError, MmspackError, UsageError
from mmspack.gateway.forms import read_form
from mmspack.gateway.inbound import InboundKind, InboundMessage
from mmspack.gateway.parameters import msisdn, one_line
from mmspack.gateway.reports import ReportKind
from mmspack.sandbox.chaos import MODES
from mmspack.sandbox.openapi import description
from mmspack.sandbox.understudy import Understudy, problem, text

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.sandbox.inbox import Envelope

ZIP_FIELD = "mms.zip"
"""The file field of a message from a phone."""
_MAX_JSON = 64 * 1024
_SHOWN = 200


def routes() -> list[Route]:
    """The interface's routes."""
    return [
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route("/openapi.json", openapi),
        Route("/api/messages", messages, methods=["GET", "DELETE"]),
        Route("/api/messages/{id}", message),
        Route("/api/chaos", chaos, methods=["GET", "PUT"]),
        Route("/api/reports", reports, methods=["POST"]),
        Route("/api/inbound", inbound, methods=["POST"]),
        Route("/api/pushes", pushes),
    ]


def gateway(request: Request) -> Understudy:
    """The running sandbox."""
    found: Understudy = request.app.state.understudy
    return found


async def livez(_request: Request) -> Response:
    """200: the process runs."""
    return text(b"ok\n", 200)


async def readyz(request: Request) -> Response:
    """200: the inbox answers."""
    await run_in_threadpool(gateway(request).inbox.__len__)
    return text(b"ok\n", 200)


async def metrics(request: Request) -> Response:
    """Counters for Prometheus."""
    running = gateway(request)
    count = await run_in_threadpool(running.inbox.__len__)
    return Response(
        running.metrics.text(messages=count), media_type="text/plain; version=0.0.4; charset=utf-8"
    )


async def openapi(_request: Request) -> Response:
    """This interface, and the doors', in OpenAPI 3.1."""
    return JSONResponse(description())


async def messages(request: Request) -> Response:
    """GET: the newest messages, newest first. DELETE: empty the inbox."""
    inbox = gateway(request).inbox
    if request.method == "DELETE":
        return JSONResponse({"deleted": await run_in_threadpool(inbox.clear)})
    found = await run_in_threadpool(inbox.envelopes, limit=_SHOWN)
    return JSONResponse({"messages": [plain(item) for item in found]})


async def message(request: Request) -> Response:
    """One message."""
    found = await run_in_threadpool(gateway(request).inbox.get, request.path_params["id"])
    return JSONResponse(plain(found)) if found else text(b"no such message\n", 404)


async def chaos(request: Request) -> Response:
    """GET: the modes and their probabilities. PUT: replace them all."""
    running = gateway(request).chaos
    if request.method == "PUT":
        try:
            wanted = await _json(request)
            seed = wanted.pop("seed", None)
            if seed is not None and type(seed) is not int:
                raise UsageError("seed: expected a whole number", where="chaos")
            wrong = [name for name, value in wanted.items() if type(value) not in (int, float)]
            if wrong:
                raise UsageError(f"{wrong[0][:40]}: expected a number", where="chaos")
            running.set({name: float(value) for name, value in wanted.items()}, seed=seed)
        except OverflowError:
            return problem(UsageError("a number is too large", where="chaos"))
        except MmspackError as error:
            return problem(error)
    return JSONResponse(
        {
            "chances": running.chances,
            "seed": running.seed,
            "modes": {mode.name: mode.title for mode in MODES.values()},
        }
    )


async def reports(request: Request) -> Response:
    """Push one report about a message: `{"id": "1000001", "kind": "delivery", "status": 4}`."""
    running = gateway(request)
    try:
        wanted = await _json(request)
        status = wanted.get("status", 3)
        if type(status) is not int:
            raise UsageError("status: expected a number from 1 to 10", where="report")
        if wanted.get("kind", "delivery") not in ("delivery", "read"):
            raise UsageError("kind: expected delivery or read", where="report")
        found = await run_in_threadpool(running.inbox.get, str(wanted.get("id", "")))
        if found is None:
            raise UsageError("id: no such message", where="report")
        pushed = running.pusher.report(found, ReportKind(wanted.get("kind", "delivery")), status)
    except MmspackError as error:
        return problem(error)
    return JSONResponse({"pushed": pushed}, 202)


async def inbound(request: Request) -> Response:
    """A message from a phone: a multipart form with `from`, `to`, `subject` and the file `mms.zip`.

    It is pushed to the address for inbound messages, if one is set, and can be fetched by RetrieveMMS.
    """
    from mmspack.bundle.zip_reader import open_bundle

    running = gateway(request)
    try:
        form = await read_form(request, ZIP_FIELD)
        if len(form.files) != 1:
            raise InputError("exactly one file mms.zip is required", where="inbound")
        await run_in_threadpool(open_bundle, form.files[0])
        sender, to = (form.all(name) or [""] for name in ("from", "to"))
        found = InboundMessage(
            id="",
            sender=await run_in_threadpool(msisdn, "from", sender[0]),
            to=tuple([await run_in_threadpool(msisdn, "to", number) for number in to]),
            kind=InboundKind.MMS,
            date=datetime.now(UTC),
            network="sandbox",
            subject=one_line("subject", (form.all("subject") or [""])[0]),
            data=form.files[0],
        )
        pushed = await run_in_threadpool(push_inbound, running, found)
    except MmspackError as error:
        return problem(error)
    return JSONResponse(pushed, 202)


def push_inbound(running: Understudy, found: InboundMessage, door: str = "") -> dict[str, Any]:
    """Keep a message from a phone, and push it as a door does. Returns its id, and whether it was pushed."""
    found = replace(found, id=running.inbox.add_inbound(found.data or b""))
    return {"id": found.id, "pushed": running.pusher.inbound(found, door)}


async def pushes(request: Request) -> Response:
    """What was pushed lately, and what came back."""
    shown = [
        {
            "url": push.url,
            "what": push.what,
            "about": push.about,
            "method": push.request.method,
            "bytes": len(push.request.body),
            "tries": push.tries,
            "done": push.done,
            "answer": push.answer,
        }
        for push in gateway(request).pusher.recent
    ]
    return JSONResponse({"pushes": shown})


async def _json(request: Request) -> dict[str, Any]:
    if request.headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/json":
        raise UsageError("the body must have the type application/json")
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > _MAX_JSON:
            raise UsageError(f"the body is longer than {_MAX_JSON} bytes")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise UsageError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise UsageError("the body is not a JSON object")
    return found


def plain(item: Envelope) -> dict[str, object]:
    """A message as JSON, without its bytes."""
    return {
        "id": item.id,
        "received": item.received.isoformat(),
        "door": item.door,
        "reference": item.reference,
        "user": item.user,
        "to": item.to,
        "from": item.sender,
        "subject": item.subject,
        "note": item.note,
        "subaccount": item.subaccount,
        "deliveryreport": item.deliveryreport,
        "readreport": item.readreport,
        "method": item.method,
        "url": item.url,
        "bytes": item.size,
        "sha256": item.sha256,
        "findings": None if item.findings is None else list(item.findings),
    }
