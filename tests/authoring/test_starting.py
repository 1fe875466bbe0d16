"""`mmspack init`: a folder that builds, whatever was answered."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from mmspack.authoring import from_source
from mmspack.authoring.schema import json_schema
from mmspack.authoring.starting import Beginning, FirstSlide, begin, starters
from mmspack.errors import InputError, UsageError


@pytest.mark.slow
def test_what_it_writes_builds_and_is_previewed(mmspack, tmp_path):
    ran = mmspack("init", "--yes")
    assert ran.code == 0, ran.err
    assert "mmspack build my-message" in ran.out
    assert mmspack("build", "my-message").code == 0
    assert (tmp_path / "my-message.zip").is_file()
    assert mmspack("preview", "my-message", "-o", "p.html").code == 0
    assert "Hello friend!" in (tmp_path / "p.html").read_text("utf-8")


def test_flags_make_the_slides(mmspack, tmp_path, scene):
    (tmp_path / "Blüte 1.JPG").write_bytes(scene())
    (tmp_path / "b.png").write_bytes(scene(60, 40, "PNG"))
    ran = mmspack(
        "init", "spring", "-i", "Blüte 1.JPG", "-i", "b.png", "-t", "One", "-t", "Two", "-t", 'Three "3"\n✿',
        "--subject", "Spring", "--profile", "uk,us-att", "--layout", "text-above-image",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    message, _ = from_source([tmp_path / "spring"], {})
    assert [slide.image.name if slide.image else None for slide in message.slides] == [
        "bl-te-1.jpg",
        "b.png",
        None,
    ]
    assert [slide.text for slide in message.slides] == ["One", "Two", 'Three "3"\n✿']
    assert (message.subject, message.layout) == ("Spring", "text-above-image")
    assert tomllib.loads((tmp_path / "spring/message.toml").read_text("utf-8"))["profile"] == ["uk", "us-att"]
    assert mmspack("build", "spring").code == 0


def test_it_asks_on_a_terminal(mmspack, tmp_path, scene, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(scene())
    answers = iter([
        "asked", "A subject", "us-at", "us-att", "gone.jpg", str(tmp_path / "a.jpg"), "First", "", "",
        "image-onyl", "image-above-text", "soon", "8",
    ])  # fmt: skip
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    ran = mmspack("init")
    assert ran.code == 0, ran.err
    assert "not found: gone.jpg" in ran.out
    assert "did you mean 'us-att'?" in ran.out
    assert "did you mean 'image-only'?" in ran.out
    assert "'soon' is not a number of seconds" in ran.out
    message, _ = from_source([tmp_path / "asked"], {})
    assert (message.subject, message.profile, message.layout) == ("A subject", "us-att", "image-above-text")
    assert [(slide.text, slide.seconds) for slide in message.slides] == [("First", 8)]


def test_a_message_that_exists_is_refused_before_anything_is_asked(mmspack, tmp_path, monkeypatch):
    begin(tmp_path / "m", Beginning())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: pytest.fail("a question"))
    ran = mmspack("init", "m")
    assert ran.code == 2
    assert "a message already exists" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("starter", sorted(starters()))
def test_a_template_builds_and_suits_its_schema(mmspack, tmp_path, starter):
    ran = mmspack("init", "mine", "--template", starter, "--seconds", "7", "--profile", "us", "--json")
    assert json.loads(ran.out)["files"][0] == "mine/message.toml"
    written = (tmp_path / "mine/message.toml").read_text("utf-8")
    assert written.startswith("#:schema ./message.schema.json\n")
    table = tomllib.loads(written)
    assert table["profile"] == "us"
    assert {slide["seconds"] for slide in table["slides"]} == {7}
    jsonschema.validate(table, json.loads((tmp_path / "mine/message.schema.json").read_text("utf-8")))
    built = mmspack("build", "mine")
    assert built.code == 0, built.err
    assert built.out.splitlines()[0].endswith("no findings")


def test_an_unknown_template_names_the_near_one(mmspack):
    ran = mmspack("init", "mine", "--template", "vouchr")
    assert ran.code == 2
    assert "no template 'vouchr' (did you mean 'voucher'?)" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("toml", "valid"),
    [
        ('profile = "uk"\n[[slides]]\nimage = "a.jpg"\n', True),
        ('subjekt = "x"\n[[slides]]\ntext = "x"\n', False),
        ('[[slides]]\nimage = "a.jpg"\nvideo = "b.3gp"\n', False),
        ("[[slides]]\nseconds = 5\n", False),
    ],
)
def test_taplo_reads_the_schema_that_init_writes(tmp_path, toml, valid):
    taplo = Path(sys.executable).with_name("taplo")
    if not taplo.exists():
        pytest.skip("taplo is not installed")
    message = begin(tmp_path, Beginning())[0]
    message.write_text(f"#:schema ./message.schema.json\n{toml}", "utf-8")
    done = subprocess.run([taplo, "lint", message], capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == valid, done.stderr


def test_editors_are_offered_the_names_of_profiles_and_layouts():
    properties = json_schema()["properties"]
    assert "uk" in json.dumps(properties["profile"])
    assert "image-above-text" in json.dumps(properties["layout"])


@pytest.mark.slow
@pytest.mark.parametrize("text", ["notes.txt", "\x7f\x01 \\ \" '", "{{ name }} & <b>", "שלום 👋", "a\r\nb"])
def test_any_text_comes_back_as_it_was(tmp_path, text):
    begin(tmp_path / "m", Beginning(subject="S", slides=[FirstSlide(text=text)]))
    written = (tmp_path / "m/message.toml").read_text("utf-8")
    named = tomllib.loads(written)["slides"][0]["text"]
    if text == "notes.txt":
        assert (tmp_path / "m" / named).read_text("utf-8") == text
    else:
        assert named == text


def test_nothing_is_overwritten(tmp_path, mmspack):
    begin(tmp_path / "m", Beginning())
    with pytest.raises(UsageError, match="already"):
        begin(tmp_path / "m", Beginning())
    (tmp_path / "n").mkdir()
    (tmp_path / "n/picture.jpg").write_bytes(b"mine")
    with pytest.raises(UsageError, match="already"):
        begin(tmp_path / "n", Beginning())
    assert (tmp_path / "n/picture.jpg").read_bytes() == b"mine"
    assert not (tmp_path / "n/message.toml").exists()


def test_two_pictures_of_one_name_stay_two(tmp_path, scene):
    for folder, size in (("x", 40), ("y", 60)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.jpg").write_bytes(scene(size, size))
    slides = [FirstSlide(image=tmp_path / "x/p.jpg"), FirstSlide(image=tmp_path / "y/p.jpg")]
    _, one, two, _ = begin(tmp_path / "m", Beginning(slides=slides))
    assert (one.name, two.name) == ("p.jpg", "2-p.jpg")
    assert one.read_bytes() != two.read_bytes()


def test_drawn_pictures_and_long_texts_have_names_of_their_own(tmp_path):
    slides = [FirstSlide(), FirstSlide(), FirstSlide(text="menu.txt"), FirstSlide(text="hours.txt")]
    written = begin(tmp_path / "m", Beginning(slides=slides))
    assert sorted(path.name for path in written[1:-1]) == [
        "2-picture.jpg",
        "4-text.txt",
        "picture.jpg",
        "text.txt",
    ]


def test_what_is_no_picture_is_refused_before_anything_is_written(tmp_path, mmspack):
    (tmp_path / "p.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"p\.jpg"):
        begin(tmp_path / "m", Beginning(slides=[FirstSlide(image=tmp_path / "p.jpg")]))
    assert not (tmp_path / "m").exists()
    for arguments, code in ((["--layout", "nope"], 2), (["--profile", "nope"], 2), (["-i", "gone.jpg"], 3)):
        ran = mmspack("init", "new", "--yes", *arguments)
        assert ran.code == code
        assert len(ran.err.strip().splitlines()) <= 2
    assert not (tmp_path / "new").exists()
