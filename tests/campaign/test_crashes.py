"""A few of the crash schedules, and a small campaign through each door; the benchmarks play large ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmspack.gateway import doors

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = ROOT / "benchmarks" / "campaign" / "crashes.py"
DOORS = SCRIPT.with_name("doors.py")
RECIPIENTS = 6
"""Of a schedule."""


def played(*arguments: str) -> dict[str, int]:
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    report: dict[str, int] = json.loads(done.stdout)
    return report


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the schedules fork their processes")
def test_killed_at_random_nobody_is_sent_to_twice_or_lost(tmp_path):
    journal = ("--journal", str(tmp_path / "played.jsonl"))
    seed = ("--seed", str(int.from_bytes(os.urandom(3), "big")))
    first = played("--schedules", "3", *seed, *journal)
    assert first["schedules"] == 3

    # A run that was stopped goes on where it was, and its figures are those of both.
    report = played("--schedules", "8", *seed, *journal)
    assert (report["schedules"], report["recipients"]) == (8, 8 * RECIPIENTS)
    assert report["duplicates"] == report["lost"] == report["accepted, and not by the gateway"] == 0
    again = played("--schedules", "8", *seed, *journal)
    assert again["processor seconds"] == report["processor seconds"]
    assert again["accepted"] == report["accepted"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the gateway and the sender are forked processes")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("door", doors.names())
def test_a_campaign_through_a_door_loses_nobody_in_chaos_and_kills(door):
    command = [sys.executable, DOORS, door, "--recipients", "20", "--kills", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| duplicates | 0 |" in done.stdout
    assert "| recipients | 20 |" in done.stdout
    assert done.stderr == ""
