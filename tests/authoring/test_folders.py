"""Source folders: left-overs, names that look alike, files from elsewhere, and what is no file."""

from __future__ import annotations

import json
import os
import shutil
import unicodedata
from pathlib import Path

import pytest

from mmspack.authoring import from_files, from_source, from_toml
from mmspack.errors import AuthoringError, InputError
from tests.conftest import SHARED

TOML = '[[slides]]\nimage = "{}"\n'


@pytest.fixture
def folder(tmp_path: Path, scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "private.png").write_bytes(scene(40, 30, "PNG"))
    (tmp_path / "elsewhere" / "private.txt").write_text("for nobody")
    (tmp_path / "message").mkdir()
    (tmp_path / "message" / "photo.png").write_bytes(scene(40, 30, "PNG"))
    (tmp_path / "current").mkdir()
    monkeypatch.chdir(tmp_path / "current")
    return tmp_path / "message"


@pytest.mark.parametrize("name", ["toml-named-txt", "nfd-name", "name-in-other-case"])
def test_the_folders_that_people_brought(tmp_path, mmspack, name):
    source = SHARED / "inputs" / "folders" / name
    if not source.is_dir():
        pytest.skip("no shared inputs here")
    shutil.copytree(source, tmp_path / name)
    ran = mmspack("build", name, "-o", "out.zip")
    if name == "nfd-name":
        assert ran.code == 0, ran.err
    elif name == "toml-named-txt":
        assert ran.code == 2
        assert "no message.toml, but 'message.toml.txt' (rename it to message.toml)" in ran.err
    else:
        assert ran.code == 3
        assert "upper and lower case differ" in ran.err


@pytest.mark.parametrize("name", ["message.toml.txt", "Message.Toml.bak", "offer.toml", "message.toml~"])
def test_a_left_over_message_is_asked_about(folder, name):
    (folder / name).write_text(TOML.format("photo.png"))
    with pytest.raises(AuthoringError, match=r"no message\.toml, but .* \(rename it to message\.toml\)"):
        from_source([folder])


@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_name_is_found_however_its_accents_are_composed(folder, written):
    there = "NFD" if written == "NFC" else "NFC"
    (folder / "photo.png").rename(folder / unicodedata.normalize(there, "café übung.png"))
    (folder / "message.toml").write_text(
        TOML.format(unicodedata.normalize(written, "café übung.png")), "utf-8"
    )
    assert Path(from_toml(folder / "message.toml").slides[0].image).is_file()


@pytest.mark.parametrize(
    ("there", "written", "difference"),
    [
        ("Bilder/a.png", "bilder/a.png", "upper and lower case differ"),
        ("Fotos/é/a.png", "Fotos/É/a.png", "upper and lower case differ"),
        ("photo.png", "\u0440hoto.png", "its character 1 is U+0070, and not U+0440"),
        ("my\u2013photo.png", "my-photo.png", "its character 3 is U+2013, and not U+002D"),
        ("my\u00a0photo.png", "my photo.png", "its character 3 is U+00A0, and not U+0020"),
    ],
)
def test_a_name_that_looks_alike_is_shown_with_what_is_different(folder, there, written, difference):
    (folder / there).parent.mkdir(parents=True, exist_ok=True)
    (folder / "photo.png").rename(folder / there)
    (folder / "message.toml").write_text(TOML.format(written), "utf-8")
    with pytest.raises(InputError) as caught:
        from_toml(folder / "message.toml")
    assert caught.value.problems[0].cure == f"did you mean {there!r}? {difference}"


def test_a_folder_is_found_however_its_accents_are_composed(folder):
    (folder / "e\u0301te\u0301").mkdir()
    (folder / "photo.png").rename(folder / "e\u0301te\u0301" / "caf\u00e9.png")
    (folder / "message.toml").write_text(TOML.format("\u00e9t\u00e9/cafe\u0301.png"), "utf-8")
    assert Path(from_toml(folder / "message.toml").slides[0].image).is_file()


def test_what_word_keeps_beside_an_open_text_is_no_copy(folder):
    (folder / "hello.txt").write_text("Hello")
    (folder / "~$hello.txt").write_text("lock")
    message, _ = from_source([folder])
    assert [slide.text for slide in message.slides if slide.text] == ["Hello"]


def outside(folder: Path, kind: str) -> str:
    """A way out of the folder."""
    private = folder.parent / "elsewhere" / "private.png"
    if kind == "absolute":
        return str(private)
    if kind == "..":
        return "../elsewhere/private.png"
    if kind == "link":
        (folder / "link.png").symlink_to(private)
        return "link.png"
    (folder / "linked").symlink_to(private.parent, target_is_directory=True)
    return "linked/private.png"


def test_a_file_from_elsewhere_is_told_with_all_other_mistakes(folder):
    text = TOML.format(outside(folder, "..")) + '\n[[slides]]\nimage = "missing.png"\ntxt = "Hello"\n'
    (folder / "message.toml").write_text(text, "utf-8")
    with pytest.raises(AuthoringError) as refused:
        from_toml(folder / "message.toml")
    assert [problem.where.slide for problem in refused.value.problems] == [1, 2, 2]


def test_a_pipe_among_loose_files_is_named_and_left_out(folder, mmspack, monkeypatch):
    (folder / "hello.txt").write_text("Hello")
    os.mkfifo(folder / "clip.mp4")
    ran = mmspack_in(folder, mmspack, monkeypatch, "build", folder, "-o", "out.zip")
    assert ran.code == 0
    assert "clip.mp4 (not a regular file)" in ran.out


@pytest.mark.parametrize("kind", ["absolute", "..", "link", "linked folder"])
def test_a_file_from_elsewhere_needs_a_word_and_is_named(folder, mmspack, monkeypatch, kind):
    monkeypatch.chdir(folder.parent / "current")
    (folder / "message.toml").write_text(TOML.format(outside(folder, kind)), "utf-8")
    ran = mmspack_in(folder, mmspack, monkeypatch, "build", folder, "-o", "out.zip")
    assert ran.code == 2
    assert "slide 1, image" in ran.err
    assert "message.toml:2: " in ran.err
    assert "is outside the message's folder" in ran.err
    assert "--allow-outside" in ran.err
    for command in (
        ("send", "--to", "447700900999", "--from", "447700900111"),
        ("preview", "-o", "p.html"),
        ("check",),
    ):
        assert mmspack_in(folder, mmspack, monkeypatch, command[0], folder, *command[1:]).code == 2
    ran = mmspack_in(folder, mmspack, monkeypatch, "build", folder, "-o", "out.zip", "--allow-outside")
    assert ran.code == 0, ran.err
    assert "From outside the message's folder: " in ran.out
    again = ("build", folder, "-o", "out.zip", "--allow-outside", "--json")
    named = json.loads(mmspack_in(folder, mmspack, monkeypatch, *again).out)["outside"]
    assert [os.path.realpath(name) for name in named] == [
        os.path.realpath(folder.parent / "elsewhere" / "private.png")
    ]


def mmspack_in(folder: Path, mmspack, monkeypatch, *arguments):
    """Run a command in a folder that is neither the message's nor above it."""
    monkeypatch.chdir(folder.parent / "current")
    return mmspack(*arguments)


@pytest.mark.parametrize("key", ["text", "font", "attachments"])
def test_texts_fonts_and_attachments_from_elsewhere_are_refused_too(folder, key):
    lines = {
        "text": '[[slides]]\ntext = { file = "../elsewhere/private.txt" }\n',
        "font": TOML.format("photo.png")
        + '[[slides.overlay]]\nbox = [0, 0, 1, 1]\ntext = "a"\nfont = "../elsewhere/private.txt"\n',
        "attachments": 'attachments = ["../elsewhere/private.txt"]\n[[slides]]\ntext = "a"\n',
    }
    (folder / "message.toml").write_text(lines[key], "utf-8")
    with pytest.raises(AuthoringError, match="outside the message's folder"):
        from_toml(folder / "message.toml")
    assert from_toml(folder / "message.toml", allow_outside=True)


def test_a_link_in_a_bare_folder_is_refused_and_a_file_that_a_person_names_is_not(folder):
    (folder / "note.txt").symlink_to(folder.parent / "elsewhere" / "private.txt")
    with pytest.raises(AuthoringError, match="outside the message's folder"):
        from_source([folder])
    message, _ = from_source([folder / "photo.png", folder / "note.txt"])
    assert message.slides[0].text == "for nobody"


def test_the_current_folder_is_not_elsewhere(folder, monkeypatch):
    (folder / "message.toml").write_text(TOML.format("../elsewhere/private.png"), "utf-8")
    monkeypatch.chdir(folder.parent)
    assert from_toml(folder / "message.toml").slides


def test_a_line_in_the_users_own_configuration_allows_it(folder, mmspack, monkeypatch, tmp_path):
    (folder / "message.toml").write_text(TOML.format("../elsewhere/private.png"), "utf-8")
    (tmp_path / "config.toml").write_text("allow_outside = true\n")
    monkeypatch.setenv("MMSPACK_CONFIG", str(tmp_path / "config.toml"))
    assert mmspack_in(folder, mmspack, monkeypatch, "build", folder, "-o", "out.zip").code == 0
    (tmp_path / "config.toml").write_text('allow_outside = "yes"\n')
    assert mmspack_in(folder, mmspack, monkeypatch, "build", folder, "-o", "out.zip").code == 2


@pytest.mark.parametrize("where", ["message.toml", "photo.png", "text.txt"])
def test_a_pipe_in_the_folder_is_refused(folder, where):
    (folder / "message.toml").write_text('[[slides]]\nimage = "photo.png"\ntext = "text.txt"\n')
    (folder / "text.txt").write_text("a")
    (folder / where).unlink()
    os.mkfifo(folder / where)
    with pytest.raises(InputError, match="not a regular file"):
        from_source([folder])


def test_a_huge_message_or_text_is_refused_before_it_is_read(folder):
    with (folder / "message.toml").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(InputError, match="10,000,000,000 bytes"):
        from_toml(folder / "message.toml")
    (folder / "message.toml").write_text('[[slides]]\ntext = "text.txt"\n')
    with (folder / "text.txt").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(InputError, match="10,000,000,000 bytes"):
        from_toml(folder / "message.toml")


def test_a_program_names_its_files_as_text_or_path_one_or_several(tmp_path, scene):
    (tmp_path / "beach.jpg").write_bytes(scene())
    (tmp_path / "hello.txt").write_text("Hello")
    (tmp_path / "message.toml").write_text('[[slides]]\nimage = "beach.jpg"\ntext = "hello.txt"\n')
    loose = [str(tmp_path / "beach.jpg"), tmp_path / "hello.txt"]
    for message in (
        from_files(loose),
        from_source(str(tmp_path))[0],
        from_source(tmp_path / "message.toml")[0],
        from_source(loose)[0],
    ):
        (slide,) = message.slides
        assert Path(slide.image).name == "beach.jpg"


@pytest.mark.parametrize("wrong", [5, None, [5]])
def test_what_is_not_a_path_is_refused(wrong):
    for read in (from_files, from_source):
        with pytest.raises(AuthoringError, match="expected a path, found"):
            read(wrong)
    with pytest.raises(AuthoringError, match="there is nothing to build"):
        from_source([])


@pytest.mark.parametrize(
    "command",
    [
        ("build", "-o", "out.zip"),
        ("check",),
        ("inspect",),
        ("diff", "bundle.zip"),
        ("export", "-o", "out.mms"),
        ("preview", "-o", "p.html"),
        ("send", "--to", "447700900104", "--from", "447700900111", "--dry-run"),
    ],
    ids=lambda command: command[0],
)
def test_the_word_that_a_refused_file_needs_works_with_the_command_that_said_it(
    folder, mmspack, monkeypatch, command
):
    monkeypatch.chdir(folder.parent / "current")
    (folder / "message.toml").write_text(TOML.format(outside(folder, "..")), "utf-8")
    name, *rest = command
    refused = mmspack_in(folder, mmspack, monkeypatch, name, folder, *rest)
    assert refused.code == 2
    assert "or add --allow-outside" in " ".join(refused.err.split())
    built = ("build", folder, "-o", "bundle.zip", "--allow-outside")
    assert mmspack_in(folder, mmspack, monkeypatch, *built).code == 0
    assert mmspack_in(folder, mmspack, monkeypatch, name, folder, *rest, "--allow-outside").code == 0
