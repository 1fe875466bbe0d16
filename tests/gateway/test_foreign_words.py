"""What others say reaches terminals, ledgers, reports and pages cleaned, at every door."""

from __future__ import annotations

import json
import logging
import sys
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx2
import pytest

from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import InputError, MmspackError
from mmspack.gateway import Gateway, doors
from mmspack.gateway.door import Letter
from mmspack.gateway.hosting import verify_hosted
from mmspack.gateway.listener import handing
from mmspack.gateway.listener.handing import HandlingFailed
from mmspack.gateway.listener.listening import Listener
from mmspack.model import Part
from mmspack.outcome import Outcome
from mmspack.sandbox import Sandbox
from mmspack.words import cleaned, printable
from tests.gateway.raw_gateway import Behaviour, Connection, RawGateway, replies
from tests.gateway.rows import FROM, PASSWORD, TO, a_bundle
from tests.waiting import until

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31mA\u202egpj.exe\u2066B\u2028C\u200f\u061cD\ufeff\U000e0041\x00E"
"""Sets a window's title, clears the screen, turns what follows around, and hides."""
WIRE = EVIL.replace("\x00", "").replace("\x1b", "\x9b").replace("\x07", "\x9c")
"""The same as far as a header may carry it: h11 refuses the C0 controls."""


def is_harmless(text: str) -> bool:
    return not any(unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp", "Cs") for one in text)


def test_cleaned_words_are_one_harmless_line() -> None:
    assert cleaned(EVIL) == "]0;owned [2J 31mA gpj.exe B C D E"
    assert is_harmless(cleaned(EVIL))
    assert cleaned(f"a{EVIL}\r\nb", lines=True).count("\n") == 1
    assert is_harmless(cleaned(EVIL, lines=True))
    assert cleaned("Ça va, 世界, سلام, naïve 👍🏽") == "Ça va, 世界, سلام, naïve 👍🏽"
    assert is_harmless(printable(EVIL))


def soap(kind: str, **values: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    safe = "".join(one for one in inner if one in "\t\n\r" or ord(one) >= 32)
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f"<{kind}>{safe}</{kind}></e:Body></e:Envelope>"
    ).encode()


def says(value: object, status: str = "400 Bad") -> Behaviour:
    return replies(status, json.dumps(value).encode(), "Content-Type: application/json")


ERROR = {"errorCode": "E400", "description": EVIL, "violations": [{"property": EVIL, "violation": EVIL}]}
STATUS = {"groupName": "REJECTED", "name": EVIL, "description": EVIL, "id": 6}
OLD = {"requestError": {"serviceException": {"messageId": EVIL, "text": EVIL}}}
XML = "Content-Type: text/xml; charset=utf-8"
ANSWERS: list[tuple[str, Behaviour]] = [
    *(
        (door, replies(status, b"", f"Location: https://b.example/{WIRE}", f"Content-Type: a/{WIRE}"))
        for door in doors.names()
        for status in ("302 Found", "307 Temporary", "200 OK")
    ),
    *((door, replies(f"500 {WIRE}", EVIL.encode())) for door in doors.names()),
    *((door, replies("404 No", EVIL.encode())) for door in doors.names()),
    ("sendmms", replies("403 No", f"{EVIL}\n5".encode())),
    ("sendmms", replies("403 No", f"{EVIL}\n8".encode())),
    ("sendmms", replies("200 OK", f"1000001{EVIL}".encode())),
    ("mm7", replies("200 OK", soap("SubmitRsp", StatusCode="2000", StatusText=EVIL, Details=EVIL), XML)),
    ("mm7", replies("200 OK", soap("SubmitRsp", StatusCode="1000", MessageID=f"7{EVIL}"), XML)),
    ("mm7", replies("500 No", soap("Fault", faultcode="Client", faultstring=EVIL), XML)),
    ("infobip", says(ERROR)),
    ("infobip", says(ERROR, "403 No")),
    ("infobip", says(OLD, "401 No")),
    ("infobip", says({"messages": [{"messageId": "7", "status": STATUS}]}, "200 OK")),
    (
        "infobip",
        says(
            {"messages": [{"messageId": f"7{EVIL}", "status": {**STATUS, "groupName": "PENDING"}}]}, "200 OK"
        ),
    ),
    ("twilio", says({"code": 21211, "message": EVIL, "more_info": EVIL})),
    ("twilio", says({"sid": EVIL, "message": EVIL}, "201 Created")),
]


def text_bundle() -> Bundle:
    return pack([Part("hello.txt", "text/plain", b"Hello")])


@pytest.mark.parametrize(("door", "behave"), ANSWERS, ids=[str(number) for number in range(len(ANSWERS))])
def test_an_answer_reaches_nobody_uncleaned(door: str, behave: Behaviour, caplog: Any, capsys: Any) -> None:
    with (
        caplog.at_level(logging.INFO),
        RawGateway([behave]) as raw,
        Gateway(raw.url.replace("SendMMS", ""), door=door, user="acme", password=PASSWORD) as gateway,
    ):
        outcome = gateway.attempt(text_bundle(), to=TO, sender=FROM)
    assert_harmless(outcome)
    assert all(map(is_harmless, caplog.messages))
    said = capsys.readouterr()
    assert is_harmless((said.out + said.err).replace("\n", ""))


def assert_harmless(outcome: Outcome) -> None:
    for name in ("summary", "advice", "reason", "id", "gateway", "reference"):
        assert is_harmless(getattr(outcome, name) or ""), (name, outcome)


ASKED: list[tuple[str, Callable[[Gateway], object], Behaviour]] = [
    ("infobip", lambda gateway: ask(gateway), says(ERROR)),
    ("infobip", lambda gateway: gateway.attempt(a_picture(), to=TO, sender=FROM), says(ERROR)),
    (
        "infobip",
        lambda gateway: gateway.attempt(a_picture(), to=TO, sender=FROM),
        says({"uploadedContentId": ""}),
    ),
    ("twilio", lambda gateway: ask(gateway), says({"code": 20404, "message": EVIL})),
    ("sendmms", lambda gateway: gateway.retrieve("7"), replies("403 No", f"{EVIL}\n5".encode())),
    ("sendmms", lambda gateway: gateway.retrieve("7"), replies("200 OK", EVIL.encode())),
    ("sendmms", lambda gateway: gateway.retrieve("7"), replies(f"500 {WIRE}", EVIL.encode())),
]


def a_picture() -> Bundle:
    return pack([Part("a.gif", "image/gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;")])


def ask(gateway: Gateway) -> object:
    letter: Letter = gateway.letter(text_bundle(), to=TO, sender=FROM)
    return gateway.inquire([letter])


@pytest.mark.parametrize(("door", "call", "behave"), ASKED, ids=[str(number) for number in range(len(ASKED))])
def test_what_is_asked_of_a_gateway_is_answered_in_cleaned_words(
    door: str, call: Callable[[Gateway], object], behave: Behaviour
) -> None:
    with (
        RawGateway([behave]) as raw,
        Gateway(raw.url, door=door, user="acme", password=PASSWORD) as gateway,
    ):
        try:
            found = call(gateway)
        except MmspackError as error:
            found = error
    if isinstance(found, MmspackError):
        assert all(map(is_harmless, (str(found), found.message, *found.lines, found.hint)))
    else:
        assert isinstance(found, Outcome)
        assert_harmless(found)


def test_a_hosted_bundles_headers_are_reported_in_cleaned_words() -> None:
    def behave(connection: Connection) -> None:
        connection.head()
        headers = f"Content-Type: {WIRE}\r\nContent-Encoding: {WIRE}\r\nContent-Length: 5"
        connection.say(f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\nHello".encode())

    with RawGateway([behave]) as raw, pytest.raises(InputError) as error:
        verify_hosted(raw.url, a_bundle())
    assert all(map(is_harmless, error.value.lines))


@pytest.mark.slow
def test_what_a_command_and_a_push_say_is_logged_in_cleaned_words(caplog: pytest.LogCaptureFixture) -> None:
    script = f"import sys; sys.stderr.buffer.write({EVIL.encode()!r}); sys.exit(3)"
    with pytest.raises(HandlingFailed) as failed:
        handing.command([sys.executable, "-c", script])({})
    assert is_harmless(str(failed.value))

    def refuse(_event: object) -> None:
        raise ValueError(EVIL)

    with caplog.at_level(logging.WARNING), Listener(handler=refuse, pause=60) as listener:
        query = {"id": EVIL, "requestid": EVIL, "to": FROM, "from": TO, "type": "3", "status": "3"}
        httpx2.get(listener.origin + "/report", params=query)
        httpx2.get(listener.origin + "/report", params={**query, "status": EVIL})
        until(lambda: caplog.messages)
    assert all(map(is_harmless, caplog.messages))


@pytest.mark.slow
def test_a_message_reaches_the_pages_cleaned() -> None:
    turn = "A\u202egpj.exe\u2066B"  # the sandbox refuses a subject with controls, and takes this one
    text = f"Hello{EVIL}"
    bundle = pack([Part("hello.txt", "text/plain; charset=utf-8", text.encode())])
    fields = {"user": f"a{EVIL}", "pass": "x", "to": TO, "from": FROM, "subject": turn, "info": turn}
    with Sandbox() as sandbox:
        httpx2.post(sandbox.url, data=fields, files={"mms.zip": ("mms.zip", bundle.data)})
        (path,) = message_paths(sandbox)
        pages = [httpx2.get(sandbox.origin + where).text for where in ("/", path)]
    for page in pages:
        assert "gpj.exe" in page
        assert is_harmless(unescape(page).replace("\n", " ").replace("\t", " "))


def message_paths(sandbox: Sandbox) -> list[str]:
    return [f"/messages/{one.id}" for one in sandbox.messages()]


@pytest.mark.parametrize("name", ["bundle\x1b[2J.zip", "a\u202egpj.zip"])
def test_a_file_is_named_in_cleaned_words(name: str, mmspack: Callable[..., Any], tmp_path: Any) -> None:
    for command in (["check"], ["inspect"], ["send", "--to", TO, "--from", FROM], ["preview"]):
        ran = mmspack(command[0], tmp_path / name, *command[1:])
        assert ran.code
        assert is_harmless((ran.out + ran.err).replace("\n", "")), command
