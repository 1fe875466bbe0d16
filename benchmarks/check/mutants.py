"""Mutation testing of a wing: how many planted faults do its tests find?

    pip install mutmut
    nice python benchmarks/check/mutants.py rules|zip|media|authoring|fixing|previewing|planning|cli
        [--only NAME ...] [--sample N] [--show]

The mutants are mutmut's. Each is tested in a fork of one process that has run all the tests once and kept
what they gave to the rules, or to the reader. A mutant first meets all of that again, and the tests on
whose inputs it answers otherwise are run. What is reached in no such way (a rule's explanation, opening a
bundle) meets its tests themselves. In the other wings a mutant meets the tests that came to the lines that
it changes, the quickest case of each test function first, after mmspack's caches have been emptied. Tests
with random inputs are left out, and so is what a test does in a process of its own.

`--reach` keeps the record of those, so that another run on the same code records new tests alone.
`--sample` tries N of them, drawn at random by `--seed`. `--only` takes beginnings of names as they
are reported: `layout`, `layout._fit`, `layout._fit#3`. Exits with 1 below 90 % found.
"""

from __future__ import annotations

import argparse
import collections
import gc
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from mutating import Mutant, mutants, plant  # noqa: E402
from reaching import ReachReplay, forget  # noqa: E402
from replaying import Replay, RulesReplay, ZipReplay  # noqa: E402
from setting_apart import set_apart  # noqa: E402

GOAL = 0.9
SECONDS = 20
"""Of CPU that a mutant may take until its first test: what takes longer loops, and counts as found."""
MOST_TESTS = 30
"""Tests on whose inputs a mutant answers otherwise that are run until one fails."""
KILLED, SURVIVED, SAME = 1, 0, 2
STATES = {KILLED: "killed", SURVIVED: "survived", SAME: "the same on every input"}
CLI = (
    *(
        f"tests/cli/test_{name}.py"
        for name in ("account", "bad_input", "build", "check", "documents", "front", "manners",
                     "message_folders", "pipes", "said", "send", "settings", "tables", "talking",
                     "unexpected", "watching", "wrapping")
    ),
    "tests/authoring/test_mistakes.py", "tests/authoring/test_starting.py", "tests/bundle/test_binary.py",
    "tests/campaign/test_commands.py", "tests/campaign/test_documents.py", "tests/fixing/test_reasons.py",
    "tests/gateway/test_accounts.py", "tests/gateway/test_fallback.py", "tests/sandbox/test_setup.py",
)  # fmt: skip
"""Those that run commands in this process, and come to much in little time."""
PLANNING = tuple(
    f"tests/campaign/test_{name}.py"
    for name in ("told_plans", "told_tables", "planning", "tables", "sampling", "words", "fallback",
                 "number_types", "from_python", "as_people_do")
)  # fmt: skip
AUTHORING = (
    *("tests/authoring", "tests/cli/test_bad_input.py", "tests/cli/test_message_folders.py"),
    *("tests/pipeline/test_recipe.py", "tests/campaign/test_words.py", "tests/campaign/test_fallback.py"),
)
FIXING = (
    *(
        "tests/fixing",
        "tests/rules/test_one_voice.py",
        "tests/rules/test_slips.py",
        "tests/smil/test_foreign.py",
    ),
    *("tests/test_words_decide_nothing.py", "tests/diffing/test_diffing.py", "tests/bundle/test_dialects.py"),
)
PREVIEWING = (
    "tests/previewing/test_told_previews.py", "tests/previewing/test_told_shapes.py", "tests/previewing",
    "tests/campaign/test_sampling.py",
)  # fmt: skip
UNTRIED = ("no Python", "asleep")
"""States of mutants that are not counted."""
ASLEEP = 90
"""Seconds without any work after which a mutant will not end."""
AWAKE = 900
"""Seconds after which one will not end that is woken now and then, as by a stream without an end."""
UNFIT = {"browser", "tab", "checkout", "cluster", "process", "pdf_ua_faults"}
"""Fixtures and helpers of tests that take no part: another process, or what does not outlive a fork."""
TARGETS: dict[str, tuple[str, tuple[str, ...], type[Replay]]] = {
    "rules": ("mmspack/rules/*.py", ("tests/rules",), RulesReplay),
    "zip": (
        "mmspack/bundle/zip_{reader,records,directory,extras}.py",
        ("tests/bundle/test_zip_reader.py", "tests/bundle/test_ambiguous_zips.py"),
        ZipReplay,
    ),
    "media": (
        "mmspack/media/{allowance,mojibake,containers/iso_items}.py",
        (
            *("tests/media/test_mojibake.py", "tests/media/test_heic_items.py"),
            "tests/rules/test_costly_pictures.py",
        ),
        ReachReplay,
    ),
    "authoring": ("mmspack/authoring/{*}.py", AUTHORING, ReachReplay),
    "fixing": ("mmspack/fixing/{*}.py", FIXING, ReachReplay),
    "previewing": ("mmspack/previewing/{*,approval/*,outputs/*}.py", PREVIEWING, ReachReplay),
    "planning": ("mmspack/campaign/planning/{*}.py", PLANNING, ReachReplay),
    "cli": ("mmspack/cli/{*,campaign/*,config/*}.py", CLI, ReachReplay),
}


class Runner:
    """A plugin of pytest: in place of running the tests, it runs them against every mutant."""

    def __init__(self, replay: Replay, chosen: Sequence[Mutant], *, show: bool) -> None:
        self.replay, self.chosen, self.show = replay, chosen, show
        self.states: dict[str, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = [item for item in session.items if is_fit(item)]
        with self.replay.recording():
            for item in list(items):
                if not self.replay.knows(item):
                    self.replay.begin(item)
                    run(item)
                    if session.testsfailed:
                        reopen()
                        # Some need a terminal, or time that tracing takes; they would kill every mutant.
                        print(f"left out, since it fails here without a mutant: {item.nodeid}", flush=True)
                        self.replay.leave_out(item)
                        items.remove(item)
                        session.testsfailed = 0
        self.replay.settle()
        gc.freeze()
        for mutant in self.chosen:
            self.states[mutant.name] = state = self.tested(session, items, mutant)
            if state in ("survived", "the same on every input"):
                print(f"{mutant.name}: {state}" + (f"\n{mutant.diff}\n" if self.show else ""), flush=True)
        return True

    def tested(self, session: pytest.Session, items: Sequence[pytest.Item], mutant: Mutant) -> str:
        """Fork, plant, run."""
        if mutant.code is None:
            return "no Python"
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            quiet()
            os._exit(self.outcome(session, items, mutant))
        status = ended(child)
        if status is None:
            print(f"{mutant.name}: asleep", flush=True)
            return "asleep"
        if os.WIFSIGNALED(status):
            return "killed by time"
        return STATES[os.WEXITSTATUS(status)]

    def outcome(self, session: pytest.Session, items: Sequence[pytest.Item], mutant: Mutant) -> int:
        """In the child: KILLED, SURVIVED or SAME."""
        try:
            made = plant(mutant, self.replay.made)
        except Exception:  # noqa: BLE001 - a mutant may break anything, and is found by that
            return KILLED
        forget()
        self.replay.made_anew(made)
        differing = islice(self.replay.differing(mutant), MOST_TESTS)
        state = SAME
        for item in chain(differing, self.replay.others(mutant, items)):
            signal.setitimer(signal.ITIMER_PROF, self.replay.allowed(item))
            run(item)
            if session.testsfailed:
                return KILLED
            state = SURVIVED
        return state


def ended(child: int) -> int | None:
    """Its status; None where it sleeps for a minute and more, and is ended.

    The threads of a library do not survive a fork, and a test may wait for them: that tells nothing.
    """
    spent, since = -1.0, time.monotonic()
    last = since + AWAKE
    while not (found := os.waitpid(child, os.WNOHANG))[0]:
        time.sleep(0.02)
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        used = sum(map(float, fields[11:15]))
        if time.monotonic() < last and (used != spent or fields[0] == "R"):
            spent, since = used, time.monotonic()
        elif time.monotonic() > min(last, since + ASLEEP):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
    return found[1]


def is_fit(item: pytest.Item) -> bool:
    """Whether a test gives the same answer each time, in this process."""
    test = getattr(item, "obj", None)
    return not (
        hasattr(test, "hypothesis")
        or UNFIT & set(getattr(item, "fixturenames", ()))
        or UNFIT & set(getattr(getattr(test, "__code__", None), "co_names", ()))
    )


def run(item: pytest.Item) -> None:
    """One test with its fixtures."""
    reopen()
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def reopen() -> None:
    """Open standard output again, where a test of what happens when nobody reads any more has closed it."""
    if sys.stdout.closed:
        sys.stdout = os.fdopen(os.dup(1), "w")


def quiet() -> None:
    """Nothing that a child says is of interest."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def made(pattern: str, only: Sequence[str]) -> Iterator[Mutant]:
    """The mutants of all files of a pattern with one pair of braces whose names begin with one of `only`."""
    begin, _, rest = pattern.partition("{")
    names, _, end = rest.partition("}")
    for name in names.split(","):
        for path in sorted(ROOT.glob(f"{begin}{name}{end}")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if any((module.rpartition(".")[2] + ".").startswith(word.partition(".")[0]) for word in only):
                found = mutants(path, module)
                yield from (mutant for mutant in found if mutant.name.startswith(tuple(only)))


def report(target: str, states: dict[str, str]) -> float:
    """Print the share of each module and of all; returns that of all."""
    share = 0.0
    by_module: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for name, state in states.items():
        if state not in UNTRIED:
            by_module[name.partition(".")[0]][state] += 1
    whole = sum(by_module.values(), collections.Counter())
    for module, counts in (*sorted(by_module.items()), (f"all of {target}", whole)):
        killed = counts["killed"] + counts["killed by time"]
        share = killed / max(1, counts.total())
        print(f"{module}: {killed} of {counts.total()} killed ({share:.1%})")
    return share


def main() -> None:
    """Make, test, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME")
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--reach", type=Path, help="keep which test comes to which line in this file")
    parser.add_argument("--show", action="store_true", help="show what the survivors change")
    options = parser.parse_args()
    pattern, tests, replay = TARGETS[options.target]
    chosen = list(made(pattern, options.only))
    if options.sample is not None:
        chosen = random.Random(options.seed).sample(chosen, min(options.sample, len(chosen)))
    folder = ROOT / pattern.partition("/{")[0]
    made_of = replay(folder, options.reach) if replay is ReachReplay else replay()
    runner = Runner(made_of, chosen, show=options.show)
    os.chdir(ROOT)
    set_apart()
    without = [word for plugin in ("cacheprovider", "terminal", "xdist") for word in ("-p", f"no:{plugin}")]
    pytest.main(["-o", "addopts=", "-s", *without, *tests], plugins=[runner])
    reopen()
    sys.exit(report(options.target, runner.states) < GOAL)


if __name__ == "__main__":
    main()
