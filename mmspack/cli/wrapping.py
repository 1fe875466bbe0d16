"""Text that is wrapped at words: never inside a name, never inside a number."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

import typer

from mmspack.cli.shell import text_width
from mmspack.words import printable

_JOINED = "\ue000"
"""In place of a blank inside of a name while a text is wrapped: a private character, which no text has."""
_NARROWEST = 20
"""Columns below which wrapping makes a text harder to read."""


def wrapped(
    text: str, width: int | None, *, first: str = "", further: str = "", names: Iterable[str] = ()
) -> list[str]:
    """`text` in lines of at most `width` columns; None: one line.

    A word that is longer stays whole, and so does each of `names`, blanks in it or not.
    """
    if width is None or not text.strip():
        return [f"{first}{text}".rstrip()]
    for name in names:
        text = text.replace(name, name.replace(" ", _JOINED))
    lines = textwrap.wrap(
        text,
        max(_NARROWEST, width),
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_JOINED, " ") for line in lines]


def rewrapped(lines: Iterable[str], width: int | None) -> Iterator[str]:
    """Lines that each stay within `width`; what continues a line is indented by two columns more."""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip(" |"))]
        body = line[len(indent) :]
        further = indent if "|" in indent else f"{indent}  "
        yield from wrapped(body, width, first=indent, further=further)


def say(
    text: str, *, err: bool = False, first: str = "", further: str = "  ", names: Iterable[str] = ()
) -> None:
    """One paragraph for a person, wrapped at words in a terminal; none of `names` is broken."""
    for line in wrapped(printable(text), text_width(), first=first, further=further, names=names):
        typer.echo(line, err=err)


def say_lines(lines: Iterable[str]) -> None:
    """Lines for a person, each wrapped at words in a terminal."""
    for line in rewrapped(lines, text_width()):
        typer.echo(line)
