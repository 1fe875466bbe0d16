"""Text that is wrapped at words: never inside a name, never inside a number."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

import typer

from mmspack.cli.shell import text_width
from mmspack.words import printable

_NARROWEST = 20
"""Columns below which wrapping makes a text harder to read."""


def wrapped(text: str, width: int | None, *, first: str = "", further: str = "") -> list[str]:
    """`text` in lines of at most `width` columns; None: one line. A word that is longer stays whole."""
    if width is None or not text.strip():
        return [f"{first}{text}".rstrip()]
    return textwrap.wrap(
        text,
        max(_NARROWEST, width),
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def rewrapped(lines: Iterable[str], width: int | None) -> Iterator[str]:
    """Lines that each stay within `width`; what continues a line is indented by two columns more."""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip(" |"))]
        body = line[len(indent) :]
        further = indent if "|" in indent else f"{indent}  "
        yield from wrapped(body, width, first=indent, further=further)


def say(text: str, *, err: bool = False, first: str = "", further: str = "  ") -> None:
    """One paragraph for a person, wrapped at words in a terminal."""
    for line in wrapped(printable(text), text_width(), first=first, further=further):
        typer.echo(line, err=err)


def say_lines(lines: Iterable[str]) -> None:
    """Lines for a person, each wrapped at words in a terminal."""
    for line in rewrapped(lines, text_width()):
        typer.echo(line)
