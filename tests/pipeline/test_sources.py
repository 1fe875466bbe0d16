"""Whatever a program holds may be a picture; a `str` is text and a `Path` is a file."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mmspack
from mmspack import Message, Slide, build, check, open_bundle
from mmspack.errors import AuthoringError, InputError, OutputError
from mmspack.message import Overlay


def picture_of(built: mmspack.Build, name: str = "image1") -> Image.Image:
    (part,) = [part for part in built.bundle.parts if part.name.startswith(name)]
    return Image.open(io.BytesIO(part.data))


def sources(path: Path):
    data = path.read_bytes()
    yield "path", path
    yield "text path", str(path)
    yield "bytes", data
    yield "bytearray", bytearray(data)
    yield "memoryview", memoryview(data)
    yield "stream", io.BytesIO(data)
    with path.open("rb") as file:
        yield "open file", file
    with Image.open(path) as image:
        yield "PIL image", image
        yield "array", np.asarray(image)


def test_a_picture_may_be_given_in_any_way(tmp_path, scene):
    (tmp_path / "p.png").write_bytes(scene(64, 48, "PNG"))
    for name, source in sources(tmp_path / "p.png"):
        message = Message(slides=[Slide(image=source)])
        first, second = build(message), build(message)
        assert first.ok, name
        assert first.bundle == second.bundle, name
        assert picture_of(first).size == (64, 48), name


def test_a_message_does_not_change_with_what_it_was_made_of(scene):
    array = np.zeros((8, 8, 3), np.uint8)
    buffer = bytearray(scene(8, 8, "PNG"))
    slides = [Slide(image=array), Slide(image=buffer)]
    message = Message(slides=slides)
    array[:] = 255
    buffer[:] = b"x" * len(buffer)
    slides.clear()
    built = build(message)
    assert len(built.message.slides) == 2
    assert max(picture_of(built).convert("RGB").getpixel((4, 4))) < 10


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_a_pil_image_of_any_mode_is_fitted(mode):
    assert picture_of(build(Message(slides=[Slide(image=Image.new(mode, (20, 10)))]))).size == (20, 10)


def test_a_pil_image_is_shown_as_its_file_would_be(tmp_path, scene):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    path.write_bytes(scene(40, 20, "JPEG", exif=exif.tobytes()))
    with Image.open(path) as image:
        for source in (path, image):
            assert picture_of(build(Message(slides=[Slide(image=source)]))).size == (20, 40)


def test_an_animated_pil_image_stays_animated():
    stream = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), color) for color in ("red", "blue", "green")]
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=200)
    built = build(Message(slides=[Slide(image=Image.open(stream))]))
    assert picture_of(built).n_frames == 3


@pytest.mark.parametrize("shape", [(10, 20), (10, 20, 1), (10, 20, 2), (10, 20, 3), (10, 20, 4)])
def test_an_array_is_height_by_width_by_channels(shape):
    assert picture_of(build(Message(slides=[Slide(image=np.zeros(shape, np.uint8))]))).size == (20, 10)


def test_slides_attachments_and_overlays_may_be_generators():
    card = b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Shop\r\nEND:VCARD\r\n"
    message = Message(
        slides=(Slide(text=text) for text in ("One", "Two")),
        attachments=(one for one in [card]),
        layout="text-only",
    )
    assert build(message) == build(message)
    assert [part.name for part in build(message).bundle.parts][1:3] == ["text1.txt", "text2.txt"]
    overlays = (Overlay(box=(n / 10 for n in (1, 1, 5, 5)), text=text) for text in ("a",))
    slide = Slide(image=np.zeros((99, 99, 3), np.uint8), overlay=overlays, crop="1:1", focus=[0.5, 0.5])
    assert slide.overlay[0].box == (0.1, 0.1, 0.5, 0.5)
    assert slide.focus == (0.5, 0.5)
    assert build(Message(slides=[slide])).ok


@pytest.mark.parametrize("text", ["All terms are in terms.txt", "offer.txt", "/etc/passwd", "a.md"])
def test_a_text_is_text_however_it_ends(text):
    built = build(Message(slides=[Slide(text=text)], layout="text-only"))
    assert built.bundle.part("text1.txt").data.decode() == text


def test_a_path_is_a_text_file(tmp_path):
    (tmp_path / "copy.md").write_text("\ufeffHello\r\nAda\r\n", "utf-8")
    built = build(Message(slides=[Slide(text=tmp_path / "copy.md")], layout="text-only"))
    assert built.bundle.part("text1.txt").data == b"Hello\nAda"
    with pytest.raises(InputError, match=r"gone\.txt"):
        build(Message(slides=[Slide(text=tmp_path / "gone.txt")], layout="text-only"))


def test_a_bundle_is_saved_to_and_read_from_an_open_file(tmp_path):
    built = build(Message(slides=[Slide(text="Hello")], layout="text-only"))
    stream = io.BytesIO()
    assert built.save(stream) is None
    assert built.save(str(tmp_path / "a.zip")) == tmp_path / "a.zip"
    assert stream.getvalue() == (tmp_path / "a.zip").read_bytes() == built.bundle.data
    with (tmp_path / "a.zip").open("rb") as file:
        assert open_bundle(file) == built.bundle
    for source in (io.BytesIO(stream.getvalue()), bytearray(stream.getvalue()), tmp_path / "a.zip"):
        assert check(source, profile="uk").findings == built.report.findings
    for target in (io.StringIO(), 5, None):
        with pytest.raises(OutputError, match="binary writing"):
            built.save(target)


@pytest.mark.parametrize("wrong", [5, None, 1.5, {}, io.StringIO("x")])
def test_what_is_no_bundle_is_refused_in_one_line(wrong):
    for function in (open_bundle, check):
        with pytest.raises(AuthoringError) as caught:
            function(wrong)
        assert str(caught.value).startswith("bundle: expected a path, bytes or an open file")
        assert "\n" not in str(caught.value)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    pipe = tmp_path / "photo.jpg"
    os.mkfifo(pipe)
    done = threading.Event()

    def ask() -> None:
        with pytest.raises(InputError, match="not a regular file"):
            build(Message(slides=[Slide(image=pipe)]))
        with pytest.raises(InputError, match="not a regular file"):
            check(pipe)
        done.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(60)
    assert done.is_set()


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "photo.jpg"
    with path.open("wb") as file:
        file.truncate(40_000_000_000)  # a hole: no disk is used
    with pytest.raises(InputError, match=r"40,000,000,000 bytes"):
        build(Message(slides=[Slide(image=path)]))
