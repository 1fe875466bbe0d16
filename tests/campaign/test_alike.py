"""What several recipients would get alike, though it was meant for one of them: refused, or said."""

from __future__ import annotations

import csv
import json

import pytest

from mmspack.campaign import Ledger, Order, Rules, plan
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.planning.sampling import Sampler
from mmspack.errors import UsageError
from mmspack.outcome import Result

TICKET = """
layout = "text-only"

[variables]
name = "friend"
code = "SEAT-12A"

[[slides]]
text = "{{ name }}, your seat is {{ code }}"
"""
DRAWN = """
[[slides]]
image = "card.jpg"

[[slides.overlay]]
qr = "{{ code }}"
box = [0.2, 0.2, 0.6, 0.6]
"""


@pytest.fixture
def order(tmp_path):
    """An order for a table with these lines, whose numbers start at 4477009010.."""

    def make(table: str, text: str = TICKET, **more: object) -> Order:
        (tmp_path / "message.toml").write_text(text, "utf-8")
        (tmp_path / "people.csv").write_text(table, "utf-8")
        rules = Rules(sender="447700900111")
        return Order(message=tmp_path, recipients=tmp_path / "people.csv", name="gala", rules=rules, **more)

    return make


def planned(order: Order):
    return plan(order, engine=LocalEngine(1))


BLANK = "msisdn,name,code\n447700901041,Ada,A1\n447700901042,Bo,\n447700901043,Cy,  \n447700901044,Di,A4\n"


def test_a_blank_cell_does_not_become_somebody_elses_code(order):
    made = planned(order(BLANK))
    assert (made.ready, made.bad) == (2, 2)
    with made.bad_rows.open(encoding="utf-8-sig", newline="") as stream:
        reasons = {row["reason"] for row in csv.DictReader(stream)}
    (reason,) = reasons
    assert reason.startswith("code is empty")
    assert "default_if_blank=['code']" in reason
    assert "'SEAT-12A'" in reason


def test_whoever_asks_for_the_default_gets_it_and_is_told_how_many_did(order):
    made = planned(order(BLANK, default_if_blank=("code",)))
    assert (made.ready, made.bad) == (4, 0)
    (use,) = made.defaults
    assert (use.variable, use.value, use.rows, use.lines) == ("code", "SEAT-12A", 2, [3, 4])


def test_a_default_for_a_missing_column_is_said_to_go_to_everybody(order):
    made = planned(order("msisdn,name\n447700901041,Ada\n447700901042,Bo\n"))
    (use,) = made.defaults
    assert (use.variable, use.rows, use.lines) == ("code", 2, [])


def test_an_empty_default_lets_a_cell_be_blank(order):
    made = planned(order(BLANK, TICKET.replace('"SEAT-12A"', '""')))
    assert (made.ready, made.defaults) == (4, [])


def test_a_slip_in_the_name_of_a_default_is_refused(order):
    with pytest.raises(UsageError, match=r"default_if_blank 'cod': it has no default \(did you mean 'code'"):
        planned(order(BLANK, default_if_blank=("cod",)))


def test_a_preview_says_that_a_blank_cell_leaves_the_row_out(order):
    made = order(BLANK)
    sampler = Sampler(made.message, made.recipients)
    whole, blank = sampler.at([2, 3])
    assert not sampler.left_out(whole)
    assert sampler.left_out(blank).startswith("code is empty")


def test_the_same_code_drawn_for_several_is_reported(order, tmp_path, scene):
    (tmp_path / "card.jpg").write_bytes(scene(300, 300))
    table = "msisdn,code\n" + "".join(
        f"44770090104{at},{code}\n" for at, code in enumerate(["A", "B", "A", "C", "B", "A"])
    )
    (found,) = planned(order(table, DRAWN)).repeated_codes
    assert (found.slide, found.overlay, found.kind, found.rows) == (1, 1, "qr", 5)
    assert found.lines == [2, 4, 7, 3, 6]


def test_a_code_that_is_the_same_for_all_on_purpose_is_not_reported(order, tmp_path, scene):
    (tmp_path / "card.jpg").write_bytes(scene(300, 300))
    text = DRAWN.replace("{{ code }}", "https://example.com/")
    made = planned(order("msisdn,code\n447700901041,A\n447700901042,A\n", text))
    assert made.repeated_codes == []


def test_numbers_that_are_worth_a_look_are_counted_among_those_who_are_sent_to(order):
    # Numbers for drama are not known to be in use; the second one's subject breaks a rule.
    text = 'subject = "For {{ name }}"\n' + TICKET
    table = "msisdn,name,code\n447700901041,Ada,A1\n447700901042,Bo\x85Cc,A2\n447911123456,Cy,A3\n"
    made = planned(order(table, text))
    assert (made.ready, made.bad, made.doubtful) == (2, 1, 1)
    assert made.first_lines["doubtful"] == [2]


def test_nobody_left_comes_with_the_reasons(order):
    table = "msisdn,name,code\n447700901041,Ada,\n12,Bo,A2\n447700901043,Cy,\n"
    with pytest.raises(UsageError, match=r"none of 3 rows can be used: 2 × code is empty.*lines 2, 4"):
        planned(order(table))


@pytest.mark.slow
def test_the_screen_says_who_shares_what_and_whom_the_sandbox_fails(order, mmspack, monkeypatch, tmp_path):
    monkeypatch.setenv("MMSPACK_INBOX", str(tmp_path / "inbox"))
    for name in ("MMSPACK_GATEWAY", "MMSPACK_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    order("msisdn,name,code\n447700900008,Ada,A1\n447700901042,Bo,\n447700901043,Cy,A3\n")
    words = ("campaign", "plan", tmp_path, "-r", tmp_path / "people.csv", "--name", "gala")
    refused = mmspack(*words)
    assert (
        "1 × code is empty (--default-if-blank code would send the default 'SEAT-12A'): line 3" in refused.out
    )
    told = mmspack(*words, "--replace", "--default-if-blank", "code")
    assert "Default: 1 recipient gets code = 'SEAT-12A' (where the cell is blank: line 3)" in told.out
    assert "the sandbox will fail on purpose for 1 recipient (line 2)" in told.err
    document = json.loads(mmspack(*words, "--replace", "--json").out)
    assert document["test_numbers"] == {"numbers": 1, "lines": [2]}
    ran = mmspack("campaign", "run", tmp_path / "gala.campaign", "--from", "447700900111")
    assert ran.code == 4
    assert "the sandbox will fail on purpose for 1 recipient" in ran.err
    assert "The sandbox failed on purpose for test numbers: 1 of the recipients." in ran.out


@pytest.mark.slow
def test_a_quiet_campaign_prints_nothing_and_keeps_quiet_hours(order, mmspack, tmp_path):
    order("msisdn,name,code\n447700901042,Bo,A2\n")
    words = ("campaign", "plan", tmp_path, "-r", tmp_path / "people.csv", "--name", "gala")
    ran = mmspack(*words, "--quiet-hours", "20:00-09:00", "--quiet")
    assert (ran.code, ran.out) == (0, "")
    with Ledger.look(tmp_path / "gala.campaign") as ledger:
        assert ledger.setting("rules")["quiet"] == "20:00-09:00"


@pytest.mark.slow
def test_a_test_number_is_called_one_when_the_sandbox_refuses_it(mmspack, tmp_path, monkeypatch, bundle_file):
    monkeypatch.setenv("MMSPACK_INBOX", str(tmp_path / "inbox"))
    ran = mmspack("send", bundle_file, "--to", "447700900008", "--from", "447700900111")
    assert ran.code == 4
    assert "The sandbox did this on purpose: …0008 is a test number" in ran.err


@pytest.mark.slow
def test_a_receipt_from_the_sandbox_says_so_wherever_its_address_came_from(bundle_file):
    import mmspack

    with mmspack.Sandbox() as sandbox, mmspack.Gateway(sandbox.url) as gateway:
        receipt = gateway.send(bundle_file, to="447700900999", sender="447700900111")
        refused = gateway.attempt(bundle_file, to="447700900008", sender="447700900111")
    assert receipt.sandbox
    assert (refused.result, refused.sandbox) == (Result.ACCOUNT_STOPPED, True)


@pytest.fixture
def bundle_file(tmp_path):
    import mmspack

    built = mmspack.build(mmspack.Message(slides=[mmspack.Slide(text="Hello")], layout="text-only"))
    return built.save(tmp_path / "hello.zip")


def test_the_reason_of_a_bad_row_says_what_to_do(order, tmp_path, scene):
    (tmp_path / "card.jpg").write_bytes(scene(300, 300))
    text = DRAWN.replace('qr = "{{ code }}"', 'text = "{{ code }}"')
    made = planned(order("msisdn,code\n447700901041,A\n447700901042,\U0003fffd\n", text))
    (reason,) = made.reasons
    assert "no font here has" in reason
    assert reason.endswith("(give the overlay a font that has them)")


def test_a_request_that_names_nothing_is_wrong_and_not_a_file_that_cannot_be_read(mmspack, tmp_path):
    assert (ran := mmspack("campaign", "status")).code == 2, ran.err
    for name in ("a", "b"):
        (tmp_path / f"{name}.campaign").write_bytes(b"")
    ran = mmspack("campaign", "status")
    assert (ran.code, "several campaigns" in ran.err, "name one: a, b" in ran.err) == (2, True, True)
    assert mmspack("campaign", "status", "c").code == 2
