"""`message.toml`: what an author may write, and every mistake told at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mmspack.authoring import from_toml
from mmspack.errors import AuthoringError, InputError
from mmspack.profiles import DERIVED, Profile


@pytest.fixture
def folder(tmp_path: Path, scene) -> Path:
    (tmp_path / "beach.jpg").write_bytes(scene())
    (tmp_path / "copy.txt").write_bytes("\ufeffDear {{ name }},\r\ncome in.\r\n".encode())
    (tmp_path / "shop.vcf").write_text("BEGIN:VCARD\r\nEND:VCARD\r\n")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "message.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_an_author_may_write_arrives(folder):
    path = written(
        folder,
        """
        subject = "Fish & chips for {{ name }}"
        profile = ["uk", "us-att"]
        layout = "text-above-image"
        background = "#ffcc00"
        attachments = ["shop.vcf"]
        [variables]
        name = "Ada"
        [[slides]]
        image = "beach.jpg"
        text = "Hello {{ name }} <3"
        seconds = 7.5
        crop = "4:5"
        focus = [0.5, 1]
        weight = 2
        [[slides]]
        text = "copy.txt"
        """,
    )
    message = from_toml(path)
    assert message.subject == "Fish & chips for Ada"
    assert message.profile == "uk,us-att"
    assert (message.layout, message.background) == ("text-above-image", "#ffcc00")
    assert message.attachments == (folder / "shop.vcf",)
    first, second = message.slides
    assert (first.image, first.text, first.seconds) == (folder / "beach.jpg", "Hello Ada <3", 7.5)
    assert (first.crop, first.focus, first.weight) == ("4:5", (0.5, 1), 2)
    assert second.text == "Dear Ada,\ncome in."


def test_set_stands_before_the_files_own_variables(folder):
    path = written(folder, 'subject = "{{ name }}"\n[variables]\nname = "Ada"\n[[slides]]\ntext = "x"\n')
    assert from_toml(path, {"name": "Bo"}).subject == "Bo"


def test_every_mistake_is_told_at_once_with_its_place(folder):
    path = written(
        folder,
        """
        subjekt = "x"
        profile = 5
        attachments = ["shop.vc"]
        [[slides]]
        image = "beech.jpg"
        seconds = "5"
        [[slides]]
        txt = "a"
        [[slides]]
        text = "missing.txt"
        """,
    )
    with pytest.raises(AuthoringError) as caught:
        from_toml(path)
    lines = [line.removeprefix(f"{path}:") for line in caught.value.lines]
    assert "2: subjekt: unknown key (did you mean 'subject'?)" in lines
    assert '3: profile: expected a name, found 5 (such as profile = "uk")' in lines
    assert "7: slide 1, seconds: expected a number, found '5' (seconds = 5, without quotes)" in lines
    assert "9: slide 2, txt: unknown key (did you mean 'text'?)" in lines
    assert "6: slide 1, image: no file 'beech.jpg' (did you mean 'beach.jpg'?)" in lines
    assert "4: attachment 1: no file 'shop.vc' (did you mean 'shop.vcf'?)" in lines
    assert (
        "11: slide 3, text: no file 'missing.txt' (if these are the words, end them with a full stop)"
        in lines
    )
    assert len(lines) == 7


def test_missing_files_alone_are_unreadable_input(folder):
    path = written(folder, '[[slides]]\nimage = "spring.jpeg"\n')
    with pytest.raises(InputError, match=r":2: slide 1, image: no file 'spring\.jpeg'") as caught:
        from_toml(path)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[slides]]\ntext = "Hi {{ nam }}"\n[variables]\nname = "x"', "did you mean 'name'?"),
        ('[[slides]]\ntext = "Hi {{ city }}"', "give it in values={'city': …}"),
        ('[[slides]]\ntext = "x"\nlayout = "text-only"', "MMS has one layout for all slides"),
        ('[[slides]]\ntext = "Hi {{ name"', "'{{ name' is not closed (write {{ name }})"),
        ('[[slides]]\ntext = "{{ 1 // 0 }}"', "the template failed"),
        ("[[slides]]\ntext = \"{{ ''.__class__.__mro__ }}\"", "slide 1, text"),
        ('subject = "{{ city }}"\n[[slides]]\ntext = "x"', "subject: unknown variable 'city'"),
        ("[[slides]]\nseconds = 3", "the slide is empty (add an image, a text, a sound or a video)"),
        ('[[slides]]\nvideo = "beach.jpg"\nimage = "beach.jpg"', "cannot have an image or audio"),
        ("subject = 'x'", "slides: no slides: a message needs at least one (add [[slides]])"),
        ("[[slides]\n", "write [[slides]]"),
        (
            '[[slides]]\ntext = "x"\nseconds = 0',
            "seconds: must be above 0 and at most 3,600, found 0 (such as seconds = 5)",
        ),
        (
            '[[slides]]\ntext = "x"\nfocus = [0.5, 2]',
            "slide 1, focus: 2 in [0.5, 2] is not from 0 to 1 (fractions of the picture, not pixels",
        ),
        ('[[slides]]\ntext = {fil = "a"}', "slide 1, text: expected text, found"),
        (
            '[[slides]]\nimage = "beach.jpg"\nkeep = true\ncrop = "4:5"',
            "slide 1, crop: cannot be combined with keep = true",
        ),
        (
            '[[slides]]\nimage = "beach.gif"\nkeep = true\nstill = true',
            "slide 1, still: cannot be combined with keep = true",
        ),
        ('[[slides]]\nimage = "beach.jpg"\nfocus = [0.5, 0.5]', "slide 1, focus: there is no crop"),
        (
            'background = "whitish"\n[[slides]]\ntext = "x"',
            "background: 'whitish' is not a colour (did you mean 'white'?)",
        ),
        (
            'background = "12"\n[[slides]]\ntext = "x"',
            "background: '12' is not a colour (a CSS name such as white, or #rrggbb)",
        ),
    ],
)
def test_a_mistake_is_named_with_its_cure(folder, text, said):
    with pytest.raises(AuthoringError) as caught:
        from_toml(written(folder, text))
    assert said in str(caught.value)
    assert all(line.startswith(str(folder)) for line in caught.value.lines)


def test_a_text_file_that_is_not_utf8_is_refused_by_its_byte(folder):
    (folder / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    with pytest.raises(AuthoringError, match=r"'latin\.txt' contains the byte 0xfc, .*column 3"):
        from_toml(written(folder, '[[slides]]\ntext = "latin.txt"'))


def test_a_text_in_a_file_of_any_name(folder):
    (folder / "copy.md").write_text("Hello", encoding="utf-8")
    message = from_toml(written(folder, '[[slides]]\ntext = { file = "copy.md" }'))
    assert message.slides[0].text == "Hello"


def test_a_value_never_names_a_file(folder):
    (folder / "secret.txt").write_text("not for recipients", encoding="utf-8")
    path = written(folder, '[[slides]]\ntext = "{{ name }}"\n')
    value = str(folder / "secret.txt")
    from mmspack import Message, Slide, build

    by_file = build(from_toml(path, {"name": value}))
    by_values = build(Message(slides=[Slide(text="{{ name }}")]), values={"name": value})
    for built in (by_file, by_values):
        assert built.bundle.part("text1.txt").data == value.encode()


def test_every_key_of_a_profile_is_described():
    page = (Path(__file__).parents[2] / "docs" / "message-toml.md").read_text("utf-8")
    described = page[page.index("### Your own profiles") :]
    for key in dataclasses.fields(Profile):
        assert key.name in DERIVED or f"`{key.name}`" in described
