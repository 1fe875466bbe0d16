"""A campaign that a program holds in its hands: a message, rows, and a loop that it may leave."""

from __future__ import annotations

import decimal
import sqlite3

import numpy as np
import pytest

import mmspack
from mmspack.campaign import Ledger, Order, Rules, Run, State, plan, rules_of
from mmspack.errors import AuthoringError, UsageError

MESSAGE = mmspack.Message(
    subject="Your table",
    slides=[mmspack.Slide(text="Dear {{ name }}, your table is booked for {{ time }}.")],
    layout="text-only",
)
RULES = Rules(rate=5000, sender="447700900111")


def guests(count: int):
    for at in range(count):
        yield {"msisdn": 447700901000 + at, "name": f"Ada {at}", "time": "18:30"}


def ordered(tmp_path, recipients, **more) -> Order:
    return Order(message=MESSAGE, recipients=recipients, name="tables", folder=tmp_path, rules=RULES, **more)


def test_rows_come_from_a_generator_and_the_message_from_a_value(tmp_path):
    planned = plan(ordered(tmp_path, guests(5)))
    assert (planned.path, planned.rows, planned.ready) == (tmp_path / "tables.campaign", 5, 5)
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".jsonl") == []


def test_rows_come_from_a_cursor_and_from_a_data_frame_s_records(tmp_path):
    db = sqlite3.connect(":memory:")
    db.row_factory = lambda cursor, row: dict(
        zip([column[0] for column in cursor.description], row, strict=True)
    )
    rows = db.execute("select 447700901000 as msisdn, 'Ada' as name, '18:30' as time")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert plan(ordered(tmp_path / "a", rows)).ready == 1
    records = [
        {"msisdn": np.float64(447700901000.0), "name": np.str_("Ada"), "time": decimal.Decimal("18.5")},
        {"msisdn": float("nan"), "name": "Bo", "time": None},
    ]
    planned = plan(ordered(tmp_path / "b", records))
    assert (planned.ready, planned.bad) == (1, 1)


def test_a_test_group_is_rows_too(tmp_path):
    planned = plan(ordered(tmp_path, list(guests(4))[1:], test_group=list(guests(1))))
    assert (planned.test_group, planned.ready) == (1, 4)


def test_an_error_about_rows_names_them_and_no_temporary_file(tmp_path):
    with pytest.raises(AuthoringError, match="recipients: row 2: expected a mapping, found tuple"):
        plan(ordered(tmp_path, [{"msisdn": "447700901000", "name": "A", "time": "x"}, ("447700901001",)]))
    with pytest.raises((AuthoringError, UsageError)) as caught:
        plan(ordered(tmp_path, [{"phone": "447700901000", "name": "A"}]))
    assert "/tmp" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert "recipients" in str(caught.value)


@pytest.mark.slow
def test_a_loop_is_left_and_another_one_continues(tmp_path):
    planned = plan(ordered(tmp_path, guests(30)))
    with mmspack.Sandbox() as sandbox, Ledger.open(planned.path) as ledger:
        gateway = mmspack.Gateway(sandbox.url, user="demo", password="demo")
        seen = []
        for delivery in Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger), connections=2):
            seen.append(delivery.line)
            if len(seen) == 3:
                break
        counts = ledger.counts()
        assert counts[State.RESERVED] == 0
        assert counts[State.ACCEPTED] + counts[State.BUILT] == 30
        assert counts[State.BUILT] > 0
        assert len(sandbox.messages()) == counts[State.ACCEPTED]
        for _ in Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger)):
            pass
        assert ledger.counts()[State.ACCEPTED] == len(sandbox.messages()) == 30
