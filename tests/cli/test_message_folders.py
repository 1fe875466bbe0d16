"""A message folder where a bundle is expected, and what a message for a table is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

TICKET = """
subject = "Your ticket, {{ name }}"
[[slides]]
image = "hall.jpg"
text = "{{ name }}, {{ price }}. {{ 'Door ' ~ door if door is defined else '' }}"
seconds = %s
[[slides.overlay]]
qr = "https://tix.example.com/{{ code }}"
box = [0.6, 0.4, 0.35, 0.5]
"""
VALUES = ("--set", "name=Ada", "--set", "price=£5", "--set", "code=A1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("tickets").mkdir()
    Path("tickets/hall.jpg").write_bytes(scene(640, 480))
    Path("tickets/message.toml").write_text(TICKET % 5, "utf-8")
    Path("tickets/README.md").write_text("Not for the phone.")
    return tmp_path


def test_every_missing_variable_is_named_at_once_and_no_other(folder, mmspack):
    ran = mmspack("build", "tickets")
    assert ran.code == 2
    for name in ("name", "price", "code"):
        assert f"unknown variable '{name}'" in ran.err
    assert "door" not in ran.err
    assert ran.err.splitlines()[-1].startswith(
        "mmspack: → give it with --set NAME=VALUE, in [variables], or by"
    )


def test_overlays_on_a_jpeg_are_not_reported_as_a_conversion(folder, mmspack):
    grain = Image.effect_noise((900, 700), 60).convert("RGB")  # of few grey levels, it ends as a PNG
    grain = ImageChops.offset(grain, 3).filter(ImageFilter.GaussianBlur(1))
    grain = Image.merge(
        "RGB", (grain.getchannel(0), *(ImageChops.offset(grain.getchannel(0), n) for n in (9, 40)))
    )
    grain.save("tickets/hall.jpg", quality=95)
    ran = mmspack("build", "tickets", *VALUES)
    assert ran.code == 0
    assert "1 overlay drawn" in ran.out
    assert "PNG" not in ran.out
    grain.save("tickets/hall.png")
    Path("tickets/message.toml").write_text((TICKET % 5).replace("hall.jpg", "hall.png"), "utf-8")
    assert "PNG 900×700 → JPEG" in mmspack("build", "tickets", *VALUES).out


def test_diff_and_inspect_build_a_message_folder(folder, mmspack):
    text = (TICKET % 5).replace("{{ name }}", "Ada").replace("{{ price }}", "£5").replace("{{ code }}", "A1")
    Path("tickets/message.toml").write_text(text, "utf-8")
    assert mmspack("build", "tickets", "-o", "old.zip").code == 0
    same = mmspack("diff", "tickets", "old.zip")
    assert (same.code, same.out) == (0, "No difference that a phone would show.\n"), same.err
    Path("tickets/message.toml").write_text(text.replace("seconds = 5", "seconds = 8"), "utf-8")
    assert mmspack("diff", "old.zip", "tickets").out == "slide 1: 5 s became 8 s\n"
    seen = mmspack("inspect", "tickets")
    assert (seen.code, "Slide 1, 8 s" in seen.out) == (0, True), seen.err
    assert "README" not in seen.out


def test_diff_and_inspect_say_what_is_wrong_with_a_message_folder(folder, mmspack):
    for command in (("diff", "tickets", "tickets"), ("inspect", "tickets")):
        ran = mmspack(*command)
        assert ran.code == 2
        assert "tickets/message.toml:2: subject: unknown variable 'name'" in ran.err


def test_check_of_a_picture_says_how_it_becomes_a_message(folder, mmspack):
    ran = mmspack("check", "tickets/hall.jpg")
    assert ran.code == 1
    assert "mmspack build tickets/hall.jpg" in " ".join(ran.out.split())
    assert "beach.jpg" not in ran.out


def test_a_document_alone_is_not_a_message(folder, mmspack):
    Path("doc.pdf").write_bytes(b"%PDF-1.4\n")
    ran = mmspack("build", "doc.pdf")
    assert ran.code == 2
    assert "a phone shows nothing of it (export its pages as JPEG or PNG)" in ran.err
    assert not Path("doc.zip").exists()


def test_a_document_beside_the_slides_is_answered_with_the_export_too(folder, mmspack):
    Path("tickets/doc.pdf").write_bytes(b"%PDF-1.4\n")
    Path("tickets/message.toml").write_text('attachments = ["doc.pdf"]\n[[slides]]\ntext = "Hi."\n', "utf-8")
    said = " ".join(mmspack("build", "tickets", "-v").out.split())
    assert "MMS405" in said
    assert "Export its pages as JPEG or PNG." in said
