"""How long mmspack takes to start, as ratios to importing what it stands on. One command:

    python benchmarks/startup.py

Interleaves the commands, prints medians in milliseconds and the ratio to the rival.
Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.goals import Goals, add_room

RIVAL = "import PIL.Image, jinja2, lxml.etree"
COMMANDS = {
    "bare python": ["-c", "pass"],
    RIVAL: ["-c", RIVAL],
    "import mmspack": ["-c", "import mmspack"],
    "mmspack --help": ["-m", "mmspack", "--help"],
}
GOALS = {"import mmspack": 0.4, "mmspack --help": 3.0}
"""At most so many times the rival."""
ROUNDS = 15


def once(arguments: list[str]) -> float:
    """Wall time of one process, milliseconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Run all commands in turn and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_room(options)
    goals = Goals(options.parse_args().room)
    for arguments in COMMANDS.values():
        once(arguments)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            times[name].append(once(arguments))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print("| command | median, ms | × the rival | |")
    print("|---|---|---|---|")
    for name, median in medians.items():
        ratio = median / medians[RIVAL]
        asked = goals.at_most(f"{name}, × the rival", ratio, GOALS[name]) if name in GOALS else ""
        print(f"| `{name}` | {median:.0f} | {ratio:.2f} | {asked} |")
    goals.finish()


if __name__ == "__main__":
    main()
