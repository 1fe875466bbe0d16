"""Loose files and bare folders: which of them share a slide."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmspack.authoring import from_source
from mmspack.authoring.loose import from_files, from_folder
from mmspack.errors import AuthoringError, InputError


def made(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.write_text("x")
    return paths


def shapes(message) -> list[set[str]]:
    kinds = ("image", "text", "audio", "video")
    return [{kind for kind in kinds if getattr(slide, kind) is not None} for slide in message.slides]


@pytest.mark.parametrize(
    ("names", "slides"),
    [
        (["a.jpg", "a.txt", "b.gif"], [{"image", "text"}, {"image"}]),
        (["a.txt", "a.jpg"], [{"text"}, {"image"}]),
        (["a.jpg", "b.jpg", "b.txt"], [{"image"}, {"image", "text"}]),
        (["a.jpg", "a.txt", "b.txt"], [{"image", "text"}, {"text"}]),
        (["a.jpg", "a.amr", "a.txt"], [{"image", "audio", "text"}]),
        (["a.mp4", "a.txt", "a.amr"], [{"video", "text"}, {"audio"}]),
    ],
)
def test_a_picture_and_the_text_after_it_share_a_slide(tmp_path, names, slides):
    assert shapes(from_files(made(tmp_path, *names))) == slides


def test_a_card_belongs_to_the_whole_message(tmp_path):
    message = from_files(made(tmp_path, "a.jpg", "shop.vcf", "a.txt"))
    assert shapes(message) == [{"image", "text"}]
    assert message.attachments == (tmp_path / "shop.vcf",)


def test_a_folder_is_read_in_the_order_a_person_counts(tmp_path):
    made(tmp_path, "10.jpg", "2.jpg", "2.txt", "README.md", ".DS_Store")
    message, left_out = from_folder(tmp_path)
    assert [slide.image.name for slide in message.slides] == ["2.jpg", "10.jpg"]
    assert left_out == (tmp_path / "README.md",)


def test_what_cannot_be_used_is_named_all_at_once(tmp_path):
    (path,) = made(tmp_path, "sheet.xlsx")
    with pytest.raises(AuthoringError) as caught:
        from_files([path, tmp_path / "gone.jpg"])
    assert len(caught.value.problems) == 2
    assert "Excel workbooks cannot be sent" in caught.value.lines[0]
    assert "gone.jpg" in caught.value.lines[1]


def test_missing_files_alone_are_unreadable_input(tmp_path):
    with pytest.raises(InputError):
        from_files([tmp_path / "gone.jpg"])


def test_a_text_of_loose_files_is_a_template_too(tmp_path):
    (tmp_path / "a.txt").write_text("Hi {{ name }}\n")
    message, _ = from_source([tmp_path / "a.txt"], {"name": "Ada"})
    assert message.slides[0].text == "Hi Ada"
    with pytest.raises(AuthoringError, match="unknown variable 'name'"):
        from_source([tmp_path / "a.txt"], {})


def test_an_empty_folder_says_how_to_start(tmp_path):
    with pytest.raises(AuthoringError, match=r"no message\.toml and no pictures or texts"):
        from_source([tmp_path])


def test_documents_alone_are_refused_since_a_phone_shows_nothing_of_them(tmp_path):
    with pytest.raises(AuthoringError) as caught:
        from_files(made(tmp_path, "menu.pdf"))
    assert str(caught.value) == (
        f"{tmp_path / 'menu.pdf'}: PDF files alone are not a message: a phone shows nothing of it "
        "(export its pages as JPEG or PNG)"
    )
    assert from_files(made(tmp_path, "shop.vcf")).attachments == (tmp_path / "shop.vcf",)
