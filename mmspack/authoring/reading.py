"""`message.toml` read: every problem found at once, each with its line, its slide and its cure."""

from __future__ import annotations

import functools
import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmspack.authoring.file_values import ADDRESS, COPY_FILE
from mmspack.authoring.finding import outside_problems, toml_in, with_outside
from mmspack.authoring.keys import MESSAGE, OVERLAY, SLIDE, Key
from mmspack.authoring.loose import Paths, from_files, from_folder, paths_of
from mmspack.authoring.mistyping import syntax_problem
from mmspack.authoring.showing import shown
from mmspack.authoring.templating import field_problems, refuse_strays, render_message
from mmspack.authoring.toml_text import outline_of
from mmspack.authoring.validating import missing_files, problems_of, raise_found
from mmspack.errors import AuthoringError, InputError
from mmspack.files import not_utf8, read_bytes
from mmspack.message import Message, Overlay, Slide
from mmspack.problem import Place, Problem, Written
from mmspack.words import choose_from, did_you_mean, said_of_file

MAX_BYTES = 500_000
"""Of a message.toml: it names its files, and its copy cannot be longer than the largest message."""
_MEDIA = ("image", "video", "audio")
_STANDS_IN = "…"
"""A text in place of one that is a problem of its own."""
_VALUES = str | int | float | bool
_ELSEWHERE = {
    "from": "the sender is named when it is sent: mmspack send --from 447700900111",
    "sender": "the sender is named when it is sent: mmspack send --from 447700900111",
    "to": "the recipient is named when it is sent: mmspack send --to 447700900999",
}
_MEANT = {
    "slide": "[[slides]], with an s", "picture": "image", "photo": "image", "img": "image", "film": "video",
    "movie": "video", "sound": "audio", "music": "audio", "caption": "text", "copy": "text",
    "duration": "seconds", "dur": "seconds", "time": "seconds", "title": "subject", "quality": "min_quality",
    "colour": "color", "sms": "fallback", "failover": "fallback",
}  # fmt: skip
"""What people write for a key that is called otherwise and is not spelled alike."""


def from_source(
    sources: Paths, values: Mapping[str, object] | None = None, *, allow_outside: bool = False
) -> tuple[Message, tuple[Path, ...]]:
    """A message of what a person names: a folder, a `message.toml`, or loose files in order.

    Returns the message with its templates filled in from `values`, and the files of a bare folder
    that were left out. Raises `AuthoringError` or `InputError` with every problem.
    """
    given = values or {}
    left_out: tuple[Path, ...] = ()
    paths = paths_of(sources)
    first = paths[0] if paths else Path()
    if len(paths) == 1 and first.is_dir():
        if (toml := toml_in(first)) is not None:
            return from_toml(toml, given, allow_outside=allow_outside), ()
        message, left_out = from_folder(first)
        if not allow_outside and (outside := outside_problems(message, first)):
            raise AuthoringError(problems=outside)
        message = with_outside(message, first)
    elif len(paths) == 1 and first.suffix.lower() == ".toml":
        return from_toml(first, given, allow_outside=allow_outside), ()
    else:
        message = from_files(paths)
    refuse_strays(message, given)
    return render_message(message, given), left_out


def from_toml(
    path: str | os.PathLike[str],
    values: Mapping[str, object] | None = None,
    *,
    allow_outside: bool = False,
) -> Message:
    """The message that a `message.toml` describes; `values` override its `[variables]`.

    Files outside both the message's folder and the current folder are refused unless `allow_outside`: a
    folder from somebody else must not pack a private file. Raises `AuthoringError` (exit code 2) or, where
    nothing but files is missing, `InputError` (3).
    """
    message, variables = read_toml(Path(path), allow_outside=allow_outside)
    refuse_strays(message, values or {}, variables)
    return render_message(message, {**variables, **(values or {})})


def read_toml(path: Path, *, allow_outside: bool = False) -> tuple[Message, dict[str, object]]:
    """The message with its templates as they are written, and its `[variables]`. Raises as `from_toml`."""
    with said_of_file(True):
        return _read_toml(path, allow_outside=allow_outside)


def _read_toml(path: Path, *, allow_outside: bool) -> tuple[Message, dict[str, object]]:
    text = _text_of(path)
    data = _parsed(path, text)
    reader = _MessageReader(path, data)
    message = reader.message(functools.partial(_written, path, text))
    wrong = [*reader.problems, *problems_of(message)]
    if reader.hides_slides:
        wrong = [
            problem for problem in wrong if problem.where != Place(key="slides") or problem in reader.problems
        ]
    wrong += field_problems(message)
    missing = missing_files(message)
    told = {problem.where for problem in (*wrong, *missing)}
    outside = [] if allow_outside else outside_problems(message, path)
    wrong += [problem for problem in outside if problem.where not in told]
    raise_found(
        [
            *(AuthoringError(problems=[problem]) for problem in wrong),
            *(InputError(problems=[problem]) for problem in missing),
        ],
        message.written,
    )
    message = with_outside(message, path)
    return message, dict(data.get("variables", {}))


def _written(path: Path, text: str) -> Written:
    return Written(str(path), outline_of(text).lines)


def _text_of(path: Path) -> str:
    data = read_bytes(path, what="message", max_bytes=MAX_BYTES)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise AuthoringError("saved as UTF-16", where=Place(file=str(path), line=1), hint="save it as UTF-8")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        what, line, column = not_utf8(error)
        where = Place(file=str(path), line=line, column=column)
        raise AuthoringError(what, where=where, hint="save it as UTF-8") from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AuthoringError(problems=[syntax_problem(text, error).within(path)]) from error
    except RecursionError as error:
        raise AuthoringError("lists within lists, too many to be read", where=path) from error


class _MessageReader:
    """Makes a message of a TOML document. Wrong values are kept, for `problems_of` to report."""

    def __init__(self, path: Path, data: Mapping[str, Any]) -> None:
        self.folder, self.data = path.parent, data
        self.problems: list[Problem] = []
        self.hides_slides = False
        """There is something that was meant as slides: that none are found goes without saying."""

    def message(self, written: Any) -> Message:
        values = self.known(self.data, MESSAGE, Place())
        self.variables(values.pop("variables", {}))
        slides = values.pop("slides", ())
        if isinstance(slides, list):
            made: Any = [self.slide(slide, number) for number, slide in enumerate(slides, 1)]
        else:
            made, self.hides_slides = slides, "slide" in self.data
            if isinstance(slides, dict):
                made, self.hides_slides = (), True
                cure = "write [[slides]], with two brackets on each side"
                self.problems.append(Problem("[slides] is a single table", Place(key="slides"), cure))
        if "fallback" in values:
            values["fallback"] = self.fallback(values["fallback"])
        attachments = values.get("attachments")
        if isinstance(attachments, list):
            values["attachments"] = [self.file(name) for name in attachments]
        values.setdefault("layout", None)
        return Message(slides=made, written=written(), **values)

    def known(self, table: Mapping[str, Any], keys: Mapping[str, Key], where: Place) -> dict[str, Any]:
        """The table's known keys; the others are problems."""
        for name in table:
            if name not in keys:
                self.problems.append(
                    Problem("unknown key", Place(key=name).within(where), _cure_for(name, keys))
                )
        return {name: value for name, value in table.items() if name in keys}

    def slide(self, table: object, number: int) -> Any:
        if not isinstance(table, dict):
            return table
        where = Place(slide=number)
        values = self.known(table, SLIDE, where)
        for name in _MEDIA:
            if name in values:
                values[name] = self.file(values[name])
        if "text" in values:
            values["text"] = self.copy(values["text"], Place(slide=number, key="text"))
        if len(values) < len(table) and not values.keys() & {*_MEDIA, "text"}:
            values["text"] = _STANDS_IN  # the unknown key says already why the slide is empty
        overlays = values.get("overlay")
        if isinstance(overlays, dict):
            cure = "write [[slides.overlay]], with two brackets on each side"
            self.problems.append(
                Problem("[slides.overlay] is a single table", Place(slide=number, key="overlay"), cure)
            )
            del values["overlay"]
        if isinstance(overlays, list):
            each = enumerate(overlays, 1)
            values["overlay"] = [self.overlay(one, Place(slide=number, overlay=at)) for at, one in each]
        return Slide(**{SLIDE[name].attribute: value for name, value in values.items()})

    def overlay(self, table: object, where: Place) -> Any:
        if not isinstance(table, dict):
            return table
        values = self.known(table, OVERLAY, where)
        if "font" in values:
            values["font"] = self.file(values["font"])
        return Overlay(**{"box": None, **values})

    def file(self, name: Any) -> Any:
        """The path of a file that the message names; an address, or anything but a text, stays as it is."""
        if not isinstance(name, str) or not name or ADDRESS.match(name):
            return name
        return found_in(self.folder, name)

    def copy(self, text: Any, where: Place) -> Any:
        """A slide's text, or the path of its file."""
        if isinstance(text, dict) and set(text) == {"file"} and isinstance(text["file"], str):
            return self.file(text["file"])
        if isinstance(text, dict):
            cure = 'text = { file = "hello.md" }'
            self.problems.append(Problem(f"expected text, found {shown(text)}", where, cure))
            return _STANDS_IN
        if not isinstance(text, str) or not names_file(text):
            return text
        path = found_in(self.folder, text)
        if text.lower().endswith(".txt"):
            return path  # that it is not there is said with the other files
        there = path.is_file()
        what = f"{text!r} is the name of a file" + ("" if there else ", and there is none")
        fault = COPY_FILE.fault(path)
        instead = fault[1] if fault else f'text = {{ file = "{text}" }}'
        cure = f"{instead}; if these are the words, end them with a full stop"
        self.problems.append(Problem(what, where, cure))
        return text

    def fallback(self, table: object) -> Any:
        """The text of `[fallback]`; what is not a table stays as it is, unless it could pass for the text."""
        where = Place(key="fallback")
        if isinstance(table, dict):
            for name in table.keys() - {"text"}:
                cure = did_you_mean(name, ["text"], "it has one key: text")
                self.problems.append(Problem("unknown key", Place(key=f"fallback.{name}"), cure))
            if "text" in table and table["text"] != "":
                return table["text"]
            if "text" in table or not table.keys() - {"text"}:
                self.problems.append(Problem("the text is missing", where, 'text = "…"'))
        elif isinstance(table, str):
            self.problems.append(Problem("expected a table", where, '[fallback], and below it text = "…"'))
        else:
            return table
        return ""

    def variables(self, table: object) -> None:
        if (fault := MESSAGE["variables"].fault(table)) is not None:
            self.problems.append(Problem(fault[0], Place(key="variables"), fault[1]))
        for name, value in table.items() if isinstance(table, dict) else ():
            where = Place(key=f"variables.{name}")
            if not re.fullmatch(r"[^\W\d]\w*", name):
                cure = "a letter or _, then letters, digits and _: " + re.sub(r"^(?=\d)|\W", "_", name)
                self.problems.append(Problem("not the name of a variable", where, cure))
            if not isinstance(value, _VALUES):
                self.problems.append(Problem(f"expected text or a number, found {shown(value)}", where))


def _cure_for(name: str, keys: Mapping[str, Key]) -> str:
    """What to do about a key that is not known where it stands."""
    if name in _MEANT and (_MEANT[name] in keys or (name == "slide" and "slides" in keys)):
        return f"write {_MEANT[name]}"
    if keys is MESSAGE and name in _ELSEWHERE:
        return _ELSEWHERE[name]
    if keys is MESSAGE and name in SLIDE:
        return "it belongs to a slide: put it below [[slides]]"
    if keys is SLIDE and name == "layout":
        return "MMS has one layout for all slides: put it above the first [[slides]]"
    if keys is not MESSAGE and name in MESSAGE:
        return "it belongs to the message: put it above the first [[slides]]"
    return did_you_mean(name, keys, choose_from(keys))


def found_in(folder: Path, name: str) -> Path:
    """The file of that name; of names that differ only in how their accents are composed, the one there is.

    macOS keeps `café.jpg` with the accent as a character of its own, and no editor shows the difference.
    """
    path = folder / name
    try:
        if path.exists() or name.isascii():
            return path
        found = folder
        for step in Path(name).parts:
            found /= step if step.isascii() or (found / step).exists() else _composed_otherwise(found, step)
    except (OSError, ValueError):
        return path
    return found


def _composed_otherwise(folder: Path, step: str) -> str:
    """The one name in a folder that differs from `step` only in how its accents are composed; else `step`."""
    wanted = unicodedata.normalize("NFC", step)
    alike = [one.name for one in folder.iterdir() if unicodedata.normalize("NFC", one.name) == wanted]
    return alike[0] if len(alike) == 1 else step


_ENDINGS = (
    "txt md markdown rst rtf doc docx odt pages htm html pdf csv tsv xls xlsx json xml yaml yml toml"
    " jpg jpeg png gif webp heic mp3 mp4 3gp amr vcf"
)
_FILE_NAME = re.compile(rf"[^\n{{}}<>|?*]{{1,200}}\.(?:{_ENDINGS.replace(' ', '|')})", re.IGNORECASE)


def names_file(text: str) -> bool:
    """Whether a text is the name of a file, as `offer.txt` is: one word, or anything that ends in `.txt`."""
    if not _FILE_NAME.fullmatch(text) or ADDRESS.match(text) or text.lower().startswith("www."):
        return False
    return text.lower().endswith(".txt") or not re.search(r"\s", text)
