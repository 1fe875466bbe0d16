"""Films and sounds made to fit, rivals in the same run: `python -m benchmarks.film [quality ...] [--write]`.

The clips are drawn from photos and GIFs by pans, zooms and cuts, with noise and hand shake. Without names all
parts run. Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.film.against import compare
from benchmarks.film.clips import HELD_OUT, TUNING, named
from benchmarks.film.filling import fill
from benchmarks.film.memory import remember
from benchmarks.film.mixed import mix
from benchmarks.film.speech import listen
from benchmarks.fit.memory import Memory
from benchmarks.fit.tables import publish
from benchmarks.goals import Goals, add_room

SHARED = Path(__file__).parents[2].parent / "shared"
PAGE = Path(__file__).parents[2] / "docs" / "film.md"


def main() -> None:
    """Run the parts, and hold the figures to the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_room(parser)
    parser.add_argument("parts", nargs="*", metavar="PART", help="quality, mixed, speech, memory, filling")
    parser.add_argument("--tuning", action="store_true", help="the clips on which options were chosen")
    parser.add_argument("--named", metavar="KIND-SEED,…", help="these clips; held out from seed 100 on")
    parser.add_argument("--clips", type=int, default=len(HELD_OUT), help="of 1080p, in three budgets each")
    parser.add_argument("--small", type=int, default=67, help="small clips, in three budgets each")
    parser.add_argument("--for-minutes", type=float, default=1e6, help="begin no small clip after them")
    parser.add_argument("--budgets", default="300000,600000,1000000")
    parser.add_argument("--minutes", type=float, default=2.0, help="of the clip in 4K")
    parser.add_argument("--shared", type=Path, default=SHARED, help="a folder with photos/ and gifs/")
    parser.add_argument("--keep", type=Path, help="where clips stay for the next run")
    parser.add_argument("--rivals", type=Path, help="a file in which the rivals' figures are remembered")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/film.md")
    chosen = parser.parse_args()
    goals, memory = Goals(chosen.room), Memory(chosen.rivals)
    clips = (TUNING if chosen.tuning else HELD_OUT)[: chosen.clips]
    if chosen.named:
        clips = tuple(named(name) for name in chosen.named.split(","))
    limits = [int(budget) for budget in chosen.budgets.split(",")]
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        parts: dict[str, Callable[[], dict[str, str]]] = {
            "quality": lambda: compare(clips, limits, chosen.shared, folder, goals, memory),
            "mixed": lambda: mix(clips[:2], chosen.shared, folder, goals),
            "speech": lambda: listen(folder, goals),
            "memory": lambda: remember(round(chosen.minutes * 60), folder, goals),
            "filling": lambda: fill(chosen.small, chosen.for_minutes, chosen.shared, folder, goals),
        }
        for name in chosen.parts or parts:
            if name not in parts:
                parser.error(f"no part {name!r}: choose from {', '.join(parts)}")
            for title, text in parts[name]().items():
                publish(title, text, write=chosen.write, docs=PAGE)
            print(f"({name}: load {os.getloadavg()[0]:.1f})", flush=True)
    goals.finish()


if __name__ == "__main__":
    main()
