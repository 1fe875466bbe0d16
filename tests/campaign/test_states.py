"""The state machine: every pair of state and event, and what the promise asks of it."""

from __future__ import annotations

import itertools

import pytest

from mmspack.campaign.ledger.states import (
    ANSWERED,
    OPEN,
    TRANSITIONS,
    Recipient,
    RecipientRecord,
    Settled,
    State,
    StateEvent,
    after,
    sources,
)
from mmspack.errors import UsageError

ALLOWED = {
    ("PLANNED", "BUILD", "BUILT"),
    ("PLANNED", "SPOIL", "UNFIT"),
    ("BUILT", "RESERVE", "RESERVED"),
    ("BUILT", "SUPPRESS", "SUPPRESSED"),
    ("RESERVED", "ACCEPT", "ACCEPTED"),
    ("RESERVED", "REJECT", "REJECTED"),
    ("RESERVED", "HOLD", "HELD"),
    ("RESERVED", "RETURN", "BUILT"),
    ("RESERVED", "CRASH", "HELD"),
    ("HELD", "RESEND", "BUILT"),
    ("HELD", "DROP", "DROPPED"),
    ("HELD", "PROVE_ACCEPTED", "ACCEPTED"),
    ("HELD", "PROVE_NOT_SENT", "BUILT"),
    ("REJECTED", "RESEND", "BUILT"),
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, StateEvent)))
def test_each_pair_of_state_and_event(state, event):
    to = {(old, step): new for old, step, new in ALLOWED}.get((state.name, event.name))
    if to is None:
        with pytest.raises(UsageError, match=f"that is {state.name.lower()} cannot {event.value}"):
            after(state, event)
    else:
        assert after(state, event) is State[to]


def test_nothing_leaves_accepted_dropped_suppressed_or_unfit():
    for state in (State.ACCEPTED, State.DROPPED, State.SUPPRESSED, State.UNFIT):
        assert not [event for old, event in TRANSITIONS if old is state]


def test_only_an_operator_or_a_proof_leaves_held():
    leaving = {event for state, event in TRANSITIONS if state is State.HELD}
    assert leaving == {
        StateEvent.RESEND,
        StateEvent.DROP,
        StateEvent.PROVE_ACCEPTED,
        StateEvent.PROVE_NOT_SENT,
    }


def test_a_connection_is_reached_from_built_alone():
    assert sources(StateEvent.RESERVE) == (State.BUILT,)
    assert sources(StateEvent.CRASH) == (State.RESERVED,)
    assert set(sources(StateEvent.RESEND)) == {State.HELD, State.REJECTED}


def test_open_states_are_those_that_a_run_still_ends():
    assert OPEN == (State.PLANNED, State.BUILT, State.RESERVED)


def test_behind_an_answered_state_there_is_a_request_that_was_not_taken_back():
    found = {State.RESERVED}
    while more := {after for (old, _), after in TRANSITIONS.items() if old in found} - found - {State.BUILT}:
        found |= more
    assert found == set(ANSWERED)
    assert len(ANSWERED) == len(found)


def test_the_numbers_in_the_file_never_change():
    assert {state.name: int(state) for state in State} == {
        "PLANNED": 2, "BUILT": 3, "RESERVED": 4, "ACCEPTED": 5, "REJECTED": 6,
        "HELD": 7, "DROPPED": 8, "SUPPRESSED": 9, "UNFIT": 10,
    }  # fmt: skip


def test_what_is_not_given_is_not_known_and_waits_for_nothing():
    assert Recipient(1, 447700900001, b"", ()).tries == 0
    settled = Settled(1, StateEvent.RETURN)
    assert (settled.id, settled.code, settled.sha256, settled.why) == (None, None, "", "")
    assert (settled.due, settled.tries) == (0, None)
    known = RecipientRecord(row=1, msisdn=447700900001, state=State.BUILT)
    assert (known.at, known.code, known.id, known.sha256, known.why) == (None, None, None, "", "")
    assert (known.tries, known.is_sendable) == (0, True)


def test_a_number_that_damage_has_changed_is_not_known():
    known = {
        number: RecipientRecord(row=1, msisdn=number, state=State.HELD).is_known
        for number in (447700900001, 1, 0, -1)
    }
    assert known == {447700900001: True, 1: True, 0: False, -1: False}


def test_what_was_settled_cannot_be_changed_afterwards():
    for record in (Settled(1, StateEvent.ACCEPT), RecipientRecord(row=1, msisdn=2, state=State.HELD)):
        with pytest.raises(AttributeError):
            record.row = 2
