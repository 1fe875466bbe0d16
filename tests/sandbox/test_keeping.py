"""What servers keep on disk: for its owner alone, within bounds, and in words where it is damaged."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mmspack.bundle.bundle import pack
from mmspack.errors import OutputError
from mmspack.gateway.door import PushedEvent
from mmspack.gateway.listener.listening import Listener, create_listener
from mmspack.gateway.listener.mailbox import FILE as MAILBOX
from mmspack.gateway.listener.mailbox import Mailbox, MailboxFull
from mmspack.gateway.parameters import Parameters
from mmspack.model import Part
from mmspack.sandbox import Sandbox
from mmspack.sandbox.arrival import Checker
from mmspack.sandbox.inbox import Inbox
from mmspack.sandbox.inbox_file import FILE as INBOX

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ZIP = pack([Part("hello.txt", "text/plain", b"Hi")]).data


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def put(inbox: Inbox, data: bytes = ZIP, now: datetime = NOW) -> str:
    parameters = Parameters(to="447700900999", sender="447700900111")
    return inbox.add(parameters, data, user="acme", method="POST", now=now).id


def event(name: str, size: int = 0) -> PushedEvent:
    fields = [("id", name), ("from", "447700900999"), ("to", "447700900111"), ("type", "2")]
    return PushedEvent(kind="inbound", id=name, fields=fields, data=bytes(size) if size else None)


@pytest.mark.parametrize(("make", "name"), [(Inbox, INBOX), (Mailbox, MAILBOX)])
def test_databases_are_their_owners_alone_whatever_was_there(
    make: Callable[[Path], Any], name: str, tmp_path: Path
) -> None:
    make(tmp_path / "fresh").close()
    assert mode(tmp_path / "fresh") == 0o700
    assert mode(tmp_path / "fresh" / name) == 0o600
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    make(old).close()
    for file in old.iterdir():
        file.chmod(0o644)
    make(old).close()
    assert {mode(file) for file in old.iterdir()} == {0o600}


def test_a_folder_that_others_can_look_into_is_warned_of(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert f"chmod 700 {tmp_path}" in Listener(tmp_path).warnings[0]
    tmp_path.chmod(0o700)
    assert Listener(tmp_path).warnings == Listener(tmp_path / "fresh").warnings == ()


@pytest.mark.parametrize(("make", "name"), [(Inbox, INBOX), (Mailbox, MAILBOX)])
def test_a_damaged_database_says_so_and_what_to_do(
    make: Callable[[Path], Any], name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"this is not a database" * 1000)
    with pytest.raises(OutputError, match=f"damaged: move {name} away"):
        make(tmp_path)


def test_an_inbox_that_is_damaged_while_it_runs_says_so(tmp_path: Path) -> None:
    with Sandbox(inbox=tmp_path) as sandbox:
        put(sandbox.inbox)
        size = (tmp_path / INBOX).stat().st_size
        (tmp_path / INBOX).write_bytes(b"\xff" * size)
        answer = httpx2.get(sandbox.origin + "/api/messages")
    assert answer.status_code == 503
    assert "the inbox is damaged" in answer.text
    assert f"move {INBOX} away" in answer.text


def test_an_inbox_drops_what_is_old(tmp_path: Path) -> None:
    put(Inbox(tmp_path), now=NOW - timedelta(days=91))
    fresh = Inbox(tmp_path)
    identifier = put(fresh)
    assert [one.id for one in fresh.messages()] == [identifier]


def test_messages_from_phones_are_kept_up_to_a_size() -> None:
    inbox = Inbox(max_bytes=100)
    ids = [inbox.add_inbound(bytes(40)) for _ in range(4)]
    assert [inbox.inbound(one) is not None for one in ids] == [False, False, True, True]
    newest = inbox.add_inbound(bytes(400))
    assert [inbox.inbound(one) is not None for one in (*ids, newest)] == [False] * 4 + [True]


def test_a_mailbox_drops_what_is_handed_on_and_old_or_too_much_and_never_what_waits() -> None:
    mailbox = Mailbox(max_bytes=100)
    mailbox.add("sendmms", event("waits"), NOW - timedelta(days=100))
    for number in range(120):
        mailbox.add("sendmms", event(f"done{number}", 40), NOW - timedelta(days=91 if number < 60 else 1))
    for one in mailbox.events():
        if ("id", "waits") not in one.fields:
            mailbox.settle(one, done=True, most=10)
    for number in range(100):
        mailbox.add("sendmms", event(f"new{number}"), NOW)
    left = [dict(one.fields)["id"] for one in mailbox.events()]
    assert [name for name in left if not name.startswith("new")] == ["waits", "done118", "done119"]


def test_a_full_mailbox_asks_the_operator_to_push_again() -> None:
    from starlette.testclient import TestClient

    mailbox = Mailbox(max_waiting=1000)
    app = create_listener(mailbox)
    client = TestClient(app, client=("127.0.0.1", 5))
    form = [(name, (None, value)) for name, value in event("1").fields]
    for number, status in ((1, 200), (2, 200), (3, 503)):
        fields: Any = [("id", (None, str(number))), *form[1:], ("mms.zip", ("mms.zip", bytes(400)))]
        assert client.post("/inbound", files=fields).status_code == status
    with pytest.raises(MailboxFull):
        mailbox.add("sendmms", event("4", 400), NOW)
    mailbox.settle(mailbox.waiting()[0], done=True, most=10)
    assert mailbox.add("sendmms", event("4", 400), NOW)


@pytest.mark.slow
def test_a_check_has_a_budget_of_cpu() -> None:
    endless = "from mmspack.sandbox.checking import allow\nallow(0)\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", endless], check=False, timeout=60)
    assert done.returncode == -signal.SIGXCPU


@pytest.mark.slow
def test_a_check_that_takes_too_long_is_stopped_and_the_next_one_is_made() -> None:
    checker = Checker(patience=0.001)
    (found,) = checker.findings(ZIP, "", "uk")
    assert "was stopped" in str(found["message"])
    assert checker.findings(ZIP, "", "uk") == (found,)
    checker._patience = 60
    assert all(one["id"] for one in checker.findings(ZIP, "Hello", "uk"))
    checker.close()


def test_a_damaged_database_is_told_from_a_broken_rule() -> None:
    from mmspack.words import is_damaged

    db = sqlite3.connect(":memory:")
    db.execute("create table one (a integer primary key)")
    db.execute("insert into one values (1)")
    with pytest.raises(sqlite3.IntegrityError) as error:
        db.execute("insert into one values (1)")
    assert not is_damaged(error.value)
