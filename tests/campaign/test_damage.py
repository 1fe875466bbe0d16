"""Ledgers that are damaged, older than they should be, or of another machine: nobody is sent to twice."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mmspack.campaign import Ledger, State, reconcile, resend
from mmspack.campaign.ledger.database import QUEUE, UNSEALED_SCHEMA
from mmspack.campaign.ledger.states import Settled, StateEvent
from mmspack.campaign.report.settling import report_rows
from mmspack.errors import InputError, MmspackError, UsageError
from tests.conftest import SHARED

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
INPUTS = SHARED / "inputs" / "ledger"
FIRST = 447700901000
DAMAGES = os.environ.get("MMSPACK_DAMAGES", "60")
"""How many ledgers are damaged at random: MMSPACK_DAMAGES=500 before a release."""
NOW = 2_000_000_000


@pytest.fixture
def half_sent(planned):
    """A campaign of 600, of whom 100 were accepted and 10 are held; rows are lines, from 2 on."""
    made = planned(600)
    with Ledger.open(made.path) as ledger:
        rows = [one.row for one in ledger.reserve(110, now=NOW)]
        ledger.settle([Settled(row, StateEvent.ACCEPT, id=f"id-{row}") for row in rows[:100]])
        ledger.settle([Settled(row, StateEvent.HOLD, why="lost") for row in rows[100:]])
    return made.path


def edit(path: Path, query: str, *values: object) -> None:
    """Change a ledger behind its back, as a sound database."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(query, values)
        db.commit()


def refusal(path: Path, **options: bool) -> MmspackError:
    with pytest.raises(InputError) as error:
        Ledger.open(path, **options)
    with pytest.raises(InputError):
        Ledger.look(path)
    return error.value


def rows_in(path: Path, state: State) -> set[int]:
    with Ledger.look(path) as ledger:
        return {one.row for one in ledger.accounts(state)}


# -- rows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("msisdn = msisdn + 64000", "its number or the values in its message have changed"),
        ('fields = \'["Eve","V0"]\'', "its number or the values in its message have changed"),
        ("zone = 3", "its number or the values in its message have changed"),
        ("digest = zeroblob(16)", "its state has changed since it was written"),
        ("state = 5", "its state has changed since it was written"),
        ("tries = 3", "its state has changed since it was written"),
        ("seal = zeroblob(8)", "its number or the values in its message have changed"),
        ("state_seal = zeroblob(8)", "its state has changed since it was written"),
    ],
)
def test_a_row_that_was_changed_is_named_and_held_and_the_rest_goes_on(half_sent, change, fault):
    edit(half_sent, f"update recipients set {change} where row = 300")
    error = refusal(half_sent)
    assert f"line 300 of people.csv: {fault}" in str(error)
    assert "despite_damage=True" in error.hint
    assert error.exit_code == 3
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert [line for line in ledger.found.notes if "line 300" in line] == list(ledger.found.notes)
        taken = {one.row for one in ledger.reserve(1000, now=NOW)}
        assert taken == {*range(112, 602)} - {300}
        (one,) = (one for one in ledger.accounts(State.HELD) if one.row == 300)
        assert one.why.startswith("the campaign's file was damaged: ")


def test_a_number_that_was_changed_reaches_no_stranger_whatever_the_operator_does(half_sent):
    edit(half_sent, "update recipients set msisdn = 447700999999 where row = 300")
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert resend(ledger) == 10
        with pytest.raises(UsageError, match="its message was lost with a damaged file"):
            ledger.settle([Settled(300, StateEvent.RESEND)])
        assert {one.msisdn for one in ledger.reserve(1000, now=NOW)} == {*range(FIRST + 100, FIRST + 600)} - {
            FIRST + 298
        }


def test_where_the_state_alone_was_changed_an_operator_can_send_again(half_sent):
    edit(half_sent, "update recipients set state = 5 where row = 300")
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert resend(ledger, State.HELD, [FIRST + 298]) == 1
        assert 300 in {one.row for one in ledger.reserve(1000, now=NOW)}


def test_a_row_that_is_gone_is_named_and_held(half_sent):
    edit(half_sent, "delete from recipients where row = 300")
    assert "line 300 of people.csv: it cannot be read" in str(refusal(half_sent))
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert 300 in {one.row for one in ledger.accounts(State.HELD)}
        (cells,) = (cells for cells in report_rows(ledger) if cells[1] == "300")
        assert cells[:4] == ("people.csv", "300", "", "held")
        assert sum(ledger.counts().values()) == 600


def test_an_outcome_that_was_changed_or_lost_is_noticed(half_sent):
    edit(half_sent, "update outcomes set id = 'id-9' where row = 7")
    edit(half_sent, "delete from outcomes where row = 8")
    error = refusal(half_sent)
    assert [problem.where.name for problem in error.problems[1:]] == [
        "line 7 of people.csv",
        "line 8 of people.csv",
    ]


def test_rows_that_are_older_than_the_rest_hold_who_waits_beside_them(half_sent, tmp_path):
    older = tmp_path / "older.campaign"
    shutil.copyfile(half_sent, older)
    with Ledger.open(half_sent) as ledger:
        rows = [one.row for one in ledger.reserve(20, now=NOW)]
        ledger.settle([Settled(row, StateEvent.ACCEPT, id="7") for row in rows])
    # Every table and index of these rows as they were before: each row is sound in itself.
    with closing(sqlite3.connect(half_sent)) as db:
        db.execute("attach ? as older", (str(older),))
        db.execute(
            "insert or replace into recipients select * from older.recipients where row between 112 and 131"
        )
        db.execute("delete from outcomes where row between 112 and 131")
        db.commit()
    error = refusal(half_sent)
    assert (
        "line 1 of people.csv to line 255 of people.csv: some of these rows are lost or out of date"
        in str(error)
    )
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert {one.row for one in ledger.reserve(1000, now=NOW)} == {*range(256, 602)}
        assert {one.row for one in ledger.accounts(State.HELD)} == {*range(102, 256)}


def test_a_suppression_list_that_lost_a_number_lets_nobody_be_sent_to(half_sent):
    with Ledger.open(half_sent) as ledger:
        ledger.suppress([FIRST + 300, FIRST + 301])
    edit(half_sent, "delete from suppressed where msisdn = ?", FIRST + 300)
    assert "its suppression list" in str(refusal(half_sent))
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert ledger.reserve(1000, now=NOW) == []
        assert ledger.counts()[State.HELD] == 500


@pytest.mark.parametrize(
    "query",
    [
        "update settings set value = '\"447700900123\"' where name = 'rules'",
        "update settings set value = '\"00\"' where name = 'key'",
        "update settings set value = 'nothing' where name = 'key'",
        "update base set data = zeroblob(3)",
        "drop table shards",
        "update zones set names = 'Europe/Paris'",
    ],
)
def test_without_its_settings_or_its_message_nothing_goes_on(half_sent, query):
    edit(half_sent, query)
    before = half_sent.read_bytes()
    for despite in (False, True):
        assert "the campaign's file is damaged: " in str(refusal(half_sent, despite_damage=despite))
    assert half_sent.read_bytes() == before


# -- pages --------------------------------------------------------------------------------------------


def pages_of(path: Path, table: str) -> list[int]:
    """The leaf pages of a table."""
    with closing(sqlite3.connect(path)) as db:
        try:
            query = "select pageno from dbstat where name = ? and pagetype = 'leaf'"
            return [page for (page,) in db.execute(query, (table,))]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not tell which page is whose")


def overwrite(path: Path, page: int, data: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(data)


def test_a_page_of_recipients_that_is_lost_holds_them_and_keeps_the_file(half_sent):
    pages = pages_of(half_sent, "recipients")
    overwrite(half_sent, pages[len(pages) // 2], b"\xa5" * 4096)
    before = half_sent.read_bytes()
    assert "it cannot be read" in str(refusal(half_sent))
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert ledger.found.kept is not None
        assert ledger.found.kept.read_bytes() == before
        assert stat.S_IMODE(ledger.found.kept.stat().st_mode) == 0o600
        states = {one.row: one for one in ledger.accounts()}
        lost = [one for one in states.values() if "cannot be read" in one.why]
        assert len(states) == 600
        assert len(lost) > 20
        assert not any(one.is_sendable for one in lost)
        assert not any(one.is_known for one in lost), "one copy of a number, in the index, proves nothing"
        taken = {one.row for one in ledger.reserve(1000, now=NOW)}
        assert taken
        assert not taken & {one.row for one in lost}
    Ledger.open(half_sent).close()


def test_a_damaged_index_holds_nobody(half_sent):
    overwrite(half_sent, pages_of(half_sent, "sqlite_autoindex_recipients_1")[0], bytes(4096))
    assert "its pages contradict each other; no recipient is affected" in str(refusal(half_sent))
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert ledger.counts()[State.HELD] == 10
        assert len(ledger.reserve(1000, now=NOW)) == 490


# -- older copies -------------------------------------------------------------------------------------


def test_a_backup_that_is_older_than_the_last_run_sends_to_nobody(half_sent, tmp_path):
    backup = tmp_path / "backup"
    shutil.copyfile(half_sent, backup)
    with Ledger.open(half_sent) as ledger:
        ledger.reserve(5, now=NOW)
    shutil.copyfile(backup, half_sent)
    error = refusal(half_sent)
    assert (
        "every waiting recipient may have been sent to: the file is older than the last run on this machine"
        in str(error)
    )
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert ledger.reserve(1000, now=NOW) == []
        assert ledger.counts()[State.HELD] == 500
        assert ledger.counts()[State.ACCEPTED] == 100
        assert resend(ledger) == 500
        assert len(ledger.reserve(1000, now=NOW)) == 500


@pytest.mark.parametrize("harm", ["lost", "cut off", "damaged"])
def test_a_wal_file_that_does_not_hold_all_of_the_last_run_is_noticed(half_sent, tmp_path, harm):
    code = (
        "import os, signal; from pathlib import Path; from mmspack.campaign import Ledger;"
        f"ledger = Ledger.open(Path({str(half_sent)!r}));"
        f"[ledger.reserve(5, now={NOW}) for _ in range(3)]; os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT)
    wal = half_sent.with_name(f"{half_sent.name}-wal")
    data = bytearray(wal.read_bytes())
    assert len(data) > 10_000
    if harm == "lost":
        wal.unlink()
    else:
        data[len(data) // 2] ^= 1
        wal.write_bytes(data if harm == "damaged" else data[: len(data) // 2])
    assert "its -wal file is missing or damaged" in str(refusal(half_sent))
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        assert ledger.reserve(1000, now=NOW) == []


def test_a_copy_beside_the_one_that_was_run_is_noticed(half_sent, tmp_path):
    copy = tmp_path / "copy.campaign"
    shutil.copyfile(half_sent, copy)
    with Ledger.open(half_sent) as ledger:
        ledger.reserve(5, now=NOW)
    assert "the file is older than the last run on this machine" in str(refusal(copy))


# -- another machine ----------------------------------------------------------------------------------


def test_on_another_machine_it_asks_and_remembers_the_answer(half_sent, tmp_path, monkeypatch, mmspack):
    home = os.environ["MMSPACK_STATE"]
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "elsewhere"))
    for command in ("run", "resolve --drop"):
        ran = (
            mmspack("campaign", *command.split(), str(half_sent))
            if command == "run"
            else mmspack("campaign", "resolve", str(half_sent), "--drop")
        )
        assert ran.code == 2
        assert "last used on another machine" in ran.err
        assert "otherwise continue here with --take-over" in ran.err
    assert mmspack("campaign", "status", str(half_sent)).code == 0
    assert mmspack("campaign", "resolve", str(half_sent), "--drop", "--take-over").code == 0
    Ledger.open(half_sent).close()
    monkeypatch.setenv("MMSPACK_STATE", home)
    with pytest.raises(UsageError, match="last used on another machine"):
        Ledger.open(half_sent)


# -- ledgers of version 1 -----------------------------------------------------------------------------


def of_version_1(path: Path, source: Path) -> Path:
    """The same campaign as it was kept before there were checksums."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode = wal")
        db.executescript(UNSEALED_SCHEMA)
        db.execute(QUEUE)
        db.execute("attach ? as new", (str(source),))
        names = "row, msisdn, state, zone, due, tries, digest, fields"
        db.execute(f"insert into recipients select {names} from new.recipients")
        db.execute("insert into outcomes select * from new.outcomes")
        db.execute("insert into settings select name, value from new.settings where name <> 'machine'")
        db.execute("insert into base select name, data from new.base")
        db.execute("insert into zones select zone, names from new.zones")
        db.execute("pragma main.application_id = 1835889520")
        db.execute("pragma main.user_version = 1")
        db.commit()
    return path


def test_an_older_ledger_goes_on_with_checksums_from_then_on(half_sent, tmp_path, monkeypatch, mmspack):
    before = rows_in(half_sent, State.ACCEPTED)
    old = of_version_1(tmp_path / "old.campaign", half_sent)
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "fresh"))
    assert mmspack("campaign", "status", str(old)).code == 0
    ran = mmspack("campaign", "resolve", str(old), "--drop")
    assert (ran.code, "upgraded: " in ran.err) == (0, True), ran.err
    assert mmspack("campaign", "resolve", str(old), "--drop").err == ""
    with Ledger.open(old) as ledger:
        assert {one.row for one in ledger.accounts(State.ACCEPTED)} == before
        assert ledger.counts()[State.DROPPED] == 10
        assert len(ledger.reserve(1000, now=NOW)) == 490
    edit(old, "update recipients set msisdn = 1 where row = 9")
    assert "line 9 of people.csv" in str(refusal(old))


def test_an_older_ledger_whose_sender_died_holds_whom_it_had_under_way(half_sent, tmp_path, monkeypatch):
    with Ledger.open(half_sent) as ledger:
        ledger.reserve(4, now=NOW)
        old = of_version_1(tmp_path / "old.campaign", half_sent)
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "fresh"))
    with Ledger.open(old) as ledger:
        assert ledger.found.updated
        assert ledger.counts()[State.HELD] == 14


@pytest.mark.parametrize(
    "query",
    [
        "update recipients set state = 3 where row = 5",
        "update recipients set state = 99 where row = 5",
        "update recipients set fields = 'x' where row = 5",
    ],
)
def test_an_older_ledger_that_contradicts_itself_is_left_as_it_is(half_sent, tmp_path, monkeypatch, query):
    old = of_version_1(tmp_path / "old.campaign", half_sent)
    edit(old, query)
    before = old.read_bytes()
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "fresh"))
    for despite in (False, True):
        with pytest.raises(InputError, match="row 5 contradicts itself"):
            Ledger.open(old, despite_damage=despite)
    assert old.read_bytes() == before


def test_an_older_copy_of_before_the_checksums_is_noticed(half_sent, tmp_path):
    old = of_version_1(tmp_path / "old.campaign", half_sent)
    with pytest.raises(InputError, match="this machine knows a newer one of this campaign"):
        Ledger.open(old)
    with Ledger.open(old, despite_damage=True) as ledger:
        assert ledger.reserve(1000, now=NOW) == []


@pytest.mark.skipif(not INPUTS.exists(), reason="the inputs are not here")
def test_one_bit_that_sent_a_stranger_a_message_is_refused_naming_the_row(tmp_path, mmspack):
    for name in ("ledger-one-bit", "ledger-half-sent"):
        shutil.copyfile(INPUTS / f"{name}.campaign", tmp_path / f"{name}.campaign")
    ran = mmspack("campaign", "run", "ledger-one-bit")
    assert ran.code == 3
    assert "line 392 of people.csv: its number is not the one in the index" in ran.err
    ran = mmspack("campaign", "run", "ledger-half-sent", "--rate", "5000/s")
    assert ran.code == 0, ran.err
    with Ledger.look(tmp_path / "ledger-half-sent.campaign") as ledger:
        assert ledger.counts()[State.ACCEPTED] == 400


# -- commands, and files ------------------------------------------------------------------------------


def test_the_command_names_the_rows_and_goes_on_only_when_it_is_told_to(half_sent, mmspack):
    edit(half_sent, "update recipients set msisdn = 447700999999 where row = 300")
    for command in ("run", "status", "report"):
        ran = mmspack("campaign", command, "spring")
        assert ran.code == 3
        assert "line 300 of people.csv: its number or the values" in ran.err
        assert "Traceback" not in ran.err
    ran = mmspack("campaign", "run", "spring", "--despite-damage", "--rate", "5000/s")
    assert ran.code == 5
    assert "line 300 of people.csv" in ran.err
    assert "spring.campaign.damaged-1" in ran.err
    counts = json.loads(mmspack("campaign", "status", "--json").out)["counts"]
    assert {state: number for state, number in counts.items() if number} == {"accepted": 589, "held": 11}


def test_a_lost_number_proves_nothing_in_a_billing_record(half_sent, tmp_path):
    edit(half_sent, "update recipients set msisdn = 447700999999 where row = 300")
    with Ledger.open(half_sent, despite_damage=True) as ledger:
        report = list(report_rows(ledger))
        notes = "".join(f"b,{cells[9]}\n" for cells in report if cells[3] == "accepted")
        record = tmp_path / "billing.csv"
        record.write_text(f"id,reference\n{notes}")
        found = reconcile(ledger, record, complete=True)
        assert (found.returned, found.held) == (10, 1)


def test_whatever_a_ledger_was_copied_with_nobody_else_may_read_it(half_sent):
    half_sent.chmod(0o644)
    with Ledger.open(half_sent) as ledger:
        ledger.reserve(1, now=NOW)
        for one in half_sent.parent.glob("spring.campaign*"):
            if not one.name.endswith(".lock"):
                assert stat.S_IMODE(one.stat().st_mode) == 0o600, one.name
    state = Path(os.environ["MMSPACK_STATE"])
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    kept = [one for one in state.rglob("*") if one.is_file()]
    assert kept
    assert {stat.S_IMODE(one.stat().st_mode) for one in kept} == {0o600}
    assert {stat.S_IMODE(one.stat().st_mode) for one in state.rglob("*") if one.is_dir()} == {0o700}


@pytest.mark.slow
@pytest.mark.timeout(115)
def test_no_random_damage_leads_to_a_duplicate_a_stranger_a_loss_or_a_traceback():
    seed = str(int.from_bytes(os.urandom(3), "big"))
    script = ROOT / "benchmarks" / "campaign" / "damage.py"
    done = subprocess.run(
        [sys.executable, script, "--damages", DAMAGES, "--seconds", "100", "--jobs", "2", "--seed", seed],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    report = json.loads(done.stdout)
    assert report["damages"] >= 20
    assert report["refused"] > report["damages"] / 10
