"""How the gateway behaves: chaos by probability, and the magic recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from mmspack.errors import UsageError
from mmspack.sandbox import desks
from mmspack.sandbox.api import gateway
from mmspack.sandbox.chaos import MODES
from mmspack.sandbox.pages.rendering import render

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from mmspack.sandbox.understudy import Understudy


async def page(request: Request) -> Response:
    """GET: the settings. POST: replace them."""
    running = gateway(request)
    problem, status = "", 200
    if request.method == "POST":
        try:
            _set(running, await request.form())
            return RedirectResponse("/behaviour", 303)
        except UsageError as error:
            problem, status = str(error), 400
    return render(
        "behaviour.html.j2",
        status,
        problem=problem,
        modes=MODES.values(),
        chances=running.chaos.chances,
        seed=running.chaos.seed,
        magic=running.chaos.magic,
        desks=[desk for desk in desks.every() if desk.magic],
        report_url=running.pusher.report_url,
        inbound_url=running.pusher.inbound_url,
        pushes=list(reversed(running.pusher.recent))[:20],
        total=await run_in_threadpool(running.inbox.__len__),
    )


def _set(running: Understudy, form: FormData) -> None:
    """Take the form's percentages. Raises `UsageError`."""
    chances = {}
    for name in MODES:
        value = str(form.get(name, "")).strip() or "0"
        try:
            chances[name] = float(value) / 100
        except ValueError:
            raise UsageError(f"{value[:20]!r} is not a number", where=name) from None
    seed = str(form.get("seed", "")).strip()
    if seed and not (seed.isascii() and seed.isdigit() and len(seed) < 16):
        raise UsageError(f"{seed[:20]!r} is not a whole number", where="seed")
    running.chaos.set(chances, seed=int(seed) if seed else None)
