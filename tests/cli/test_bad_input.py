"""Bad input: one clear line, the documented exit code, and no file left behind."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import pytest

TO = ("--to", "447700900999", "--from", "447700900111")


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A tiny PNG that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * (width // 8 + 1) * 1000)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def folder(tmp_path: Path, scene) -> Path:
    (tmp_path / "good.jpg").write_bytes(scene())
    (tmp_path / "cut.jpg").write_bytes(scene(1200, 900)[:-2_000])
    (tmp_path / "text.jpg").write_text("this is no picture")
    (tmp_path / "bomb.png").write_bytes(png_bomb())
    (tmp_path / "hello.txt").write_text("Hello {{ name }}")
    (tmp_path / "typo.toml").write_text('subjekt = "x"\n[[slides]]\ntext = "x"\n')
    (tmp_path / "not.toml").write_text("[[slides]\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["gone.jpg"], 3, "no file 'gone.jpg'"),
        (["cut.jpg"], 3, "cut.jpg"),
        (["text.jpg"], 3, "text.jpg"),
        (["bomb.png"], 3, "30,000"),
        (["typo.toml"], 2, "typo.toml:1: subjekt: unknown key (did you mean 'subject'?)"),
        (["not.toml"], 2, "not.toml:1: slide 1: the brackets do not match"),
        (["gone.toml"], 3, "gone.toml: cannot read the message: no such file"),
        (["hello.txt"], 2, "unknown variable 'name' (give it with --set NAME=VALUE, in [variables]"),
        (["good.jpg", "--subject", "one\r\ntwo"], 2, "subject"),
        (["good.jpg", "--set", "name"], 2, "--set 'name': does not have the form NAME=VALUE"),
        (["good.jpg", "--profile", "us-at"], 2, "no profile 'us-at' (did you mean 'us-att'?)"),
        (["good.jpg", "--layout", "image-onyl"], 2, "did you mean 'image-only'?"),
        (["good.jpg", "--layout", "text-only"], 2, "no place for the image of slide 1"),
        (["good.jpg", "--layouts", "nowhere"], 2, "no layout folder at nowhere"),
        (["good.jpg", "--effort", "huge"], 2, "huge"),
        (["good.jpg", "-o", "nowhere/out.zip"], 3, "nowhere/out.zip: cannot write"),
        (["good.jpg", "-o", "."], 3, "is a folder"),
        ([], 2, "there is nothing to build"),
    ],
)
def test_build_tells_it_in_one_line_and_leaves_nothing(folder, mmspack, arguments, code, said):
    before = sorted(path.name for path in folder.iterdir())
    ran = mmspack("build", *arguments)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1, ran.err
    assert "Traceback" not in ran.err
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "letters", "--from", "447700900111"], "to"),
        (["--to", "447700900999", "--from", "letters"], "from"),
        ([*TO, "--note", "x" * 161], "note"),
        ([*TO, "--subaccount", "x" * 11], "subaccount"),
        ([*TO, "--subject", "one\r\ntwo"], "subject"),
        (["--from", "447700900111"], "--to is missing"),
        (["--to", "447700900999"], "from"),
        ([*TO, "--get"], "--get requires --url"),
    ],
)
def test_send_refuses_a_parameter_before_anything_is_sent(folder, mmspack, arguments, said):
    assert mmspack("build", "good.jpg", "-o", "good.zip").code == 0
    ran = mmspack("send", "good.zip", *arguments)
    assert ran.code == 2, ran.err
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1, ran.err


@pytest.mark.parametrize(
    ("name", "data"),
    [("cut.zip", b"PK\x03\x04rest"), ("text.zip", b"no zip at all"), ("empty.zip", b"")],
)
def test_a_file_that_is_no_zip_is_told_by_check_and_send(folder, mmspack, name, data):
    (folder / name).write_bytes(data)
    assert mmspack("check", name).code in {1, 3}
    ran = mmspack("send", name, *TO)
    assert ran.code == 3
    assert name in ran.err
    assert "Traceback" not in ran.err


def test_an_unwritable_folder_is_told(folder, mmspack, monkeypatch):
    closed = folder / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write everywhere")
    ran = mmspack("build", "good.jpg", "-o", "closed/out.zip")
    assert ran.code == 3
    assert "closed/out.zip: cannot write: permission denied" in ran.err


def test_an_old_bundle_stays_where_a_new_one_fails(folder, mmspack):
    (folder / "out.zip").write_bytes(b"old")
    assert mmspack("build", "cut.jpg", "-o", "out.zip").code == 3
    assert (folder / "out.zip").read_bytes() == b"old"


def test_every_broken_source_is_told_at_once(folder, mmspack):
    ran = mmspack("build", "cut.jpg", "good.jpg", "text.jpg")
    assert ran.code == 3
    assert "slide 1, image: " in ran.err
    assert "slide 3, image: " in ran.err


def test_an_error_is_data_with_json(folder, mmspack):
    import json

    ran = mmspack("build", "gone.jpg", "--json")
    document = json.loads(ran.out)
    assert (document["format"], document["version"], document["exit_code"]) == ("mmspack.build", 2, 3)
    assert document["error"]["problems"] == ["no file 'gone.jpg'"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["build", "good.jpg", "--profile", "UK"],
            "mmspack: --profile: no profile 'UK' (did you mean 'uk'?)",
        ),
        (["build", "good.jpg", "--profile", "uk", "us", "au"], "joined by commas: --profile uk,us,au"),
        (["build", "good.jpg", "--min-quality", "5"], "it is a key of message.toml: min_quality = …"),
        (["build", "good.jpg", "--profil", "uk"], "did you mean --profile?"),
        (
            ["campaign", "plan", ".", "--price", "£0.06"],
            "--price: '£0.06' is not a number (the number alone: --price 0.06)",
        ),
        (["explain", "203"], "did you mean 'MMS203'?"),
        (["explain", "MMS999"], "see: mmspack explain"),
    ],
)
def test_an_option_is_answered_in_its_own_words(folder, mmspack, arguments, said):
    ran = mmspack(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "summer-sal.zip"], "did you mean 'summer-sale.zip'?"),
        (["inspect", "summer-sal.zip"], "did you mean 'summer-sale.zip'?"),
        (["build", "holidya"], "did you mean 'holiday'?"),
        (["preview", "holidya"], "did you mean 'holiday'?"),
        (["check", "christmas.zip"], "no such file or directory\n"),
    ],
)
def test_a_mistyped_bundle_or_folder_is_answered_with_the_near_one(folder, mmspack, arguments, said):
    (folder / "holiday").mkdir()
    (folder / "summer-sale.zip").write_bytes(b"PK")
    ran = mmspack(*arguments)
    assert ran.code == 3
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
