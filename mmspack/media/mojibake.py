"""UTF-8 that was read in another charset and saved again: two odd letters for each accented one.

Of the pairs of charsets that people suffer from, ftfy knows those of Western Europe; here are the others.
"""

from __future__ import annotations

import codecs
import functools
import unicodedata
from collections import Counter

from mmspack.media.slips import Slip, compiled
from mmspack.media.texts import BEYOND_ASCII, converted_twice

_SINGLE = (
    *("cp1250", "cp1251", "cp1253", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "cp866", "cp852"),
    *("cp850", "cp437", "koi8_r", "iso8859_2", "iso8859_5", "iso8859_7", "mac_roman", "mac_cyrillic"),
)
_DOUBLE = ("gbk", "cp949", "big5", "cp932")
"""Charsets of two bytes a letter, which stand beside Latin letters in ordinary copy."""
_SUSPECT = (
    "\xa0-\xff\u0100-\u017f\u0192\u02c6-\u02dd\u0384\u0385\u0490\u0491\u2013-\u203a\u2044\u20a0-\u20bf\u2100-\u214f"
    "\u2200-\u22ff\u2310\u2500-\u25ff\ufb01\ufb02\ufffd"
)


MOJIBAKE_FORMS = (
    f"{BEYOND_ASCII}(?:(?<=[\x80-\x9f\u0152\u0153])|(?<=[{_SUSPECT}])[^\x00-\x7f]|[{_SUSPECT}]"
    # Not by the pairs of each charset: to load them all would take 15 ms of every start.
    "|(?<=[\u0370-\u06ff\u0e00-\u0e7f])[^\x00-\x7f]|(?<=[\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f]))"
)
"""Pairs of characters of which every wrong conversion has one; a text without them is not judged further."""


@functools.cache
def _other_pairs() -> str:
    """What ftfy does not know, or only in long texts.

    UTF-8 read as GBK; Cyrillic in UTF-8 read as code page 866 or Windows-1251; Arabic in UTF-8 read as
    Windows-1256; Cyrillic or Greek of one byte a letter read as Western European, where no language has five
    accented letters in a row.
    """
    han = _seconds("gbk", b"\xc3")
    return (
        "\u951f\u65a4\u62f7|\u9225[\u4e00-\u9fff]|[\u2568\u2564][^\x00-\x7f][\u2568\u2564]"
        f"|(?<=[a-z])[{han}]{{1,2}}(?=[a-z\\s.,!?]|\\Z)"
        f"|(?:[\u0420\u0421][{_seconds('cp1251')}]){{3}}|(?:[\u0637-\u063a][{_seconds('cp1256')}]){{3}}"
        "|([\xc0-\xd6\xd8-\xf6\xf8-\xff])(?!\\1)[\xc0-\xd6\xd8-\xf6\xf8-\xff]{4}"
    )


def _seconds(codec: str, first: bytes = b"") -> str:
    """What the second bytes of letters in UTF-8 are in another charset, each behind the `first` byte."""
    return "".join((first + bytes([byte])).decode(codec, "ignore") for byte in range(0x80, 0xC0))


def mojibake(text: str) -> Slip | None:
    """The first letters that come from UTF-8 read in another charset: Windows-1250 to 1257, Mac, DOS, GBK.

    >>> mojibake("It\u00e2\u20ac\u2122s big").text
    '\u00e2\u20ac\u2122'
    >>> mojibake("Sale \u2013 now!")
    """
    if text.isascii() or not compiled(MOJIBAKE_FORMS).search(text):
        return None
    # ftfy takes a twentieth of a second to load, and few texts get here.
    from ftfy.badness import BADNESS_RE

    found = converted_twice(text) or compiled(_other_pairs()).search(text) or BADNESS_RE.search(text)
    return Slip(found.start(), found[0]) if found is not None else _read_as_another(text)


_MOST_LOOKED_AT = 1_000
"""Characters of a text that are looked at, from the first beyond ASCII on: enough to be certain."""
_LEAST_ALIKE = 3
"""Letters of one script that a text must come out as, where it does not come out as Latin."""
_LOST, _LOST_IN_GAPS = 0.2, 0.5
"""Share of letters that may be lost."""
_WITH_GAPS = ("cp1253", "cp1255")
"""Charsets that lack a fifth of the bytes and more: letters that had one of those are lost for good.
(Code page 874 lacks some, too, but ordinary Thai would pass for broken Thai.)"""
_LATIN = "[\u00a1-\u024f\u1e00-\u1eff\u2010-\u2026\u20ac]"
"""What is written inside or beside words of Latin script."""
_MIXED = f"(?<=[a-z]){_LATIN}|{_LATIN}(?=[a-z])"


def _read_as_another(text: str) -> Slip | None:
    """The first letters of a text that as a whole comes out as UTF-8 when read in another charset."""
    found = next(compiled("[^\\x00-\\x7f]+").finditer(text))
    begun = text[max(0, found.start() - 1) :][:_MOST_LOOKED_AT]
    for charsets, certain in ((_SINGLE, 1), (_DOUBLE, 2)):
        for codec in charsets:
            meant = _undone(begun, codec)
            if meant is None:
                continue
            mixed = len(compiled(_MIXED).findall(meant))
            if mixed >= certain or _alike(meant) >= _LEAST_ALIKE * certain:
                return Slip(found.start(), found[0])
    return None


def _undone(text: str, codec: str) -> str | None:
    """The text as it was before it was read in that charset; None where it cannot have been."""
    try:
        meant = text.encode(codec, _ANY_SECOND).decode("utf-8", "replace")
    except UnicodeError:
        return None
    beyond = len(meant) - len(meant.encode("ascii", "ignore"))
    lost = meant.count("\ufffd")
    share = _LOST if codec not in _WITH_GAPS else _LOST_IN_GAPS
    return meant if beyond and lost <= share * beyond else None


def _as_any_second(error: UnicodeError) -> tuple[bytes, int]:
    """A byte in the place of one that the charset does not have: programs leave it out, or show a mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    if not compiled("[\ufffd\x80-\x9f]").match(error.object, error.start):
        raise error
    return b"\x80", error.start + 1


_ANY_SECOND = "mmspack.any-second"
codecs.register_error(_ANY_SECOND, _as_any_second)


def _alike(text: str) -> int:
    """How many letters beyond Latin belong to the commonest script, by how their names begin."""
    letters = filter(str.isalpha, compiled("[^\\x00-\u036f]").findall(text))
    scripts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in letters)
    return max((0, *scripts.values()))
