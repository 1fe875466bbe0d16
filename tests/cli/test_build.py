"""`mmspack build`: what a content editor is told, and the same as data."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent.parent
TO = ("--to", "447700900999", "--from", "447700900111")


@pytest.fixture
def folder(tmp_path, scene) -> Path:
    (tmp_path / "beach.jpg").write_bytes(scene(2400, 1800, quality=98))
    (tmp_path / "message.toml").write_text(
        'subject = "Hello {{ name }}"\n[variables]\nname = "friend"\n'
        '[[slides]]\nimage = "beach.jpg"\ntext = "Fish & chips, {{ name }}"\nseconds = 4\n',
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.slow
def test_an_editor_is_told_before_and_after_the_total_and_the_place(folder, mmspack):
    ran = mmspack("build", ".", "-o", "out.zip")
    assert ran.code == 0
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert re.match(r"✓ [\d,]+ of 300,000 bytes \(uk\), 1 slide, no findings$", lines[0])
    assert lines[1].startswith("“Hello friend”, layout image-above-text")
    assert re.match(r"1  beach\.jpg  JPEG 2400×1800 → 1600×1200  \d+ → \d+ kB  ", lines[4])
    assert re.match(r"   1 text \+ slide layout \(SMIL\): \d+ B$", lines[5])
    assert lines[-1] == "Wrote out.zip"
    assert (folder / "out.zip").stat().st_size < 300_000


@pytest.mark.slow
def test_the_same_as_data(folder, mmspack):
    ran = mmspack("build", ".", "-o", "out.zip", "--json", "--profile", "uk,us-att", "--set", "name=Ada")
    document = json.loads(ran.out)
    assert document["format"] == "mmspack.build"
    assert document["ok"] is True
    assert document["subject"] == "Hello Ada"
    assert document["bundle"]["path"] == "out.zip"
    assert document["slides"] == [4000]
    assert [part["name"] for part in document["parts"]] == ["image1.jpg", "text1.txt"]
    before, after = document["parts"][0]["before"], document["parts"][0]["after"]
    assert (before["width"], before["height"], before["format"]) == (2400, 1800, "JPEG")
    assert (after["width"], after["height"]) == (1600, 1200)
    assert after["bytes"] < before["bytes"]
    assert document["parts"][0]["actions"]
    assert [report["profile"] for report in document["reports"]] == ["uk", "us-att"]
    budget = document["reports"][0]["budget"]
    assert budget["total_bytes"] == budget["content_bytes"] + budget["header_bytes"]
    assert budget["spare_bytes"] == budget["max_bytes"] - budget["total_bytes"]


@pytest.mark.slow
def test_every_key_of_the_documents_is_described(folder, mmspack):
    described = set(re.findall(r"`([a-z_0-9]+)(?:\[\])?`", (ROOT / "docs" / "json.md").read_text("utf-8")))
    build = json.loads(mmspack("build", ".", "-o", "out.zip", "--json").out)
    check = json.loads(mmspack("check", "out.zip", "--json").out)
    sent = json.loads(
        mmspack("send", "out.zip", "--to", "447700900999", "--from", "447700900111", "--json").out
    )

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    others = [
        json.loads(mmspack(*arguments, "--json").out)
        for arguments in (
            ("inspect", "out.zip"),
            ("fix", "out.zip", "-o", "mended.zip"),
            ("diff", "out.zip", ROOT / "tests"),
            ("config", "show"),
        )
    ]
    assert keys(build) | keys(check) | keys(sent) | keys(others) <= described


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["text-above-image", "image-above-text"])
def test_a_layout_is_chosen_by_name(folder, mmspack, layout):
    assert mmspack("build", ".", "-o", "out.zip", "--layout", layout).code == 0
    import mmspack as package

    names = [part.name for part in package.open_bundle(folder / "out.zip").parts]
    first = "text1.txt" if layout == "text-above-image" else "image1.jpg"
    assert names[:2] == ["message.smil", first]


@pytest.mark.slow
def test_a_layout_and_a_profile_of_ones_own(folder, mmspack):
    (folder / "mine").mkdir()
    (folder / "mine" / "banner.smil.j2").write_text(
        "{# A banner. #}\n{% from '_slides.smil.j2' import body, region %}<smil><head><layout>"
        '<root-layout width="{{ width }}" height="{{ height }}"/>{{ region("Image", 0, width, 100, "meet") }}'
        '{{ region("Text", 100, width, height - 100, "scroll") }}</layout></head>'
        '{{ body(slides, ["image", "text"]) }}</smil>'
    )
    (folder / "ours.toml").write_text(
        '[acme]\ntitle = "Acme"\nmax_bytes = 50000\nmax_width = 640\nmax_height = 480\n'
        'source = "contract"\ndate = "2026-03-01"\n[uk]\nwarn_bytes = 299000\n'
    )
    ran = mmspack(
        "build",
        ".",
        "-o",
        "out.zip",
        "--layouts",
        "mine",
        "--layout",
        "banner",
        "--profiles",
        "ours.toml",
        "-p",
        "acme",
    )
    assert ran.code == 0, ran.err
    assert re.search(r"of 50,000 bytes \(acme\)", ran.out)
    assert re.search(r"banner +A banner\.", mmspack("layouts", "--layouts", "mine").out)
    assert "contract" in mmspack("profiles", "acme", "--profiles", "ours.toml").out


@pytest.mark.slow
def test_what_a_bare_folder_leaves_out_is_told(folder, mmspack):
    (folder / "message.toml").unlink()
    (folder / "notes.md").write_text("x")
    ran = mmspack("build", ".", "-o", "out.zip")
    assert ran.code == 0
    assert "Left out: notes.md" in ran.out


@pytest.mark.slow
def test_the_bundle_is_named_after_its_folder(folder, mmspack, monkeypatch):
    (folder / "offer").mkdir()
    for name in ("beach.jpg", "message.toml"):
        (folder / name).rename(folder / "offer" / name)
    assert mmspack("build", "offer").code == 0
    assert (folder / "offer.zip").is_file()
    assert mmspack("build", "offer/beach.jpg", "offer/message.toml").code == 2


def test_the_schema_of_the_slide_layout_is_printed_as_it_is(mmspack):
    from lxml import etree

    from mmspack.smil import schema

    printed = mmspack("schema", "--smil").out
    assert printed.strip() == schema.text().strip()
    assert etree.RelaxNG(etree.fromstring(printed.encode()))


def test_the_schema_accepts_the_samples():
    import tomllib

    from mmspack.authoring.schema import json_schema

    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    for path in (ROOT / "samples").glob("*/message.toml"):
        assert set(tomllib.loads(path.read_text("utf-8"))) <= set(schema["properties"])


@pytest.mark.slow
def test_help_is_a_page_with_every_command_and_every_command_has_an_example(mmspack):
    page = mmspack("--help")
    assert page.code == 0
    names = ("build", "check", "explain", "layouts", "profiles", "sandbox", "schema", "send")
    for name in names:
        assert name in page.out
        ran = mmspack(name, "--help")
        assert f"mmspack {name}" in ran.out.split("Usage:")[1].split("\n", 1)[1], name


@pytest.mark.slow
def test_it_runs_as_a_module_in_a_process_of_its_own(process, tmp_path):
    ran = process("build", "samples/one-picture", "-o", tmp_path / "one.zip")
    assert ran.code == 0, ran.err
    assert (tmp_path / "one.zip").is_file()


@pytest.mark.slow
def test_a_plan_compares_profiles_and_efforts_and_builds_nothing(folder, mmspack):
    ran = mmspack("build", ".", "--plan", "--profile", "uk,oma-image-basic", "--json")
    assert ran.code == 0, ran.err
    cells = json.loads(ran.out)["plan"]
    assert [(cell["profile"], cell["effort"]) for cell in cells] == [
        (profile, effort) for profile in ("uk", "oma-image-basic") for effort in ("fast", "good", "best")
    ]
    assert all(cell["total_bytes"] <= cell["max_bytes"] for cell in cells)
    assert not list(folder.glob("*.zip"))
    table = mmspack("build", ".", "--plan", "--profile", "uk")
    assert re.search(r"uk +(\w+, )*best +[\d,]+ +270,000 +beach\.jpg, ", table.out)


def test_a_plan_names_what_cannot_be(folder, mmspack):
    (folder / "message.toml").write_text('[[slides]]\nimage = "beach.jpg"\nkeep = true\n')
    ran = mmspack("build", ".", "--plan", "--profile", "oma-image-basic", "--effort", "fast")
    assert ran.code == 1
    assert "beach.jpg" in ran.out


def test_a_finding_names_the_authors_file_and_slide(mmspack, scene, tmp_path):
    (tmp_path / "photo.png").write_bytes(logo_at_the_edge())
    (tmp_path / "shop.vcf").write_bytes(b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Shop\r\nFN:Shop\r\nEND:VCARD\r\n")
    (tmp_path / "message.toml").write_text(
        'attachments = ["shop.vcf"]\n[[slides]]\ntext = "Hello"\n'
        f'[[slides]]\nimage = "photo.png"\n[[slides]]\ntext = "{"read me " * 30}"\nseconds = 1\n'
    )
    ran = mmspack("build", "message.toml", "-o", "a.zip")
    assert ran.code == 0
    assert "slide 2, photo.png: note: " in ran.out
    assert "slide 3: note: " in ran.out
    assert "bundle/" not in ran.out
    assert "shop.vcf: note" not in ran.out  # the card is an attachment because the author made it one
    assert "contact1.vcf" not in mmspack("check", "a.zip").out
    of_folder = mmspack("check", "message.toml").out
    assert "slide 2, photo.png: note: " in of_folder


@pytest.mark.parametrize("command", [("build", "-o", "a.zip"), ("check",), ("send", "--dry-run", *TO)])
def test_a_finding_says_nothing_of_names_that_the_author_never_gave(mmspack, tmp_path, command):
    (tmp_path / "photo.png").write_bytes(logo_at_the_edge())
    (tmp_path / "message.toml").write_text(
        '[[slides]]\ntext = "Lorem ipsum"\n[[slides]]\nimage = "photo.png"\ntext = "Lorem ipsum dolor"\n'
    )
    ran = mmspack(command[0], "message.toml", *command[1:])
    said = ran.out + ran.err
    for name in ("text1.txt", "text2.txt", "image2."):
        assert name not in said
    if command[0] != "send":  # which only speaks of errors
        assert "slide 1, text; slide 2, text: warning: the text contains 'Lorem ipsum' [MMS452]" in said
        assert "slide 2, photo.png: note: 'photo.png'" in said


def logo_at_the_edge() -> bytes:
    stream = io.BytesIO()
    picture = Image.new("RGB", (600, 900), "white")
    ImageDraw.Draw(picture).text((10, 10), "hello", fill="black")
    picture.save(stream, "PNG")
    return stream.getvalue()


def test_a_picture_with_overlays_keeps_its_name_and_its_history(mmspack, tmp_path, scene):
    (tmp_path / "card.jpg").write_bytes(scene(1200, 900))
    (tmp_path / "message.toml").write_text(
        '[[slides]]\nimage = "card.jpg"\ncrop = "1:1"\n'
        '[[slides.overlay]]\nbox = [0, 0, 1, 0.3]\ntext = "Zoë"\n'
    )
    ran = mmspack("build", "message.toml")
    assert ran.code == 0, ran.err
    assert "card.jpg" in ran.out
    assert "JPEG 1200×900" in ran.out
    assert "1 overlay drawn" in ran.out
    assert "cropped to 1:1" in ran.out


@pytest.mark.parametrize(("name", "cure"), [("out.pdf", "mmspack preview … -o out.pdf"), ("out.doc", ".zip")])
def test_a_bundle_is_not_written_under_another_formats_name(mmspack, tmp_path, name, cure):
    (tmp_path / "hello.txt").write_text("Hello")
    ran = mmspack("build", "hello.txt", "-o", name)
    assert (ran.code, "a bundle is a zip file" in ran.err, cure in ran.err) == (2, True, True)
    assert not (tmp_path / name).exists()
    assert mmspack("build", "hello.txt", "-o", name, "--force").code == 0


def test_a_folder_among_loose_files_is_called_one(mmspack, tmp_path):
    (tmp_path / "voucher").mkdir()
    (tmp_path / "hello.txt").write_text("Hello")
    ran = mmspack("build", "hello.txt", "voucher")
    assert ran.code == 2
    assert "voucher: is a folder among files (name its files, or build it alone)" in ran.err
