"""`message.toml` as people mistype it: each answer names the line, the slide counted from 1, and the cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import SHARED

FOLDER = SHARED / "inputs" / "messages" / "mistakes"
NAMES = ("map.png", "clip_small.mp4", "jingle.mp3", "shop.vcf", "run.py", "iphone5_flowers.jpg")
# Number of the file, where the answer places the mistake, what it says is wrong, and the cure.
RIGHT = [
    ("01", "1: subject", "the quote is not closed", 'end the text with "'),
    ("02", "1: subject", "curly quotes", 'subject = "…"'),
    ("03", "3: slide 1, image", "no file 'mpa.png'", "did you mean 'map.png'?"),
    ("04", "3: slide 1, image", "no file 'Map.PNG'", "did you mean 'map.png'? upper and lower case differ"),
    ("05", "3: slide 1, image", "no file '../assets/ticket.png'", "looked for in the folder of 05.toml"),
    ("06", "3: slide 1, image", "a backslash in quotes", 'image = "C:/Users/me/map.png"'),
    ("07", "3: slide 1, imgae", "unknown key", "did you mean 'image'?"),
    ("08", "1: subjct", "unknown key", "did you mean 'subject'?"),
    ("09", "2: slides", "[slides] is a single table", "write [[slides]], with two brackets"),
    ("10", "2: slide", "unknown key", "write [[slides]]"),
    ("11", "3: slide 1, subject", "unknown key", "put it above the first [[slides]]"),
    ("12", "4: slide 1, seconds", "expected a number, found '5'", "seconds = 5, without quotes"),
    ("13", "4: slide 1, seconds", "'5s' is not a number", "seconds = 5"),
    ("14", "4: slide 1, seconds", "must be above 0 and at most 3,600, found 0", "such as seconds = 5"),
    ("15", "4: slide 1, seconds", "must be above 0 and at most 3,600, found -3", "such as seconds = 5"),
    ("16", "4: slide 1, crop", "'square' is not an aspect ratio", '"1:1" for a square'),
    ("17", "4: slide 1, focus", "there is no crop to centre", 'such as crop = "4:5"'),
    (
        "18",
        "5: slide 1, focus",
        "300 in [300, 200] is not from 0 to 1",
        "fractions of the picture, not pixels",
    ),
    ("19", "2: layout", "no layout 'image_above_text'", "did you mean 'image-above-text'?"),
    ("20", "2: profile", "no profile 'UK'", "did you mean 'uk'?"),
    (
        "21",
        "2: profile",
        "no profile 'vodafone'",
        "'au-vodafone' is Vodafone (Australia); see: mmspack profiles",
    ),
    ("22", "1: subject", "'{{ name }' is not closed", "write {{ name }}"),
    ("23", "1: subject", "'{name}' is not a placeholder", "write {{ name }}"),
    ("24", "1: subject", "'*|FNAME|*' is not a placeholder", "write {{ fname }}"),
    ("25", "1: subject", "unknown variable 'nmae'", "did you mean 'name'?"),
    ("26", "3: variables.first-name", "not the name of a variable", "first_name"),
    ("27", "3: slide 1, text", "no file 'offer.txt'", "if these are the words, end them with a full stop"),
    ("28", "3: slide 1, text", "'offer.md' is the name of a file", 'text = { file = "offer.md" }'),
    ("29", "2: slide 1", "the slide is empty", "add an image, a text"),
    ("30", "1: slides", "no slides", "add [[slides]]"),
    ("31", "1: slides", "no slides", "add [[slides]]"),
    (
        "32",
        "3: slide 1, image",
        "a slide with a video cannot have an image",
        "move one of them to its own slide",
    ),
    ("33", "3: slide 1, image", "'shop.vcf' is a contact card", 'attachments = ["shop.vcf"]'),
    ("34", "3: slide 1, image", "'jingle.mp3' is a sound", 'audio = "jingle.mp3"'),
    ("35", "2: attachments", "expected a list, found 'shop.vcf'", 'attachments = ["shop.vcf"]'),
    ("36", "2: attachment 1", "mmspack does not know files that end in '.py'", "ends in .vcf"),
    ("37", "2: background", "'of-white' is not a colour", "did you mean 'white'?"),
    ("39", "4: slide 1, min_quality", "must be at least 0 and at most 100, found 200", "min_quality = 60"),
    ("40", "1: subject", "contains a line break", "write it on one line"),
    ("41", "4: slide 1, image", "already set on line 3", "remove one of them"),
    ("42", "5: slide 1, overlay 1, box", "10 in [10, 10, 200, 50] is not from 0 to 1", "not pixels"),
    ("43", "5: slide 1, overlay 1, box", "left 0.7 + width 0.5 is above 1", "make width at most 0.3"),
    ("44", "7: slide 1, overlay 1, qr", "exactly one of text, qr and barcode", "its own [[slides.overlay]]"),
    ("45", "4: slide 1, overlay 1", "the check digit", "0"),
    ("46", "4: slide 1, overlay 1", "QR code", "make the box larger"),
    ("47", "1:13", "contains the byte 0xe9, which is not UTF-8", "save it as UTF-8"),
    ("48", "1", "saved as UTF-16", "save it as UTF-8"),
    ("50", "1: subject", "a colon after the key", 'subject = "…"'),
    ("52", "4: slide 1, transition", "unknown key", "there are: image, video, audio, text"),
    ("53", "4: slide 1, layout", "unknown key", "put it above the first [[slides]]"),
    ("54", "2: from", "unknown key", "mmspack send --from"),
    ("56", "3: slide 1, image", "is an address, not a file", "download it"),
]


@pytest.fixture
def folder(tmp_path: Path, scene) -> Path:
    for name in NAMES:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "map.png").write_bytes(scene(240, 160, "PNG"))
    (tmp_path / "shop.vcf").write_bytes(b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Shop\r\nEND:VCARD\r\n")
    (tmp_path / "iphone5_flowers.jpg").write_bytes(scene(3000, 2000, "JPEG", quality=60))
    return tmp_path


def mistake(folder: Path, number: str) -> str:
    if not FOLDER.is_dir():
        pytest.skip("no shared inputs here")
    (folder / f"{number}.toml").write_bytes((FOLDER / f"{number}.toml").read_bytes())
    return f"{number}.toml"


@pytest.mark.parametrize(("number", "place", "what", "cure"), RIGHT, ids=[row[0] for row in RIGHT])
def test_the_answer_names_line_slide_and_cure(folder, mmspack, number, place, what, cure):
    names_it(folder, mmspack, number, place, what, cure)


@pytest.mark.slow
def test_a_quality_that_a_photo_cannot_reach_is_named_with_its_cure(folder, mmspack):
    photo = SHARED / "photos" / "iphone5_flowers.jpg"
    if not photo.is_file():
        pytest.skip("no real photos here")
    (folder / photo.name).write_bytes(photo.read_bytes())
    names_it(folder, mmspack, "38", f"3: slide 1, image: {photo.name}", "min_quality 95", "lower min_quality")


def names_it(folder, mmspack, number, place, what, cure):
    name = mistake(folder, number)
    ran = mmspack("build", name, "-o", "out.zip")
    assert ran.code in (1, 2, 3)
    assert not (folder / "out.zip").exists()
    first, *more = ran.err.splitlines()
    assert first.startswith(f"mmspack: {name}:{place}: "), first
    assert what in first
    assert cure in first
    assert len(more) <= 1, ran.err
    assert "Traceback" not in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("number", [row[0] for row in RIGHT if row[0] not in ("03", "04", "27", "45", "46")])
def test_the_answer_is_the_same_where_the_pictures_are_missing(tmp_path, mmspack, number):
    name = mistake(tmp_path, number)
    (_, place, what, _) = next(row for row in RIGHT if row[0] == number)
    if number in ("05", "19", "20", "21", "25", "36"):
        what = "no file"  # the first thing that stops it
    ran = mmspack("build", name, "-o", "out.zip")
    assert ran.code in (2, 3)
    assert what in ran.err
    assert all(re.match(rf"mmspack: ({name}:\d+(:\d+)?: |→ )", line) for line in ran.err.splitlines()), (
        ran.err
    )
    if what != "no file":
        assert f"{name}:{place}" in ran.err


def test_a_byte_order_mark_is_no_mistake(folder, mmspack):
    assert mmspack("build", mistake(folder, "49"), "-o", "out.zip").code == 0


def test_a_text_that_is_too_long_for_a_template_is_answered_in_one_line(folder, mmspack):
    (folder / "message.toml").write_text('[[slides]]\ntext = "' + "{{ 1 }}" * 30_000 + '"\n')
    ran = mmspack("build", folder)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "slide 1, text: a template has at most 200,000 characters, and this one 210,000" in ran.err


def test_many_slides_are_a_finding_of_the_check(folder, mmspack):
    ran = mmspack("build", mistake(folder, "55"), "-o", "out.zip")
    assert ran.code == 0
    assert "21 slides" in ran.out


SIBLINGS = [
    ("text = 'Hello\n", 1, "quote is not closed"),
    ("subject = ‘Hello’\n", 1, "curly quotes"),
    ('subject = "x"\n[[slides]]\ntext = """Hello\nyou\n', 3, "the text is not closed"),
    ('[[slides]]\nimage = "photos\\beach.jpg"\n', 2, "write / in a path"),
    ('[[slides]]\nimage = "new\\table.jpg"\n', 2, "contains a control character"),
    ('[[slides]]\nimage = "C:\\photos\\a.jpg"\n', 2, 'image = "C:/photos/a.jpg"'),
    ("[[slides]]\ntext = Hello you\n", 2, 'text = "Hello you"'),
    ("[[slides]]\nimage = map.png\n", 2, 'image = "map.png"'),
    ("[[slides]]\ntext = \n", 2, "there is no value"),
    ('[[slides]]\nimage = "map.png"\nkeep = True\n', 3, "keep = true"),
    ('[[slides]]\nimage = "map.png"\nkeep = yes\n', 3, "keep = true"),
    ('[[slides]]\ntext = "a"\nseconds = 5 s\n', 3, "seconds = 5"),
    ('[[slides]]\ntext = "a"\nseconds = 500%\n', 3, "seconds = 500"),
    ('[[slides]]\ntext = "a "big" sale"\n', 2, "a quote inside the text"),
    ('[slides]\ntext = "a"\n[slides]\ntext = "b"\n', 3, "write [[slides]]"),
    ('slides = "a"\n', 1, "expected a list, found 'a' ([[slides]], with two brackets"),
    ('[[slides]]\ntext = "a"\n[[slides]]\ntext = "b"\nsecond = 3\n', 5, "slide 2, second: unknown key"),
    ('[[slides]]\nduration = 3\ntext = "a"\n', 2, "write seconds"),
    ('image = "map.png"\n', 1, "put it below [[slides]]"),
    ('[[slides]]\nimage = "map.png"\n[slides.overlay]\nbox = [0, 0, 1, 1]\n', 3, "[[slides.overlay]]"),
    ('[[slides]]\nimage = "map.png"\nfocus = 0.5\ncrop = "1:1"\n', 3, "expected [x, y]"),
    ('[[slides]]\ntext = "a"\nseconds = nan\n', 3, "expected a number"),
    ('[[slides]]\nimage = ["map.png"]\n', 2, "expected a picture"),
    ('slides = [{ text = "a" }, { text = "b", second = 2 }]\n', 1, "slide 2, second: unknown key"),
    ('attachments = [\n  "shop.vcf",\n  5,\n]\n[[slides]]\ntext = "a"\n', 3, "attachment 2: expected"),
    ('[[slides]]\ntext = "notes/price list.txt"\n', 2, "no file 'notes/price list.txt'"),
    ('[[slides]]\ntext = "map.png"\n', 2, "'map.png' is the name of a file"),
    ('[[slides]]\ntext = "Hello %%name%%"\n', 2, "write {{ name }}"),
    ('[[slides]]\nimage = "ftp://example.com/a.jpg"\n', 2, "is an address"),
    ('[[slides]]\nimage = "map.png"\n[[slides.overlay]]\ntext = "a"\n', 3, "box"),
    ('[variables]\nname = ["Ada"]\n[[slides]]\ntext = "{{ name }}"\n', 2, "variables.name: expected text"),
    ('[[slides]]\nimage = "."\n', 2, "is a folder, not a file"),
    ("a = " + "[" * 9000, 1, "lists within lists"),
    ('subject = Hello"\n', 1, 'subject = "Hello")'),
    ('[[slides]]\ntext = "Hi”\n', 2, 'a straight one: text = "Hi"'),
    ("slides:\n  - text: Hi\n", 1, "write [[slides]]"),
    ('{"slides": [{"text": "Hi"}]}', 1, "JSON, not TOML"),
    ('<<<<<<< HEAD\nsubject = "a"\n', 1, "a conflict of two versions"),
    ('```toml\n[[slides]]\ntext = "a"\n', 1, "remove the line"),
    ('[[slides]]\ntext = "a"\nseconds = 500ms\n', 3, "seconds = 0.5"),
    ('[[slides]]\ntext = "a"\nseconds = 2 min\n', 3, "seconds = 120"),
    ('[[slides]]\ntext = "a"\nseconds = "00:05"\n', 3, "seconds = 5, without quotes"),
    ('[[slides]]\ntext = "a"\nseconds = "2,5 s"\n', 3, "seconds = 2.5, without quotes"),
    ('[[slides]]\ntext = "a"\nseconds = 05\n', 3, "a number begins with 0 (seconds = 5)"),
    ('[[slides]]\ntext = "50\\% off, it\\\'s big"\n', 2, 'text = "50% off, it\'s big"'),
    ('[[slides]]\ntext\u00a0= "a"\n', 2, "an invisible character (U+00A0)"),
    ('\u200b[[slides]]\ntext = "a"\n', 1, "an invisible character (U+200B)"),
    ('[[slides]]\ntext \uff1d "a"\n', 2, "write ="),
    ('[[slides]]\nimage = "file:///tmp/map.png"\n', 2, 'image = "/tmp/map.png"'),
    ('[[slides]]\nimage = ""\n', 2, "such as image ="),
    ('[[slides]]\nimage = "map.png"\nkeep = "true"\n', 3, "true or false, without quotes"),
    ('[[attachments]]\nfile = "shop.vcf"\n[[slides]]\ntext = "a"\n', 1, 'attachments = ["…"]'),
    ('[[slides]]\ntext = "Hi {{ first-name }}"\n', 2, "write {{ first_name }}"),
    ('[[slides]]\ntext = "Hi {{ name | uper }}"\n', 2, "did you mean 'upper'?"),
    ('[[slides]]\ntext = "Hi {{ name or ‘you’ }}"\n', 2, "curly quotes (write straight ones"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "line", "said"), SIBLINGS)
def test_siblings_of_the_mistakes_are_answered_alike(folder, mmspack, text, line, said):
    (folder / "message.toml").write_text(text, "utf-8")
    ran = mmspack("build", "message.toml", "-o", "out.zip")
    assert ran.code in (2, 3)
    assert said in ran.err
    assert said == "lists within lists" or f"message.toml:{line}: " in ran.err, ran.err


RIGHT_TEXTS = [
    "See you at www.example.md",
    "www.example.md",
    "https://example.com/offer.txt",
    "Ends at 5 p.m",
    "All terms are in terms.txt.",
    "20 % off {{ 1 }}{{ '{name}' }}",
    "100 %% {a: b} {} { }",
]


@pytest.mark.parametrize("text", RIGHT_TEXTS)
def test_an_ordinary_text_is_no_file_and_no_foreign_place(folder, mmspack, text):
    (folder / "message.toml").write_text(f'[[slides]]\ntext = """{text}"""\n', "utf-8")
    ran = mmspack("build", "message.toml", "-o", "out.zip")
    assert ran.code == 0, ran.err
