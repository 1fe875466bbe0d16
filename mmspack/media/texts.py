"""The characters of a text, whatever charset it was saved in: only where that is certain.

Strict throughout: a text whose charset is unknown stays unchanged, since any bytes decode as something.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from mmspack.errors import MediaError
from mmspack.media.western import few_letters_are_high, is_western

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:+-]{1,40})", re.IGNORECASE)
_CODECS = re.compile(
    r"ascii|cp\d+|iso8859-\d+|iso2022\w+|utf-?(?:7|8|8-sig|16|32)(?:-[bl]e)?|mac-\w+|koi8-\w|kz1048|ptcp154"
    r"|gbk?\d*|hz|big5\w*|shift_jis\w*|euc_\w+|johab|tis-620"
)
"""Python's names of charsets: its other codecs are not charsets, and some take long on hostile bytes."""
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""What is really meant by some names, as browsers read them (WHATWG, Encoding)."""
_SEVEN_BITS = ("utf-7", "hz", "iso2022")
_MOST_JUDGED = 200_000
"""Bytes up to which a text is judged, in about a second: no message has so many."""
_UNSEEN = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x9f]")
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|([\x80-\xff])"
)
_TWICE = re.compile(
    "\u00e2\u20ac[\u0153\u2122\u201c\u00a6\u02dc]|[\u00c2\u00c3]\u00a0"
    "|[\u00c2-\u00df][\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf]"
)
"""UTF-8 read as Windows-1252."""
_BY_CHANCE = re.compile("[\u00c4-\u00df]\u00a0|[\u00c2-\u00df][\u00ab\u00bb]")
"""`«CAFÉ»`, and a capital before a no-break space: bytes that are UTF-8 by chance."""


class Reading(NamedTuple):
    """A text as it is meant."""

    text: str
    charset: str
    """What it was saved in, as people write it: `UTF-8`, `Windows-1252`."""
    marked: bool = False
    """It begins with a byte order mark, which is not in `text`."""


def charset_of(type_: str) -> str | None:
    """The charset parameter of a content type in lower case; None where it has none.

    >>> charset_of('text/plain; Charset="ISO-8859-2"')
    'iso-8859-2'
    """
    match = _CHARSET.search(type_)
    return match[1].lower() if match else None


def read_text(data: bytes, declared: str | None = None) -> Reading | None:
    """The text of `data`, of which the charset may have been declared; None where it is not certain.

    A byte order mark and bytes that are UTF-8 go before what is declared; without a declaration, UTF-16
    and Windows-1252 are recognised where the text itself is conclusive.
    """
    for mark, name, words in _MARKS:
        if data.startswith(mark):
            text = _strict(data, name)
            return Reading(text, words, marked=True) if text is not None else None
    codec = _codec(declared) if declared else None
    if codec and codec.startswith(_SEVEN_BITS) and data.isascii():
        text = _strict(data, codec)
        return Reading(text, declared or codec) if text is not None and not _UNSEEN.search(text) else None
    wide = _utf16(data)
    if wide is not None:
        return Reading(wide, "UTF-16")
    text = _strict(data, "utf-8")
    if text is not None:
        return Reading(text, "UTF-8")
    text = _paired_surrogates(data)
    if text is not None:
        return Reading(text, "CESU-8")
    return _declared(data, declared or "", codec) if codec else _western(data)


def to_utf8(data: bytes, declared: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The text in UTF-8 without byte order mark, and what was done to it.

    Raises `MediaError` where its charset cannot be determined.
    """
    found = read_text(data, declared)
    if found is None:
        raise MediaError("not UTF-8, and its charset cannot be determined", hint="save the text as UTF-8")
    if found.charset != "UTF-8":
        return found.text.encode(), (f"{found.charset} → UTF-8",)
    return found.text.encode(), (("byte order mark removed",) if found.marked else ())


BEYOND_ASCII = r"[^\x00-\x7f]"
"""An expression that begins with it finds nothing in ASCII, and need not be looked for there."""
ODD = (
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\ufeff\ufffd\ue000-\uf8ff\U00010000-\U0010ffff]"
    "|[\xc2-\xdf][\x80-\xbf]|\xe2\u20ac"
)
"""A regular expression that finds something in every text which is not plain: control characters, marks, lost
letters, characters for private use or beyond the basic plane, and UTF-8 that was converted twice."""


def is_wide(data: bytes) -> bool:
    """True for UTF-16 without a byte order mark, which passes for UTF-8 full of control characters."""
    return _utf16(data) is not None


def converted_twice(text: str) -> re.Match[str] | None:
    """The first letter that was UTF-8, taken for Windows-1252 or Latin-1 and converted again."""
    if text.isascii():
        return None
    found = _TWICE.search(text)
    if found is None and _is_twice(_BY_CHANCE.sub("", text)):
        return re.search("[^\x00-\x7f]+", text)
    return found


def signs_restored(text: str) -> str | None:
    """Windows-1252 that was taken for Latin-1, its quotes and dashes now control characters, set right.

    None where the text as a whole is not Windows-1252.
    """
    try:
        found = _western(text.encode("latin-1"))
    except UnicodeEncodeError:
        return None
    return found.text if found is not None and found.text != text else None


_TO_BYTES = {
    ord(character): byte
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("cp1252", "ignore"))
}
"""The letters and signs that Windows-1252 has where Latin-1 has control characters, by the byte of each."""
_CONTROL_BYTES = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")


def _is_twice(text: str) -> bool:
    """True where all of the text beyond ASCII comes out as UTF-8 when one conversion is undone."""
    try:
        return not text.translate(_TO_BYTES).encode("latin-1").decode().isascii()
    except UnicodeError:
        return False


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _codec(declared: str) -> str | None:
    """Python's codec for a declared charset that is not UTF-8; None where it is, or is unknown."""
    try:
        name = codecs.lookup(declared.removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    return name if _CODECS.fullmatch(name) and name not in ("ascii", "utf-8", "utf-8-sig") else None


def _declared(data: bytes, declared: str, codec: str) -> Reading | None:
    codec = _SUPERSETS.get(codec, codec)
    text = _strict(data, codec)
    if text is None or _UNSEEN.search(text):
        return None
    # Toolkits declare Latin-1 without looking: UTF-8 that is cut, or Thai, is still recognised.
    if codec == "cp1252" and (_mostly_utf8(data) or not few_letters_are_high(text)):
        return None
    return Reading(text, declared.upper() if declared.startswith(("iso", "tis")) else declared)


def _western(data: bytes) -> Reading | None:
    if len(data) > _MOST_JUDGED:
        return None
    text = _strict(data, "cp1252")
    if text is None or _UNSEEN.search(text) or _mostly_utf8(data) or _TWICE.search(text):
        return None
    return Reading(text, "Windows-1252") if is_western(text) else None


def _mostly_utf8(data: bytes) -> bool:
    """True where there are no more stray bytes than letters in UTF-8: it was UTF-8, and was damaged."""
    found = [match[1] is None for match in _SEQUENCE.finditer(data)]
    return any(found) and 2 * sum(found) >= len(found)


def _paired_surrogates(data: bytes) -> str | None:
    """CESU-8: characters beyond 16 bits as two surrogates of three bytes each."""
    try:
        return data.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        return None


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte names the script, most by a control character."""
    if len(data) < 4 or len(data) % 2 or not _UNSEEN.search(data[:512].decode("latin-1")):
        return None
    for codec, high in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        odd = len(high) - len(high.translate(None, _CONTROL_BYTES))
        text = _strict(data, codec) if odd >= 2 and 4 * odd >= 3 * len(high) else None
        if text is not None and _is_written(text):
            return text
    return None


def _is_written(text: str) -> bool:
    """True where each character is one that people write."""
    return all(
        character in "\t\n\r" or unicodedata.category(character) not in ("Cc", "Cn", "Co", "Cs")
        for character in set(text)
    )
