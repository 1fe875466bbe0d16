"""Speech of ten seconds in 10,000 bytes: is it still understood, and was the better codec taken?

Spoken by espeak-ng, understood by pocketsphinx, whose package holds a small model of English. Its error on
the clean recordings is the floor. Where one of the two is missing, this part is left out, and says so.
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
from benchmarks.goals import Goals
from mmspack.fitting.clips import ClipWish
from mmspack.fitting.sound import Sound
from mmspack.media.probing import probe

_LIMIT = 10_000
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


def listen(folder: Path, goals: Goals) -> None:
    """Word error of the clean recording, of what is taken, and of the best of each codec."""
    if shutil.which("espeak-ng") is None or importlib.util.find_spec("pocketsphinx") is None:
        print("left out: espeak-ng and pocketsphinx are not both installed")
        return
    found: dict[str, list[float]] = {"clean": [], "taken": [], "AMR": [], "AAC": []}
    sizes: dict[str, list[int]] = {}
    taken = []
    for at, text in enumerate(_SAID):
        for voice in _VOICES:
            clean = folder / f"said-{at}-{voice}.wav"
            # A man at 170 words a minute: ten seconds.
            subprocess.run(["espeak-ng", "-v", voice, "-s", "185", "-w", str(clean), text], check=True)
            made = {"clean": clean, "AAC": _aac(clean, folder), **_ours(clean, folder)}
            taken.append(made["taken"].suffix)
            for name, path in made.items():
                sizes.setdefault(name, []).append(path.stat().st_size)
                found[name].append(word_error(text, path))
    mean = {name: 100 * statistics.fmean(errors) for name, errors in found.items()}
    print(f"{len(taken)} recordings in {_LIMIT:,} bytes, taken: {', '.join(sorted(set(taken)))}")
    print("word error: " + ", ".join(f"{name} {value:.0f} %" for name, value in mean.items()))
    print("most bytes: " + ", ".join(f"{name} {max(found):,}" for name, found in sizes.items()))
    print(goals.at_most("bytes of speech", max(sizes["taken"]), _LIMIT))
    better = min(mean["AMR"], mean["AAC"])
    print(goals.at_most("word error of speech, above the better codec's, points", mean["taken"] - better, 1))


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


def word_error(text: str, path: Path) -> float:
    """Words that were added, lost or changed, as a share of those that were said."""
    from pocketsphinx import Decoder

    command = [FFMPEG, "-loglevel", "error", "-i", str(path), "-ar", "16000", "-ac", "1", "-f", "s16le", "-"]
    samples = subprocess.run(command, check=True, capture_output=True).stdout
    decoder = Decoder(samprate=16_000, loglevel="FATAL", lm=None, jsgf=str(_grammar(path.parent)))
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return _distance(text.split(), hypothesis.hypstr.split() if hypothesis else []) / len(text.split())


def _grammar(folder: Path) -> Path:
    """Any order of the words of all recordings: the free model understands 15 % of what espeak-ng says."""
    target = folder / "words.gram"
    words = sorted({word for text in _SAID for word in text.split()})
    target.write_text(f"#JSGF V1.0;\ngrammar said;\npublic <said> = ( {' | '.join(words)} )+ ;\n")
    return target


def _distance(wanted: list[str], heard: list[str]) -> int:
    row: NDArray[np.int_] = np.arange(len(heard) + 1)
    for at, word in enumerate(wanted, 1):
        before, row = row, np.empty_like(row)
        row[0] = at
        for place, other in enumerate(heard, 1):
            row[place] = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (word != other))
    return int(row[-1])
