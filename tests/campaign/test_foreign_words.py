"""What a gateway or an operator's file says is shown cleaned: it moves no cursor and turns no text around."""

from __future__ import annotations

import csv

import pytest

from mmspack.campaign import Ledger, Run, State, reconcile, rules_of, write_csv
from mmspack.campaign.ledger.states import Settled, StateEvent
from mmspack.campaign.report.page import write_html
from mmspack.campaign.run.note_token import note_token
from mmspack.gateway import Gateway, Retry
from mmspack.outcome import Outcome, Result
from tests.gateway.raw_gateway import RawGateway, replies

NASTY = "\x1b]0;gone\x07\x1b[2J\u202eevil\u2066\x00\x9b31m\x85\u200f"


def is_clean(text: str) -> bool:
    return all(line.isprintable() for line in text.replace("\t", " ").split("\n"))


@pytest.mark.parametrize(
    "answer",
    [
        replies("200 OK", f"id-{NASTY}".encode()),
        replies("403 Forbidden", f"5 {NASTY}".encode()),
        replies("403 Forbidden", NASTY.encode()),
        replies("500 Oops", NASTY.encode()),
        replies("302 Found", b"", "Location: https://example.com/\u202eevil\u2066"),
        replies("307 Temporary Redirect", b"", "Location: //\u202eevil.example.com/\u200f"),
    ],
)
def test_no_answer_of_a_gateway_reaches_terminal_ledger_report_or_page_raw(
    planned, mmspack, tmp_path, answer
):
    made = planned(1)
    with RawGateway([answer] * 3) as raw, Ledger.open(made.path) as ledger:
        gateway = Gateway(raw.url, sender="447700900111", retry=Retry(times=0))
        run = Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger), backoff=0.01, patience=0.1)
        outcomes = [delivery.outcome for delivery in run]
        assert outcomes
        said = [run.reason, run.waiting_for]
        for one in outcomes:
            said += [one.summary, one.advice, one.reason, one.id or ""]
        said += [text for account in ledger.accounts() for text in (account.why, account.id or "")]
        write_csv(ledger, tmp_path / "report.csv")
        write_html(ledger, tmp_path / "report.html")
    said += list(csv.reader((tmp_path / "report.csv").read_text("utf-8-sig").splitlines()))[1]
    assert [text for text in said if not is_clean(text)] == []
    assert is_clean((tmp_path / "report.html").read_text("utf-8"))
    shown = mmspack("campaign", "status", str(made.path))
    assert is_clean(shown.out)
    assert is_clean(shown.err)


def test_an_outcome_is_clean_whichever_door_makes_it():
    one = Outcome(result=Result.REJECTED, summary=f"no: {NASTY}", advice=NASTY, id=NASTY, reason=NASTY)
    assert all(map(is_clean, (one.summary, one.advice, one.id, one.reason)))
    assert "evil" in one.summary
    assert Outcome(result=Result.ACCEPTED, summary="Zoë 你好", id="7").summary == "Zoë 你好"


def test_an_id_of_a_billing_record_goes_into_the_report_cleaned(planned, tmp_path):
    with Ledger.open(planned(1).path) as ledger:
        (row,) = (one.row for one in ledger.reserve(1, now=2_000_000_000))
        ledger.settle([Settled(row, StateEvent.HOLD, why="lost")])
        (held,) = ledger.accounts(State.HELD)
        note = note_token(ledger.setting("campaign"), ledger.setting("key"), held.msisdn)
        record = tmp_path / "billing.csv"
        record.write_text(f"id,note\na\u202eb\x1b[2J,{note}\n", "utf-8")
        assert reconcile(ledger, record, id_column="id").accepted == 1
        (one,) = ledger.accounts(State.ACCEPTED)
        assert one.id == "a\\u202eb\\x1b[2J"
