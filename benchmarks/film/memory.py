"""A clip of two minutes in 4K: how much memory the child takes that decodes and encodes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.film.clips import FFMPEG
from benchmarks.goals import Goals

_CODE = """
import os, sys
from pathlib import Path
from mmspack.fitting.clips import ClipWish
from mmspack.fitting.film import Film
from mmspack.fitting.film_codings import MP4
from mmspack.media.probing import probe

def peak(process):
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

data = Path(sys.argv[1]).read_bytes()
film = Film(data, probe(data), ClipWish(types=("video/mp4",), effort="fast", min_quality=0.0), MP4)
made = film.attempt(int(sys.argv[2]))
# Not getrusage: of a child it counts the parent's memory, too, from before it became another program.
children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
print(len(made.data) if made else 0, peak("self"), max(map(peak, children)))
film.close()
"""


def remember(seconds: int, folder: Path, goals: Goals) -> dict[str, str]:
    """Fit the clip in a process of its own, and read what it and its child have peaked at."""
    clip = folder / f"4k-{seconds}.mp4"
    if not clip.is_file():
        # One second, repeated: what decoding takes does not depend on what is shown.
        second = folder / "4k-second.mp4"
        source = "testsrc2=size=3840x2160:rate=30:duration=1,noise=alls=6:allf=t"
        quiet = (FFMPEG, "-loglevel", "error", "-y")
        drawn = (*("-f", "lavfi", "-i", source, "-c:v", "libx264"), *("-preset", "ultrafast", "-crf", "30"))
        subprocess.run([*quiet, *drawn, "-refs", "4", "-pix_fmt", "yuv420p", str(second)], check=True)
        repeated = ("-stream_loop", str(seconds - 1), "-i", str(second), "-c", "copy", str(clip))
        subprocess.run([*quiet, *repeated], check=True)
    command = [sys.executable, "-c", _CODE, str(clip), "1000000"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    size, own, child = int(told[0]), int(told[1]) / 1000, int(told[2]) / 1000
    asked = goals.at_most("memory of the child, MB", child, 500)
    return {
        "memory": f"{seconds} s of 3840 × 2160 ({clip.stat().st_size:,} bytes) in {size:,} bytes:"
        f" the child peaked at {child:.0f} MB ({asked}), the process that asks at {own:.0f} MB."
    }
