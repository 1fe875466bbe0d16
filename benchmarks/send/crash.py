"""20,000 sends to a sandbox that misbehaves in every way, with 20 kill -9 of the sender.

    python benchmarks/send/crash.py [--sends 20000] [--kills 20] [--write docs/quality.md]

The sender keeps the journal that `docs/gateway.md` asks for: a recipient is on disk as RESERVED before its
request goes out, and a RESERVED without an outcome is HELD after a crash, never sent again. Afterwards every
recipient is compared with what the gateway took.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mmspack.bundle.bundle import pack
from mmspack.gateway import Gateway, Timeouts
from mmspack.model import Part
from mmspack.outcome import Result
from mmspack.sandbox import MODES, Inbox, Sandbox
from mmspack.sandbox.inbox_file import FILE

FROM = "447700900111"
CONNECTIONS = 16
BATCH = 64
MOST_TRIES = 8
CHANCES = dict.fromkeys(MODES, 0.02)
SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = full;
create table if not exists recipients (
    number text primary key, state text not null, tries integer not null default 0, id text
) without rowid;
"""


def open_journal(folder: Path) -> sqlite3.Connection:
    """The sender's journal."""
    db = sqlite3.connect(folder / "journal.sqlite3", check_same_thread=False, isolation_level=None)
    db.executescript(SCHEMA)
    return db


def sandbox(folder: Path) -> None:
    """Serve until killed; the address goes to standard output."""
    inbox = Inbox(folder / "inbox", max_messages=10**9, max_bytes=10**12)
    with Sandbox(inbox=inbox, chaos=CHANCES, seed=5, magic=False, slow_seconds=0.05) as running:
        print(running.url, flush=True)
        running.wait()


def sender(folder: Path, url: str) -> None:
    """Send what is planned; begin by holding what a crash left behind."""
    db = open_journal(folder)
    lock = threading.Lock()
    bundle = pack([Part("hello.txt", "text/plain", b"Hello")])
    db.execute("update recipients set state = 'held' where state = 'reserved'")
    timeouts = Timeouts(connect=5, write=5, read=1.0, answer=2)
    with Gateway(url, connections=CONNECTIONS, timeouts=timeouts) as gateway:

        def one(number: str) -> None:
            outcome = gateway.attempt(bundle, to=number, sender=FROM)
            if outcome.result is Result.NOT_SENT:
                state = "planned"
            elif outcome.hold:
                state = "held"
            else:
                state = outcome.result.value
            with lock:
                db.execute(
                    "update recipients set state = ?, id = ? where number = ?", (state, outcome.id, number)
                )

        with ThreadPoolExecutor(CONNECTIONS) as threads:
            while batch := reserve(db, lock):
                list(threads.map(one, batch))


def reserve(db: sqlite3.Connection, lock: threading.Lock) -> list[str]:
    """Put the next recipients on disk as RESERVED, before anything is sent to them."""
    with lock:
        db.execute("begin immediate")
        rows = db.execute(
            "select number from recipients where state = 'planned' and tries < ? limit ?", (MOST_TRIES, BATCH)
        )
        batch = [number for (number,) in rows]
        db.executemany(
            "update recipients set state = 'reserved', tries = tries + 1 where number = ?",
            [(number,) for number in batch],
        )
        db.execute("commit")
    return batch


def run(folder: Path, sends: int, kills: int) -> dict[str, object]:
    """The whole experiment; returns the figures."""
    db = open_journal(folder)
    db.execute("begin")
    db.executemany(
        "insert into recipients (number, state) values (?, 'planned')",
        [(f"44770{turn:07d}",) for turn in range(1, sends + 1)],
    )
    db.execute("commit")
    draw = random.Random(7)
    start = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, __file__, "--sandbox", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        url = server.stdout.readline().strip()
        command = [sys.executable, __file__, "--sender", str(folder), url]
        done = 0
        while True:
            process = subprocess.Popen(command)
            if done < kills and wait_for_progress(db, process, sends * (done + draw.random()) / (kills + 1)):
                process.send_signal(signal.SIGKILL)
                process.wait()
                done += 1
                continue
            if process.wait() != 0:
                raise SystemExit("the sender failed")
            break
    finally:
        server.kill()
        server.wait()
    return figures(folder, db, done, time.monotonic() - start)


def wait_for_progress(db: sqlite3.Connection, process: subprocess.Popen[bytes], goal: float) -> bool:
    """Wait until `goal` recipients are no longer planned; False where the sender ended before."""
    while process.poll() is None:
        (moved,) = db.execute("select count(*) from recipients where state <> 'planned'").fetchone()
        if moved >= goal:
            return True
        time.sleep(0.02)
    return False


def figures(folder: Path, db: sqlite3.Connection, kills: int, seconds: float) -> dict[str, object]:
    """Compare the journal with the inbox."""
    inbox = sqlite3.connect(folder / "inbox" / FILE)
    taken = Counter(number for (number,) in inbox.execute("select recipient from messages"))
    ids = {
        str(identifier): number for identifier, number in inbox.execute("select id, recipient from messages")
    }
    rows = db.execute("select number, state, id from recipients").fetchall()
    states = Counter(state for _, state, _ in rows)
    held = [number for number, state, _ in rows if state == "held"]
    return {
        "recipients": len(rows),
        "kill -9 of the sender": kills,
        "seconds": round(seconds),
        "accepted": states["accepted"],
        "account stopped by a redirect": states["account-stopped"],
        "not sent, given up after 8 tries": states["planned"],
        "held (unknown, and named)": len(held),
        "of these in the inbox": sum(1 for number in held if taken[number]),
        "**sent twice**": sum(1 for count in taken.values() if count > 1),
        "**accepted, but not in the inbox**": sum(
            1 for number, state, identifier in rows if state == "accepted" and ids.get(identifier) != number
        ),
        "**in the inbox, but reported as not sent or refused**": sum(
            1
            for number, state, _ in rows
            if state in ("planned", "account-stopped", "rejected") and taken[number]
        ),
        "**without an outcome**": states["reserved"],
    }


def write(path: Path, table: str) -> None:
    """Put the table between its marks in a page."""
    begin, end = "<!-- crash: begin -->", "<!-- crash: end -->"
    text = path.read_text("utf-8")
    before, _, rest = text.partition(begin)
    path.write_text(f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}", "utf-8")


def main() -> None:
    """Run the part that the options name, or the whole."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sends", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the figures between the page's marks")
    parser.add_argument("--sandbox", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--sender", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.sandbox:
        sandbox(given.sandbox)
        return
    if given.sender:
        sender(Path(given.sender[0]), given.sender[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), given.sends, given.kills)
    table = "\n".join(
        ["| figure | |", "|---|---|", *(f"| {name} | {value:,} |" for name, value in found.items())]
    )
    print(table)
    if given.write:
        write(given.write, table)
    if any(value for name, value in found.items() if name.startswith("**")):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
