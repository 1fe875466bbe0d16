"""`mmspack init`: create a message folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import guarded
from mmspack.errors import UsageError
from mmspack.words import choose_from

if TYPE_CHECKING:
    from mmspack.authoring.starting import FirstSlide

_FOLDER, _SUBJECT, _TEXT = "my-message", "Hello", "Hello {{ name }}!"


@guarded
def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", help="The folder to create. Default: my-message."),
    ] = None,
    images: Annotated[
        list[Path] | None,
        typer.Option("--image", "-i", metavar="FILE", help="A picture for the next slide; may be repeated."),
    ] = None,
    texts: Annotated[
        list[str] | None, typer.Option("--text", "-t", help="The text of the next slide; may be repeated.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject.")] = None,
    profile: options.ProfileNames = None,
    layout: options.LayoutName = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", metavar="", help="Ask no questions.")] = False,
) -> None:
    """Create a message folder that builds, as a starting point for your own.

    \b
    mmspack init
    mmspack init spring --image blossom.jpg --text "Spring is here" --subject "Spring"
    """
    from mmspack.authoring.starting import Beginning, begin
    from mmspack.profiles import resolve

    asking = not yes and sys.stdin.isatty()
    folder = folder or (Path(typer.prompt("Folder", default=_FOLDER)) if asking else Path(_FOLDER))
    subject = subject if subject is not None else (_ask("Subject", _SUBJECT) if asking else _SUBJECT)
    ask_slides = asking and not images and not texts
    slides = _asked_slides() if ask_slides else _slides(images or [], texts or [])
    profiles = tuple(one.name for one in resolve(profile, options.profile_files(None)))
    wanted = Beginning(subject=subject, profiles=profiles, layout=_known_layout(layout), slides=slides)
    _tell(folder, begin(folder, wanted))


def _ask(question: str, default: str) -> str:
    answer: str = typer.prompt(question, default=default)
    return answer


def _asked_slides() -> list[FirstSlide]:
    from mmspack.authoring.starting import FirstSlide

    slides: list[FirstSlide] = []
    typer.echo("Enter one slide after another; leave both picture and text empty to finish.")
    while True:
        number = len(slides) + 1
        image = (
            typer.prompt(f"Picture of slide {number}", default="", show_default=False).strip().strip("'\"")
        )
        text = typer.prompt(f"Text of slide {number}", default="", show_default=False)
        if not image and not text:
            return slides
        if image and not Path(image).expanduser().is_file():
            typer.echo(f"File not found: {image}. Please try again.")
            continue
        slides.append(FirstSlide(image=Path(image).expanduser() if image else None, text=text))


def _slides(images: list[Path], texts: list[str]) -> list[FirstSlide]:
    """Pictures and texts side by side; the longer list continues on its own."""
    from itertools import zip_longest

    from mmspack.authoring.starting import FirstSlide

    if not images and not texts:
        texts = [_TEXT]
    return [FirstSlide(image=image, text=text or "") for image, text in zip_longest(images, texts)]


def _known_layout(layout: str | None) -> str | None:
    from mmspack.smil.layouts import layouts

    if layout is not None and layout not in layouts():
        raise UsageError(f"no layout {layout!r}", hint=choose_from(layouts()))
    return layout


def _tell(folder: Path, files: tuple[Path, ...]) -> None:
    for file in files:
        typer.echo(f"Wrote: {file}")
    bundle = f"{folder.resolve().name}.zip"
    typer.echo(f"Preview: mmspack preview --watch {folder}")
    typer.echo(f"Build:   mmspack build {folder}")
    typer.echo(f"Send:    mmspack send {bundle} --to 447700900999 --from 447700900111")
