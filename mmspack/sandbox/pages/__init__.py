"""The sandbox's pages: a live inbox, one page a message, and the gateway's behaviour.

They work without script; with it, messages arrive by themselves. Nothing of a message runs: its texts are
escaped, its parts are served inert, and the phone preview is in a sandboxed frame. The first phone, which the
page shows until that has painted, is markup without script.
"""

from __future__ import annotations

from starlette.routing import Route

from mmspack.sandbox.pages import behaviour, listing, live, message, rendering


def routes() -> list[Route]:
    """The pages' routes."""
    one = "/messages/{id}"
    return [
        Route("/", listing.inbox),
        Route("/rows", listing.rows),
        Route("/selected", listing.selected, methods=["POST"]),
        Route("/clear", listing.clear, methods=["POST"]),
        Route("/inbox.json", listing.export),
        Route("/events", live.events),
        Route("/behaviour", behaviour.page, methods=["GET", "POST"]),
        Route("/assets/{name}", rendering.asset),
        Route(one, message.page),
        Route(f"{one}/preview", message.preview),
        Route(f"{one}/thumb", message.thumb),
        Route(f"{one}/verdict", message.verdict),
        Route(f"{one}/mms.zip", message.download),
        Route(f"{one}/storyboard.png", message.drawn),
        Route(f"{one}/parts/{{name}}", message.part),
        Route(f"{one}/stills/{{name}}", message.still),
        Route(f"{one}/delete", message.delete, methods=["POST"]),
        Route(f"{one}/report", message.report, methods=["POST"]),
        Route(f"{one}/answer", message.answer, methods=["POST"]),
    ]
