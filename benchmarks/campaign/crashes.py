"""Kill the sender, the gateway, or both, at random, again and again; then count what nobody may ever see.

    python benchmarks/campaign/crashes.py --schedules 10000 --write docs/quality.md

A schedule is one small campaign against a sandbox that misbehaves, each a process of its own (forked from
one that has everything imported), killed with SIGKILL at random moments until the campaign has run to its
end. Then ledger and gateway are compared: no recipient may be sent to twice without the gateway's or an
operator's doing, none may be lost, and all that the ledger calls accepted the gateway must have accepted
under that id. Exits with 1 where one of these is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx2  # noqa: F401 - what each child would import anew
import uvicorn  # noqa: F401

import mmspack.sandbox.app  # noqa: F401
from mmspack.campaign import Ending, Ledger, Order, Rules, Run, State, plan, rules_of
from mmspack.campaign.breaking import Breaker
from mmspack.errors import MmspackError
from mmspack.gateway import Gateway, Retry, Timeouts
from mmspack.sandbox import Inbox, Sandbox

RECIPIENTS = 40
CHAOS = {
    "refuse": 0.02, "reset-head": 0.02, "reset-body": 0.02, "drop": 0.03, "error": 0.02, "busy": 0.02,
    "empty": 0.01, "html": 0.01, "truncated": 0.01, "stall": 0.01,
}  # fmt: skip
_NEVER = Breaker(window=10**9, least=10**9, in_a_row=10**9)
_ROUNDS = 400


def planned(folder: Path) -> Path:
    """A campaign of a few recipients, to be copied for each schedule."""
    message, people = folder / "message.toml", folder / "people.csv"
    message.write_text('layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}, hello."\n')
    numbers = (f"{447700900000 + at},Name {at}\n" for at in range(RECIPIENTS))
    people.write_text("msisdn,name\n" + "".join(numbers))
    rules = Rules(rate=50_000, sender="447700900999")
    return plan(Order(message=message, recipients=people, name="crash", rules=rules)).path


def warmed(template: Path, folder: Path) -> None:
    """Send once without a kill: all that is loaded late is then there for the children."""
    shutil.copy(template, folder / "crash.campaign.warm")
    os.environ["MMSPACK_STATE"] = str(folder)
    with Sandbox(magic=False) as sandbox, Ledger.open(folder / "crash.campaign.warm") as ledger:
        gateway = Gateway(sandbox.url, retry=Retry(times=0))
        if len(list(Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger)))) != RECIPIENTS:
            raise SystemExit("the campaign does not even run without a kill")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def forked(work: Callable[[], int]) -> int:
    """The id of a child process that does `work` and ends with what it returns."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        code = work()
    finally:
        os._exit(code)


def serve(folder: Path, port: int, seed: int) -> int:
    sandbox = Sandbox(inbox=folder / "inbox", port=port, chaos=CHAOS, seed=seed, magic=False)
    sandbox.start()
    sandbox.wait()
    return 0


def send(folder: Path, port: int) -> int:
    """Run the campaign once; 0 when nobody is waiting any more."""
    os.environ["MMSPACK_STATE"] = str(folder)
    timeouts = Timeouts(connect=1, write=1, read=0.3, answer=1)
    gateway = Gateway(
        f"http://127.0.0.1:{port}/SendMMS", timeouts=timeouts, retry=Retry(times=0), connections=3
    )
    try:
        with Ledger.open(folder / "crash.campaign") as ledger:
            run = Run(
                ledger=ledger, gateway=gateway, rules=rules_of(ledger), connections=3,
                breaker=_NEVER, backoff=0.01, patience=60,
            )  # fmt: skip
            for _ in run:
                pass
            return 0 if run.ending is Ending.DONE else 1
    except MmspackError as error:
        print(error, file=sys.stderr)
        return 2


def is_over(child: int) -> int | None:
    """The exit code of a child that has ended, or None."""
    found, status = os.waitpid(child, os.WNOHANG)
    return None if not found else os.waitstatus_to_exitcode(status)


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def play(template: Path, folder: Path, seed: int) -> Counter[str]:
    """One schedule, to its end; the counts of what came of it."""
    chance = random.Random(seed)
    shutil.copy(template, folder / "crash.campaign")
    port, counts = free_port(), Counter[str](schedules=1)
    kills = chance.randint(1, 5)
    gateway = sender = 0
    for turn in range(_ROUNDS):
        if not gateway:
            gateway = forked(lambda turn=turn: serve(folder, port, seed * 1000 + turn))
        if not sender:
            sender = forked(lambda: send(folder, port))
        # Some die while they start, most while they send.
        until = time.monotonic() + (chance.expovariate(1 / 0.06) if kills else 20.0)
        code = None
        while time.monotonic() < until and code is None:
            code = is_over(sender)
            time.sleep(0.001)
        if code is not None:
            sender = 0
            if code == 0:
                break
        elif kills:
            kills -= 1
            victim = chance.choice(("sender", "sender", "gateway", "both"))
            counts[f"killed {victim}"] += 1
            if victim in ("sender", "both"):
                kill(sender)
                sender = 0
            if victim in ("gateway", "both"):
                kill(gateway)
                gateway = 0
    if sender:
        kill(sender)
        counts["unfinished"] += 1
    if gateway:
        kill(gateway)
    return counts + compared(folder)


def compared(folder: Path) -> Counter[str]:
    """What ledger and gateway say of each other."""
    inbox = Inbox(folder / "inbox")
    arrived = Counter(message.to for message in inbox.messages())
    ids = {(message.to, message.id) for message in inbox.messages()}
    inbox.close()
    with Ledger.open(folder / "crash.campaign") as ledger:
        accounts = list(ledger.accounts())
    final = (State.ACCEPTED, State.REJECTED, State.HELD)
    counts = Counter[str]()
    counts["recipients"] = len(accounts)
    counts["duplicates"] = sum(times - 1 for times in arrived.values())
    counts["lost"] = RECIPIENTS - len(accounts) + sum(one.state not in final for one in accounts)
    counts["accepted, and not by the gateway"] = sum(
        one.state is State.ACCEPTED and (str(one.msisdn), one.id) not in ids for one in accounts
    )
    counts["refused, and yet accepted"] = sum(
        one.state is State.REJECTED and bool(arrived[str(one.msisdn)]) for one in accounts
    )
    for one in accounts:
        counts[one.state.name.lower()] += 1
        counts["held and accepted by the gateway"] += one.state is State.HELD and bool(
            arrived[str(one.msisdn)]
        )
    return counts


BROKEN = ("duplicates", "lost", "accepted, and not by the gateway", "refused, and yet accepted", "unfinished")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--schedules", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=float, default=1e9, help="begin no schedule after so many")
    options.add_argument("--write", type=Path, help="put the figures into the section Campaigns of this file")
    given = options.parse_args()
    total, began = Counter[str](), time.monotonic()
    with tempfile.TemporaryDirectory() as base:
        template = planned(Path(base))
        warmed(template, Path(base))
        for seed in range(given.seed, given.seed + given.schedules):
            if time.monotonic() - began > given.seconds:
                break
            folder = Path(base) / str(seed)
            folder.mkdir()
            total += play(template, folder, seed)
            shutil.rmtree(folder)
    report = {name: total[name] for name in sorted({*total, *BROKEN})}
    report["seconds"] = round(time.monotonic() - began)
    print(json.dumps(report, indent=2))
    if given.write:
        write(given.write, report)
    sys.exit(any(report[name] for name in BROKEN))


def write(path: Path, report: dict[str, int]) -> None:
    """Replace the section on crashes of the document."""
    begin, end = "<!-- crashes -->\n", "<!-- /crashes -->\n"
    table = "| | |\n|---|---:|\n" + "".join(f"| {name} | {number:,} |\n" for name, number in report.items())
    text = path.read_text("utf-8") if path.exists() else "# Quality\n"
    if begin not in text:
        text += f"\n## Campaigns\n\n{begin}{end}"
    before, rest = text.split(begin)
    path.write_text(f"{before}{begin}{table}{end}{rest.split(end)[1]}", "utf-8")


if __name__ == "__main__":
    main()
