"""Storyboards: pictures of the slides for a ticket or an approval mail."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, features

from mmspack import Message, Slide, build
from mmspack.media.lettering import Type, draw, reads_leftward, width_of, wrap
from mmspack.previewing.composing import view_of
from mmspack.previewing.matching import changes
from mmspack.previewing.outputs import Style, endings, output_of
from mmspack.previewing.outputs.pdf import PAGE_SLIDES
from mmspack.previewing.storyboard import (
    CARD,
    COLUMNS,
    DARK,
    EDGE,
    GAP,
    LIGHT,
    MAX_SLIDES,
    SMALL,
    screen_height,
    sheet,
    surface,
    whole_text,
)  # fmt: skip
from mmspack.profiles import get
from tests.previewing.preview_tools import zipped
from tests.previewing.test_conversation import CARD as CARD_TEXT

UK = get("uk")


def storyboard(view, ending: str, theme: str = "light") -> bytes:
    return output_of(ending).render(view, Style(theme=theme))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.slow
def test_a_png_shows_every_slide(view):
    image = opened(storyboard(view, ".png"))
    assert image.width == 2 * EDGE + 3 * CARD + 2 * GAP
    # The second picture's orange disc stands in the second column alone, where the slide is.
    columns = [EDGE + at * (CARD + GAP) for at in range(3)]
    pictured = [
        len(
            set(
                image.crop((x + 8, image.height // 3, x + CARD - 8, image.height // 2)).convert("P").tobytes()
            )
        )
        > 8
        for x in columns
    ]
    assert pictured == [True, True, False]


@pytest.mark.slow
def test_a_gif_plays_the_slides_for_their_times(view):
    image = opened(storyboard(view, ".gif"))
    times = []
    for frame in range(image.n_frames):
        image.seek(frame)
        times.append(image.info["duration"])
    assert times == [5000, 5000, 7000]
    assert image.info["loop"] == 0


def test_a_pdf_has_pages_of_a_few_slides():
    message = Message(
        slides=[Slide(text=f"Slide {number}") for number in range(PAGE_SLIDES + 1)], layout="text-only"
    )
    data = storyboard(view_of(build(message, "uk").bundle, UK), ".pdf")
    assert data.startswith(b"%PDF")
    assert b"/Count 2" in data


@pytest.mark.slow
def test_the_picture_stands_in_its_box(view):
    colours = LIGHT
    slide = view.slides[0]
    size = (480, 640)
    drawn = surface(view, slide, size, colours)
    box = slide.media[0]
    inside = drawn.crop((box.left + 40, box.top + 100, box.left + 200, box.top + 300))
    assert inside.getextrema() != Image.new("RGB", inside.size, colours.panel).getextrema()
    without = surface(view, replace(slide, media=slide.media[1:]), size, colours)
    changed = ImageChops.difference(drawn, without).getbbox()
    assert changed[3] <= box.top + box.height


@pytest.mark.parametrize("ending", endings())
def test_a_message_without_slides_is_shown_too(ending):
    assert storyboard(view_of(b"not a zip", UK), ending)


@pytest.mark.slow
def test_dark_and_light_differ(view):
    assert opened(storyboard(view, ".png")).getpixel((2, 2)) == LIGHT.back
    assert opened(storyboard(view, ".png", "dark")).getpixel((2, 2)) == DARK.back


def test_a_text_that_the_phone_would_scroll_is_written_out_below(view):
    long = " ".join(f"word{number}" for number in range(60))
    parts = [
        (
            "a.smil",
            "application/smil",
            b'<smil><head/><body><par dur="5s"><text src="t.txt"/></par></body></smil>',
        ),
        ("t.txt", "text/plain", long.encode()),
    ]
    whole = view_of(zipped(parts), UK)
    (slide,) = whole.slides
    low = replace(slide, media=tuple(replace(placed, height=120) for placed in slide.media))
    short = replace(whole, height=120, slides=(low,))
    screen_alone = sheet(replace(short, parts=()), [replace(short.slides[0], media=())], LIGHT).height
    assert sheet(short, short.slides, LIGHT).height > screen_alone + 100


@pytest.mark.slow
def test_a_comparison_names_what_has_changed(mmspack, tmp_path, scene):
    slides = [Slide(image=scene(), text="One"), Slide(text="Two")]
    build(Message(slides=slides, subject="Old"), "uk").save(tmp_path / "old.zip")
    slides = [Slide(image=scene(), text="Changed", seconds=4), Slide(text="Two"), Slide(text="More")]
    build(Message(slides=slides, subject="New"), "uk").save(tmp_path / "new.zip")
    ran = mmspack("preview", "--compare", "old.zip", "new.zip", "-o", "c.png")
    assert ran.code == 0, ran.err
    same = mmspack("preview", "--compare", "new.zip", "new.zip", "-o", "same.gif")
    assert same.code == 0
    wide = opened((tmp_path / "c.png").read_bytes())
    assert wide.width == 2 * (2 * EDGE + 2 * CARD + GAP)


@pytest.mark.slow
def test_changes_are_told_in_words(scene):
    def view(*slides: Slide):
        return view_of(build(Message(slides=slides), "uk").bundle, UK)

    old = view(Slide(image=scene(), text="One"), Slide(text="Two"))
    new = view(Slide(image=scene(300, 200), text="One", seconds=4), Slide(text="Two"))
    assert changes(old, new, old.slides[0], new.slides[0]) == [
        "picture re-encoded, 320×240 → 300×200",
        "time",
    ]
    assert changes(old, new, old.slides[1], new.slides[1]) == []
    compare = output_of(".png").compare
    light = Style(theme="light")
    assert compare(old, new, light) != compare(old, old, light)


@pytest.mark.parametrize("name", ["b.webp", "b.bmp", "folder"])
def test_a_format_that_is_none_is_refused_with_those_there_are(mmspack, name, tmp_path, view):
    (tmp_path / "a.zip").write_bytes(zipped([("t.txt", "text/plain", b"hello")]))
    ran = mmspack("preview", "a.zip", "-o", name)
    assert ran.code == 2
    assert ".png" in ran.err
    assert "Traceback" not in ran.err


def test_lines_fit_and_the_last_one_tells_of_more():
    type_ = Type(20)
    lines = wrap("many words that go on and on and on\nand a\tlast one" + "w" * 80, type_, 150, 4)
    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert all(width_of(line, type_) <= 150 for line in lines)
    assert wrap("", type_, 150) == ()


@pytest.mark.slow
def test_a_sentence_that_is_cut_ends_in_three_dots_and_not_in_four():
    type_ = Type(20)
    room = width_of("Sat 12 December.…", type_)
    (line,) = wrap("Sat 12 December. Doors open at 19:00 sharp", type_, room, 1)
    assert line == "Sat 12 December…"


def test_what_is_attached_and_what_is_left_out_is_on_the_storyboard():
    smil = b'<smil><head/><body><par dur="5s"><text src="t.txt"/></par></body></smil>'
    parts = [("a.smil", "application/smil", smil), ("t.txt", "text/plain", b"hello")]
    alone = view_of(zipped(parts), UK)
    card = ("c.vcf", "text/x-vCard", CARD_TEXT.encode())
    attached = view_of(zipped([*parts, card]), UK)
    assert [part.name for part in attached.attachments] == ["c.vcf"]
    heights = [opened(storyboard(view, ".png")).height for view in (alone, attached)]
    assert heights[1] > heights[0] + 5 * SMALL.line
    many = replace(alone, slides=alone.slides * (MAX_SLIDES + 2))
    rows = -(-MAX_SLIDES // COLUMNS)
    plain = sheet(many, many.slides[:MAX_SLIDES], LIGHT)
    assert sheet(many, many.slides[:MAX_SLIDES], LIGHT, ends=True).height > plain.height
    assert plain.height > rows * screen_height(many)


def test_a_long_text_is_written_whole_or_its_rest_is_counted():
    assert "".join(whole_text("word " * 1500)).replace(" ", "") == "word" * 1500
    assert whole_text("x\n" * 1000)[-1] == "and 600 more characters"


def test_a_sound_is_named_below_its_slide_and_covers_nothing():
    smil = b'<smil><head/><body><par dur="5s"><text src="t.txt"/>%b</par></body></smil>'
    parts = [
        ("t.txt", "text/plain", b"hello"),
        ("s.amr", "audio/amr", b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50),
    ]
    quiet, loud = (
        view_of(zipped([("a.smil", "application/smil", smil % sound), *parts]), UK)
        for sound in (b"", b'<audio src="s.amr"/>')
    )
    size = CARD, screen_height(quiet)
    surfaces = [surface(view, view.slides[0], size, LIGHT) for view in (quiet, loud)]
    assert ImageChops.difference(*surfaces).getbbox() is None


@pytest.mark.parametrize("width", [120, 160, 200, 260])
def test_wrapped_lines_keep_the_direction_of_their_paragraph(width):
    arabic = "مرحبا بكم Harbour Street 2026 في المتجر"
    english = "Welcome to متجر الميناء of Harbour Street"
    type_ = Type(20)
    assert all(reads_leftward(line) for line in wrap(arabic, type_, width))
    assert not any(reads_leftward(line) for line in wrap(english, type_, width))
    assert all(
        width_of(line, type_) <= width for line in (*wrap(arabic, type_, width), *wrap(english, type_, width))
    )


@pytest.mark.skipif(not features.check("raqm"), reason="Pillow has no Raqm here")
def test_an_emoji_leaves_no_gap_and_a_region_has_its_own_flag():
    type_ = Type(40)
    emoji, blank = width_of("🎉", type_), width_of(" ", type_)
    assert width_of("a🎉 b", type_) <= width_of("ab", type_) + emoji + blank + 1
    scotland = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    assert width_of(scotland, type_) <= 1.2 * emoji
    inks = []
    for text in ("🏴", scotland):
        shown = Image.new("RGB", (80, 80))
        draw(shown, (4, 4), text, type_, (255, 255, 255))
        inks.append(shown.tobytes())
    assert inks[0] != inks[1]


def test_right_to_left_text_stands_at_the_right():
    assert reads_leftward("12 שלום")
    assert not reads_leftward("12 hello שלום")
    image = Image.new("RGB", (300, 40))
    draw(image, (0, 0), "שלום", Type(20), (255, 255, 255), width=300)
    left, _, right, _ = image.getbbox()
    assert left > 150
    assert right > 280


@pytest.mark.skipif(not features.check("raqm"), reason="Pillow has no Raqm here")
def test_letters_of_every_kind_leave_ink():
    for text in ("Grüße", "Ωμέγα", "Привет", "👋🏽", "a\u200db", "\u0301", "\x00\x07"):
        image = Image.new("RGB", (400, 60))
        draw(image, (4, 4), text, Type(24), (255, 255, 255))
        assert (image.getbbox() is not None) == any(char.isprintable() for char in text), text
