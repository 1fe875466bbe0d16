"""MMS449: what was written for a browser, a program or a mail, and appears in a text unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from mmspack.bundle.opened import Opened
from mmspack.model import Severity
from mmspack.rules.declaring import Hit, Needs, Reads, Remains, rule
from mmspack.rules.slips import MOST_READ
from mmspack.rules.sources import OURS
from mmspack.rules.texts import texts

_ENTITY = re.compile(r"&(#\d{2,6}|#x[0-9A-Fa-f]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ESCAPES = (
    ("HTML", re.compile(r"</?(?:p|br|b|i|em|strong|div|span|html|body|ul|li|h[1-6])\s*/?>|<a\s+href=", re.I)),
    ("an escape sequence of programming languages", re.compile(r"\\u[0-9A-Fa-f]{4}")),
    # A path of Windows has the same characters: C:\new, \\server\names.
    (
        "an escape sequence of programming languages",
        re.compile(
            r"(?<!\S)(?![A-Za-z]:\\|\\\\)\S*?(\\r\\n|\\[nrt]|(?<=\w)\\['\u2019](?=\w)|\\\"|\\x[89a-f][0-9a-f])"
        ),
    ),
    ("an encoded word of e-mail", re.compile(r"=\?[\w-]{2,40}\?[bq]\?", re.I)),
    ("an escape sequence of e-mail", re.compile(r"(?:=[89A-F][0-9A-F]){2}")),
)


@rule(
    "MMS449",
    title="Text contains escapes that phones do not decode",
    severity=Severity.WARNING,
    source=OURS,
    reason="A text part is shown character by character: &amp; stays &amp;, and <b> is not bold. "
    "Usually this comes from an export.",
    fix="Write the characters themselves, in UTF-8.",
    bad="Fish &amp; chips",
    good="Fish & chips",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
    only_if=r"[&<\\=]",
    only_with=("&", "<", "\\", "="),
    yields_to=("MMS401", "MMS454"),
)
def _escapes(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        text = (part.text or "")[:MOST_READ]
        found = [
            (match.start(match.lastindex or 0), match[match.lastindex or 0], whose)
            for whose, form in _ESCAPES
            if (match := form.search(text))
        ]
        entity = next((match for match in _ENTITY.finditer(text) if _is_html(match[1])), None)
        if entity is not None:
            found.append((entity.start(), entity[0], "HTML"))
        if found:
            start, words, whose = min(found)
            line = text.count("\n", 0, start) + 1
            yield Hit(f"{part.name!r} contains {words!r}, which is {whose}", part=part.name, line=line)


def _is_html(name: str) -> bool:
    """True for a number, and for a name that HTML has (its section 13.5)."""
    return name.startswith("#") or f"{name};" in html5
