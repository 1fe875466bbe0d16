"""Sending over real sockets: what reaches the gateway, how often, and what is made of its answer."""

from __future__ import annotations

import asyncio
import email.parser
import email.policy
import http.server
import logging
import pickle
import signal
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import AccountStopped, MmspackError, NotSent, OutcomeUnknown, ParameterError, Rejected
from mmspack.gateway import (
    AsyncGateway,
    Gateway,
    Retry,
    RetryBudget,
    Secret,
    SendInterrupted,
    Timeouts,
    describe_request,
)
from mmspack.gateway.sendmms.door import SendMMS
from mmspack.model import Part
from mmspack.outcome import Outcome, Result
from tests.gateway.raw_gateway import Behaviour, Connection, RawGateway, answer, in_a_loop, replies
from tests.gateway.rows import drip, drip_the_head, slow_continues, stall

PASSWORD = "open sesame&more"
TO, FROM = "447700900999", "447700900111"
PATIENT = Timeouts(connect=20, write=20, read=30, answer=30)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A small bundle; its bytes hold the multipart's own delimiters on purpose."""
    text = b"--boundary\r\nContent-Disposition: form-data\r\n\r\nHi \xc2\xa3\r\n"
    return pack([Part("hello.txt", "text/plain", text * 50)])


def gateway_for(url: str, **options: Any) -> Gateway:
    options.setdefault("timeouts", PATIENT)
    options.setdefault("retry", Retry(base=0.0))
    return Gateway(url, user="acme", password=PASSWORD, **options)


class PlainServer(http.server.BaseHTTPRequestHandler):
    """An HTTP server that knows nothing of SendMMS."""

    seen: list[tuple[str, str, dict[str, Any], dict[str, str]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        parts = {
            str(part.get_param("name", header="content-disposition")): part for part in message.iter_parts()
        }
        self.seen.append(("POST", self.path, parts, dict(self.headers)))
        self._say()

    def do_GET(self) -> None:
        self.seen.append(("GET", self.path, dict(parse_qsl(urlsplit(self.path).query)), dict(self.headers)))
        self._say()

    def _say(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"abc123")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def plain() -> Iterator[tuple[str, list[Any]]]:
    seen: list[Any] = []
    handler = type("Handler", (PlainServer,), {"seen": seen, "protocol_version": "HTTP/1.1"})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/SendMMS", seen
        server.shutdown()
        thread.join()


def test_a_plain_server_gets_equal_bytes_and_every_parameter(
    plain: tuple[str, list[Any]], bundle: Bundle
) -> None:
    url, seen = plain
    with gateway_for(url, name="mx") as gateway:
        receipt = gateway.send(
            bundle,
            to="+44 7700 900-999",
            sender=FROM,
            subject='Fish & chips "£5" – שלום 🐟',
            note="n" * 160,
            subaccount="0123456789",
            deliveryreport=True,
            readreport=True,
        )
    assert (receipt.id, receipt.to, receipt.gateway) == ("abc123", TO, "mx")
    assert receipt.bundle_sha256 == bundle.sha256
    ((method, path, parts, headers),) = seen
    assert (method, path) == ("POST", "/SendMMS")
    file = parts.pop("mms.zip")
    assert file.get_payload(decode=True) == bundle.data
    assert file["Content-Disposition"] == 'form-data; name="mms.zip"; filename="mms.zip"'
    assert file.get_content_type() == "application/zip"
    assert {name: part.get_payload(decode=True).decode() for name, part in parts.items()} == {
        "user": "acme",
        "pass": PASSWORD,
        "to": TO,
        "from": FROM,
        "subject": 'Fish & chips "£5" – שלום 🐟',
        "note": "n" * 160,
        "subaccount": "0123456789",
        "deliveryreport": "true",
        "readreport": "true",
    }
    assert "Transfer-Encoding" not in headers
    assert headers["Accept-Encoding"] == "identity"


def test_optional_parameters_stay_away_when_they_are_not_given(
    plain: tuple[str, list[Any]], bundle: Bundle
) -> None:
    url, seen = plain
    with gateway_for(url) as gateway:
        gateway.send(bundle, to=TO, sender=FROM)
    assert set(seen[0][2]) == {"user", "pass", "to", "from", "mms.zip"}


def test_a_hosted_zip_goes_by_post_and_by_get_when_asked_for(plain: tuple[str, list[Any]]) -> None:
    url, seen = plain
    hosted = "https://cdn.example.com/a%20b.zip?x=1&y=2"
    with gateway_for(url) as gateway:
        gateway.send(url=hosted, to=TO, sender=FROM, subject="Fish & chips")
        gateway.send(url=hosted, to=TO, sender=FROM, subject="Fish & chips", method="GET")
    post, get = seen
    assert post[0] == "POST"
    assert post[2]["url"].get_payload(decode=True).decode() == hosted
    assert get[0] == "GET"
    assert get[2] == {
        "user": "acme",
        "pass": PASSWORD,
        "to": TO,
        "from": FROM,
        "subject": "Fish & chips",
        "url": hosted,
    }


def test_the_same_message_is_the_same_bytes(bundle: Bundle) -> None:
    with RawGateway([replies("200 OK", b"1")]) as raw, gateway_for(raw.url) as gateway:
        for _ in range(2):
            gateway.send(bundle, to=TO, sender=FROM, subject="Hello")
    assert raw.received[0] == raw.received[1]


def test_the_body_is_the_one_that_the_http_client_would_write(bundle: Bundle) -> None:
    with RawGateway([replies("200 OK", b"1")]) as raw, gateway_for(raw.url) as gateway:
        for progress in (None, lambda done, total: None):
            gateway.send(bundle, to=TO, sender=FROM, subject="£5 שלום", progress=progress)
            gateway.send(url="https://cdn.example.com/a.zip", to=TO, sender=FROM, progress=progress)
    assert raw.received[0] == raw.received[2]
    assert raw.received[1] == raw.received[3]


def test_another_charset_when_the_operator_wants_it(plain: tuple[str, list[Any]], bundle: Bundle) -> None:
    url, seen = plain
    with gateway_for(url, door=SendMMS(charset="iso-8859-1")) as gateway:
        gateway.send(bundle, to=TO, sender=FROM, subject="£5")
        with pytest.raises(ParameterError, match="'€' cannot be encoded in iso-8859-1"):
            gateway.send(bundle, to=TO, sender=FROM, subject="€5")
    assert seen[0][2]["subject"].get_payload(decode=True) == b"\xa35"


def test_a_password_that_the_charset_lacks_is_not_shown_in_the_error(bundle: Bundle) -> None:
    gateway = Gateway(
        "http://127.0.0.1:1/", user="acme", password="gehe\u20acim", door=SendMMS(charset="iso-8859-1")
    )
    with pytest.raises(ParameterError, match="user or password: cannot be encoded in iso-8859-1") as error:
        gateway.request(bundle, to=TO, sender=FROM)
    assert "\u20ac" not in "".join(traceback.format_exception(error.value))
    with pytest.raises(ParameterError, match="charset: unknown encoding"):
        Gateway("http://127.0.0.1:1/", door=SendMMS(charset="klingon")).request(bundle, to=TO, sender=FROM)


def test_a_get_that_no_server_would_take_is_refused(bundle: Bundle) -> None:
    long = "https://cdn.example.com/" + "%20" * 600
    with pytest.raises(ParameterError, match="the GET request's URL has"):
        Gateway("http://127.0.0.1:1/").request(
            url=long, to=TO, sender=FROM, subject="\u05e9" * 1200, method="GET"
        )
    with pytest.raises(ParameterError, match="a GET cannot carry a bundle"):
        Gateway("http://127.0.0.1:1/").request(bundle, to=TO, sender=FROM, method="GET")


def test_connections_are_reused(
    plain: tuple[str, list[Any]], bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = plain
    opened: list[object] = []
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: opened.append(a) or connect(*a, **k))
    with gateway_for(url) as gateway:
        for _ in range(3):
            gateway.send(bundle, to=TO, sender=FROM)
    assert len(opened) == 1


def test_progress_ends_with_the_whole_zip(plain: tuple[str, list[Any]]) -> None:
    url, seen = plain
    large = pack([Part("hello.txt", "text/plain", b"x"), Part("a.jpg", "image/jpeg", bytes(300_000))])
    told: list[tuple[int, int]] = []
    with gateway_for(url) as gateway:
        gateway.send(large, to=TO, sender=FROM, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(large.data), len(large.data))
    assert len(told) > 3
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert seen[0][2]["mms.zip"].get_payload(decode=True) == large.data


# -- the outcome table, row by row ---------------------------------------------------------------


def reset_before_the_body(connection: Connection) -> None:
    connection.head()
    connection.reset()


def drop_after_the_body(connection: Connection) -> None:
    connection.request()


def reset_after_the_body(connection: Connection) -> None:
    connection.request()
    connection.reset()


def speak_no_http(connection: Connection) -> None:
    connection.request()
    connection.say(b"1000001\r\n")


def flood(connection: Connection) -> None:
    connection.request()
    connection.say(answer("200 OK", b"1" * 400_000))


ROWS: list[tuple[str, Behaviour, Result, int | None, int]] = [
    ("an id", replies("200 OK", b"1000001"), Result.ACCEPTED, None, 1),
    ("an id and a line end", replies("200 OK", b"1000001\r\n"), Result.ACCEPTED, None, 1),
    ("refused for now: 2", replies("403 Forbidden", b"Try again\n2"), Result.NOT_SENT, 2, 4),
    ("refused for now: 3", replies("403 Forbidden", b"No contact\n3"), Result.NOT_SENT, 3, 4),
    *(
        (f"rejected: {n}", replies("403 Forbidden", b"No\n%d" % n), Result.REJECTED, n, 1)
        for n in (4, 5, 14, 18)
    ),
    *(
        (f"stopped: {n}", replies("403 Forbidden", b"No\n%d" % n), Result.ACCOUNT_STOPPED, n, 1)
        for n in (1, 6, 7, 8, 11, 12, 13, 16, 17, 99)
    ),
    *(
        (f"paused: {n}", replies("403 Forbidden", b"No\n%d" % n), Result.ACCOUNT_PAUSED, n, 1)
        for n in (9, 10, 15)
    ),
    ("403 without code", replies("403 Forbidden", b"Forbidden"), Result.ACCOUNT_STOPPED, None, 1),
    ("403 cut off", replies("403 Forbidden", b"No\n1", length=400), Result.ACCOUNT_STOPPED, None, 1),
    *(
        (f"redirect {status}", replies(status, b"", "Location: /elsewhere?pass=x"), result, None, 1)
        for status, result in (
            ("301 Moved", Result.UNKNOWN),
            ("302 Found", Result.UNKNOWN),
            ("303 See Other", Result.UNKNOWN),
            ("307 Temporary", Result.MISCONFIGURED),
            ("308 Permanent", Result.MISCONFIGURED),
        )
    ),
    *(
        (status, replies(status, b"busy"), Result.UNKNOWN, None, 1)
        for status in ("429 Too Many", "500 Error", "502 Bad", "503 Busy", "504 Late", "202 Accepted")
    ),
    ("an empty 200", replies("200 OK"), Result.UNKNOWN, None, 1),
    ("HTML in place of an id", replies("200 OK", b"<html>Welcome</html>"), Result.UNKNOWN, None, 1),
    ("an id in UTF-16", replies("200 OK", "1000001".encode("utf-16")), Result.UNKNOWN, None, 1),
    ("an id cut off", replies("200 OK", b"10000", length=7), Result.UNKNOWN, None, 1),
    ("an answer too long", flood, Result.UNKNOWN, None, 1),
    ("an answer too slow", drip, Result.UNKNOWN, None, 1),
    ("a head too slow", drip_the_head, Result.UNKNOWN, None, 1),
    ("100 again and again", slow_continues, Result.UNKNOWN, None, 1),
    ("no HTTP", speak_no_http, Result.UNKNOWN, None, 1),
    ("dropped after the body", drop_after_the_body, Result.UNKNOWN, None, 1),
    ("reset after the body", reset_after_the_body, Result.UNKNOWN, None, 1),
    ("no answer in time", stall, Result.UNKNOWN, None, 1),
    ("another 4xx", replies("404 Not Found", b"where?"), Result.ACCOUNT_STOPPED, None, 1),
]
IMPATIENT = Timeouts(connect=2, write=0.4, read=0.4, answer=0.8)


def attempt(raw: RawGateway, method: str, bundle: Bundle, style: str = "sync") -> Outcome:
    late = (stall, drip, drip_the_head, slow_continues)
    timeouts = IMPATIENT if raw.behaviours[0] in late else PATIENT
    hosted = {"url": "https://cdn.example.com/a.zip", "method": "GET"} if method == "GET" else {}
    what: Any = {"bundle": None if hosted else bundle, "to": TO, "sender": FROM, **hosted}
    if style == "sync":
        with gateway_for(raw.url, timeouts=timeouts) as gateway:
            return gateway.attempt(**what)

    async def attempt_async() -> Outcome:
        options: Any = {"password": PASSWORD, "timeouts": timeouts, "retry": Retry(base=0.0)}
        async with AsyncGateway(raw.url, user="acme", **options) as gateway:
            return await gateway.attempt(**what)

    return in_a_loop(attempt_async())


@pytest.mark.slow
@pytest.mark.parametrize("style", ["sync", "async"])
@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    ("behave", "result", "code", "copies"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_each_row_of_the_outcome_table(
    behave: Behaviour, result: Result, code: int | None, copies: int, method: str, style: str, bundle: Bundle
) -> None:
    with RawGateway([behave]) as raw:
        outcome = attempt(raw, method, bundle, style)
    assert (outcome.result, outcome.code) == (result, code)
    assert len(raw.heads) == len(raw.received) == outcome.attempts == copies
    assert (outcome.id == "1000001") is (result is Result.ACCEPTED)
    assert "pass=x" not in repr(outcome)
    assert PASSWORD not in repr(outcome)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_gateway_that_recovers_gets_one_accepted_copy(times: int, bundle: Bundle) -> None:
    busy = replies("403 Forbidden", b"Try again\n2")
    with RawGateway([busy] * times + [replies("200 OK", b"1000001")]) as raw:
        outcome = attempt(raw, "POST", bundle)
    assert (outcome.result, outcome.attempts, len(raw.received)) == (Result.ACCEPTED, times + 1, times + 1)


def test_an_unknown_outcome_after_a_retry_ends_it(bundle: Bundle) -> None:
    behaviours = [replies("403 Forbidden", b"Try again\n2"), drop_after_the_body, replies("200 OK", b"2")]
    with RawGateway(behaviours) as raw:
        outcome = attempt(raw, "POST", bundle)
    assert (outcome.result, outcome.attempts, len(raw.received)) == (Result.UNKNOWN, 2, 2)


def test_retries_wait_longer_each_time_and_stay_within_the_budget(bundle: Bundle) -> None:
    waits: list[float] = []
    budget = RetryBudget(share=0.0, reserve=4)
    with RawGateway([replies("403 Forbidden", b"Try again\n2")]) as raw:
        options: dict[str, Any] = {
            "retry": Retry(base=8.0, longest=20.0),
            "budget": budget,
            "random": lambda: 0.5,
        }
        with gateway_for(raw.url, sleep=waits.append, **options) as gateway:
            first = gateway.attempt(bundle, to=TO, sender=FROM)
            second = gateway.attempt(bundle, to=TO, sender=FROM)
    assert waits == [4.0, 8.0, 10.0, 4.0]
    assert (first.attempts, second.attempts, len(raw.received)) == (4, 2, 6)


def test_ctrl_c_between_two_tries_tells_the_last_answer(bundle: Bundle) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with (
        RawGateway([replies("403 Forbidden", b"Try again\n2")]) as raw,
        gateway_for(raw.url, retry=Retry(), sleep=interrupt, random=lambda: 1.0) as gateway,
        pytest.raises(SendInterrupted) as error,
    ):
        gateway.send(bundle, to=TO, sender=FROM)
    outcome = error.value.outcome
    assert (outcome.result, outcome.code, outcome.attempts, len(raw.received)) == (Result.NOT_SENT, 2, 1, 1)


@pytest.mark.parametrize("style", ["sync", "async"])
def test_nothing_is_sent_where_nobody_listens(style: str, bundle: Bundle) -> None:
    with RawGateway([drop_after_the_body]) as raw:
        pass
    outcome = attempt(raw, "POST", bundle, style)
    assert (outcome.result, outcome.hold) == (Result.NOT_SENT, False)
    assert outcome.summary == "not sent: connection refused"
    with gateway_for(raw.url) as gateway, pytest.raises(NotSent, match="connection refused"):
        gateway.send(bundle, to=TO, sender=FROM)


def test_an_unknown_host_and_a_server_without_tls_are_not_sent(bundle: Bundle) -> None:
    with gateway_for("https://no-such-host.invalid/SendMMS") as gateway:
        assert gateway.attempt(bundle, to=TO, sender=FROM).result is Result.NOT_SENT
    with (
        RawGateway([lambda connection: connection.say(b"SSH-2.0-x\r\n")]) as raw,
        gateway_for(raw.url.replace("http:", "https:")) as gateway,
    ):
        outcome = gateway.attempt(bundle, to=TO, sender=FROM)
    assert outcome.result is Result.NOT_SENT
    assert "tls" in outcome.summary.lower()
    assert raw.received == []


@pytest.mark.slow
def test_a_body_that_never_goes_out_whole_is_not_sent() -> None:
    huge = pack([Part("a.jpg", "image/jpeg", bytes(30_000_000))])

    def never_read(connection: Connection) -> None:
        connection.head()
        connection.gateway.released.wait(10)

    for behave in (never_read, reset_before_the_body):
        with (
            RawGateway([behave]) as raw,
            gateway_for(raw.url, timeouts=Timeouts(connect=2, write=0.3, read=0.5)) as gateway,
        ):
            outcome = gateway.attempt(huge, to=TO, sender=FROM)
        assert (outcome.result, outcome.hold) == (Result.NOT_SENT, False), outcome
        assert raw.received == []
        assert len(raw.heads) == 1


@pytest.mark.slow
def test_an_early_refusal_is_read_although_the_body_is_not_out() -> None:
    huge = pack([Part("a.jpg", "image/jpeg", bytes(30_000_000))])

    def refuse_early(connection: Connection) -> None:
        connection.head()
        connection.say(answer("403 Forbidden", b"Wrong password\n8"))
        connection.raw.shutdown(socket.SHUT_WR)
        connection.gateway.released.wait(10)

    with (
        RawGateway([refuse_early]) as raw,
        gateway_for(raw.url, timeouts=Timeouts(connect=2, write=0.3, read=1)) as gateway,
    ):
        outcome = gateway.attempt(huge, to=TO, sender=FROM)
    assert raw.received == []
    assert outcome.hold is False
    assert outcome.result in (Result.ACCOUNT_STOPPED, Result.NOT_SENT)


def test_an_idle_connection_that_the_gateway_closed_is_not_used(bundle: Bundle) -> None:
    def once_and_close(connection: Connection) -> None:
        connection.request()
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7")

    with RawGateway([once_and_close]) as raw, gateway_for(raw.url) as gateway:
        for _ in range(3):
            assert gateway.send(bundle, to=TO, sender=FROM).id == "7"
            time.sleep(0.05)
    assert len(raw.received) == 3


@pytest.mark.slow
@pytest.mark.parametrize("result", [Result.NOT_SENT, Result.UNKNOWN])
def test_ctrl_c_tells_how_far_it_had_come(result: Result) -> None:
    large = pack([Part("a.jpg", "image/jpeg", bytes(20_000_000))])
    main = threading.main_thread().ident
    assert main is not None

    def press_ctrl_c(connection: Connection) -> None:
        head = connection.head()
        if result is Result.UNKNOWN:
            connection.body(head)
        time.sleep(0.2)
        signal.pthread_kill(main, signal.SIGINT)
        connection.gateway.released.wait(10)

    with (
        RawGateway([press_ctrl_c]) as raw,
        gateway_for(raw.url, timeouts=Timeouts(write=10, read=10)) as gateway,
        pytest.raises(SendInterrupted) as error,
    ):
        gateway.send(large, to=TO, sender=FROM)
    assert (error.value.outcome.result, len(raw.received)) == (result, int(result is Result.UNKNOWN))
    assert "interrupted" in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("result", [Result.NOT_SENT, Result.UNKNOWN])
def test_a_cancelled_task_is_noted_with_how_far_it_had_come(result: Result) -> None:
    large = pack([Part("a.jpg", "image/jpeg", bytes(20_000_000))])

    running: list[Any] = []

    def cancel(connection: Connection) -> None:
        head = connection.head()
        if result is Result.UNKNOWN:
            connection.body(head)
        time.sleep(0.2)
        loop, task = running
        loop.call_soon_threadsafe(task.cancel)
        connection.gateway.released.wait(10)

    async def run() -> None:
        running.extend([asyncio.get_running_loop(), asyncio.current_task()])
        async with AsyncGateway(raw.url, user="acme", password=PASSWORD) as gateway:
            await gateway.send(large, to=TO, sender=FROM)

    with RawGateway([cancel]) as raw, pytest.raises(asyncio.CancelledError) as error:
        in_a_loop(run())
    (note,) = error.value.__notes__
    assert note.startswith("not sent" if result is Result.NOT_SENT else "outcome unknown")
    assert "cancelled" in note


@pytest.mark.slow
def test_many_tasks_share_one_gateway(plain: tuple[str, list[Any]], bundle: Bundle) -> None:
    url, seen = plain

    async def run() -> list[str]:
        async with AsyncGateway(url, user="acme", password=PASSWORD, connections=4) as gateway:
            receipts = await asyncio.gather(*(gateway.send(bundle, to=TO, sender=FROM) for _ in range(20)))
            return [receipt.id for receipt in receipts]

    assert in_a_loop(run()) == ["abc123"] * 20
    assert len(seen) == 20
    with gateway_for(url, connections=4) as gateway, ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda _: gateway.attempt(bundle, to=TO, sender=FROM), range(20)))
    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    assert len(seen) == 40


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [("403 F", b"No\n5", Rejected), ("403 F", b"No\n8", AccountStopped), ("500 E", b"", OutcomeUnknown)],
)
def test_send_raises_what_attempt_returns(
    status: str, body: bytes, kind: type[Exception], bundle: Bundle
) -> None:
    with (
        RawGateway([replies(status, body)]) as raw,
        gateway_for(raw.url) as gateway,
        pytest.raises(kind) as error,
    ):
        gateway.send(bundle, to=TO, sender=FROM)
    assert error.value.__cause__ is None
    assert error.value.__context__ is None


# -- the password ---------------------------------------------------------------------------------


def test_the_password_is_in_no_log_repr_outcome_or_exception(
    bundle: Bundle, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "s3cr/t &%ü"
    encoded = ("s3cr/t", "s3cr%2Ft", "%26%25", "s3cr")
    echo = f"no user acme with {secret}\n8".encode()
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    echoing = replies("302 Found", echo, f"Location: http://x.example/?pass={encoded[1]}%20%26%25%C3%BC")
    with (
        RawGateway(
            [replies("403 Forbidden", echo), echoing, drop_after_the_body, replies("200 OK", b"1")]
        ) as raw,
        Gateway(raw.url, user="acme", password=secret, timeouts=PATIENT) as gateway,
    ):
        request = gateway.request(url="https://cdn.example.com/a.zip", to=TO, sender=FROM, method="GET")
        preview = describe_request(request)
        texts += [
            repr(gateway),
            repr(request),
            str(preview),
            repr(preview),
            str(gateway.__dict__),
            str(request.__dict__),
        ]
        for _ in range(4):
            try:
                texts.append(
                    repr(gateway.send(url="https://cdn.example.com/a.zip", to=TO, sender=FROM, method="GET"))
                )
            except MmspackError as error:
                texts += [repr(error), str(error), "".join(traceback.format_exception(error))]
                texts.append(repr(getattr(error, "outcome", "")))
    assert any("***" in text for text in texts)
    texts += [record.getMessage() for record in caplog.records] + [caplog.text, *capfd.readouterr()]
    assert any("HTTP Request: GET" in text for text in texts)
    for text in texts:
        for form in encoded:
            assert form not in text


def test_a_secret_shows_nothing_and_is_not_pickled() -> None:
    secret = Secret("open sesame")
    assert f"{secret} {secret!r}" == "*** ***"
    assert secret == Secret("open sesame")
    assert secret != Secret("close")
    assert hash(secret) == hash(Secret("open sesame"))
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret.blot("a open+sesame b open%20sesame c open sesame") == "a *** b *** c ***"
    assert Secret("").blot("text") == "text"


@pytest.mark.parametrize(("password", "identifier"), [("0", "1000001"), ("1000", "1000001"), ("7", "7")])
def test_an_id_is_never_blotted_out(password: str, identifier: str, bundle: Bundle) -> None:
    with RawGateway([replies("200 OK", identifier.encode())]) as raw:
        outcome = Gateway(raw.url, user="acme", password=password).attempt(bundle, to=TO, sender=FROM)
    assert (outcome.id, outcome.summary) == (identifier, f"accepted with id {identifier}")


def test_a_password_in_a_redirect_is_blotted_out_before_it_is_cut(bundle: Bundle) -> None:
    place = "Location: https://b.example/" + "x" * 170 + "/open%20sesame/"
    with RawGateway([replies("302 Found", b"", place)]) as raw:
        outcome = Gateway(raw.url, user="acme", password="open sesame").attempt(bundle, to=TO, sender=FROM)
    assert "/op" not in outcome.summary
    assert "xxx/" in outcome.summary
