"""Several recipients on one page, one after the other: for the browser what a contact sheet is on paper."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mmspack.media.fonts import legible
from mmspack.previewing.contacts import Contact
from mmspack.previewing.rendering import asset, page, page_assets, page_templates, policy, safe
from mmspack.words import count

if TYPE_CHECKING:
    import jinja2


def stepping_page(
    contacts: Sequence[Contact], *, theme: str = "auto", title: str = "", source: str = ""
) -> str:
    """The page, which loads nothing. `title` names the message and `source` the table.

    Each message is in a frame that inherits this page's policy: it allows the scripts of both, by hash.
    """
    style, script = asset("tokens.css") + asset("stepper.css"), asset("stepper.js")
    inner_style, inner_scripts = page_assets()
    number = count(len(contacts), "recipient")
    return _template().render(
        title=f"Recipients: {title}" if title else "Recipients",
        facts=" · ".join(filter(None, (source, number))),
        contacts=contacts,
        data=[_data(one, theme) for one in contacts],
        theme=theme,
        style=safe(style),
        script=safe(script),
        policy=policy((style, inner_style), (script, *inner_scripts), live=False),
    )


def _data(contact: Contact, theme: str) -> dict[str, Any]:
    view = contact.view
    return {
        "subject": view.subject if view else "",
        "warning": legible(contact.warning),
        "page": page(view, theme=theme, framed=True) if view else "",
    }


@functools.cache
def _template() -> jinja2.Template:
    return page_templates(asset).get_template("stepper.html.j2")
