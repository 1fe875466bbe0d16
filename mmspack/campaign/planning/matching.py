"""The message of a campaign, and which column of a table fills which of its variables."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import replace
from pathlib import Path

from mmspack.authoring.compiling import names_in
from mmspack.authoring.finding import FILE_NAME
from mmspack.authoring.reading import read_toml
from mmspack.authoring.templating import text_of
from mmspack.authoring.validating import prove_message
from mmspack.campaign.build.drawing import templates_of
from mmspack.campaign.planning.read_tables import columns_of, columns_twice
from mmspack.errors import AuthoringError, UsageError, written_in
from mmspack.message import Message
from mmspack.problem import Place, Problem, place_of
from mmspack.words import choose_from, did_you_mean, either

_TOLD = 12
"""Columns that are named where none fits."""


def template_of(source: Path | Message, *, allow_outside: bool = False) -> tuple[Message, dict[str, object]]:
    """A message with its templates unfilled and its text files read, and the `[variables]` of its file."""
    variables: dict[str, object] = {}
    if isinstance(source, Message):
        message = source
        prove_message(message)
    else:
        toml = source / FILE_NAME if source.is_dir() else source
        if is_zip(toml):
            raise UsageError(
                "a bundle, whose texts are filled in", where=toml, hint="name the message's folder"
            )
        message, variables = read_toml(toml, allow_outside=allow_outside)
    with written_in(message.written):
        slides = tuple(
            replace(slide, text=text_of(slide, where=Place(slide=at + 1, key="text")))
            for at, slide in enumerate(message.slides)
        )
    return replace(message, slides=slides), variables


def matched_columns(message: Message, table: Path, defaults: Container[str]) -> dict[str, str]:
    """The template's variables that the table has, with the columns they are in.

    `First name` matches `first_name`. Raises `AuthoringError` for every variable without a column or a value.
    """
    columns = columns_of(table)
    by_name = {_folded(column): column for column in columns} | {column: column for column in columns}
    wanted = sorted(set().union(*(names_in(text) for text in templates_in(message))))
    for name in wanted:
        alike = [column for column in columns if _folded(column) == _folded(name)]
        if len(alike) > 1:
            both = " and ".join(map(repr, alike))
            raise AuthoringError(f"the columns {both} both match {{{{ {name} }}}}", where=table)
    found = {name: by_name.get(name) or by_name.get(_folded(name)) for name in wanted}
    problems = []
    twice = columns_twice(table)
    for name, column in found.items():
        if column in twice:
            what = f"the column {column!r} occurs twice"
            problems.append(Problem(what, place_of(table), "rename the one that the message does not use"))
        if column is None and name not in defaults:
            all_alike = either(f"--set {name}=…", f"values={{{name!r}: …}}")
            there = f"{choose_from(columns[:_TOLD])}{' …' * (len(columns) > _TOLD)}"
            cure = did_you_mean(
                _folded(name), map(_folded, columns), f"{there}; {all_alike} gives everybody the same"
            )
            what = f"no column for {{{{ {name} }}}}"
            problems.append(Problem(what, place_of(table), cure))
    if problems:
        raise AuthoringError(problems=problems)
    return {name: column for name, column in found.items() if column is not None}


def templates_in(message: Message) -> Iterator[str]:
    """The templates of a message whose text files have been read."""
    yield message.subject
    yield message.fallback
    for slide in message.slides:
        if isinstance(slide.text, str):
            yield slide.text
        yield from templates_of(slide.overlay)


def is_zip(path: Path) -> bool:
    """Whether a file is a zip, by its first bytes."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PK\3\4"
    except OSError:
        return False


def _folded(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip()).casefold()
