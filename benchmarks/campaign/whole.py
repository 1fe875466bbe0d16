"""A campaign of 100,000 rows, one in a hundred bad, against the sandbox, from the table to the report.

    python benchmarks/campaign/whole.py [--rows 100000]

The sandbox is a process of its own on loopback. Exits with 1 where ledger, inbox and table do not agree.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmspack.campaign import Ledger, Order, Rules, Run, State, plan, rules_of, write_csv
from mmspack.campaign.build.local import LocalEngine
from mmspack.gateway import Gateway, Retry
from mmspack.sandbox import Inbox, Sandbox

MESSAGE = """
subject = "For {{ name }}"
layout = "text-only"

[[slides]]
text = "Dear {{ name }}: {{ code }}."
"""
BAD = ("12", "abc", "", "4.47E+11", "44770090")


def serve(pipe: Connection) -> None:
    """The sandbox, until it is told to end; then whom it got messages for."""
    inbox = Inbox(None, max_messages=10**7, max_bytes=10**10)
    with Sandbox(inbox=inbox, magic=False) as sandbox:
        pipe.send(sandbox.url)
        pipe.recv()
        pipe.send(Counter(message.to for message in sandbox.messages()))


def table(path: Path, rows: int) -> int:
    """Write the table; returns how many rows are bad."""
    bad = 0
    with path.open("w") as stream:
        stream.write("msisdn,name,code\n")
        for at in range(rows):
            number: object = 447_700_000_000 + at * 7
            if at % 100 == 50:
                number, bad = BAD[at // 100 % len(BAD)], bad + 1
            stream.write(f"{number},Ada {at},V{at:08}\n")
    return bad


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rows", type=int, default=100_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        os.environ["MMSPACK_STATE"] = base
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        server = context.Process(target=serve, args=(theirs,))
        server.start()
        url = ours.recv()
        bad = table(folder / "people.csv", given.rows)
        (folder / "message.toml").write_text(MESSAGE)
        times = [time.perf_counter()]
        order = Order(
            message=folder / "message.toml", recipients=folder / "people.csv", name="whole",
            rules=Rules(rate=50_000, sender="447700900111"),
        )  # fmt: skip
        made = plan(order, engine=LocalEngine(2))
        times.append(time.perf_counter())
        with Ledger.open(made.path) as ledger:
            gateway = Gateway(url, connections=8, retry=Retry(times=0))
            run = Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger), connections=8)
            sent = sum(delivery.state is State.ACCEPTED for delivery in run)
            times.append(time.perf_counter())
            reported = write_csv(ledger, folder / "report.csv")
            times.append(time.perf_counter())
            counts = {state.name.lower(): number for state, number in ledger.counts().items() if number}
        ours.send("end")
        arrived = ours.recv()
        server.join()
    print(f"{given.rows:,} rows, {bad:,} of them bad: {made.ready:,} planned, {made.bad:,} bad rows")
    for name, begin, end in zip(("plan", "run", "report"), times, times[1:], strict=False):
        print(f"  {name:<7} {end - begin:8.1f} s  {given.rows / (end - begin):>8,.0f}/s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {run.ending}: {counts}; most memory {memory} MB")
    good = given.rows - bad
    agree = (made.ready, made.bad, sent, reported, len(arrived)) == (good, bad, good, good, good)
    twice = sum(number - 1 for number in arrived.values())
    print(f"  arrived at {len(arrived):,}, twice at {twice}; table, ledger, inbox and report agree: {agree}")
    sys.exit(not agree or twice > 0)


if __name__ == "__main__":
    main()
