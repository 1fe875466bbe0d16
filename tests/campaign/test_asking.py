"""Held recipients settled by the provider's own log: nobody twice, nobody lost, and nothing guessed."""

from __future__ import annotations

import json
import time
from collections import Counter

import pytest

from mmspack.campaign import Ending, Ledger, Run, State, ask, rules_of
from mmspack.campaign.run.pacing import Breaker
from mmspack.errors import UsageError
from mmspack.gateway import Gateway, Retry, Timeouts
from mmspack.gateway.infobip.door import Infobip
from mmspack.gateway.twilio.door import Twilio
from mmspack.sandbox import Sandbox

HOUR = 3600
CHAOS = {
    "drop": 0.1,
    "error": 0.1,
    "empty": 0.05,
    "html": 0.05,
    "truncated": 0.05,
    "reset-body": 0.05,
    "busy": 0.05,
}
NEVER = Breaker(window=10**9, least=10**9, in_a_row=10**9)
SHORT = Timeouts(connect=5, write=5, read=2, answer=3)


def gateway(sandbox, door, **options):
    login = {"user": "AC1", "password": "k"} if isinstance(door, Twilio) else {"password": "k"}
    settings = {"sender": "447700900111", "retry": Retry(times=0), "connections": 4, "timeouts": SHORT}
    return Gateway(sandbox.origin, door=door, **{**login, **settings, **options})


def go(path, sandbox, door, **options):
    with Ledger.open(path) as ledger:
        client = gateway(sandbox, door, **options)
        run = Run(ledger=ledger, gateway=client, rules=rules_of(ledger), backoff=0.01, breaker=NEVER)
        list(run)
        return run.ending, {state: number for state, number in ledger.counts().items() if number}


def later(path, sandbox, door, seconds, **options):
    with Ledger.open(path) as ledger:
        client = gateway(sandbox, door, **options)
        found = ask(
            ledger, client, rules_of(ledger), clock=lambda: time.time() + seconds, sleep=lambda _: None
        )
        return found, {state: number for state, number in ledger.counts().items() if number}


@pytest.mark.slow
@pytest.mark.parametrize("door", [Infobip(), Twilio()], ids=lambda door: door.name)
def test_every_held_recipient_is_settled_and_nobody_gets_it_twice(planned, door):
    made = planned(120)
    with Sandbox(chaos=CHAOS, seed=5, magic=False) as sandbox:
        ending, before = go(made.path, sandbox, door)
        arrived = {int(message.to) for message in sandbox.messages()}
        with Ledger.look(made.path) as ledger:
            held = {one.msisdn for one in ledger.accounts(State.HELD)}
        sandbox.chaos.set({})
        found, after = later(made.path, sandbox, door, 2 * HOUR)
        end, done = go(made.path, sandbox, door)
        copies = Counter(message.to for message in sandbox.messages())
    assert (ending, end) == (Ending.DONE, Ending.DONE)
    assert before[State.HELD] == len(held) > 10
    assert (found.asked, found.accepted) == (len(held), len(held & arrived))
    assert (found.returned, found.held) == (len(held - arrived), 0)
    assert 0 < found.accepted < found.asked
    assert State.HELD not in after
    assert done == {State.ACCEPTED: 120}
    assert len(copies) == 120
    assert set(copies.values()) == {1}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seconds", "returned", "not_yet"),
    [(0, 0, True), (14 * 60, 0, True), (HOUR, 1, False), (48 * HOUR, 0, False)],
)
def test_absence_proves_something_only_in_its_time(planned, seconds, returned, not_yet):
    made = planned(1, extra="447700900024,Ada,V,\n")  # answered 500, and not kept
    with Sandbox() as sandbox:
        _, before = go(made.path, sandbox, Infobip())
        found, _ = later(made.path, sandbox, Infobip(), seconds)
    assert before == {State.ACCEPTED: 1, State.HELD: 1}
    assert (found.asked, found.accepted, found.returned) == (1, 0, returned)
    assert found.held == 1 - returned
    assert found.later == int(not_yet)


@pytest.mark.slow
def test_the_log_of_another_account_proves_nothing_by_its_silence(planned):
    made = planned(1, extra="447700900021,Ada,V,\n447700900024,Ada,V,\n")
    with Sandbox() as sandbox, Sandbox() as other:
        go(made.path, sandbox, Infobip())
        elsewhere, _ = later(made.path, other, Infobip(), HOUR)
        rotated, _ = later(made.path, sandbox, Infobip(), HOUR, password="another key")
    assert (elsewhere.accepted, elsewhere.returned, elsewhere.held) == (0, 0, 2)
    assert (rotated.accepted, rotated.returned, rotated.held) == (1, 0, 1)


@pytest.mark.slow
def test_what_a_crash_left_is_as_old_as_its_run(planned):
    made = planned(3)
    with Sandbox() as sandbox:
        with Ledger.open(made.path) as ledger:
            client = gateway(sandbox, Infobip())
            run = Run(ledger=ledger, gateway=client, rules=rules_of(ledger))
            run._prepare()  # the run begins, reserves, and dies before anything is written down
            assert len(ledger.reserve(3, now=int(time.time()))) == 3
        with Ledger.open(made.path) as ledger:
            assert ledger.counts()[State.HELD] == 3
            runs = ledger.setting("runs")
            ledger.set(runs=[[runs[0][0] - 48 * HOUR, runs[0][1]]])  # it began two days ago
        old, _ = later(made.path, sandbox, Infobip(), HOUR)
        with Ledger.open(made.path) as ledger:
            ledger.set(runs=runs)
        fresh, states = later(made.path, sandbox, Infobip(), HOUR)
    assert (old.returned, old.held) == (0, 3)
    assert (fresh.returned, states) == (3, {State.BUILT: 3})


def test_a_door_without_a_log_cannot_be_asked(planned):
    made = planned(1)
    client = Gateway("http://127.0.0.1:1", sender="447700900111")
    with Ledger.open(made.path) as ledger, pytest.raises(UsageError, match="SendMMS cannot be asked"):
        ask(ledger, client, rules_of(ledger))


def test_the_command_asks(planned, mmspack, monkeypatch):
    made = planned(1, extra="447700900021,Ada,V,\n")
    with Sandbox() as sandbox:
        go(made.path, sandbox, Infobip())
        for name, value in {"GATEWAY": sandbox.origin, "DOOR": "infobip", "PASSWORD": "k"}.items():
            monkeypatch.setenv(f"MMSPACK_{name}", value)
        ran = mmspack("campaign", "reconcile", "--ask", "--campaign", made.path, "--json")
        told = json.loads(ran.out)
        again = mmspack("campaign", "reconcile", "--ask", "--campaign", made.path)
        both = mmspack("campaign", "reconcile", "b.csv", "--ask", "--campaign", made.path)
    assert (ran.code, told["asked"], told["accepted"], told["held"]) == (0, 1, 1, 0)
    assert again.out.startswith("Asked about 0 held recipients")
    assert (both.code, "choose one" in both.err) == (2, True)
