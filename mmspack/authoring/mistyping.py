"""What a person has mistyped in a `message.toml` that is not TOML: the line, the mistake and the cure.

`tomllib` says what the grammar missed, not what the author meant. Each kind of mistake that people make is a
function of the line here, and reads it in one pass.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from mmspack.authoring.amounts import plain_number
from mmspack.authoring.toml_text import outline_of
from mmspack.problem import Place, Problem

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
"""How `tomllib` says where; from Python 3.14 on the error has `lineno` besides."""
_MANY = ('"""', "'''")
_LONGEST_TEXT = 50
"""Lines that are looked through for the end of a text."""
_SHOWN = 40
_NOTHING = ("null", "none", "nil", "undefined")
_ANY_TEXT = '"…"'
_SUCH_AS = {
    **dict.fromkeys(("seconds", "text_seconds", "start", "end", "weight"), "5"),
    **dict.fromkeys(("min_quality",), "40"),
    **dict.fromkeys(("keep", "still", "mute", "poster"), "true"),
}
"""Values for keys that take no text."""
_ENDS = "\"'“”’»"
"""Quotes at the end of a text that has none at its beginning."""
_KEY = r"\s*(?P<key>[\w-]+)\s*"
_EXAMPLE = 'such as text = "…"'
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[-+]?[\w.]+|\[[^\]]*\])"""
"""A value that is complete on its line."""
_SEVERAL_LINES = "a text of several lines has three quotes on each side"
_CURLY = "“”„‟«»‘’‚"
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
_ODD = re.compile("[\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]")
"""Blanks that are none to TOML, and characters that nobody sees; they come along when a text is copied."""
_OF_OTHERS = (
    (
        "<<<<<<<",
        "a conflict of two versions that nobody has settled",
        "keep one of them, and remove the marks",
    ),
    (
        "=======",
        "a conflict of two versions that nobody has settled",
        "keep one of them, and remove the marks",
    ),
    (
        ">>>>>>>",
        "a conflict of two versions that nobody has settled",
        "keep one of them, and remove the marks",
    ),
    ("```", "a mark of Markdown, not TOML", "remove the line"),
    ("{", "JSON, not TOML", 'a line is a key and its value: text = "…"'),
    ("- ", "YAML, not TOML", 'each slide begins with [[slides]], and then text = "…"'),
)
"""How lines begin that belong to another language, and what to do with them."""
_PATHS = ("image", "video", "audio", "font", "file")
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
        or (_odd(wrong) or _bracketed(wrong, lines[: line - 1]) or _keyless(wrong))
        or ("", f"not TOML: {reason[:1].lower()}{reason[1:]}", f"a line is a key and its value, {_EXAMPLE}")
    )
    return Problem(what, Place(line=line, slide=outline.slide_at(line), key=key), cure)


def _twice(place: Place, line: int, first: int) -> Problem:
    if place.key == "slides" and place.slide is None:
        return Problem("[slides] twice", Place(line=line), "write [[slides]], with two brackets")
    cure = "remove one of them" + (", or begin another [[slides]]" if place.slide else "")
    where = Place(line=line, slide=place.slide, overlay=place.overlay, key=place.key)
    return Problem(f"already set on line {first}", where, cure)


def _odd(line: str) -> tuple[str, str, str] | None:
    """A character that nobody sees, or a line of another language."""
    bare = _QUOTED.sub("", line)
    if found := _ODD.search(bare):
        return (
            "",
            f"an invisible character (U+{ord(found[0]):04X})",
            "remove it, or type a blank in its place",
        )
    if "\uff1d" in bare and "=" not in bare:
        return "", "a wide equals sign (U+FF1D)", "write ="
    for begins, what, cure in _OF_OTHERS:
        if line.lstrip().startswith(begins):
            return "", what, cure
    return None


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


def _bracketed(line: str, above: Sequence[str]) -> tuple[str, str, str] | None:
    """A head, `[table]` or `[[table]]`, with brackets that do not match or with something behind it."""
    found = re.match(r"\s*\[[\[\s]*(?P<name>[\w.-]+)\s*(?P<end>\]*)\s*(?P<rest>.*)$", line)
    if not found:
        return None
    listed = found["name"] in ("slides", "slides.overlay")
    right = f"[[{found['name']}]]" if listed else f"[{found['name']}]"
    if found["rest"] and not found["rest"].startswith("#"):
        cure = "remove it" if found["rest"] in (";", ",", ".") else "put it on a line of its own"
        return "", f"{found['rest']!r} follows {right}", cure
    if line.strip() == right:
        single = rf"\s*\[\s*{re.escape(found['name'])}\s*\]\s*(?:#.*)?$"
        once = next((at for at, other in enumerate(above, 1) if re.match(single, other)), None)
        if once is not None:
            return "", f"{right} here, but [{found['name']}] on line {once}", f"write {right} there"
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
    if found := re.match(_KEY + rf"=\s*[{_CURLY}]", line):
        return found["key"], "curly quotes", f'straight ones: {found["key"]} = "…"'
    if found := re.match(_KEY + r":(?:\s|$)", line):
        slides = found["key"].lower() in ("slides", "slide")
        cure = "write [[slides]]" if slides else f'write = : {found["key"]} = "…"'
        return found["key"], "a colon after the key", cure
    if not (found := re.match(_KEY + r"=\s*(?P<value>.*?)\s*$", line)):
        return None
    key, value = found["key"], found["value"]
    if value[:1].isalnum():  # in quotes and lists a # may be meant, and so is that of "Sale #1"
        value = re.sub(r"\s+#(?:\s.*)?$", "", value)
    return _mispunctuated(key, value) or _misvalued(key, value) or _misquoted(key, value)


def _mispunctuated(key: str, value: str) -> tuple[str, str, str] | None:
    """A mark in or around a value that TOML does not have there."""
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
    return None


def _misvalued(key: str, value: str) -> tuple[str, str, str] | None:
    """A value that is not closed, or is none."""
    if value.startswith(_MANY) and value.count(value[:3]) == 1:
        return key, "the text is not closed", f"end it with {value[:3]}"
    if value[:1] in ("'", '"') and value[-1] in _CURLY and value.count(value[0]) == 1:
        return key, "a curly quote at the end", f"a straight one: {key} = {value[:-1]}{value[0]}"
    if value.startswith('"') and re.fullmatch(r'"(?:[^"\\]|\\.)*', value):
        return key, "the quote is not closed", f'end the text with "; {_SEVERAL_LINES}'
    if value.startswith("'") and "'" not in value[1:]:
        return key, "the quote is not closed", f"end the text with '; {_SEVERAL_LINES}"
    if "\\" in value and value.startswith('"') and (plain := _joined(value)) != value:
        return key, "half a character after each backslash", f"the character itself: {key} = {plain}"
    if "\\" in value and value.startswith('"'):
        right = _slashed(value) if key in _PATHS else _unescaped(value)
        words = "write / for it" if key in _PATHS else "without it, or with two"
        return key, "a backslash in quotes begins an escape", f"{words}: {key} = {right}"
    if number := re.match(r"[-+]?\d[\d_]*(?:\.\d+)?", value):
        unit = value[number.end() :].strip()
        if unit and not unit.startswith("#"):
            return key, f"{value!r} is not a number", f"without {unit!r}: {key} = {plain_number(value)}"
        if re.match(r"[-+]?0\d", value):
            return key, "a number begins with 0", f"{key} = {plain_number(number[0])}"
    if value.startswith("[") and "]" not in value:
        return key, "the list is not closed", "end it with ]"
    if re.match(r"\{\s*[\w-]+\s*:", value):
        return key, "a colon after the key", f"write = : {key} = {value.replace(':', ' =', 1)}"
    if not value or value.startswith("#"):
        return key, "there is no value", f"such as {key} = {_SUCH_AS.get(key, _ANY_TEXT)}"
    if value.lower() in _NOTHING:
        return key, f"{value!r} is not a value", "remove the line, or write the word in quotes"
    if value.lower() in _TRUTHS:
        return key, f"{value!r} is not a value", f"{key} = {_TRUTHS[value.lower()]}"
    if re.match(r"[^\W\d]", value):
        return key, "a text without quotes", f'{key} = "{value.rstrip(_ENDS)}"'
    return None


def _misquoted(key: str, value: str) -> tuple[str, str, str] | None:
    """A text whose quotes end it too early."""
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


def _joined(value: str) -> str:
    """With each pair of halves, as programs write what is beyond U+FFFF, as one character."""

    def whole(match: re.Match[str]) -> str:
        high, low = int(match[1], 16), int(match[2], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)

    return re.sub(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})", whole, value)


def _unescaped(value: str) -> str:
    """Without backslashes before punctuation, which need none, and with two for each of the others."""
    return re.sub(r"\\(?=[\w ])", r"\\\\", re.sub(r"\\(?=[^\w\s\"\\])", "", value))


def _slashed(value: str) -> str:
    return re.sub(r"\\+", "/", value)
