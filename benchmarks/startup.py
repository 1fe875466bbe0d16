"""How long mmspack takes to start, as ratios to importing what it stands on. One command:

    python benchmarks/startup.py

Interleaves the commands, prints medians in milliseconds and the ratio to the rival.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RIVAL = "import PIL.Image, jinja2, lxml.etree"
COMMANDS = {
    "bare python": ["-c", "pass"],
    RIVAL: ["-c", RIVAL],
    "import mmspack": ["-c", "import mmspack"],
    "mmspack --help": ["-m", "mmspack", "--help"],
}
ROUNDS = 15


def once(arguments: list[str]) -> float:
    """Wall time of one process, milliseconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Run all commands in turn and print the table."""
    for arguments in COMMANDS.values():
        once(arguments)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            times[name].append(once(arguments))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print("| command | median, ms | × the rival |")
    print("|---|---|---|")
    for name, median in medians.items():
        print(f"| `{name}` | {median:.0f} | {median / medians[RIVAL]:.2f} |")


if __name__ == "__main__":
    main()
