"""What calls say, line by line, to be compared with a file of lines."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from mmspack.errors import MmspackError
from mmspack.words import said_in_shell

HEAD = "msisdn,name,code\n"
Sections = Mapping[str, Callable[[], Iterator[str]]]


def answer(call: Callable[[], Any]) -> list[str]:
    """What a call gives, one line a piece; or the lines of its error."""
    try:
        found = call()
    except MmspackError as error:
        return [f"{type(error).__name__}: {problem}" for problem in error.problems]
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def said(name: str, call: Callable[[], Any]) -> Iterator[str]:
    """What a program gets, and what the command line says where that is something else."""
    lines = answer(call)
    yield from (f"{name}: {line}" for line in lines)
    with said_in_shell():
        there = answer(call)
    yield from (f"{name} (shell): {line}" for line in there if line not in lines)


def written(name: str, content: str | bytes) -> Path:
    path = Path(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def each(*cases: str) -> Callable[[Callable[[str], Iterator[str]]], Callable[[str], Iterator[str]]]:
    """Make a function of a case a section for each of these: small tests are quick, and tell more."""

    def of_cases(call: Callable[[str], Iterator[str]]) -> Callable[[str], Iterator[str]]:
        call.cases = cases  # type: ignore[attr-defined]
        return call

    return of_cases


def sections_of(space: Mapping[str, Any]) -> Sections:
    """The functions `about_...` of a module, by the rest of their names and by their cases."""
    found: dict[str, Callable[[], Iterator[str]]] = {}
    for name, call in space.items():
        if name.startswith("about_"):
            cases = getattr(call, "cases", None)
            named = (
                {name[6:]: call}
                if cases is None
                else {f"{name[6:]}, {one}": partial(call, one) for one in cases}
            )
            found |= named
    return found


def told(call: Callable[[], Iterator[str]]) -> list[str]:
    """The lines of a section, in the present folder."""
    folder = Path.cwd()
    return [
        line.replace(str(folder), ".")
        .replace(folder.name, "folder")
        .replace("\n", "\\n")
        .encode("utf-8", "backslashreplace")
        .decode()
        for line in call()
    ]


def kept(file: Path, name: str) -> list[str]:
    """What a file has of a section."""
    lines = file.read_text("utf-8").split("\n")
    begin = lines.index(f"== {name}") + 1
    end = next((at for at in range(begin, len(lines)) if lines[at].startswith("== ")), len(lines) - 1)
    return lines[begin:end]


def write(file: Path, sections: Sections) -> None:
    """Write all sections, each from a folder of its own."""
    found: list[str] = []
    for name, call in sections.items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            os.environ["MMSPACK_STATE"] = str(Path(folder, "state"))
            found += [f"== {name}", *told(call)]
    file.write_text("".join(f"{line}\n" for line in found), "utf-8")
