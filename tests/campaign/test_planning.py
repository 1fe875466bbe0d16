"""A plan: who is in it, who is not and why, and that nothing half-made stays behind."""

from __future__ import annotations

import csv
import json
import multiprocessing
from dataclasses import replace

import pytest

from mmspack import profiles
from mmspack.campaign import Ledger, Order, Rules, Run, State, plan
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.planning.intake import is_in_shard
from mmspack.campaign.planning.numbers import read_number, zones_of
from mmspack.campaign.planning.suppression import read_suppression
from mmspack.errors import AuthoringError, DoesNotFit, InputError, MmspackError, OutputError, UsageError
from mmspack.gateway import Gateway
from mmspack.recipe import Recipe
from mmspack.sandbox import Sandbox
from tests.fitting.clips import damaged, make_film
from tests.fitting.drawn import noise, saved


def test_a_plan_sorts_out_the_rows_and_says_why(planned, tmp_path):
    stop = tmp_path / "stop.csv"
    stop.write_text("msisdn\n+44 7700 901003\n")
    bad = (
        "447700901001,Twice,V1,\n12,Short,V2,\nabc,Word,V3,\n,Nobody,V4,\n4.477E+11,Excel,V5,\n"
        '447700902000,"Two\nlines",V6,\n447700902001,Few\n=cmd,Formula,V7,\n'
    )
    made = planned(10, extra=bad, suppression=stop)
    assert (made.rows, made.ready, made.duplicates, made.suppressed, made.bad) == (18, 9, 1, 1, 7)
    with made.bad_rows.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [row[2] for row in rows[1:]] == [
        "the number is on the suppression list",
        "the number already occurs in line 3 of people.csv",
        "the number does not start with a country code (a national number needs country=)",
        "the number contains 'a', a letter",
        "the number is missing",
        "a spreadsheet has rounded the number, and its last digits are gone: take it from the source into a "
        "column that is formatted as text",
        "subject: contains a line break or another control character",
        "has 2 cells, but the header has 4",
        "the number contains '=', not a digit",
    ]
    assert rows[-1][3] == "'=cmd"
    with Ledger.look(made.path) as ledger:
        assert ledger.counts()[State.BUILT] == 9


def test_a_message_that_breaks_a_rule_is_not_sent(planned, people):
    # A line of its own in the subject's header: U+0085 ends a line for some readers.
    table = people(3, extra="447700903000,Ada\x85Bcc,V1,\n")
    made = planned(recipients=table)
    assert (made.ready, made.bad) == (3, 1)
    assert "MMS506" in made.bad_rows.read_text("utf-8-sig")
    with Ledger.look(made.path) as ledger:
        assert [one.msisdn for one in ledger.accounts(State.UNFIT)] == [447700903000]


def test_the_worst_cases_are_named(planned, people):
    table = people(5, extra="447700903000,Maximiliana,V-long-voucher,Llanfairpwllgwyngyll\n")
    made = planned(recipients=table, rules=Rules(rate=2.5, price=0.04))
    assert made.longest == (
        7,
        len("Dear Maximiliana, your voucher is V-long-voucher.See you in Llanfairpwllgwyngyll."),
    )
    assert made.largest[0] == 7
    assert made.largest[1] < made.limit
    assert made.seconds == pytest.approx(6 / 2.5)
    assert made.cost == pytest.approx(0.24)


def test_characters_that_do_not_show_are_counted(planned):
    made = planned(3, extra="447700903000,Ada \U0001f389,V1,\n447700903001,Bo\ufffdb,V2,\n")
    assert made.findings["MMS526 info"] == 1
    assert made.findings["MMS444 warning"] == 1
    assert made.examples["MMS526 info"][0] == 5


def test_variables_are_matched_to_columns_and_missing_ones_told(planned, tmp_path):
    with pytest.raises(AuthoringError, match=r"no column for \{\{ cod \}\} \(did you mean 'code'\?\)"):
        planned(3, text='[[slides]]\ntext = "{{ cod }}"\n')
    with pytest.raises(AuthoringError, match=r"values=\{'shop'"):
        planned(3, text='[[slides]]\ntext = "{{ shop }}"\n')
    with pytest.raises(AuthoringError, match=r"uses the variable 'shp' \(did you mean 'shop'\?\)"):
        planned(3, text='[[slides]]\ntext = "{{ shop }}"\n', values={"shp": "Leeds"})
    assert planned(3, text='[[slides]]\ntext = "{{ shop }}"\n', values={"shop": "Leeds"}).ready == 3


def test_another_column_and_national_numbers(planned, tmp_path):
    table = tmp_path / "customers.csv"
    table.write_text("Mobile;name;code\n07700 900201;Ada;V1\n+44 (7700) 900202;Bob;V2\n", "utf-8-sig")
    with pytest.raises(UsageError, match="no column 'msisdn' among 'Mobile', 'name', 'code'"):
        planned(recipients=table)
    made = planned(recipients=table, to_column="mobile", country="GB")
    with Ledger.look(made.path) as ledger:
        assert [one.msisdn for one in ledger.accounts()] == [447700900201, 447700900202]


@pytest.mark.slow
def test_json_lines_and_parquet(planned, tmp_path):
    rows = [{"msisdn": 447700901000 + at, "name": f"Ada {at}", "code": at} for at in range(5)]
    lines = tmp_path / "people.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n[1]\n{oops\n")
    made = planned(recipients=lines)
    assert (made.ready, made.bad) == (5, 2)
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "people.parquet")
    made.path.unlink()
    assert planned(recipients=tmp_path / "people.parquet").ready == 5


def test_tables_that_cannot_be_read_are_told_in_one_line(planned, tmp_path):
    def refusal(name, data):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MmspackError) as error:
            planned(recipients=tmp_path / name)
        return str(error.value)

    assert "people.doc: recipients cannot be read from a .doc (save them as .csv" in refusal(
        "people.doc", b"PK"
    )
    assert "people.xlsx: not a workbook" in refusal("people.xlsx", b"PK")
    assert "not UTF-8" in refusal("latin.csv", b"msisdn,name,code\n447700901000,Caf\xe9,1\n")
    assert "twice" in refusal("twice.csv", b"msisdn,name,name,code\n447700901000,a,b,c\n")
    assert "empty.csv: is empty" in refusal("empty.csv", b"")
    assert "no recipients left" in refusal("header.csv", b"msisdn,name,code\n")
    with pytest.raises(InputError, match=r"no file .*latim.csv.*did you mean '.*latin.csv'"):
        planned(recipients=tmp_path / "latim.csv")


def test_nothing_stays_behind_when_a_plan_fails(planned, tmp_path, tmp_path_factory):
    tiny = tmp_path_factory.mktemp("profiles") / "tiny.toml"
    tiny.write_text(
        '[tiny]\ntitle = "No room"\nmax_bytes = 100\nmax_width = 640\nmax_height = 480\n'
        'source = "this test"\ndate = "2026-11-26"\n',
        "utf-8",
    )
    with pytest.raises(DoesNotFit, match=r"people.csv:2: the longest copy, 61 bytes: .* tiny limit is 100"):
        planned(3, recipe=Recipe(profile="tiny", profile_files=tiny))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["message.toml", "people.csv"]


@pytest.mark.slow
def test_two_plans_of_one_campaign_at_a_time_are_refused(planned, tmp_path):
    from mmspack.campaign.ledger.lease import Lease

    lease = Lease.take(tmp_path / "spring.campaign")
    with pytest.raises(UsageError, match="is in use by another process"):
        planned(3)
    lease.release()
    assert planned(3).ready == 3


def test_a_campaign_is_not_planned_over(planned):
    made = planned(3)
    before = made.path.read_bytes()
    with pytest.raises(UsageError, match="a campaign of that name already exists"):
        planned(4)
    assert made.path.read_bytes() == before


def test_a_campaign_of_which_nothing_was_sent_may_be_replaced(planned, tmp_path):
    first = planned(3)
    order = Order(
        message=tmp_path / "message.toml",
        recipients=tmp_path / "people.csv",
        name=first.name,
        replace=True,
        default_if_blank=("city",),
    )
    assert plan(order).path == first.path
    with Ledger.open(first.path) as ledger:
        assert ledger.counts()[State.BUILT] == 3


@pytest.mark.slow
def test_a_campaign_that_has_begun_is_not_replaced(planned, tmp_path):
    made = planned(3)
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        run = Run(ledger=ledger, gateway=Gateway(sandbox.url), rules=Rules(sender="447700900111"))
        assert next(iter(run)).state is State.ACCEPTED
    order = Order(
        message=tmp_path / "message.toml", recipients=tmp_path / "people.csv", name=made.name, replace=True
    )
    with pytest.raises(UsageError, match=r"cannot be replaced: it has .* who may have been sent to"):
        plan(order)
    with Ledger.look(made.path) as ledger:
        assert ledger.counts()[State.BUILT] < 3


def test_a_changed_message_does_not_change_what_is_sent(planned, tmp_path):
    from mmspack.campaign.build.frozen import Base

    made = planned(2)
    (tmp_path / "message.toml").write_text('[[slides]]\ntext = "Something else"\n')
    with Ledger.look(made.path) as ledger:
        assert Base.from_blobs(ledger.base()).texts[0].startswith("Dear {{ name }}")


@pytest.mark.slow
def test_two_processes_build_what_one_builds(planned, tmp_path):
    one = planned(2500)
    with Ledger.look(one.path) as ledger:
        alone = list(ledger._db.execute("select row, state, digest from recipients order by row"))
    order = Order(
        message=tmp_path / "message.toml",
        recipients=tmp_path / "people.csv",
        name="second",
        rules=Rules(rate=1),
    )
    second = plan(order, engine=LocalEngine(2))
    with Ledger.look(second.path) as ledger:
        together = list(ledger._db.execute("select row, state, digest from recipients order by row"))
    assert together == alone
    assert (second.longest, second.largest) == (one.longest, one.largest)


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "started"), [(3, False), (1001, True)])
def test_processes_are_started_only_where_there_is_work_for_two(planned, tmp_path, rows, started):
    planned(rows)
    order = Order(message=tmp_path / "message.toml", recipients=tmp_path / "people.csv", name="second")
    seen = []

    def heard(stage: str, _done: int) -> None:
        if stage == "build":
            seen.append(len(multiprocessing.active_children()))

    made = plan(order, engine=LocalEngine(2), progress=heard)
    assert (made.ready, any(seen)) == (rows, started)


def test_shards_share_the_numbers_out_and_each_has_one_owner():
    numbers = range(447700900000, 447700901000)
    owners = [[is_in_shard(number, (index, 4)) for index in (1, 2, 3, 4)] for number in numbers]
    assert all(sum(row) == 1 for row in owners)
    assert all(150 < sum(row[index] for row in owners) < 350 for index in range(4))


def test_a_shard_without_rows_says_where_the_rows_are(planned, tmp_path):
    table = tmp_path / "one.csv"
    table.write_text("msisdn,name,code\n+447700901000,Ada,V1\n")
    empty = next(at for at in (1, 2) if not is_in_shard(447700901000, (at, 2)))
    with pytest.raises(UsageError, match="no recipients left: 1 row belongs to other shards") as caught:
        planned(recipients=table, shard=(empty, 2))
    assert "fewer shards" in str(caught.value)
    table.write_text("msisdn,name,code\n+447700901000,Ada,V1\n12,Bob,V2\n")
    with pytest.raises(UsageError, match=r"none of 2 rows can be used: 1 × .*; 1 row belongs to"):
        planned(recipients=table, shard=(empty, 2))


@pytest.mark.parametrize(
    ("text", "country", "msisdn"),
    [
        ("+44 7700 900123", None, 447700900123),
        ("447700900123", None, 447700900123),
        ("0044-7700-900123", None, 447700900123),
        ("07700 900123", "GB", 447700900123),
        ("447700900123", "GB", 447700900123),
        ("4915112345678", "GB", 4915112345678),
        ("33612345678", "US", 33612345678),
        ("12025550123", "DE", 12025550123),
        ("015112345678", "DE", 4915112345678),
        ("15112345678", "DE", 4915112345678),
        ("+4915112345678", "DE", 4915112345678),
        # Valid both ways: a landline gets no message, and Americans write nothing before the area code.
        ("4915112345678", "DE", 4915112345678),
        ("33612345678", "DE", 33612345678),
        ("4792345678", "US", 14792345678),
        (447700900123, None, 447700900123),
        (447700900123.0, None, 447700900123),
        ("447700900123.0", None, 447700900123),
        ("\u200e+447700900123\u200e", None, 447700900123),
        ("(212) 555-1234", "US", 12125551234),
    ],
)
def test_numbers_as_people_write_them(text, country, msisdn):
    assert read_number(text, country).msisdn == msisdn


@pytest.mark.parametrize(
    "text", ["", None, "07700 900123", "12", "+44", "4.477E+11", "x", True, "4477009001239999"]
)
def test_what_is_no_number(text):
    found = read_number(text)
    assert found.problem
    assert not found.msisdn


@pytest.mark.parametrize(
    ("text", "country", "either"),
    [
        ("447700905002", "DE", (447700905002, 49447700905002)),
        ("17012345678", "DE", (17012345678, 4917012345678)),
    ],
)
def test_a_number_with_two_meanings_is_nobodys(text, country, either):
    found = read_number(text, country)
    assert (found.msisdn, found.either) == (0, either)
    assert found.problem.startswith("the number could be +")
    assert found.problem.endswith(": write it with a leading +")


@pytest.mark.parametrize(("text", "country"), [("7700905002", "GB"), ("447700905002", "US"), ("0", "DE")])
def test_a_number_that_only_its_length_speaks_for_is_nobodys(text, country):
    assert read_number(text, country).problem


@pytest.mark.slow
def test_the_country_may_be_written_in_small_letters_and_must_be_one(planned, people):
    table = people(2, extra="07700901500,Ada,V1,\n")
    with pytest.raises(UsageError, match="country 'ZZ': not a country"):
        planned(recipients=table, country="ZZ")
    with pytest.raises(UsageError, match="the United Kingdom is GB"):
        planned(recipients=table, country="uk")
    assert planned(recipients=table, country="gb").ready == 3


def test_zones_of_numbers():
    assert zones_of(447700900123) == "Europe/London"
    assert "America/New_York" in zones_of(12125551234)
    assert "America/New_York" not in zones_of(14165551234)
    assert zones_of(18765551234) == "America/Jamaica"
    assert zones_of(48601234567) == "Europe/Warsaw"


@pytest.mark.slow
def test_a_builder_that_dies_is_told_and_leaves_nothing(planned, tmp_path, monkeypatch):
    import os
    import signal
    import time

    from mmspack.campaign.build import engines

    def dies(base, shards, *, real=engines.LocalEngine.build):
        for built in real(LocalEngine(2), base, shards):
            for child in __import__("multiprocessing").active_children():
                os.kill(child.pid, signal.SIGKILL)
            time.sleep(0.2)
            yield built

    planned(3)
    rows = "".join(f"{447700905000 + at},Ada,V,Leeds\n" for at in range(20_000))
    (tmp_path / "people.csv").write_text(f"msisdn,name,code,city\n{rows}")
    engine = LocalEngine(2)
    monkeypatch.setattr(engine, "build", lambda base, shards: dies(base, shards), raising=False)
    order = Order(message=tmp_path / "message.toml", recipients=tmp_path / "people.csv", name="dead")
    with pytest.raises(OutputError, match="a worker process ended unexpectedly"):
        plan(order, engine=engine)
    assert not list(tmp_path.glob("*dead*"))


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
def test_an_empty_cell_without_a_default_is_a_bad_row(planned, people):
    table = people(2, extra="447700903000,,V1,\n447700903001,   ,V2,Leeds\n447700903002,Ada,,\n")
    made = planned(recipients=table)
    assert (made.ready, made.bad) == (2, 3)
    assert [row["reason"] for row in rows_of(made.bad_rows)] == ["Name is empty"] * 2 + ["code is empty"]
    made.path.unlink()
    text = (
        '[variables]\nname = ""\ncode = ""\n[[slides]]\ntext = "Dear {{ name or \'friend\' }}, {{ code }}"\n'
    )
    assert planned(recipients=table, text=text).ready == 5


def test_blanks_around_a_cell_are_not_sent(planned, people):
    made = planned(recipients=people(1, extra="447700903000,  Bob ,V1,\n"))
    with Ledger.look(made.path) as ledger:
        assert ledger.row(3)[1] == ("", "V1", "Bob")


def test_an_entry_of_the_suppression_list_that_cannot_be_read_stops_the_plan(planned, tmp_path):
    stop = tmp_path / "stop.csv"
    stop.write_text("+44 7700 901003\nfoo\n07700901004\n")
    with pytest.raises(InputError, match=r"line 2: the number contains '.*', a letter; line 3: "):
        planned(5, suppression=stop)
    stop.write_text("+44 7700 901003\n\n07700901004\n")
    with pytest.raises(InputError, match=r"stop\.csv: line 3: the number does not start with a country code"):
        planned(5, suppression=stop)
    assert planned(5, suppression=stop, country="GB").suppressed == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("07700901003\n", "line 1: the number does not"),
        ("", "is empty"),
        ('msisdn,why\n447700901000,x\n"4477009,x\n', "line 3: a quotation mark is opened"),
        ("msisdn,why\n,asked\n", "line 2: the number is missing"),
    ],
)
def test_a_suppression_list_is_read_whole_or_not_at_all(planned, tmp_path, data, words):
    stop = tmp_path / "stop.csv"
    stop.write_text(data)
    with pytest.raises(InputError, match=words):
        planned(5, suppression=stop)
    stop.write_text("msisdn\n")
    assert planned(5, suppression=stop).ready == 5


def test_a_number_with_two_meanings_is_suppressed_as_both(tmp_path):
    stop = tmp_path / "stop.csv"
    stop.write_text("msisdn\n4792345678\n")
    assert read_suppression(stop, "US") == {4792345678, 14792345678}


@pytest.mark.slow
def test_where_nobody_is_left_the_bad_rows_say_why(planned, tmp_path):
    table = tmp_path / "people.csv"
    table.write_text("msisdn,name,code\nabc,Ada,V1\n12,Bob,V2\n")
    with pytest.raises(UsageError, match="none of 2 rows can be used") as refusal:
        planned(recipients=table)
    path = tmp_path / "spring.bad-rows.csv"
    assert str(path) in str(refusal.value)
    assert [row["line"] for row in rows_of(path)] == ["2", "3"]
    assert not list(tmp_path.glob("*.campaign"))
    table.write_text("msisdn,name,code\n")
    with pytest.raises(UsageError, match="it has no rows"):
        planned(recipients=table)


@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_stray_quote_costs_its_own_row_alone(planned, tmp_path, where):
    rows = [f"4477009002{at:02},Ada {at},V{at}" for at in range(6)]
    rows[where] = f'447700900202,Bob,"Y{where}'
    table = tmp_path / "people.csv"
    table.write_text("msisdn,name,code\n" + "\n".join(rows) + "\n")
    made = planned(recipients=table)
    assert (made.rows, made.ready, made.bad) == (6, 5, 1)
    (bad,) = rows_of(made.bad_rows)
    assert (bad["line"], bad["reason"]) == (str(where + 2), "a quotation mark is opened but not closed")
    assert bad["as read"] == rows[where]


def test_a_quote_that_another_row_closes_swallows_nobody(planned, tmp_path):
    table = tmp_path / "people.csv"
    table.write_text(
        'msisdn,name,code\n447700900201,Bob,"Y\n447700900202,Ann,Z"\n447700900203,Eve,"two\nlines"\n'
    )
    text = '[[slides]]\ntext = "{{ name }}: {{ code }}"\n'
    made = planned(recipients=table, text=text)
    assert (made.ready, made.bad) == (2, 1)
    assert rows_of(made.bad_rows)[0]["reason"] == "a quotation mark is opened that another row closes"
    with Ledger.look(made.path) as ledger:
        assert [one.msisdn for one in ledger.accounts()] == [447700900202, 447700900203]
        assert ledger.row(4)[1] == ("two\nlines", "Eve")


@pytest.mark.slow
def test_bad_rows_can_be_mended_and_planned(planned, tmp_path, people):
    extra = "447700901000,Twice,V1,\nabc,Ann,V2,\n447700903000,,V3,\n447700903001,Few\n+447700903002,=Eve,,\n"
    first = planned(2, extra=extra)
    lines = first.bad_rows.read_text("utf-8-sig").splitlines()
    assert lines[0] == "table,line,reason,msisdn,Name,code,city,as read"
    with first.bad_rows.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[1] |= {"msisdn": "447700903005", "reason": ""}
    rows[2] |= {"Name": "Zoe", "reason": ""}
    rows[4] |= {"code": "V5", "reason": ""}
    mended = tmp_path / "mended.csv"
    with mended.open("w", newline="") as stream:
        table = csv.DictWriter(stream, rows[0])
        table.writeheader()
        table.writerows(rows)
    first.path.rename(tmp_path / "first.campaign")
    made = planned(recipients=mended)
    assert (made.ready, made.bad) == (3, 2)
    with Ledger.look(made.path) as ledger:
        assert [one.msisdn for one in ledger.accounts()] == [447700903005, 447700903000, 447700903002]
        assert ledger.row(6)[1] == ("", "V5", "=Eve")
    assert all(row["reason"].startswith("left out before") for row in rows_of(made.bad_rows))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../evil", "a/b", "a\\b", "..", " x", "a\nb"])
def test_a_name_is_no_path(planned, tmp_path, name):
    planned(1)
    order = Order(message=tmp_path / "message.toml", recipients=tmp_path / "people.csv", name=name)
    with pytest.raises(UsageError, match="must be a name, not a path"):
        plan(order, engine=LocalEngine(1))


def test_two_columns_of_one_name_are_refused(planned, tmp_path):
    table = tmp_path / "people.csv"
    table.write_text("msisdn,first_name,First name\n447700900201,Ada,Eve\n")
    with pytest.raises(AuthoringError, match="the columns 'first_name' and 'First name' both match"):
        planned(recipients=table, text='[[slides]]\ntext = "{{ first_name }}"\n')


@pytest.mark.slow
def test_lines_of_the_test_group_are_told_with_their_table(planned, people, tmp_path):
    group = tmp_path / "us.csv"
    group.write_text("msisdn,name,code\n447700900301,Me and all my long names,V\n447700900302,You,V\n")
    made = planned(3, test_group=group)
    assert (made.longest[0], made.tables["longest"]) == (2, "us.csv")
    made.path.unlink()
    table = people(3, extra="447700903000,Maximiliana the fourth of all these,V,\n")
    made = planned(recipients=table, test_group=group)
    assert (made.longest[0], made.tables["longest"]) == (5, "people.csv")


def test_the_test_group_has_columns_of_its_own(planned, people, tmp_path):
    group = tmp_path / "us.csv"
    group.write_text("city,code,name,msisdn\nLeeds,V1,Me,447700900301\n")
    made = planned(recipients=people(1), test_group=group)
    with Ledger.look(made.path) as ledger:
        assert ledger.row(2)[1] == ("Leeds", "V1", "Me")
    group.write_text("msisdn,name\n447700900301,Me\n")
    made.path.unlink()
    with pytest.raises(AuthoringError, match=r"us\.csv: no column for \{\{ code \}\}"):
        planned(recipients=people(1), test_group=group)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rate": 0}, "rate 0: not a rate"),
        ({"rate": -1.0}, "not a rate"),
        ({"rate": float("nan")}, "not a rate"),
        ({"rate": 1e6}, "not a rate"),
        ({"per_day": -1}, "per_day -1: less than 0"),
        ({"quiet": "late"}, "not a time range"),
        ({"start": "soon"}, "not a time"),
    ],
)
def test_rules_by_which_nothing_can_be_sent_are_refused(planned, tmp_path, wrong, words):
    with pytest.raises(UsageError, match=words):
        planned(2, rules=Rules(**wrong))
    assert not list(tmp_path.glob("*.campaign*"))


@pytest.mark.slow
def test_a_picture_that_looks_poor_is_a_finding_of_every_message(planned, tmp_path):
    (tmp_path / "a.jpg").write_bytes(saved(noise((640, 480)), "JPEG", quality=92))
    text = '[[slides]]\nimage = "a.jpg"\ntext = "Dear {{ name }}"\n'
    recipe = Recipe(profile=replace(profiles.get("uk"), name="small", max_bytes=4_000, warn_bytes=None))
    made = planned(3, text=text, recipe=recipe)
    assert made.findings["MMS532 warning"] == 3
    assert "'image1.jpg' has a predicted quality of" in made.examples["MMS532 warning"][1]


@pytest.mark.slow
def test_a_video_of_which_a_part_is_missing_is_a_finding_of_every_message(planned, tmp_path):
    film = make_film(size=(96, 64), seconds=2, options={"crf": "20", "profile": "baseline"})
    (tmp_path / "a.mp4").write_bytes(damaged(film, 1.0))
    made = planned(3, text='[[slides]]\nvideo = "a.mp4"\ntext = "Dear {{ name }}"\n')
    assert made.findings["MMS534 warning"] == 3
    assert "'video1.mp4': damaged at" in made.examples["MMS534 warning"][1]


def test_a_plan_tells_how_far_it_is(people, tmp_path):
    (tmp_path / "message.toml").write_text('[[slides]]\ntext = "Hi {{ name }}"\n')
    told = []
    order = Order(message=tmp_path / "message.toml", recipients=people(3), rules=Rules(rate=1))
    made = plan(order, progress=lambda stage, done: told.append((stage, done)))
    assert list(dict.fromkeys(stage for stage, _ in told)) == ["fit", "build"]
    assert told[-1] == ("build", 3)
    with Ledger.look(made.path) as ledger:
        assert len(bytes.fromhex(ledger.setting("campaign"))) == 4
        assert len(bytes.fromhex(ledger.setting("key"))) == 16
