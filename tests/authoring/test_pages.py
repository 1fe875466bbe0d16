"""What the authoring side makes of many small inputs, page by page as `pages.txt` has it.

After a change: python -m tests.authoring.test_pages, and read what `git diff` says.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image

from mmspack.authoring import bounded, from_source
from mmspack.authoring.bounded import allowance
from mmspack.authoring.compiling import compiled, names_in
from mmspack.authoring.finding import toml_in
from mmspack.authoring.keys import FAMILIES
from mmspack.authoring.loose import from_files, from_folder, paths_of
from mmspack.authoring.mistyping import syntax_problem
from mmspack.authoring.reading import from_toml, names_file, read_toml
from mmspack.authoring.starting import Beginning, FirstSlide, begin, begin_from, starters
from mmspack.authoring.template_syntax import syntax_problems
from mmspack.authoring.templating import _environment, foreign_fields, render_text, variables_of
from mmspack.authoring.toml_text import outline_of
from mmspack.authoring.validating import files_of, missing_files, prove_message
from mmspack.authoring.values import shown
from mmspack.errors import MmspackError
from mmspack.message import Message, Slide
from mmspack.problem import Place, Written
from mmspack.words import printable, said_of_file
from tests.authoring.small import (
    BATTERY,
    BEGINNINGS,
    FOLDERS,
    GIVEN,
    LEFT_OVERS,
    LINES,
    LOOSE,
    MESSAGES,
    NAMES,
    SLIDES,
    SOURCES,
    TEMPLATES,
    TOMLS,
    VALUES,
)
from tests.rules.scenes import photo

TOLD = Path(__file__).with_name("pages.txt")
_DEFAULTS = {key.attribute: repr(key.default) for family in FAMILIES.values() for key in family.values()}
_DECLARED = r"example='[^']*'|python='[^']*'|<function.*?>|most=[\d.]+|0x\w+"


def said(run: Callable[[], object]) -> list[str]:
    """What a call returns, or each problem that it raises."""
    try:
        return [str(run())]
    except MmspackError as error:
        return [f"{type(error).__name__}: {problem}" for problem in error.problems]


def templates() -> Iterator[str]:
    """Each template: what it renders to, what it costs, what it takes, and what is wrong with it."""
    for text in TEMPLATES:
        yield f"# {json.dumps(text, ensure_ascii=False)[:200]}"
        with allowance():
            before = bounded._allowed().steps, bounded._allowed().chars
        rendered = said(lambda text=text: short(render_text(text, VALUES, where="text")))
        assert said(lambda text=text: short(compiled(text, where="text")(VALUES))) == rendered
        yield from rendered
        yield from costs(text, before)
        yield f"takes: {', '.join(sorted(variables_of(text)))}"
        assert names_in(text) <= variables_of(text)
        yield from (f"syntax: {problem}" for problem in syntax_problems(text, _environment()))
        yield from (f"foreign: {problem}" for problem in foreign_fields(text))


def costs(text: str, before: tuple[int, int]) -> Iterator[str]:
    """The steps and the characters of a rendering that ends."""
    try:
        with allowance():
            template = _environment().from_string(text)
            template.render(VALUES)
            left = bounded._allowed()
            yield f"costs: {before[0] - left.steps} steps, {before[1] - left.chars} characters"
    except Exception:  # noqa: BLE001 - what it raises is said above
        return


def short(text: str) -> str:
    return repr(text) if len(text) < 200 else f"{len(text):,} characters that begin with {text[:10]!r}"


def values() -> Iterator[str]:
    """Each kind of value that a key may hold: which values are right, and what is wrong with the others."""
    seen: set[str] = set()
    for family, keys in FAMILIES.items():
        for key in keys.values():
            # Its numbers and its words are declared, and `schema.json` has them.
            kind = re.sub(
                r"example='[^']*'|python='[^']*'|<function.*?>|most=[\d.]+|0x\w+", "", repr(key.holds)
            )
            if kind in seen:
                continue
            seen.add(kind)
            yield f"# {family}, {key.name}"
            yield from faults(key.fault)
    yield "# message, one of attachments"
    yield from faults(FAMILIES["message"]["attachments"].item_fault)


def faults(fault: Callable[[object], tuple[str, str] | None]) -> Iterator[str]:
    """What is said of which values, in the words of TOML and of Python."""
    found: dict[str, list[str]] = {}
    for value in BATTERY:
        with said_of_file(True):
            toml, written = fault(value), shown(value)
        python = fault(value)
        words = "right"
        if toml is not None:
            words = " (".join(toml).replace(written, "…") + ")"
        if python != toml:
            assert python is not None
            words += f"; in Python: {' ('.join(python).replace(shown(value), '…')})"
        found.setdefault(words, []).append(written)
    yield from (f"{words}: {'  '.join(given)}" for words, given in found.items())


def outlines() -> Iterator[str]:
    """Where the keys of a text stand."""
    for text in TOMLS:
        yield f"# {json.dumps(text, ensure_ascii=False)[:200]}"
        found = outline_of(text)
        lines = [f"line {line}: {place}" for place, line in found.lines.items()]
        yield from lines if len(lines) < 40 else (f"{len(lines)} places", *lines[-2:])
        yield from (f"line {line}: {place} as on {first}" for line, (place, first) in found.twice.items())
        yield f"slides: {found.slides} {[found.slide_at(line) for line in (1, 3, 5, 99)]}"


def mistyped() -> Iterator[str]:
    """What is said about a line that is not TOML."""
    for line in LINES:
        yield f"# {json.dumps(line, ensure_ascii=False)[:150]}"
        text = f"[[slides]]\n{line}\n"
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            yield str(syntax_problem(text, error))
        else:
            yield "it is TOML"


def beginnings() -> Iterator[str]:
    """The folders that `init` writes."""
    Path("brought.jpg").write_bytes(photo())
    Path("Süße Blüte (1).JPG").write_bytes(photo())
    Path("words.jpg").write_bytes(b"no picture")
    for at, wanted in enumerate(BEGINNINGS):
        yield f"# {wanted}"
        yield from written(Path(f"sale-{at}"), lambda folder, wanted=wanted: begin(folder, wanted))
    for name in (*starters(), "offr", "nothing"):
        for wanted in (Beginning(), BEGINNINGS[-1]):
            yield f"# {name}: {wanted}"
            folder = Path(f"{name}-{wanted.subject}")
            yield from written(
                folder, lambda folder, name=name, wanted=wanted: begin_from(name, folder, wanted)
            )
    yield "# again, and beside another file"
    yield from written(Path("sale-0"), lambda folder: begin(folder, Beginning()))
    for name in ("picture.jpg", "message.schema.json"):
        Path("other", name).parent.mkdir(exist_ok=True)
        Path("other", name).write_text("mine")
        pictured = Beginning(slides=[FirstSlide()])
        yield from written(Path("other"), lambda folder, pictured=pictured: begin(folder, pictured))
        Path("other", name).unlink()
    yield from written(Path("brought.jpg/sale"), lambda folder: begin(folder, Beginning()))


def written(folder: Path, run: Callable[[Path], tuple[Path, ...]]) -> Iterator[str]:
    made: list[Path] = []
    yield from (line for line in said(lambda: made.extend(run(folder))) if line != "None")
    for path in made:
        name = path.relative_to(folder)
        if path.suffix == ".toml":
            yield f"{name}:"
            yield from (f"| {line}" for line in path.read_text("utf-8").splitlines())
            yield from said(lambda path=path: shape(from_source(path)[0]))
        else:
            yield f"{name}: {path.suffix}"


def shape(message: Message) -> str:
    """Which file or text is in which slide."""
    slides = [
        "+".join(
            f"{name}={Path(value).name if isinstance(value, os.PathLike) else value!r}"
            for name in ("image", "video", "audio", "text", "seconds")
            if (value := getattr(slide, name)) is not None
        )
        for slide in message.slides
    ]
    drawn = [f"{one.text}{one.qr}{one.barcode}" for slide in message.slides for one in slide.overlay]
    files = [Path(one).name for one in message.attachments]
    words = f"{message.subject!r} {message.layout} {slides} {files} {drawn or ''} {message.fallback}"
    return words.rstrip()


def loose() -> Iterator[str]:
    """Loose files and folders: what becomes a slide, and what is left out."""
    for names in LOOSE:
        for name in names:
            if not name.startswith("gone"):
                Path(name).mkdir(exist_ok=True) if name.endswith(".d") else Path(name).write_text("x")
        yield f"# {' '.join(names)}"
        yield from said(lambda names=names: shape(from_files(names, subject="Sale", layout="text-only")))
    for at, names in enumerate(FOLDERS):
        folder = Path(f"folder-{at}")
        folder.mkdir()
        for name in names:
            (folder / name).mkdir() if name.endswith(".d") else (folder / name).write_text("x")
        yield f"# a folder with {' '.join(names) or 'nothing'}"
        yield from said(lambda folder=folder: left_out(*from_folder(folder)))
    for at, names in enumerate(LEFT_OVERS):
        folder = Path(f"left-{at}")
        folder.mkdir()
        for name in names:
            (folder / name).write_text("x")
        yield f"# a folder with {' '.join(names) or 'nothing'}: its message"
        yield from said(lambda folder=folder: toml_in(folder))
    for given in (
        5,
        None,
        [5],
        ["a.jpg", None],
        b"a.jpg",
        "a.jpg",
        Path("a.jpg"),
        ("a.jpg", Path("b.jpg")),
        [],
    ):
        yield f"# paths of {given!r}"
        yield from said(lambda given=given: [path.name for path in paths_of(given)])


def messages() -> Iterator[str]:
    """What is wrong with messages that a program makes, in its words and in those of a file."""
    Path("work").mkdir()
    os.chdir("work")
    folder_of_files()
    one = [Message(slides=[Slide(text="first"), slide]) for slide in SLIDES]
    for message in (*one, *MESSAGES):
        yield f"# {without_defaults(message.slides[1] if message in one else message)}"
        yield from said(lambda message=message: prove_message(message))
        if isinstance(message, Message):
            yield from (f"missing: {problem}" for problem in missing_files(message))
            yield from (f"file: {where}: {path}" for where, path in files_of(message))
            told = replace(
                message, written=Written("message.toml", {Place(slide=2): 7, Place(key="slides"): 3})
            )
            yield from (
                f"written: {line}" for line in said(lambda told=told: prove_message(told)) if line != "None"
            )


def without_defaults(value: object) -> str:
    """What was given to a message, a slide or an overlay."""
    if isinstance(value, tuple):
        return f"({', '.join(map(without_defaults, value))})"
    if not is_dataclass(value):
        return value.as_posix() if isinstance(value, Path) else repr(value)
    given = {one.name: getattr(value, one.name) for one in fields(value)}
    words = [
        f"{name}={without_defaults(one)}"
        for name, one in given.items()
        if one not in ((), {}, None, "") and repr(one) != _DEFAULTS.get(name)
    ]
    return f"{type(value).__name__}({', '.join(words)})"


def folder_of_files() -> None:
    """Files that messages name, in the present folder."""
    Image.new("RGB", (24, 16), "teal").save("map.png")
    for name in ("clip.mp4", "hello.mp3", "shop.vcf", "run.py", "odd", "map.xyz"):
        Path(name).write_bytes(b"x")
    for name in ("hello.txt", "hello.md"):
        Path(name).write_text("Hello {{ name }}\n")
    Path("latin.txt").write_bytes(b"Hello\n\ncaf\xe9")
    Path("sub").mkdir()
    Path("sub", "inner.png").write_bytes(Path("map.png").read_bytes())


def sources() -> Iterator[str]:
    """What is read of a message.toml, and what is said about one that cannot be read."""
    Image.new("RGB", (24, 16), "teal").save("other.png")
    Path("work").mkdir()
    os.chdir("work")
    for name, data in SOURCES:
        folder = Path("made") / name.replace(" ", "-")
        folder.mkdir(parents=True)
        with contextlib.chdir(folder):
            folder_of_files()
            Image.new("RGB", (24, 16), "teal").save("cafe\u0301.png")
        (folder / "message.toml").write_bytes(data)
        yield f"# {name}"
        found: list[list[str]] = []
        for given in GIVEN:
            lines = said(lambda folder=folder, given=given: shape(from_source(folder, given)[0]))
            found += [lines] if lines not in found else []
        yield from chain.from_iterable(found)
    plain, defaults = Path("made/plain/message.toml"), Path("made/defaults/message.toml")
    yield "# by path, with values, and with files from elsewhere"
    yield from said(lambda: shape(from_toml(plain, {"name": "Ada"})))
    yield from said(lambda: shape(from_toml(defaults)))
    yield from said(lambda: shape(from_toml(defaults, {"name": "Ada", "other": 5})))
    yield from said(lambda: read_toml(defaults)[1])
    yield from said(lambda: shape(from_source([plain], {"name": "Ada"})[0]))
    yield from said(lambda: shape(from_source(str(plain), None)[0]))
    yield from said(lambda: shape(from_toml("gone.toml")))
    every = dict.fromkeys(("zero", "one", "two", "three", "four", "five", "six"), "x")
    yield from said(lambda: shape(from_toml("made/templates/message.toml", every)))
    yield from said(lambda: shape(from_toml("made/templates/message.toml", {**every, "seven": 7})))
    outside = Path("made/outside")
    for allowed in (False, True):
        yield from said(
            lambda allowed=allowed: noted(from_toml(outside / "message.toml", allow_outside=allowed))
        )
        yield from said(lambda allowed=allowed: noted(from_source(outside, allow_outside=allowed)[0]))
    (Path("made/bare")).mkdir()
    Path("made/bare/a.png").symlink_to(Path("../../../other.png"))
    Path("made/bare/notes.xyz").write_text("x")
    for allowed in (False, True):
        yield from said(lambda allowed=allowed: noted(from_source("made/bare", allow_outside=allowed)[0]))
    yield from said(lambda: [path.name for path in from_source("made/bare", allow_outside=True)[1]])
    yield from said(
        lambda: shape(from_source(["made/plain/map.png", "made/plain/hello.txt"], {"name": "Ada"})[0])
    )
    yield from said(
        lambda: shape(from_source(["made/plain/map.png", "made/plain/hello.txt"], {"nam": "Ada"})[0])
    )
    yield from said(lambda: shape(from_source(["made/plain/map.png", "made/plain/hello.txt"], 5)[0]))
    yield from said(lambda: shape(from_source([])[0]))
    yield "# names of files"
    yield from (f"{text!r}: {names_file(text)}" for text in NAMES)


def noted(message: Message) -> str:
    """Its shape, and the files from elsewhere."""
    outside = message.written.outside if message.written else ()
    return f"{shape(message)} {[Path(one).name for one in outside]}"


def left_out(message: Message, files: tuple[Path, ...]) -> str:
    return f"{shape(message)} without {[path.name for path in files]}"


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "templates": templates, "values": values, "outlines": outlines, "mistyped": mistyped,
    "beginnings": beginnings, "loose": loose, "messages": messages, "sources": sources,
}  # fmt: skip
SLOW = ("templates", "beginnings")


def page_of(name: str) -> list[str]:
    """The lines of a page, each without anything that a terminal would take as an order."""
    return [printable(line) for line in PAGES[name]()]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in PAGES]
)
def test_a_page_is_as_it_was_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = TOLD.read_text("utf-8").splitlines()
    begin = lines.index(f"== {name}") + 1
    end = next((at for at in range(begin, len(lines)) if lines[at].startswith("== ")), len(lines))
    assert page_of(name) == lines[begin:end]


if __name__ == "__main__":
    made = []
    for name in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            made += [f"== {name}", *page_of(name)]
    TOLD.write_text("".join(f"{line}\n" for line in made), "utf-8")
