"""The inbox's database: its schema, and how it is opened.

A rollback journal and not WAL: a `send` and a running `sandbox` may write to one inbox at a time, and
SQLite 3.7.0-3.51.2 can corrupt a WAL that two connections reset.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mmspack.files import private_database
from mmspack.sandbox.filtering import campaign_of, worst_of

FILE = "inbox-2.sqlite3"
"""Name of the database; its number grows with the schema, so that an older file is left alone."""
_FIRST_ID = 1_000_001
_SCHEMA = """
create table if not exists messages (
    id integer primary key autoincrement,
    received text not null,
    door text not null,
    reference text not null,
    user text not null,
    recipient text not null,
    sender text not null,
    subject text not null,
    note text not null,
    subaccount text not null,
    deliveryreport integer not null,
    readreport integer not null,
    method text not null,
    url text,
    bundle blob not null,
    sha256 text not null,
    findings text
) strict;
create index if not exists by_reference on messages (door, reference);
create table if not exists words (
    id integer primary key,
    words text not null
) strict;
create trigger if not exists words_come after insert on messages begin
    insert into words values (new.id, casefold(new.recipient || ' ' || new.sender || ' ' || new.subject
        || ' ' || new.note || ' ' || new.user || ' ' || new.subaccount));
end;
create trigger if not exists words_go after delete on messages begin
    delete from words where id = old.id;
end;
insert into words select id, casefold(recipient || ' ' || sender || ' ' || subject
    || ' ' || note || ' ' || user || ' ' || subaccount)
    from messages where id > (select coalesce(max(id), 0) from words);
create table if not exists facts (
    id integer primary key,
    received text not null,
    campaign text not null,
    worst text not null,
    opened integer not null default 0,
    counted integer
) strict;
create trigger if not exists facts_come after insert on messages begin
    insert into facts (id, received, campaign, worst)
    values (new.id, new.received, campaign_of(new.note), worst_of(new.findings));
end;
create trigger if not exists facts_go after delete on messages begin
    delete from facts where id = old.id;
end;
insert into facts (id, received, campaign, worst)
    select id, received, campaign_of(note), worst_of(findings)
    from messages where id > (select coalesce(max(id), 0) from facts);
create table if not exists usage (
    user text not null,
    day text not null,
    sent integer not null,
    primary key (user, day)
) strict, without rowid;
create table if not exists inbound (
    id integer primary key autoincrement,
    bundle blob not null
) strict;
"""


def open_database(folder: Path | None) -> sqlite3.Connection:
    """Open or make it; in memory where there is no folder. Raises `OSError`, `sqlite3.Error`."""
    if folder is None:
        db = sqlite3.connect(":memory:", check_same_thread=False)
    else:
        path = private_database(folder, FILE)
        db = sqlite3.connect(path, check_same_thread=False, timeout=10)
        db.execute("pragma journal_mode = truncate")
        db.execute("pragma synchronous = normal")
        db.execute("pragma secure_delete = fast")
    db.create_function("casefold", 1, str.casefold, deterministic=True)
    db.create_function("campaign_of", 1, campaign_of, deterministic=True)
    db.create_function("worst_of", 1, worst_of, deterministic=True)
    with db:
        db.executescript(_SCHEMA)
        # An inbox from before messages' sizes were kept.
        if all(column[1] != "counted" for column in db.execute("pragma table_info(facts)")):
            db.execute("alter table facts add column counted integer")
        db.execute(
            "insert into sqlite_sequence (name, seq) select 'messages', ?"
            " where not exists (select 1 from sqlite_sequence where name = 'messages')",
            (_FIRST_ID - 1,),
        )
    return db
