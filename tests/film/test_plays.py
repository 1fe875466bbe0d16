"""Others play what comes out to its end: ffmpeg, GStreamer, Chromium, VLC; skipped where missing."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mmspack import Message, Slide, build, profiles
from mmspack.media.probing import probe
from mmspack.model import Kind
from tests.film import vlc_player
from tests.fitting.clips import make_film, make_wav

pytestmark = pytest.mark.slow
# ITU-T H.264, table A-1: macroblocks a second, of a frame, and of all frames that are kept.
_LEVELS = {
    10: (1_485, 99, 396), 11: (3_000, 396, 900), 12: (6_000, 396, 2_376), 13: (11_880, 396, 2_376),
    20: (11_880, 396, 2_376), 21: (19_800, 792, 4_752), 22: (20_250, 1_620, 8_100),
    30: (40_500, 1_620, 8_100), 31: (108_000, 3_600, 18_000),
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One kind of file that is made: by which profile, within how many bytes, and what its tracks are."""

    profile: str
    max_bytes: int
    type: str
    codecs: tuple[str, ...]
    sounds: tuple[str, ...] = ()
    """Types of sound that the profile takes, where they are not its own."""

    @property
    def film(self) -> bool:
        return self.type.startswith("video/")


RESULTS = {
    "film.mp4": Result("uk", 60_000, "video/mp4", ("h264", "aac")),
    "film.3gp": Result("oma-video-rich", 60_000, "video/3gpp", ("h263", "amr_nb")),
    "sound.m4a": Result("uk", 40_000, "audio/mp4", ("aac",)),
    "sound.3gp": Result("uk", 30_000, "audio/3gpp", ("amr_nb",), ("audio/3gpp",)),
    "sound.amr": Result("oma-image-rich", 30_000, "audio/amr", ("amr_nb",)),
    "sound.mp3": Result("uk", 40_000, "audio/mpeg", ("mp3",), ("audio/mpeg",)),
}


@dataclass(frozen=True)
class Made:
    """What a profile's phones get."""

    data: bytes
    type: str
    path: Path
    seconds: float
    codecs: tuple[str, ...]


@pytest.fixture(scope="module", params=list(RESULTS))
def made(request, tmp_path_factory) -> Made:
    result = RESULTS[request.param]
    # Larger than what fits, so that its pictures are made smaller.
    source = make_film(size=(480, 270), seconds=2, codec="mpeg4") if result.film else make_wav()
    slide = Slide(video=source) if result.film else Slide(audio=source, text="Listen")
    profile = profiles.get(result.profile)
    room = replace(
        profile, max_bytes=result.max_bytes, warn_bytes=None, audio_types=result.sounds or profile.audio_types
    )
    kind = Kind.VIDEO if result.film else Kind.AUDIO
    part = build(Message(slides=[slide]), room).message.slides[0].part(kind)
    assert part.type == result.type
    path = tmp_path_factory.mktemp("plays") / request.param
    path.write_bytes(part.data)
    return Made(part.data, part.type, path, 2.0 if result.film else 3.0, result.codecs)


def test_ffmpeg_decodes_it_without_a_word(made):
    binary = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    command = [binary, "-v", "error", "-xerror", "-i", str(made.path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_ffprobe_finds_the_tracks_and_how_long_they_are(made):
    if shutil.which("ffprobe") is None:
        pytest.skip("no ffprobe on this machine")
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", str(made.path)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert tuple(stream["codec_name"] for stream in told["streams"]) == made.codecs
    assert float(told["format"]["duration"]) == pytest.approx(made.seconds, abs=0.2)
    if made.type == "video/mp4":
        assert "Baseline" in told["streams"][0]["profile"]
        assert told["streams"][1]["profile"] == "LC"


def test_vlc_plays_it_to_the_end(made):
    if not vlc_player.library():
        pytest.skip("no VLC on this machine")
    command = [sys.executable, "-m", vlc_player.__name__, str(made.path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120)
    if done.returncode == vlc_player.NO_PLUGINS:
        pytest.skip("VLC's library without its plugins")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["ended"], told["damaged"]) == (True, 0)
    assert told["seconds"] == pytest.approx(made.seconds, abs=0.2)
    assert told["sounds"] > 0
    if made.type.startswith("video/"):
        assert told["pictures"] >= made.seconds * 15 - 1


def _in_gstreamer(element):
    return subprocess.run(["gst-inspect-1.0", "--exists", element], check=False).returncode == 0


def test_gstreamer_plays_it_to_the_end(made):
    needed = "playbin", "avdec_h264"
    if shutil.which("gst-launch-1.0") is None or not all(map(_in_gstreamer, needed)):
        pytest.skip("no GStreamer with its plugins and libav on this machine")
    command = ["gst-launch-1.0", "-q", "playbin", f"uri={made.path.as_uri()}"]
    command += ["video-sink=fakesink", "audio-sink=fakesink"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if "missing a plug-in" in done.stderr:
        pytest.skip("GStreamer has no decoder for it here")
    assert done.returncode == 0, done.stderr


def test_chromium_plays_what_a_browser_can(made, browser):
    if made.type not in ("video/mp4", "audio/mp4", "audio/mpeg"):
        pytest.skip("browsers play neither H.263 nor AMR")
    page = browser.new_page()
    kind = made.type.partition("/")[0]
    address = f"data:{made.type};base64,{base64.b64encode(made.data).decode()}"
    page.set_content(f"<{kind} id=clip src='{address}'></{kind}>")
    page.evaluate("clip.muted = true, clip.play().catch(() => {})")
    page.wait_for_function("clip.ended || clip.error", timeout=120_000)
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
