"""What a billing record proves, and what it does not: a short record sends nobody a message twice."""

from __future__ import annotations

import pytest

from mmspack.campaign import Ledger, State, reconcile
from mmspack.campaign.ledger.states import Settled, StateEvent
from mmspack.campaign.run.note_token import note_token
from mmspack.errors import InputError, UsageError


@pytest.fixture
def sent(planned):
    """The ledger of ten recipients: seven accepted, three held."""
    with Ledger.open(planned(10).path) as ledger:
        rows = [one.row for one in ledger.reserve(10, now=2_000_000_000)]
        ledger.settle([Settled(row, StateEvent.ACCEPT, id=f"id-{row}") for row in rows[:7]])
        ledger.settle([Settled(row, StateEvent.HOLD, why="lost") for row in rows[7:]])
        yield ledger


def notes(ledger, *states):
    campaign, key = ledger.setting("campaign"), ledger.setting("key")
    return [note_token(campaign, key, one.msisdn) for one in ledger.accounts() if one.state in states]


def billing(tmp_path, lines):
    path = tmp_path / "billing.csv"
    path.write_text("id,reference\n" + "".join(f"{line}\n" for line in lines))
    return path


def test_a_record_that_the_ledger_disproves_is_not_complete(sent, tmp_path):
    record = billing(tmp_path, [f"b{at},{note}" for at, note in enumerate(notes(sent, State.ACCEPTED)[:2])])
    with pytest.raises(UsageError, match="5 of the 7 accepted messages are missing from it") as refusal:
        reconcile(sent, record, complete=True)
    assert "nothing was changed" in str(refusal.value)
    assert sent.counts()[State.HELD] == 3
    assert reconcile(sent, record).held == 3


def test_a_record_with_a_line_that_cannot_be_read_is_not_complete(sent, tmp_path):
    held = notes(sent, State.HELD)
    lines = [f"b,{note}" for note in notes(sent, State.ACCEPTED)]
    record = billing(tmp_path, [*lines, f"b,stray,{held[0]}"])
    with pytest.raises(UsageError, match="line 9 cannot be read"):
        reconcile(sent, record, complete=True)
    record = billing(tmp_path, [*lines, f"b,{held[0]}"])
    found = reconcile(sent, record, complete=True)
    assert (found.accepted, found.returned, found.held) == (1, 2, 0)


def test_a_column_that_is_not_there_is_refused_and_ids_can_be_filled_in_later(sent, tmp_path):
    record = billing(tmp_path, [f"b{at},{note}" for at, note in enumerate(notes(sent, State.HELD))])
    with pytest.raises(UsageError, match="no column 'nope' among 'id', 'reference'"):
        reconcile(sent, record, id_column="nope")
    assert sent.counts()[State.HELD] == 3
    assert reconcile(sent, record).accepted == 3
    assert [one.id for one in sent.accounts(State.ACCEPTED)][7:] == [None] * 3
    assert reconcile(sent, record, id_column="ID").accepted == 0
    ids = [one.id for one in sent.accounts(State.ACCEPTED)]
    assert ids[7:] == ["b0", "b1", "b2"]
    assert ids[0].startswith("id-"), "what the gateway said stays"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "is_ours"),
    [
        (lambda note: note[:-1], True),
        (lambda note: note.lower(), True),
        (lambda note: note.upper(), True),
        (lambda note: f"{note[:13]}ZZZ", True),
        (lambda note: note[:11], True),
        (lambda note: "mp1:", True),
        (lambda note: note[2:-1], True),
        (lambda note: note[:-1] + ("A" if note[-1] != "A" else "B"), True),
        (lambda note: f"mp1:00000000:{note[13:]}", True),
        (lambda note: "mp1:00000000:" + 20 * "A", False),
        (lambda note: "mp1:00000000:AAA", False),
        (lambda note: "our order 17: mp10", False),
    ],
)
def test_a_damaged_note_proves_of_nobody_that_nothing_was_sent(sent, tmp_path, mmspack, damage, is_ours):
    """Whoever it stands for was sent to; put back into the queue, they would get the message twice."""
    (held, *_) = notes(sent, State.HELD)
    record = billing(tmp_path, [f"b,{note}" for note in [*notes(sent, State.ACCEPTED), damage(held)]])
    path = sent.path
    sent.close()
    ran = mmspack("campaign", "reconcile", str(record), "--campaign", str(path), "--complete")
    with Ledger.look(path) as ledger:
        if is_ours:
            assert (ran.code, "line 9 is damaged" in ran.err) == (2, True), ran.err
            assert ledger.counts()[State.HELD] == 3
        else:
            assert ran.code == 0, ran.err
            assert ledger.counts()[State.BUILT] == 3


def test_a_record_of_damaged_notes_alone_is_told_as_such(sent, tmp_path):
    record = billing(tmp_path, [f"b,{note[:-1]}" for note in notes(sent, State.HELD)])
    with pytest.raises(UsageError, match="the note in line 2 is damaged"):
        reconcile(sent, record, complete=True)
    with pytest.raises(InputError, match="contains no note of this campaign"):
        reconcile(sent, record)
