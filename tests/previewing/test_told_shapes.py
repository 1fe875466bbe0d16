"""Where things stand on drawn slides and sheets, by pixels of flat colours; in `told_shapes.txt`.

After a change: python -m tests.previewing.test_told_shapes, and read what `git diff` says.
"""

from __future__ import annotations

import datetime
import functools
import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmspack.model import Facts
from mmspack.previewing import contacts, storyboard
from mmspack.previewing.comparing import side_by_side
from mmspack.previewing.matching import rows_of
from mmspack.previewing.outputs import Style, gif, output_of, pdf
from mmspack.previewing.storyboard import DARK, LIGHT, Palette, card, sheet, surface
from mmspack.previewing.view import Look, PartView, Placed, SlideView, View
from tests.fitting.clips import make_film
from tests.rules.scenes import saved
from tests.telling import each, kept, sections_of, told, write

TOLD = Path(__file__).with_name("told_shapes.txt")
WHEN = datetime.datetime(2026, 3, 2, 9, 5, tzinfo=datetime.UTC)
FLAT = {"magenta": (255, 0, 255), "cyan": (0, 255, 255)}


@functools.cache
def flat(width: int, height: int, colour: str = "magenta") -> bytes:
    return saved(Image.new("RGB", (width, height), colour), "PNG")


@functools.cache
def film() -> bytes:
    return make_film(seconds=1, size=(160, 120))


def part(look: Look, data: bytes = b"", **more: Any) -> PartView:
    given = {"name": "a.bin", "type": "a/b", "declared": "a/b", "text": "", **more}
    return PartView(look=look, data=data, **given)


def placed(at: int | None, box: tuple[int, int, int, int], fit: str = "meet", **more: Any) -> Placed:
    left, top, width, height = box
    return Placed(part=at, src="a.bin", left=left, top=top, width=width, height=height, fit=fit, **more)


def view(*parts: PartView, slides: int = 1, size: tuple[int, int] = (400, 300), **more: Any) -> View:
    """A message whose every slide shows all parts below one another."""
    room = size[1] // max(1, len(parts))
    media = tuple(placed(at, (0, at * room, size[0], room)) for at in range(len(parts)))
    shown = tuple(
        SlideView(number=at + 1, start_ms=at * 4000, duration_ms=4000, timed=True, media=media)
        for at in range(slides)
    )
    parts = tuple(replace(one, slides=tuple(range(1, slides + 1))) for one in parts)
    return View(name="m.zip", width=size[0], height=size[1], parts=parts, slides=shown, **more)


def box_of(image: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int] | None:
    """Left, top, width and height of a colour."""
    rows, columns = np.nonzero((np.asarray(image.convert("RGB")) == colour).all(axis=2))
    if not len(rows):
        return None
    left, top = int(columns.min()), int(rows.min())
    return left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1


def runs(wanted: np.ndarray, longest: int) -> Iterator[tuple[int, int, int]]:
    """Where in each row something stands side by side, at least so long: row, begin and length."""
    for row, line in enumerate(wanted):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0]))))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            if end - begin >= longest:
                yield row, int(begin), int(end - begin)


def lines_of(image: Image.Image, colours: Palette) -> Iterator[str]:
    """The size of a picture, its ground, and the hairlines on it: where cards and columns begin and end."""
    pixels = np.asarray(image.convert("RGB"))
    corner = tuple(int(one) for one in pixels[1, 1])
    yield f"{image.width}x{image.height} {'back' if corner == colours.back else corner}"
    wanted = (pixels == colours.line).all(axis=2)
    yield f"across {list(runs(wanted, 60))}"
    yield f"down {list(runs(wanted.T, 60))}"
    yield f"panel {box_of(image, colours.panel)}"
    if (black := box_of(image, (0, 0, 0))) is not None:
        yield f"black {black}"  # of no palette: where a ground has been forgotten


# -- one screen -----------------------------------------------------------------------------------


SIZES = ((40, 20), (20, 40), (10, 10), (400, 100), (100, 400), (2000, 1500), (1, 900), (900, 1))
BOXES = ((0, 0, 400, 300), (50, 20, 100, 60), (10, 100, 30, 150), (0, 0, 0, 0), (390, 290, 100, 100))


@each(*(f"{width}x{height}" for width, height in SIZES))
def about_pictures_in_their_boxes(case: str) -> Iterator[str]:
    """Every fit, for a picture that is too wide, too tall, too small or far too large for its box."""
    size = tuple(int(one) for one in case.split("x"))
    one = view(part(Look.PICTURE, flat(*size)))
    for box in BOXES:
        found: dict[Any, list[str]] = {}
        for fit in ("meet", "slice", "fill", "hidden", "scroll", "other"):
            slide = replace(one.slides[0], media=(placed(0, box, fit),))
            drawn = surface(one, slide, (200, 150), LIGHT)
            found.setdefault(box_of(drawn, FLAT["magenta"]), []).append(fit)
        yield f"in {box}: " + "; ".join(f"{' '.join(fits)} {at}" for at, fits in found.items())


@each("600x450", "300x450", "600x100")
def about_screens(case: str) -> Iterator[str]:
    size = tuple(int(one) for one in case.split("x"))
    drawn = surface(view(part(Look.PICTURE, flat(400, 300))), view(part(Look.TEXT)).slides[0], size, LIGHT)
    yield f"{box_of(drawn, FLAT['magenta'])} {box_of(drawn, LIGHT.panel)}"


@each("light", "dark")
def about_corners(theme: str) -> Iterator[str]:
    """Along the diagonal from a corner of a card: ground, hairline, picture."""
    colours = storyboard.palette_of(theme)
    pixels = np.asarray(storyboard.framed(Image.new("RGB", (200, 160), "magenta"), colours)).astype(int)
    inks = {"ground": colours.back, "line": colours.line, "picture": FLAT["magenta"]}
    for name, corner in {"first": pixels, "last": pixels[::-1, ::-1]}.items():
        seen = [min(inks, key=lambda ink: int(np.abs(corner[at, at] - inks[ink]).sum())) for at in range(20)]
        yield f"{name}: {[(ink, len(list(run))) for ink, run in itertools.groupby(seen)]}"


@functools.cache
def media() -> dict[str, tuple[PartView, ...]]:
    facts = Facts(format="x", bytes=1)
    return {
        "a text": (part(Look.TEXT, text="HHHH"),),
        "no text": (part(Look.TEXT),),
        "a long text": (part(Look.TEXT, text="HHHH " * 900),),
        "a sound": (part(Look.SOUND, facts=facts),),
        "a file": (part(Look.FILE),),
        "a card": (part(Look.CARD, text="HHHH"),),
        "a picture with a problem": (part(Look.PICTURE, flat(9, 9), problem="HHHH"),),
        "a picture that is none": (part(Look.PICTURE, b"no picture"),),
        "two": (part(Look.PICTURE, flat(9, 9)), part(Look.PICTURE, flat(9, 9, "cyan"))),
        "a film that cannot be read": (part(Look.FILM, b"no film", text="x"),),
        "a film": (part(Look.FILM, film()),),
        "a film of 4 s": (part(Look.FILM, film(), facts=replace(facts, duration_ms=4000)),),
    }


MEDIA = ("a text", "no text", "a long text", "a sound", "a file", "a card", "a picture with a problem",
         "a picture that is none", "two", "a film that cannot be read", "a film",
         "a film of 4 s")  # fmt: skip


@each(*MEDIA)
def about_media_on_a_screen(name: str) -> Iterator[str]:
    """Which colours are there, and roughly where words stand."""
    parts = media()[name]
    inks = {name: getattr(LIGHT, name) for name in ("ink", "soft", "bad", "accent")}
    inks |= {"white": (255, 255, 255), "film": (24, 27, 33), "disc": (11, 12, 15), **FLAT}
    for size in ((400, 300), (400, 60)):
        one = view(*parts, size=size)
        drawn = surface(one, one.slides[0], (size[0] * 2, size[1] * 2), replace(LIGHT, panel=(1, 2, 3)))
        found = {}
        for ink, colour in inks.items():
            box = box_of(drawn, colour)
            if box is not None:
                step = 1 if ink in ("film", "disc", "magenta", "cyan") or "film" in name else 16
                found[ink] = tuple(round(value / step) * step for value in box)
        yield f"{name} {size}: {found}"


@each("meet", "slice", "hidden")
def about_stills_of_films(fit: str) -> Iterator[str]:
    """Grey stands for the still, whose colours a codec may change a little."""
    one = view(part(Look.FILM, film()))
    slide = replace(one.slides[0], media=(placed(0, (50, 20, 300, 100), fit),))
    drawn = np.asarray(surface(one, slide, (800, 600), replace(LIGHT, panel=(1, 2, 3)))).astype(int)
    dark = np.abs(drawn - (24, 27, 33)).sum(axis=2) < 9
    shown = ~dark & (np.abs(drawn - (1, 2, 3)).sum(axis=2) > 0)
    rows, columns = np.nonzero(shown[:170])
    yield f"{[round(int(one) / 16) * 16 for one in (columns.min(), rows.min(), columns.max(), rows.max())]}"
    yield f"mark {box_of(Image.fromarray(drawn[:170].astype(np.uint8)), (255, 255, 255))}"


def about_parts_that_are_not_there() -> Iterator[str]:
    one = view(part(Look.TEXT))
    nothing = replace(
        one.slides[0], media=(placed(None, (0, 0, 400, 300)), replace(placed(None, (0, 150, 400, 9)), src=""))
    )
    drawn = surface(one, nothing, (800, 600), LIGHT)
    yield f"a part that is not there: {tuple(value // 16 for value in box_of(drawn, LIGHT.bad) or ())}"


# -- sheets ---------------------------------------------------------------------------------------


def views() -> dict[str, View]:
    """Messages by what is special in their sizes."""
    text = part(Look.TEXT, text="HHHH")
    picture = part(Look.PICTURE, flat(40, 30))
    file = part(Look.FILE, name="b.pdf")
    return {
        "one slide": view(text),
        "two slides": view(picture, text, slides=2),
        "five slides": view(text, slides=5),
        "no slides": view(slides=0),
        "a tall screen": view(text, size=(100, 900)),
        "a flat one": view(text, size=(900, 90)),
        "forty-two slides": replace(view(slides=42, size=(900, 90))),
        "attachments": replace(
            view(text), parts=(text, *(replace(file, name=f"{at}.pdf") for at in range(5)))
        ),
        "a long subject": view(text, subject="A subject that does not fit into one line of a card " * 3),
        "a long text": view(part(Look.TEXT, text="HHHH " * 300), size=(400, 60)),
        "right to left": view(text, subject="\u05e9\u05dc\u05d5\u05dd"),
        "a very long text": view(part(Look.TEXT, text="HHHH\n" * 130), size=(400, 60)),
    }


VIEWS = ("one slide", "two slides", "five slides", "no slides", "a tall screen", "a flat one",
         "forty-two slides", "attachments", "a long subject", "a long text", "right to left")  # fmt: skip


@each(*VIEWS)
def about_sheets(name: str) -> Iterator[str]:
    one = views()[name]
    for colours in (LIGHT, DARK) if name == "one slide" else (LIGHT,):
        drawn = sheet(one, one.slides[: storyboard.MAX_SLIDES], colours, ends=True)
        yield from (f"{name}: {line}" for line in lines_of(drawn, colours))
    if len(one.slides) < 40:
        drawn = sheet(one, one.slides, LIGHT, columns=3)
        yield from (f"{name} in threes: {line}" for line in lines_of(drawn, LIGHT))


def about_cards() -> Iterator[str]:
    one = views()["two slides"]
    for mark in ("", "same", "changed: text and a great deal more that does not fit into one line"):
        for whole in (True, False):
            drawn = card(one, one.slides[0], LIGHT, mark, whole=whole)
            yield from (f"card {mark[:9]} {whole}: {line}" for line in lines_of(drawn, LIGHT))
            yield f"card {mark[:9]} {whole}: {box_of(drawn, FLAT['magenta'])}"
    long = views()["a long text"]
    for whole in (True, False):
        drawn = card(long, long.slides[0], LIGHT, whole=whole)
        yield from (f"card of a long text {whole}: {line}" for line in lines_of(drawn, LIGHT))


@each("one slide/one slide", "one slide/five slides", "five slides/one slide", "no slides/no slides",
      "no slides/two slides", "two slides/a tall screen", "a long subject/one slide")  # fmt: skip
def about_comparisons(case: str) -> Iterator[str]:
    old, new = (views()[name] for name in case.split("/"))
    colours = DARK if old is new else LIGHT
    yield from lines_of(side_by_side(old, new, rows_of(old, new), colours), colours)


@functools.cache
def recipients() -> dict[str, list[contacts.Contact]]:
    found = views()
    good = contacts.Contact(caption="line 2", view=found["one slide"])
    many = contacts.Contact(caption="line 3", view=found["forty-two slides"])
    two = contacts.Contact(caption="line 4", view=found["two slides"])
    tall = contacts.Contact(caption="line 5", view=found["a tall screen"])
    bad = contacts.Contact(caption="line 6", warning="No message can be made, since the number is missing")
    warned = contacts.Contact(caption="line 7", view=found["one slide"], warning="W\U0003fffd " * 40)
    return {
        "one": [good],
        "two": [good, two],
        "bad": [bad],
        "three": [good, bad, warned],
        "many": [many],
        "seven": [good] * 7,
        "tall": [tall] * 3,
        "taller than a page": [contacts.Contact(caption="line 8", view=found["a very long text"]), good],
        "twenty": [good] * 20,
    }


@each("one", "two", "bad", "three", "many", "seven")
def about_contact_sheets(name: str) -> Iterator[str]:
    theme, colours = ("dark", DARK) if name == "two" else ("light", LIGHT)
    sheets = recipients()[name]
    data = contacts.contact_sheet(sheets, ".png", theme, title="Sale", when=WHEN)
    yield from lines_of(Image.open(io.BytesIO(data)), colours)


@each("three", "tall", "twenty", "taller than a page")
def about_pages_of_contact_sheets(name: str) -> Iterator[str]:
    head = contacts._Head("Title", "facts", LIGHT)
    pages = contacts._pages([contacts._tile(one, LIGHT) for one in recipients()[name]], head)
    for number, page in enumerate(pages, 1):
        yield from (f"page {number}: {line}" for line in lines_of(page, LIGHT))


@each("one slide", "two slides", "no slides", "a tall screen")
def about_gifs(name: str) -> Iterator[str]:
    for theme in ("light", "dark"):
        image = Image.open(io.BytesIO(gif.render(views()[name], Style(theme=theme))))
        yield f"{theme}: {list(_frames(image))}"


@each("one slide/two slides", "no slides/no slides", "two slides/five slides")
def about_compared_gifs(case: str) -> Iterator[str]:
    old, new = (views()[name] for name in case.split("/"))
    slow = replace(old, slides=tuple(replace(one, duration_ms=9000) for one in old.slides))
    for one in (old, slow):
        image = Image.open(io.BytesIO(gif.compare(one, new, Style(theme="light"))))
        yield f"{list(_frames(image))}"


@each(".png light", ".png dark", ".pdf light", ".pdf dark")
def about_compared_pictures(case: str) -> Iterator[str]:
    ending, theme = case.split()
    data = output_of(ending).compare(views()["one slide"], views()["five slides"], Style(theme=theme))
    yield f"{list(_pages(data))}"


@each("thirteen slides", "attachments", "no slides")
def about_drawn_pdfs(name: str) -> Iterator[str]:
    one = view(part(Look.TEXT, text="H"), slides=13, size=(400, 200)) if "thirteen" in name else views()[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "can_set", lambda: False)
        for theme in ("light", "dark"):
            yield f"{theme}: {list(_pages(pdf.render(one, Style(theme=theme))))}"


def about_pictures_of_many_slides() -> Iterator[str]:
    yield f"{list(_pages(output_of('.png').render(views()['forty-two slides'], Style())))}"


def _frames(image: Image.Image) -> Iterator[tuple[object, ...]]:
    for at in range(image.n_frames):
        image.seek(at)
        corner = image.convert("RGB").getpixel((1, 1))
        near = min(("light", "dark"), key=lambda one: abs(corner[0] - storyboard.palette_of(one).back[0]))
        yield image.size, image.info["duration"], image.info.get("loop"), near


def _pages(data: bytes) -> Iterator[tuple[object, ...]]:
    if data.startswith(b"\x89PNG"):
        image = Image.open(io.BytesIO(data))
        yield image.size, image.getpixel((1, 1)) == LIGHT.back
        return
    reader = pytest.importorskip("pypdf").PdfReader(io.BytesIO(data))
    for page in reader.pages:
        picture = page.images[0].image.convert("RGB")
        box = [round(float(one)) for one in page.mediabox[2:]]
        yield picture.size, box, picture.getpixel((1, 1))[0] > 128


SECTIONS = sections_of(globals())


@pytest.mark.slow
@pytest.mark.parametrize("name", SECTIONS)
def test_what_is_drawn_stands_where_it_is_written(name: str) -> None:
    assert told(SECTIONS[name]) == kept(TOLD, name)


if __name__ == "__main__":
    write(TOLD, SECTIONS)
