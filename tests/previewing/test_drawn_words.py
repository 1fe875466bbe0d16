"""The words on storyboards, comparisons and contact sheets, line by line as they are drawn; in `drawn.txt`.

After a change: python -m tests.previewing.test_drawn_words, and read what `git diff` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from mmspack.media.lettering import reads_leftward, width_of
from mmspack.previewing import comparing, contacts, storyboard
from mmspack.previewing.outputs import Style, output_of
from mmspack.previewing.view import View
from tests.previewing.test_conversation import CARD as CARD_TEXT
from tests.previewing.test_words import BUILT, GOOD, sized, view
from tests.rules.scenes import AMR, SMIL, TWO_SLIDES, Scene, broken, photo, scene

TOLD = Path(__file__).with_name("drawn.txt")
COLOURS = {
    getattr(palette, name): f"{name}"
    for palette in (storyboard.DARK, storyboard.LIGHT)
    for name in ("good", "warn", "bad", "accent", "soft", "ink")
}
EVENT = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Open day\r\nDTSTART:20261205T100000Z\r\nLOCATION:The mill\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
LONG = " ".join(f"Word {number}." for number in range(120))
SOUND = '<text src="text1.txt" region="Text"/>\n      <audio src="sound.amr"/>'


def files(**more: bytes) -> dict[str, bytes]:
    names = {"image1.jpg": photo(), "text1.txt": b"Hello"}
    return {**names, **{name.replace("_", "."): data for name, data in more.items()}}


def scenes() -> dict[str, Scene]:
    """Messages by what is special in them."""
    slides = SMIL[SMIL.index("    <par") : SMIL.index("  </body>")]
    return {
        "one slide": scene(),
        "two slides": GOOD,
        "no slides": scene(smil=SMIL.replace(slides, "")),
        "no presentation": scene(smil=None),
        "a contact": scene(add={"shop.vcf": CARD_TEXT.encode()}),
        "an event": scene(add={"day.ics": EVENT.encode()}),
        "a text that no slide shows": scene(add={"more.txt": b"Opening hours\nMon to Fri, 9 to 5"}),
        "a document": scene(add={"menu.pdf": b"%PDF-1.4\n"}),
        "a long text": scene(files={**files(), "text1.txt": LONG.encode()}),
        "a sound": broken('<text src="text1.txt" region="Text"/>', SOUND, files=files(sound_amr=AMR)),
        "a sound that is not there": broken('<text src="text1.txt" region="Text"/>', SOUND),
        "a picture that is not there": broken('src="image1.jpg"', 'src="gone.jpg"'),
        "a picture that is none": scene(files={**files(), "image1.jpg": b"\xff\xd8\xff\xe0 not a picture"}),
        "times within a slide": broken('region="Text"/>', 'region="Text" begin="1s" end="3s"/>'),
        "a time that is too long": broken("4000ms", "3600000ms"),
        "no time": broken(' dur="4000ms"', ""),
        "right to left": scene(
            files={**files(), "text1.txt": "\u05e9\u05dc\u05d5\u05dd".encode()},
            add={"more.txt": "\u05db\u05d5\u05dc\u05dd \u05db\u05d0\u05df".encode()},
        ),
    }


def shown(name: str) -> View:
    return view(scenes()[name].data)


def drawn(call: Any) -> Iterator[str]:
    """What is written on the pictures that it makes: place, size, colour and words of each line.

    The place is where its words begin, to eight pixels: widths differ a little between versions of Pillow.
    """
    lines: list[str] = []
    real = storyboard.draw

    def draw(image: Any, at: Any, text: str, type_: Any, colour: Any, **options: Any) -> Any:
        weight = "bold" if type_.bold else "plain"
        x = at[0]
        if reads_leftward(text):
            x += max(0, options.get("width", 0) - width_of(text, type_))
        place = f"{round(x / 8) * 8} {at[1]:4}"
        lines.append(f"{place} {type_.size} {weight} {COLOURS.get(colour, colour)} {sized(text)}")
        return real(image, at, text, type_, colour, **options)

    with (
        mock.patch.object(storyboard, "draw", draw),
        mock.patch.object(comparing, "draw", draw),
        mock.patch.object(contacts, "draw", draw),
    ):
        call()
    yield from (re.sub(r" +", " ", line.strip()) for line in lines)


def told(name: str) -> Iterator[str]:
    """The lines of one storyboard."""
    yield f"# {name}"
    yield from drawn(lambda: output_of(".png").render(shown(name), Style(theme="light")))


def sheets() -> dict[str, Any]:
    """Pictures of other kinds, or of several messages."""
    one, two = shown("one slide"), shown("two slides")
    subject = replace(one, subject="Summer sale")
    many = replace(one, slides=one.slides * 42)
    reworded = view(scene(files={**files(), "text1.txt": b"Good bye"}).data)
    leftward = replace(shown("right to left"), subject="\u05e9\u05dc\u05d5\u05dd \u05dc\u05da")
    long = shown("a long text")
    repainted = view(scene(files={**files(), "image1.jpg": photo(48, 64)}).data)
    swapped = view(scene(smil=TWO_SLIDES.replace("4000ms", "2s", 1), files=dict(twice())).data)
    light, dark = Style(theme="light"), Style(theme="dark")
    return {
        "a subject, in the dark": lambda: output_of(".png").render(subject, dark),
        "a subject from right to left": lambda: output_of(".png").render(leftward, light),
        "more slides than are drawn": lambda: output_of(".png").render(many, light),
        "a gif": lambda: output_of(".gif").render(two, light),
        **{
            f"compared: {what}": lambda one=before, other=after: output_of(".png").compare(one, other, light)
            for what, before, after in (
                ("the same", one, one), ("another text", one, reworded), ("another picture", one, repainted),
                ("one slide more", one, two), ("one slide fewer", two, one), ("another time", two, swapped),
                ("a long text", one, long), ("right to left", one, leftward),
            )
        },
        "a contact sheet": lambda: contacts.contact_sheet(
            [
                contacts.Contact(caption="line 2", view=one),
                contacts.Contact(caption="line 3", warning="the number is missing"),
                contacts.Contact(caption="line 4", view=two),
            ],
            ".png", "light", title="Sale", source="people.csv", when=BUILT,
        ),
        "a contact sheet with a long name": lambda: contacts.contact_sheet(
            [contacts.Contact(caption="line 2", view=one)],
            ".png", "light", title="Summer sale " * 9, source="people-of-the-north.csv " * 9, when=BUILT,
        ),
        "a contact sheet of one column": lambda: contacts.contact_sheet(
            [contacts.Contact(caption="line 2", view=replace(one, height=300))] * 2,
            ".png", "light", title="Spring sale at Riverside Books", source="people.csv", when=BUILT,
        ),
        "a contact sheet from right to left": lambda: contacts.contact_sheet(
            [contacts.Contact(caption="\u05e2\u05d3\u05d4", view=leftward, warning="\u05d0\u05d5\u05d9")],
            ".png", "dark", title="\u05de\u05db\u05d9\u05e8\u05d4", when=BUILT,
        ),
        "pages of a contact sheet": lambda: drawn_pages([contacts.Contact(caption="line 2", view=two)] * 9),
    }  # fmt: skip


def drawn_pages(recipients: list[contacts.Contact]) -> None:
    """A contact sheet as it is made where Typst is not installed."""
    with mock.patch.object(contacts, "can_set", return_value=False):
        contacts.contact_sheet(recipients, ".pdf", "dark", source="people.csv", when=BUILT)


def twice() -> Iterator[tuple[str, bytes]]:
    yield from {
        "image1.jpg": photo(), "text1.txt": b"Hello", "image2.jpg": photo(48, 64), "text2.txt": b"Good bye"
    }.items()  # fmt: skip


def kept(name: str) -> list[str]:
    """What `drawn.txt` has of a picture."""
    lines = TOLD.read_text("utf-8").splitlines()
    begin = lines.index(f"# {name}")
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].startswith("# ")), len(lines))
    return lines[begin:end]


@pytest.mark.slow
@pytest.mark.parametrize("name", scenes())
def test_a_storyboard_says_what_is_written(name: str) -> None:
    assert list(told(name)) == kept(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sheets())
def test_a_sheet_says_what_is_written(name: str) -> None:
    assert [f"# {name}", *dict.fromkeys(drawn(sheets()[name]))] == kept(name)


if __name__ == "__main__":
    found = [line for name in scenes() for line in told(name)]
    for name, call in sheets().items():
        found += [f"# {name}", *dict.fromkeys(drawn(call))]
    TOLD.write_text("".join(f"{line}\n" for line in found), "utf-8")
