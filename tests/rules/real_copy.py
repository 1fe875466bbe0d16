"""Real short texts in many languages: the translations that Debian's packages ship as gettext catalogues.

Programs' messages are not advertisements, but they are what people wrote, in 169 languages, with the names,
numbers, brackets, quotes and addresses of ordinary copy. A message whose English original has a place for a
value or an escape (`%s`, `{name}`, `<b>`, `&amp;`) is left out: there it is meant.
"""

from __future__ import annotations

import functools
import re
import struct
from collections.abc import Iterator
from pathlib import Path

CATALOGUES = Path("/usr/share/locale")
_PLACE = re.compile(
    r"%[-#0-9.*l( %]*[a-zA-Z%]|[{$\\]|<[a-zA-Z/]|@[A-Z]|«|[a-z]_[a-z]|NULL|null|FIXME|XXX|&#?\w+;"
)
_SHORTEST, _LONGEST = 20, 300
_EACH = 600
"""Texts of a language, spread evenly over all that it has: else four languages would be half of the set."""


@functools.cache
def texts() -> tuple[tuple[str, str], ...]:
    """Language and text, in a steady order; empty where the machine has no catalogues."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/*.mo")):
        of_language = found.setdefault(path.parts[-3], {})
        of_language.update(dict.fromkeys(_of_catalogue(path.read_bytes())))
    return tuple(
        (language, text)
        for language, every in sorted(found.items())
        for text in list(every)[:: max(1, len(every) // _EACH)]
    )


def _of_catalogue(data: bytes) -> Iterator[str]:
    """The translations of one `.mo` file in UTF-8 (the format is described in gettext's manual)."""
    magic = data[:4]
    if magic not in (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"):
        return
    order = "<" if magic == b"\xde\x12\x04\x95" else ">"
    number, originals, translations = struct.unpack_from(f"{order}3I", data, 8)
    for at in range(number):
        pair = []
        for table in (originals, translations):
            length, start = struct.unpack_from(f"{order}2I", data, table + 8 * at)
            pair.append(data[start : start + length].split(b"\0")[0])
        if not pair[0] and b"charset=utf-8" not in pair[1].lower():
            return
        if pair[0] and len(pair[1]) >= _SHORTEST and _is_plain(pair[0]):
            text = pair[1].decode("utf-8", "replace")
            if _SHORTEST <= len(text) <= _LONGEST:
                yield text.strip()


@functools.cache
def _is_plain(original: bytes) -> bool:
    """Whether it has no place for a value; asked once for all languages."""
    return not _PLACE.search(original.decode("utf-8", "replace"))
