"""What the commands print with `--json` is what docs/json.md says, key for key."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mmspack.campaign import Ending, Ledger, State

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
WARNED = 'layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}, \U0001f600"\n'


def described(command: str) -> dict[str, str]:
    """The keys in the tables of a section of docs/json.md, with what is said of each."""
    text = (ROOT / "docs" / "json.md").read_text("utf-8")
    section = text.split(f"## mmspack.{command}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \| (.+) \|$", section, re.MULTILINE)
    return {name: said for names, said in rows for name in re.findall(r"`([a-z_]+)(?:\[\])?`", names)}


def keys(document: dict[str, object]) -> set[str]:
    return set(document) - {"format", "version", "exit_code"}


@pytest.fixture
def campaign(people, tmp_path, mmspack):
    """A campaign of twelve, planned in the current folder; what `plan --json` printed."""
    people(12, extra="447700901000,Twice,V,\n")
    (tmp_path / "message.toml").write_text(WARNED, "utf-8")
    ran = mmspack(
        "campaign", "plan", "message.toml", "-r", "people.csv", "--name", "spring", "--rate", "500/s",
        "--price", "0.05", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_the_plan_is_as_described(campaign):
    said = described("campaign_plan")
    assert campaign["format"] == "mmspack.campaign_plan"
    assert keys(campaign) == set(said)
    for name in ("largest", "longest"):
        assert set(campaign[name]) == set(re.findall(r"`([a-z]+)`", said[name])) - {"limit"}
    assert campaign["findings"], "a smiling face is beyond what every phone shows"
    for finding in campaign["findings"]:
        assert set(finding) == set(re.findall(r"`([a-z]+)`", said["findings"]))
        assert finding["messages"] == 12
        assert finding["line"] == 2
    assert (campaign["rows"], campaign["ready"], campaign["duplicates"]) == (13, 12, 1)
    assert (campaign["rate"], campaign["seconds"], campaign["cost"]) == (500, 12 / 500, pytest.approx(0.6))
    assert campaign["largest"]["bytes"] < campaign["limit"]
    assert Path(campaign["bad_rows"]).name == "spring.bad-rows.csv"
    assert Ledger.look(Path(campaign["path"])).setting("name") == "spring"


def test_status_and_run_are_as_described(campaign, mmspack):
    status, states = described("campaign_status"), {state.name.lower() for state in State}
    found = json.loads(mmspack("campaign", "status", "--json").out)
    assert keys(found) | set(found["counts"]) == set(status)
    assert set(found["counts"]) == states
    assert found["counts"]["built"] == sum(found["counts"].values()) == campaign["ready"]
    assert re.fullmatch("[0-9a-f]{8}", found["campaign"])

    ran = json.loads(mmspack("campaign", "run", "--json").out)
    own = described("campaign_run")
    assert keys(ran) == set(own) | {"name", "campaign", "counts"}
    assert set(re.findall(r"`([a-z-]+)`", own["ending"])) == {ending.value for ending in Ending}
    assert (ran["ending"], ran["counts"]["accepted"]) == ("done", 12)


def test_reconciled_is_as_described(campaign, mmspack, tmp_path):
    name = json.loads(mmspack("campaign", "status", "--json").out)["campaign"]
    (tmp_path / "billing.csv").write_text(f"id,note\n1,mp1:{name}:{'A' * 20}\n")
    ran = mmspack("campaign", "reconcile", "billing.csv", "--json")
    found = json.loads(ran.out)
    own = described("campaign_reconcile")
    with_ask = {key for key, said in own.items() if said.startswith("with `--ask`")}
    assert with_ask == {"asked", "later"}
    assert keys(found) == set(own) - with_ask, ran.out
    assert {key: found[key] for key in ("tokens", "held", "unexpected")} == {
        "tokens": 1, "held": 0, "unexpected": 0,
    }  # fmt: skip


def test_the_lesser_commands_are_as_described(campaign, mmspack):
    said = set(described("campaign_resolve, campaign_pause, campaign_report"))
    words = {"resolve": ["--resend"], "pause": [], "report": ["-o", "report.html"]}
    found = {name: json.loads(mmspack("campaign", name, *more, "--json").out) for name, more in words.items()}
    assert set().union(*map(keys, found.values())) == said
    assert [document["format"] for document in found.values()] == [
        f"mmspack.campaign_{name}" for name in words
    ]
    assert (found["pause"]["running"], found["report"]["recipients"]) == (False, 12)


def test_a_run_without_a_sender_is_refused_with_all_else_that_is_missing(campaign, mmspack, monkeypatch):
    """At once, and not when the first message is about to be sent."""
    monkeypatch.setenv("MMSPACK_GATEWAY", "https://mms.example.com/SendMMS")
    ran = mmspack("campaign", "run")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "no user name and no password and no sender's number" in ran.err
    ran = mmspack("campaign", "run", "--from", "447700900111")
    assert "no user name and no password" in ran.err
    assert "no sender's number" not in ran.err
    counts = json.loads(mmspack("campaign", "status", "--json").out)["counts"]
    assert counts["built"] == 12
