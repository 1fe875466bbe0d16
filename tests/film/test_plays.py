"""What comes out is opened by other players: ffmpeg, GStreamer and Chromium; skipped where missing."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mmspack import Message, Slide, build, profiles
from mmspack.media.probing import probe
from mmspack.model import Kind
from tests.fitting.clips import make_film, make_wav

pytestmark = pytest.mark.slow
# ITU-T H.264, table A-1: macroblocks a second, of a frame, and of all frames that are kept.
_LEVELS = {
    10: (1_485, 99, 396), 11: (3_000, 396, 900), 12: (6_000, 396, 2_376), 13: (11_880, 396, 2_376),
    20: (11_880, 396, 2_376), 21: (19_800, 792, 4_752), 22: (20_250, 1_620, 8_100),
    30: (40_500, 1_620, 8_100), 31: (108_000, 3_600, 18_000),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What a profile's phones get."""

    data: bytes
    type: str
    path: Path
    seconds: float


@pytest.fixture(scope="module", params=["mp4", "3gp", "m4a", "amr"])
def made(request, tmp_path_factory) -> Made:
    film = request.param in ("mp4", "3gp")
    profile = {"mp4": "uk", "3gp": "oma-video-rich", "m4a": "uk", "amr": "oma-image-rich"}[request.param]
    limit = {"mp4": 120_000, "3gp": 60_000, "m4a": 40_000, "amr": 30_000}[request.param]
    source = make_film(size=(854, 480), seconds=2) if film else make_wav()
    slide = Slide(video=source) if film else Slide(audio=source, text="Listen")
    room = replace(profiles.get(profile), max_bytes=limit, warn_bytes=None)
    part = build(Message(slides=[slide]), room).message.slides[0].part(Kind.VIDEO if film else Kind.AUDIO)
    path = tmp_path_factory.mktemp("plays") / f"made.{request.param}"
    path.write_bytes(part.data)
    return Made(part.data, part.type, path, 2.0 if film else 3.0)


def test_ffmpeg_decodes_it_without_a_word(made):
    binary = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    command = [binary, "-v", "error", "-xerror", "-i", str(made.path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_gstreamer_plays_it_to_the_end(made):
    if shutil.which("gst-launch-1.0") is None:
        pytest.skip("no GStreamer on this machine")
    command = ["gst-launch-1.0", "-q", "playbin", f"uri={made.path.as_uri()}"]
    command += ["video-sink=fakesink", "audio-sink=fakesink"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if "missing a plug-in" in done.stderr:
        pytest.skip("GStreamer has no decoder for it here")
    assert done.returncode == 0, done.stderr


def test_chromium_plays_what_a_browser_can(made, browser):
    if made.type not in ("video/mp4", "audio/mp4"):
        pytest.skip("browsers play neither H.263 nor AMR")
    page = browser.new_page()
    kind = made.type.partition("/")[0]
    address = f"data:{made.type};base64,{base64.b64encode(made.data).decode()}"
    page.set_content(f"<{kind} id=clip src='{address}'></{kind}>")
    page.wait_for_function("clip.readyState >= 3 || clip.error", timeout=120_000)
    found = page.evaluate("({error: clip.error && clip.error.message, seconds: clip.duration})")
    assert found["error"] is None
    assert found["seconds"] == pytest.approx(made.seconds, abs=0.2)
    page.close()


def test_profile_and_level_are_what_the_picture_needs(made):
    if made.type != "video/mp4":
        pytest.skip("H.263's level is held by test_films.py")
    (picture,) = (track for track in probe(made.data).tracks if track.is_film)
    at = made.data.index(b"avcC")
    profile, constraints, level = made.data[at + 5 : at + 8]
    assert (profile, bool(constraints & 0x40)) == (66, True), "constrained baseline"
    blocks = -(-picture.width // 16) * -(-picture.height // 16)
    binary = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    command = [binary, "-i", str(made.path), "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True).stderr
    references = int(re.search(r"max_num_ref_frames\s+\S+ = (\d+)", told)[1])
    a_second, a_frame, kept = _LEVELS[level]
    assert blocks <= a_frame
    assert blocks * picture.frames_a_second <= a_second + 1
    assert blocks * references <= kept
    assert level <= 31
