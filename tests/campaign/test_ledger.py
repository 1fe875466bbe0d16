"""The ledger's file: what is on the disk when, who may open it, and what is refused in one line."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mmspack.campaign.ledger.lease import Lease
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.seals import NO_DIGEST
from mmspack.campaign.ledger.states import Settled, State, StateEvent
from mmspack.errors import InputError, MmspackError, OutputError, UsageError

FIRST = 447700901000


def filled(path: Path, count: int = 10, *, zones: int = 1) -> Ledger:
    ledger = Ledger.create(path, {"campaign": "00000000", "key": "00"})
    numbers = [ledger.zone(f"Zone/{at}") for at in range(zones)]
    for row in range(count):
        assert ledger.add(row, FIRST + row, numbers[row % zones], [f"Ada {row}"])
    ledger.commit()
    for batch in ledger.planned():
        ledger.built([(one.row, b"d" * 16) for one in batch])
    ledger.finish_plan()
    return ledger


def states(ledger: Ledger) -> list[State]:
    return [one.state for one in ledger.accounts()]


def test_a_number_is_there_once(tmp_path):
    with filled(tmp_path / "a.campaign", 1) as ledger:
        assert not ledger.add(77, FIRST, 2, ["Eve"])
        assert ledger.row_of(FIRST) == 0
        assert [one.msisdn for one in ledger.accounts()] == [FIRST]


def test_a_reservation_is_on_the_disk_when_it_returns(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path) as ledger:
        taken = ledger.reserve(3, now=0)
        with Ledger.look(path) as other:
            assert states(other)[:4] == [State.RESERVED] * 3 + [State.BUILT]
        assert [one.row for one in taken] == [0, 1, 2]
        assert taken[0].fields == ("Ada 0",)
        assert taken[0].digest == b"d" * 16
        assert ledger.setting("campaign") == "00000000"


def test_the_disk_is_asked_to_keep_it():
    # WAL with NORMAL loses committed reservations when the power goes.
    with filled(Path(os.environ["MMSPACK_STATE"]) / "a.campaign") as ledger:
        assert ledger._db.execute("pragma synchronous").fetchone() == (2,)
        assert ledger._db.execute("pragma journal_mode").fetchone() == ("wal",)


@pytest.mark.slow
def test_what_a_dead_sender_had_reserved_is_held(tmp_path):
    path = tmp_path / "a.campaign"
    filled(path, 5).close()
    code = (
        "import os, signal; from pathlib import Path; from mmspack.campaign.ledger.ledger import Ledger;"
        f"ledger = Ledger.open(Path({str(path)!r})); ledger.reserve(2, now=0);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2])
    with Ledger.open(path) as ledger:
        assert states(ledger) == [State.HELD] * 2 + [State.BUILT] * 3
        assert [one.why for one in ledger.accounts(State.HELD)] == [
            "the sender stopped before the answer was recorded"
        ] * 2
        assert not {one.row for one in ledger.reserve(5, now=0)} & {0, 1}


def test_looking_does_not_hold_what_is_under_way(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path, 2) as ledger:
        ledger.reserve(1, now=0)
        with Ledger.look(path) as other, pytest.raises(OutputError, match="cannot be written"):
            other.set(anything=1)
        assert states(ledger) == [State.RESERVED, State.BUILT]


@pytest.mark.slow
def test_a_second_writer_is_refused(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path), pytest.raises(UsageError, match="is in use by another process"):
        Ledger.open(path)
    Ledger.open(path).close()


def test_outcomes_are_written_whole_or_not_at_all(tmp_path):
    with filled(tmp_path / "a.campaign", 3) as ledger:
        ledger.reserve(2, now=0)
        both = [Settled(0, StateEvent.ACCEPT, id="7"), Settled(2, StateEvent.ACCEPT, id="8")]
        with pytest.raises(UsageError, match="built cannot accept"):
            ledger.settle(both)
        assert states(ledger) == [State.RESERVED, State.RESERVED, State.BUILT]
        ledger.settle([Settled(0, StateEvent.ACCEPT, id="7", sha256="ab" * 32)])
        (one,) = ledger.accounts(State.ACCEPTED)
        assert (one.id, one.sha256, one.code, one.why) == ("7", "ab" * 32, None, "")
        assert abs((one.at or 0) - time.time()) < 60


def test_outcomes_come_and_go_with_the_steps_of_an_operator(tmp_path):
    with filled(tmp_path / "a.campaign", 4) as ledger:
        ledger.reserve(4, now=0)
        ledger.settle([Settled(row, StateEvent.HOLD, why="lost", tries=1) for row in range(4)])
        ledger.settle([Settled(0, StateEvent.RESEND), Settled(1, StateEvent.PROVE_NOT_SENT)])
        ledger.settle(
            [Settled(2, StateEvent.PROVE_ACCEPTED, id="7"), Settled(3, StateEvent.DROP, why="given up")]
        )
        told = [(one.state, one.why, one.id, one.at is None, one.tries) for one in ledger.accounts()]
        assert told == [
            (State.BUILT, "", None, True, 0),
            (State.BUILT, "", None, True, 0),
            (State.ACCEPTED, "", "7", False, 1),
            (State.DROPPED, "given up", None, False, 1),
        ]
        assert [one.row for one in ledger.reserve(4, now=0)] == [0, 1]
        ledger.settle([Settled(0, StateEvent.RETURN, due=5), Settled(1, StateEvent.REJECT, code=4)])
        assert [one.code for one in ledger.accounts()] == [None, 4, None, None]
        assert [one.at is None for one in ledger.accounts()] == [True, False, False, False]


def test_a_step_that_is_named_twice_is_refused_and_not_taken(tmp_path):
    with filled(tmp_path / "a.campaign", 2) as ledger:
        ledger.reserve(2, now=0)
        with pytest.raises(InputError, match="given twice"):
            ledger.settle([Settled(1, StateEvent.ACCEPT, id="7"), Settled(1, StateEvent.ACCEPT, id="8")])
        assert states(ledger) == [State.RESERVED] * 2


def test_what_is_planned_comes_once_and_is_built_or_unfit(tmp_path):
    with Ledger.create(tmp_path / "a.campaign", {}) as ledger:
        zone = ledger.zone("")
        for row in range(7):
            ledger.add(row, FIRST - row, zone, ["Ada"])
        assert [[one.row for one in batch] for batch in ledger.planned(batch=3)] == [
            [0, 1, 2],
            [3, 4, 5],
            [6],
        ]
        assert ledger.counts() == {**dict.fromkeys(State, 0), State.PLANNED: 7}
        ledger.built([(0, b"a" * 16), (2, b"c" * 16)], [(1, "too long")])
        assert states(ledger)[:4] == [State.BUILT, State.UNFIT, State.BUILT, State.PLANNED]
        assert [one.why for one in ledger.accounts(State.UNFIT)] == ["too long"]
        assert [[one.row for one in batch] for batch in ledger.planned()] == [[3, 4, 5, 6]]
        ledger.built([(1, b"b" * 16)])  # what is unfit stays so
        assert [one.digest for one in ledger.reserve(9, now=0)] == [b"a" * 16, b"c" * 16]


def test_who_waits_least_comes_first_and_no_more_than_were_asked_for(tmp_path):
    with filled(tmp_path / "a.campaign", 8, zones=2) as ledger:
        assert [one.row for one in ledger.reserve(5, now=0)] == [0, 2, 4, 6, 1]
        ledger.settle([Settled(row, StateEvent.RETURN, due=200 - row) for row in (0, 2, 4)])
        assert ledger.next_due([2]) == 196
        assert ledger.next_due([2], last_row=2) == 198
        assert ledger.next_due([2, 3]) == 0
        assert [one.row for one in ledger.reserve(2, now=300, zones=[2])] == [4, 2]
        assert [one.row for one in ledger.reserve(3, now=300, zones=[3, 2])] == [3, 5, 7]


def test_only_waits_beyond_reason_are_undone(tmp_path):
    with filled(tmp_path / "a.campaign", 3) as ledger:
        ledger.reserve(3, now=0)
        ledger.settle([Settled(row, StateEvent.RETURN, due=50 + row) for row in range(3)])
        ledger.undo_future(51)
        assert [one.row for one in ledger.reserve(3, now=49)] == [2]
        assert [one.row for one in ledger.reserve(3, now=50)] == [0]
        assert [one.row for one in ledger.reserve(3, now=51)] == [1]


def test_a_list_that_breaks_off_is_not_kept(tmp_path):
    def broken():
        yield FIRST
        raise InputError("the list breaks off")

    with filled(tmp_path / "a.campaign", 2) as ledger:
        with pytest.raises(InputError, match="breaks off"):
            ledger.suppress(broken())
        ledger.commit()
        assert not ledger.is_suppressed(FIRST)
        ledger.suppress([FIRST + 1])
        ledger.suppress([FIRST + 1])
        assert ledger.is_suppressed(FIRST + 1)


def test_what_goes_back_waits_until_it_is_due_and_keeps_its_tries(tmp_path):
    with filled(tmp_path / "a.campaign", 2) as ledger:
        ledger.reserve(1, now=0)
        ledger.settle([Settled(0, StateEvent.RETURN, due=100, tries=2)])
        assert [one.row for one in ledger.reserve(5, now=99)] == [1]
        assert ledger.next_due([2]) == 100
        (again,) = ledger.reserve(5, now=100)
        assert (again.row, again.tries) == (0, 2)
        assert ledger.next_due([2]) is None


def test_a_wait_beyond_reason_is_undone(tmp_path):
    with filled(tmp_path / "a.campaign", 1) as ledger:
        ledger.reserve(1, now=0)
        ledger.settle([Settled(0, StateEvent.RETURN, due=10**10)])
        ledger.undo_future(10**9)
        assert [one.row for one in ledger.reserve(1, now=0)] == [0]


def test_a_suppressed_number_is_not_handed_out(tmp_path):
    with filled(tmp_path / "a.campaign", 3) as ledger:
        ledger.suppress([FIRST + 1])
        assert [one.row for one in ledger.reserve(3, now=0)] == [0, 2]
        assert states(ledger)[1] is State.SUPPRESSED


def test_zones_and_the_test_group_bound_what_is_handed_out(tmp_path):
    with filled(tmp_path / "a.campaign", 6, zones=2) as ledger:
        assert [one.row for one in ledger.reserve(9, now=0, zones=[3])] == [1, 3, 5]
        assert [one.row for one in ledger.reserve(9, now=0, zones=[2, 3], last_row=2)] == [0, 2]
        assert ledger.counts(last_row=2)[State.RESERVED] == 3
        assert ledger.reserve(9, now=0, zones=[]) == []


CHANGES = (
    "msisdn = 447700999999",
    "fields = '[\"Eve\"]'",
    "zone = zone + 1",
    "digest = x'00112233445566778899aabbccddeeff'",
    "tries = 1",
    "due = -5",
    "seal = x'0011223344556677'",
    "state_seal = x'0011223344556677'",
)
"""What damage may leave of a row that waits."""


def spoil(ledger: Ledger, change: str, row: int) -> None:
    """Change a row behind the ledger's back."""
    ledger._db.execute(f"update recipients set {change} where row = ?", (row,))
    ledger._db.commit()


def test_nobody_is_reserved_where_a_row_is_not_the_one_that_was_planned(tmp_path):
    for at, change in enumerate(CHANGES):
        with filled(tmp_path / f"{at}.campaign", 4, zones=2) as ledger:
            spoil(ledger, change, 2)
            with pytest.raises(InputError, match="row 2 is not what was written"):
                ledger.reserve(4, now=0)
            assert states(ledger) == [State.BUILT] * 4


def test_no_outcome_is_written_to_a_row_whose_state_was_changed(tmp_path):
    with filled(tmp_path / "a.campaign", 3) as ledger:
        ledger.reserve(3, now=0)
        for change in ("state = 5", "due = 7", "tries = 3", "state_seal = x'0011223344556677'"):
            spoil(ledger, change, 1)
            with pytest.raises(InputError, match="row 1 is not what was written"):
                ledger.settle([Settled(0, StateEvent.ACCEPT, id="1"), Settled(1, StateEvent.ACCEPT, id="2")])
            assert next(ledger.accounts()).state is State.RESERVED


def test_an_id_that_is_learnt_later_is_kept_and_never_replaced(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path, 3) as ledger:
        ledger.reserve(2, now=0)
        digest = "ab" * 32
        ledger.settle(
            [
                Settled(0, StateEvent.ACCEPT, code=1, sha256=digest),
                Settled(1, StateEvent.ACCEPT, id="first", code=1),
            ]
        )
        ledger.name([(0, "later"), (1, "other"), (2, "nobody's")])
        named = list(ledger.accounts())
        assert [one.id for one in named] == ["later", "first", None]
        assert (named[0].state, named[0].code, named[0].sha256) == (State.ACCEPTED, 1, digest)
        assert [one.state for one in named[1:]] == [State.ACCEPTED, State.BUILT]
    Ledger.look(path).close()


def test_whatever_was_done_the_file_is_sound_when_it_is_opened_again(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path, 8) as ledger:
        ledger.suppress([FIRST + 7])
        ledger.set(note="a setting")
        ledger.reserve(8, now=0)
        ledger.settle(
            [
                Settled(0, StateEvent.ACCEPT, id="1"),
                Settled(1, StateEvent.REJECT, code=9, why="no"),
                Settled(2, StateEvent.HOLD),
                Settled(3, StateEvent.RETURN, due=10**12, tries=2),
                Settled(4, StateEvent.ACCEPT),
            ]
        )
        ledger.name([(4, "4")])
        ledger.undo_future(10)
    with Ledger.open(path) as ledger:
        found = {one.row: (one.state, one.id) for one in ledger.accounts()}
    held, waits = State.HELD, State.BUILT
    assert found == {
        0: (State.ACCEPTED, "1"), 1: (State.REJECTED, None), 2: (held, None), 3: (waits, None),
        4: (State.ACCEPTED, "4"), 5: (held, None), 6: (held, None), 7: (State.SUPPRESSED, None),
    }  # fmt: skip
    with Ledger.open(path) as ledger:
        assert {one.row: (one.state, one.id) for one in ledger.accounts()} == found


def test_who_is_unfit_stays_so_when_a_build_is_written_again(tmp_path):
    path = tmp_path / "a.campaign"
    with Ledger.create(path, {"campaign": "00000000", "key": "00"}) as ledger:
        zone = ledger.zone("Zone/0")
        for row in range(3):
            ledger.add(row, FIRST + row, zone, ["Ada"])
        ledger.commit()
        ledger.built([(0, b"a" * 16)], [(1, "too large")])
        ledger.built([(at, b"b" * 16) for at in range(3)])
        ledger.finish_plan()
        assert states(ledger) == [State.BUILT, State.UNFIT, State.BUILT]
        assert [one.digest for one in ledger.reserve(3, now=0)] == [b"a" * 16, b"b" * 16]
    with Ledger.open(path) as ledger:
        assert states(ledger) == [State.HELD, State.UNFIT, State.HELD]


def test_an_older_copy_in_place_of_the_file_is_refused(tmp_path):
    path, older = tmp_path / "a.campaign", tmp_path / "older"
    filled(path, 3).close()
    older.write_bytes(path.read_bytes())
    with Ledger.open(path) as ledger:
        ledger.reserve(2, now=0)
    path.write_bytes(older.read_bytes())
    with pytest.raises(InputError):
        Ledger.open(path)


def test_a_recipient_whose_message_was_lost_never_waits_again(tmp_path):
    with filled(tmp_path / "a.campaign", 2) as ledger:
        ledger.reserve(1, now=0)
        ledger.settle([Settled(0, StateEvent.HOLD)])
        (held,) = ledger._standing([0]).values()
        lost = ledger._seals.state(0, int(State.HELD), held.due, held.tries, NO_DIGEST, held.outcome)
        ledger._db.execute(
            "update recipients set digest = ?, state_seal = ? where row = 0", (NO_DIGEST, lost)
        )
        ledger._db.commit()
        with pytest.raises(UsageError, match="its message was lost"):
            ledger.settle([Settled(0, StateEvent.RESEND)])
        assert [(one.state, one.is_sendable) for one in ledger.accounts()] == [
            (State.HELD, False),
            (State.BUILT, True),
        ]


def test_another_machine_is_written_down_once_it_has_taken_over(tmp_path):
    path, elsewhere = tmp_path / "a.campaign", tmp_path / "elsewhere"
    filled(path, 2).close()
    with Ledger.open(path) as ledger:
        first = ledger.setting("machine")
    with pytest.raises(UsageError):
        Ledger.open(path, folder=elsewhere)
    with Ledger.open(path, folder=elsewhere, take_over=True) as ledger:
        second = ledger.setting("machine")
    assert first != second
    with Ledger.open(path, folder=elsewhere) as ledger:
        assert ledger.setting("machine") == second


def test_a_ledger_that_is_closed_says_so_in_one_line(tmp_path):
    ledger = filled(tmp_path / "a.campaign", 1)
    ledger.close()
    with pytest.raises(MmspackError):
        ledger.add(5, FIRST + 5, 2, ["Ada"])


def test_the_queue_is_served_by_its_index(tmp_path):
    from mmspack.campaign.ledger import ledger as writing
    from mmspack.campaign.ledger import reading

    with filled(tmp_path / "a.campaign") as ledger:
        for query, values in ((writing._TAKE, (2, 0, 9, 9)), (reading._FIRST_DUE, (2, 9))):
            plan = " ".join(row[3] for row in ledger._db.execute(f"explain query plan {query}", values))
            assert "queue" in plan
            assert "TEMP B-TREE" not in plan


def test_the_files_are_the_owners_alone(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path):
        for one in tmp_path.glob("a.campaign*"):
            if not one.name.endswith(".lock"):
                assert stat.S_IMODE(one.stat().st_mode) == 0o600, one.name


@pytest.mark.slow
def test_a_bundle_costs_the_ledger_less_than_150_bytes_a_recipient(tmp_path):
    path, count = tmp_path / "a.campaign", 20_000
    with filled(path, count) as ledger:
        while taken := ledger.reserve(1000, now=0):
            ledger.settle(
                [Settled(one.row, StateEvent.ACCEPT, id="1000001", sha256="ab" * 32) for one in taken]
            )
        ledger.finish_plan()
    own = sum(len(f'["Ada {row}"]') for row in range(count))
    assert (path.stat().st_size - own) / count < 150


@pytest.mark.parametrize("keep", [0, 50, 100, 4096, -1])
def test_a_file_that_is_cut_off_is_refused_in_one_line(tmp_path, keep):
    path = tmp_path / "a.campaign"
    filled(path, 500).close()
    data = path.read_bytes()
    path.write_bytes(data[:keep])
    for way in (Ledger.open, Ledger.look):
        with pytest.raises(InputError, match="truncated") as error:
            way(path)
        assert "\n" not in str(error.value)


def test_a_file_whose_pages_are_overwritten_is_refused(tmp_path):
    path = tmp_path / "a.campaign"
    filled(path, 500).close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        Ledger.open(path)


def test_damage_that_nothing_has_met_yet_is_refused_and_the_lease_given_back(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path, 500) as ledger:
        query = "select rootpage from sqlite_master where name = 'sqlite_autoindex_recipients_1'"
        (page,) = ledger._db.execute(query).fetchone()
        (size,) = ledger._db.execute("pragma page_size").fetchone()
    with path.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xa5" * size)
    with pytest.raises(InputError, match="damaged"):
        Ledger.open(path)
    Lease.take(path).release()


def test_columns_are_kept_in_as_many_bytes_as_they_have(tmp_path):
    with Ledger.create(tmp_path / "a.campaign", {}) as ledger:
        ledger.add(0, FIRST, ledger.zone(""), ["Zoë"])
        assert ledger._db.execute("select fields from recipients").fetchone() == ('["Zoë"]',)


def test_a_newer_file_is_refused_with_the_cure(tmp_path):
    path = tmp_path / "a.campaign"
    filled(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 9")
    db.close()
    with pytest.raises(InputError, match=r"newer mmspack \(file version 9; .* \(update mmspack\)"):
        Ledger.open(path)


def test_other_files_are_no_campaigns(tmp_path):
    path = tmp_path / "a.campaign"
    with pytest.raises(InputError, match="cannot read the campaign: no such file"):
        Ledger.open(path)
    path.write_text("x" * 500)
    with pytest.raises(InputError, match="not a campaign"):
        Ledger.open(path)
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("create table t (a)")
    db.close()
    with pytest.raises(InputError, match="not an mmspack campaign"):
        Ledger.open(path)


def test_an_existing_campaign_is_never_overwritten(tmp_path):
    path = tmp_path / "a.campaign"
    filled(path).close()
    before = path.read_bytes()
    with pytest.raises(OutputError, match="already"):
        Ledger.create(path, {})
    assert path.read_bytes() == before


def test_a_full_disk_is_told_in_one_line_and_loses_nothing(tmp_path):
    path = tmp_path / "a.campaign"
    with filled(path, 50) as ledger:
        # What SQLite answers on a full disk, from its own limit: there is no room for another page.
        pages = ledger._db.execute("pragma page_count").fetchone()[0]
        ledger._db.execute(f"pragma max_page_count = {pages}")
        taken = ledger.reserve(20, now=0)
        with pytest.raises(OutputError, match="the disk is full"):
            ledger.settle([Settled(one.row, StateEvent.HOLD, why="x" * 4000) for one in taken])
        assert ledger.counts()[State.RESERVED] == 20
    with Ledger.open(path) as ledger:
        assert ledger.counts()[State.HELD] == 20


def test_every_error_is_ours(tmp_path):
    with filled(tmp_path / "a.campaign", 1) as ledger, pytest.raises(MmspackError):
        ledger.settle([Settled(99, StateEvent.ACCEPT)])


def fill_up(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(b"x" * 4096):
            pass


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk"
)
def test_a_really_full_disk_stops_before_anything_is_reserved_and_goes_on_after(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        with filled(disk / "a.campaign", 2000) as ledger:
            held = set()
            fill_up(disk / "filler")

            def reserve_on():
                while taken := ledger.reserve(32, now=0):
                    held.update(one.row for one in taken)

            with pytest.raises(OutputError, match="the disk is full"):
                reserve_on()
            (disk / "filler").unlink()
            # What was not handed out is not reserved either, and it goes on as if nothing had been.
            assert {one.row for one in ledger.accounts(State.RESERVED)} == held
            assert len(ledger.reserve(32, now=0)) == 32
        with Ledger.open(disk / "a.campaign") as ledger:
            assert ledger.counts()[State.HELD] == len(held) + 32
    finally:
        subprocess.run(["umount", disk], check=True)
