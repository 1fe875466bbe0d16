"""Damage ledgers at random, again and again, and count what nobody may ever see.

    python benchmarks/campaign/damage.py --damages 10000 --jobs 2 --journal played.jsonl --write
    docs/quality.md

Each damage strikes a copy of a ledger that is just planned, half sent, or half sent by a sender that was
killed and left its `-wal` file: bits, bytes, bursts, whole pages, a cut-off end, a page from an older copy,
an older copy as a whole. Then the campaign is looked at, run, and where it is refused run again with
`--despite-damage`. A recorder in place of the gateway keeps who was sent what. Nobody may be sent to who was
sent to before (a duplicate), no number a text that was not planned for it (a stranger), no recipient may be
missing from the ledger or stand elsewhere than they did unless that was said (a silent loss), and nothing may
be raised but an error of one line a problem with exit code 3 (a traceback). Exits with 1 where one of these
is broken; the damaged files are then kept.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmspack.campaign import Ledger, Order, Rules, Run, State, plan, rules_of
from mmspack.campaign.ledger.states import RecipientRecord
from mmspack.campaign.report.settling import report_rows
from mmspack.campaign.run.pacing import Breaker
from mmspack.errors import MmspackError
from mmspack.gateway import Gateway
from mmspack.outcome import Outcome, Result

RECIPIENTS = 400
SUPPRESSED = range(447700900390, 447700900400)
"""Of the recipients, the last ones: put onto the list after the plan."""
BROKEN = ("duplicates", "strangers", "silent losses", "tracebacks")
NAME = "harm.campaign"
_NEVER = Breaker(window=10**9, least=10**9, in_a_row=10**9)
_SHARED_MEMORY = Path("/dev/shm")
_NOW = 1_900_000_000.0


class Recorder(Gateway):
    """A gateway that sends nothing: it keeps who was to be sent what."""

    def __init__(self, *, odd: bool = False) -> None:
        super().__init__("https://mms.example.com/SendMMS", user="acme", password="x", sender="447700900999")
        self.sent: list[tuple[int, bytes]] = []
        self._odd = odd
        """Answers every way, and not only with an id."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def request(self, bundle: Any = None, **options: Any) -> Any:
        return int(options["to"]), bytes(bundle.part("text1.txt").data)

    def deliver(self, request: Any, **_: Any) -> Outcome:
        to = request[0]
        self.sent.append(request)
        if self._odd and to % 10 == 3:
            return Outcome(result=Result.REJECTED, summary="refused: code 5", code=5)
        if self._odd and to % 10 == 7:
            return Outcome(result=Result.UNKNOWN, summary="the answer was lost", hold=True)
        return Outcome(result=Result.ACCEPTED, summary="accepted", id=f"id-{to}", bundle_sha256="ab" * 32)


@dataclass(frozen=True)
class Template:
    """A ledger to be damaged, with what is true of it."""

    kind: str
    folder: Path
    """Ledger, its `-wal` file and the state folder."""
    older: Path
    """An older copy of the ledger."""
    truth: dict[int, RecipientRecord]
    """By number."""
    text: dict[int, bytes]


def made(folder: Path, rounds: int, *, killed: bool) -> Template:
    """Plan a campaign, send `rounds` messages of it, and close it, or leave it as a killed sender does."""
    here = folder / f"{rounds}-{killed}"
    here.mkdir()
    os.environ["MMSPACK_STATE"] = str(here / "state")
    message, people = here / "message.toml", here / "people.csv"
    message.write_text('layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}, hello."\n')
    numbers = range(447700900000, 447700900000 + RECIPIENTS)
    people.write_text("msisdn,name\n" + "".join(f"{number},Name {number % 1000}\n" for number in numbers))
    rules = Rules(rate=50_000, sender="447700900999")
    path = plan(Order(message=message, recipients=people, name="harm", rules=rules)).path
    with Ledger.open(path) as ledger:
        ledger.suppress(SUPPRESSED)
    older = here / "older"
    shutil.copyfile(path, older)
    kept = here / "kept"
    kept.mkdir()
    with Ledger.open(path) as ledger:
        recorder = Recorder(odd=True)
        run = Run(ledger=ledger, gateway=recorder, rules=rules_of(ledger), breaker=_NEVER, connections=16)
        for at, _ in enumerate(run if rounds else ()):
            if at == rounds:
                if killed:
                    _copied(path, kept, here)
                break
    if not killed:
        _copied(path, kept, here)
    text = {number: f"Dear Name {number % 1000}, hello.".encode() for number in numbers}
    os.environ["MMSPACK_STATE"] = str(kept / "state")
    whole = here / "whole"
    shutil.copytree(kept, whole)
    with Ledger.look(whole / NAME) as ledger:
        truth = {one.msisdn: one for one in ledger.accounts()}
    return Template("killed" if killed else "half sent" if rounds else "planned", kept, older, truth, text)


def _copied(path: Path, to: Path, here: Path) -> None:
    for end in ("", "-wal"):
        source = path.with_name(f"{NAME}{end}")
        if source.exists():
            shutil.copyfile(source, to / source.name)
    shutil.copytree(here / "state", to / "state")


# -- damages ----------------------------------------------------------------------------------------


def bit(data: bytearray, chance: random.Random, _older: bytes) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def byte(data: bytearray, chance: random.Random, _older: bytes) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def several(data: bytearray, chance: random.Random, older: bytes) -> None:
    for _ in range(chance.randint(2, 20)):
        chance.choice((bit, byte))(data, chance, older)


def burst(data: bytearray, chance: random.Random, _older: bytes) -> None:
    length = chance.randint(2, 200)
    at = chance.randrange(max(1, len(data) - length))
    data[at : at + length] = chance.choice((chance.randbytes(length), bytes(length)))[: len(data) - at]


def page(data: bytearray, chance: random.Random, _older: bytes) -> None:
    at = 4096 * chance.randrange(max(1, len(data) // 4096))
    there = len(data[at : at + 4096])
    data[at : at + 4096] = chance.choice((chance.randbytes(there), bytes(there), b"\xff" * there))


def swapped(data: bytearray, chance: random.Random, _older: bytes) -> None:
    one, other = (4096 * chance.randrange(max(1, len(data) // 4096)) for _ in range(2))
    data[one : one + 4096], data[other : other + 4096] = data[other : other + 4096], data[one : one + 4096]


def cut(data: bytearray, chance: random.Random, _older: bytes) -> None:
    del data[chance.randrange(len(data)) :]


def stale(data: bytearray, chance: random.Random, older: bytes) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        at = 4096 * chance.randrange(len(older) // 4096)
        data[at : at + 4096] = older[at : at + 4096]


def restored(data: bytearray, _chance: random.Random, older: bytes) -> None:
    data[:] = older


DAMAGES = (bit, bit, byte, byte, several, burst, burst, page, page, cut, stale, stale, swapped, restored)


def strike(template: Template, folder: Path, chance: random.Random) -> str:
    """Damage the copy in `folder`; returns how."""
    wal = folder / f"{NAME}-wal"
    if wal.exists() and chance.random() < 0.6:
        if chance.random() < 0.1:
            wal.unlink()
            return "the -wal file lost"
        path, how = wal, chance.choice((bit, byte, several, burst, page, cut, swapped))
    else:
        path, how = folder / NAME, chance.choice(DAMAGES)
    data = bytearray(path.read_bytes())
    how(data, chance, template.older.read_bytes())
    path.write_bytes(data)
    return f"{how.__name__}{' in the -wal file' if path == wal else ''}"


# -- one damage -------------------------------------------------------------------------------------


class Play:
    """A damaged ledger, looked at and run."""

    def __init__(self, template: Template, folder: Path) -> None:
        self._template, self._folder = template, folder
        self._path = folder / NAME
        self._recorder = Recorder()
        self.counts = Counter[str]()
        self.broken: list[str] = []

    def play(self) -> None:
        os.environ["MMSPACK_STATE"] = str(self._folder / "state")
        self._guarded("look", self._look)
        ran = self._guarded("run", lambda: self._run(despite=False))
        if ran:
            self.counts["not noticed, and nothing was touched"] += 1
        else:
            self.counts["refused"] += 1
            ran = self._guarded("run despite damage", lambda: self._run(despite=True))
            self.counts["gone on with" if ran else "refused for good"] += 1
        self._compare_sent()
        if ran:
            self._guarded("compare", self._compare_ledger, allowed=False)

    def _guarded(self, what: str, work: Callable[[], None], *, allowed: bool = True) -> bool:
        """Whether it ended without an error; whatever is no clear error of one line is a traceback."""
        try:
            work()
        except MmspackError as error:
            lines = [*error.lines, error.hint]
            if not allowed or error.exit_code != 3 or any("\n" in line or len(line) > 400 for line in lines):
                self._break("tracebacks", f"{what}: {error!r}")
        except Exception:  # noqa: BLE001 - any of them is what is looked for
            self._break("tracebacks", f"{what}: {traceback.format_exc()}")
        else:
            return True
        return False

    def _break(self, name: str, why: str, number: int = 1) -> None:
        self.counts[name] += number
        self.broken.append(f"{name}: {why}")

    def _look(self) -> None:
        with Ledger.look(self._path) as ledger:
            rows = {int(cells[2]): cells for cells in report_rows(ledger)}
        wrong = [
            number
            for number, one in self._template.truth.items()
            if number not in rows
            or (rows[number][3], rows[number][4]) != (one.state.name.lower(), one.id or "")
        ]
        if wrong or len(rows) != RECIPIENTS:
            self._break("silent losses", f"the report is wrong about {wrong}", len(wrong) or 1)

    def _run(self, *, despite: bool) -> None:
        with Ledger.open(self._path, despite_damage=despite) as ledger:
            self._said = bool(ledger.found.notes)
            run = Run(
                ledger=ledger, gateway=self._recorder, rules=rules_of(ledger), breaker=_NEVER,
                clock=lambda: _NOW,
            )  # fmt: skip
            for _ in run:
                pass

    def _compare_sent(self) -> None:
        sent = Counter(to for to, _ in self._recorder.sent)
        for to, text in self._recorder.sent:
            if self._template.text.get(to) != text:
                self._break("strangers", f"{to} got {text!r}")
        for to, times in sent.items():
            one = self._template.truth.get(to)
            waited = one is not None and one.state is State.BUILT and to not in SUPPRESSED
            if times > 1 or not waited:
                self._break(
                    "duplicates", f"{to} was {one.state.name if one else 'nobody'}, sent {times} times"
                )
        self.counts["sent"] += len(sent)

    def _compare_ledger(self) -> None:
        with Ledger.look(self._path) as ledger:
            accounts = list(ledger.accounts())
        known = {one.msisdn: one for one in accounts if one.is_known}
        nameless = {one.row: one for one in accounts if not one.is_known}
        sent = {to for to, _ in self._recorder.sent}
        for number, before in self._template.truth.items():
            now = known.get(number) or nameless.get(before.row)
            if now is not None and now.row != before.row:
                self._break("silent losses", f"{number} has become row {now.row}")
            if now is None:
                self._break("silent losses", f"{number} is not in the ledger any more")
                continue
            self.counts["held for damage"] += now.why.startswith("the campaign's file was damaged")
            if now.why.startswith("the campaign's file was damaged") and now.state is State.HELD:
                continue
            if not self._stands(before, now, number in sent):
                self._break(
                    "silent losses",
                    f"{number} was {before.state.name} {before.id}, is {now.state.name} {now.id}",
                )
        if any(one.row not in range(2, RECIPIENTS + 2) and one.is_sendable for one in accounts):
            self._break("strangers", "somebody is in the ledger who was not planned")

    @staticmethod
    def _stands(before: RecipientRecord, now: RecipientRecord, sent: bool) -> bool:
        """Whether a recipient stands where an undamaged ledger would have them."""
        if before.state is State.BUILT:
            if before.msisdn in SUPPRESSED:
                return now.state is State.SUPPRESSED
            return sent and now.state is State.ACCEPTED and now.id == f"id-{before.msisdn}"
        if before.state is State.RESERVED:
            return now.state is State.HELD
        return (now.state, now.id, now.code) == (before.state, before.id, before.code)


def played(templates: list[Template], base: Path, seed: int) -> dict[str, int | str]:
    """One damage; the counts of what came of it."""
    chance = random.Random(seed)
    template = templates[seed % len(templates)]
    folder = base / str(seed)
    shutil.copytree(template.folder, folder)
    how = strike(template, folder, chance)
    struck = folder.with_name(f"{seed}-struck")
    shutil.copytree(folder, struck)
    play = Play(template, folder)
    play.play()
    if play.broken:
        kept = Path(tempfile.mkdtemp(prefix=f"mmspack-damage-{seed}-"))
        shutil.copytree(struck, kept / "struck")
        print(
            f"{seed}: {template.kind}, {how}; files: {kept}\n  " + "\n  ".join(play.broken[:4]),
            file=sys.stderr,
        )
    shutil.rmtree(folder)
    shutil.rmtree(struck)
    return {"seed": seed, "damages": 1, f"{template.kind}": 1, how: 1, **play.counts}


# -- all --------------------------------------------------------------------------------------------

_templates: list[Template] = []


def templates_in(folder: Path) -> list[Template]:
    return [
        made(folder, 0, killed=False),
        made(folder, 150, killed=False),
        made(folder, 150, killed=True),
        made(folder, 60, killed=True),
    ]


def _piece(given: tuple[Path, int]) -> dict[str, int | str]:
    base, seed = given
    return played(_templates, base, seed)


def results(seeds: list[int], jobs: int, until: float) -> Iterator[dict[str, Any]]:
    shared = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared, prefix="mmspack-damage-") as folder:
        base = Path(folder)
        _templates[:] = templates_in(base)
        if jobs == 1:
            for seed in seeds:
                if time.monotonic() > until:
                    return
                yield _piece((base, seed))
            return
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            for result in pool.imap_unordered(_piece, ((base, seed) for seed in seeds), chunksize=4):
                yield result
                if time.monotonic() > until:
                    return


def kept_in(journal: Path | None) -> dict[int, dict[str, Any]]:
    """What a journal holds, by seed; a line that was cut off counts as not played."""
    if journal is None or not journal.exists():
        return {}
    lines = (line for line in journal.read_text("utf-8").splitlines() if line.endswith("}"))
    return {result["seed"]: result for result in map(json.loads, lines)}


def write(path: Path, report: dict[str, int]) -> None:
    """Replace the section on damages of the document."""
    begin, end = "<!-- damages -->\n", "<!-- /damages -->\n"
    table = "| | |\n|---|---:|\n" + "".join(f"| {name} | {number:,} |\n" for name, number in report.items())
    text = path.read_text("utf-8")
    before, after = text.index(begin) + len(begin), text.index(end)
    path.write_text(text[:before] + table + text[after:], "utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--damages", type=int, default=500)
    options.add_argument("--seed", type=int, default=1, help="the first; each damage has the next one")
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--seconds", type=float, default=1e9, help="begin no damage after so many")
    options.add_argument("--journal", type=Path, help="keep what came of each here, and go on from it")
    options.add_argument(
        "--write", type=Path, help="put the figures into the section on damages of this file"
    )
    given = options.parse_args()
    until, seeds = time.monotonic() + given.seconds, range(given.seed, given.seed + given.damages)
    known = kept_in(given.journal)
    total = Counter[str]()
    with Path(given.journal or os.devnull).open("a") as journal:
        fresh = results([seed for seed in seeds if seed not in known], given.jobs, until)
        for result in (*(known[seed] for seed in seeds if seed in known), *_noted(fresh, journal)):
            total.update({name: number for name, number in result.items() if name != "seed"})
    report = {name: total[name] for name in sorted({*total, *BROKEN})}
    print(json.dumps(report, indent=2))
    if given.write:
        write(given.write, report)
    sys.exit(any(report[name] for name in BROKEN))


def _noted(fresh: Iterator[dict[str, Any]], journal: Any) -> Iterator[dict[str, Any]]:
    for result in fresh:
        print(json.dumps(result), file=journal, flush=True)
        yield result


if __name__ == "__main__":
    main()
