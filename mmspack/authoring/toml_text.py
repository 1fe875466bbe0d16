"""The text of a `message.toml`: on which line each key stands, and what a person has mistyped.

The standard library's `tomllib` reads the values. It knows no lines of keys, and says of a mistake what the
grammar missed, not what the author meant: this module adds both. It reads any text, however broken, in one
pass.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mmspack.problem import Place, Problem

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


# -- mistakes -------------------------------------------------------------------------------------

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
"""How `tomllib` says where; from Python 3.14 on the error has `lineno` besides."""
_MANY = ('"""', "'''")
_LONGEST_TEXT = 50
"""Lines that are looked through for the end of a text."""
_SHOWN = 40
_KEY = r"\s*(?P<key>[\w-]+)\s*"
_EXAMPLE = 'such as text = "…"'
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[-+]?[\w.]+|\[[^\]]*\])"""
"""A value that is complete on its line."""
_SEVERAL_LINES = "a text of several lines has three quotes on each side"
_TRUTHS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


def syntax_problem(text: str, error: tomllib.TOMLDecodeError) -> Problem:
    """A text that is not TOML: the line, what was mistyped there, and the cure."""
    said = _POSITION.search(str(error))
    last = text.rstrip().count("\n") + 1
    line = getattr(error, "lineno", None) or int((said and said[1]) or last)
    outline = outline_of(text)
    reason = _POSITION.sub("", str(error))
    twice = outline.twice.get(line)
    if twice is not None:
        return _twice(twice[0], line, twice[1])
    lines = text.split("\n")
    line = min(line, len(lines))
    # What is never closed is noticed at the end; the mistake is where it was opened.
    opened = next((at for at in range(line, 0, -1) if '"""' in lines[at - 1]), line)
    if said is not None and said[1] is None:
        line = opened
    wrong = lines[line - 1]
    key, what, cure = (
        (_runs_on(wrong, lines[line:]) or _mistyped(wrong))
        or (_bracketed(wrong) or _keyless(wrong))
        or ("", f"not TOML: {reason[:1].lower()}{reason[1:]}", f"a line is a key and its value, {_EXAMPLE}")
    )
    return Problem(what, Place(line=line, slide=outline.slide_at(line), key=key), cure)


def _twice(place: Place, line: int, first: int) -> Problem:
    if place.key == "slides" and place.slide is None:
        return Problem("[slides] twice", Place(line=line), "write [[slides]], with two brackets")
    cure = "remove one of them" + (", or begin another [[slides]]" if place.slide else "")
    where = Place(line=line, slide=place.slide, overlay=place.overlay, key=place.key)
    return Problem(f"already set on line {first}", where, cure)


def _runs_on(line: str, following: Sequence[str]) -> tuple[str, str, str] | None:
    """A text in single quotes that goes on in the next lines, up to one that ends with its quote."""
    found = re.match(_KEY + r"=\s*(?P<quote>[\"'])(?P<text>.*)$", line)
    if not found or found["quote"] in re.sub(r"\\.", "", found["text"]):
        return None
    for later in following[:_LONGEST_TEXT]:
        if re.match(r"\s*(?:\[|[\w-]+\s*=)", later):
            return None
        if later.rstrip().endswith(found["quote"]):
            quotes = found["quote"] * 3
            cure = f"three quotes on each side: {found['key']} = {quotes}…{quotes}"
            return found["key"], "the text goes on in the next line", cure
    return None


def _bracketed(line: str) -> tuple[str, str, str] | None:
    """A head, `[table]` or `[[table]]`, with brackets that do not match or with something behind it."""
    found = re.match(r"\s*\[[\[\s]*(?P<name>[\w.-]+)\s*(?P<end>\]*)\s*(?P<rest>.*)$", line)
    if not found:
        return None
    listed = found["name"] in ("slides", "slides.overlay")
    right = f"[[{found['name']}]]" if listed else f"[{found['name']}]"
    if found["rest"] and not found["rest"].startswith("#"):
        return "", f"{found['rest']!r} follows {right}", "put it on a line of its own"
    if line.strip() == right:
        return "", "a list above is not closed", "end it with ]"
    return "", "the brackets do not match", f"write {right}"


def _keyless(line: str) -> tuple[str, str, str] | None:
    """A line without its `=`, or without a key at all."""
    # A key ends where blanks or a quote begin: were it cut anywhere, a long line would take for ever.
    if found := re.match(rf"""\s*(?P<key>[\w-]+)(?:\s+|(?=["']))(?P<value>{_VALUE})\s*$""", line):
        quoted = found["value"][0] in "\"'"
        if quoted or found["value"][0].isdigit():
            return found["key"], "the = is missing", f"{found['key']} = {found['value']}"
    if line.lstrip().startswith("="):
        return "", "the key is missing", _EXAMPLE
    if re.match(r"\s*(?://|--|;|/\*)", line):
        return "", "not a comment", "a comment begins with #"
    if line.strip() and "=" not in line:
        return "", f"{_shortened(line.strip())!r} has no key", f"{_EXAMPLE}; {_SEVERAL_LINES}"
    return None


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _mistyped(line: str) -> tuple[str, str, str] | None:
    """Key, mistake and cure of a line that is not TOML; None: nothing that people often mistype."""
    if found := re.match(_KEY + r"=\s*[“”„‟«»‘’‚]", line):
        return found["key"], "curly quotes", f'straight ones: {found["key"]} = "…"'
    if found := re.match(_KEY + r":(?:\s|$)", line):
        return found["key"], "a colon after the key", f'write = : {found["key"]} = "…"'
    if not (found := re.match(_KEY + r"=\s*(?P<value>.*?)\s*$", line)):
        return None
    key, value = found["key"], found["value"]
    if value[:1].isalnum():  # in quotes and lists a # may be meant, and so is that of "Sale #1"
        value = re.sub(r"\s+#(?:\s.*)?$", "", value)
    if found := re.match(r"(\d+),(\d+)\s*(?:#.*)?$", value):
        return key, "a comma in a number", f"{key} = {found[1]}.{found[2]}"
    if re.match(r"\d+:\d+\b", value):
        return key, "a text without quotes", f'{key} = "{value}"'
    if (found := re.match(rf"({_VALUE})\s*([,;]|//|--)(?=\s*(.?))", value)) and not value.startswith(_MANY):
        right = f"{key} = {found[1]}"
        if found[2] in ",;":
            more = ", and give what follows a line of its own" if found[3] not in ("", "#") else ""
            return key, f"{found[2]!r} after the value", f"remove it: {right}{more}"
        return key, f"{found[2]!r} after the value", f"a comment begins with #: {right}"
    if value.startswith(("=", ">")):
        return key, f"'={value[0]}' after the key", f"one = only: {key} = {value.lstrip('=> ')}"
    if value.startswith(_MANY) and value.count(value[:3]) == 1:
        return key, "the text is not closed", f"end it with {value[:3]}"
    if value.startswith('"') and re.fullmatch(r'"(?:[^"\\]|\\.)*', value):
        return key, "the quote is not closed", f'end the text with "; {_SEVERAL_LINES}'
    if value.startswith("'") and "'" not in value[1:]:
        return key, "the quote is not closed", f"end the text with '; {_SEVERAL_LINES}"
    if "\\" in value and value.startswith('"'):
        return key, "a backslash in quotes begins an escape", f"write / for it: {key} = {_slashed(value)}"
    if number := re.match(r"[-+]?\d[\d_]*(?:\.\d+)?", value):
        unit = value[number.end() :].strip()
        if unit and not unit.startswith("#"):
            return key, f"{value!r} is not a number", f"without {unit!r}: {key} = {number[0]}"
    if value.startswith("[") and "]" not in value:
        return key, "the list is not closed", "end it with ]"
    if re.match(r"\{\s*[\w-]+\s*:", value):
        return key, "a colon after the key", f"write = : {key} = {value.replace(':', ' =', 1)}"
    if not value or value.startswith("#"):
        return key, "there is no value", f'such as {key} = "…"'
    if value.lower() in _TRUTHS:
        return key, f"{value!r} is not a value", f"{key} = {_TRUTHS[value.lower()]}"
    if re.match(r"[^\W\d]", value):
        return key, "a text without quotes", f'{key} = "{value}"'
    if found := re.fullmatch(r"""(["'])([^"']*)\1\s+\1([^"']*)\1""", value):
        return (
            key,
            "two texts after one another",
            f"one text: {key} = {found[1]}{found[2]} {found[3]}{found[1]}",
        )
    if re.match(r'"[^"]*"\S', value) or re.match(r"'[^']*'\S", value):
        return key, "a quote inside the text ends it", 'three quotes on each side: """…"""'
    if found := re.match(r"""("[^"]*"|'[^']*')\s+([^\s#][^#]*)""", value):
        return (
            key,
            f"{_shortened(found[2].strip())!r} after the text",
            f"put it into the quotes, or remove it: {key} = {found[1]}",
        )
    return None


def _slashed(value: str) -> str:
    return re.sub(r"\\+", "/", value)
