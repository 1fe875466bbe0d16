"""How long mmspack takes to start, and how much of the processor short commands take. One command:

    python benchmarks/startup.py

Processor time of whole processes, medians of interleaved rounds: a busy machine makes everything slower
alike. A build is compared with a script of 40 lines that scales the same pictures with Pillow and zips them
(`benchmarks/plain_script.py`): it neither measures quality nor checks anything, and is no message.
Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.goals import Goals, add_room

ROOT = Path(__file__).resolve().parents[1]
BARE, SCRIPT = "bare python", "plain script"
STANDS_ON = "import PIL.Image, numpy, lxml.etree, simplejpeg, rich.console"
"""What a check of pictures cannot do without."""
START_FACTOR, START_MS = 3, 60
"""`--version` and `--help`: at most so many times bare Python, and so many milliseconds more."""
CHECK_MS = 300
"""A check of one small picture, of which importing Pillow, NumPy, lxml and rich takes the larger part."""
COLD, WARM = 2.0, 1.2
"""A build: at most so many times the plain script."""
ROUNDS = 11
SALE = str(ROOT / "samples" / "summer-sale")


def once(arguments: list[str], folder: Path, cache: Path) -> float:
    """Processor time of one process, milliseconds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MMSPACK_CACHE_DIR": str(cache)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=folder, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def measured(folder: Path, rounds: int) -> dict[str, float]:
    """Medians of all commands, in turn."""
    commands = {
        BARE: ["-c", "pass"],
        "import mmspack": ["-c", "import mmspack"],
        STANDS_ON: ["-c", STANDS_ON],
        "--version": ["-m", "mmspack", "--version"],
        "--help": ["-m", "mmspack", "--help"],
        "check": ["-m", "mmspack", "check", "small.zip"],
        SCRIPT: [str(ROOT / "benchmarks" / "plain_script.py"), SALE, "plain.zip"],
        "build, cold": ["-m", "mmspack", "build", SALE, "-o", "cold.zip"],
        "build, warm": ["-m", "mmspack", "build", SALE, "-o", "warm.zip"],
    }
    warm = folder / "warm"
    Image.effect_noise((320, 240), 40).convert("RGB").save(folder / "small.jpg")
    once(["-m", "mmspack", "build", "small.jpg", "-o", "small.zip"], folder, warm)
    once(["-m", "mmspack", "build", SALE, "-o", "sale.zip"], folder, warm)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, arguments in commands.items():
            cache = folder / f"cold-{number}" if name.endswith("cold") else warm
            times[name].append(once(arguments, folder, cache))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Run all commands in turn and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    add_room(options)
    given = options.parse_args()
    goals = Goals(given.room)
    with tempfile.TemporaryDirectory() as folder:
        medians = measured(Path(folder), given.rounds)
    most = {
        "--version": START_FACTOR * medians[BARE] + START_MS,
        "--help": START_FACTOR * medians[BARE] + START_MS,
        "check": CHECK_MS,
        "build, cold": COLD * medians[SCRIPT],
        "build, warm": WARM * medians[SCRIPT],
    }
    print("| command | processor, ms | at most | |")
    print("|---|---|---|---|")
    for name, median in medians.items():
        asked = goals.at_most(f"{name}, ms", median, most[name]) if name in most else ""
        print(f"| `{name}` | {median:.0f} | {f'{most[name]:.0f}' if name in most else ''} | {asked} |")
    for name in ("build, cold", "build, warm"):
        print(f"\n{name}: {medians[name] / medians[SCRIPT]:.1f} × the plain script")
    goals.finish()


if __name__ == "__main__":
    main()
