"""Clips as phones make them, drawn from photos and GIFs: pans, zooms and cuts, with noise, shake and sound.

The clips of `TUNING` are those on which the fitter's options and models were chosen; those of `HELD_OUT` are
drawn from other photos and other GIFs, and nothing is chosen on them.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
KINDS = ("pan", "zoom", "cuts", "hold", "walk", "screen")
"""`hold` is a camera held still, `walk` one that is carried at dusk, `screen` a screen recorded (a GIF)."""
UNEVEN = ("burst", "rest")
"""Most of their bytes go into a small part: a still that is panned over for a second, and a screen on which
something moves for two."""
_SHAKE = {"walk": 5.0, "hold": 1.0, "screen": 0.0, "burst": 0.0}
_GRAIN = {"walk": 6.0, "screen": 0.0, "burst": 0.0}
_BUSY = {"burst": (0.55, 0.65), "rest": (0.3, 0.5)}
"""The part in which something moves."""
_SENTENCE = (
    "The market opens at nine on Saturday. Bring a bag, and ask for Anna at the second table. "
    "We have apples, pears, plums and a few late cherries, and there is coffee for everyone."
)
_RATE = 44_100
_HELD_OUT_FROM = 100
"""Seeds below it are of clips for tuning."""


@dataclass(frozen=True)
class Drawn:
    """A clip by its kind (`KINDS`, `UNEVEN`) and the seed of all that is left to chance."""

    kind: str
    seed: int
    held_out: bool

    @property
    def name(self) -> str:
        """As a table has it."""
        return f"{self.kind}-{self.seed}"

    def sources(self, folder: Path) -> list[Path]:
        """Photos or GIFs of one half of the folder: what is held out shares no picture with the rest."""
        endings = ("gifs", "*.gif") if self.kind in ("screen", "rest") else ("photos", "*.jpg")
        return sorted((folder / endings[0]).glob(endings[1]))[int(self.held_out) :: 2]


TUNING = tuple(Drawn(kind, at, held_out=False) for at, kind in enumerate(KINDS, 1))
HELD_OUT = tuple(Drawn(kind, at, held_out=True) for at, kind in enumerate(KINDS, 101))


def named(name: str) -> Drawn:
    """The clip of a name in a table: `pan-207`."""
    kind, _, seed = name.partition("-")
    if kind not in (*KINDS, *UNEVEN) or not seed.isdigit():
        kinds = ", ".join((*KINDS, *UNEVEN))
        raise SystemExit(f"no clip {name!r}: write one of {kinds}, a hyphen and a number")
    return Drawn(kind, int(seed), held_out=int(seed) >= _HELD_OUT_FROM)


def make_clip(
    drawn: Drawn,
    folder: Path,
    target: Path,
    *,
    seconds: float = 10.0,
    size: tuple[int, int] = (1920, 1080),
    rate: int = 30,
) -> Path:
    """The clip as H.264 with AAC, made of what is in `folder`; the same seed gives the same clip."""
    sound = target.with_suffix(".wav")
    sound.write_bytes(make_sound(seconds, drawn.seed))
    unfinished = target.with_suffix(".part.mp4")
    command = [
        FFMPEG, "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "-", "-i", str(sound),
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "20",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-shortest", str(unfinished),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        for frame in _frames(drawn, folder, round(seconds * rate), size, rate):
            writer.stdin.write(frame.tobytes())
    sound.unlink()
    if writer.returncode:
        raise RuntimeError("ffmpeg could not write the clip")
    return unfinished.replace(target)


def _frames(
    drawn: Drawn, folder: Path, count: int, size: tuple[int, int], rate: int
) -> Iterator[NDArray[np.uint8]]:
    chance = np.random.default_rng(drawn.seed)
    width, height = size
    sources = drawn.sources(folder)
    if drawn.kind in ("screen", "rest"):
        yield from _recorded(sources[int(chance.integers(len(sources)))], drawn.kind, count, size, rate)
        return
    shots = 4 if drawn.kind == "cuts" else 1
    chosen = [sources[int(at)] for at in chance.permutation(len(sources))[:shots]]
    pictures = [_opened(path, (width * 3 // 2, height * 3 // 2)) for path in chosen]
    shake = np.cumsum(chance.normal(0, 0.6, (count, 2)), axis=0)
    shake = (shake - np.linspace(shake[0], shake[-1], count)) * _SHAKE.get(drawn.kind, 2.0) * width / 1920
    strong = _GRAIN.get(drawn.kind, 3.0)
    grain = [chance.normal(0, strong, (height, width, 3)).astype(np.int16) for _ in range(6)]
    for at in range(count):
        shot = at * len(pictures) // count
        part = (at - shot * count / len(pictures)) / (count / len(pictures))
        frame = _view(pictures[shot], drawn.kind, part, size, shake[at])
        noisy = cv2.add(frame, grain[int(chance.integers(len(grain)))], dtype=cv2.CV_8U)
        yield noisy if drawn.kind != "walk" else (noisy >> 1) + (noisy >> 3)


def _opened(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), size))


def _recorded(
    gif: Path, kind: str, count: int, size: tuple[int, int], rate: int
) -> Iterator[NDArray[np.uint8]]:
    """A GIF shown on a screen, over and over, or for a part of the time."""
    with Image.open(gif) as image:
        frames = [ImageOps.pad(frame.convert("RGB"), size) for frame in ImageSequence.Iterator(image)]
        length = max(20, image.info.get("duration", 100)) / 1000
    for at in range(count):
        moved = _busy(kind, at / count) * count if kind in _BUSY else at
        yield np.asarray(frames[int(moved / rate / length) % len(frames)])


def _busy(kind: str, part: float) -> float:
    """How much of the moving part is over."""
    first, last = _BUSY[kind]
    return min(max(part, first), last) - first


def _view(
    picture: NDArray[np.uint8], kind: str, part: float, size: tuple[int, int], shake: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """What the camera sees at `part` of the shot."""
    height, width = picture.shape[:2]
    factor = {"zoom": 1.5 - 0.5 * part, "cuts": 1.3 - 0.1 * part, "walk": 1.4 - 0.3 * part}.get(kind, 1.2)
    wide, high = size[0] * factor, size[1] * factor
    left, top = (width - wide) / 2, (height - high) / 2
    if kind == "pan":
        left, top = (width - wide) * part, (height - high) * (0.5 + 0.3 * np.sin(2 * np.pi * part))
    if kind == "burst":
        first, last = _BUSY[kind]
        left = (width - wide) * _busy(kind, part) / (last - first)
    left, top = left + shake[0], top + shake[1]
    matrix = np.array([[1 / factor, 0, -left / factor], [0, 1 / factor, -top / factor]])
    moved: NDArray[np.uint8] = cv2.warpAffine(
        picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return moved


def make_sound(seconds: float, seed: int) -> bytes:
    """Speech where espeak-ng is installed, above tones and a little noise; a WAV of one channel."""
    chance = np.random.default_rng(seed)
    time = np.arange(round(seconds * _RATE)) / _RATE
    sound = 300 * chance.normal(size=time.size)
    for pitch in chance.choice([220, 262, 330, 392], 2):
        sound += 500 * np.sin(2 * np.pi * pitch * time) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * time))
    spoken = speech(seconds)
    sound[: spoken.size] += 0.6 * spoken[: sound.size]
    return as_wav(np.clip(sound, -32768, 32767).astype(np.int16), _RATE)


def speech(seconds: float) -> NDArray[np.float64]:
    """A sentence as espeak-ng says it; a voice-like hum where that is not installed."""
    if shutil.which("espeak-ng") is None:
        time = np.arange(round(seconds * _RATE)) / _RATE
        return 6000 * np.sin(2 * np.pi * 140 * time) * (np.sin(2 * np.pi * 3 * time) > 0)
    told = subprocess.run(["espeak-ng", "--stdout", _SENTENCE], capture_output=True, check=True).stdout
    # espeak-ng writes a length that it does not know yet; the samples are what follows the header.
    samples = np.frombuffer(told[44 : 44 + (len(told) - 44) // 2 * 2], np.int16).astype(np.float64)
    at = np.arange(0, samples.size, 22_050 / _RATE)
    return np.interp(at, np.arange(samples.size), samples)


def as_wav(samples: NDArray[np.int16], rate: int) -> bytes:
    """The samples of one channel as a WAV."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples.tobytes())
    return stream.getvalue()
