"""The text of a `message.toml`: on which line each key stands.

The standard library's `tomllib` reads the values and knows no lines of keys. This module reads any text,
however broken, in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mmspack.problem import Place

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(?P<comment>\#[^\n]*)|(?P<line>\n)|(?P<blank>[ \t\r]+)"""
    r"""|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s"'#\[\]{}=,.]+)|(?P<other>.)""",
    re.DOTALL,
)
_MANY_LINES = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    "'''": re.compile(r".*?'{3,5}", re.DOTALL),
}
_DEEPEST = 50
"""Lists within lists that are looked into."""
_COUNTED = {"slides": "slide", "overlay": "overlay", "attachments": "attachment"}
"""The lists whose items a person counts, and the word for one of them."""
Step = int | str


def place_in(path: Sequence[Step]) -> Place:
    """The place of a path of keys and indices: `("slides", 1, "image")` is slide 2, image.

    Whatever is counted is counted from 1.
    """
    counted: dict[str, Any] = {}
    keys: list[str] = []
    for step in path:
        if isinstance(step, str):
            keys.append(step)
        elif keys and keys[-1] in _COUNTED:
            counted[_COUNTED[keys.pop()]] = step + 1
        elif keys:
            keys[-1] += f", value {step + 1}"
    return Place(**counted, key=".".join(keys))


@dataclass(slots=True)
class Outline:
    """Where things stand in the text."""

    lines: dict[Place, int] = field(default_factory=dict)
    """Line of each key and of each table's head, from 1."""
    twice: dict[int, tuple[Place, int]] = field(default_factory=dict)
    """Lines of keys and tables that stood before, with their place and the line where they stood first."""
    slides: list[int] = field(default_factory=list)
    """Line of the head of each slide."""

    def slide_at(self, line: int) -> int | None:
        """Number of the slide that a line belongs to."""
        return sum(head <= line for head in self.slides) or None


def outline_of(text: str) -> Outline:
    """Where the keys of a TOML text stand, whether it is right or not."""
    return _Outliner(text).read()


class _Outliner:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.found = Outline(lines={Place(key="slides"): 1})
        self.seen: dict[tuple[Step, ...], int] = {}
        self.heads: dict[tuple[Step, ...], int] = {}
        """How often `[[…]]` was written, by path."""

    def read(self) -> Outline:
        inside: tuple[Step, ...] = ()
        while self.at < len(self.tokens):
            kind, text, _ = self.tokens[self.at]
            if kind == "line":
                self.at += 1
            elif text == "[" and kind == "mark":
                inside = self.head()
                self.skip_line()
            else:
                self.pair(inside, 0)
                self.skip_line()
        return self.found

    def peek(self) -> tuple[str, str, int]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", 0)

    def skip_line(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at][0] != "line":
            self.at += 1

    def names(self) -> tuple[list[str], int]:
        """The names of a dotted key, and its line."""
        names, line = [], self.peek()[2]
        while True:
            kind, text, _ = self.peek()
            if kind in ("bare", "text"):
                names.append(text if kind == "bare" else text[1:-1])
            elif text != "." or kind != "mark":
                return names, line
            self.at += 1

    def head(self) -> tuple[Step, ...]:
        """`[table]` or `[[table]]`; the path of what follows."""
        brackets = 0
        while self.peek()[1] == "[" and self.peek()[0] == "mark":
            brackets, self.at = brackets + 1, self.at + 1
        names, line = self.names()
        path: tuple[Step, ...] = ()
        for name in names[:-1]:
            path += (name,)
            if path in self.heads:
                path += (self.heads[path],)
        path += tuple(names[-1:])
        if brackets < 2:
            self.note(path, line)
            return path
        self.found.lines.setdefault(place_in(path), line)
        if path == ("slides",):
            self.found.slides.append(line)
            self.found.lines[Place(key="slides")] = self.found.slides[0]
        self.heads[path] = self.heads.get(path, -1) + 1
        path += (self.heads[path],)
        self.note(path, line)
        return path

    def note(self, path: tuple[Step, ...], line: int) -> None:
        place = place_in(path)
        if path in self.seen:
            self.found.twice[line] = (place, self.seen[path])
        self.seen.setdefault(path, line)
        if place != Place(key="slides"):
            self.found.lines.setdefault(place, line)
        else:
            self.found.lines[place] = line

    def pair(self, inside: tuple[Step, ...], depth: int) -> None:
        names, line = self.names()
        if not names:
            self.at += 1
            return
        path = (*inside, *names)
        self.note(path, line)
        if self.peek()[1] == "=" and self.peek()[0] == "mark":
            self.at += 1
            self.value(path, depth)

    def value(self, path: tuple[Step, ...], depth: int) -> None:
        kind, text, line = self.peek()
        if kind != "mark" or text not in "[{" or depth > _DEEPEST:
            self.at += kind != "line"
            return
        self.at += 1
        index = 0
        while self.peek()[0] != "end":
            kind, mark, line = self.peek()
            if kind == "mark" and mark in "]}":
                self.at += 1
                return
            if kind in ("line", "comment") or (kind == "mark" and mark in ",=."):
                self.at += 1
            elif text == "[":
                item = (*path, index)
                self.found.lines.setdefault(place_in(item), line)
                if path == ("slides",):
                    self.found.slides.append(line)
                self.value(item, depth + 1)
                index += 1
            else:
                self.pair(path, depth + 1)


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """Kind, text and line of each token, without blanks and comments."""
    found: list[tuple[str, str, int]] = []
    at, line, unclosed = 0, 1, set()
    while at < len(text):
        quotes = text[at : at + 3]
        if quotes in _MANY_LINES and quotes not in unclosed:
            match = _MANY_LINES[quotes].match(text, at + 3)
            if match is not None:
                found.append(("text", "", line))
                line += text.count("\n", at, match.end())
                at = match.end()
                continue
            unclosed.add(quotes)  # nor is any that follows: they need not be looked for again
        match = _TOKEN.match(text, at)
        if match is None:  # every character is a token
            break
        kind = str(match.lastgroup)
        if kind not in ("blank", "comment"):
            found.append((kind, match[0], line))
        line += kind == "line"
        at = match.end()
    return found
