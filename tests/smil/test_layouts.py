"""Layouts: SMIL inside the subset that every known reader shows."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from mmspack.errors import AuthoringError
from mmspack.smil.layouts import SlideNames, layouts, render
from mmspack.smil.tree import parse

BOTH = SlideNames(number=1, dur=5000, image="image1.jpg", text="text1.txt")
PICTURE = SlideNames(number=1, dur=5000, image="image1.jpg")
COPY = SlideNames(number=1, dur=5000, text="text1.txt")
SHOWN = {
    "image-above-text": BOTH,
    "text-above-image": BOTH,
    "image-only": PICTURE,
    "text-only": COPY,
    "full-screen": PICTURE,
}


def test_at_least_five_layouts_each_with_a_description():
    assert set(layouts()) >= set(SHOWN)
    assert all(layout.description for layout in layouts().values())


@pytest.mark.parametrize("name", sorted(layouts()))
def test_a_layout_stays_inside_the_safe_subset(name):
    slide = SHOWN[name]
    root = ElementTree.fromstring(render(name, [slide, slide], width=480, height=640))
    assert [child.tag for child in root] == ["head", "body"]
    display = root.find("head/layout/root-layout")
    assert (display.get("width"), display.get("height")) == ("480", "640")
    for region in root.iter("region"):
        assert region.get("id") in {"Image", "Text"}
        assert set(region.attrib) == {"id", "left", "top", "width", "height", "fit"}
        assert all(re.fullmatch(r"\d+", region.get(key)) for key in ("left", "top", "width", "height"))
        assert int(region.get("top")) + int(region.get("height")) <= 640
    for par in root.find("body"):
        assert par.tag == "par"
        assert set(par.attrib) == {"dur"}
        assert re.fullmatch(r"\d+ms", par.get("dur"))
        assert all(set(medium.attrib) <= {"src", "region"} for medium in par)


def test_the_order_of_the_parts_is_the_order_on_the_screen():
    below = parse(render("image-above-text", [BOTH], width=480, height=640))
    above = parse(render("text-above-image", [BOTH], width=480, height=640))
    assert below.sources == ("image1.jpg", "text1.txt")
    assert above.sources == ("text1.txt", "image1.jpg")


@pytest.mark.parametrize(
    ("layout", "slide", "said"),
    [
        ("image-only", BOTH, "no place for the text of slide 1"),
        ("text-only", BOTH, "no place for the image of slide 1"),
        ("full-screen", BOTH, "either would cover the other"),
        ("image-over-text", BOTH, "no layout 'image-over-text'"),
    ],
)
def test_a_layout_that_would_lose_something_is_refused(layout, slide, said):
    with pytest.raises(AuthoringError, match=said):
        render(layout, [slide], width=480, height=640)


def test_a_layout_of_ones_own_stands_in_front(tmp_path):
    (tmp_path / "image-only.smil.j2").write_text(
        "{# Ours. #}\n<smil><head><layout>"
        "<root-layout width='{{ width }}' height='{{ height }}'/></layout></head>"
        '{% from "_slides.smil.j2" import body %}{{ body(slides, ["image"]) }}</smil>'
    )
    assert layouts([tmp_path])["image-only"].description == "Ours."
    assert parse(render("image-only", [PICTURE], width=9, height=7, folders=[tmp_path])).width == "9"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{# x #}<smil>", "does not produce valid SMIL"),
        ("{# x #}{{ nothing }}", "nothing"),
        ("{# x #}{% for %}", "broken.smil.j2:1"),
        ("{# x #}<smil><head/><body/></smil>", "produces 0 slides, but the message has 1"),
        ("{# x #}{{ 1 // 0 }}", "zero"),
        ("{# x #}{{ slides.__class__.__base__.__subclasses__() }}", "unsafe"),
    ],
)
def test_a_broken_layout_is_told_in_one_line(tmp_path, template, said):
    (tmp_path / "broken.smil.j2").write_text(template)
    with pytest.raises(AuthoringError) as caught:
        render("broken", [PICTURE], width=9, height=7, folders=[tmp_path])
    assert said in str(caught.value)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("more", "slides", "said"),
    [
        ('<audio src="gone.amr"/>', 1, "shows 'gone.amr', which slide 1 lacks"),
        ('<img src="image2.jpg"/>', 2, "shows 'image2.jpg', which slide 1 lacks"),
    ],
)
def test_a_layout_that_shows_what_a_slide_does_not_have_is_refused(tmp_path, more, slides, said):
    (tmp_path / "own.smil.j2").write_text(
        "<smil><head><layout/></head><body>{% for slide in slides %}"
        '<par><img src="{{ slide.image }}"/>{% if loop.first %}'
        + more
        + "{% endif %}</par>{% endfor %}</body></smil>",
        "utf-8",
    )
    given = [SlideNames(number=at, dur=5000, image=f"image{at}.jpg") for at in range(1, slides + 1)]
    with pytest.raises(AuthoringError, match=said):
        render("own", given, width=480, height=640, folders=(tmp_path,))


def test_what_comes_from_outside_is_escaped(tmp_path):
    slide = SlideNames(number=1, dur=1, text='a"><img src="x.gif')
    data = render("text-only", [slide], width=9, height=7)
    assert parse(data).sources == ('a"><img src="x.gif',)
