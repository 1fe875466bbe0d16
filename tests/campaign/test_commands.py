"""`mmspack campaign` as a person or a cron job meets it: exit codes, hints that work, waits that are told."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmspack.campaign import Ledger, Rules, Run, State, rules_of
from mmspack.campaign.ledger.states import Settled, StateEvent
from mmspack.errors import ConfigError, UsageError
from mmspack.gateway import Gateway, Retry
from mmspack.sandbox import Sandbox
from tests.campaign.stopping import stopped_once_it_waits

pytestmark = pytest.mark.slow

MESSAGE = 'layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}"\n'


@pytest.fixture
def campaign(people, tmp_path, mmspack):
    """Plan a campaign of so many in the current folder; returns what `plan` printed."""

    def make(count=4, *options, extra=""):
        people(count, extra=extra)
        (tmp_path / "message.toml").write_text(MESSAGE, "utf-8")
        words = ("-r", "people.csv", "--name", "spring", "--rate", "500/s", *options)
        return mmspack("campaign", "plan", "message.toml", *words)

    return make


def run_in(folder, *options):
    """`mmspack campaign run` as a process of its own, with the built-in sandbox."""
    environment = {
        **os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "MMSPACK_INBOX": str(folder / "inbox.db"),
    }  # fmt: skip
    for name in ("MMSPACK_GATEWAY", "MMSPACK_CONFIG"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "mmspack", "campaign", "run", *options], cwd=folder, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_run_whose_end_has_come_is_not_done(campaign, mmspack):
    assert campaign().code == 0
    ran = mmspack("campaign", "run", "--end", "2020-01-01")
    assert ran.code == 3
    assert "Ended: the campaign's end time has passed, and 4 are still waiting." in ran.out
    # Whoever is held does not hide those who wait.
    with Ledger.open(Path("spring.campaign")) as ledger:
        (one,) = ledger.reserve(1, now=2_000_000_000)
        ledger.settle([Settled(one.row, StateEvent.HOLD, why="lost")])
    ran = mmspack("campaign", "run", "--end", "2020-01-01")
    assert (ran.code, "3 are still waiting" in ran.out) == (3, True)


def test_a_pause_ends_a_run_as_ctrl_c_does_and_a_wait_is_told_in_a_pipe(campaign, mmspack, tmp_path):
    assert campaign().code == 0
    assert "no run is in progress" in mmspack("campaign", "pause").out
    assert not list(tmp_path.glob("*.pause"))
    going = run_in(tmp_path, "--start", "2099-01-01T09:00+00:00")
    lines = []
    for line in going.stderr:
        lines.append(line)
        if "waiting for" in line:
            break
    assert lines[-1] == "mmspack: waiting for its start (2099-01-01 09:00 UTC)\n"
    found = json.loads(mmspack("campaign", "status", "--json").out)
    assert (found["running"], found["waiting_for"]) == (True, "its start (2099-01-01 09:00 UTC)")
    assert "A run is in progress, waiting for its start" in " ".join(
        mmspack("campaign", "status").out.split()
    )
    assert "will stop after the requests in progress" in mmspack("campaign", "pause").out
    out, err = going.communicate(timeout=120)
    assert going.returncode == 130
    assert err == "", "it does not go on"
    assert out.startswith("Ended: paused by `mmspack campaign pause`.")
    found = json.loads(mmspack("campaign", "status", "--json").out)
    assert (found["running"], found["waiting_for"]) == (False, "")


def test_those_under_way_in_a_run_that_died_are_said_to_be_so(campaign, mmspack):
    assert campaign().code == 0
    with Ledger.open(Path("spring.campaign")) as ledger:
        ledger.reserve(3, now=2_000_000_000)
    told = " ".join(mmspack("campaign", "status").out.split())
    assert "The last run was interrupted: 3 unfinished recipients will be held when the next run" in told


def test_the_command_that_the_plan_prints_works(people, mmspack, tmp_path, monkeypatch):
    people(2)
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "message.toml").write_text(MESSAGE)
    ran = mmspack("campaign", "plan", "a b", "-r", "people.csv", "--name", "s")
    line = next(line for line in ran.out.splitlines() if line.startswith("Send it with: "))
    assert line == f"Send it with: mmspack campaign run '{tmp_path / 'a b' / 's.campaign'}'"
    assert mmspack("campaign", "run", str(tmp_path / "a b" / "s.campaign")).code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ("--start", "2099-01-02", "--end", "2099-01-01"),
            "--end '2099-01-01': not after --start '2099-01-02'",
        ),
        (("--end", "2020-01-01"), "--end '2020-01-01': is in the past"),
        (("--name", "../evil"), "--name '../evil': must be a name, not a path"),
        (("--name", "a" * 300), "is 300 bytes long; the maximum is 200"),
    ],
)
def test_what_could_never_be_sent_is_not_planned(campaign, options, words, tmp_path):
    ran = campaign(4, *options)
    assert (ran.code, words in ran.err) == (2, True)
    assert not list(tmp_path.glob("**/*.campaign"))


def test_a_start_that_has_passed_is_pointed_out(campaign):
    ran = campaign(4, "--start", "2020-01-01T09:00", "--replace")
    assert (ran.code, "--start '2020-01-01T09:00' is in the past: " in ran.err) == (0, True)
    assert "is in the past" not in campaign(4, "--start", "2099-01-01", "--replace").err


def test_a_run_that_ends_before_it_starts_is_refused(campaign, mmspack):
    assert campaign().code == 0
    ran = mmspack("campaign", "run", "--start", "2099-01-02", "--end", "2099-01-01")
    assert (ran.code, "not after" in ran.err) == (2, True)


def test_a_plan_without_a_sender_says_that_it_cannot_be_sent_yet(campaign, monkeypatch):
    monkeypatch.setenv("MMSPACK_GATEWAY", "https://mms.example.com/SendMMS")
    monkeypatch.setenv("MMSPACK_USER", "a")
    monkeypatch.setenv("MMSPACK_PASSWORD", "b")
    ran = campaign()
    assert ran.code == 0
    assert "warning: cannot be sent yet" in ran.err
    assert "no sender's number" in ran.err


def test_a_run_without_a_sender_is_refused_before_anything_is_reserved(planned):
    made = planned(2, rules=Rules(rate=100))
    gateway = Gateway("https://mms.example.com/SendMMS", user="a", password="b", retry=Retry(times=0))
    with Ledger.open(made.path) as ledger:
        with pytest.raises(ConfigError, match=r"no sender.*Gateway\(…, sender=…\) or Rules\(sender=…\)"):
            next(iter(Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger))))
        rules = Rules(sender="447700900111", start="2026-12-02", end="2026-12-01")
        with pytest.raises(UsageError, match="not after"):
            next(iter(Run(ledger=ledger, gateway=gateway, rules=rules)))
        assert ledger.counts()[State.BUILT] == 2


def test_a_limit_a_day_holds_over_runs_of_the_built_in_sandbox(planned):
    made = planned(12)
    rules = Rules(rate=5000, sender="447700900111", per_day=5)
    for _ in range(2):
        with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
            gateway = Gateway(sandbox.url, retry=Retry(times=0), sandbox=True)
            run = Run(ledger=ledger, gateway=gateway, rules=rules, account="sandbox")
            with stopped_once_it_waits(run):
                list(run)
            assert ledger.counts()[State.ACCEPTED] == 5


def test_the_built_in_sandbox_is_one_account(campaign, mmspack):
    assert campaign().code == 0
    state = Path(os.environ["MMSPACK_STATE"]) / "accounts"
    assert mmspack("campaign", "run").code == 0
    before = sorted(path.name for path in state.glob("*.json"))
    assert mmspack("campaign", "run").code == 0
    assert sorted(path.name for path in state.glob("*.json")) == before
    assert len(before) == 1


def test_resolve_says_why_it_does_nothing(campaign, mmspack):
    assert campaign().code == 0
    ran = mmspack("campaign", "resolve", "--resend", "--to", "447700901001", "--to", "447700909999")
    assert ran.out == "0 put back into the queue.\n"
    told = ran.err.splitlines()
    assert told[0].startswith("mmspack: --to 447700901001: waiting, so nothing was changed")
    assert "--to 447700909999: not in this campaign" in told[1]


def test_a_line_of_the_report_is_a_line_of_its_table(campaign, mmspack, tmp_path):
    (tmp_path / "us.csv").write_text("msisdn,name\n447700900301,Me\n\n447700900302,You\n")
    assert campaign(2, "--test-group", "us.csv").code == 0
    assert mmspack("campaign", "report").code == 0
    with (tmp_path / "spring.report.csv").open(newline="") as stream:
        rows = [(row["table"], row["line"]) for row in csv.DictReader(stream)]
    assert rows == [("us.csv", "2"), ("us.csv", "4"), ("people.csv", "2"), ("people.csv", "3")]


def test_more_suppressed_numbers_are_read_by_the_plans_country(campaign, mmspack, tmp_path):
    assert campaign(3, "--country", "GB").code == 0
    (tmp_path / "stop.csv").write_text("msisdn\n07700901001\n")
    assert mmspack("campaign", "run", "--suppress", "stop.csv").code == 0
    counts = json.loads(mmspack("campaign", "status", "--json").out)["counts"]
    assert (counts["accepted"], counts["suppressed"]) == (2, 1)
    (tmp_path / "stop.csv").write_text("msisdn\n07700901001\nfoo\n")
    ran = mmspack("campaign", "run", "--suppress", "stop.csv")
    assert (ran.code, "stop.csv: line 3: the number contains 'f', a letter" in ran.err) == (
        3,
        True,
    )


def test_a_short_record_sends_nobody_a_message_twice(campaign, mmspack, tmp_path):
    assert campaign(4).code == 0
    assert mmspack("campaign", "run").code == 0
    assert mmspack("campaign", "report").code == 0
    with (tmp_path / "spring.report.csv").open(newline="") as stream:
        note = next(csv.DictReader(stream))["note"]
    (tmp_path / "part.csv").write_text(f"id,note\n1,{note}\n")
    ran = mmspack("campaign", "reconcile", "part.csv", "--complete")
    assert (ran.code, "3 of the 4 accepted messages are missing from it" in ran.err) == (2, True)
    ran = mmspack("campaign", "reconcile", "part.csv", "--id-column", "nope")
    assert (ran.code, "no column 'nope'" in ran.err) == (2, True)


def test_a_name_may_be_as_long_as_the_files_can_bear(campaign, mmspack):
    """Their own endings, and those of the database, come on top."""
    name = "é" * 100
    assert campaign(2, "--name", name).code == 0
    assert mmspack("campaign", "run", name).code == 0
    assert mmspack("campaign", "report", name).code == 0
    ran = mmspack("campaign", "run", "a" * 300)
    assert (ran.code, "file name too long" in ran.err) == (3, True)
