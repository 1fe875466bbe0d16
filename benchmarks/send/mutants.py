"""Mutation testing of what reads a gateway's answer: how many planted faults do its tests find?

    pip install mutmut && python benchmarks/send/mutants.py [sendmms mm7 infobip twilio rows]

Works on a copy in a temporary folder, and prints for each module the share of killed mutants and those that
survived. Exits with 1 where less than 95 % of a module's are killed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOAL = 0.95
CONFIG = """[mutmut]
source_paths=mmspack
only_mutate={module}
also_copy=mmspack
    tests
pytest_add_cli_args_test_selection={tests}
pytest_add_cli_args=-p
    no:cacheprovider
use_git_change_detection=false
"""
TARGETS = {
    "sendmms": "mmspack/gateway/sendmms/outcomes.py",
    "mm7": "mmspack/gateway/mm7/outcomes.py",
    "infobip": "mmspack/gateway/infobip/outcomes.py",
    "twilio": "mmspack/gateway/twilio/outcomes.py",
    "rows": "mmspack/gateway/rows.py",
}
TESTS = (
    *("__init__.py", "gateway/__init__.py", "gateway/test_outcomes.py"),
    *("gateway/test_verdicts.py", "gateway/verdicts.txt"),
)


def mutated(name: str) -> tuple[int, int]:
    """How many of a module's mutants were killed, and how many there were. Prints those that survived."""
    wanted = ["test_verdicts.py"] + ["test_outcomes.py"] * (name == "sendmms")
    tests = "\n    ".join(f"tests/gateway/{one}" for one in wanted)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mmspack-mutants"
        shutil.copytree(ROOT / "mmspack", copy / "mmspack", ignore=shutil.ignore_patterns("__pycache__"))
        for one in TESTS:
            (copy / "tests" / one).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "tests" / one, copy / "tests" / one)
        (copy / "setup.cfg").write_text(CONFIG.format(module=TARGETS[name], tests=tests), "utf-8")
        tool = [sys.executable, "-m", "mutmut"]
        done = subprocess.run(
            [*tool, "run", "--max-children", "2"], cwd=copy, capture_output=True, text=True, check=False
        )
        results = subprocess.run(
            [*tool, "results", "--all", "true"], cwd=copy, capture_output=True, text=True, check=False
        )
        states = [line.rsplit(": ", 1) for line in results.stdout.splitlines() if ": " in line]
        if not states:
            raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:] + results.stderr[-2000:])
        killed = [mutant for mutant, state in states if state in ("killed", "timeout")]
        for mutant, state in states:
            if state not in ("killed", "timeout"):
                shown = subprocess.run(
                    [*tool, "show", mutant.strip()], cwd=copy, capture_output=True, text=True, check=False
                )
                print(f"{mutant.strip()}: {state}\n{shown.stdout}")
    return len(killed), len(states)


def main() -> None:
    """Mutate, test, and count."""
    missed = False
    for name in sys.argv[1:] or TARGETS:
        killed, mutants = mutated(name)
        print(f"{name}: {killed} of {mutants} mutants killed: {100 * killed / mutants:.1f} %", flush=True)
        missed = missed or killed < GOAL * mutants
    sys.exit(missed)


if __name__ == "__main__":
    main()
