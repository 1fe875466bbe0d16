"""How much of a budget a film takes: many small clips, ours alone. Never more than there is."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from benchmarks.film.against import WISH
from benchmarks.film.clips import KINDS, Drawn, make_clip
from benchmarks.goals import Goals
from mmspack.fitting.film import Film
from mmspack.fitting.film_codings import MP4
from mmspack.media.probing import probe

_SIZE = 426, 240
_LIMITS = 80_000, 160_000, 280_000
"""About what 300,000, 600,000 and 1,000,000 bytes are to a film of 480p, by bytes a pixel."""


def fill(count: int, minutes: float, shared: Path, folder: Path, goals: Goals) -> dict[str, str]:
    """Films of `count` clips in three budgets each: the least filled, and those over their budget.

    No clip is begun after so many minutes.
    """
    filled: list[float] = []
    finest = over = refused = 0
    until = time.monotonic() + 60 * minutes
    for at in range(count):
        if time.monotonic() > until:
            break
        drawn = Drawn(KINDS[at % len(KINDS)], 1000 + at, held_out=at // len(KINDS) % 2 == 0)
        clip = folder / f"small-{drawn.name}.mp4"
        if not clip.is_file():
            make_clip(drawn, shared, clip, size=_SIZE)
        data = clip.read_bytes()
        film = Film(data, probe(data), WISH, MP4)
        for limit in _LIMITS:
            made = film.attempt(limit)
            if made is None:  # it would be no better than a stamp
                refused += 1
                print(f"{drawn.name} in {limit:,}: refused", file=sys.stderr, flush=True)
                continue
            over += len(made.data) > limit
            # A clip that takes less at the finest that is made has nothing to gain from more bytes.
            if len(made.data) < 0.97 * limit and made.quality is not None and made.quality >= 85:
                finest += 1
            else:
                filled.append(len(made.data) / limit)
            if len(made.data) < 0.97 * limit:
                print(f"{drawn.name} in {limit:,}: {len(made.data) / limit:.1%}", file=sys.stderr, flush=True)
        film.close()
        print(f"{at + 1} of {count} clips", file=sys.stderr, flush=True)
    short = sum(one < 0.97 for one in filled)
    goals.at_most("small films over their budget", over, 0)
    mean = statistics.fmean(filled)
    asked = goals.at_least("small films: mean filled, %", 100 * mean, 97)
    return {
        "filling": f"{len(filled) + finest} films of {_SIZE[0]} × {_SIZE[1]}: {over} over their budget;"
        f" mean filled {mean:.1%} ({asked}), least {min(filled):.1%}, {short} below 97 %,"
        f" {finest} with no visible loss in less, {refused} refused."
    }
