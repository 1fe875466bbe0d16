"""What the user's own files and the environment change: profiles, accounts, permissions, completion."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from mmspack.campaign import Ledger
from mmspack.campaign.ledger.states import Settled, StateEvent
from mmspack.gateway.infobip.door import Infobip
from mmspack.sandbox import Sandbox
from tests.cli.desk import furnish
from tests.cli.terminal import in_terminal, interrupt

TO = ("--to", "447700900999", "--from", "447700900111")
CONFIG = """
allow_outside = true
[gateways.mx]
url = "{url}"
user = "acme"
password = "open sesame"
from = "447700900111"
[gateways.bip]
door = "infobip"
url = "{url}"
password = "k"
"""


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "state"))
    furnish()
    return tmp_path


@pytest.fixture
def own() -> Path:
    """The folder of the user's own configuration."""
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "mmspack"
    folder.mkdir(parents=True)
    return folder


def configured(own: Path, url: str = "http://127.0.0.1:9/SendMMS") -> Path:
    path = own / "config.toml"
    path.write_text(CONFIG.format(url=url), "utf-8")
    path.chmod(0o600)
    return path


@pytest.mark.slow
def test_profiles_of_ones_own_are_known_to_every_command(own, mmspack):
    (own / "profiles.toml").write_text(Path("own.toml").read_text("utf-8"), "utf-8")
    assert "small " in mmspack("profiles").out
    assert "(small)" in mmspack("check", "good.zip", "--profile", "small").out
    assert mmspack("build", "own").code == 0
    assert mmspack("fix", "good.zip", "-o", "f.zip", "--profile", "small").code == 0
    assert mmspack("init", "new", "--yes", "--profile", "small").code == 0
    assert 'profile = "small"' in Path("new/message.toml").read_text("utf-8")
    Path("more.toml").write_text(Path("own.toml").read_text("utf-8").replace("[small]", "[tiny]"), "utf-8")
    ran = mmspack("check", "good.zip", "--profile", "small,tiny", "--profiles", "more.toml")
    assert (ran.code, "small" in ran.out, "tiny" in ran.out) == (0, True, True)


def test_files_from_outside_are_allowed_for_good_in_the_configuration(own, mmspack):
    assert mmspack("build", "outside").code == 2
    path = configured(own)
    assert mmspack("build", "outside").code == 0
    assert mmspack("check", "outside").code == 0
    assert mmspack("send", "outside", *TO, "--gateway", "mx", "--dry-run").code == 0
    path.write_text("allow_outside = \n", "utf-8")
    ran = mmspack("build", "outside", "-o", "o.zip")
    assert (ran.code, "--allow-outside" in ran.err) == (2, True)


def test_the_account_in_use_is_shown_in_columns_with_its_sources(own, mmspack):
    path = configured(own)
    ran = mmspack("config", "show", "--gateway", "mx")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert f"config {path} read" in lines or any(line.startswith(f"config {path}") for line in lines)
    assert any(line.startswith("user acme ") for line in lines)
    assert "sesame" not in ran.out
    rows = ran.out.splitlines()
    assert {row[11] for row in rows} == {" "}
    assert {row[:11].rstrip().isidentifier() for row in rows} == {True}
    data = json.loads(mmspack("config", "show", "--gateway", "mx", "--json").out)["settings"]
    assert [row["name"] for row in data] == [row[:11].rstrip() for row in rows]
    assert {"name": "user", "value": "acme"}.items() <= next(
        row for row in data if row["name"] == "user"
    ).items()


@pytest.mark.slow
def test_a_message_goes_to_the_account_that_is_named(own, mmspack):
    with Sandbox() as sandbox:
        configured(own, sandbox.url)
        ran = mmspack("send", "letter", "--to", "447700900999", "--gateway", "mx", "--set", "name=Ada")
        assert ran.code == 0, ran.err
        assert "No gateway is configured" not in ran.out + ran.err
        (one,) = sandbox.messages()
        assert (one.to, one.sender, one.subject) == ("447700900999", "447700900111", "Hello Ada")
        ran = mmspack("send", "good.zip", "--to", "447700900008", "--gateway", "mx")
        assert (ran.code, "is a test number" in ran.err, f"to {sandbox.url}" in ran.err) == (4, True, False)


@pytest.mark.slow
def test_a_campaign_goes_to_the_account_that_is_named(own, mmspack):
    with Sandbox() as sandbox:
        configured(own, sandbox.url)
        plan = mmspack("campaign", "plan", "letter", "-r", "tests.csv", "--name", "t", "--rate", "500/s")
        assert plan.code == 0, plan.err
        ran = mmspack("campaign", "run", "letter/t.campaign", "--gateway", "mx", "--connections", "1")
        assert ran.code == 5
        assert "no gateway is configured" not in ran.err
        assert "will fail on purpose for 2 recipients (lines 3, 4)" in ran.err
        assert {one.to for one in sandbox.messages()} >= {"447700900101"}


@pytest.mark.slow
def test_test_numbers_are_numbers_like_any_other_at_a_gateway_elsewhere(mmspack, monkeypatch):
    for name, value in {"GATEWAY": "https://mms.example.com/SendMMS", "USER": "a", "PASSWORD": "b"}.items():
        monkeypatch.setenv(f"MMSPACK_{name}", value)
    words = ("campaign", "plan", "letter", "-r", "tests.csv", "--name")
    ran = mmspack(*words, "t")
    assert "on purpose" not in ran.err
    assert "warning: cannot be sent yet: " in ran.err
    assert "no sender's number" in ran.err
    ran = mmspack(*words, "u", "--from", "447700900111", "--json")
    assert (ran.err, json.loads(ran.out)["test_numbers"]) == ("", None)
    assert mmspack(*words, "v", "--from", "447700900111").err == ""


@pytest.mark.slow
def test_the_provider_is_asked_about_those_who_are_held(mmspack, monkeypatch):
    with Sandbox() as sandbox:
        for name, value in {"GATEWAY": sandbox.origin, "DOOR": "infobip", "PASSWORD": "k"}.items():
            monkeypatch.setenv(f"MMSPACK_{name}", value)
        Path("held.csv").write_text("msisdn,name\n447700900101,Ann\n447700900021,Bob\n", "utf-8")
        sender = ("--from", "447700900111", "--rate", "500/s")
        assert mmspack("campaign", "plan", "letter", "-r", "held.csv", "--name", "h", *sender).code == 0
        assert mmspack("campaign", "run", "letter/h.campaign", "--connections", "1").code == 5
        asked = mmspack("campaign", "reconcile", "--ask", "--campaign", "letter/h.campaign")
        data = json.loads(
            mmspack("campaign", "reconcile", "--ask", "--campaign", "letter/h.campaign", "--json").out
        )
    assert asked.code == 0, asked.err
    assert asked.out.startswith("Asked about 1 held recipient: ")
    assert asked.out.endswith(" still held.\n")
    assert (data["asked"] <= 1, Infobip().name) == (True, "infobip")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here")
def test_listen_serves_the_doors_of_the_accounts_that_are_named(own, monkeypatch):
    configured(own, "http://127.0.0.1:9")
    code, shown = in_terminal(
        "listen", "--port", "0", "--gateway", "bip", steps=[("Stored in: .*\n", interrupt)]
    )
    lines = [line.partition("http")[0].strip() for line in shown.splitlines()]
    assert code == 130
    assert [line for line in lines if line.startswith("Infobip")] == ["Infobip:", "Infobip:"]
    assert not any(line.startswith(("MM7", "Twilio", "Reports")) for line in lines)
    assert "bip is asked for reports every " in shown


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("mmspack build --profile us-at", ["us-att", "us-att-shortcode", "us-att-10dlc"]),
        ("mmspack build --profile uk,us,au-t", ["uk,us,au-telstra"]),
        ("mmspack build --profile zz", []),
        ("mmspack build --layout image", ["image-above-text", "image-only"]),
        ("mmspack build --effort ", ["fast", "good", "best"]),
        ("mmspack build --effort b", ["best"]),
        ("mmspack explain MMS50", [f"MMS50{at}" for at in (1, 2, 3, 4, 5, 6, 7, 8, 9)]),
        ("mmspack explain mms501", ["mms501"]),
        ("mmspack profiles oma-t", ["oma-text"]),
    ],
)
def test_a_shell_completes_values(mmspack, monkeypatch, typed, offered):
    monkeypatch.setenv("_MMSPACK_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    found = mmspack().out.split()
    assert found == offered


def test_what_was_replaced_is_named_with_its_time_and_hash(mmspack, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    mmspack("build", "letter", "-o", "a.zip")
    os.utime("a.zip", (1_795_000_000, 1_795_000_000))
    ran = mmspack("build", "letter", "-o", "a.zip", "--set", "name=Ada")
    assert "Wrote a.zip, replacing a different bundle of 2026-11-18 11:06\n" in ran.out
    before = json.loads(mmspack("build", "letter", "-o", "a.zip", "--set", "name=Ada", "--json").out)[
        "bundle"
    ]
    assert before["replaced"] == before["sha256"]
    other = json.loads(mmspack("build", "letter", "-o", "a.zip", "--json").out)["bundle"]
    assert (other["path"], other["replaced"]) == ("a.zip", before["sha256"])
    assert len(other["sha256"]) == 64


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("", 0),
        (".zip", 0),
        (".ZIP", 0),
        (".0", 0),
        (".pdf", 2),
        (".png", 2),
        (".html", 2),
        (".txt", 2),
        (".0a", 2),
    ],
)
def test_a_bundle_has_the_ending_of_a_zip_or_none(mmspack, output, code):
    ran = mmspack("build", "letter", "-o", f"summer{output}")
    assert ran.code == code
    assert ("mmspack preview … -o summer" in ran.err) is (output in (".pdf", ".png", ".html"))


def test_an_empty_file_may_be_overwritten_and_a_device_never(mmspack):
    Path("empty").touch()
    assert mmspack("build", "letter", "-o", "empty").code == 0
    os.mkfifo("pipe")
    for force in ((), ("--force",)):
        ran = mmspack("build", "letter", "-o", "pipe", *force)
        assert (ran.code, ran.err) == (3, "mmspack: pipe: is not a regular file\n")
        ran = mmspack("build", "letter", "-o", "shelf", *force)
        assert (ran.code, ran.err) == (
            3, "mmspack: shelf: is a folder (name the zip file to write: -o summer.zip)\n",
        )  # fmt: skip


def planned(mmspack, *options: str) -> Path:
    """A campaign for Ann and Bob."""
    Path("two.csv").write_text("msisdn,name\n447700900101,Ann\n447700900102,Bob\n", "utf-8")
    ran = mmspack("campaign", "plan", "letter", "-r", "two.csv", "--name", "s", "--rate", "500/s", *options)
    assert ran.code == 0, ran.err
    return Path("letter/s.campaign")


def test_a_damaged_campaign_goes_on_only_when_it_is_told_to(mmspack):
    path = planned(mmspack)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update recipients set msisdn = 447700999999 where row = 2")
    ran = mmspack("campaign", "resolve", path, "--drop")
    assert (ran.code, ran.out) == (3, "")
    assert "line 2 of two.csv" in ran.err
    ran = mmspack("campaign", "resolve", path, "--drop", "--despite-damage")
    assert (ran.code, ran.out) == (0, "1 dropped.\n")
    first, last = ran.err.splitlines()
    assert first.startswith("mmspack: letter/s.campaign: line 2 of two.csv: ")
    assert last == (
        "mmspack: letter/s.campaign: all of these recipients are held; the damaged file was kept as "
        "letter/s.campaign.damaged-1"
    )


def test_a_campaign_goes_on_elsewhere_only_when_it_is_told_to(mmspack, monkeypatch, tmp_path):
    path = planned(mmspack)
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "elsewhere"))
    for command in (
        ("run", path),
        ("resolve", path, "--drop"),
        ("reconcile", "billing.csv", "--campaign", path),
    ):
        ran = mmspack("campaign", *command)
        assert (ran.code, "last used on another machine" in ran.err) == (2, True)
    assert mmspack("campaign", "resolve", path, "--drop", "--take-over").code == 0
    assert mmspack("campaign", "resolve", path, "--drop").code == 0


def test_a_billing_record_settles_who_was_held_and_warns_of_who_waits(mmspack):
    path = planned(mmspack)
    with Ledger.open(path) as ledger:
        (one,) = ledger.reserve(1, now=2_000_000_000)
        ledger.settle([Settled(one.row, StateEvent.HOLD, why="lost")])
    assert mmspack("campaign", "report", path, "-o", "report.csv").code == 0
    with Path("report.csv").open(newline="", encoding="utf-8") as stream:
        held, waiting = (row["note"] for row in csv.DictReader(stream))
    Path("record.csv").write_text(f"id,to,note\n9,447700900101,{held}\n", "utf-8")
    Path("waiting.csv").write_text(f"id,to,note\n8,447700900102,{waiting}\n", "utf-8")
    ran = mmspack("campaign", "reconcile", "record.csv", "--campaign", path, "--id-column", "id")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "1 record of this campaign: 1 accepted, 0 back into the queue, 0 still held.\n"
    ran = mmspack("campaign", "reconcile", "waiting.csv", "--campaign", path)
    assert ran.err == "mmspack: warning: 1 waiting recipient in the record: already sent to?\n"
    ran = mmspack("campaign", "reconcile", "waiting.csv", "--campaign", path, "--json")
    document = json.loads(ran.out)
    assert (document["tokens"], document["unexpected"], document["accepted"]) == (1, 1, 0)


@pytest.mark.parametrize("name", ["a.smil", "a.smi", "a.sml", "a.SMI"])
def test_a_bare_slide_layout_is_previewed_by_any_of_its_endings(mmspack, name):
    Path(name).write_bytes(Path("message.smil").read_bytes())
    ran = mmspack("preview", name, "-o", "p.html")
    assert (ran.code, ran.err) == (0, "")
