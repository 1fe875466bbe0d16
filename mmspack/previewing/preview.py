"""`preview()`: a message, a build or a bundle as the HTML page that plays it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mmspack.authoring.templating import render_message
from mmspack.bundle.opened import Source
from mmspack.errors import UsageError
from mmspack.message import Message
from mmspack.pipeline import Build, build
from mmspack.previewing.composing import view_of
from mmspack.previewing.inscriptions import inscriptions_of
from mmspack.previewing.originals import originals_of
from mmspack.previewing.rendering import page
from mmspack.profiles import Profiles
from mmspack.recipe import Folders, Recipe, recipe_from

Theme = Literal["auto", "light", "dark"]


def preview(
    source: Message | Build | Source,
    profile: Profiles = None,
    *,
    recipe: Recipe | None = None,
    values: Mapping[str, object] | None = None,
    layout_folders: Folders = None,
    profile_files: Folders = None,
    subject: str | None = None,
    name: str = "",
    theme: Theme = "auto",
) -> str:
    """The page that plays a message as phones display it: one HTML document, which loads nothing.

    A `Message` is built first, with what `build` takes, and the page also shows its pictures before the fit.
    A `Build`, a `Bundle`, a zip's path, bytes or open file, and a folder of parts are shown as they are.
    `subject` is what will be sent with it; None: the one noted in the bundle. `name` is the page's title.
    Raises what `build` raises for a message, and `InputError` for a file that cannot be read.

    >>> from mmspack import Slide
    >>> page = preview(Message(slides=[Slide(text="Hello")], layout="text-only"))
    >>> page.startswith("<!doctype html>")
    True
    """
    if theme not in ("auto", "light", "dark"):
        raise UsageError(f"no theme {theme!r}", hint="auto, light or dark")
    recipe = recipe_from(recipe, profile=profile, profile_files=profile_files, layout_folders=layout_folders)
    own, originals, drawn = None, None, None
    if isinstance(source, Message):
        own = source.profile
        built = build(source, recipe=recipe, values=values)
        originals = originals_of(built, source)
        drawn = inscriptions_of(render_message(source, values))
    elif isinstance(source, Build):
        built = source
    else:
        view = view_of(source, recipe.profiles_of(), name=name, subject=subject)
        return page(view, theme=theme)
    view = view_of(
        built.opened,
        recipe.profiles_of(own),
        name=name or built.message.subject,
        subject=built.message.subject if subject is None else subject,
        reports=built.reports if isinstance(source, Message) else (),
        originals=originals,
        drawn=drawn,
    )
    return page(view, theme=theme)
