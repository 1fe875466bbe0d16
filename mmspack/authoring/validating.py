"""What is wrong with a message: the same words and places for `message.toml` and for Python."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmspack.authoring.combining import MEDIA, combined_wrongly, picture_clashes
from mmspack.authoring.keys import MESSAGE, OVERLAY, SLIDE, Key
from mmspack.authoring.loose import kind_of
from mmspack.authoring.showing import shown
from mmspack.errors import AuthoringError, InputError, MmspackError, raise_all
from mmspack.files import absent
from mmspack.message import Message, Overlay, Slide
from mmspack.problem import Place, Problem, Written
from mmspack.words import keyed, said_of_file, table

_ROUNDING = 1e-9
"""By how much 0.7 + 0.3 may miss 1."""
_NAME = 'text = "{{ name }}"'


def prove_message(message: object) -> None:
    """Refuse a message that cannot be built, with everything that is wrong with it.

    Pictures, sounds, films and attachments that are missing, and nothing else, are left to their readers:
    then those that are broken are reported with them. Raises `AuthoringError`; `InputError` for other files.
    """
    if not isinstance(message, Message):
        named = isinstance(message, (str, os.PathLike))
        cure = "mmspack.authoring.from_toml reads a message.toml" if named else "mmspack.Message(slides=[…])"
        raise AuthoringError(f"expected a Message, found {shown(message)}", hint=cure)
    with said_of_file(message.written is not None):
        _prove(message)


def _prove(message: Message) -> None:
    wrong = [AuthoringError(problems=[problem]) for problem in problems_of(message)]
    missing = [
        InputError(problems=[problem])
        for problem in missing_files(message)
        if wrong or problem.where.key in ("text", "font")
    ]
    raise_found([*wrong, *missing], message.written)


def raise_found(errors: Iterable[MmspackError], written: Written | None) -> None:
    """Raise what was found as one error, in the order of the file; nothing where nothing was."""
    found = [error.written(written) for error in errors]
    raise_all(sorted(found, key=lambda error: error.problems[0].where.line or 0))


def problems_of(message: Message) -> list[Problem]:
    """Everything that is wrong with a message but for files that are not there."""
    problems = list(_of_keys(message, MESSAGE))
    if not problems and not message.slides and not message.attachments:
        problems.append(
            Problem(
                "no slides: a message needs at least one",
                Place(key="slides"),
                table("add [[slides]]", "slides=[Slide(…)]"),
            )
        )
    for number, attachment in _counted(message.attachments):
        problems += _fault(MESSAGE["attachments"], attachment, Place(attachment=number))
        if _is_path(attachment) and _is_strange(Path(attachment)):
            what = f"mmspack does not know files that end in {Path(attachment).suffix!r}"
            cure = "an attachment ends in .vcf, .vcs, .ics or .pdf"
            problems.append(Problem(what, Place(attachment=number), cure))
    for number, slide in _counted(message.slides):
        problems += [problem.within(Place(slide=number)) for problem in _of_slide(slide)]
    return problems


def picture_problems(wish: object) -> list[Problem]:
    """What is wrong with what is asked of a picture: a slide's keys, or a `Wish`'s."""
    problems = list(_of_keys(wish, {name: SLIDE[name] for name in _OF_PICTURE}))
    return problems or list(picture_clashes(wish))


_OF_PICTURE = ("weight", "min_quality", "keep", "still", "crop", "focus")


def _of_slide(slide: object) -> Iterator[Problem]:
    if not isinstance(slide, Slide):
        yield Problem(f"expected a slide, found {shown(slide)}", cure=table("[[slides]]", "mmspack.Slide(…)"))
        return
    yield from _of_keys(slide, SLIDE)
    media = [name for name in MEDIA if getattr(slide, name) is not None]
    if not media and slide.text in (None, ""):
        yield Problem("the slide is empty", cure="add an image, a text, a sound or a video")
    if "video" in media and len(media) > 1:
        both = next(name for name in media if name != "video")
        cure = "move one of them to its own slide"
        yield Problem("a slide with a video cannot have an image or audio", Place(key=both), cure)
    if slide.alt and slide.image is None and slide.video is None:
        yield Problem("there is no picture or video to describe", Place(key="alt"), "remove it")
    if media or slide.text not in (None, ""):
        yield from combined_wrongly(slide)
    overlays = list(_counted(slide.overlay))
    if overlays and slide.image is None:
        yield Problem("an overlay needs an image, and the slide has none", Place(key="overlay"), "remove it")
    for number, overlay in overlays:
        yield from (problem.within(Place(overlay=number)) for problem in _of_overlay(overlay))


def _of_overlay(overlay: object) -> Iterator[Problem]:
    if not isinstance(overlay, Overlay):
        cure = table("[[slides.overlay]]", "mmspack.Overlay(box=…)")
        yield Problem(f"expected an overlay, found {shown(overlay)}", cure=cure)
        return
    wrong = list(_of_keys(overlay, OVERLAY))
    yield from wrong
    drawn = [name for name in ("text", "qr", "barcode") if getattr(overlay, name)]
    if len(drawn) != 1:
        own = table("[[slides.overlay]]", "Overlay(…)")
        cure = f"give each its own {own}" if drawn else f"such as {keyed(_NAME)}"
        yield Problem(
            "an overlay needs exactly one of text, qr and barcode", Place(key=drawn[1] if drawn else ""), cure
        )
    if any(problem.where.key == "box" for problem in wrong):
        return
    left, top, width, height = overlay.box
    if not width or not height:
        yield Problem("the box is empty", Place(key="box"), "width and height are above 0")
    for start, length, side in ((left, width, "width"), (top, height, "height")):
        if start + length > 1 + _ROUNDING:
            edge = "left" if side == "width" else "top"
            what = f"the box is not within the picture: {edge} {start:g} + {side} {length:g} is above 1"
            yield Problem(what, Place(key="box"), f"make {side} at most {1 - start:g}")


def _of_keys(holder: object, keys: Mapping[str, Key]) -> Iterator[Problem]:
    for name, key in keys.items():
        if hasattr(holder, key.attribute):
            yield from _fault(key, getattr(holder, key.attribute), Place(key=name))


def _fault(key: Key, value: object, where: Place) -> Iterator[Problem]:
    found = key.item_fault(value) if where.attachment else key.fault(value)
    if found is not None:
        yield Problem(found[0], where, found[1])


def _counted(values: object) -> Iterator[tuple[int, Any]]:
    """The values with their numbers from 1; nothing where there is no list of them."""
    if isinstance(values, list | tuple):
        yield from enumerate(values, 1)


# -- files ----------------------------------------------------------------------------------------


def files_of(message: Message) -> Iterator[tuple[Place, Path]]:
    """Every file that a message names, with its place."""
    for number, slide in _counted(message.slides):
        if not isinstance(slide, Slide):
            continue
        for name in (*MEDIA, "text"):
            value = getattr(slide, name)
            if _is_path(value) and not (name == "text" and isinstance(value, str)):
                yield Place(slide=number, key=name), Path(value)
        for at, overlay in _counted(slide.overlay):
            if isinstance(overlay, Overlay) and _is_path(overlay.font):
                yield Place(slide=number, overlay=at, key="font"), Path(str(overlay.font))
    for number, value in _counted(message.attachments):
        if _is_path(value):
            yield Place(attachment=number), Path(value)


def _is_strange(path: Path) -> bool:
    """Whether a file that is there has an ending that no phone knows: a slip would send anything."""
    return bool(path.suffix) and kind_of(path) is None and path.is_file()


def _is_path(value: object) -> bool:
    return isinstance(value, str | os.PathLike) and isinstance(os.fspath(value), str) and value != ""


def missing_files(message: Message) -> list[Problem]:
    """The files that are missing, or are something else."""
    found = [(where, file_problem(path, where, message.written)) for where, path in files_of(message)]
    return [problem.within(where) for where, problem in found if problem is not None]


def file_problem(path: Path, where: Place, written: Written | None) -> Problem | None:
    """Why a file of a message cannot be read; None where it can."""
    if is_no_name(path):
        return None
    problem = absent(path, Path(written.file).parent if written else None)
    if problem is None or problem.cure or _is_folder(path):
        return problem
    if written is not None and absent(Path(written.file).parent / path.name) is None:
        there = f"did you mean {path.name!r}? it is in the folder of {Path(written.file).name}"
        return replace(problem, cure=there)
    words = "if these are the words, end them with a full stop"
    return replace(problem, cure=words if where.key == "text" else _looked_for(path, written))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long for the system
        return False


def _looked_for(path: Path, written: Written | None) -> str:
    """Where a file was looked for."""
    if written is not None and path.is_relative_to(Path(written.file).parent):
        return f"looked for in the folder of {Path(written.file).name}"
    return "" if path.is_absolute() else "looked for in the current folder"


def is_no_name(path: Path) -> bool:
    """Whether it is not the name of a file at all, which is a problem of its own: an address, an escape."""
    return re.search(r"(?<![\w+.-])[A-Za-z][\w+.-]+:/", path.as_posix()) is not None or any(
        ord(letter) < 32 for letter in str(path)
    )
