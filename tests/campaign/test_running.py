"""Campaigns sent to a real sandbox: outcomes, stops, limits, hours, and going on afterwards."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mmspack.campaign import Ending, Ledger, Rules, Run, State, drop, reconcile, resend, rules_of, write_csv
from mmspack.campaign.ledger.witness import remembered_name
from mmspack.campaign.report.page import write_html
from mmspack.campaign.run.note_token import TOKEN, note_token
from mmspack.campaign.run.pacing import Breaker
from mmspack.errors import InputError, UsageError
from mmspack.gateway import Gateway, Retry, Timeouts
from mmspack.sandbox import Sandbox
from tests.campaign.stopping import stopped_once_it_waits
from tests.gateway.raw_gateway import RawGateway, replies
from tests.gateway.rows import drip_the_head
from tests.waiting import until

pytestmark = pytest.mark.slow


def gateway(sandbox, **options):
    return Gateway(sandbox.url, sender="447700900111", retry=Retry(times=0), connections=4, **options)


def counts(ledger):
    return {state: number for state, number in ledger.counts().items() if number}


def go(path, sandbox, *, rules=None, **options):
    with Ledger.open(path) as ledger:
        run = Run(
            ledger=ledger, gateway=gateway(sandbox), rules=rules or rules_of(ledger), backoff=0.01, **options
        )
        deliveries = list(run)
        return run, deliveries, counts(ledger)


def go_until_it_waits(path, sandbox, **options):
    with Ledger.open(path) as ledger:
        run = Run(ledger=ledger, gateway=gateway(sandbox), rules=rules_of(ledger), backoff=0.01, **options)
        with stopped_once_it_waits(run):
            deliveries = list(run)
        return run, deliveries, counts(ledger)


def test_everyone_gets_the_message_that_was_planned_once(planned):
    made = planned(30)
    with Sandbox() as sandbox:
        run, deliveries, states = go(made.path, sandbox)
        messages = {message.to: message for message in sandbox.messages()}
        again, more, _ = go(made.path, sandbox)
        assert len(sandbox.messages()) == 30
    assert (run.ending, states) == (Ending.DONE, {State.ACCEPTED: 30})
    assert (again.ending, more) == (Ending.DONE, [])
    assert {str(one.to) for one in deliveries} == set(messages)
    first = messages["447700901003"]
    assert first.bundle.part("text1.txt").data == b"Dear Ada 3, your voucher is V0003."
    assert first.subject == "For Ada 3"
    assert TOKEN.fullmatch(first.note)
    with Ledger.look(made.path) as ledger:
        found = {str(one.msisdn): one for one in ledger.accounts()}
    assert all((one.id, one.sha256) == (messages[to].id, messages[to].sha256) for to, one in found.items())


def test_codes_end_as_the_table_says(planned):
    # The sandbox answers …0005 with code 5, …0018 with 18, …0021 not at all, …0024 with 500.
    table = "".join(f"44770090{ending:04},Ada,V,\n" for ending in (5, 18, 21, 24, 27))
    made = planned(5, extra=table)
    with Sandbox() as sandbox:
        run, _, states = go(made.path, sandbox, breaker=Breaker(least=1000))
    assert run.ending is Ending.DONE
    assert states == {State.ACCEPTED: 5, State.REJECTED: 2, State.HELD: 3}
    with Ledger.look(made.path) as ledger:
        assert [one.code for one in ledger.accounts(State.REJECTED)] == [5, 18]
        assert all("unknown" in one.why for one in ledger.accounts(State.HELD))


def test_refused_for_now_is_tried_four_times_and_then_rejected(planned):
    made = planned(1, extra="447700900002,Ada,V,\n")
    now = [1_800_000_000.0]

    def clock():
        now[0] += 5.0
        return now[0]

    with Sandbox() as sandbox:
        _, deliveries, states = go(made.path, sandbox, clock=clock, jitter=lambda: 0.5)
    with Ledger.look(made.path) as ledger:
        assert [one.tries for one in ledger.accounts()] == [1, 4]
    assert states == {State.ACCEPTED: 1, State.REJECTED: 1}
    assert Counter(one.state for one in deliveries if one.to == 447700900002) == {
        State.BUILT: 3,
        State.REJECTED: 1,
    }


def test_a_wrong_password_stops_the_account_and_holds_nobody(planned):
    from mmspack.sandbox.accounts import SandboxAccount

    made = planned(20)
    with Sandbox(accounts=[SandboxAccount(user="other", password="other")]) as sandbox:
        run, _, states = go(made.path, sandbox)
    assert run.ending is Ending.ACCOUNT_STOPPED
    assert "code 8" in run.reason
    assert states == {State.BUILT: 20}


@pytest.mark.parametrize(
    ("code", "ending", "held"),
    [
        *((code, Ending.ACCOUNT_STOPPED, 1) for code in (1, 6, 13)),
        *((code, Ending.ACCOUNT_STOPPED, 0) for code in (8, 11, 12)),
        *((code, Ending.ACCOUNT_PAUSED, 0) for code in (9, 10, 15)),
    ],
)
def test_what_stops_the_account_holds_whom_it_may_have_sent_to(planned, tmp_path, code, ending, held):
    table = tmp_path / "one.csv"
    table.write_text(f"msisdn,name,code,city\n{447700900000 + code},Ada,V,\n")
    with Sandbox() as sandbox:
        run, (delivery,), states = go(planned(recipients=table).path, sandbox)
    assert (run.ending, f"code {code}" in run.reason) == (ending, True)
    assert states == {State.HELD if held else State.BUILT: 1}
    assert delivery.state is (State.HELD if held else State.BUILT)


def elsewhere(status):
    return RawGateway([replies(f"{status} Elsewhere", b"", "Location: https://other.example/SendMMS")])


@pytest.mark.parametrize(
    ("status", "states", "code"),
    [
        *((status, {State.BUILT: 20}, 2) for status in (307, 308)),
        (301, None, 5),
        (302, None, 5),
        (303, None, 5),
    ],
)
def test_a_gateway_that_redirects_ends_the_run(planned, mmspack, monkeypatch, status, states, code):
    made = planned(20)
    with elsewhere(status) as raw:
        monkeypatch.setenv("MMSPACK_GATEWAY", raw.url)
        monkeypatch.setenv("MMSPACK_FROM", "447700900111")
        ran = mmspack("campaign", "run", made.path, "--connections", "1")
    sent = [body for body in raw.received if body]  # the run asks first whether this is the sandbox
    assert (ran.code, len(sent) < 3) == (code, True), ran
    assert "https://other.example/SendMMS" in ran.out + ran.err
    with Ledger.look(made.path) as ledger:
        found = counts(ledger)
    held = found.get(State.HELD, 0)
    assert found == (states or {State.BUILT: 20 - held, State.HELD: len(sent)})


def test_a_run_ends_although_the_gateway_goes_on_with_its_head(planned):
    made = planned(2)
    with RawGateway([drip_the_head]) as raw, Ledger.open(made.path) as ledger:
        sender = Gateway(raw.url, sender="447700900111", timeouts=Timeouts(answer=0.5))
        run = Run(ledger=ledger, gateway=sender, rules=rules_of(ledger))
        list(run)
        assert counts(ledger) == {State.HELD: 2}


def test_a_delivery_names_the_table_and_the_line_as_the_report_does(planned, people, tmp_path):
    group = tmp_path / "us.csv"
    group.write_text("msisdn,name,code\n447700902000,Test,V1\n447700902001,Test,V2\n")
    made = planned(3, test_group=group)
    with Sandbox() as sandbox:
        _, deliveries, _ = go(made.path, sandbox)
    told = {(one.table, one.line, one.to) for one in deliveries}
    assert {("us.csv", 3, 447700902001), ("people.csv", 2, 447700901000)} < told
    with Ledger.look(made.path) as ledger:
        write_csv(ledger, tmp_path / "report.csv")
    rows = csv.DictReader((tmp_path / "report.csv").read_text("utf-8-sig").splitlines())
    assert told == {(row["table"], int(row["line"]), int(row["msisdn"])) for row in rows}


def test_the_breaker_stops_when_outcomes_are_unknown(planned):
    made = planned(200)
    with Sandbox(chaos={"empty": 1.0}, magic=False) as sandbox:
        run, _, states = go(made.path, sandbox)
    assert run.ending is Ending.BREAKER
    assert "outcomes in a row are unknown" in run.reason
    assert 10 <= states[State.HELD] <= 20
    assert states[State.BUILT] == 200 - states[State.HELD]


def test_without_a_gateway_it_waits_and_gives_up_and_nothing_is_lost(planned):
    made = planned(20)
    with Sandbox() as sandbox:
        port = sandbox.port
    dead = Gateway(f"http://127.0.0.1:{port}/SendMMS", sender="447700900111", retry=Retry(times=0))
    with Ledger.open(made.path) as ledger:
        run = Run(ledger=ledger, gateway=dead, rules=rules_of(ledger), backoff=0.01, patience=0.3)
        assert {one.state for one in run} == {State.BUILT}
        assert run.ending is Ending.NO_CONNECTION
        assert counts(ledger) == {State.BUILT: 20}
    with Sandbox(port=port) as sandbox:
        assert go(made.path, sandbox)[2] == {State.ACCEPTED: 20}


def test_many_that_find_no_gateway_at_once_are_one_failure_and_do_not_prolong_the_pause(planned):
    made = planned(40)
    with Sandbox() as sandbox:
        port = sandbox.port
    late = Sandbox(port=port)
    client = Gateway(late.url, sender="447700900111", retry=Retry(times=0), connections=8)
    begun: list[Sandbox] = []
    with Ledger.open(made.path) as ledger, ExitStack() as served:

        def heard(_: str) -> None:
            if not begun:
                begun.append(served.enter_context(late))

        # Doubled for each of the sixteen that fail together, the pause would outlast the patience.
        run = Run(
            ledger=ledger, gateway=client, rules=rules_of(ledger), connections=8, backoff=0.01,
            patience=15, heard=heard,
        )  # fmt: skip
        assert len([one for one in run if one.state is State.ACCEPTED]) == 40
        assert (run.ending, counts(ledger)) == (Ending.DONE, {State.ACCEPTED: 40})


def test_a_stop_awaits_what_is_under_way_and_returns_the_rest(planned):
    made = planned(60)
    stop = threading.Event()
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        run = Run(ledger=ledger, gateway=gateway(sandbox), rules=rules_of(ledger), stop=stop)
        for _ in run:
            stop.set()
        assert run.ending is Ending.STOPPED
        found = counts(ledger)
        assert set(found) == {State.ACCEPTED, State.BUILT}
        assert found[State.ACCEPTED] == len(sandbox.messages())


@pytest.mark.parametrize("ends", ["stop", "redirect", "error"])
def test_a_run_that_ends_by_itself_hands_over_every_delivery(planned, ends):
    made = planned(60)
    chaos = {} if ends == "stop" else {ends: 1.0 if ends == "error" else 0.3}
    with Sandbox(chaos=chaos) as sandbox, Ledger.open(made.path) as ledger:
        run = Run(ledger=ledger, gateway=gateway(sandbox), rules=rules_of(ledger))
        deliveries = []
        for delivery in run:
            deliveries.append(delivery)
            if ends == "stop":
                run.stop.set()
        kept = counts(ledger)
        told = Counter(one.state for one in deliveries)
        for state in (State.ACCEPTED, State.HELD, State.REJECTED):
            assert told[state] == kept.get(state, 0), state


def test_a_gateway_serves_one_run_after_another(planned):
    made = planned(20)
    with Sandbox() as sandbox, gateway(sandbox) as own:
        for _ in range(2):
            with Ledger.open(made.path) as ledger:
                next(iter(Run(ledger=ledger, gateway=own, rules=rules_of(ledger))))
        with Ledger.open(made.path) as ledger:
            list(Run(ledger=ledger, gateway=own, rules=rules_of(ledger)))
            assert counts(ledger) == {State.ACCEPTED: 20}
        assert len(sandbox.messages()) == 20


def test_leaving_the_loop_does_the_same(planned):
    made = planned(60)
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        deliveries = iter(Run(ledger=ledger, gateway=gateway(sandbox), rules=rules_of(ledger)))
        next(deliveries)
        deliveries.close()
        assert set(counts(ledger)) == {State.ACCEPTED, State.BUILT}
        assert counts(ledger)[State.ACCEPTED] == len(sandbox.messages())


def test_pause_is_asked_for_from_outside(planned):
    made = planned(60)
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        run = Run(ledger=ledger, gateway=gateway(sandbox), rules=rules_of(ledger))
        for _ in run:
            made.path.with_name("spring.campaign.pause").touch()
        assert run.ending is Ending.PAUSED
    with Sandbox() as sandbox:
        assert go(made.path, sandbox)[0].ending is Ending.DONE


def test_one_sender_an_account_at_a_time(planned, tmp_path):
    made = planned(30)
    other = planned(5, folder=tmp_path.parent)
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger, Ledger.open(other.path) as second:
        first = iter(Run(ledger=ledger, gateway=gateway(sandbox), rules=rules_of(ledger)))
        next(first)
        with pytest.raises(UsageError, match=r"the account on .*: is in use by another process"):
            list(Run(ledger=second, gateway=gateway(sandbox), rules=rules_of(second)))
        first.close()
        assert len(list(Run(ledger=second, gateway=gateway(sandbox), rules=rules_of(second)))) == 5
    other.path.unlink()


def test_the_rate_holds_and_a_restart_does_not_burst(planned):
    made = planned(100, rules=Rules(rate=40, sender="447700900111"))
    stamps = []
    with Sandbox() as sandbox:
        for _ in range(3):
            with Ledger.open(made.path) as ledger:
                run = Run(ledger=ledger, gateway=gateway(sandbox), rules=rules_of(ledger))
                for at, _ in enumerate(run):
                    stamps.append(run.steady())
                    if at == 9:
                        run.stop.set()
        sent = len(sandbox.messages())
    # 40 a second, and at most the bucket of half a second besides.
    assert sent <= 40 * (stamps[-1] - stamps[0]) + 20 + 4 * 3


def test_a_daily_limit_is_counted_across_runs_and_a_clock_set_back_gives_nothing_back(planned):
    made = planned(30, rules=Rules(rate=5000, per_day=12))
    day = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
    with Sandbox() as sandbox:
        for clock, sent in ((day, 12), (day, 12), (day - 86_400, 12), (day + 86_400, 24)):
            run, _, _ = go_until_it_waits(made.path, sandbox, clock=lambda clock=clock: clock)
            assert run.ending is Ending.STOPPED
            assert run.waiting_for == "the next day or month (limit reached)"
            assert len(sandbox.messages()) == sent


def test_quiet_hours_are_the_recipients_own(planned):
    # Half past eight in the evening in London, and half past three in the afternoon in Jamaica.
    now = datetime(2026, 11, 22, 20, 30, tzinfo=UTC).timestamp()
    extra = "".join(f"187655512{at:02},Bob,V,\n" for at in range(40, 45))
    made = planned(5, extra=extra, rules=Rules(rate=5000, quiet="20:00-09:00"))
    with Sandbox() as sandbox:
        run, _, states = go_until_it_waits(made.path, sandbox, clock=lambda: now)
        assert {message.to[:4] for message in sandbox.messages()} == {"1876"}
        assert states == {State.ACCEPTED: 5, State.BUILT: 5}
        assert run.waiting_for == "the end of quiet hours (09:00 UTC)"
        run, _, states = go(made.path, sandbox, clock=lambda: now + 12.5 * 3600)
    assert (run.ending, states) == (Ending.DONE, {State.ACCEPTED: 10})


def test_nothing_is_sent_before_the_start_or_after_the_end(planned):
    made = planned(5, rules=Rules(rate=5000, start="2026-12-01T09:00+00:00", end="2026-12-01T17:00+00:00"))
    begin = datetime(2026, 12, 1, 9, tzinfo=UTC).timestamp()
    with Sandbox() as sandbox:
        run, _, _ = go_until_it_waits(made.path, sandbox, clock=lambda: begin - 60)
        assert run.waiting_for == "its start (2026-12-01 09:00 UTC)"
        run, _, _ = go(made.path, sandbox, clock=lambda: begin + 8 * 3600)
        assert (run.ending, run.reason) == (
            Ending.TIME_OVER, "the campaign's end time has passed, and 5 are still waiting"
        )  # fmt: skip
        assert sandbox.messages() == []
        assert go(made.path, sandbox, clock=lambda: begin + 60)[0].ending is Ending.DONE


def test_a_test_group_that_is_not_accepted_stops_the_rest(planned, tmp_path):
    group = tmp_path / "us.csv"
    group.write_text("msisdn,name,code\n447700900301,Me,V\n447700900005,You,V\n")
    made = planned(10, test_group=group)
    assert made.test_group == 2
    with Sandbox() as sandbox:
        run, _, states = go(made.path, sandbox)
        assert run.ending is Ending.TEST_GROUP
        assert states == {State.ACCEPTED: 1, State.REJECTED: 1, State.BUILT: 10}
        assert go(made.path, sandbox)[0].ending is Ending.TEST_GROUP
        assert go(made.path, sandbox, past_test=True)[2] == {State.ACCEPTED: 11, State.REJECTED: 1}


def test_held_recipients_leave_by_an_operators_act_alone(planned):
    made = planned(2, extra="447700900021,Ada,V,\n447700900027,Bob,V,\n")
    with Sandbox() as sandbox:
        assert go(made.path, sandbox)[2] == {State.ACCEPTED: 2, State.HELD: 2}
        assert go(made.path, sandbox)[2] == {State.ACCEPTED: 2, State.HELD: 2}
    with Ledger.open(made.path) as ledger:
        assert drop(ledger, [447700900021]) == 1
        assert resend(ledger) == 1
        assert counts(ledger) == {State.ACCEPTED: 2, State.DROPPED: 1, State.BUILT: 1}
    with Sandbox(magic=False) as sandbox:
        go(made.path, sandbox)
        assert [message.to for message in sandbox.messages()] == ["447700900027"]


def test_a_billing_record_settles_who_is_held(planned, tmp_path):
    made = planned(3, extra="447700900021,Ada,V,\n447700900024,Bob,V,\n")
    billing = tmp_path / "billing.csv"
    with Sandbox() as sandbox:
        assert go(made.path, sandbox)[2] == {State.ACCEPTED: 3, State.HELD: 2}
        lines = "".join(f"{message.id},x {message.note} y\n" for message in sandbox.messages())
        ids = {message.to: message.id for message in sandbox.messages()}
    billing.write_text(f"id,reference\n{lines}")
    with Ledger.open(made.path) as ledger:
        found = reconcile(ledger, billing, id_column="id")
        assert (found.tokens, found.accepted, found.returned, found.held) == (4, 1, 0, 1)
        (one,) = (one for one in ledger.accounts(State.ACCEPTED) if one.msisdn == 447700900021)
        assert one.id == ids["447700900021"]
        found = reconcile(ledger, billing, complete=True)
        assert (found.accepted, found.returned, found.held) == (0, 1, 0)
        billing.write_text("id,reference\n1,nothing\n")
        with pytest.raises(InputError, match="contains no note of this campaign"):
            reconcile(ledger, billing, complete=True)


def test_the_note_tells_nothing_of_the_number():
    token = note_token("0dc4d499", "ab" * 16, 447700900123)
    assert TOKEN.fullmatch(token)
    assert len(token) == 33
    assert "447700900123" not in token
    assert token == note_token("0dc4d499", "ab" * 16, 447700900123)
    assert (
        token
        != note_token("0dc4d499", "ac" * 16, 447700900123)
        != note_token("0dc4d499", "ab" * 16, 447700900124)
    )


def test_reports_hold_everyone_and_no_formula(planned, tmp_path):
    made = planned(3, extra="447700900005,Ada,V,\n")
    with Sandbox() as sandbox:
        go(made.path, sandbox)
    with Ledger.look(made.path) as ledger:
        assert write_csv(ledger, tmp_path / "r.csv") == 4
        write_html(ledger, tmp_path / "r.html")
    with (tmp_path / "r.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["state"] for row in rows] == ["accepted"] * 3 + ["rejected"]
    assert rows[3]["code"] == "5"
    assert [(row["table"], row["line"]) for row in rows] == [("people.csv", str(at)) for at in range(2, 6)]
    assert [row["tries"] for row in rows] == ["1"] * 4
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    page = (tmp_path / "r.html").read_text()
    assert "accepted" in page
    assert "4477009" not in page


def test_no_number_and_no_message_reaches_a_log(planned, caplog):
    import logging

    made = planned(5, extra="447700900021,Ada,V,\n")
    with caplog.at_level(logging.DEBUG), Sandbox() as sandbox:
        go(made.path, sandbox)
    assert "4477009" not in caplog.text
    assert "voucher" not in caplog.text


def test_a_long_answer_is_held_and_not_sent_again(planned):
    made = planned(1, extra="447700900022,Ada,V,\n")
    with Sandbox() as sandbox:
        slow = gateway(sandbox, timeouts=Timeouts(read=0.3))
        with Ledger.open(made.path) as ledger:
            list(Run(ledger=ledger, gateway=slow, rules=rules_of(ledger)))
            assert counts(ledger) == {State.ACCEPTED: 1, State.HELD: 1}


def test_the_command_line_from_plan_to_report(mmspack, people, tmp_path):
    people(12)
    (tmp_path / "message.toml").write_text('layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}"\n')
    ran = mmspack(
        "campaign",
        "plan",
        "message.toml",
        "--recipients",
        "people.csv",
        "--name",
        "spring",
        "--rate",
        "500/s",
    )
    assert ran.code == 0, ran.err
    assert "12 recipients ready" in ran.out
    assert "Nothing has been sent" in ran.out
    ran = mmspack("campaign", "run")
    assert ran.code == 0, ran.err
    assert "12  accepted" in ran.out
    document = json.loads(mmspack("campaign", "status", "--json").out)
    assert (document["format"], document["counts"]["accepted"]) == ("mmspack.campaign_status", 12)
    document = json.loads(mmspack("campaign", "run", "--json").out)
    assert (document["ending"], document["exit_code"]) == ("done", 0)
    document = json.loads(mmspack("campaign", "status", "nothing", "--json").out)
    assert (document["format"], document["exit_code"]) == ("mmspack.campaign_status", 2)
    assert mmspack("campaign", "report", "spring").out.startswith("spring.report.csv: 12 recipients")
    assert mmspack("campaign", "resolve").code == 2
    assert mmspack("campaign", "status", "nothing").code == 2
    ran = mmspack("campaign", "run", "--rate", "fast")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "mmspack: --rate 'fast': not a rate (such as 25/s, 600/m or 36000/h)",
    )


def test_a_monthly_limit_holds_over_days(planned):
    made = planned(30, rules=Rules(rate=5000, per_month=8))
    day = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
    with Sandbox() as sandbox:
        for clock, sent in ((day, 8), (day + 2 * 86_400, 8), (day + 20 * 86_400, 16)):
            go_until_it_waits(made.path, sandbox, clock=lambda clock=clock: clock)
            assert len(sandbox.messages()) == sent


def test_a_message_that_is_not_the_checked_one_is_not_sent(planned):
    made = planned(5)
    with Ledger.open(made.path) as ledger:
        head = ledger.base()["message.json"]
        ledger.keep_base({"message.json": head.replace(b"Dear", b"Dead")})
    with Sandbox() as sandbox:
        with pytest.raises(InputError, match="row 2: the message differs from the one that was checked"):
            go(made.path, sandbox)
        assert sandbox.messages() == []
    with Ledger.look(made.path) as ledger:
        assert counts(ledger) == {State.BUILT: 5}


def campaign_process(folder, sandbox, rate):
    environment = {
        **os.environ, "MMSPACK_GATEWAY": sandbox.url, "MMSPACK_USER": "a", "MMSPACK_PASSWORD": "b",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "mmspack", "campaign", "run", "--rate", rate], cwd=folder, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_process_is_interrupted_killed_and_run_again(planned, tmp_path):
    made = planned(300, rules=Rules(rate=60, sender="447700900111"))
    with Sandbox() as sandbox:
        first = campaign_process(tmp_path, sandbox, "10/s")
        until(lambda: len(sandbox.messages()) > 10)
        with campaign_process(tmp_path, sandbox, "10/s") as second:
            told = second.communicate(timeout=40)[1]
        assert (second.returncode, "is in use by another process" in told) == (2, True)
        first.send_signal(signal.SIGINT)
        out, told = first.communicate(timeout=40)
        assert (first.returncode, out.splitlines()[0], told) == (130, "Ended: stopped.", "")
        with Ledger.look(made.path) as ledger:
            stopped = counts(ledger)
        assert stopped == {
            State.ACCEPTED: len(sandbox.messages()),
            State.BUILT: 300 - len(sandbox.messages()),
        }
        first = campaign_process(tmp_path, sandbox, "10/s")
        until(lambda: len(sandbox.messages()) > stopped[State.ACCEPTED] + 10)
        first.kill()
        first.communicate()
        with campaign_process(tmp_path, sandbox, "500/s") as last:
            last.communicate(timeout=40)
        assert last.returncode in (0, 5)
        times = Counter(message.to for message in sandbox.messages())
        with Ledger.look(made.path) as ledger:
            found = counts(ledger)
    assert set(times.values()) == {1}
    assert found[State.ACCEPTED] + found.get(State.HELD, 0) == 300
    assert found[State.ACCEPTED] <= len(times)


def test_the_inbox_calls_a_campaign_by_its_name(planned):
    with Sandbox(magic=False, campaign_name=remembered_name) as sandbox:
        go(planned(2).path, sandbox)
        pages = [urllib.request.urlopen(sandbox.origin + at).read().decode() for at in ("/", "/rows")]
        one = sandbox.messages()[0]
        opened = urllib.request.urlopen(f"{sandbox.origin}/messages/{one.id}").read().decode()
    for page in pages:
        assert page.count("<bdi>spring</bdi>") == 2
        assert one.note not in page
    assert ">spring</option>" in pages[0]
    assert one.note in opened
    assert "(spring)" in opened
    assert remembered_name("../machine") == ""
