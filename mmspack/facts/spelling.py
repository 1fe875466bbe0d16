"""Names that differ only in how they are written: which file did a line of a manifest or a `src` mean?"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from urllib.parse import unquote

from mmspack.media.formats import by_ending


def folded(name: str) -> str:
    """A name in one case of letters and one form of accents: `CAF\u00c9` and `cafe\u0301` are one."""
    return unicodedata.normalize("NFC", name).casefold()


def composed_otherwise(one: str, other: str) -> bool:
    """True for two names that look alike, since only the encoding of their accents differs."""
    return one != other and unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def last_step(name: str) -> str:
    """A name without its folders and drive, folded; backslashes count as slashes."""
    return folded(name.replace("\\", "/").rpartition("/")[2])


class Spellings:
    """Names by what they may be written as; built once, and asked in constant time."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[tuple[str, str], list[str]] = {}
        self._without_ending: dict[str, list[str]] = {}
        for name in sorted(names):
            for last in {last_step(name), last_step(unquote(name))}:
                self._add(name, last)

    def _add(self, name: str, last: str) -> None:
        stem, type_ = _stem_and_type(last)
        self._by_name.setdefault(last, []).append(name)
        for key in {(stem, type_), (stem, "")}:
            self._by_stem.setdefault(key, []).append(name)
        if not type_:
            self._without_ending.setdefault(stem, []).append(name)

    def meant(self, name: str, without: Collection[str | None] = ()) -> str | None:
        """The name that this one means, if it is one alone; those `without` are never meant.

        Case, accents, blanks around it, percent-encoding, a path, backslashes, a fragment, a missing ending
        and another ending of the same type do not matter.
        """
        wanted = last_step(unquote(name.strip()))
        for last in filter(None, (wanted, wanted.partition("#")[0], wanted.partition("?")[0])):
            key = _stem_and_type(last)
            for found in (self._by_name.get(last), self._by_stem.get(key), self._without_ending.get(key[0])):
                left = [one for one in found or () if one not in without]
                if left:
                    return left[0] if len(left) == 1 else None
        return None


def _stem_and_type(name: str) -> tuple[str, str]:
    """The name without its ending, and the type that the extension implies; empty where it has none."""
    stem, dot, ending = name.rpartition(".")
    row = by_ending(ending)
    return (stem, row.key if row else f".{ending}") if dot else (name, "")
