"""Every verdict of every door as a table, without a network: `verdicts.txt` shows what a person is told.

    python -m tests.gateway.test_verdicts

writes it again; read what changed before it is committed.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mmspack.gateway.infobip import outcomes as infobip
from mmspack.gateway.mm7 import outcomes as mm7
from mmspack.gateway.observed import MAX_REASON, Observed, Verdict
from mmspack.gateway.rows import Row
from mmspack.gateway.secrets import Secret
from mmspack.gateway.sendmms import outcomes as sendmms
from mmspack.gateway.twilio import outcomes as twilio
from mmspack.outcome import Result

KEPT = Path(__file__).with_name("verdicts.txt")
DOORS = {"sendmms": sendmms, "mm7": mm7, "infobip": infobip, "twilio": twilio}
SECRET = Secret("open sesame")
SID = "MM" + "0123456789abcdef" * 2
XML = "text/xml; charset=utf-8"


@pytest.fixture(autouse=True)
def _no_finalisers_in_the_depth() -> Iterator[None]:
    """What earlier tests left is finalised before: in the depth of a nested answer, a finaliser fails."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def answered(status: int, body: object = b"", type_: str = "application/json", **more: object) -> Observed:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    seen = Observed(whole=True, status=status, type=type_, body=data, complete=True, secret=SECRET)
    return replace(seen, **more)  # type: ignore[arg-type]


def network() -> Iterator[tuple[str, Observed]]:
    """What HTTP alone shows."""
    yield "no connection", Observed(whole=False, fault="connection refused")
    yield "interrupted", Observed(whole=False)
    yield "silence", Observed(whole=True)
    yield "silence with a reason", Observed(whole=True, fault="no answer within 120 s")
    for status in (100, 199, 200, 201, 202, 299, 300, 301, 302, 303, 304, 307, 308, 399):
        for whole in (True, False):
            yield f"{status}, {'whole' if whole else 'early'}", answered(status, whole=whole)
    for status in (400, 401, 403, 404, 408, 413, 418, 428, 429, 430, 499, 500, 503, 599, 600):
        for whole in (True, False):
            yield f"{status}, {'whole' if whole else 'early'}", answered(status, b"x", whole=whole)
    yield "elsewhere", answered(307, location="https://b.example/mms")
    yield "perhaps elsewhere", answered(302, location="https://b.example/mms")
    for fault in ("", "the answer took too long"):
        yield f"cut off {fault}".strip(), answered(200, b"1", complete=False, fault=fault)
    yield "cut off 403", answered(403, b"No\n1", complete=False)
    yield "an id", answered(200, b"1000001", "text/plain")
    yield "an early id", answered(200, b"1000001", "text/plain", whole=False)


def soap(kind: str, head: str = "", **values: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return (
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>{head}</e:Header>'
        f"<e:Body><{kind}>{inner}</{kind}></e:Body></e:Envelope>"
    ).encode()


def response(number: str, kind: str = "SubmitRsp", **values: str) -> bytes:
    return soap(kind, StatusCode=number, **values)


def of_mm7() -> Iterator[tuple[str, Observed]]:
    """Answers of MM7."""
    for number in ("1000", "1100", "1999", "2000", "2001", "2004", "2007", "2999", "3000", "3001", "3500"):
        yield number, answered(200, response(number, MessageID="7", StatusText="Some words"), XML)
    for number in ("4000", "4001", "4002", "4003", "4004", "4005", "4006", "4007", "4008", "4999"):
        yield number, answered(500, response(number, "RSErrorRsp", StatusText="Words"), XML)
    for number in ("0999", "5000", "9999", "100", "10000", "+100", "１０００", "abcd", ""):
        yield f"status {number!r}", answered(200, response(number, MessageID="7"), XML)
    yield "no id", answered(200, response("1000"), XML)
    for size in (256, 257):
        yield f"an id of {size}", answered(200, response("1000", MessageID="7" * size), XML)
    yield "an id with a control", answered(200, response("1000", MessageID="7&#x85;"), XML)
    yield "another kind", answered(200, response("1000", "DeliverRsp", MessageID="7"), XML)
    yield "an early success", answered(200, response("1000", MessageID="7"), XML, whole=False)
    yield "an early refusal", answered(200, response("4007"), XML, whole=False)
    yield "HTTP 500", answered(500, response("1000", MessageID="7"), XML)
    yield "HTTP 401", answered(401, response("1000", MessageID="7"), XML)
    yield "a redirect", answered(307, response("1000", MessageID="7"), XML)
    yield "words and details", answered(200, response("2002", StatusText="Bad", Details="number"), XML)
    yield "details alone", answered(200, response("2002", Details="number"), XML)
    yield "the standard's words", answered(200, response("2002", StatusText="Address Error"), XML)
    yield "a password", answered(200, response("4001", StatusText="open sesame is wrong"), XML)
    yield "long words", answered(200, response("4001", StatusText="x" * (MAX_REASON + 50)), XML)
    for code in ("Client", "soap:Client", "a:b:Client", "VersionMismatch", "MustUnderstand", "Server", ""):
        fault = soap("Fault", faultcode=code, faultstring="What a fault")
        yield f"fault {code!r}", answered(500, fault, XML)
        yield f"fault {code!r} with 200", answered(200, fault, XML)
    for code in (
        "Client.Authentication",
        "e:Client.Authentication",
        "client.authentication",
        "Client.Other",
        "Server.Client",
    ):
        fault = soap("Fault", faultcode=code, faultstring="open sesame is wrong")
        yield f"fault {code!r}", answered(500, fault, XML)
    yield "a login without words", answered(500, soap("Fault", faultcode="Client.Authentication"), XML)
    yield "a fault after blank lines", answered(500, b"\r\n " + soap("Fault", faultcode="Client"), XML)
    yield "a fault without words", answered(500, soap("Fault", faultcode="Client"), XML)
    yield "a client's code in no fault", answered(200, soap("SubmitRsp", faultcode="Client"), XML)
    for status in ("2007", "4006"):
        inside = soap("Fault", faultcode="Client", faultstring="f", StatusCode=status)
        yield f"fault with {status}", answered(500, inside, XML)
    whole = response("1000", MessageID="7")
    mixed = b"--b\r\nContent-Type: text/xml\r\n\r\n" + whole + b"\r\n--b--\r\n"
    yield "multipart", answered(200, mixed, 'multipart/related; boundary="b"')
    yield "multipart after a blank", answered(200, mixed, ' Multipart/related; boundary="b"')
    yield "multipart without a part", answered(200, b"--b--\r\n", 'multipart/related; boundary="b"')
    yield "multipart without boundary", answered(200, mixed, "multipart/related")
    yield "multipart that is none", answered(200, whole, 'multipart/related; boundary="c"')
    yield "a boundary elsewhere", answered(200, whole, 'text/xml; boundary="b"')
    yield "cut off", answered(200, whole, XML, complete=False, fault="reset")
    yield "no XML", answered(200, b"<html>", XML)
    yield "a DTD", answered(200, b"<!DOCTYPE a>" + whole, XML)


def message(group: str, status: str = "X", **more: object) -> dict[str, object]:
    state = {"groupName": group, "name": status, "id": 5, "description": "Some words", **more}
    return {"messages": [{"messageId": "7", "status": state}]}


def of_infobip() -> Iterator[tuple[str, Observed]]:
    """Answers of Infobip."""
    for group in ("ACCEPTED", "PENDING", "DELIVERED", "REJECTED", "UNDELIVERABLE", "EXPIRED", "accepted", ""):
        for whole in (True, False):
            yield f"{group}, {'whole' if whole else 'early'}", answered(200, message(group), whole=whole)
        yield f"{group} with 201", answered(201, message(group))
    for name in (
        *("REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_PREPAID_PACKAGE_EXPIRED", "REJECTED_SENDER"),
        *("REJECTED_SOURCE", "REJECTED_DUPLICATE_MESSAGE_ID", "REJECTED_NETWORK"),
    ):
        yield name, answered(200, message("REJECTED", name))
    yield "a duplicate with 400", answered(400, message("REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID"))
    for number in (-1, 0, 99_999, 100_000, True, "5", None):
        yield f"status {number!r}", answered(200, message("REJECTED", id=number))
    for identifier in ("", "x" * 200, "x" * 201, 7, None):
        body = {"messages": [{"messageId": identifier, "status": {"groupName": "PENDING"}}]}
        yield f"id {str(identifier)[:1]} of {len(str(identifier))}", answered(200, body)
    yield "no status", answered(200, {"messages": [{"messageId": "7"}]})
    yield "a status that is a text", answered(200, {"messages": [{"messageId": "7", "status": "PENDING"}]})
    for messages in ([], [{}], [{}, {}], [5], {}, None):
        yield f"messages {messages}", answered(200, {"messages": messages})
    for code in ("E400", "400", "E4000", "40", "X400", "E400 "):
        yield f"error {code!r}", answered(400, {"errorCode": code, "description": "Some words"})
    yield "no code", answered(400, {"errorCode": 400, "description": "Some words"})
    for violations in ([{"property": "to", "violation": "is wrong"}, {"property": "b"}], [{}], [5], [], "x"):
        body = {"errorCode": "E400", "description": "Words", "violations": violations}
        yield f"violations {violations}", answered(400, body)
    yield "no description", answered(400, {"errorCode": "E400"})
    old = {"requestError": {"serviceException": {"messageId": "UNAUTHORIZED", "text": "Invalid login"}}}
    for status in (400, 401, 402, 403, 404, 429, 500):
        yield f"{status} with an error", answered(status, {"errorCode": f"E{status}", "description": "W"})
        yield f"{status} with an older error", answered(status, old)
        yield f"{status} without", answered(status, {})
    yield (
        "an older error without text",
        answered(401, {"requestError": {"serviceException": {"messageId": "U"}}}),
    )
    for inner in ({}, {"serviceException": 5}, {"serviceException": {"messageId": 5}}, 5):
        yield f"no older error {inner}", answered(401, {"requestError": inner})
    for body in (b"", b"[]", b"5", b"{", b"[" * 100_000, b"\xff"):
        yield f"body {body[:2]!r}", answered(200, body)
    yield "a password", answered(401, {"errorCode": "E401", "description": "open sesame is wrong"})
    yield "cut off", answered(200, message("PENDING"), complete=False, fault="reset")


def of_twilio() -> Iterator[tuple[str, Observed]]:
    """Answers of Twilio."""
    for status in (200, 201, 202, 400, 500):
        yield f"{status} with a sid", answered(status, {"sid": SID})
    for sid in (
        SID.replace("MM", "SM"),
        SID.replace("MM", "XX"),
        SID + "0",
        SID[:-1],
        SID.upper(),
        "",
        7,
        None,
    ):
        yield f"sid {sid}", answered(201, {"sid": sid})
    yield "an early sid", answered(201, {"sid": SID}, whole=False)
    yield "a sid and a code", answered(201, {"sid": SID, "code": 21211})
    for number in (20003, 20429, 21211, 21212, 21611, 63038, 29999):
        yield str(number), answered(400, {"code": number, "message": "Some words"})
        yield f"{number} with 429", answered(429, {"code": number, "message": ""}, whole=False)
        yield f"{number} with 500", answered(500, {"code": number, "message": "Some words"})
    for status in (400, 401, 402, 403, 404, 405, 429, 499):
        yield f"unlisted with {status}", answered(status, {"code": 29998, "message": "W"})
    for code in (0, -5, 1, 999_999, 1_000_000, True, "21211", 21211.0, None):
        yield f"code {code!r}", answered(400, {"code": code, "message": "W"})
    yield "no words", answered(400, {"code": 21211})
    yield "words that are none", answered(400, {"code": 21211, "message": ["x"]})
    yield "a password", answered(401, {"code": 20003, "message": "open sesame is wrong"})
    yield "401 without a code", answered(401, b"login")
    for body in (b"", b"[]", b"5", b"{", b"[" * 100_000, b"\xff"):
        yield f"body {body[:2]!r}", answered(201, body)
    yield "cut off", answered(201, {"sid": SID}, complete=False, fault="reset")


OWN = {"sendmms": lambda: iter(()), "mm7": of_mm7, "infobip": of_infobip, "twilio": of_twilio}


def line(door: str, name: str, verdict: Verdict) -> str:
    marks = [mark for mark in ("hold", "retry", "ends_run") if getattr(verdict, mark)]
    facts = [verdict.result.value, *marks, *(f"{one}={value}" for one, value in shown(verdict) if value)]
    return f"{door} | {name} | {' '.join(facts)} | {verdict.summary} | {verdict.advice}"


def shown(verdict: Verdict) -> Iterator[tuple[str, object]]:
    yield "pause", verdict.pause
    yield "code", verdict.code
    yield "id", verdict.id
    yield "reason", repr(verdict.reason) if verdict.reason else ""


def table(door: str) -> list[str]:
    cases = [*network(), *OWN[door]()]
    return [line(door, name, DOORS[door].classify(seen)) for name, seen in cases]


@pytest.mark.parametrize("door", DOORS)
def test_every_verdict_is_the_one_in_the_table(door: str) -> None:
    kept = [one for one in KEPT.read_text("utf-8").splitlines() if one.startswith(f"{door} | ")]
    assert table(door) == kept


@pytest.mark.parametrize("door", DOORS)
def test_no_verdict_sends_twice(door: str) -> None:
    for name, seen in [*network(), *OWN[door]()]:
        verdict = DOORS[door].classify(seen)
        assert not (verdict.retry and verdict.hold), name
        if verdict.result is Result.UNKNOWN:
            assert verdict.hold, name
        if verdict.result is Result.ACCEPTED:
            assert seen.whole, name
            assert seen.complete, name
        if seen.whole and seen.status is None:
            assert verdict.hold, name


@pytest.mark.parametrize("door", DOORS)
def test_every_row_of_the_table_decides_something(door: str) -> None:
    rows: tuple[Row, ...] = DOORS[door].TABLE
    cases = [seen for _, seen in [*network(), *OWN[door]()]]
    if door == "sendmms":
        cases.append(answered(403, b"No\n5"))
    deciding = {next(row.name for row in rows if row.applies(seen)) for seen in cases}
    assert deciding == {row.name for row in rows}


def test_a_list_of_twilios_is_read_and_what_is_none_is_refused() -> None:
    from mmspack.errors import InputError

    good = {"sid": SID, "body": "Hi", "num_media": "2", "date_created": "Thu, 26 Nov 2026 12:00:00 +0000"}
    (one,) = twilio.listed(answered(200, {"messages": [good, 5]}))
    assert (one.sid, one.body, one.media, one.created) == (SID, "Hi", 2, 1795694400.0)
    (odd,) = twilio.listed(answered(200, {"messages": [{"sid": 5, "num_media": 2, "date_created": "x"}]}))
    assert (odd.sid, odd.body, odd.media, odd.created) == ("", "", 0, 0.0)
    for seen, says in (
        (
            answered(404, {"message": "Some words"}),
            "twilio: the messages cannot be listed: HTTP 404 Some words",
        ),
        (answered(200, {"messages": 5}), "twilio: the messages cannot be listed: HTTP 200"),
        (answered(200, b"x"), "twilio: the messages cannot be listed: HTTP 200"),
        (
            answered(200, {"messages": []}, complete=False, fault="reset"),
            "twilio: the messages cannot be listed: reset",
        ),
        (
            answered(200, {"messages": [], "next_page_uri": "/x"}),
            "twilio: more messages to this recipient than one page lists",
        ),
    ):
        with pytest.raises(InputError) as error:
            twilio.listed(seen)
        assert str(error.value) == says


TRIAL = "Sent from your Twilio trial account"


@pytest.mark.parametrize(
    ("listed", "text", "same"),
    [
        ("Hello Ada", "Hello Ada", True),
        ("Hello Bob", "Hello Ada", False),
        ("HELLO  ADA!", "Hello Ada", True),
        ("Don't - it's 5", "Don’t — it’s 5", True),
        ("cafe", "café", True),
        ("Straße", "STRASSE", True),
        (f"{TRIAL} - Hello Ada", "Hello Ada", True),
        ("Dear customer: Hello Ada", "Hello Ada", False),
        ("Acme: Twenty per cent off", "Twenty per cent off", True),  # 16 letters at the end
        ("Acme: Twenty percents of", "Twenty percents of", True),
        ("Acme: Twenty percent of", "Twenty percent of", False),  # 15
        ("Twenty per cent off, today", "Twenty per cent off", False),
        ("Something else altogether", "Twenty per cent off", False),
        ("", "", True),
        ("Hello", "", False),
        (" ! ", "!", True),
        ("!", " ! ", True),
        ("?", "!", False),
        (f"{TRIAL} - !", " ! ", True),
        (f"{TRIAL} - ?", "!", False),
        (f"{TRIAL} -", "!", True),
        (f"{TRIAL} -", "Hello Ada", False),
    ],
)
def test_a_listed_text_is_the_same_by_its_letters(listed, text, same):
    assert twilio.is_same_text(listed, text) is same


def test_only_the_login_of_all_client_faults_stops_the_account():
    fault = soap("Fault", faultcode="Client.Authentication", faultstring="No such user")
    verdict = mm7.classify(answered(500, fault, XML))
    assert verdict.result is Result.ACCOUNT_STOPPED
    assert verdict.reason == "No such user"
    assert verdict.advice == "Check login, VASPID and VASID; every request would be refused."


if __name__ == "__main__":
    KEPT.write_text("".join(f"{one}\n" for door in DOORS for one in table(door)), "utf-8")
