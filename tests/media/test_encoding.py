"""Pictures come out whole wherever they are encoded, and other threads run meanwhile."""

import io
import os
import tempfile
import threading
from pathlib import Path

import pytest
from PIL import Image

from mmspack.media import encoding, jpeg
from mmspack.media.encoding import encoded
from mmspack.media.threads import ahead
from tests.fitting.drawn import noise

GRADIENT = Image.radial_gradient("L").convert("RGB")


def pixels(data):
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "PNG"])
def test_the_bytes_are_those_of_memory(kind):
    stream = io.BytesIO()
    GRADIENT.save(stream, kind)
    assert encoded(GRADIENT, kind) == stream.getvalue()


def test_without_memory_files_a_temporary_one_is_used_and_gone(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert pixels(encoded(GRADIENT, "PNG")) == GRADIENT.tobytes()
    assert list(tmp_path.iterdir()) == []


def test_where_no_file_can_be_made_memory_does(monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "memfd_create", refuse, raising=False)
    assert pixels(encoded(GRADIENT, "PNG")) == GRADIENT.tobytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("kind", ["JPEG", "GIF", "PNG"])
def test_a_full_disk_costs_nothing(monkeypatch, kind):
    whole = encoded(GRADIENT, kind)
    monkeypatch.setattr(encoding, "_nameless", lambda: Path("/dev/full").open("w+b"))  # noqa: SIM115
    assert encoded(GRADIENT, kind) == whole


def test_another_thread_runs_while_one_encodes():
    large = GRADIENT.resize((4000, 3000))
    ended = threading.Event()
    counted = 0

    def encode():
        for _ in range(20):  # a busy machine may let one pass by
            if counted < 5:
                encoded(large, "JPEG", quality=90)
        ended.set()

    thread = threading.Thread(target=encode)
    thread.start()
    while not ended.wait(0.001):
        counted += 1
    thread.join()
    assert counted >= 5, "the encoder kept the interpreter to itself"


def test_results_come_in_order_and_few_wait():
    begun = []

    def work(number):
        begun.append(number)
        return number * number

    for done in ahead(work, range(500)):
        assert len(begun) <= (done**0.5) + 1 + 4 * (os.cpu_count() or 1) + 1
    assert list(ahead(work, range(50))) == [number * number for number in range(50)]


def test_what_a_step_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(ahead(lambda number: 1 // number, [2, 1, 0, 3]))


@pytest.mark.parametrize("chroma", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("step", [jpeg.FINEST, -4.0, -3.0, -2.0, -1.6, -1.0])
def test_noise_at_fine_steps_is_encoded_without_a_word_on_the_terminal(step, chroma, capfd):
    image = noise((300, 260))
    with Image.open(io.BytesIO(jpeg.encode(image, step, chroma=chroma))) as opened:
        opened.load()
        assert opened.size == image.size
    assert capfd.readouterr() == ("", "")
