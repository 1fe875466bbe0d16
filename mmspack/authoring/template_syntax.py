"""What is wrong with a template that Jinja2 cannot read, in the author's terms: the tag itself, and the cure.

Jinja2 stops at the first mistake and names the parser's tokens. Here each tag is looked at by itself, and
only in a text that Jinja2 has refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmspack.problem import Problem

if TYPE_CHECKING:
    import jinja2

_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OPENING = re.compile(r"\{\{|\{%|\{#")
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_WORDS = re.compile(r"[^\W\d]\w*(?:[ -]+\w+)+")
_NAME = re.compile(r"[^\W\d]\w*")
_CLOSED = frozenset({"if", "for", "macro", "call", "filter", "with", "autoescape"})
"""Tags that another one ends; `set` may stand alone."""
_SHOWN = 40
"""Characters of a tag that a message shows."""


@dataclass(frozen=True, slots=True)
class _Tag:
    text: str
    line: int
    closed: bool

    @property
    def inner(self) -> str:
        return self.text[2:-2].strip("- \n") if self.closed else self.text[2:].strip()

    @property
    def shown(self) -> str:
        one_line = " ".join(self.text.split())
        return repr(one_line if len(one_line) <= _SHOWN else f"{one_line[:_SHOWN]}…")


def syntax_problems(text: str, environment: jinja2.Environment) -> list[Problem]:
    """Every tag of `text` that is wrong; empty for a template that can be read."""
    import jinja2

    if not _OPENING.search(text):
        return []
    try:
        environment.parse(text)
    except jinja2.TemplateSyntaxError as error:
        several = "\n" in text.strip()
        tags = list(_tags(text))
        found = [
            *((tag.line, problem) for tag in tags if (problem := _of_tag(tag, environment)) is not None),
            *((tag.line, problem) for tag, problem in _unpaired(tags)),
        ]
        found.sort(key=lambda one: one[0])
        if not found:
            found = [(error.lineno, Problem(f"cannot be read as a template: {error.message}", cure=_USUAL))]
        return [
            Problem(f"line {line} of it: {problem.what}", cure=problem.cure) if several else problem
            for line, problem in found
        ]
    except (jinja2.TemplateError, RecursionError):  # too long, or too deep: refused where it is compiled
        return []
    return []


_USUAL = "write a place for a value as {{ name }}"


def _tags(text: str) -> Iterator[_Tag]:
    """The tags in order. One that the next begins before its end is not closed."""
    text = _RAW.sub(lambda found: "\n" * found[0].count("\n"), text)
    starts = [found.start() for found in _OPENING.finditer(text)]
    done = 0
    for at, following in zip(starts, [*starts[1:], len(text)], strict=True):
        if at < done:
            continue
        opening = text[at : at + 2]
        end = text.find(_ENDS[opening], at + 2, len(text) if opening == "{#" else following)
        line = text.count("\n", 0, at) + 1
        if end < 0:
            yield _Tag(text[at:following].partition("\n")[0].rstrip(), line, closed=False)
        else:
            done = end + 2
            yield _Tag(text[at:done], line, closed=True)


def _of_tag(tag: _Tag, environment: jinja2.Environment) -> Problem | None:
    """What is wrong with one tag by itself."""
    import jinja2

    opening = tag.text[:2]
    if not tag.closed:
        name = _NAME.match(tag.inner)
        cure = (
            f"write {{{{ {name[0] if name else 'name'} }}}}"
            if opening == "{{"
            else f"end it with {_ENDS[opening]}"
        )
        return Problem(f"{tag.shown} is not closed", cure=cure)
    if opening != "{{":
        return None
    if not tag.inner:
        return Problem(f"{tag.shown} names no value", cure=_USUAL)
    try:
        environment.parse(tag.text)
    except jinja2.TemplateSyntaxError as error:
        if _WORDS.fullmatch(tag.inner):
            return Problem(
                f"{tag.shown}: a name is one word", cure=f"write {{{{ {re.sub(r'[ -]+', '_', tag.inner)} }}}}"
            )
        if re.search("[“”„‟«»‘’‚]", tag.inner):
            return Problem(f"{tag.shown}: curly quotes", cure="write straight ones: \"…\" or '…'")
        return Problem(f"{tag.shown} cannot be read: {error.message}", cure=_USUAL)
    return None


def _unpaired(tags: list[_Tag]) -> Iterator[tuple[_Tag, Problem]]:
    """Blocks without an end, and ends without a block."""
    open_: list[tuple[str, _Tag]] = []
    for tag in tags:
        name = _NAME.match(tag.inner) if tag.closed and tag.text.startswith("{%") else None
        if name is None:
            continue
        if name[0] in _CLOSED:
            open_.append((name[0], tag))
        elif name[0].startswith("end") and name[0] != "endset":
            if open_ and open_[-1][0] == name[0].removeprefix("end"):
                open_.pop()
            else:
                yield (
                    tag,
                    Problem(f"{tag.shown} closes nothing", cure="remove it, or add the tag that it closes"),
                )
    for kind, tag in open_:
        yield tag, Problem(f"{tag.shown} has no end", cure=f"add {{% end{kind} %}}")
