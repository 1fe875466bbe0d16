"""Clips as phones make them, drawn from photos: pans, zooms and cuts, with noise, hand shake and sound."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
KINDS = ("pan", "zoom", "cuts", "hold")
_SENTENCE = (
    "The market opens at nine on Saturday. Bring a bag, and ask for Anna at the second table. "
    "We have apples, pears, plums and a few late cherries, and there is coffee for everyone."
)
_RATE = 44_100


def make_clip(
    photos: list[Path],
    target: Path,
    *,
    kind: str,
    seed: int,
    seconds: float = 10.0,
    size: tuple[int, int] = (1920, 1080),
    rate: int = 30,
) -> Path:
    """A clip of one of `KINDS` as H.264 with AAC, made of `photos`; the same seed gives the same clip."""
    chance = np.random.default_rng(seed)
    count = round(seconds * rate)
    width, height = size
    shots = 4 if kind == "cuts" else 1
    chosen = [photos[int(at)] for at in chance.permutation(len(photos))[:shots]]
    pictures = [_opened(path, (width * 3 // 2, height * 3 // 2)) for path in chosen]
    shake = np.cumsum(chance.normal(0, 0.6, (count, 2)), axis=0)
    shake -= np.linspace(shake[0], shake[-1], count)
    grain = [chance.normal(0, 3.0, (height, width, 1)).astype(np.float32) for _ in range(6)]
    sound = target.with_suffix(".wav")
    sound.write_bytes(make_sound(seconds, seed))
    command = [
        FFMPEG, "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
        "-r", str(rate), "-i", "-", "-i", str(sound), "-c:v", "libx264", "-preset", "veryfast", "-crf", "20",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-shortest", str(target),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        for at in range(count):
            shot = at * shots // count
            part = (at - shot * count / shots) / (count / shots)
            frame = _view(pictures[shot], kind, part, size, shake[at])
            noisy = frame + grain[int(chance.integers(len(grain)))]
            writer.stdin.write(np.clip(noisy, 0, 255).astype(np.uint8).tobytes())
    sound.unlink()
    if writer.returncode:
        raise RuntimeError("ffmpeg could not write the clip")
    return target


def _opened(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), size))


def _view(
    picture: NDArray[np.uint8], kind: str, part: float, size: tuple[int, int], shake: NDArray[np.float64]
) -> NDArray[np.float32]:
    """What the camera sees at `part` of the shot."""
    height, width = picture.shape[:2]
    factor = {"zoom": 1.5 - 0.5 * part, "cuts": 1.3 - 0.1 * part}.get(kind, 1.2)
    wide, high = size[0] * factor, size[1] * factor
    left, top = (width - wide) / 2, (height - high) / 2
    if kind == "pan":
        left, top = (width - wide) * part, (height - high) * (0.5 + 0.3 * np.sin(2 * np.pi * part))
    left, top = left + shake[0] * 2, top + shake[1] * 2
    matrix = np.array([[1 / factor, 0, -left / factor], [0, 1 / factor, -top / factor]])
    moved = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return moved.astype(np.float32)


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
