"""A small share of the crash schedules; `benchmarks/campaign/crashes.py` plays as many as are wanted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the schedules fork their processes")
def test_killed_at_random_nobody_is_sent_to_twice_or_lost():
    script = ROOT / "benchmarks" / "campaign" / "crashes.py"
    arguments = ["--schedules", "200", "--seconds", "14", "--seed", str(int.from_bytes(os.urandom(3), "big"))]
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    report = json.loads(done.stdout)
    assert report["schedules"] >= 3
    assert report["duplicates"] == report["lost"] == report["accepted, and not by the gateway"] == 0
    assert report["accepted"] > 0
