"""Films that strangers made: one line each, nothing hangs, nothing is fetched."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import threading
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import pytest
from PIL import Image

from mmspack import Message, Slide, build
from mmspack.errors import MediaError, MmspackError
from mmspack.film import clip, limits
from mmspack.film.engine import open_engine
from mmspack.media.probing import probe
from tests.fitting.clips import make_film, make_wav
from tests.waiting import until

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def film() -> bytes:
    return make_film(seconds=1, size=(320, 180), options={"crf": "20"})


def said(data: bytes, key: str = "video") -> str:
    """What a build says of it: one line, or nothing where it could be built."""
    try:
        made = build(Message(slides=[Slide(text="a", poster=key == "video", **{key: data})]), "uk")
    except MmspackError as error:
        told, code = str(error), error.exit_code
    else:
        assert made.ok
        return ""
    assert "\n" not in told
    assert code in (1, 3)
    return told


def test_a_film_that_is_cut_off_anywhere_is_refused_in_one_line(film):
    for at in range(0, len(film) - 4096, 4096):
        assert said(film[: at or 40])


def test_a_film_with_flipped_bytes_is_built_or_refused_in_one_line(film):
    for seed in range(12):
        broken = bytearray(film)
        for step in range(1, 20):
            broken[(seed * 7919 + step * 104_729) % len(film)] ^= 0x55
        said(bytes(broken))


@pytest.mark.parametrize(
    "text",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
    ],
)
@pytest.mark.parametrize("key", ["video", "audio"])
def test_a_playlist_is_neither_a_film_nor_a_sound(text, key):
    assert "not a" in said(text, key)


class _Told(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - shared on purpose

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server():
    listening = HTTPServer(("127.0.0.1", 0), _Told)
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.mark.parametrize("demuxer", ["mov", "matroska", "avi", "mp3", "ogg", "wav"])
def test_no_reader_opens_what_a_file_names(server, demuxer, tmp_path):
    address = f"{server}/film.mp4"
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}\n".encode()
    (tmp_path / "film").write_bytes(playlist)
    engine = open_engine(tmp_path / "film", demuxer)
    try:
        with pytest.raises(MediaError):
            engine.facts()
    finally:
        engine.close()
    assert _Told.asked == []


def test_a_frame_of_more_pixels_than_8k_is_refused():
    still = io.BytesIO()
    Image.new("RGB", (8192, 4400)).save(still, "JPEG")
    stream = io.BytesIO()
    with av.open(stream, "w", format="avi") as out:  # of one picture by Pillow, which is quick
        film = out.add_stream("mjpeg", rate=30)
        film.width, film.height, film.pix_fmt = 8192, 4400, "yuvj420p"
        packet = av.Packet(still.getvalue())
        packet.stream, packet.pts, packet.dts, packet.time_base = film, 0, 0, Fraction(1, 30)
        out.mux(packet)
    assert clip.MAX_SIDE_PIXELS < 8192 * 4400
    assert "frames of 8192 × 4400 pixels are too large" in said(stream.getvalue())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits are those of POSIX")
def test_a_child_that_takes_too_long_is_ended(film, monkeypatch, tmp_path):
    from mmspack.film import pyav

    (tmp_path / "film").write_bytes(film)
    monkeypatch.setattr(pyav, "TIMEOUT", 0.001)
    engine = open_engine(tmp_path / "film", "mov")
    with pytest.raises(MediaError, match="too long"):
        engine.facts()
    engine.close()
    assert limits.TIMEOUT > 60


def test_a_sound_that_is_cut_off_is_refused(film):
    assert "truncated" in said(make_wav()[:-9000], "audio")


def test_nothing_is_left_behind(film, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said(film)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
@pytest.mark.parametrize("stopped_by", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_polite_kill_end_the_child_and_leave_nothing_behind(tmp_path, stopped_by):
    (tmp_path / "clip.mp4").write_bytes(
        make_film(seconds=6, size=(320, 180), options={"crf": "1", "preset": "ultrafast"})
    )
    (tmp_path / "voice.wav").write_bytes(make_wav())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [
        sys.executable,
        "-m",
        "mmspack",
        "build",
        "clip.mp4",
        "voice.wav",
        "-o",
        "clip.zip",
        "--no-cache",
    ]
    started = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.PIPE
    )
    try:
        until(lambda: any(scratch.rglob("*.yuv")))
        started.send_signal(stopped_by)
        _, said = started.communicate(timeout=60)
    finally:
        started.kill()
    assert started.returncode == 130
    assert b"Traceback" not in said
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "clip.zip").exists()


@pytest.mark.parametrize(
    ("container", "codec"), [("webm", "libvpx"), ("matroska", "libx264"), ("avi", "mpeg4")]
)
def test_a_film_that_ends_before_it_says_is_refused_in_every_container(container, codec):
    data = make_film(size=(160, 90), seconds=2, container=container, codec=codec, sound=container == "webm")
    for kept in (0.3, 0.6, 0.97):
        cut = data[: round(len(data) * kept)]
        assert probe(cut).error == f"truncated: the file promises {len(data):,} bytes, {len(cut):,} are there"
        with pytest.raises(MediaError, match="truncated: the file promises"):
            build(Message(slides=[Slide(video=cut)]), "uk")
    assert probe(data).error == ""


def test_a_film_recorded_live_promises_no_length():
    data = make_film(size=(160, 90), seconds=1, container="webm", codec="libvpx")
    at = data.index(b"\x18\x53\x80\x67") + 4
    length = 9 - data[at].bit_length()
    live = data[:at] + b"\x01" + b"\xff" * 7 + data[at + length :]
    assert probe(live[: len(live) // 2]).error == ""


def test_damage_in_the_middle_costs_what_is_damaged_and_not_all_that_comes_after_it():
    data = bytearray(make_film(size=(160, 90), seconds=4, options={"crf": "30"}))
    chance = random.Random(2)
    for _ in range(60):
        data[chance.randrange(2000, len(data) - 6000)] = chance.randrange(256)
    made = build(Message(slides=[Slide(video=bytes(data), crop="16:9")]), "uk", cache=False)
    lengths = {track.kind: track.duration_ms for track in probe(made.message.slides[0].parts[0].data).tracks}
    assert lengths["vide"] >= 3900
    assert lengths["soun"] >= 3000
