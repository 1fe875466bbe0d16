"""What a preview shows of each bad case of the rules: slides, times, places, bubbles; as `told.txt` has it.

After a change: python -m tests.previewing.test_words, and read what `git diff` says.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from mmspack.errors import MmspackError
from mmspack.previewing import rendering
from mmspack.previewing.composing import view_of
from mmspack.previewing.conversation import Bubble, on_google, on_iphone
from mmspack.previewing.matching import rows_of
from mmspack.previewing.sizes import shares, verdict
from mmspack.previewing.view import View
from mmspack.profiles import get
from mmspack.words import printable
from tests.rules.edges import EVERY
from tests.rules.scenes import TWO_SLIDES, photo, scene

TOLD = Path(__file__).with_name("told.txt")
BUILT = datetime.datetime(2026, 3, 2, 12, 30, tzinfo=datetime.UTC)
_SIZES = re.compile(r"(?:\d[\d,.]* of )?\d[\d,.]* ?(?:bytes?\b|kB|MB|B\b|%)|\b[0-9a-f]{12}\b")
"""How large an encoded picture is, and so the bundle's hash, differs from machine to machine."""
GOOD = scene(
    smil=TWO_SLIDES,
    files={
        "image1.jpg": photo(),
        "text1.txt": b"Hello",
        "image2.jpg": photo(48, 64),
        "text2.txt": b"Good bye",
    },
)
MOMENTS = (0, 1, 499, 500, 999, 1000, 1049, 1050, 1500, 5000, 59_949, 59_999, 60_000, 61_500, 3_600_000)


def view(data: Any) -> View:
    return view_of(data, get("uk"), name="case.zip", sender="447700900111", built=BUILT)


def sized(text: str) -> str:
    return printable(_SIZES.sub("#", text))


def bubbles(found: tuple[Bubble, ...]) -> Iterator[str]:
    for one in found:
        said = [(piece.text, str(piece.link)) for piece in one.words]
        yield f"{one.look} {one.parts} {one.subject!r} {said!r} {one.long}"


def seen(shown: View) -> Iterator[str]:
    """A view in lines."""
    yield f"{shown.width}x{shown.height} {shown.subject!r} {shown.note!r} {shown.total_ms} ms"
    for part in shown.parts:
        facts = (
            {name: one for name, one in asdict(part.facts).items() if name != "bytes"} if part.facts else ""
        )
        words = (rendering.part_facts(part), rendering.kind_words(part), rendering.glyph(part))
        yield (
            f"part {part.name} {part.look} {part.type} {part.declared} {part.text!r} {part.card} {facts} "
            f"{part.problem} {part.slides} {part.playable} {words}"
        )
    for slide in shown.slides:
        yield f"slide {slide.number} {slide.start_ms} {slide.duration_ms} {slide.timed}"
        yield from (f"  {asdict(placed)}" for placed in slide.media)
        yield f"  {[finding.id for finding in slide.findings]}"
    yield f"general {[finding.id for finding in shown.general]}"
    yield f"worst {rendering.worst(shown.findings) if shown.findings else ''}"
    yield f"attachments {[part.name for part in shown.attachments]}"
    yield from (f"iphone {line}" for line in bubbles(on_iphone(shown)))
    yield from (f"google {line}" for line in bubbles(on_google(shown)))
    yield f"shares {[(one.name, one.look) for one in shares(shown)]}"
    yield f"verdict {asdict(verdict(shown))}"
    for pair in rows_of(view(GOOD.data), shown):
        before, after = pair.before, pair.after
        yield f"row {before and before.number} {after and after.number} {pair.moved} {pair.changed}"


@functools.cache
def usual() -> frozenset[str]:
    """What is the same in most messages, and said once."""
    return frozenset(map(sized, (*seen(view(scene().data)), *seen(view(GOOD.data)))))


def told(id_: str) -> Iterator[str]:
    """The lines about one case."""
    try:
        lines = list(seen(view(EVERY[id_][0][0]().data)))
    except MmspackError as error:
        lines = [str(problem) for problem in error.problems]
    yield from (f"{id_} {line}" for line in map(sized, lines) if line not in usual())


def page() -> Iterator[str]:
    """The words of a whole page, and how it spells times and names."""
    tree = html.fromstring(rendering.page(view(GOOD.data), version="1"))
    for gone in tree.xpath("//style | //script"):
        gone.drop_tree()
    yield from (
        f"page {sized(' '.join(line.split()))}" for line in tree.text_content().splitlines() if line.strip()
    )
    yield from (f"page usual {line}" for line in sorted(usual()))
    for moment in MOMENTS:
        ways = (rendering.seconds, rendering.clock, rendering.short_clock, rendering.minutes)
        yield f"page {moment}: {[way(moment) for way in ways]}"
    for name in ("", "447700900111", "Ada Lovelace", "ada", "The Old Mill Inn", "\u00c9t\u00e9 & Co"):
        yield f"page {name!r}: {rendering.initials(name)!r}"


@pytest.mark.slow
@pytest.mark.parametrize("id_", sorted(EVERY))
def test_a_bad_case_is_shown_as_written(id_: str) -> None:
    assert list(told(id_)) == [
        line for line in TOLD.read_text("utf-8").splitlines() if line.startswith(f"{id_} ")
    ]


def test_a_page_says_what_is_written() -> None:
    assert list(page()) == [line for line in TOLD.read_text("utf-8").splitlines() if line.startswith("page ")]


if __name__ == "__main__":
    lines = [*page(), *(line for id_ in sorted(EVERY) for line in told(id_))]
    TOLD.write_text("".join(f"{line}\n" for line in lines), "utf-8")
