"""A file in a place where another kind belongs, and TOML as people mistype it: the cure works when typed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mmspack.authoring.reading import from_toml
from mmspack.errors import MmspackError
from mmspack.pipeline import build


@pytest.fixture
def folder(tmp_path: Path, scene) -> Path:
    (tmp_path / "shot.png").write_bytes(scene(64, 48, "PNG"))
    (tmp_path / "shot.txt").write_bytes(scene(64, 48, "PNG"))
    with zipfile.ZipFile(tmp_path / "copy.docx", "w") as word:
        word.writestr("[Content_Types].xml", "<Types/>")
        word.writestr("word/document.xml", "<document/>")
    (tmp_path / "copy.txt").write_bytes((tmp_path / "copy.docx").read_bytes())
    (tmp_path / "copy.jpg").write_bytes((tmp_path / "copy.docx").read_bytes())
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "words.jpg").write_text("Hello\n")
    (tmp_path / "cut.jpg").write_bytes(scene(640, 480)[:4000])
    (tmp_path / "latin.txt").write_bytes("Menu\nCafé\n".encode("latin-1"))
    return tmp_path


def said(folder: Path, *lines: str) -> str:
    (folder / "message.toml").write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(MmspackError) as found:
        build(from_toml(folder / "message.toml"), cache=False)
    assert len(found.value.problems) == 1
    return str(found.value)


@pytest.mark.parametrize(
    ("line", "what", "cure"),
    [
        ('text = "shot.png"', "is the name of a file", 'image = "shot.png"'),
        ('text = { file = "shot.png" }', "is a picture by its name, not a text", 'image = "shot.png"'),
        ('text = "copy.docx"', "is the name of a file", "save its text as .txt"),
        ('text = { file = "copy.docx" }', "is a Word document by its name", "save its text as .txt"),
        ('text = "copy.txt"', "it is a Word document", "save its text as .txt"),
        ('text = "shot.txt"', "is not a text: it is PNG", "name a text file"),
        ('text = "latin.txt"', "contains the byte 0xe9, which is not UTF-8: line 2, column 4", "save it"),
        ('image = "copy.docx"', "is a Word document by its name, not a picture", "save its text as .txt"),
        ('image = "copy.jpg"', "not a picture: it is a Word document", "save its text as .txt"),
        ('image = "doc.pdf"', "is a document by its name, not a picture", "export its pages as JPEG or PNG"),
        ('image = "empty.jpg"', "the file is empty", "copy it again"),
        ('image = "words.jpg"', "not a picture: it is text", "name a picture"),
        ('image = "cut.jpg"', "JPEG", "export it again"),
    ],
)
def test_a_file_of_another_kind_is_named_with_the_key_or_the_way_that_works(folder, line, what, cure):
    if "doc.pdf" in line:
        (folder / "doc.pdf").write_bytes(b"%PDF-1.4\n")
    answer = said(folder, "[[slides]]", line)
    assert f"{folder / 'message.toml'}:2: slide 1, {line.split()[0]}: " in answer
    assert what in answer
    assert cure in answer


@pytest.mark.parametrize(
    ("lines", "what", "cure"),
    [
        (['text = "Hi",'], "',' after the value", '(remove it: text = "Hi")'),
        (["text = 'Hi';"], "';' after the value", "(remove it: text = 'Hi')"),
        (["seconds = 5,"], "',' after the value", "(remove it: seconds = 5)"),
        (["seconds = 2,5"], "a comma in a number", "(seconds = 2.5)"),
        (['text = "Hi" // said so'], "'//' after the value", "a comment begins with #"),
        (['text == "Hi"'], "'==' after the key", '(one = only: text = "Hi")'),
        (['image "x.jpg"'], "the = is missing", '(image = "x.jpg")'),
        (['text = "Hello" "World"'], "two texts", '(one text: text = "Hello World")'),
        (
            ['text = "Hello', 'World"'],
            "goes on in the next line",
            '(three quotes on each side: text = """…""")',
        ),
        (['text = "Hello'], "the quote is not closed", 'end the text with "'),
        (['text = "Hello"', "World"], "'World' has no key", "three quotes on each side"),
        (["text = [1"], "the list is not closed", "(end it with ])"),
        (['text = {file: "a.txt"}'], "a colon after the key", 'text = {file = "a.txt"}'),
        (["crop = 4:5"], "a text without quotes", '(crop = "4:5")'),
    ],
)
def test_toml_as_people_mistype_it_is_answered_with_the_right_line(folder, lines, what, cure):
    answer = said(folder, "[[slides]]", *lines)
    assert what in answer
    assert cure in answer
    assert "not TOML" not in answer


@pytest.mark.parametrize("head", ["[[slides]", "[slides]]", "[[slides", "[ [slides]"])
def test_brackets_that_do_not_match_are_answered_with_the_right_head(folder, head):
    assert "write [[slides]]" in said(folder, head, 'text = "Hi"')


def test_a_list_above_that_is_not_closed_is_named_and_not_the_head_below(folder):
    assert "not closed (end it with ])" in said(folder, 'attachments = ["a.vcf"', "[[slides]]", 'text = "Hi"')


def test_a_picture_beside_the_message_is_found_whatever_folder_is_named(folder):
    answer = said(folder, "[[slides]]", 'image = "C:/Users/me/shot.png"')
    assert (
        "no file 'C:/Users/me/shot.png' (did you mean 'shot.png'? it is in the folder of message.toml)"
        in answer
    )


def test_a_file_without_an_ending_is_never_offered_for_a_picture(folder):
    (folder / "hostname").write_text("x")
    assert "'hostname'" not in said(folder, "[[slides]]", 'image = "hostname.jpg"')


def test_values_are_named_in_the_words_of_toml(folder):
    overlay = '[[slides.overlay]]\nqr = "x"'
    assert "found nothing" in said(folder, "[[slides]]", 'image = "shot.png"', overlay)
    one = said(folder, "[[slides]]", 'image = "shot.png"', "[slides.overlay]", 'qr = "x"')
    assert "[slides.overlay] is a single table (write [[slides.overlay]]" in one
    assert 'image = "shot.png"' in said(folder, "[[slides]]", 'image = ["shot.png"]')
    assert "found 2026-12-24" in said(folder, "subject = 2026-12-24", "[[slides]]", 'text = "Hi"')


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("vodafone-uk", "did you mean 'uk'?"),
        ("vodafone", "'au-vodafone' is Vodafone (Australia)"),
        ("de", "'world' suits other countries"),
        ("gb", "did you mean 'uk'?"),
        ("us-at", "did you mean 'us-att'?"),
    ],
)
def test_a_profile_of_another_country_is_never_offered_as_what_was_meant(folder, name, cure):
    answer = said(folder, f'profile = "{name}"', "[[slides]]", 'text = "Hi."')
    assert f"message.toml:1: profile: no profile '{name}' (" in answer
    assert cure in answer


def test_a_profile_that_a_program_names_is_not_looked_for_in_the_file(folder):
    (folder / "message.toml").write_text('[[slides]]\ntext = "Hi."\n')
    with pytest.raises(MmspackError) as found:
        build(from_toml(folder / "message.toml"), "vodafone-uk")
    assert str(found.value).startswith("profile: no profile")


@pytest.mark.parametrize(
    "line",
    [
        "a" * 100_000 + "!",
        "a " * 50_000,
        "[" * 100_000,
        "text = " + "1," * 50_000,
        'text = "' + "\\\\" * 200_000,
    ],
    ids=["word", "words", "brackets", "commas", "backslashes"],
)
def test_a_very_long_line_is_answered_as_any_other(folder, line):
    assert "message.toml:2" in said(folder, "[[slides]]", line)[:200]


def test_a_very_long_name_is_answered_as_any_other(folder):
    answer = said(folder, "[[slides]]", f'image = "{"a" * 20_000}"')
    assert "slide 1, image: no file" in answer[:200]


@pytest.mark.parametrize(
    ("ending", "head", "what", "cure"),
    [
        (
            "wmv",
            b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
            "Windows Media file",
            ", or as MP3 if it is sound alone",
        ),
        ("mpg", b"\0\0\x01\xba", "MPEG video", ""),
        ("flv", b"FLV\x01\x05", "Flash video", ""),
        ("ts", None, "MPEG transport stream", ""),
    ],
)
def test_a_video_that_is_not_taken_is_named_with_its_cure_by_its_ending_and_by_its_bytes(
    folder, mmspack, ending, head, what, cure
):
    (folder / f"clip.{ending}").write_bytes((head or b"G") + bytes(400))
    answer = said(folder, "[[slides]]", f'video = "clip.{ending}"')
    assert "by its name, which cannot be sent" in answer
    assert what in answer
    assert answer.endswith(f"(export it as MP4{cure})")
    ran = mmspack("build", folder / f"clip.{ending}", "-o", "out.zip")
    assert f"{what}s cannot be sent (export it as MP4{cure})" in " ".join(ran.err.split())
    if head is not None:
        (folder / "clip.mp4").write_bytes((folder / f"clip.{ending}").read_bytes())
        assert f"{what}s cannot be sent (export it as MP4{cure})" in said(
            folder, "[[slides]]", 'video = "clip.mp4"'
        )


@pytest.mark.parametrize(
    ("name", "head", "what"),
    [
        ("voice.flac", b"fLaC", "FLAC"),
        ("voice.aiff", b"FORM\0\0\0\0AIFF", "AIFF"),
        ("voice.aif", b"", "AIFF"),
    ],
)
def test_a_sound_that_is_not_taken_is_named_with_its_cure(folder, name, head, what):
    (folder / name).write_bytes(head + bytes(400))
    answer = said(folder, "[[slides]]", f'audio = "{name}"')
    assert what in answer
    assert answer.endswith("(export it as WAV, M4A or MP3)")


def test_a_picture_that_is_not_taken_is_not_called_something_else_than_a_picture(folder):
    (folder / "shot.jxl").write_bytes(b"any")
    answer = said(folder, "[[slides]]", 'image = "shot.jxl"')
    assert "is JPEG XL by its name, which cannot be sent (save it as JPEG, or as GIF if it moves)" in answer
