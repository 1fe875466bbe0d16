"""How long the personal texts of a message are, and whether there is anything odd in them."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import le

from mmspack.media.sniffing import sniff
from mmspack.media.texts import ODD

_ODD = re.compile(ODD)
_ODD_IN_ASCII = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]")
"""The part of it that ASCII can hold: five times as fast to look for, and most texts are ASCII."""
_HEAD_BYTES = 16
_WIDE = "\u1e01"
"""A plain letter as narrow as an `a` that takes three bytes in UTF-8, the most that a plain letter takes."""
_EXTRA_BYTES = len(_WIDE.encode()) - 1


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long everything personal is.

    `numbers` are the bytes of the zip, the bytes of texts and subject, the characters of the subject, and
    of each text its characters and its line breaks.
    """

    numbers: tuple[int, ...]

    @property
    def zip_bytes(self) -> int:
        """Bytes of the zip."""
        return self.numbers[0]

    @property
    def own_bytes(self) -> int:
        """Bytes of the texts and the subject."""
        return self.numbers[1]

    @property
    def subject(self) -> int:
        """Characters of the subject."""
        return self.numbers[2]

    def within(self, other: Lengths) -> bool:
        """True where nothing is longer than in `other`."""
        return all(map(le, self.numbers, other.numbers))

    def together(self, other: Lengths) -> Lengths:
        """The longer of each."""
        return Lengths(tuple(map(max, self.numbers, other.numbers)))

    def shorter(self, other: Lengths) -> Lengths:
        """The shorter of each."""
        return Lengths(tuple(map(min, self.numbers, other.numbers)))

    def texts(self) -> list[bytes]:
        """Texts at least as long as any of these lengths, however they are broken into lines and wrapped.

        With a subject of `subject` bytes they also take at least `own_bytes` bytes.
        """
        pairs = list(zip(self.numbers[3::2], self.numbers[4::2], strict=True))
        narrow = sum(characters + 1 + 2 * breaks for characters, breaks in pairs) + self.subject
        missing = max(0, self.own_bytes - narrow)
        texts = []
        for characters, breaks in pairs:
            wide = min(characters, -(-missing // _EXTRA_BYTES))
            missing = max(0, missing - wide * _EXTRA_BYTES)
            texts.append((_WIDE * wide + "x" * (characters + 1 - wide) + "\nx" * breaks).encode())
        return texts


@dataclass(frozen=True, slots=True)
class Plain:
    """Texts and a subject without anything odd, and how long they are."""

    words: str
    """Subject and texts, one after the other, a line each."""
    lengths: Lengths


def plain(contents: Sequence[bytes], subject: str, zip_bytes: int) -> Plain | None:
    """The texts as plain ones; None where there is anything odd in them."""
    try:
        texts = [data.decode() for data in contents]
    except UnicodeDecodeError:
        return None
    words = "\n".join((subject, *texts))
    if (_ODD_IN_ASCII if words.isascii() else _ODD).search(words):
        return None
    for data in contents:  # not `all`: its generator takes longer than the look
        if not _plain_start(data[:_HEAD_BYTES]):
            return None
    numbers = [zip_bytes, sum(map(len, contents)) + len(subject.encode()), len(subject)]
    for text in texts:
        numbers += (len(text), text.count("\n") + text.count("\r"))
    return Plain(words, Lengths(tuple(numbers)))


@functools.lru_cache(maxsize=4096)
def _plain_start(head: bytes) -> bool:
    """Whether a text without control characters that begins like this can be nothing but text."""
    return (
        bool(head.strip()) and sniff(head) == "text/plain" and not any(mark in head for mark in (b"<", b":"))
    )
