"""Where each node of a presentation stands among its bytes, and its start tag taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, unescape

_TOKEN = re.compile(
    rb"""<!--(?>.*?-->)|<\?(?>.*?\?>)|<!\[CDATA\[(?>.*?\]\]>)
    |</[^>]*+>|<[^"'>]*+(?:"[^"]*+"[^"'>]*+|'[^']*+'[^"'>]*+)*+>|[^<]++""",
    re.DOTALL | re.VERBOSE,
)
"""The tokens of XML that is known to be well-formed and without a DTD (after Cameron's "REX", 1998)."""
_NAME = re.compile(r"[^\s/>]+")
_ATTRIBUTE = re.compile(r"""(\s+)([^\s=]+)(\s*=\s*)("[^"]*"|'[^']*')""")


@dataclass(slots=True)
class Span:
    """Where a node stands, in bytes. Of a comment `start`, `end` and `tail_end` count alone."""

    start: int
    opened: int = 0
    """The end of its start tag."""
    text_end: int = 0
    """The end of the characters before its first child."""
    closing: int = 0
    """The start of its end tag; the end of its start tag where that is both."""
    end: int = 0
    tail_end: int = 0
    """The end of the characters behind it."""


def spans(source: bytes) -> list[Span]:
    """The root and each node in it, comments too, in document order.

    `source` must be UTF-8 that the gate has admitted.
    """
    found: list[Span] = []
    opened: list[Span] = []
    last: Span | None = None
    """The child that ended last: characters that follow are its tail."""
    for token in _TOKEN.finditer(source):
        text, start, end = token[0], token.start(), token.end()
        if text.startswith(b"</"):
            last = opened.pop()
            last.closing, last.end = start, end
        elif text.startswith(b"<![CDATA[") or not text.startswith(b"<"):
            pass
        elif opened or not text.startswith((b"<?", b"<!")):
            last = Span(start, opened=end, text_end=end, closing=end, end=end)
            found.append(last)
            if not text.startswith((b"<?", b"<!")) and not text.endswith(b"/>"):
                opened.append(last)
                last = None
                continue
        if opened and last is None:
            opened[-1].text_end = end
        elif last is not None:
            last.tail_end = end
        if found and not opened:
            break
    return found


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as written, or a declaration of a namespace."""

    blanks: str
    name: str
    equals: str
    quote: str
    raw: str
    """Its value as written, without the quotes."""

    @property
    def declares(self) -> bool:
        """True for `xmlns="..."` and `xmlns:s="..."`."""
        return self.name == "xmlns" or self.name.startswith("xmlns:")

    @property
    def prefix(self) -> str | None:
        """The prefix of its name; None where there is none."""
        return self.name.rpartition(":")[0] or None

    @property
    def value(self) -> str:
        """Its value as a namespace's name has it."""
        return unescape(self.raw, {"&quot;": '"', "&apos;": "'"})

    @property
    def written(self) -> str:
        """As it is in the tag, blanks before it included."""
        return f"{self.blanks}{self.name}{self.equals}{self.quote}{self.raw}{self.quote}"

    def having(self, value: str) -> Attribute:
        """The same with another value."""
        return replace(self, raw=_in_quotes(value, self.quote))

    def named(self, name: str) -> Attribute:
        """The same with another name."""
        return replace(self, name=name)


def new_attribute(name: str, value: str, like: Attribute | None = None) -> Attribute:
    """An attribute that stands and is quoted as another one of its element."""
    blanks, equals, quote = (like.blanks, like.equals, like.quote) if like else (" ", "=", '"')
    return Attribute(blanks, name, equals, quote, _in_quotes(value, quote))


def _in_quotes(value: str, quote: str) -> str:
    marks = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;", quote: "&quot;" if quote == '"' else "&apos;"}
    return escape(value, marks)


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag taken apart."""

    name: str
    """With its prefix."""
    attributes: tuple[Attribute, ...] = ()
    blanks: str = ""
    """Before the end of the tag."""
    empty: bool = True
    """True for `<x/>`."""

    @property
    def prefix(self) -> str | None:
        """The prefix of its name; None where there is none."""
        return self.name.rpartition(":")[0] or None

    @property
    def written(self) -> str:
        """The tag."""
        attributes = "".join(one.written for one in self.attributes)
        return f"<{self.name}{attributes}{self.blanks}{'/' if self.empty else ''}>"


def start_tag(written: str) -> StartTag:
    """The parts of a start tag."""
    name = _NAME.match(written, 1)
    at = name.end() if name else 1
    found = []
    while match := _ATTRIBUTE.match(written, at):
        blanks, called, equals, quoted = match.groups()
        found.append(Attribute(blanks, called, equals, quoted[0], quoted[1:-1]))
        at = match.end()
    empty = written.endswith("/>")
    blanks = written[at : -2 if empty else -1]
    return StartTag(name[0] if name else "", tuple(found), blanks, empty)
