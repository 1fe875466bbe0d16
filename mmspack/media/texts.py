"""Copy as UTF-8 without a byte order mark, whatever it was saved as."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


def to_utf8(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The text in UTF-8 without byte order mark, and what was done to it.

    Bytes that are not UTF-8 and carry no mark are read as Windows-1252, which editors on Windows write.
    """
    for mark, name, words in _MARKS:
        if data.startswith(mark):
            text = data.decode(name, "replace")
            return text.encode(), (f"{words} → UTF-8" if words else "byte order mark removed",)
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").encode(), ("Windows-1252 → UTF-8",)
    return data, ()
