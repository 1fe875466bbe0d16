"""A message folder to begin with: a `message.toml` that explains itself, and the files that it names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmspack.authoring.finding import FILE_NAME
from mmspack.authoring.keys import MESSAGE
from mmspack.authoring.reading import names_file
from mmspack.authoring.templating import render_message, templates_of, variables_of
from mmspack.errors import AuthoringError, InputError, MediaError, OutputError, UsageError
from mmspack.files import read_bytes, write_whole
from mmspack.model import Message, Slide
from mmspack.words import system_reason

PLACEHOLDER = "picture.jpg"
_SAFE = "abcdefghijklmnopqrstuvwxyz0123456789.-_"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSlide:
    """The first slide. A slide without a picture and without text gets a drawn picture."""

    image: Path | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What the person has answered."""

    subject: str = "Hello"
    profiles: tuple[str, ...] = ("uk",)
    layout: str | None = None
    slides: Sequence[FirstSlide] = ()


def begin(folder: Path, wanted: Beginning) -> tuple[Path, ...]:
    """Write the folder; the files that were written, `message.toml` first.

    Raises `UsageError` where there is a message already, `InputError` for a picture that cannot be used,
    `OutputError`. Nothing that is there is overwritten.
    """
    if (folder / FILE_NAME).exists():
        raise UsageError(
            "a message already exists", where=folder / FILE_NAME, hint=f"mmspack preview --watch {folder}"
        )
    slides = list(wanted.slides) or [FirstSlide(text="Hello {{ name }}!")]
    names, files = _files(slides)
    for name in files:
        if (folder / name).exists():
            raise UsageError("already exists", where=folder / name, hint="choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot create the folder: {system_reason(error)}", where=folder) from error
    written = [write_whole(folder / name, data) for name, data in files.items()]
    toml = write_whole(folder / FILE_NAME, _toml(wanted, slides, names).encode())
    return toml, *written


def _files(slides: Sequence[FirstSlide]) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    """Names of picture and text file of each slide (empty: none), and the bytes of the files."""
    names: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    pictured = any(slide.image for slide in slides)
    for number, slide in enumerate(slides, 1):
        image = text = ""
        if slide.image is not None:
            image = _free_name(slide.image.name, number, files)
            files[image] = _picture(slide.image)
        elif not slide.text or (number == 1 and not pictured):
            image = _free_name(PLACEHOLDER, number, files)
            files[image] = _placeholder()
        if names_file(slide.text):
            text = _free_name("text.txt", number, files)
            files[text] = slide.text.encode()
        names.append((image, text))
    return names, files


def _free_name(name: str, number: int, taken: dict[str, bytes]) -> str:
    """The file's own name in safe letters; with the slide's number where it is taken."""
    clean = "".join(char if char in _SAFE else "-" for char in name.lower()).strip("-.") or PLACEHOLDER
    return clean if clean not in taken else f"{number}-{clean}"


def _picture(path: Path) -> bytes:
    from mmspack.media.pictures import read_picture

    data = read_bytes(path, what="picture")
    try:
        read_picture(data)
    except MediaError as error:
        raise InputError(f"{error.message}", where=path, hint=error.hint) from error
    return data


def _placeholder() -> bytes:
    """A picture to be replaced: hills under an evening sky."""
    from mmspack.media.placeholder import hills

    return hills()


def _toml(wanted: Beginning, slides: Sequence[FirstSlide], names: Sequence[tuple[str, str]]) -> str:
    lines = [
        "# A picture message. Preview it while you write:  mmspack preview --watch .",
        "# Build it:  mmspack build .",
        "",
        f"subject = {quoted(wanted.subject)}",
        f"profile = {_one_or_more(wanted.profiles)}  # the carrier's limits; see: mmspack profiles",
    ]
    if wanted.layout:
        lines.append(f"layout = {quoted(wanted.layout)}  # see: mmspack layouts")
    lines += [
        "",
        "[variables]  # the default of {{ name }}; --set name=... overrides it",
        *(f"{name} = {quoted('friend' if name == 'name' else name)}" for name in _variables(wanted)),
    ]
    for slide, (image, text) in zip(slides, names, strict=True):
        lines += ["", "[[slides]]"]
        if image:
            lines.append(f"image = {quoted(image)}")
        if slide.text:
            lines.append(f"text = {quoted(text or slide.text)}")
        lines.append("seconds = 5")
    return "\n".join(lines) + "\n"


def _variables(wanted: Beginning) -> list[str]:
    """The variables that subject and texts take, `name` among them, so that the message builds at once.

    Raises `AuthoringError` for a template that is none, and for a subject of several lines.
    """
    if fault := MESSAGE["subject"].fault(wanted.subject):
        raise AuthoringError(fault[0], where="subject", hint=fault[1])
    draft = Message(subject=wanted.subject, slides=[Slide(text=slide.text) for slide in wanted.slides])
    names = {"name"}.union(*(variables_of(text) for _, text in templates_of(draft)))
    render_message(draft, dict.fromkeys(names, "x"))
    return sorted(names)


def _one_or_more(names: Sequence[str]) -> str:
    quotes = [quoted(name) for name in names]
    return quotes[0] if len(quotes) == 1 else f"[{', '.join(quotes)}]"


def quoted(text: str) -> str:
    """A TOML string: JSON's with DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
