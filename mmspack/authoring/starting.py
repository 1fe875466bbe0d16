"""A message folder to begin with: a `message.toml` that explains itself, and the files that it names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from mmspack.authoring.finding import FILE_NAME
from mmspack.authoring.keys import MESSAGE
from mmspack.authoring.reading import names_file
from mmspack.authoring.schema import json_schema
from mmspack.authoring.templating import render_message, templates_of, variables_of
from mmspack.errors import AuthoringError, InputError, MediaError, OutputError, UsageError
from mmspack.files import read_bytes, write_whole
from mmspack.message import Message, Slide
from mmspack.profiles import DEFAULT
from mmspack.words import choose_from, did_you_mean, system_reason

PLACEHOLDER = "picture.jpg"
SCHEMA_NAME = "message.schema.json"
SCHEMA_LINE = f"#:schema ./{SCHEMA_NAME}"
"""Read by TOML editors (taplo, Even Better TOML), which then complete keys and mark mistakes."""
_SAFE = "abcdefghijklmnopqrstuvwxyz0123456789.-_"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSlide:
    """The first slide. A slide without a picture and without text gets a drawn picture."""

    image: Path | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What the person has answered; None and empty: nothing."""

    subject: str | None = None
    profiles: tuple[str, ...] = ()
    layout: str | None = None
    seconds: float | None = None
    slides: Sequence[FirstSlide] = ()


def prove_new(folder: Path) -> None:
    """Refuse a folder in which there is a message already. Raises `UsageError`."""
    if (folder / FILE_NAME).exists():
        raise UsageError(
            "a message already exists", where=folder / FILE_NAME, hint=f"mmspack preview --watch {folder}"
        )


def begin(folder: Path, wanted: Beginning) -> tuple[Path, ...]:
    """Write the folder; the files that were written, `message.toml` first.

    Raises `UsageError` where there is a message already, `InputError` for a picture that cannot be used,
    `OutputError`. Nothing that is there is overwritten.
    """
    slides = list(wanted.slides) or [FirstSlide(text="Hello {{ name }}!")]
    names, files = _files(slides)
    return _written(folder, _toml(wanted, slides, names), files)


def begin_from(starter: str, folder: Path, wanted: Beginning) -> tuple[Path, ...]:
    """Write the folder of a starter, a finished message, with what was answered in place of its own values.

    Raises `UsageError` for a starter that does not exist, and what `begin` raises.
    """
    known = starters()
    if starter not in known:
        hint = did_you_mean(starter, known, choose_from(known))
        raise UsageError(f"no template {starter!r}", where="--template", hint=hint)
    text = known[starter].read_text("utf-8")
    answers = {
        "subject": None if wanted.subject is None else quoted(wanted.subject),
        "profile": _one_or_more(wanted.profiles) if wanted.profiles else None,
        "layout": None if wanted.layout is None else quoted(wanted.layout),
        "seconds": None if wanted.seconds is None else f"{wanted.seconds:g}",
    }
    for key, value in answers.items():
        if value is not None:
            text = _answered(text, key, value)
    picture = {PLACEHOLDER: _placeholder()} if PLACEHOLDER in text else {}
    return _written(folder, f"{SCHEMA_LINE}\n{text}", picture)


def starters() -> dict[str, Traversable]:
    """The finished messages that `init --template` copies, by name."""
    found = (resources.files("mmspack.authoring") / "starters").iterdir()
    return {one.name.removesuffix(".toml"): one for one in sorted(found, key=lambda one: one.name)}


def _answered(text: str, key: str, value: str) -> str:
    """The starter with another value of a key: in each line that has it, or in a line after the subject's."""
    lines = text.splitlines()
    changed = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in lines]
    if changed == lines and f"{key} = {value}" not in lines:
        at = next(number for number, line in enumerate(lines) if line.startswith("subject = "))
        changed.insert(at + 1, f"{key} = {value}")
    return "\n".join(changed) + "\n"


def _written(folder: Path, toml: str, files: dict[str, bytes]) -> tuple[Path, ...]:
    """Write the message, its files and the schema that editors read. Nothing that is there is overwritten."""
    prove_new(folder)
    for name in (*files, SCHEMA_NAME):
        if (folder / name).exists():
            raise UsageError("already exists", where=folder / name, hint="choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot create the folder: {system_reason(error)}", where=folder) from error
    written = [write_whole(folder / name, data) for name, data in files.items()]
    schema = write_whole(folder / SCHEMA_NAME, json.dumps(json_schema(), indent=2).encode())
    message = write_whole(folder / FILE_NAME, toml.encode())
    return message, *written, schema


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
    profile = _one_or_more(wanted.profiles or (DEFAULT,))
    lines = [
        SCHEMA_LINE,
        "# A picture message. Preview it while you write:  mmspack preview --watch .",
        "# Build it:  mmspack build .",
        "",
        f"subject = {quoted(wanted.subject or '')}",
        f"profile = {profile}  # the carrier's limits; see: mmspack profiles",
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
        lines.append(f"seconds = {5 if wanted.seconds is None else wanted.seconds:g}")
    return "\n".join(lines) + "\n"


def _variables(wanted: Beginning) -> list[str]:
    """The variables that subject and texts take, `name` among them, so that the message builds at once.

    Raises `AuthoringError` for a template that is none, and for a subject of several lines.
    """
    if fault := MESSAGE["subject"].fault(wanted.subject or ""):
        raise AuthoringError(fault[0], where="subject", hint=fault[1])
    draft = Message(subject=wanted.subject or "", slides=[Slide(text=slide.text) for slide in wanted.slides])
    names = {"name"}.union(*(variables_of(text) for _, text in templates_of(draft)))
    render_message(draft, dict.fromkeys(names, "x"))
    return sorted(names)


def _one_or_more(names: Sequence[str]) -> str:
    quotes = [quoted(name) for name in names]
    return quotes[0] if len(quotes) == 1 else f"[{', '.join(quotes)}]"


def quoted(text: str) -> str:
    """A TOML string: JSON's with DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
