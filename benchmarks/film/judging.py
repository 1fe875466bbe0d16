"""Films compared with their source at the phone's size: SSIMULACRA2 on every n-th frame, VMAF as witness."""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path

import av
from PIL import Image

from benchmarks.film.clips import FFMPEG
from mmspack.media.ssimulacra import Reference

SIZE = (854, 480)


def frames(path: Path, every: float, count: int) -> list[Image.Image]:
    """The frame that is shown at each `every` seconds."""
    found: list[Image.Image] = []
    with av.open(str(path)) as opened:
        opened.streams.video[0].thread_type = "AUTO"
        last = None
        for frame in opened.decode(video=0):
            while last is not None and len(found) < count and (frame.time or 0) > len(found) * every + 1e-4:
                found.append(_shown(last))
            last = frame
        if last is not None and len(found) < count:
            found.append(_shown(last))
    return found


def _shown(frame: av.VideoFrame) -> Image.Image:
    return frame.reformat(width=SIZE[0], height=SIZE[1], interpolation="BICUBIC").to_image()


class Judge:
    """A source, whose frames are looked at once."""

    def __init__(self, source: Path, *, every: float, count: int) -> None:
        self._source, self._every, self._count = source, every, count
        self._references = [Reference(image) for image in frames(source, every, count)]

    def ssimulacra2(self, film: Path) -> float:
        """Mean over the frames that are looked at."""
        shown = frames(film, self._every, self._count)
        return statistics.fmean(
            reference.score(image) for reference, image in zip(self._references, shown, strict=False)
        )

    def vmaf(self, film: Path, folder: Path) -> float:
        """Of every tenth frame, both brought to the phone's size and 30 frames a second."""
        log = folder / "vmaf.json"
        scaled = f"fps=30,scale={SIZE[0]}:{SIZE[1]}:flags=bicubic,setpts=PTS-STARTPTS"
        graph = f"[0:v]{scaled}[a];[1:v]{scaled}[b];[a][b]libvmaf=log_fmt=json:log_path={log}:n_subsample=10"
        command = [FFMPEG, "-loglevel", "error", "-i", str(film), "-i", str(self._source), "-lavfi", graph]
        subprocess.run([*command, "-f", "null", "-"], check=True)
        return float(json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"])
