"""What is seen of a message, ours or foreign: slides, boxes, times, texts, findings."""

from __future__ import annotations

import pytest

from mmspack.previewing.composing import view_of
from mmspack.previewing.outputs import Style
from mmspack.previewing.outputs.png import render as storyboard
from mmspack.previewing.rendering import page
from mmspack.previewing.view import Look
from mmspack.profiles import get
from mmspack.smil.tree import parse
from tests.previewing.preview_tools import zipped

UK = get("uk")
HEAD = (
    '<head><layout><root-layout width="400" height="600"/>'
    '<region id="Image" left="0" top="0" width="100%" height="50%" fit="meet"/>'
    '<region id="Text" left="20px" top="300" width="320.5" height="200"/></layout></head>'
)


def smil(body: str, head: str = HEAD) -> bytes:
    return f"<smil>{head}<body>{body}</body></smil>".encode()


def foreign(body: str, *parts: tuple[str, str, bytes], head: str = HEAD):
    return view_of(zipped([("a.smil", "application/smil", smil(body, head)), *parts]), UK)


def test_a_built_message_is_seen_as_its_smil_says(built, view):
    result, _ = built
    said = parse(result.bundle.smil.data)
    assert [slide.duration_ms for slide in view.slides] == [par.duration_ms for par in said.slides]
    assert [slide.start_ms for slide in view.slides] == [0, 5000, 10000]
    assert (view.width, view.height) == (int(said.width), int(said.height))
    assert view.total_ms == 17000
    assert view.subject == "Three slides"


def test_parts_stand_in_the_manifests_order_without_the_smil(view, built):
    names = [part.name for _, part in view.shown]
    assert names == [part.name for part in built[0].bundle.parts if part.type != "application/smil"]
    assert view.parts[view.first(Look.PICTURE)].name == "image1.jpg"
    assert view.parts[view.first(Look.TEXT)].text == "First words"


def test_every_part_knows_its_slide_and_its_original(view):
    by_name = {part.name: part for part in view.parts}
    assert by_name["image1.jpg"].slides == (1,)
    assert by_name["text3.txt"].slides == (3,)
    for part in view.parts:
        if part.original:
            assert part.original.data.startswith(b"RIFF")
            assert part.original.after.bytes == len(part.data)


def test_regions_are_resolved_as_phones_read_them(scene):
    view = foreign(
        '<par dur="3s"><img src="p.jpg" region="Image"/><text src="t.txt" region="Nowhere"/></par>',
        ("p.jpg", "image/jpeg", scene()),
        ("t.txt", "text/plain", b"hello"),
    )
    picture, text = view.slides[0].media
    assert (picture.left, picture.top, picture.width, picture.height, picture.fit) == (0, 0, 400, 300, "meet")
    # An undeclared region is `Text`; a width with decimals is none, so the box goes to the edge.
    assert (text.left, text.top, text.width, text.height, text.fit) == (20, 300, 380, 200, "scroll")


def test_without_a_layout_the_text_stands_below_the_picture(scene):
    view = foreign(
        '<par dur="3s"><img src="p.jpg"/><text src="t.txt"/></par><par dur="2s"><text src="t.txt"/></par>',
        ("p.jpg", "image/jpeg", scene()),
        ("t.txt", "text/plain", b"hello"),
        head="<head/>",
    )
    picture, text = view.slides[0].media
    assert picture.top + picture.height == text.top
    (alone,) = view.slides[1].media
    assert (alone.width, alone.height) == (UK.screen_width, UK.screen_height)


@pytest.mark.parametrize(
    ("attributes", "duration", "timed"),
    [
        ('dur="2500ms"', 2500, True),
        ('dur="indefinite"', 5000, False),
        ("", 5000, False),
        ('dur="0s"', 5000, False),
    ],
)
def test_a_slide_without_a_time_is_shown_and_says_so(attributes, duration, timed):
    view = foreign(f'<par {attributes}><text src="t.txt"/></par>', ("t.txt", "text/plain", b"hello"))
    assert (view.slides[0].duration_ms, view.slides[0].timed) == (duration, timed)


def test_media_have_their_own_begin_and_end():
    view = foreign(
        '<par dur="9s"><text src="t.txt" begin="1s" dur="2s"/><text src="t.txt" begin="4s" end="5s"/></par>',
        ("t.txt", "text/plain", b"hello"),
    )
    assert [(placed.begin_ms, placed.end_ms) for placed in view.slides[0].media] == [
        (1000, 3000),
        (4000, 5000),
    ]


def test_a_source_that_is_missing_is_told_in_its_place():
    view = foreign('<par dur="1s"><img src="gone.jpg"/></par>', ("t.txt", "text/plain", b"hello"))
    assert view.slides[0].media[0].part is None
    assert view.slides[0].media[0].src == "gone.jpg"


@pytest.mark.parametrize("data", [b"<smil><body>", b"no xml at all", b"<smil><head/><body/></smil>"])
def test_smil_that_cannot_be_played_gives_the_slides_of_an_old_phone(scene, data):
    view = view_of(
        zipped(
            [
                ("a.smil", "application/smil", data),
                ("p.jpg", "image/jpeg", scene()),
                ("t.txt", "text/plain", b"hello"),
                ("q.jpg", "image/jpeg", scene()),
            ]
        ),
        UK,
    )
    assert [len(slide.media) for slide in view.slides] == [2, 1]
    assert "cannot be played" in view.note
    assert view.findings


def test_what_a_part_is_goes_by_its_bytes(scene):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    view = view_of(
        zipped(
            [
                ("a.jpg", "image/jpeg", svg),
                ("b.png", "text/html", scene(40, 30, "PNG")),
                ("c.txt", "text/plain", b"plain"),
                ("d.htm", "text/html", b"<!doctype html><script>1</script>"),
                ("e.vcf", "text/x-vCard", b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Ada Lovelace\r\nEND:VCARD\r\n"),
            ]
        ),
        UK,
    )
    looks = {part.name: (part.look, part.type) for part in view.parts}
    assert looks["a.jpg"][0] is Look.FILE
    assert looks["b.png"] == (Look.PICTURE, "image/png")
    assert looks["c.txt"][0] is Look.TEXT
    assert looks["d.htm"][0] is Look.FILE
    assert looks["e.vcf"][0] is Look.CARD
    assert view.parts[-1].text == "Ada Lovelace"


@pytest.mark.parametrize(
    ("declared", "data"),
    [
        ("text/plain", "Grüße 👋 שלום".encode()),
        ("text/plain; charset=utf-8", "\ufeffGrüße 👋 שלום".encode()),
        ("text/plain; charset=UTF-16LE", "Grüße 👋 שלום".encode("utf-16-le")),
    ],
)
def test_text_is_decoded_by_what_it_says_it_is(declared, data):
    view = view_of(zipped([("t.txt", declared, data)]), UK)
    assert view.parts[0].text == "Grüße 👋 שלום"


@pytest.mark.parametrize("charset", ["zip", "hex", "no-such", "unicode_escape", "idna"])
def test_a_charset_that_is_none_is_ignored(charset):
    view = view_of(zipped([("t.txt", f"text/plain; charset={charset}", b"plain \\u0041")]), UK)
    assert view.parts[0].text == "plain \\u0041"


def test_findings_stand_with_the_slide_that_they_concern(scene):
    body = '\n<par dur="5s">\n<img src="p.jpg"/>\n</par>\n<par dur="5sec">\n<text src="t.txt"/>\n</par>\n'
    view = foreign(body, ("p.jpg", "image/jpeg", scene()[:-40]), ("t.txt", "text/plain", b"hello"))
    first, second = (({finding.part for finding in slide.findings}) for slide in view.slides)
    assert "p.jpg" in first
    assert "p.jpg" not in second
    assert "a.smil" in second
    in_slides = [finding for slide in view.slides for finding in slide.findings]
    assert set(view.findings) == {*view.general, *in_slides}


def test_slides_on_one_line_have_the_findings_of_their_own_columns():
    body = "".join(f'<par dur="{at}sec"><text src="t.txt"/></par>' for at in (1, 2, 3))
    view = foreign(body, ("t.txt", "text/plain", b"hello"))
    for slide, other in ((0, "2sec"), (1, "1sec"), (2, "2sec")):
        said = " ".join(finding.message for finding in view.slides[slide].findings)
        assert f"{slide + 1}sec" in said
        assert other not in said


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\3\4 broken", b"hello", zipped([])])
def test_nothing_makes_it_stumble(data):
    view = view_of(data, UK)
    assert view.slides == ()
    assert view.total_ms == 0


@pytest.mark.slow
def test_a_monstrous_message_makes_a_page_of_a_bearable_size():
    pars = '<par dur="1s"><text src="t.txt" region="Huge"/></par>' * 300
    head = (
        '<head><layout><root-layout width="1" height="9999"/>'
        '<region id="Huge" left="-999999" top="999999" width="999999" height="999999"/></layout></head>'
    )
    view = foreign(pars, ("t.txt", "text/plain", b"<" * 2_000_000), head=head)
    assert len(view.slides) == 100
    assert "200 more" in view.note
    assert view.slides[0].media[0].width <= 4
    assert len(page(view)) < 4_000_000
    assert storyboard(view, Style())


def test_media_beyond_a_bearable_size_are_named_and_not_shown():
    sound = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 200_000
    view = view_of(zipped([("a.amr", "audio/amr", sound), ("b.amr", "audio/amr", sound)]), UK)
    assert [part.problem for part in view.parts] == ["", "too large to be shown here"]
