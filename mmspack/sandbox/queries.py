"""What the inbox asks of its database."""

from __future__ import annotations

INSERT = """
insert into messages (received, door, reference, user, recipient, sender, subject, note, subaccount,
    deliveryreport, readreport, method, url, findings, sha256, bundle)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
PRUNE_INBOUND = """
delete from inbound where id < (
    select coalesce(min(id), (select max(id) from inbound)) from (
        select id, sum(length(bundle)) over (order by id desc) as total from inbound
    ) where total <= ?
)
"""
"""Keeps the newest that fit together, and the very newest in any case."""
FIND = """
select id from {tables}
where id < ? and id > ? and {matches}
order by id desc limit ?
"""
COUNT = "select count(*) from {tables} where {matches}"
CAMPAIGNS = """
select campaign from (select id, campaign from facts order by id desc limit 1000)
where campaign != '' group by campaign order by max(id) desc limit ?
"""
"""Of the newest thousand messages: to group all of them takes longer than the whole page."""
READ_TOO = "update words set words = words || ' ' || casefold(?) where id = ?"
_ENVELOPE = """
select id, received, door, reference, user, recipient, sender, subject, note, subaccount,
    deliveryreport, readreport, method, url, findings, length(bundle), sha256,
    (select opened from facts where facts.id = messages.id),
    (select counted from facts where facts.id = messages.id)"""
ENVELOPES = f"""{_ENVELOPE}
from messages
where :door in ('', door) and :to in ('', recipient) and :sender in ('', sender)
    and (:since = '' or substr(received, 1, 19) >= :since)
    and (:until = '' or substr(received, 1, 19) <= :until)
order by id desc limit :limit offset :skipped
"""
UNASKED = f"""{_ENVELOPE}
from messages where door = ? and id > ? and not deliveryreport order by id limit ?
"""
ENVELOPES_OF = f"""{_ENVELOPE}
from messages where id in ({{places}}) order by id desc
"""
SELECT = f"""{_ENVELOPE}, bundle
from messages
"""
USED = """
select coalesce(sum(case when day = :day then sent end), 0),
    coalesce(sum(case when day like :month then sent end), 0),
    coalesce(sum(sent), 0)
from usage where user = :user
"""
USE = """
insert into usage (user, day, sent) values (?, ?, 1)
on conflict (user, day) do update set sent = sent + 1
"""
FIELDS = (
    *("id", "received", "door", "reference", "user", "to", "sender", "subject", "note", "subaccount"),
    *("deliveryreport", "readreport", "method", "url", "findings", "size", "sha256", "opened", "counted"),
)
NEWEST = SELECT + "order by id desc limit ?"
ONE = SELECT + "where id = ?"
BY_REFERENCE = SELECT + "where door = ? and reference = ? order by id"
