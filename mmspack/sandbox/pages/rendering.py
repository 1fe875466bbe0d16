"""Templates and assets of the sandbox's pages."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from mmspack.words import cleaned

if TYPE_CHECKING:
    import jinja2
    from starlette.requests import Request

_ASSETS = {"inbox.css": "text/css", "inbox.js": "text/javascript"}


def render(name: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page from its template; every value is escaped."""
    return HTMLResponse(_templates().get_template(name).render(**values), status)


async def asset(request: Request) -> Response:
    """A style sheet or a script."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise HTTPException(404, "no such file")
    return Response(_asset(name), media_type=_ASSETS[name], headers={"Cache-Control": "no-cache"})


@functools.cache
def _asset(name: str) -> str:
    from mmspack.previewing.rendering import asset as shared

    own = _read(name)
    return shared("tokens.css") + own if name == "inbox.css" else own


def kilobytes(size: int) -> str:
    """`812 B`, `96 kB`, `1.2 MB`."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


@functools.cache
def _templates() -> jinja2.Environment:
    from mmspack.previewing.rendering import page_templates

    environment = page_templates(_read).overlay(finalize=_shown)
    environment.globals["kilobytes"] = kilobytes
    return environment


def _shown(value: object) -> object:
    """A value as it is put into a page: what somebody sent must not turn the words around it."""
    return cleaned(value, lines=True) if type(value) is str else value


@functools.cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
