"""What an editor would do instead: ffmpeg with two passes at each of four sizes, and the common advice."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.film.clips import FFMPEG
from mmspack.fitting.film_codings import MP4

SIZES = (854, 640, 480, 320)
_ADVICE_WIDTH = 480


@dataclass(frozen=True)
class Try:
    """A film that a rival made, and the seconds that it took."""

    path: Path
    seconds: float
    width: int

    @property
    def bytes(self) -> int:
        """Its size."""
        return self.path.stat().st_size


def run(*arguments: str) -> None:
    """One ffmpeg command."""
    subprocess.run([FFMPEG, "-loglevel", "error", "-y", *arguments], check=True)


def two_pass(source: Path, folder: Path, width: int, video_bits: int, audio_bits: int) -> Try:
    """x264 `-preset slow` with two passes, baseline as ours, at one width."""
    target, log = folder / f"two-{width}.mp4", folder / "passes"
    common = [
        "-i", str(source), "-vf", f"scale={width}:-2", "-c:v", "libx264", "-preset", "slow", "-profile:v",
        "baseline", "-b:v", str(video_bits), "-passlogfile", str(log),
    ]  # fmt: skip
    begun = time.perf_counter()
    run(*common, "-pass", "1", "-an", "-f", "null", "-")
    sound = ["-c:a", "aac", "-b:a", str(audio_bits), "-ac", "1"]
    run(*common, "-pass", "2", *sound, "-movflags", "+faststart", str(target))
    return Try(target, time.perf_counter() - begun, width)


def advice(source: Path, folder: Path, limit: int, audio_bits: int) -> Try:
    """`scale=480:-2` and the lowest crf that fits, by bisection."""
    begun, low, high = time.perf_counter(), 18, 51
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
    return Try(best, time.perf_counter() - begun, _ADVICE_WIDTH)


def one_encode(source: Path, folder: Path, width: int, height: int, crf: float) -> float:
    """Seconds of one decode at a size and one encode as ours: what no tool can do without."""
    begun = time.perf_counter()
    run(
        *("-i", str(source), "-vf", f"scale={width}:{height}"),
        *("-c:v", "libx264", "-preset", dict(MP4.options)["preset"], "-profile:v", "baseline"),
        *("-crf", f"{crf:.1f}", "-threads", "4", "-an", str(folder / "bound.mp4")),
    )
    return time.perf_counter() - begun
