"""Which rules need not be asked about a text, since they are known to be silent about texts like it.

Two things are known of some rules, and a test holds them to it: those that look for odd characters say
nothing of a text that has none, and those that look at lengths say nothing of a message that is nowhere
longer than one of which they said nothing. Every other rule is asked about every message.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import le

from mmspack.media.formats import sniff

BY_CHARACTERS = frozenset(
    f"MMS{number}" for number in (401, 402, 405, 406, 408, 441, 442, 443, 444, 445, 461, 506, 526)
)
"""Silent about plain texts, when they were silent about one."""
BY_LENGTH = frozenset(["MMS501", "MMS502", "MMS505", "MMS508", "MMS522", "MMS527", "MMS529"])
"""Silent about plain texts that are nowhere longer."""
_ODD = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd\U00010000-\U0010ffff]"
    "|[\xc2-\xdf][\x80-\xbf]|\xe2\u20ac"
)
_HEAD_BYTES = 16


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
        """Texts at least as long as any of these lengths, however they are broken into lines and wrapped."""
        pairs = zip(self.numbers[3::2], self.numbers[4::2], strict=True)
        return [b"x" * (characters + 1) + b"\nx" * breaks for characters, breaks in pairs]


def lengths_of(contents: Sequence[bytes], subject: str, zip_bytes: int) -> Lengths | None:
    """The lengths of plain texts; None where there is anything odd in them."""
    try:
        texts = [data.decode() for data in contents]
    except UnicodeDecodeError:
        return None
    if _ODD.search("".join((subject, *texts))) or not all(
        _plain_start(data[:_HEAD_BYTES]) for data in contents
    ):
        return None
    numbers = [zip_bytes, sum(map(len, contents)) + len(subject.encode()), len(subject)]
    for text in texts:
        numbers += (len(text), text.count("\n") + text.count("\r"))
    return Lengths(tuple(numbers))


@functools.lru_cache(maxsize=4096)
def _plain_start(head: bytes) -> bool:
    """Whether a text without control characters that begins like this can be nothing but text."""
    return (
        bool(head.strip()) and sniff(head) == "text/plain" and not any(mark in head for mark in (b"<", b":"))
    )
