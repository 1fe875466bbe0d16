"""Mutation testing of the zip reader and of the rules: how many planted faults do their tests find?

    pip install mutmut && python benchmarks/check/mutants.py zip|rules

Works on a copy in a temporary folder, and prints the share of killed mutants and those that survived.
"""

from __future__ import annotations

import shutil
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


def main(target: str) -> None:
    """Mutate, test, and count."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mutants"
        for name in ("mmspack", "tests", "docs", "templates"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        (copy / "setup.cfg").write_text(config(target), "utf-8")
        tool = [sys.executable, "-m", "mutmut"]
        done = subprocess.run(
            [*tool, "run", "--max-children", "2"], cwd=copy, capture_output=True, text=True, check=False
        )
        results = subprocess.run(
            [*tool, "results", "--all", "true"], cwd=copy, capture_output=True, text=True, check=False
        )
        states = [tuple(line.rsplit(": ", 1)) for line in results.stdout.splitlines() if ": " in line]
        if not states:
            raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:] + results.stderr[-2000:])
        for name, state in states:
            if state not in ("killed", "timeout"):
                shown = subprocess.run(
                    [*tool, "show", name.strip()], cwd=copy, capture_output=True, text=True, check=False
                )
                print(f"{name.strip()}: {state}\n{shown.stdout}")
        killed = sum(state in ("killed", "timeout") for _, state in states)
        print(f"{target}: {killed} of {len(states)} mutants killed: {100 * killed / len(states):.1f} %")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "zip")
