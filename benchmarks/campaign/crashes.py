"""Kill the sender, the gateway, or both, at random, again and again; then count what nobody may ever see.

    python benchmarks/campaign/crashes.py --schedules 10000 --jobs 4 --journal played.jsonl

A schedule is one small campaign against a gateway that misbehaves, each a process of its own (forked from
one that has everything imported). They are killed with SIGKILL, or the sender is stopped with SIGSTOP while
a second one tries: mostly after the sender has looked at its clock so many times, which lies between the
first send and the last, sometimes after a random time, which may lie in its start. The sender's clock jumps
by hours, forwards and backwards. A process that was not killed serves the next schedule. When the campaign
has run to its end, ledger and gateway are compared: no recipient may be sent to twice without the gateway's
or an operator's doing, none may be lost, and all that the ledger calls accepted the gateway must have
accepted under that id. Exits with 1 where one of these is broken; the schedule's files are then kept.

A seed decides who is killed when, and how the sandbox misbehaves. It does not decide what the system does in
the meantime. With a journal, a run that was stopped resumes where it was: seeds that are in it are not
played again, and the figures are those of all its lines.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx2  # noqa: F401 - what each child would import again
import uvicorn  # noqa: F401

import mmspack.sandbox.app  # noqa: F401
from benchmarks.campaign.bare_gateway import CHAOS, FILE, BareGateway, taken
from benchmarks.campaign.processes import ALIVE, Child, Host, own_port, processor_time
from mmspack.campaign import Ending, Ledger, Order, Rules, Run, State, ask, plan, rules_of
from mmspack.campaign.report.asking import account_name
from mmspack.campaign.run.pacing import Breaker
from mmspack.errors import MmspackError, UsageError
from mmspack.gateway import Gateway, Retry, Timeouts, doors
from mmspack.sandbox import Envelope, Inbox, Sandbox

RECIPIENTS = 6
"""So few that many schedules are played: with two connections they are reserved in two batches or more."""
CONNECTIONS = 2
CAMPAIGNS = 8
"""Templates with numbers of their own, in turn: what a gateway takes late is not the next schedule's."""
_NEVER = Breaker(window=10**9, least=10**9, in_a_row=10**9)
_JUMPS = 0.03
"""Of the times that a sender looks at its clock."""
_BY_LOOKS = 0.8
"""Of the strikes: after so many looks of the sender at its clock. The others come after a time."""
_LOOKS = 25
"""As many as a run takes when nothing goes wrong."""
_EARLY = 0.06
"""Seconds within which a strike comes that goes by time."""
_ANSWER = 0.25
"""Seconds that a sender waits for an answer."""
_LONGEST = 900.0
"""Seconds after which a schedule counts as unfinished: at idle priority one may take minutes."""
_SHARED_MEMORY = Path("/dev/shm")
"""For the gateway's inbox alone: the ledger lies on the disk."""


def planned(folder: Path, first: int = 447700900000) -> Path:
    """A campaign of a few recipients, to be copied for each schedule; `first` is the first one's number."""
    os.environ["MMSPACK_STATE"] = str(folder)
    folder.mkdir(exist_ok=True)
    message, people = folder / "message.toml", folder / "people.csv"
    message.write_text('layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}, hello."\n')
    numbers = (f"{first + at},Name {at}\n" for at in range(RECIPIENTS))
    people.write_text("msisdn,name\n" + "".join(numbers))
    rules = Rules(rate=50_000, sender="447700900999")
    return plan(Order(message=message, recipients=people, name="crash", rules=rules)).path


def warmed(template: Path, folder: Path) -> None:
    """Send once without a kill: all that is loaded late is then there for the children."""
    os.environ["MMSPACK_STATE"] = str(folder)
    shutil.copy(template, folder / "crash.campaign.warm")
    with Sandbox(magic=False) as sandbox, Ledger.open(folder / "crash.campaign.warm") as ledger:
        gateway = through_door(sandbox.port)
        if len(list(Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger)))) != RECIPIENTS:
            raise SystemExit("the campaign does not even run without a kill")


class SenderHost(Host):
    """Runs campaigns, and says how each of its runs ended."""

    STRUCK = 255
    """Said when the clock has been looked at as often as was asked; no exit code is as high."""
    DIED = 254

    def __init__(self, port: int) -> None:
        self._port = port
        super().__init__()

    def obey(self, folder: str, seed: int, looks: int) -> None:
        """One run. Says that it is time after so many looks at the clock, and the exit code at the end."""
        clock = JumpingClock(random.Random(seed), looks, lambda: self._say(self.STRUCK))
        self._say(send(Path(folder), self._port, clock))

    def _say(self, code: int) -> None:
        os.write(self._mouth, bytes([code]))

    def hear(self, seconds: float) -> int | None:
        """What it says within so many seconds: an exit code, STRUCK, DIED, or None for nothing."""
        if not select.select([self._ears], [], [], max(0.0, seconds))[0]:
            return None
        said = os.read(self._ears, 1)
        return said[0] if said else self.DIED

    def hear_end(self, seconds: float) -> int | None:
        """How its run ends within so many seconds, or None."""
        until = time.monotonic() + seconds
        while (said := self.hear(until - time.monotonic())) == self.STRUCK:
            pass  # the moment was waited for in vain on a busy machine, and has come late
        return said


class GatewayHost(Host):
    """A gateway; an order is the seed from which it misbehaves."""

    def __init__(self, inbox: Path, port: int, seed: int) -> None:
        self._inbox, self._port, self._seed = inbox, port, seed
        super().__init__()

    def _serve(self) -> int:
        if DOOR.bare:
            self.obey = BareGateway(self._inbox, self._port, self._seed).reseed  # type: ignore[method-assign]
        else:
            sandbox = Sandbox(
                inbox=self._inbox, port=self._port, chaos=CHAOS, seed=self._seed, magic=False
            ).start()
            self.obey = lambda seed: sandbox.chaos.set(CHAOS, seed=seed)  # type: ignore[method-assign]
        return super()._serve()


def through_door(port: int, **options: Any) -> Gateway:
    """The sandbox at a port, through the door that the schedules are played with."""
    login = {"user": "AC1", "password": "key"}
    door = doors.make(DOOR.name)
    return Gateway(f"http://127.0.0.1:{port}{door.path}", door=door, retry=Retry(times=0), **login, **options)


class DOOR:
    """The door of all schedules; the children inherit it."""

    name = doors.DEFAULT
    bare = False
    """Whether bare sockets serve it, and not the sandbox."""


class JumpingClock:
    """A clock that is set by hours, forwards and backwards, now and then, and counts who looks at it."""

    def __init__(self, chance: random.Random, looks: int, struck: Callable[[], None]) -> None:
        self._chance, self._left, self._struck = chance, looks, struck
        self._offset = 0.0

    def __call__(self) -> float:
        """Seconds since 1970, or not."""
        self._left -= 1
        if not self._left:
            self._struck()
        if self._chance.random() < _JUMPS:
            self._offset = self._chance.uniform(-6, 6) * 3600
        return time.time() + self._offset


def send(folder: Path, port: int, clock: Callable[[], float]) -> int:
    """Run the campaign once; 0 when all recipients have been processed."""
    os.environ["MMSPACK_STATE"] = str(folder)
    timeouts = Timeouts(connect=1, write=1, read=_ANSWER, answer=1)
    gateway = through_door(port, timeouts=timeouts, connections=CONNECTIONS)
    try:
        with Ledger.open(folder / "crash.campaign") as ledger:
            run = Run(
                ledger=ledger, gateway=gateway, rules=rules_of(ledger), connections=CONNECTIONS,
                breaker=_NEVER, backoff=0.02, patience=60, clock=clock,
                jitter=lambda: -0.49,  # who is to be sent to again is due almost at once
            )  # fmt: skip
            for _ in run:
                pass
            return 0 if run.ending is Ending.DONE else 1
    except MmspackError as error:
        if not isinstance(error, UsageError):  # another sender is at it
            print(error, file=sys.stderr)
        return error.exit_code


class Stage:
    """What outlives a schedule: a port, an inbox, and the processes that were not killed."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        (inbox / FILE).touch()  # a gateway may be killed before it has made it
        self._holder = own_port()
        self.port: int = self._holder.getsockname()[1]
        self.gateway: GatewayHost | None = None
        self._idle: list[SenderHost] = []

    def sender(self) -> SenderHost:
        """One that has nothing to do."""
        return self._idle.pop() if self._idle else SenderHost(self.port)

    def put_back(self, sender: SenderHost) -> None:
        """It has ended its run."""
        self._idle.append(sender)

    def close(self) -> None:
        """End all."""
        for host in (*self._idle, *([self.gateway] if self.gateway else ())):
            host.kill()
        self._idle, self.gateway = [], None
        self._holder.close()


class Schedule:
    """One campaign, its sender and its gateway, and the chance that kills them."""

    def __init__(self, template: Path, folder: Path, stage: Stage, seed: int) -> None:
        shutil.copy(template, folder / "crash.campaign")
        shutil.copy(template.parent / "machine", folder)  # each has a state folder of its own
        self._folder, self._stage, self._seed = folder, stage, seed
        self._chance = random.Random(seed)
        self._kills = self._chance.choices((1, 2, 3), (7, 2, 1))[0]
        self._gateways = self._senders = 0
        self._sender: SenderHost | None = None
        self.counts = Counter[str](schedules=1)
        if stage.gateway is not None:
            stage.gateway.order(self._gateway_seed())

    def play(self) -> None:
        """To its end: a sender that finds nobody waiting any more."""
        until = time.monotonic() + _LONGEST
        while self._turn():
            if time.monotonic() > until:
                self.counts["unfinished"] += 1
                self._end("both")
                break

    def _turn(self) -> bool:
        """Start what does not run, then wait or kill; False when the campaign is over."""
        if self._stage.gateway is not None and self._stage.gateway.wait(0) is not None:
            self._stage.gateway = None
            self.counts["gateways that ended by themselves"] += 1
        if self._stage.gateway is None:
            self._stage.gateway = GatewayHost(self._stage.inbox, self._stage.port, self._gateway_seed())
        by_looks = self._kills > 0 and self._sender is None and self._chance.random() < _BY_LOOKS
        if self._sender is None:
            self._sender = self._new_sender(self._chance.randint(1, _LOOKS) if by_looks else 0)
        by_time = self._chance.uniform(0, _EARLY) if self._kills and not by_looks else 60.0
        heard = self._sender.hear(by_time)
        if heard is None or heard == SenderHost.STRUCK:
            return self._strike() if self._kills else True
        self._ended(self._sender, heard)
        self._sender = None
        return heard != 0

    def _ended(self, sender: SenderHost, heard: int) -> None:
        if heard == SenderHost.DIED:
            sender.kill()
            self.counts["senders that ended by themselves"] += 1
        else:
            self._stage.put_back(sender)

    def _strike(self) -> bool:
        self._kills -= 1
        time.sleep(self._chance.expovariate(1 / 0.001))
        victim = self._chance.choices(("sender", "gateway", "both", "nobody"), (10, 3, 3, 4))[0]
        if victim == "nobody":
            return self._stop_for_a_while()
        self.counts[f"killed {victim}"] += 1
        self._end(victim)
        return True

    def _gateway_seed(self) -> int:
        self._gateways += 1
        return self._seed * 1000 + self._gateways

    def _new_sender(self, looks: int = 0) -> SenderHost:
        self._senders += 1
        sender = self._stage.sender()
        sender.order(str(self._folder), self._seed * 1000 + self._senders, looks)
        return sender

    def _stop_for_a_while(self) -> bool:
        """SIGSTOP the sender, let another try, and let both go on: one of them has the campaign."""
        first = self._sender
        assert first is not None
        self.counts["stopped sender"] += 1
        first.signal(signal.SIGSTOP)
        second = self._new_sender()
        heard = second.hear_end(self._chance.uniform(0.05, 0.8))
        first.signal(signal.SIGCONT)
        if heard is not None:
            self.counts["second sender refused"] += heard == 2
            self._ended(second, heard)
            if heard != 0:
                return True
        # Whichever was first at the campaign goes on; the other ends.
        self._sender = second if heard is None else None
        last = first.hear_end(60)
        if last is None:
            first.kill()
        else:
            self._ended(first, last)
        return heard is None or last is None

    def _end(self, victim: str) -> None:
        if victim in ("sender", "both") and self._sender is not None:
            self._sender.kill()
            self._sender = None
        if victim in ("gateway", "both") and self._stage.gateway is not None:
            self._stage.gateway.kill()
            self._stage.gateway = None


def play(template: Path, base: Path, stage: Stage, seed: int) -> Counter[str]:
    """One schedule; the counts of what came of it."""
    began = processor_time()
    folder = base / str(seed)
    folder.mkdir()
    schedule = Schedule(template, folder, stage, seed)
    schedule.play()
    counts = schedule.counts + compared(folder, stage.inbox) + asked(folder, stage.inbox)
    if any(counts[name] for name in BROKEN):
        kept = Path(tempfile.mkdtemp(prefix=f"mmspack-crash-{seed}-"))
        shutil.copytree(folder, kept / "ledger")
        shutil.copytree(stage.inbox, kept / "inbox")
        print(f"schedule {seed} is broken: {dict(counts)}; its files: {kept}", file=sys.stderr)
    if DOOR.bare:
        os.truncate(stage.inbox / FILE, 0)
    else:
        with closing(Inbox(stage.inbox)) as inbox:
            inbox.clear()
    shutil.rmtree(folder)
    counts["processor milliseconds"] = round(1000 * (processor_time() - began))
    return counts


def compared(folder: Path, kept: Path, recipients: int = RECIPIENTS) -> Counter[str]:
    """What ledger and gateway say of each other."""
    if DOOR.bare:
        ids = set(taken(kept))
        arrived = Counter(to for to, _ in taken(kept))
    else:
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
    if doors.make(DOOR.name).memory is None:
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
    templates = [planned(folder / f"plan-{at}", 447700900000 + at * RECIPIENTS) for at in range(CAMPAIGNS)]
    warmed(templates[0], templates[0].parent)
    gc.collect()
    gc.freeze()  # what is imported stays where it is: children, who live shortly, copy few of its pages
    gc.disable()
    ours, theirs = os.pipe()

    def work(at: int) -> int:
        os.close(ours)
        ALIVE.clear()
        shared = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else folder
        with (
            tempfile.TemporaryDirectory(dir=shared, prefix="mmspack-crash-") as inbox,
            closing(Stage(Path(inbox))) as stage,
        ):
            for seed in seeds[at::jobs]:
                if time.monotonic() > until:
                    break
                line = {"seed": seed, **play(templates[seed % CAMPAIGNS], folder, stage, seed)}
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
    options.add_argument("--sandbox", action="store_true", help="send to the sandbox, not to bare sockets")
    given = options.parse_args()
    DOOR.name, DOOR.bare = given.door, given.door == doors.DEFAULT and not given.sandbox
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
