"""One large campaign through each door: a sandbox that misbehaves in every way, and 20 kill -9 of the sender.

    python benchmarks/campaign/doors.py [sendmms mm7 infobip twilio] [--recipients 5000] [--kills 20]
        [--write docs/quality.md]

The message has a personal text, and a picture that Infobip gets by upload and Twilio from an address. All
thirteen modes of the sandbox's chaos are on, each with a chance of 2 %; a redirect ends the run,
as it must, and the sender is started again, as an operator would. Then ledger and inbox are compared, and
where the door can be asked what became of a message, it is asked about every held recipient. Exits with 1
where somebody was sent to twice or lost, where the ledger and the gateway contradict each other, or where the
log settled somebody wrongly or not at all.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image

from benchmarks.campaign import crashes
from benchmarks.campaign.crashes import asked, compared
from benchmarks.campaign.processes import Child, own_port
from mmspack.campaign import Ending, Ledger, Order, Rules, Run, plan, rules_of
from mmspack.gateway import Gateway, Retry, Timeouts, doors
from mmspack.gateway.door import Door
from mmspack.sandbox import MODES, Inbox, Sandbox
from mmspack.sandbox.inbox_file import FILE

CHANCES = dict.fromkeys(MODES, 0.02)
CONNECTIONS = 8
TIMEOUTS = Timeouts(connect=10, write=10, read=5, answer=8)
"""Long enough for a busy machine: what is answered late is held, which says nothing of the door."""
NAME = "crash.campaign"
BROKEN = (
    "duplicates", "lost", "accepted, and not by the gateway", "refused, and yet accepted", "settled wrongly",
    "not settled",
)  # fmt: skip
ROWS = (
    "recipients", "kill -9 of the sender", "runs", "accepted", "rejected", "held",
    "held and accepted by the gateway", "duplicates", "lost", "accepted, and not by the gateway",
    "refused, and yet accepted", "settled by asking", "not settled", "settled wrongly", "seconds",
)  # fmt: skip


def planned(folder: Path, recipients: int) -> None:
    """Plan the campaign in `folder`."""
    os.environ["MMSPACK_STATE"] = str(folder)
    message, people = folder / "message.toml", folder / "people.csv"
    Image.effect_noise((96, 64), 60).save(folder / "a.jpg")
    message.write_text('[[slides]]\nimage = "a.jpg"\ntext = "Dear {{ name }}, hello."\n', "utf-8")
    rows = "".join(f"{447700900000 + at},Name {at}\n" for at in range(recipients))
    people.write_text("msisdn,name\n" + rows, "utf-8")
    rules = Rules(rate=50_000, sender="447700900999")
    plan(Order(message=message, recipients=people, name="crash", rules=rules))


def serve(inbox: Path, port: int, files: str) -> int:
    """The sandbox, in a process of its own."""
    kept = Inbox(inbox, max_messages=10**9, max_bytes=10**12)
    options = {"chaos": CHANCES, "seed": 5, "magic": False, "slow_seconds": 0.05, "fetch": [files]}
    with Sandbox(inbox=kept, port=port, **options) as sandbox:  # type: ignore[arg-type]
        sandbox.wait()
    return 0


def send(folder: Path, port: int, door: Door) -> int:
    """One run of the sender: 0 where nobody is waiting any more."""
    os.environ["MMSPACK_STATE"] = str(folder)
    gateway = Gateway(
        f"http://127.0.0.1:{port}{door.path}", door=door, user="AC1", password="key", timeouts=TIMEOUTS,
        connections=CONNECTIONS, retry=Retry(times=0),
    )  # fmt: skip
    with Ledger.open(folder / NAME) as ledger:
        run = Run(
            ledger=ledger, gateway=gateway, rules=rules_of(ledger), connections=CONNECTIONS,
            breaker=crashes._NEVER, backoff=0.01, patience=60,
        )  # fmt: skip
        for _ in run:
            pass
        return 0 if run.ending is Ending.DONE else 1


def made(name: str, store: Path, store_url: str) -> Door:
    """The door, with a store where it wants one."""
    kind = doors.get(name)
    wants = {"store": str(store), "store_url": store_url}
    return kind(**{one.name: wants[one.name] for one in kind.settings() if one.name in wants})


def arrived(inbox: Path) -> int:
    """How many messages the gateway has taken."""
    try:
        with closing(sqlite3.connect(f"file:{inbox / FILE}?mode=ro", uri=True, timeout=30)) as db:
            return int(db.execute("select count(*) from messages").fetchone()[0])
    except sqlite3.OperationalError:  # not there yet
        return 0


def through(door: Door, folder: Path, inbox: Path, files: str, recipients: int, kills: int) -> Counter[str]:
    """The whole of one campaign; the counts of what came of it."""
    planned(folder, recipients)
    chance, killed, runs, began = random.Random(7), 0, 0, time.monotonic()
    goals = [recipients * (at + chance.random()) / (kills + 2) * 0.8 for at in range(kills)]
    with closing(own_port()) as holder:
        port = holder.getsockname()[1]
        gateway = Child(lambda: serve(inbox, port, files))
        code: int | None = 1
        while code != 0:
            sender, runs, code = Child(lambda: send(folder, port, door)), runs + 1, None
            while code is None:
                code = sender.wait(0.05)
                if code is None and killed < kills and arrived(inbox) >= goals[killed]:
                    time.sleep(chance.uniform(0, 0.1))
                    sender.kill()
                    killed, code = killed + 1, 1
        gateway.kill()
    counts = compared(folder, inbox, recipients) + asked(folder, inbox)
    counts.update({"kill -9 of the sender": killed, "runs": runs})
    counts["seconds"] = round(time.monotonic() - began)
    return counts


def files_of(folder: Path) -> http.server.ThreadingHTTPServer:
    """A web server for the store."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def write(path: Path, table: str) -> None:
    """Replace the section on doors of the document."""
    begin, end = "<!-- campaign doors -->\n", "<!-- /campaign doors -->\n"
    text = path.read_text("utf-8")
    before, after = text.index(begin) + len(begin), text.index(end)
    path.write_text(text[:before] + table + text[after:], "utf-8")


def main() -> None:
    """Play, compare, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("doors", nargs="*", default=None, help="default: all")
    options.add_argument("--recipients", type=int, default=5000)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--write", type=Path, help="put the figures into this file, between its marks")
    given = options.parse_args()
    found: dict[str, Counter[str]] = {}
    for name in given.doors or doors.names():
        crashes.DOOR.name = name
        with tempfile.TemporaryDirectory() as base:
            folder, inbox, store = (Path(base) / one for one in ("campaign", "inbox", "store"))
            for one in (folder, inbox, store):
                one.mkdir()
            with files_of(store) as files:
                host = f"127.0.0.1:{files.server_port}"
                door = made(name, store, f"http://{host}")
                found[name] = through(door, folder, inbox, host, given.recipients, given.kills)
                files.shutdown()
        print(name, {row: found[name][row] for row in ROWS}, flush=True)
    asks = {name: doors.make(name).memory is not None for name in found}
    lines = ["| | " + " | ".join(found) + " |", "|---|" + "---:|" * len(found)]
    for row in ROWS:
        by_log = "settled" in row
        cells = [f"{counts[row]:,}" if asks[name] or not by_log else "–" for name, counts in found.items()]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    table = "\n".join(lines) + "\n"
    print(table)
    if given.write:
        write(given.write, table)
    sys.exit(any(counts[row] for counts in found.values() for row in BROKEN))


if __name__ == "__main__":
    main()
