"""Kill the sender, the gateway, or both, at random, again and again; then count what nobody may ever see.

    python benchmarks/campaign/crashes.py --schedules 10000 --jobs 4 --journal played.jsonl

A schedule is one small campaign against a sandbox that misbehaves, each a process of its own (forked from one
that has everything imported), killed with SIGKILL or stopped with SIGSTOP, while a second sender tries, at
random moments until the campaign has run to its end. The sender's clock jumps by hours, forth and back. Then
ledger and gateway are compared: no recipient may be sent to twice without the gateway's or an operator's
doing, none may be lost, and all that the ledger calls accepted the gateway must have accepted under that id.
Exits with 1 where one of these is broken; the schedule's files are then kept.

A seed decides who is killed after how long and how the sandbox misbehaves; what the system does meanwhile
it does not decide. With a journal, a run that was stopped goes on where it was: seeds that are in it are not
played again, and the figures are those of all its lines.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import random
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx2  # noqa: F401 - what each child would import anew
import uvicorn  # noqa: F401

import mmspack.sandbox.app  # noqa: F401
from mmspack.campaign import Ending, Ledger, Order, Rules, Run, State, ask, plan, rules_of
from mmspack.campaign.report.asking import account_name
from mmspack.campaign.run.pacing import Breaker
from mmspack.errors import MmspackError, UsageError
from mmspack.gateway import Gateway, Retry, Timeouts, doors
from mmspack.sandbox import Envelope, Inbox, Sandbox

RECIPIENTS = 20
CHAOS = {
    "refuse": 0.02, "reset-head": 0.02, "reset-body": 0.02, "drop": 0.03, "error": 0.02, "busy": 0.02,
    "empty": 0.01, "html": 0.01, "truncated": 0.01, "stall": 0.01,
}  # fmt: skip
_NEVER = Breaker(window=10**9, least=10**9, in_a_row=10**9)
_ROUNDS = 400
_JUMPS = 0.03
"""Of the times that a sender looks at its clock."""
_LONGEST = 120.0
"""Seconds after which a schedule counts as unfinished."""
_PORTS = range(10_000, 30_000)
"""Below those that the system gives to connections: one of them could take a killed gateway's port."""
_SHARED_MEMORY = Path("/dev/shm")
"""For the gateway's inbox alone: the ledger lies on the disk."""


def planned(folder: Path) -> Path:
    """A campaign of a few recipients, to be copied for each schedule."""
    os.environ["MMSPACK_STATE"] = str(folder)
    message, people = folder / "message.toml", folder / "people.csv"
    message.write_text('layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}, hello."\n')
    numbers = (f"{447700900000 + at},Name {at}\n" for at in range(RECIPIENTS))
    people.write_text("msisdn,name\n" + "".join(numbers))
    rules = Rules(rate=50_000, sender="447700900999")
    return plan(Order(message=message, recipients=people, name="crash", rules=rules)).path


def warmed(template: Path, folder: Path) -> None:
    """Send once without a kill: all that is loaded late is then there for the children."""
    shutil.copy(template, folder / "crash.campaign.warm")
    with Sandbox(magic=False) as sandbox, Ledger.open(folder / "crash.campaign.warm") as ledger:
        gateway = through_door(sandbox.port)
        if len(list(Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger)))) != RECIPIENTS:
            raise SystemExit("the campaign does not even run without a kill")


def own_port() -> socket.socket:
    """A socket that holds a port for one schedule: by UDP, so that the gateway can have it for TCP."""
    for _ in range(1000):
        port = random.choice(_PORTS)
        holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            holder.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
            continue
        return holder
    raise SystemExit("no port is free")


class Child:
    """A forked process that does `work` and ends with what it returns."""

    def __init__(self, work: Callable[[], int]) -> None:
        # The child alone has the pipe's other end: the end of the file is the end of the process.
        self._ended, hold = os.pipe()
        self._id = os.fork()
        if self._id:
            os.close(hold)
            return
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, or None where it still runs after so many seconds."""
        if not select.select([self._ended], [], [], max(0.0, seconds))[0]:
            return None
        return self._reap()

    def signal(self, number: int) -> None:
        """Send a signal, where it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._id, number)

    def kill(self) -> None:
        """SIGKILL."""
        os.kill(self._id, signal.SIGKILL)
        self._reap()

    def _reap(self) -> int:
        os.close(self._ended)
        return os.waitstatus_to_exitcode(os.waitpid(self._id, 0)[1])


def through_door(port: int, **options: Any) -> Gateway:
    """The sandbox at a port, through the door that the schedules are played with."""
    login = {"user": "AC1", "password": "key"}
    door = doors.make(DOOR.name)
    return Gateway(f"http://127.0.0.1:{port}{door.path}", door=door, retry=Retry(times=0), **login, **options)


class DOOR:
    """The door of all schedules; the children inherit it."""

    name = doors.DEFAULT


def serve(inbox: Path, port: int, seed: int) -> int:
    sandbox = Sandbox(inbox=inbox, port=port, chaos=CHAOS, seed=seed, magic=False)
    sandbox.start()
    sandbox.wait()
    return 0


def jumping(chance: random.Random) -> Callable[[], float]:
    """A clock that is set by hours, forth and back, now and then."""
    offset = 0.0

    def now() -> float:
        nonlocal offset
        if chance.random() < _JUMPS:
            offset = chance.uniform(-6, 6) * 3600
        return time.time() + offset

    return now


def send(folder: Path, port: int, seed: int) -> int:
    """Run the campaign once; 0 when all recipients have been processed."""
    os.environ["MMSPACK_STATE"] = str(folder)
    timeouts = Timeouts(connect=1, write=1, read=0.3, answer=1)
    gateway = through_door(port, timeouts=timeouts, connections=3)
    try:
        with Ledger.open(folder / "crash.campaign") as ledger:
            run = Run(
                ledger=ledger, gateway=gateway, rules=rules_of(ledger), connections=3,
                breaker=_NEVER, backoff=0.01, patience=60, clock=jumping(random.Random(seed)),
            )  # fmt: skip
            for _ in run:
                pass
            return 0 if run.ending is Ending.DONE else 1
    except MmspackError as error:
        if not isinstance(error, UsageError):  # another sender is at it
            print(error, file=sys.stderr)
        return error.exit_code


class Schedule:
    """One campaign, its sender and its gateway, and the chance that kills them."""

    def __init__(self, template: Path, folder: Path, inbox: Path, seed: int) -> None:
        shutil.copy(template, folder / "crash.campaign")
        shutil.copy(template.parent / "machine", folder)  # each has a state folder of its own
        self._folder, self._inbox, self._seed = folder, inbox, seed
        self._chance = random.Random(seed)
        self._kills = self._chance.randint(1, 5)
        self._gateways = self._senders = 0
        self._gateway: Child | None = None
        self._sender: Child | None = None
        self.counts = Counter[str](schedules=1)

    def play(self) -> None:
        """To its end: a sender that finds nobody waiting any more."""
        until = time.monotonic() + _LONGEST
        with closing(own_port()) as holder:
            port = holder.getsockname()[1]
            while self._turn(port):
                if time.monotonic() > until:
                    self.counts["unfinished"] += 1
                    break
            self._end("both")

    def _turn(self, port: int) -> bool:
        """Start what does not run, then wait or kill; False when the campaign is over."""
        if self._gateway is not None and self._gateway.wait(0) is not None:
            self._gateway = None
            self.counts["gateways that ended by themselves"] += 1
        if self._gateway is None:
            self._gateways += 1
            seed = self._seed * 1000 + self._gateways
            self._gateway = Child(lambda: serve(self._inbox, port, seed))
        if self._sender is None:
            self._sender = self._new_sender(port)
        # Some die while they start, most while they send.
        code = self._sender.wait(self._chance.expovariate(1 / 0.06) if self._kills else 20.0)
        if code is not None:
            self._sender = None
        elif self._kills:
            self._kills -= 1
            victim = self._chance.choice(("sender", "sender", "gateway", "both", "nobody"))
            if victim == "nobody":
                return self._stop_for_a_while(port) != 0
            self.counts[f"killed {victim}"] += 1
            self._end(victim)
        return code != 0

    def _new_sender(self, port: int) -> Child:
        self._senders += 1
        seed = self._seed * 1000 + self._senders
        return Child(lambda: send(self._folder, port, seed))

    def _stop_for_a_while(self, port: int) -> int | None:
        """SIGSTOP the sender, let another try, and let both go on: one of them has the campaign."""
        first = self._sender
        assert first is not None
        self.counts["stopped sender"] += 1
        first.signal(signal.SIGSTOP)
        second = self._new_sender(port)
        refused = second.wait(self._chance.uniform(0.2, 1.5))
        first.signal(signal.SIGCONT)
        if refused is not None:
            self.counts["second sender refused"] += refused == 2
            self._sender = None if refused == 0 else first
            return refused if refused == 0 and first.wait(20) is not None else None
        # Whichever was first at the campaign goes on; the other ends.
        self._sender = second
        if first.wait(20) is None:
            first.kill()
        return None

    def _end(self, victim: str) -> None:
        if victim in ("sender", "both") and self._sender is not None:
            self._sender.kill()
            self._sender = None
        if victim in ("gateway", "both") and self._gateway is not None:
            self._gateway.kill()
            self._gateway = None


def play(template: Path, base: Path, seed: int) -> Counter[str]:
    """One schedule; the counts of what came of it."""
    began = processor_time()
    folder = base / str(seed)
    folder.mkdir()
    shared = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else base
    with tempfile.TemporaryDirectory(dir=shared, prefix="mmspack-crash-") as inbox:
        schedule = Schedule(template, folder, Path(inbox), seed)
        schedule.play()
        counts = schedule.counts + compared(folder, Path(inbox)) + asked(folder, Path(inbox))
        if any(counts[name] for name in BROKEN):
            kept = Path(tempfile.mkdtemp(prefix=f"mmspack-crash-{seed}-"))
            shutil.copytree(folder, kept / "ledger")
            shutil.copytree(inbox, kept / "inbox")
            print(f"schedule {seed} is broken: {dict(counts)}; its files: {kept}", file=sys.stderr)
    shutil.rmtree(folder)
    counts["processor milliseconds"] = round(1000 * (processor_time() - began))
    return counts


def processor_time() -> float:
    """Seconds of this process and of all that it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def compared(folder: Path, kept: Path, recipients: int = RECIPIENTS) -> Counter[str]:
    """What ledger and gateway say of each other."""
    with closing(Inbox(kept)) as inbox:
        messages = inbox.messages()
    arrived = Counter(message.to for message in messages)
    ids = {(message.to, identifier) for message in messages for identifier in known_as(message)}
    os.environ["MMSPACK_STATE"] = str(folder)
    with Ledger.open(folder / "crash.campaign") as ledger:
        accounts = list(ledger.accounts())
    final = (State.ACCEPTED, State.REJECTED, State.HELD)
    counts = Counter[str]()
    counts["recipients"] = len(accounts)
    counts["duplicates"] = sum(times - 1 for times in arrived.values())
    counts["lost"] = recipients - len(accounts) + sum(one.state not in final for one in accounts)
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


def known_as(message: Envelope) -> set[str]:
    """The ids that a door may have given a message: the inbox's, the client's own, or Twilio's sid."""
    return {message.id, message.reference, f"MM{int(message.id):032x}"}


def asked(folder: Path, kept: Path) -> Counter[str]:
    """What the provider's log settles of those who are held, and what of it is wrong."""
    counts = Counter[str]()
    if doors.get(DOOR.name).memory is None:
        return counts
    with Sandbox(inbox=kept, magic=False) as sandbox, Ledger.open(folder / "crash.campaign") as ledger:
        arrived = {int(message.to) for message in sandbox.messages()}
        held = {one.msisdn for one in ledger.accounts(State.HELD)}
        # The runs know their gateway by its address, and this one has another port.
        gateway = through_door(sandbox.port)
        ledger.set(runs=[[start, account_name(ledger, gateway)] for start, _ in ledger.setting("runs", [])])
        ask(ledger, gateway, rules_of(ledger), clock=lambda: time.time() + 7200, sleep=lambda _: None)
        for one in ledger.accounts():
            if one.msisdn in held:
                right = State.ACCEPTED if one.msisdn in arrived else State.BUILT
                counts["settled by asking"] += one.state is right
                counts["not settled"] += one.state is State.HELD
                counts["settled wrongly"] += one.state not in (right, State.HELD)
    return counts


BROKEN = (
    "settled wrongly", "not settled",
    "duplicates", "lost", "accepted, and not by the gateway", "refused, and yet accepted", "unfinished",
)  # fmt: skip


def played(seeds: Sequence[int], jobs: int, until: float, folder: Path) -> Iterator[dict[str, int]]:
    """What came of each schedule, as it ends, in `jobs` processes that share the seeds out."""
    template = planned(folder)
    warmed(template, folder)
    gc.collect()
    gc.freeze()  # what is imported stays where it is: children, who live shortly, copy few of its pages
    gc.disable()
    ours, theirs = os.pipe()

    def work(at: int) -> int:
        os.close(ours)
        for seed in seeds[at::jobs]:
            if time.monotonic() > until:
                break
            line = {"seed": seed, **play(template, folder, seed)}
            os.write(theirs, json.dumps(line).encode() + b"\n")  # shorter than PIPE_BUF: whole
        return 0

    workers = [Child(lambda at=at: work(at)) for at in range(jobs)]
    os.close(theirs)
    with os.fdopen(ours) as results:
        yield from map(json.loads, results)
    if any(worker.wait(60) != 0 for worker in workers):
        raise SystemExit("a process that plays schedules has failed")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--schedules", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1, help="the first; each schedule has the next one")
    options.add_argument("--jobs", type=int, default=2, help="schedules at a time (each mostly waits)")
    options.add_argument("--seconds", type=float, default=1e9, help="begin no schedule after so many")
    options.add_argument("--least", type=int, default=1, help="fail where fewer schedules were played")
    options.add_argument(
        "--journal", type=Path, help="keep what came of each schedule here, and go on from it"
    )
    options.add_argument("--write", type=Path, help="put the figures into the section Campaigns of this file")
    options.add_argument("--door", default=doors.DEFAULT, choices=doors.names(), help="what is sent through")
    given = options.parse_args()
    DOOR.name = given.door
    began, seeds = time.monotonic(), range(given.seed, given.seed + given.schedules)
    known = kept_in(given.journal) if given.journal else {}
    results = [known[seed] for seed in seeds if seed in known]
    with tempfile.TemporaryDirectory() as folder, Path(given.journal or os.devnull).open("a") as journal:
        left = [seed for seed in seeds if seed not in known]
        for line in played(left, given.jobs, began + given.seconds, Path(folder)):
            results.append(line)
            print(json.dumps(line), file=journal, flush=True)
    report = totals(results)
    print(json.dumps({**report, "seconds of this run": round(time.monotonic() - began)}, indent=2))
    if given.write:
        write(given.write, report)
    sys.exit(any(report[name] for name in BROKEN) or report["schedules"] < given.least)


def kept_in(journal: Path) -> dict[int, dict[str, int]]:
    """What a journal holds, by seed; a line that was cut off counts as not played."""
    found = {}
    for line in journal.read_text("utf-8").splitlines() if journal.exists() else ():
        if line.endswith("}"):
            result = json.loads(line)
            found[result["seed"]] = result
    return found


def totals(results: Sequence[dict[str, int]]) -> dict[str, int]:
    """The sums of all schedules."""
    total = Counter[str]()
    for result in results:
        total.update({name: number for name, number in result.items() if name != "seed"})
    report = {name: total[name] for name in sorted({*total, *BROKEN})}
    report["processor seconds"] = round(report.pop("processor milliseconds", 0) / 1000)
    return report


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
