"""Mutation testing of what reads a gateway's answer: how many planted faults do its tests find?

    pip install mutmut && python benchmarks/send/mutants.py

Works on a copy in a temporary folder, and prints the share of killed mutants and those that survived.
Exits with 1 below 95 % killed.
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
only_mutate=mmspack/gateway/sendmms/outcomes.py
also_copy=mmspack
pytest_add_cli_args_test_selection=tests/test_outcomes.py
pytest_add_cli_args=-p
    no:cacheprovider
use_git_change_detection=false
"""


def main() -> None:
    """Mutate, test, and count."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mmspack-mutants"
        shutil.copytree(ROOT / "mmspack", copy / "mmspack", ignore=shutil.ignore_patterns("__pycache__"))
        (copy / "tests").mkdir()
        shutil.copy(ROOT / "tests" / "gateway" / "test_outcomes.py", copy / "tests")
        (copy / "setup.cfg").write_text(CONFIG, "utf-8")
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
        killed = [name for name, state in states if state in ("killed", "timeout")]
        for name, state in states:
            if state not in ("killed", "timeout"):
                shown = subprocess.run(
                    [*tool, "show", name.strip()], cwd=copy, capture_output=True, text=True, check=False
                )
                print(f"{name.strip()}: {state}\n{shown.stdout}")
        print(f"{len(killed)} of {len(states)} mutants killed: {100 * len(killed) / len(states):.1f} %")
    sys.exit(len(killed) < GOAL * len(states))


if __name__ == "__main__":
    main()
