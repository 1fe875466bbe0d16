"""How far a film is: frames gone through, of all that will be; on a terminal, a bar with a percentage."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from mmspack import Message, Slide, build
from mmspack.film.progress import ProgressMeter
from mmspack.pipeline import plan
from tests.fitting.clips import make_film, make_wav


def test_what_is_reported_never_goes_backwards_and_ends_at_the_whole():
    seen: list[tuple[int, int]] = []
    meter = ProgressMeter(lambda done, total: seen.append((done, total)))
    film, sound = meter.clip(), meter.clip()
    film.expect(300)
    film.advance(150)
    sound.expect(300)
    assert seen[-1] == (300, 600)
    film.advance(150)
    film.need(100)
    assert seen[-1] == (350, 700)
    film.advance(100)
    sound.finish()
    film.finish()
    meter.finish()
    assert seen[-1] == (400, 400)
    shares = [done / total for done, total in seen]
    assert shares == sorted(shares)


@pytest.fixture(scope="module")
def clip() -> bytes:
    return make_film(size=(160, 90), seconds=2, codec="mpeg4", container="avi", sound=False)


@pytest.mark.slow
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("profile", ["uk", "oma-video-basic"])
def test_a_build_reports_the_frames_of_decoding_and_of_both_passes(clip, profile):
    seen: list[tuple[int, int]] = []
    message = Message(slides=[Slide(video=clip), Slide(audio=make_wav(), text="Listen")])
    build(message, profile, cache=False, progress=lambda done, total: seen.append((done, total)))
    shares = [done / total for done, total in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    frames = 60 if profile == "uk" else 30
    assert seen[-1][0] >= 3 * frames
    assert sum(0.1 < share < 0.9 for share in shares) >= 3


@pytest.mark.slow
def test_nothing_is_reported_for_a_film_that_stays_as_it_is():
    seen: list[tuple[int, int]] = []
    film = make_film(seconds=1, options={"crf": "30", "profile": "baseline"})
    build(
        Message(slides=[Slide(video=film, text="Look")]),
        "uk",
        cache=False,
        progress=lambda *at: seen.append(at),
    )
    assert {done for done, _ in seen} <= {0}


@pytest.mark.slow
def test_a_plan_reports_its_cells_as_one_work(clip):
    seen: list[float] = []
    message = Message(slides=[Slide(video=clip)])
    plan(
        message,
        "uk",
        efforts=["fast", "good"],
        cache=False,
        progress=lambda done, total: seen.append(done / total),
    )
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert 0.5 in seen


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
@pytest.mark.parametrize("command", ["build", "inspect"])
def test_a_terminal_shows_a_percentage_and_a_pipe_shows_none(clip, tmp_path, command):
    import pty

    (tmp_path / "message.toml").write_text('[[slides]]\nvideo = "clip.avi"\ntext = "Look"\n')
    (tmp_path / "clip.avi").write_bytes(clip)
    words = [sys.executable, "-m", "mmspack", command, "message.toml"]
    words += ["-o", "one.zip", "--no-cache"] if command == "build" else []
    environment = {
        **os.environ, "TERM": "xterm", "COLUMNS": "90", "MMSPACK_CACHE_DIR": str(tmp_path / command),
    }  # fmt: skip
    parent, child = pty.openpty()
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment, stdin=child, stdout=subprocess.PIPE, stderr=child
    ) as going:
        os.close(child)
        shown = b""
        while True:
            try:
                piece = os.read(parent, 4096)
            except OSError:  # Linux's way of saying that the other side is closed
                break
            if not piece:
                break
            shown += piece
        going.communicate()
    os.close(parent)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert "Fitting 1 clip" in plain
    assert len(set(re.findall(r"(\d+)%", plain))) >= 3
    piped = subprocess.run(
        [*words, "--force"] if command == "build" else words, cwd=tmp_path, capture_output=True, text=True
    )
    assert "%" not in piped.stderr
