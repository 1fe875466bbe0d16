"""Speech of ten seconds in 10,000 bytes: is it still intelligible, and was the better codec taken?

Spoken by espeak-ng, and measured by STOI (short-time objective intelligibility, 0 to 1; Taal, 2011).
A recogniser would not do: pocketsphinx mistakes half of the clean recordings and nine tenths of the others.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.film.clips import FFMPEG
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting.clips import ClipWish
from mmspack.fitting.sound import Sound
from mmspack.media.probing import probe

_LIMIT = 10_000
_RATE = 10_000
"""Hertz at which STOI compares."""
_LATE = 1_000
"""Samples by which a codec may delay: a tenth of a second."""
_SAID = (
    "the market opens at nine on saturday morning and there will be coffee and cake for everyone who comes"
    " please bring a bag and a friend and ask for anna at the second table near the door",
    "your train to london leaves at seven in the evening from the second platform please be there ten minutes"
    " before it goes and keep your ticket in your hand because they will ask to see it",
    "we are very sorry that the show tonight will start one hour later than we said last week"
    " the doors are open from six and you can have a free drink at the bar while you wait",
    "the doctor can see you on monday at three in the afternoon if that is not a good time for you"
    " then call this number before friday and we will find another day for you to come",
)
_VOICES = "en-gb", "en-us"


def listen(folder: Path, goals: Goals) -> dict[str, str]:
    """How intelligible what is taken is, and the best of each codec."""
    if shutil.which("espeak-ng") is None or importlib.util.find_spec("pystoi") is None:
        print("speech is left out: espeak-ng and pystoi are not both installed")
        return {}
    found: dict[str, list[float]] = {}
    sizes: dict[str, list[int]] = {}
    taken = []
    for at, text in enumerate(_SAID):
        for voice in _VOICES:
            clean = folder / f"said-{at}-{voice}.wav"
            # A man at 170 words a minute: ten seconds.
            subprocess.run(["espeak-ng", "-v", voice, "-s", "185", "-w", str(clean), text], check=True)
            made = {"AAC": _aac(clean, folder), **_ours(clean, folder)}
            taken.append(made["taken"].suffix)
            for name, path in made.items():
                sizes.setdefault(name, []).append(path.stat().st_size)
                found.setdefault(name, []).append(intelligible(clean, path))
    mean = {name: statistics.fmean(values) for name, values in found.items()}
    goals.at_most("bytes of speech", max(sizes["taken"]), _LIMIT)
    better = max(mean["AMR"], mean["AAC"])
    goals.at_most("STOI of speech, below the better codec's", better - mean["taken"], 0.01)
    words = f"{len(taken)} recordings in {_LIMIT:,} bytes; taken: {', '.join(sorted(set(taken)))}."
    rows = [(name, f"{value:.3f}", f"{max(sizes[name]):,}") for name, value in mean.items()]
    return {"speech": words + "\n\n" + table(("codec", "STOI, mean", "bytes at most"), rows)}


def _ours(clean: Path, folder: Path) -> dict[str, Path]:
    data = clean.read_bytes()
    made = {}
    for name, types in (("taken", ("audio/mp4", "audio/amr")), ("AMR", ("audio/amr",))):
        sound = Sound(data, probe(data), ClipWish(types=types))
        fitted = sound.attempt(_LIMIT)
        sound.close()
        if fitted is None:
            raise SystemExit(f"{clean.name} was refused")
        made[name] = folder / f"{name}{'.amr' if fitted.type == 'audio/amr' else '.m4a'}"
        made[name].write_bytes(fitted.data)
    return made


def _aac(clean: Path, folder: Path) -> Path:
    """As good as AAC gets in these bytes, or the smallest that ffmpeg's encoder makes at 8,000 Hz."""
    target = folder / "rival.m4a"
    for kilobits in (10, 9, 8, 7, 6, 5, 4):
        sound = ["-c:a", "aac", "-ar", "8000", "-ac", "1", "-b:a", f"{kilobits}k"]
        command = [FFMPEG, "-loglevel", "error", "-y", "-i", str(clean), *sound, str(target)]
        subprocess.run(command, check=True)
        if target.stat().st_size <= _LIMIT:
            break
    return target


def intelligible(clean: Path, path: Path) -> float:
    """STOI of a recording by the clean one, brought to the same time."""
    from pystoi import stoi

    wanted, made = _samples(clean), _samples(path)
    length = min(wanted.size, made.size) - _LATE
    spectrum = np.fft.rfft(made, 2 * made.size) * np.conj(np.fft.rfft(wanted, 2 * made.size))
    late = int(np.argmax(np.fft.irfft(spectrum)[:_LATE]))
    return float(stoi(wanted[:length], made[late : late + length], _RATE))


def _samples(path: Path) -> NDArray[np.float64]:
    command = [
        FFMPEG,
        "-loglevel",
        "error",
        "-i",
        str(path),
        "-ar",
        str(_RATE),
        "-ac",
        "1",
        "-f",
        "s16le",
        "-",
    ]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.int16).astype(
        float
    )
