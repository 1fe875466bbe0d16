"""All tables, rivals in the same run: `python -m benchmarks.fit [photos|messages|...] [--write]`.

Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.goals import Goals, add_room

SHARED = Path(__file__).parents[2].parent / "shared"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        help="photos, messages (times: its times alone), animations, graphics; all by default",
    )
    parser.add_argument("--write", action="store_true", help="write the tables into docs/fitting.md")
    parser.add_argument("--photos", type=Path, default=SHARED / "photos")
    parser.add_argument("--gifs", type=Path, default=SHARED / "gifs")
    add_room(parser)
    chosen = parser.parse_args()
    goals = Goals(chosen.room)
    from benchmarks.fit import animations, graphics, messages, metrics, photos
    from benchmarks.fit.tables import publish

    pictures = sorted(chosen.photos.glob("*.jpg"))
    parts: dict[str, Callable[[], dict[str, str]]] = {
        "photos": lambda: photos.tables(pictures, goals),
        "messages": lambda: messages.tables(pictures, goals),
        "times": lambda: messages.times(pictures, goals),
        "animations": lambda: animations.tables(sorted(chosen.gifs.glob("*.gif")), goals),
        "graphics": lambda: graphics.tables(goals),
    }
    apart = metrics.check(photos.wanted(pictures[0], (640, 480)))
    print(f"SSIMULACRA2 here and in the package differ by {apart:.4f} points; load {os.getloadavg()[0]:.1f}")
    for name in chosen.what or [name for name in parts if name != "times"]:
        start = time.perf_counter()
        for title, text in parts[name]().items():
            publish(title, text, write=chosen.write)
        print(f"({name}: {time.perf_counter() - start:.0f} s, load {os.getloadavg()[0]:.1f})")
    goals.finish()


if __name__ == "__main__":
    main()
