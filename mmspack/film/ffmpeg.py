"""An `ffmpeg` on the PATH as an engine: one command for each request, under the same limits."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import IO, cast

from mmspack.errors import MediaError
from mmspack.film.clip import MAX_SIDE_PIXELS, ClipFacts, Filter, Samples, Spool, Tick, TrackCoding
from mmspack.film.limits import TIMEOUT

_START = (
    "import sys; sys.path[:0] = [sys.argv[1]]; from mmspack.film.limits import become; become(sys.argv[2:])"
)
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_VIDEO = re.compile(
    r"Stream #\S+ Video: (\w+)[^\n]*?, ((?:yuv|gbr|gr[a]y|rgb|bgr|nv|p0)\w*)[^\n]*?, (\d+)x(\d+)"
)
_AUDIO = re.compile(r"Stream #\S+ Audio: (\w+)[^\n]*?, (\d+) Hz, ([\w.]+)")
_AVERAGE = re.compile(r"Video: [^\n]*?([\d.]+)(k?) fps")
_BASE = re.compile(r"Video: [^\n]*?([\d.]+)(k?) tbr")
_MOST_LIKELY = 210
"""Frames a second above which a base rate is one of clock ticks: libavformat's own limit
(`av_guess_frame_rate`)."""
_SHAPE = re.compile(r"Video: [^\n]*?SAR (\d+):(\d+)")
_TURN = re.compile(r"rotation of (-?[\d.]+) degrees")
_CHANNELS = {"mono": 1, "stereo": 2, "4.0": 4, "quad": 4, "5.0": 5, "5.1": 6, "7.1": 8}
_DEEP = re.compile(r"(p0?1[0-6]|1[0-6])(le|be)?$")
_BROADCAST = {23.976: Fraction(24000, 1001), 29.97: Fraction(30000, 1001), 59.94: Fraction(60000, 1001)}
_NEWLINES = re.compile(r"\s+")


def ffmpeg_version() -> str:
    """`ffmpeg version 7.1`; empty where it cannot be run."""
    try:
        told = subprocess.run(  # noqa: S603 - the user's own ffmpeg
            [shutil.which("ffmpeg") or "ffmpeg", "-version"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return ""
    return " ".join(told.split()[:3])


class FfmpegEngine:
    """Commands of their own, started one after the other."""

    def __init__(self, source: Path, demuxer: str) -> None:
        self._binary = shutil.which("ffmpeg") or "ffmpeg"
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._closed = False
        # `file` alone is read, and the demuxer is named: a playlist or an address in a file leads nowhere.
        self._source = [
            "-protocol_whitelist", "file", "-max_pixels", str(MAX_SIDE_PIXELS), "-f", demuxer,
        ]  # fmt: skip
        self._path = f"file:{source}"

    def facts(self) -> ClipFacts:
        """What ffmpeg says of the source, and that its first frame can be decoded."""
        told = self._run(
            *("-loglevel", "info", "-noautorotate", *self._source, "-i", self._path),
            *("-map", "0:v:0?", "-map", "0:a:0?", "-frames:v", "1", "-t", "0.1", "-f", "null", "-"),
        )
        told = told.partition("Output #0")[0]
        return _facts(told)

    def spool(
        self,
        to: Path,
        *,
        size: tuple[int, int],
        rate: Fraction,
        filters: Sequence[Filter],
        rotation: int,  # noqa: ARG002 - ffmpeg turns them upright by itself
        start: float,
        end: float | None,
        most: int,
        tick: Tick | None = None,
    ) -> Spool:
        """The frames as they are wanted."""
        self._run(
            *self._cut(start, end), *self._source, "-i", self._path, "-map", "0:V:0", "-vf", _chain(filters),
            "-frames:v", str(most), "-f", "rawvideo", "-pix_fmt", "yuv420p", str(to), tick=tick,
        )  # fmt: skip
        length = size[0] * size[1] * 3 // 2
        return Spool(path=to, width=size[0], height=size[1], rate=rate, frames=to.stat().st_size // length)

    def sound(self, to: Path, *, rate: int, channels: int, start: float, end: float | None) -> Samples:
        """The sound as it is wanted."""
        self._run(
            *self._cut(start, end), *self._source, "-i", self._path, "-map", "0:a:0",
            "-f", "s16le", "-ar", str(rate), "-ac", str(channels), str(to),
        )  # fmt: skip
        return Samples(path=to, rate=rate, channels=channels, count=to.stat().st_size // (2 * channels))

    def encode(
        self,
        spool: Spool,
        to: Path,
        coding: TrackCoding,
        size: tuple[int, int],  # noqa: ARG002 - the coding's filters scale
        ranges: Sequence[tuple[int, int]] = (),
        tick: Tick | None = None,
    ) -> int:
        """A film without sound."""
        chain = list(coding.filters)
        if ranges:
            spans = "+".join(f"between(n,{first},{last - 1})" for first, last in ranges)
            chain = [("select", f"'{spans}'"), ("setpts", f"N/({spool.rate})/TB"), *chain]
        if coding.every > 1:
            chain = [("framestep", f"step={coding.every}"), *chain]
        chain = [("trim", f"end_frame={spool.frames}"), *chain]  # its file may hold a longer cut of the clip
        self._run(
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{spool.width}x{spool.height}",
            "-r", str(spool.rate), "-i", str(spool.path), "-vf", _chain([*chain, ("format", "yuv420p")]),
            "-c:v", coding.codec, *_options(coding, "v"), "-fps_mode", "passthrough", "-f", coding.container,
            str(to), tick=tick and (lambda frames: tick(frames * coding.every)),
        )  # fmt: skip
        return to.stat().st_size

    def encode_sound(self, samples: Samples, to: Path, coding: TrackCoding) -> int:
        """A file with sound alone."""
        self._run(
            "-f", "s16le", "-ar", str(samples.rate), "-ac", str(samples.channels), "-i", str(samples.path),
            "-c:a", coding.codec, *_options(coding, "a"), "-f", coding.container, str(to),
        )  # fmt: skip
        return to.stat().st_size

    def mux(self, parts: Sequence[Path], to: Path, container: str) -> int:
        """The tracks in one file."""
        inputs = [word for part in parts for word in ("-i", str(part))]
        maps = [word for at in range(len(parts)) for word in ("-map", f"{at}:0")]
        self._run(*inputs, *maps, "-c", "copy", "-movflags", "+faststart", "-f", container, str(to))
        return to.stat().st_size

    def rewrap(self, sound: Path | None, to: Path, container: str, *, mute: bool) -> int:
        """The source's pictures in another container."""
        other = (
            ["-i", str(sound), "-map", "0:V:0", "-map", "1:0"]
            if sound
            else ["-map", "0:V:0", *([] if mute else ["-map", "0:a:0?"])]
        )
        self._run(
            *self._source, "-i", self._path, *other, "-c", "copy", "-map_metadata", "-1",
            "-map_chapters", "-1", "-movflags", "+faststart", "-f", container, str(to),
        )  # fmt: skip
        return to.stat().st_size

    def frames(self, film: Path, to: Path, *, size: tuple[int, int], numbers: Sequence[int]) -> int:
        """Some frames of a film made here."""
        wanted = "+".join(f"eq(n,{number})" for number in numbers)
        chain = [("select", f"'{wanted}'"), ("scale", f"{size[0]}:{size[1]}:flags=bicubic")]
        self._run(
            "-i", str(film), "-vf", _chain(chain), "-fps_mode", "passthrough", "-frames:v", str(len(numbers)),
            "-f", "rawvideo", "-pix_fmt", "yuv420p", str(to),
        )  # fmt: skip
        return to.stat().st_size // (size[0] * size[1] * 3 // 2)

    def heard(self, made: Path, to: Path, *, rate: int) -> Samples:
        """A sound made here, decoded again."""
        self._run("-i", str(made), "-f", "s16le", "-ar", str(rate), "-ac", "1", str(to))
        return Samples(path=to, rate=rate, channels=1, count=to.stat().st_size // 2)

    def close(self) -> None:
        """End the command that runs, for good."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()

    def _cut(self, start: float, end: float | None) -> list[str]:
        return [
            *(["-ss", f"{start:.3f}"] if start else []),
            *(["-t", f"{end - start:.3f}"] if end is not None else []),
        ]

    def _run(self, *arguments: str, tick: Tick | None = None) -> str:
        """One command; what it said. Raises `MediaError`."""
        words = ["-nostdin", "-hide_banner", "-y", *(("-progress", "pipe:1") if tick is not None else ())]
        if "-loglevel" not in arguments:
            words += ["-loglevel", "error", "-flags", "bitexact", "-fflags", "+bitexact"]
        here = str(Path(__file__).parents[2])
        command = [self._binary, *words, *arguments]
        if sys.platform != "win32":
            command = [sys.executable, "-c", _START, here, *command]
        with self._lock:
            if self._closed:
                raise MediaError("interrupted")
            child = subprocess.Popen(  # noqa: S603 - no shell, and every file name is ours
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                start_new_session=True,
            )  # fmt: skip
            self._child = child
            alarm = threading.Timer(TIMEOUT, child.kill)
            alarm.daemon = True
            alarm.start()
            try:
                said = _said(child, tick)
            finally:
                self._child = None
                expired = not alarm.is_alive()
                alarm.cancel()
        if expired:
            raise MediaError("refused: decoding it takes too long")
        if child.returncode:
            raise MediaError(_fault(said, child.returncode))
        return said


def _said(child: subprocess.Popen[str], tick: Tick | None) -> str:
    """What a command says until it ends; `tick` gets what its progress says of frames."""
    said: list[str] = []
    errors = cast(IO[str], child.stderr)
    listener = threading.Thread(target=lambda: said.append(errors.read()), daemon=True)
    listener.start()
    before = 0
    try:
        for line in cast(IO[str], child.stdout):
            name, _, value = line.partition("=")
            if tick is not None and name == "frame" and value.strip().isdigit():
                tick(int(value) - before)
                before = int(value)
    except BaseException:  # Ctrl-C: a command at work would go on for minutes
        child.kill()
        raise
    finally:
        child.wait()
        listener.join()
        for pipe in (child.stdout, child.stderr):
            cast(IO[str], pipe).close()
    return said[0]


def _fault(said: str, code: int) -> str:
    if code < 0:
        return "refused: decoding it takes more memory or time than a clip may, or is damaged"
    lines = [line for line in said.splitlines() if line.strip()]
    last = _NEWLINES.sub(" ", re.sub(r"^\[[^]]*\]\s*", "", lines[-1])) if lines else "no reason given"
    return f"cannot be decoded: {last[:120].lower()}"


def _chain(filters: Sequence[Filter]) -> str:
    return ",".join(f"{name}={arguments}" if arguments else name for name, arguments in filters)


def _options(coding: TrackCoding, track: str) -> list[str]:
    named = [word for key, value in coding.options for word in (f"-{key}", value)]
    return [*named, *([f"-b:{track}", str(coding.bit_rate)] if coding.bit_rate else [])]


def _hdr(line: str) -> str:
    return "pq" if "smpte2084" in line else "hlg" if "arib-std-b67" in line else ""


def _a_second(found: re.Match[str] | None) -> float:
    return float(found[1]) * (1000 if found[2] else 1) if found else 0.0


def _facts(told: str) -> ClipFacts:
    length, video, audio = _DURATION.search(told), _VIDEO.search(told), _AUDIO.search(told)
    seconds = int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3]) if length else 0.0
    sound = (
        {"audio": audio[1], "sample_rate": int(audio[2]), "channels": _CHANNELS.get(audio[3], 2)}
        if audio
        else {}
    )
    if video is None:
        return ClipFacts(seconds=seconds, **sound)  # type: ignore[arg-type]
    wide, high = int(video[3]), int(video[4])
    shape, turn = _SHAPE.search(told), _TURN.search(told)
    if shape and int(shape[2]):
        wide = max(1, round(wide * int(shape[1]) / int(shape[2])))
    rotation = -round(float(turn[1])) % 360 // 90 * 90 if turn else 0
    if rotation % 180:
        wide, high = high, wide
    average, base = _a_second(_AVERAGE.search(told)), _a_second(_BASE.search(told))
    per = base if 0 < base <= _MOST_LIKELY else average
    line = told[video.start() :].partition("\n")[0]
    return ClipFacts(
        seconds=seconds, width=wide, height=high, rotation=rotation,
        rate=_BROADCAST.get(round(per, 3), Fraction(per).limit_denominator(1001)), video=video[1],
        deep=bool(_DEEP.search(video[2])), hdr=_hdr(line),
        **sound,  # type: ignore[arg-type]
    )  # fmt: skip
