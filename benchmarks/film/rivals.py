"""What an editor would do instead: ffmpeg with two passes at each of four sizes, and the common advice.

What they came to can be kept in a file, so that a second run measures ours alone.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import astuple, dataclass
from pathlib import Path

from benchmarks.film.clips import FFMPEG
from benchmarks.film.judging import Judge
from benchmarks.fit.memory import Memory
from mmspack.fitting.film_codings import MP4

SIZES = (854, 640, 480, 320)
_ADVICE_WIDTH = 480
_OVER = 1.02
"""Two passes end as often above their rate as below it: up to here the rival may be over the budget."""


@dataclass(frozen=True)
class Rivals:
    """The best of the films with two passes, and the common advice. Seconds are of the processor."""

    two_pass: float
    two_pass_vmaf: float
    width: float
    bytes: float
    seconds: float
    """All four sizes, since an editor has to try them."""
    advice: float


def measured(
    clip: Path, limit: int, audio_bits: int, length: float, judge: Judge, folder: Path, memory: Memory
) -> Rivals:
    """What the rivals make of a clip in a budget, with as many bits for the sound as ours takes."""
    found = memory.get(
        clip.read_bytes(),
        ("film", SIZES, limit, audio_bits),
        lambda: list(astuple(_measured(clip, limit, audio_bits, length, judge, folder))),
    )
    return Rivals(*found)


def _measured(clip: Path, limit: int, audio_bits: int, length: float, judge: Judge, folder: Path) -> Rivals:
    video_bits = round((limit * 8 * 0.985 - 8 * 6000) / length - audio_bits)
    begun = processor_seconds()
    tries = [(width, two_pass(clip, folder, width, video_bits, audio_bits)) for width in SIZES]
    seconds = processor_seconds() - begun
    fitting = [one for one in tries if one[1].stat().st_size <= limit * _OVER] or tries
    best, width, path = max((judge.ssimulacra2(path), width, path) for width, path in fitting)
    return Rivals(
        two_pass=best,
        two_pass_vmaf=judge.vmaf(path, folder),
        width=width,
        bytes=path.stat().st_size,
        seconds=seconds,
        advice=judge.ssimulacra2(advice(clip, folder, limit, audio_bits)),
    )


def processor_seconds() -> float:
    """What this process and its finished children have taken so far: another's work does not count."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def run(*arguments: str) -> None:
    """One ffmpeg command."""
    subprocess.run([FFMPEG, "-loglevel", "error", "-y", *arguments], check=True)


def two_pass(source: Path, folder: Path, width: int, video_bits: int, audio_bits: int) -> Path:
    """x264 `-preset slow` with two passes, baseline as ours, at one width."""
    target, log = folder / f"two-{width}.mp4", folder / "passes"
    common = [
        "-i", str(source), "-vf", f"scale={width}:-2", "-c:v", "libx264", "-preset", "slow", "-profile:v",
        "baseline", "-b:v", str(video_bits), "-passlogfile", str(log),
    ]  # fmt: skip
    run(*common, "-pass", "1", "-an", "-f", "null", "-")
    sound = ["-c:a", "aac", "-b:a", str(audio_bits), "-ac", "1"]
    run(*common, "-pass", "2", *sound, "-movflags", "+faststart", str(target))
    return target


def advice(source: Path, folder: Path, limit: int, audio_bits: int) -> Path:
    """`scale=480:-2` and the lowest crf that fits, by bisection."""
    low, high = 18, 51
    best = folder / "advice.mp4"
    while low < high:
        crf = (low + high) // 2
        target = folder / "advice-try.mp4"
        run(
            *("-i", str(source), "-vf", f"scale={_ADVICE_WIDTH}:-2"),
            *("-c:v", "libx264", "-profile:v", "baseline", "-crf", str(crf)),
            *("-c:a", "aac", "-b:a", str(audio_bits), "-ac", "1", "-movflags", "+faststart", str(target)),
        )
        if target.stat().st_size <= limit:
            target.replace(best)
            high = crf
        else:
            low = crf + 1
    return best


def one_encode(source: Path, folder: Path, size: tuple[int, int], bit_rate: int) -> float:
    """Processor seconds of one decode at a size and one encode as ours in as many bytes.

    No tool can do without them; to hit the bytes by them alone would be luck.
    """
    begun = processor_seconds()
    options = [word for key, value in MP4.options for word in (f"-{key}", value)]
    run(
        *("-i", str(source), "-vf", f"scale={size[0]}:{size[1]}", "-c:v", "libx264"),
        *(*options, "-b:v", str(bit_rate), "-an", str(folder / "bound.mp4")),
    )
    return processor_seconds() - begun
