"""Twice as much of anything in a zip or a manifest is at most twice the work, whatever is wrong with it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

import pytest

from mmspack.fixing import fix
from mmspack.rules.checking import check
from tests.bundle.hostile_zips import GOOD, Entry, make, with_first
from tests.counting import steps
from tests.rules.cases import LISTED, unzipped
from tests.rules.scenes import packed, scene

pytestmark = pytest.mark.slow

MOST = 2.2
"""By how much the steps may grow when one dimension of a message doubles."""


def _manifest(lines: str) -> bytes:
    return packed({**unzipped(scene()), "manifest": (LISTED + lines).encode()})


def _entries(number: int, name: str, **changes: object) -> bytes:
    changes = {"data": b"Hello", **changes}
    more = [Entry(name=name.format(n).encode(), **changes) for n in range(number)]
    lines = "".join(f"{entry.name.decode()}=text/plain\n" for entry in more)
    return make([*GOOD[:2], replace(GOOD[2], data=GOOD[2].data + lines.encode()), *more])


def _text(text: str) -> bytes:
    return packed({**unzipped(scene()), "text1.txt": text.encode()})


DIMENSIONS: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "entries": (100, lambda n: _entries(n, "t{}.txt")),
    "entries with descriptors": (100, lambda n: _entries(n, "t{}.txt", extra=b"\x99\x99\xff\xff")),
    "entries in folders": (100, lambda n: _entries(n, "a{0}/b{0}/t.txt")),
    "entries that are unlisted": (
        100,
        lambda n: make([*GOOD, *(Entry(name=b"u%d.txt" % k, data=b"Hello") for k in range(n))]),
    ),
    "entries of one name": (100, lambda n: make([*GOOD, *[Entry(name=b"u.txt", data=b"Hello")] * n])),
    "entries that are folders": (
        100,
        lambda n: make([*GOOD, *(Entry(name=b"f%d/" % k, data=b"") for k in range(n))]),
    ),
    "letters of a name": (5_000, lambda n: make([*GOOD, Entry(name=b"x" * n + b".txt")])),
    "steps of a name": (5_000, lambda n: make([*GOOD, Entry(name=b"x/" * n + b"a.txt")])),
    "names that are wrong": (60, lambda n: _entries(n, "t{}.txt ")),
    "extra fields": (5_000, lambda n: with_first(extra=struct.pack("<2H", 0x9999, 0) * n)),
    "Unicode names": (2_000, lambda n: with_first(extra=struct.pack("<2H5s", 0x7075, 5, b"") * n)),
    "letters of a comment": (20_000, lambda n: make(GOOD, comment=b"PK\5" * (n // 3))),
    "lines": (1_000, lambda n: _manifest("".join(f"x{k}.jpg=image/jpeg\n" for k in range(n)))),
    "lines of one name": (1_000, lambda n: _manifest("text1.txt=text/plain\n" * n)),
    "lines without a type": (1_000, lambda n: _manifest("".join(f"x{k}\n" for k in range(n)))),
    "lines that list the manifest": (1_000, lambda n: _manifest("manifest=text/plain\n" * n)),
    "lines with a broken escape": (1_000, lambda n: _manifest("a\\u00g=text/plain\n" * n)),
    "lines that go on": (1_000, lambda n: _manifest("a\\\n" * n)),
    "comments": (1_000, lambda n: _manifest("# more\n" * n)),
    "letters of a line": (20_000, lambda n: _manifest("x" * n + "=image/jpeg\n")),
    "letters of a text": (20_000, lambda n: _text("Hello you " * (n // 10))),
    "lines of a text": (5_000, lambda n: _text("Hi\n" * n)),
    "places of a text": (2_000, lambda n: _text("{name} [First Name] %CODE% " * n)),
    "slips of a text": (1_000, lambda n: _text("Hi NULL, TODO: www.shop,com https://a.example/b. \\n\n" * n)),
    "marks of a text": (2_000, lambda n: _text("a\ufeff\u2028\u202eb\uf8ff" * n)),
    "letters of a text in another charset": (
        2_000,
        lambda n: _text("It\u00e2\u20ac\u2122s \u00c3\u00bc" * n),
    ),
    "texts with findings": (60, lambda n: _entries(n, "t{}.txt", data=b"Hi {name}, NULL!")),
    "parameters of a type": (2_000, lambda n: _manifest("x.jpg=image/jpeg" + "; a=b" * n + "\n")),
}


@pytest.mark.parametrize("what", DIMENSIONS)
def test_twice_as_much_takes_twice_the_steps(what: str) -> None:
    number, made = DIMENSIONS[what]
    once, twice = made(number), made(2 * number)
    check(once)  # what is loaded late, and what is kept for next time
    assert steps(lambda: check(twice)) <= MOST * steps(lambda: check(once))


REPAIRED = [
    "entries",
    "entries that are unlisted",
    "names that are wrong",
    "lines",
    "lines of one name",
    "comments",
    "letters of a text",
    "marks of a text",
    "texts with findings",
]


@pytest.mark.parametrize("what", REPAIRED)
def test_repairing_twice_as_much_takes_twice_the_steps(what: str) -> None:
    number, made = DIMENSIONS[what]
    once, twice = made(number), made(2 * number)
    fix(once)
    assert steps(lambda: fix(twice)) <= MOST * steps(lambda: fix(once))
