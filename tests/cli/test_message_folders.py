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


def test_diff_answers_by_its_exit_code_where_it_is_asked_to(folder, mmspack):
    for name, words in (("old", "Hello."), ("new", "Good bye.")):
        Path("hello.txt").write_text(words)
        assert mmspack("build", "hello.txt", "-o", f"{name}.zip").code == 0
    assert mmspack("diff", "old.zip", "new.zip").code == 0
    ran = mmspack("diff", "--quiet", "--exit-code", "old.zip", "new.zip")
    assert (ran.code, ran.out) == (1, "")
    assert mmspack("diff", "--exit-code", "old.zip", "old.zip").code == 0


def test_a_comparison_names_another_subject_and_smaller_pictures(folder, mmspack, scene):
    for name, size in (("old", (1600, 1200)), ("new", (800, 600))):
        Path("beach.jpg").write_bytes(scene(*size))
        assert mmspack("build", "beach.jpg", "--subject", name, "-o", f"{name}.zip").code == 0
    assert mmspack("preview", "--compare", "old.zip", "new.zip", "-o", "both.html", "--no-open").code == 0
    page = Path("both.html").read_text("utf-8")
    assert "<h1>Another subject, 1 slide changed" in page
    assert "picture re-encoded, 1600×1200 → 800×600" in page


def test_a_dry_run_without_a_gateway_names_the_sandbox(folder, mmspack, monkeypatch):
    monkeypatch.delenv("MMSPACK_GATEWAY", raising=False)
    Path("hello.txt").write_text("Hello.")
    assert mmspack("build", "hello.txt", "-o", "old.zip").code == 0
    ran = mmspack("send", "old.zip", "--to", "447700900999", "--from", "447700900111", "--dry-run")
    assert ran.code == 0
    assert "it would go to the local sandbox" in ran.out
