"""What every door must make of a network in trouble: rows that hold at each, with the raw-socket server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmspack.bundle.bundle import Bundle, pack
from mmspack.gateway import AsyncGateway, Gateway, Retry, Timeouts
from mmspack.gateway.door import Door
from mmspack.model import Part
from mmspack.outcome import Outcome, Result
from tests.gateway.raw_gateway import Behaviour, Connection, RawGateway, in_a_loop, replies

TO, FROM = "447700900999", "447700900111"
PASSWORD = "open sesame&more"
PATIENT = Timeouts(connect=20, write=20, read=30, answer=30)
IMPATIENT = Timeouts(connect=2, write=0.4, read=0.4, answer=0.8)
SMIL = b'<smil><head/><body><par dur="5000ms"><text src="hello.txt"/></par></body></smil>'


def a_bundle() -> Bundle:
    """Small, with bytes in it that look like a delimiter."""
    text = b"--boundary\r\nContent-Disposition: form-data\r\n\r\nHi \xc2\xa3\r\n"
    return pack([Part("message.smil", "application/smil", SMIL), Part("hello.txt", "text/plain", text * 20)])


def reset_before_the_body(connection: Connection) -> None:
    connection.head()
    connection.reset()


def drop_after_the_body(connection: Connection) -> None:
    connection.request()


def reset_after_the_body(connection: Connection) -> None:
    connection.request()
    connection.reset()


def stall(connection: Connection) -> None:
    connection.request()
    connection.gateway.released.wait(10)


def drip(connection: Connection) -> None:
    connection.request()
    connection.say(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n")
    while not connection.gateway.released.wait(0.1):
        connection.say(b"1")


def drip_the_head(connection: Connection) -> None:
    connection.request()
    connection.say(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not connection.gateway.released.wait(0.1):
        connection.say(b"1")


def flood_with(line: bytes, pause: float) -> Behaviour:
    """Informational answers and nothing else."""

    def flood(connection: Connection) -> None:
        connection.request()
        while not connection.gateway.released.wait(pause):
            connection.say(b"HTTP/1.1 " + line + b"\r\n\r\n")

    return flood


slow_continues, slow_hints = flood_with(b"100 Continue", 0.1), flood_with(b"103 Early Hints", 0.1)
LATE = (slow_continues, slow_hints)
"""Whoever is sent these waits for its deadline."""


def twofold(connection: Connection) -> None:
    connection.request()
    connection.say(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.say(b"7\r\n1000001\r\n0\r\n\r\n")


def speak_no_http(connection: Connection) -> None:
    connection.request()
    connection.say(b"1000001\r\n")


@dataclass(frozen=True)
class Case:
    """One row: what the gateway does, what is made of it, and how many copies it got."""

    name: str
    behave: Behaviour
    result: Result
    hold: bool = False
    code: int | None = None
    copies: int = 1


UNKNOWN, STOPPED = Result.UNKNOWN, Result.ACCOUNT_STOPPED
NETWORK = (
    Case("dropped after the body", drop_after_the_body, UNKNOWN, True),
    Case("reset after the body", reset_after_the_body, UNKNOWN, True),
    Case("no answer in time", stall, UNKNOWN, True),
    Case("an answer too slow", drip, UNKNOWN, True),
    Case("a head too slow", drip_the_head, UNKNOWN, True),
    Case("100 again and again", slow_continues, UNKNOWN, True),
    Case("103 again and again", slow_hints, UNKNOWN, True),
    Case("100 without end", flood_with(b"100 Continue", 0.0), UNKNOWN, True),
    Case("no HTTP", speak_no_http, UNKNOWN, True),
    Case("an answer too long", replies("200 OK", b"1" * 400_000), UNKNOWN, True),
    Case("an empty 200", replies("200 OK"), UNKNOWN, True),
    Case("a page", replies("200 OK", b"<html>Welcome</html>", "Content-Type: text/html"), UNKNOWN, True),
    Case("202", replies("202 Accepted", b"busy"), UNKNOWN, True),
    Case("500 without a body", replies("500 Error"), UNKNOWN, True),
    Case("502 with a page", replies("502 Bad", b"<html>Bad gateway</html>"), UNKNOWN, True),
    Case("503", replies("503 Busy", b"busy"), UNKNOWN, True),
    Case("504", replies("504 Late", b"late"), UNKNOWN, True),
    *(
        Case(status, replies(status, b"", "Location: /elsewhere?pass=x"), UNKNOWN, True)
        for status in ("301 Moved", "302 Found", "303 See")
    ),
    *(
        Case(status, replies(status, b"", "Location: /elsewhere?pass=x"), Result.MISCONFIGURED)
        for status in ("307 Temporary", "308 Permanent")
    ),
    Case("a length and chunks", twofold, UNKNOWN, True),
    Case("404", replies("404 Not Found", b"where?"), STOPPED, True),
    Case("413", replies("413 Too Large", b"what?"), STOPPED, True),
)
"""Rows that hold at every door."""


def attempt(raw: RawGateway, door: Door, style: str, bundle: Bundle | None = None, **options: Any) -> Outcome:
    """One send through a door to the raw server, by either client."""
    impatient = raw.behaviours[0] in (stall, drip, drip_the_head, *LATE)
    settings: Any = {
        "user": "acme",
        "password": PASSWORD,
        "door": door,
        "timeouts": IMPATIENT if impatient else PATIENT,
        "retry": Retry(base=0.0),
        **options,
    }
    address = raw.url.replace("/SendMMS", "/")
    what: Any = {"to": TO, "sender": FROM}
    if style == "sync":
        with Gateway(address, **settings) as gateway:
            return gateway.attempt(bundle or a_bundle(), **what)

    async def attempt_async() -> Outcome:
        async with AsyncGateway(address, **settings) as gateway:
            return await gateway.attempt(bundle or a_bundle(), **what)

    outcome: Outcome = in_a_loop(attempt_async())
    return outcome


def prove(case: Case, raw: RawGateway, outcome: Outcome) -> None:
    """The row holds, the request went out as often as it says, and nothing tells the password."""
    assert (outcome.result, outcome.hold, outcome.code) == (case.result, case.hold, case.code), outcome
    assert len(raw.received) == outcome.attempts == case.copies
    assert (outcome.id is not None) is (case.result is Result.ACCEPTED)
    assert outcome.summary
    assert "pass=x" not in repr(outcome)
    assert PASSWORD not in repr(outcome)
