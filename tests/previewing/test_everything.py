"""A message in which there is everything: as it is seen, drawn, compared and printed; in `everything.txt`.

Each of these is quick and says much, and finds most of what goes wrong. After a change:
python -m tests.previewing.test_everything, and read what `git diff` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mmspack.previewing import contacts
from mmspack.previewing.comparing import side_by_side
from mmspack.previewing.composing import view_of
from mmspack.previewing.matching import rows_of
from mmspack.previewing.storyboard import DARK, LIGHT, sheet
from mmspack.previewing.view import View
from mmspack.profiles import get
from tests.previewing.test_drawn_words import EVENT, drawn
from tests.previewing.test_told_previews import CARD, rich
from tests.previewing.test_told_shapes import lines_of
from tests.previewing.test_words import BUILT, seen, sized
from tests.rules.scenes import AMR, MIDI, gif, photo, saved, scene
from tests.telling import kept, sections_of, told, write

TOLD = Path(__file__).with_name("everything.txt")
WORDS = " ".join(f"Word {number}." for number in range(24))
SMIL = """<smil><head><layout><root-layout width="320" height="400"/>
<region id="Top" left="10" top="20" width="300" height="150" fit="slice"/>
<region id="Low" left="0" top="180" width="320" height="60" fit="scroll"/></layout></head><body>
<par dur="3s"><img src="cid:photo.jpg" region="Top" alt="A tent"/>
<text src="long.txt" region="Low" begin="500ms" end="2500ms"/></par>
<par><audio src="bell.amr" begin="1s"/><audio src="tune.mid"/>
<text src="latin.txt" region="Low" dur="1s" begin="1s"/></par>
<par dur="2s"><img src="gone.gif" region="Top"/><img src="bad.jpg" region="Low" end="1500ms"/></par>
<par dur="0s"><img src="moving.gif" region="Nowhere"/><text/></par>
</body></smil>"""


def everything() -> View:
    """A foreign message with all that its author and its check know of it."""
    data = scene(
        smil=SMIL,
        files={
            "photo.jpg": photo(200, 100),
            "long.txt": WORDS.encode(),
            "bell.amr": AMR,
            "tune.mid": MIDI,
            "latin.txt": b"Caf\xe9",
            "bad.jpg": photo()[:200],
            "moving.gif": gif("red", "blue"),
            "shop.vcf": CARD.encode(),
            "day.ics": EVENT.encode(),
            "menu.pdf": b"%PDF-1.4",
            "drawing.tif": saved(Image.new("RGB", (9, 9)), "TIFF"),
            "hours.txt": b"Monday to Friday from nine to five, Saturday from ten",
            "wide.txt": "Zo\u00eb".encode("utf-16-le"),
        },
        types={"latin.txt": "text/plain; charset=iso-8859-1", "wide.txt": "text/plain; charset=utf-16le"},
    ).data
    return view_of(
        data,
        (get("uk"), get("us")),
        name="all.zip",
        subject="Summer sale: all must go by Saturday evening",
        sender="Ada",
        originals={"photo.jpg": rich().parts[1].original},
        labels={"photo.jpg": "tent.jpg", "bell.amr": "bell.wav", "menu.pdf": "Our menu.pdf"},
        drawn={1: (("QR code", "https://x.example"),), 4: (("Words", "Now"), ("Barcode", "123"))},
    )


def about_what_is_seen() -> Iterator[str]:
    one = everything()
    yield from map(sized, seen(one))
    yield f"{one.name} {one.sender} {one.profile} {one.profile_title} {len(one.sha256)} {one.fallback!r}"
    for part in one.parts:
        yield f"{part.name} {part.label!r} {part.original is not None} {part.drawn}"
    yield from (sized(f"{finding.id} {finding.part} {finding.line}") for finding in one.findings)


def about_a_storyboard() -> Iterator[str]:
    one = everything()
    for name, colours in {"light": LIGHT, "dark": DARK}.items():
        images: list[Image.Image] = []
        words = list(drawn(lambda: images.append(sheet(one, one.slides, colours, ends=True))))  # noqa: B023
        yield from words if name == "light" else words[-3:]
        yield from lines_of(images[0], colours)


def about_a_comparison() -> Iterator[str]:
    one = everything()
    other = replace(one, subject="Winter sale", name="new.zip", slides=(*one.slides[2:], *one.slides[:1]))
    known: dict[str, None] = {}
    for old, new in ((one, other), (other, one)):
        images: list[Image.Image] = []
        rows = rows_of(old, new)
        words = dict.fromkeys(drawn(lambda: images.append(side_by_side(old, new, rows, LIGHT))))  # noqa: B023
        yield from (line for line in words if line not in known)
        yield from lines_of(images[0], LIGHT)
        known |= words


def about_a_contact_sheet() -> Iterator[str]:
    one = everything()
    found = [
        contacts.Contact(caption="line 2", view=one),
        contacts.Contact(caption="line 3", view=replace(rich(), slides=rich().slides * 4), warning="late"),
        contacts.Contact(caption="line 4", warning="the number is missing"),
    ]
    known = dict.fromkeys(drawn(lambda: sheet(one, one.slides, DARK)))
    words = dict.fromkeys(
        drawn(lambda: contacts.contact_sheet(found, ".png", "dark", title="Sale", source="x.csv", when=BUILT))
    )
    yield from (line for line in words if line not in known)


SECTIONS = sections_of(globals())


def holds(name: str) -> None:
    assert told(SECTIONS[name]) == kept(TOLD, name)


def test_a_foreign_message_is_seen_as_it_is_written() -> None:
    holds("what_is_seen")


@pytest.mark.slow
def test_its_storyboard_says_what_is_written() -> None:
    holds("a_storyboard")


@pytest.mark.slow
def test_its_comparison_says_what_is_written() -> None:
    holds("a_comparison")


@pytest.mark.slow
def test_its_contact_sheet_says_what_is_written() -> None:
    holds("a_contact_sheet")


if __name__ == "__main__":
    write(TOLD, SECTIONS)
