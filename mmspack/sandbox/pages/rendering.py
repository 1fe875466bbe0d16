"""Templates and assets of the sandbox's pages."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from mmspack.sandbox.filtering import campaign_of, is_of_campaign
from mmspack.words import cleaned

if TYPE_CHECKING:
    import jinja2
    from starlette.requests import Request

    from mmspack.sandbox.understudy import Understudy

FOREVER = {"Cache-Control": "private, max-age=86400, immutable"}
"""For an address that names what it has by a hash."""
_ASSETS = {"inbox.css": "text/css", "first.css": "text/css", "inbox.js": "text/javascript"}


def render(name: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page from its template; every value is escaped."""
    return HTMLResponse(load(name).render(**values), status)


def load(name: str) -> jinja2.Template:
    """A template, compiled when it is first asked for."""
    return _templates().get_template(name)


async def asset(request: Request) -> Response:
    """A style sheet or a script."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise HTTPException(404, "no such file")
    kept = FOREVER if request.url.query == _digest(name) else {"Cache-Control": "no-cache"}
    return Response(_asset(name), media_type=_ASSETS[name], headers=kept)


@functools.cache
def _asset(name: str) -> str:
    from mmspack.previewing.rendering import asset as shared
    from mmspack.previewing.rendering import first_style

    if name == "first.css":
        return first_style()
    own = _read(name)
    return shared("tokens.css") + own if name == "inbox.css" else own


@functools.cache
def _digest(name: str) -> str:
    return hashlib.sha256(_asset(name).encode()).hexdigest()[:12]


def asset_address(name: str) -> str:
    """Where a page finds a style sheet or script, by its hash, so that the browser asks for each once."""
    return f"/assets/{name}?{_digest(name)}"


def kilobytes(size: int) -> str:
    """`812 B`, `96 kB`, `1.2 MB`."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def note_words(running: Understudy) -> Callable[[str], str]:
    """A function from a note to its words for a person: of a campaign, what it is called."""
    name_of = name_by_id(running)

    def words(note: str) -> str:
        campaign = campaign_of(note) if is_of_campaign(note) else ""
        return note if name_of(campaign) == campaign else name_of(campaign)

    return words


def name_by_id(running: Understudy) -> Callable[[str], str]:
    """A function from a campaign's id to what it is called; the id itself where that is not known."""
    asked = running.campaign_name
    return str if asked is None else functools.cache(lambda campaign: asked(campaign) or campaign)


@functools.cache
def _templates() -> jinja2.Environment:
    from mmspack.previewing.rendering import page_templates

    environment = page_templates(_read).overlay(finalize=_shown)
    environment.globals.update(kilobytes=kilobytes, asset_address=asset_address)
    return environment


def _shown(value: object) -> object:
    """A value as it is put into a page: what somebody sent must not turn the words around it."""
    return cleaned(value, lines=True) if type(value) is str else value


@functools.cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
