"""Mutation testing of the zip reader and of the rules: how many planted faults do their tests find?

    pip install mutmut && python benchmarks/check/mutants.py zip|rules [MINUTES]

Works on a copy in a temporary folder, and prints the share of killed mutants and those that survived.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {
    "zip": (
        ("mmspack/packing/reading.py", "mmspack/packing/headers.py", "mmspack/packing/entry_names.py"),
        ("tests/reading/test_zip_reading.py",),
    ),
    "rules": (("mmspack/rules/*.py",), ("tests/rules/test_rules.py", "tests/rules/test_checking.py")),
}


def config(target: str) -> str:
    """Settings of mutmut for a target."""
    sources, tests = TARGETS[target]
    listed = {"only_mutate": sources, "also_copy": ("mmspack", "tests", "docs", "templates")}
    listed["pytest_add_cli_args_test_selection"] = tests
    listed["pytest_add_cli_args"] = ("-p", "no:cacheprovider", "-x")
    lines = [f"{key}=\n    " + "\n    ".join(values) for key, values in listed.items()]
    return "\n".join(("[mutmut]", "source_paths=mmspack", *lines, "use_git_change_detection=false", ""))


def main(target: str, minutes: float) -> None:
    """Mutate, test, and count; after `minutes` count what was tested until then."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mutants"
        for name in ("mmspack", "tests", "docs", "templates"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        (copy / "setup.cfg").write_text(config(target), "utf-8")
        said = mutmut(copy, "run", "--max-children", "2", seconds=minutes * 60)
        lines = mutmut(copy, "results", "--all", "true").splitlines()
        states = [tuple(line.strip().rsplit(": ", 1)) for line in lines if ": " in line]
        if not states:
            raise SystemExit(said[-4000:])
        tested = [(name, state) for name, state in states if state != "not checked"]
        for name, state in tested:
            if state not in ("killed", "timeout"):
                print(f"{name}: {state}\n{mutmut(copy, 'show', name)}")
        killed = sum(state in ("killed", "timeout") for _, state in tested)
        share = 100 * killed / max(1, len(tested))
        print(f"{target}: {killed} of {len(tested)} mutants killed: {share:.1f} % ({len(states)} were made)")


def mutmut(folder: Path, *arguments: str, seconds: float | None = None) -> str:
    """Run mutmut, for some seconds at most, and return what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        return process.communicate()[0]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "zip", float(sys.argv[2]) if len(sys.argv) > 2 else 600)
