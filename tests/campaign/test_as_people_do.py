"""Campaigns as people begin them: numbers of spreadsheets, rows of programs, tables without a header."""

from __future__ import annotations

import datetime
import decimal
import uuid

import pytest

from mmspack.campaign import Ledger, Order, Rules, Run, State, plan
from mmspack.campaign.ledger.states import Settled, StateEvent
from mmspack.campaign.planning.numbers import read_number
from mmspack.errors import InputError, MmspackError, UsageError
from mmspack.gateway import Gateway
from mmspack.sandbox import Sandbox

MESSAGE = '[[slides]]\ntext = "Hi {{ name }}"\n'
TICKET = """
[[slides]]
image = "card.jpg"
[[slides.overlay]]
box = [0.05, 0.05, 0.9, 0.4]
text = "{{ name }}"
[[slides.overlay]]
box = [0.3, 0.5, 0.4, 0.5]
qr = "{{ code }}"
"""


@pytest.fixture
def folder(tmp_path, scene):
    (tmp_path / "card.jpg").write_bytes(scene(800, 600))
    (tmp_path / "message.toml").write_text(MESSAGE)
    return tmp_path


def planned(folder, rows, **order):
    return plan(Order(message=folder, recipients=rows, name="spring", rules=Rules(rate=100), **order))


def copy_of(made):
    with Ledger.look(made.path) as ledger:
        return [one.fields for batch in ledger.planned(batch=100) for one in batch] or [
            ledger.row(one.row)[1] for one in ledger.accounts(State.BUILT)
        ]


@pytest.mark.parametrize(
    ("written", "msisdn"),
    [
        ("4.47911123459E+11", 447911123459),
        ("4,47911123459E+11", 447911123459),
        ("4.915112345678e12", 4915112345678),
    ],
)
def test_a_number_in_scientific_notation_with_all_its_digits_is_read(written, msisdn):
    assert read_number(written, "GB").msisdn == msisdn


@pytest.mark.parametrize("written", ["4.47911E+11", "4.4791112345E+11", "4E+11", "4.479111234591234567E+18"])
def test_a_number_that_has_lost_digits_is_not(written):
    assert "last digits are gone" in read_number(written, "GB").problem


@pytest.mark.parametrize("country", ["GB", "DE", "FR", "AU"])
def test_a_0_before_too_few_digits_is_no_digit_of_the_number(country):
    national = {"GB": "077009004", "DE": "0151", "FR": "0612", "AU": "04123"}[country]
    assert read_number(national, country).problem == "the number is too short"


def test_italian_numbers_keep_their_0():
    assert read_number("06 6982 1234", "IT").msisdn == 390669821234


def test_the_cure_for_a_lost_0_works_as_written():
    problem = read_number("7700900408", "GB").problem
    assert problem.endswith("write it as +44 7700 900408")
    assert read_number(problem.partition("write it as ")[2], "GB").msisdn == 447700900408


def test_without_a_country_the_cure_is_named():
    assert "country=" in read_number("07700 900123").problem


@pytest.mark.slow
def test_a_row_that_cannot_be_sent_does_not_stand_before_another_of_its_number(folder):
    (folder / "message.toml").write_text(TICKET)
    rows = [
        {"msisdn": "447700900403", "name": "\U0003fffd", "code": "A1"},
        {"msisdn": "447700900404", "name": "Ada", "code": "A2"},
        {"msisdn": "447700900403", "name": "Li", "code": "A3"},
        {"msisdn": "447700900403", "name": "Li again", "code": "A4"},
    ]
    made = planned(folder, rows)
    assert (made.ready, made.bad, made.duplicates) == (2, 1, 1)
    assert sorted(fields[1] for fields in copy_of(made)) == ["Ada", "Li"]
    reasons = made.bad_rows.read_text("utf-8-sig")
    assert "no font here has" in reasons
    assert "already occurs in line 3" in reasons


def test_a_column_that_is_missing_is_not_answered_with_one_value_for_everybody(folder):
    (folder / "message.toml").write_text(TICKET)
    rows = [{"msisdn": f"44770090040{at}", "name": "Ada"} for at in range(3)]
    with pytest.raises(Exception, match=r"there are: msisdn, name; .* gives everybody the same"):
        planned(folder, rows)
    made = planned(folder, rows, values={"code": "A1"})
    (shared,) = made.repeated_codes
    assert (shared.kind, shared.rows, shared.lines) == ("qr", 3, [])


def test_one_ticket_for_everybody_is_a_warning_on_the_screen(folder, mmspack):
    (folder / "message.toml").write_text(TICKET)
    (folder / "people.csv").write_text("msisdn,name\n+447700900401,Ada\n+447700900402,Bob\n")
    ran = mmspack("campaign", "plan", folder, "-r", folder / "people.csv", "--set", "code=A1")
    assert ran.code == 0, ran.err
    assert "Warning: all 2 recipients get the same QR code" in " ".join(ran.out.split())


@pytest.mark.parametrize("first", ["Zoë,07911123456,A1", "07911123456,Zoë,A1"])
def test_a_table_without_a_header_is_told_so_first(folder, first):
    table = folder / "people.csv"
    table.write_text(f"{first}\n+447700900402,Bob,A2\n")
    with pytest.raises(UsageError, match="the first line is not a header"):
        planned(folder, table)


def test_an_empty_table_says_what_it_begins_with(folder):
    (folder / "people.csv").write_text("")
    with pytest.raises(InputError, match=r"is empty .*names of its columns"):
        planned(folder, folder / "people.csv")


def test_values_of_a_program_are_sent_as_a_template_prints_them(folder):
    values = [
        decimal.Decimal("19.90"),
        datetime.date(2026, 12, 4),
        uuid.UUID(int=7),
        7,
        19.9,
    ]
    rows = [{"msisdn": f"44770090040{at}", "name": value} for at, value in enumerate(values)]
    assert [str(fields[0]) for fields in copy_of(planned(folder, rows))] == [str(value) for value in values]


class Thing:
    """Of a program."""


@pytest.mark.parametrize("value", [b"Ada", Thing(), {1, 2}, 1j, memoryview(b"x")])
def test_what_would_be_sent_in_python_s_own_notation_is_a_bad_row(folder, value):
    rows = [{"msisdn": "447700900401", "name": "Ada"}, {"msisdn": "447700900402", "name": value}]
    made = planned(folder, rows)
    assert (made.ready, made.bad) == (1, 1)
    assert "name is a" in made.bad_rows.read_text("utf-8-sig")


def test_half_a_character_is_a_bad_row_and_not_the_end_of_the_plan(folder):
    rows = [{"msisdn": "447700900401", "name": "Ada"}, {"msisdn": "447700900402", "name": "x\ud800y"}]
    made = planned(folder, rows)
    assert (made.ready, made.bad) == (1, 1)
    assert "half a character" in made.bad_rows.read_text("utf-8-sig")


def test_an_array_in_a_cell_is_a_bad_row(folder):
    numpy = pytest.importorskip("numpy")
    rows = [
        {"msisdn": numpy.int64(447700900401), "name": numpy.str_("Ada")},
        {"msisdn": "447700900402", "name": numpy.zeros(3)},
    ]
    made = planned(folder, rows)
    assert (made.ready, made.bad) == (1, 1)


def test_a_closed_ledger_is_not_called_damaged(folder):
    made = planned(folder, [{"msisdn": "447700900401", "name": "Ada"}])
    with Ledger.open(str(made.path)) as ledger:
        assert ledger.counts()[State.BUILT] == 1
    with pytest.raises(UsageError, match="the ledger is closed"):
        ledger.counts()


def test_a_bad_row_that_is_planned_again_and_again_keeps_one_reason(folder):
    table = folder / "people.csv"
    table.write_text("msisdn,name\n+447700900401,Ada\n12,Bob\n")
    for at in range(3):
        made = plan(Order(message=folder, recipients=table, name=f"n{at}", rules=Rules(rate=100)))
        text = made.bad_rows.read_text("utf-8-sig")
        assert text.count("left out before") == bool(at)
        table = folder / f"again{at}.csv"
        lines = text.splitlines()
        table.write_text("\n".join([*lines, f"people.csv,9,,+44770090040{at},Cy,"]) + "\n", "utf-8")


PERSON = [{"msisdn": "447700900401", "name": "Ada"}]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"message": None}, "message: expected a Path or a Message, found None"),
        ({"recipients": None}, "recipients: expected a Path or an Iterable, found None"),
        ({"recipe": "fast"}, "recipe: expected a Recipe, found a str"),
        ({"suppression": ["447700900401"]}, "suppression: expected a Path, found a list"),
        ({"shard": (3, 2)}, "shard: (3, 2) is not one of several parts"),
        ({"shard": 2}, "shard: expected a tuple, found an int, 2"),
        ({"country": 44}, "country: expected a text, found an int, 44"),
    ],
)
def test_an_order_of_the_wrong_kind_is_refused_when_it_is_made(folder, wrong, says):
    with pytest.raises(UsageError) as error:
        Order(**{"message": folder, "recipients": PERSON, **wrong})
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"rate": "25/s"}, "rate: expected a number, found a str"),
        ({"sender": b"44"}, "sender: expected a text, found a bytes"),
        ({"sender": "MidnightChoir"}, "sender: 'MidnightChoir' is not a phone number"),
        ({"start": datetime.datetime(2026, 12, 1)}, "start: expected a text, found a datetime"),
        ({"start": "soon"}, "start 'soon': not a time"),
        ({"per_day": 1.5}, "per_day: expected a whole number, found a float, 1.5"),
    ],
)
def test_rules_of_the_wrong_kind_are_refused_before_anything_is_planned(folder, rules, says):
    with pytest.raises(MmspackError) as error:
        plan(Order(message=folder, recipients=PERSON, rules=Rules(**rules)))
    assert says in str(error.value)
    assert not list(folder.glob("*.campaign"))


def test_a_sender_that_is_none_is_refused_by_the_plan(folder, mmspack):
    (folder / "people.csv").write_text("msisdn,name\n+447700900401,Ada\n")
    ran = mmspack("campaign", "plan", folder, "-r", folder / "people.csv", "--from", "MidnightChoir")
    assert (ran.code, "--from: 'MidnightChoir' is not a phone number" in ran.err) == (2, True)


def test_one_word_may_stand_for_a_list_of_words(folder):
    (folder / "message.toml").write_text(f'{MESSAGE}[variables]\nname = "friend"\n')
    rows = [{"msisdn": "447700900401", "name": ""}, {"msisdn": "447700900402", "name": "None"}]
    assert planned(folder, rows, default_if_blank="name", allowed_words="None").ready == 2


def test_a_run_of_the_wrong_kind_is_refused_before_it_begins(folder):
    made = planned(folder, PERSON)
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        gateway = Gateway(sandbox.url, sender="447700900111")
        for wrong in ({"connections": 0}, {"gateway": sandbox.url}, {"rules": None}, {"ledger": made.path}):
            (name,) = wrong
            with pytest.raises(UsageError, match=rf"^{name}: "):
                Run(**{"ledger": ledger, "gateway": gateway, "rules": Rules(rate=100), **wrong})


def test_who_was_left_out_is_in_the_status_and_the_report(folder, mmspack):
    rows = "".join(f"+44770090040{at},Ada\n" for at in range(4))
    (folder / "people.csv").write_text(f"msisdn,name\n{rows}12,Bob\n+447700900400,Twice\n")
    mmspack("campaign", "plan", folder, "-r", folder / "people.csv", "--name", "tickets")
    ran = mmspack("campaign", "status", folder / "tickets.campaign")
    assert "2 of 6 rows were left out: see tickets.bad-rows.csv" in ran.out
    assert "Send it with: mmspack campaign run" in ran.out
    mmspack("campaign", "report", folder / "tickets.campaign", "-o", folder / "r.html")
    assert "2 of 6 rows were left out" in (folder / "r.html").read_text()


def test_the_cures_of_held_recipients_name_the_campaign(folder, mmspack):
    made = planned(folder, PERSON)
    with Ledger.open(made.path) as ledger:
        (one,) = ledger.reserve(1, now=0)
        ledger.settle([Settled(one.row, StateEvent.HOLD, why="lost", tries=1)])
    out = mmspack("campaign", "status", made.path).out
    words = " ".join(out.split())
    assert "reconcile BILLING --campaign spring" in words
    assert "resolve spring --drop" in words


@pytest.mark.parametrize(
    "written",
    ["tel:+447911123459", "TEL:+44 7911 123459", "٠٧٩١١١٢٣٤٥٩", "０７９１１ １２３４５９", "＋447911123459"],
)
def test_a_number_in_other_digits_or_as_a_link_is_read(written):
    assert read_number(written, "GB").msisdn == 447911123459


@pytest.mark.parametrize(
    ("written", "says"), [("+4477009OOO20", "'O', a letter"), ("0791#1123459", "'#', not")]
)
def test_what_is_not_a_digit_is_shown(written, says):
    assert says in read_number(written, "GB").problem


def test_reasons_that_differ_from_row_to_row_are_one_on_the_screen(folder, mmspack):
    (folder / "people.csv").write_text(
        "msisdn,name\n+447700900401,A\n+447700900402,B\n+447700900401,C\n+447700900402,D\n"
    )
    out = mmspack("campaign", "plan", folder, "-r", folder / "people.csv").out
    assert "2 × the number already occurs in an earlier line: lines 4, 5" in out
    assert "…" not in out


def test_a_bundle_in_place_of_its_message_is_called_one(folder, mmspack):
    mmspack("build", folder, "--set", "name=Ada", "-o", folder / "ada.zip")
    (folder / "people.csv").write_text("msisdn,name\n+447700900401,A\n")
    ran = mmspack("campaign", "plan", folder / "ada.zip", "-r", folder / "people.csv")
    assert (ran.code, "a bundle, whose texts are filled in" in ran.err) == (2, True)


def test_a_plan_says_when_it_will_be_sent(folder, mmspack):
    (folder / "people.csv").write_text("msisdn,name\n+447700900401,A\n")
    when = ("--quiet-hours", "20:00-09:00", "--start", "2036-12-01T09:00")
    out = mmspack("campaign", "plan", folder, "-r", folder / "people.csv", *when).out
    said = " ".join(out.split())
    assert "When to send: not between 20:00 and 09:00 of the recipient's day, from 2036-12-01T09:00" in said


def test_a_table_that_is_missing_is_suggested_with_its_folder(folder):
    (folder / "people.csv").write_text("msisdn,name\n+447700900401,A\n")
    with pytest.raises(InputError, match=rf"did you mean '{folder}/people\.csv'"):
        planned(folder, folder / "peple.csv")


def test_a_dry_run_of_a_campaign_is_its_plan(mmspack):
    ran = mmspack("campaign", "run", "--dry-run")
    assert (ran.code, "`plan` sends nothing" in ran.err) == (2, True)
