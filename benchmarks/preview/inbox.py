"""The inbox with many messages: the first page and a search, as ratios to the same with a hundred.

    python benchmarks/preview/inbox.py [10000]

Exits with 1 where a ratio is above what `docs/sandbox.md` promises.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.goals import Goals, add_room
from mmspack import Message, Sandbox, Slide, build
from mmspack.gateway.parameters import Parameters
from mmspack.sandbox import Inbox

FEW = 100
MANY = 10_000
TIMES = 40
GOAL = 3
"""Times what a hundred messages take."""
WORDS = ["summer", "winter", "sale", "offer", "voucher", "birthday", "reminder", "parcel", "table", "garden"]
PATHS = {
    "first page": "/",
    "search, some found": "/?q=parcel+reminder",
    "search, none found": "/?q=zzzzzz",
    "search, rows alone": "/rows?q=447700900",
}


def fill(folder: Path, number: int) -> Inbox:
    """An inbox with `number` messages of about 20 KB."""
    draw = random.Random(7)
    plain = build(Message(slides=[Slide(text="Hello")], layout="text-only")).bundle.data
    inbox = Inbox(folder, max_messages=MANY * 2, max_bytes=1 << 40)
    for _ in range(number):
        inbox.add(
            Parameters(
                to=f"4477009{draw.randrange(100_000):05}",
                sender="447700900111",
                subject=" ".join(draw.sample(WORDS, 4)),
                note=f"batch {draw.randrange(50)}",
            ),
            plain + draw.randbytes(20_000),
            user="demo",
            method="POST",
            now=datetime.now(UTC),
        )
    return inbox


def measured(number: int) -> dict[str, float]:
    """Milliseconds of each request, the best of many, over one connection."""
    # In memory where there is such a folder: 10,000 flushes to a disk say nothing of reading.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        inbox = fill(Path(folder), number)
        with Sandbox(inbox=inbox) as sandbox, httpx2.Client(base_url=sandbox.origin) as client:
            taken = {name: min(ask(client, path)) for name, path in PATHS.items()}
        inbox.close()
    return taken


def ask(client: httpx2.Client, path: str) -> list[float]:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        client.get(path).raise_for_status()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("many", nargs="?", type=int, default=MANY)
    add_room(options)
    given = options.parse_args()
    many, goals = given.many, Goals(given.room)
    few_taken, many_taken = measured(FEW), measured(many)
    print(f"{'':<22}{FEW:>10,}{many:>10,}     ratio")
    for name in PATHS:
        few, lot = few_taken[name], many_taken[name]
        asked = goals.at_most(f"{name}, × a hundred", lot / few, GOAL)
        print(f"{name:<22}{few:7.1f} ms{lot:7.1f} ms{lot / few:10.2f}   ({asked})")
    goals.finish()


if __name__ == "__main__":
    main()
