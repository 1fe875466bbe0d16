"""All tables, rivals in the same run: `python -m benchmarks.fit [photos|messages|...] [--write]`.

Needs what `pip install --group bench` installs, and Debian's imagemagick, gifsicle and pngquant. Photos are
the camera files in `--photos` and those of Debian's lomiri-wallpapers-20.04, ukui-wallpapers and
plasma-workspace-wallpapers. Exits with 1 where a goal is missed.
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
        "what", nargs="*", help="photos, messages, times, animations, graphics, codes; all by default"
    )
    parser.add_argument("--write", action="store_true", help="write the tables into docs/fitting.md")
    parser.add_argument("--photos", type=Path, default=SHARED / "photos")
    parser.add_argument("--gifs", type=Path, default=SHARED / "gifs")
    parser.add_argument("--debian", type=Path, default=Path("/usr/share"), help="where wallpapers are")
    parser.add_argument("--every", type=int, default=1, help="every N-th photo and message alone")
    parser.add_argument("--rivals", type=Path, help="a file in which the rivals' figures are remembered")
    add_room(parser)
    chosen = parser.parse_args()
    goals = Goals(chosen.room)
    from benchmarks.fit import animations, codes, graphics, messages, metrics, photos, sources
    from benchmarks.fit.memory import Memory
    from benchmarks.fit.tables import publish

    memory = Memory(chosen.rivals)
    pictures = sources.photos(chosen.photos, chosen.debian)
    some = pictures[:: chosen.every]
    parts: dict[str, Callable[[], dict[str, str]]] = {
        "photos": lambda: photos.tables(some, goals, memory),
        "messages": lambda: messages.tables(pictures, goals, memory, every=chosen.every),
        "times": lambda: messages.times([photo.path for photo in pictures], goals),
        "animations": lambda: animations.tables(sorted(chosen.gifs.glob("*.gif")), pictures, goals, memory),
        "graphics": lambda: graphics.tables(goals, memory),
        "codes": lambda: codes.tables(some, goals),
    }
    apart = metrics.check(photos.wanted(pictures[0].path, (640, 480)))
    print(f"SSIMULACRA2 here and in the package differ by {apart:.4f} points; load {os.getloadavg()[0]:.1f}")
    for name in chosen.what or parts:
        start = time.perf_counter()
        for title, text in parts[name]().items():
            publish(title, text, write=chosen.write)
        print(f"({name}: {time.perf_counter() - start:.0f} s, load {os.getloadavg()[0]:.1f})")
    goals.finish()


if __name__ == "__main__":
    main()
