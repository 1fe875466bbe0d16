"""`mmspack init`: create a message folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded
from mmspack.cli.wrapping import say
from mmspack.errors import MmspackError, UsageError
from mmspack.words import did_you_mean

if TYPE_CHECKING:
    from mmspack.authoring.starting import Beginning, FirstSlide

_FOLDER, _SUBJECT, _TEXT = "my-message", "Hello", "Hello {{ name }}!"
_STARTERS = "voucher, ticket, offer or alert"


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
    seconds: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long each slide is shown. Default: 5.")
    ] = None,
    template: Annotated[
        str | None, typer.Option(metavar="NAME", help=f"Start from a finished message: {_STARTERS}.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", metavar="", help="Ask no questions.")] = False,
    as_json: options.Json = False,
) -> None:
    """Create a message folder that builds, as a starting point for your own.

    \b
    mmspack init
    mmspack init spring --image blossom.jpg --text "Spring is here" --subject "Spring"
    mmspack init christmas --template voucher
    """
    from mmspack.authoring.starting import Beginning, begin, begin_from, prove_new
    from mmspack.profiles import DEFAULT, resolve

    asking = not yes and not as_json and template is None and sys.stdin.isatty()
    if folder is None:
        folder = Path(_ask("Folder", _FOLDER)) if asking else Path(_FOLDER)
    prove_new(folder)
    names = tuple(one.name for one in resolve(profile, options.profile_files(None))) if profile else ()
    wanted = Beginning(
        subject=subject, profiles=names, layout=_known_layout(layout), seconds=_known_seconds(seconds)
    )
    if template is not None:
        if images or texts:
            raise UsageError("--template brings its own slides", hint="leave out --image and --text")
        written = begin_from(template, folder, wanted)
    else:
        if asking:
            wanted = _asked(wanted, ask_slides=not images and not texts)
        wanted = replace(
            wanted,
            subject=_SUBJECT if wanted.subject is None else wanted.subject,
            profiles=wanted.profiles or (DEFAULT,),
            slides=wanted.slides or _slides(images or [], texts or []),
        )
        written = begin(folder, wanted)
    if as_json:
        emit_json("init", 0, files=[str(file) for file in written])
    else:
        _tell(folder, written)


def _asked(wanted: Beginning, *, ask_slides: bool) -> Beginning:
    """What the options leave open, asked for. A wrong answer is asked for again; the others are kept."""
    from mmspack.profiles import DEFAULT, load

    if wanted.subject is None:
        wanted = replace(wanted, subject=_ask("Subject", _SUBJECT))
    if not wanted.profiles:
        known = load(options.profile_files(None))
        name = _ask_until("Network (see: mmspack profiles)", DEFAULT, lambda text: _known(text, known))
        wanted = replace(wanted, profiles=(name,))
    if ask_slides:
        wanted = replace(wanted, slides=_asked_slides())
    if wanted.layout is None and any(slide.image for slide in wanted.slides):
        answer = _ask_until("Layout (see: mmspack layouts)", "image-above-text", _known_layout)
        wanted = replace(wanted, layout=answer)
    if wanted.seconds is None:
        text = _ask_until("Seconds for each slide", "5", _known_seconds)
        wanted = replace(wanted, seconds=float(text))
    return wanted


def _ask(question: str, default: str) -> str:
    answer: str = typer.prompt(question, default=default)
    return answer


def _ask_until(question: str, default: str, proved: Callable[[str], object]) -> str:
    """An answer that holds; what is wrong with another one is said, and the question put again."""
    while True:
        answer = _ask(question, default)
        try:
            proved(answer)
        except MmspackError as error:
            say(str(error))
        else:
            return answer


def _asked_slides() -> list[FirstSlide]:
    from mmspack.authoring.starting import FirstSlide

    slides: list[FirstSlide] = []
    say("Enter one slide after another; leave both picture and text empty to finish.")
    while True:
        number = len(slides) + 1
        image = _asked_picture(number)
        text = typer.prompt(f"Text of slide {number}", default="", show_default=False)
        if image is None and not text:
            return slides
        slides.append(FirstSlide(image=image, text=text))


def _asked_picture(number: int) -> Path | None:
    """The picture of a slide, or None; asked for until the file exists."""
    while True:
        answer = typer.prompt(f"Picture of slide {number}", default="", show_default=False)
        name = answer.strip().strip("'\"")
        path = Path(name).expanduser()
        if not name or path.is_file():
            return path if name else None
        say(f"File not found: {name}. Please try again, or leave it empty.")


def _slides(images: list[Path], texts: list[str]) -> list[FirstSlide]:
    """Pictures and texts side by side; the longer list continues on its own."""
    from itertools import zip_longest

    from mmspack.authoring.starting import FirstSlide

    if not images and not texts:
        texts = [_TEXT]
    return [FirstSlide(image=image, text=text or "") for image, text in zip_longest(images, texts)]


def _known(name: str, known: Collection[str]) -> str:
    if name in known:
        return name
    raise UsageError(f"no profile {name!r}", hint=did_you_mean(name, list(known), "see: mmspack profiles"))


def _known_layout(layout: str | None) -> str | None:
    from mmspack.smil.layouts import layouts

    if layout is not None and layout not in layouts():
        raise UsageError(
            f"no layout {layout!r}", hint=did_you_mean(layout, layouts(), "see: mmspack layouts")
        )
    return layout


def _known_seconds(given: str | float | None) -> float | None:
    from mmspack.authoring.keys import SLIDE

    if given is None:
        return None
    try:
        seconds = float(given)
    except ValueError:
        raise UsageError(f"{given!r} is not a number of seconds", hint="such as 5") from None
    if fault := SLIDE["seconds"].fault(seconds):
        raise UsageError(fault[0], where="--seconds", hint=fault[1])
    return seconds


def _tell(folder: Path, files: tuple[Path, ...]) -> None:
    for file in files:
        say(f"Wrote {file}")
    bundle = f"{folder.resolve().name}.zip"
    say(f"Preview: mmspack preview --watch {folder}")
    say(f"Build:   mmspack build {folder}")
    say(f"Send:    mmspack send {bundle} --to 447700900999 --from 447700900111")
