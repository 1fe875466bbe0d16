"""The Twilio door: what goes out, what is made of each answer, and Twilio's own library at the sandbox."""

from __future__ import annotations

import functools
import http.server
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import ConfigError, InputError, ParameterError
from mmspack.gateway import AsyncGateway, Gateway, Retry, Secret, find_account
from mmspack.gateway.inquiring import Fate
from mmspack.gateway.listener.listening import Listener
from mmspack.gateway.observed import Observed
from mmspack.gateway.parameters import Parameters
from mmspack.gateway.twilio.codes import ERRORS
from mmspack.gateway.twilio.door import Twilio
from mmspack.gateway.twilio.outcomes import TABLE, classify, is_same_text, listed
from mmspack.gateway.twilio.pushes import read_push, read_report
from mmspack.model import Part
from mmspack.outcome import Result
from mmspack.sandbox import MODES, Sandbox, SandboxAccount
from tests.gateway.raw_gateway import RawGateway, in_a_loop, replies
from tests.gateway.rows import (
    FROM,
    IMPATIENT,
    NETWORK,
    PASSWORD,
    PATIENT,
    SMIL,
    TO,
    Case,
    attempt,
    prove,
)

SID = "MM" + "0123456789abcdef" * 2
JPEG = b"\xff\xd8\xff\xe0 not a real picture \xff\xd9"


def texts() -> Bundle:
    return pack([Part("message.smil", "application/smil", SMIL), Part("hello.txt", "text/plain", b"Hello\n")])


def mixed() -> Bundle:
    return pack([*texts().parts, Part("a.jpg", "image/jpeg", JPEG), Part("b.jpg", "image/jpeg", JPEG + b"2")])


def created(sid: str = SID) -> bytes:
    return json.dumps({"sid": sid, "status": "queued", "error_code": None}).encode()


def error(code: int, status: int, message: str = "No") -> bytes:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return json.dumps({"code": code, "message": message, "more_info": more, "status": status}).encode()


CASES = (
    *NETWORK,
    Case("201 with a sid", replies("201 Created", created()), Result.ACCEPTED),
    Case("200 with a sid", replies("200 OK", created()), Result.ACCEPTED),
    Case("an SMS's sid", replies("201 Created", created("SM" + "0" * 32)), Result.ACCEPTED),
    Case("a sid of something else", replies("201 Created", created("CA" + "0" * 32)), Result.UNKNOWN, True),
    Case("a sid with more", replies("201 Created", created(SID + "0")), Result.UNKNOWN, True),
    Case("a list", replies("201 Created", b'["sid"]'), Result.UNKNOWN, True),
    Case("depth", replies("201 Created", b"[" * 20_000), Result.UNKNOWN, True),
    Case("a sid cut off", replies("201 Created", created(), length=9999), Result.UNKNOWN, True),
    Case("a sid with 202", replies("202 Accepted", created()), Result.UNKNOWN, True),
    Case("20500 with 500", replies("500 Oh", error(20500, 500)), Result.UNKNOWN, True),
    Case("20503 with 503", replies("503 Oh", error(20503, 503)), Result.UNKNOWN, True),
    Case("429 without a code", replies("429 Many", b"slow down"), Result.UNKNOWN, True),
    Case("401 without a code", replies("401 Who", b"login"), Result.ACCOUNT_STOPPED),
    Case("403 without a code", replies("403 No", b"no"), Result.ACCOUNT_STOPPED, True),
    Case("unlisted 400", replies("400 Bad", error(29999, 400)), Result.REJECTED, code=29999),
    Case("unlisted 403", replies("403 No", error(29998, 403)), Result.ACCOUNT_STOPPED, code=29998),
    Case("a code that is no number", replies("400 Bad", b'{"code": true}'), Result.ACCOUNT_STOPPED, True),
    *(
        Case(
            f"{one.number}",
            replies(f"{one.status} No", error(one.number, one.status)),
            one.result,
            code=one.number,
            copies=4 if one.number in (20429, 21611) else 1,
        )
        for one in ERRORS.values()
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["sync", "async"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_row_of_the_outcome_table(case: Case, style: str) -> None:
    with RawGateway([case.behave]) as raw:
        outcome = attempt(raw, Twilio(), style, texts())
    prove(case, raw, outcome)


def test_the_codes_of_the_table_say_what_the_page_says() -> None:
    stopped = {number for number, one in ERRORS.items() if one.result is Result.ACCOUNT_STOPPED}
    assert {20003, 20005, 21212, 21606, 21659} <= stopped
    assert {number for number, one in ERRORS.items() if one.retry} == {20429, 21611}
    assert ERRORS[63038].pause == "next-day"
    assert {ERRORS[number].result for number in (21211, 21610, 21614)} == {Result.REJECTED}


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_may_have_been_accepted_is_never_sent_again(data: st.DataObject) -> None:
    seen = Observed(
        whole=data.draw(st.booleans()),
        status=data.draw(st.sampled_from([None, 200, 201, 202, 302, 400, 401, 429, 500, 503])),
        body=data.draw(
            st.sampled_from([created(), error(20429, 429), error(21211, 400), b"", b"{", b"null"])
        ),
        complete=data.draw(st.booleans()),
    )
    verdict = classify(seen)
    if verdict.retry:
        assert verdict.code in (20429, 21611)
    if verdict.result is Result.UNKNOWN:
        assert verdict.hold
    if verdict.result is Result.ACCEPTED:
        assert (verdict.id, seen.whole, seen.complete) == (SID, True, True)
    assert TABLE[-1].applies(seen)


def test_twilios_words_are_told_without_the_password() -> None:
    with RawGateway([replies("401 No", error(20003, 401, f"no {PASSWORD}"))]) as raw:
        outcome = attempt(raw, Twilio(), "sync", texts())
    assert (outcome.reason, outcome.http_status) == ("no ***", 401)


# -- what goes out ---------------------------------------------------------------------------------


def asked(door: Twilio, bundle: Bundle, **options: Any) -> Any:
    gateway = Gateway(user="AC1", password="open sesame", door=door)
    return gateway.request(bundle, **{"to": TO, "sender": FROM, **options})


STORE: dict[str, Any] = {"store": "x", "store_url": "https://cdn.example/mms"}


def test_the_form_of_a_message() -> None:
    door = Twilio(messaging_service="MG1", status_callback="https://a.example/twilio/status", **STORE)
    request = asked(door, mixed(), deliveryreport=True, subject="Hi", note="n")
    places = {medium.sha256: f"https://cdn.example/{medium.name}" for medium in request.media}
    http_request = request.write(places)
    assert http_request.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    assert parse_qsl(http_request.body.decode()) == [
        ("To", f"+{TO}"),
        ("MessagingServiceSid", "MG1"),
        ("From", f"+{FROM}"),
        ("Body", "Hello"),
        ("StatusCallback", "https://a.example/twilio/status"),
        ("MediaUrl", "https://cdn.example/a.jpg"),
        ("MediaUrl", "https://cdn.example/b.jpg"),
    ]
    warnings = " ".join(request.parameters.warnings)
    for lost in ("subject: Twilio has none", "note: Twilio has none", "smil: Twilio has none"):
        assert lost in warnings
    assert "open sesame" not in str(request.preview()) + repr(request)


def test_a_messaging_service_needs_no_sender() -> None:
    gateway = Gateway(user="AC1", password="x", door=Twilio(messaging_service="MG1"))
    form = parse_qsl(gateway.request(texts(), to=TO).write({}).body.decode())
    assert [name for name, _ in form] == ["To", "MessagingServiceSid", "Body"]
    with pytest.raises(ParameterError, match="sender: missing"):
        Gateway(user="AC1", password="x", door=Twilio()).request(texts(), to=TO)


def test_an_account_with_a_messaging_service_needs_no_from(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[gateways.t]\ndoor = "twilio"\nuser = "AC1"\npassword = "x"\nmessaging_service = "MG1"\n'
    )
    config.chmod(0o600)
    account = find_account("t", environ={}, config=config, needs_sender=True)
    assert account is not None
    assert account.sender is None


def test_an_api_key_without_its_account_is_refused_before_anything_is_sent() -> None:
    gateway = Gateway(user="SK" + "1" * 32, password="x", door=Twilio())
    with pytest.raises(ParameterError, match="account: the user is an API key"):
        gateway.request(texts(), to=TO, sender=FROM)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"store": "/srv/mms"}, "twilio.store_url: missing"),
        ({"store": "s3://bucket/mms"}, "twilio.store_url: missing"),
        (
            {"store": "x", "store_url": "cdn.example/mms"},
            "twilio.store_url: 'cdn.example/mms' is not an http",
        ),
        ({"status_callback": "mailto:a@b"}, "twilio.status_callback: "),
        ({"public_url": "https://"}, "twilio.public_url: "),
    ],
)
def test_addresses_that_twilio_could_not_reach_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Twilio(**options)
    assert says in str(caught.value)


def test_an_api_key_sends_for_an_account_and_a_short_code_has_no_plus() -> None:
    request = asked(Twilio(account="AC9"), texts(), sender="72345").write({})
    assert "/Accounts/AC9/" in request.url
    assert ("From", "72345") in parse_qsl(request.body.decode())


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([Part("a.txt", "text/plain", b"x" * 1601)], "1,601 characters"),
        ([Part(f"{n}.jpg", "image/jpeg", b"%d" % n) for n in range(11)], "11 media"),
        ([Part("a.jpg", "image/jpeg", bytes(6 * 1024 * 1024))], "5 MB of pictures"),
        ([Part("a.mp3", "audio/mpeg", bytes(600 * 1024))], "500 kB"),
        ([Part("message.smil", "application/smil", SMIL)], "neither text nor media"),
        ([Part("a.jpg", "image/jpeg", b"x")], "fetches media from addresses"),
    ],
)
def test_what_twilio_would_refuse_is_said_before_anything_is_sent(parts: list[Part], says: str) -> None:
    store = {} if "addresses" in says else STORE
    with pytest.raises(ParameterError, match=says):
        asked(Twilio(**store), pack(parts))
    with pytest.raises(ParameterError, match="readreport: Twilio sends no read reports"):
        asked(Twilio(), texts(), readreport=True)
    with pytest.raises(ParameterError, match="needs status_callback"):
        asked(Twilio(), texts(), deliveryreport=True)


# -- media in a store of one's own -----------------------------------------------------------------


class Store(http.server.SimpleHTTPRequestHandler):
    """A folder, served; it counts what is fetched."""

    fetched: list[str]

    def do_GET(self) -> None:
        self.fetched.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[str, Path, list[str]]]:
    handler = type("Handler", (Store,), {"fetched": []})
    served = functools.partial(handler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path, handler.fetched
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("style", ["sync", "async"])
def test_media_are_published_once_and_proved_before_the_message_goes(
    store: tuple[str, Path, list[str]], style: str
) -> None:
    origin, folder, fetched = store
    door = Twilio(store=str(folder), store_url=origin)
    with Sandbox(fetch=[origin.removeprefix("http://")]) as sandbox:
        what: Any = {"user": "AC1", "password": "open sesame", "door": door}
        if style == "sync":
            with Gateway(sandbox.origin, **what) as gateway:
                outcomes = [gateway.attempt(mixed(), to=TO, sender=FROM) for _ in range(3)]
        else:

            async def three() -> list[Any]:
                import asyncio

                async with AsyncGateway(sandbox.origin, connections=3, **what) as gateway:
                    sends = (gateway.attempt(mixed(), to=TO, sender=FROM) for _ in range(3))
                    return list(await asyncio.gather(*sends))

            outcomes = in_a_loop(three())
        messages = sandbox.messages()
    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    assert len(list(folder.iterdir())) == 2
    assert len(fetched) == 2 + 3 * 2  # ours once each, and those of three messages
    assert [part.data for part in messages[0].bundle.parts] == [b"Hello", JPEG, JPEG + b"2"]
    assert messages[0].bundle.parts[1].type == "image/jpeg"


def test_a_store_that_serves_other_bytes_stops_the_message(store: tuple[str, Path, list[str]]) -> None:
    origin, folder, _ = store
    door = Twilio(store=str(folder / "inner"), store_url=origin)  # served under another address
    with RawGateway([replies("201 Created", created())]) as raw:
        outcome = attempt(raw, door, "sync", mixed())
        assert (outcome.result, outcome.hold, outcome.attempts) == (Result.NOT_SENT, False, 0)
        assert "a.jpg could not be published" in outcome.summary
        assert raw.received == []


# -- what is pushed in -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "name", "final"),
    [
        ("queued", "buffered", False),
        ("sent", "buffered", False),
        ("delivered", "delivered", True),
        ("undelivered", "expired", True),
        ("failed", "rejected", True),
        ("read", "read", True),
        ("teleported", "undocumented", False),
    ],
)
def test_each_status_of_a_callback(status: str, name: str, final: bool) -> None:
    fields = {"MessageSid": SID, "MessageStatus": status, "To": f"+{TO}", "From": f"+{FROM}"}
    with Listener() as listener:
        for _ in range(2):
            assert httpx2.post(f"{listener.origin}/twilio/status", data=fields).status_code == 200
        (event,) = listener.mailbox.events()
        data = event.as_data()
    assert (data["door"], data["status"], data["final"], data["request_id"]) == ("twilio", name, final, SID)
    assert (data["recipient"], data["sender"]) == (TO, FROM)


@pytest.mark.slow
def test_a_message_from_a_phone_has_its_text_and_its_addresses() -> None:
    fields = {"MessageSid": SID, "From": f"+{TO}", "To": f"+{FROM}", "Body": "Hi £5", "NumMedia": "1"}
    media = {"MediaUrl0": "https://api.twilio.com/m/1", "MediaContentType0": "image/jpeg"}
    with Listener() as listener:
        answer = httpx2.post(f"{listener.origin}/twilio/inbound", data={**fields, **media})
        (event,) = listener.mailbox.events()
        data = event.as_data()
        assert httpx2.post(f"{listener.origin}/twilio/inbound", data={"Body": "x"}).status_code == 400
    assert answer.text.endswith("<Response/>")
    assert (data["from"], data["to"], data["media"]) == (TO, [FROM], ["https://api.twilio.com/m/1"])
    assert event.inbound.bundle.parts[0].data.decode() == "Hi £5"


@given(st.binary(max_size=200))
def test_random_pushes_are_read_or_refused(body: bytes) -> None:
    for path in ("/twilio/status", "/twilio/inbound"):
        with pytest.raises(InputError):
            read_push(path, body)


# -- the sandbox's side ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MODES))
def test_each_mode_of_chaos(name: str) -> None:
    limit = IMPATIENT if name == "stall" else PATIENT
    with (
        Sandbox(chaos={name: 1.0}, slow_seconds=0.1) as sandbox,
        Gateway(sandbox.origin, user="AC1", password="x", door=Twilio(), timeouts=limit) as gateway,
    ):
        outcome = gateway.attempt(texts(), to=TO, sender=FROM)
        assert len(sandbox.messages()) == (1 if MODES[name].accepts else 0)
    if MODES[name].accepts:
        assert outcome.hold or outcome.result is Result.ACCEPTED
    else:
        assert outcome.result is not Result.ACCEPTED


@pytest.mark.slow
@pytest.mark.parametrize("number", [number for number in ERRORS if number != 20404])
def test_a_magic_recipient_has_its_code(number: int) -> None:
    with (
        Sandbox() as sandbox,
        Gateway(sandbox.origin, user="AC1", password="x", door=Twilio(), retry=Retry(times=0)) as gateway,
    ):
        outcome = gateway.attempt(texts(), to=f"44770090{number % 10_000:04d}", sender=FROM)
        assert (outcome.code, outcome.http_status) == (number, ERRORS[number].status)
        assert sandbox.messages() == []


@pytest.fixture
def library() -> Any:
    """Twilio's own library, as it comes; only its base address is turned."""
    return pytest.importorskip("twilio.rest", reason="twilio is not installed")


@pytest.mark.slow
def test_twilios_library_sends_fetches_and_lists(
    library: Any, store: tuple[str, Path, list[str]], tmp_path: Path
) -> None:
    origin, folder, _ = store
    (folder / "a.jpg").write_bytes(JPEG)
    taken: list[Any] = []
    with (
        Listener(handler=taken.append, pause=0.01) as listener,
        Sandbox(fetch=[origin.removeprefix("http://")], push_delay=0.01) as sandbox,
    ):
        client = library.Client("AC" + "1" * 32, "open sesame")
        client.api.base_url = sandbox.origin
        made = client.messages.create(
            to=f"+{TO}",
            from_=f"+{FROM}",
            body="Hello £5 🐟",
            media_url=[f"{origin}/a.jpg"],
            status_callback=f"{listener.origin}/twilio/status",
        )
        again = client.messages(made.sid).fetch()
        (listed,) = client.messages.list(to=f"+{TO}", from_=f"+{FROM}")
        today = listed.date_created.date()
        for dates, found in (
            ({"date_sent": today}, 1),
            ({"date_sent": today - timedelta(days=1)}, 0),
            ({"date_sent_after": today, "date_sent_before": today + timedelta(days=1)}, 1),
            ({"date_sent_after": today + timedelta(days=1)}, 0),
            ({"date_sent_before": today}, 0),
        ):
            assert len(client.messages.list(**dates)) == found
        (message,) = sandbox.messages()
        end = time.monotonic() + 10
        while not taken:
            assert time.monotonic() < end
            time.sleep(0.01)
    assert (made.status, made.num_media, made.body) == ("queued", "1", "Hello £5 🐟")
    assert (again.sid, listed.sid, listed.body) == (made.sid, made.sid, "Hello £5 🐟")
    assert [part.data for part in message.bundle.parts] == ["Hello £5 🐟".encode(), JPEG]
    assert (taken[0]["status"], taken[0]["request_id"]) == ("delivered", made.sid)


@pytest.mark.slow
def test_a_list_is_whole_however_many_messages_came_later(library: Any) -> None:
    login = ("AC" + "1" * 32, "open sesame")
    zipped = pack([Part("text1.txt", "text/plain", b"Hello")]).data
    with Sandbox() as sandbox:
        client = library.Client(*login)
        client.api.base_url = sandbox.origin
        send = functools.partial(client.messages.create, to=f"+{TO}", from_=f"+{FROM}")
        made = [send(body=f"No. {number}").sid for number in range(5)]
        for number in range(1100):
            other = Parameters(to=f"4477008{number:05}", sender=FROM)
            sandbox.inbox.add(other, zipped, user="AC1", method="POST", now=datetime.now(UTC), door="twilio")
        assert [one.sid for one in client.messages.list(to=f"+{TO}")] == made[::-1]
        assert [one.sid for one in client.messages.list(to=f"+{TO}", page_size=2)] == made[::-1]
        address = f"{sandbox.origin}/2010-04-01/Accounts/{login[0]}/Messages.json"
        page = httpx2.get(address, params={"To": f"+{TO}", "PageSize": "2"}, auth=login)
    with pytest.raises(InputError, match="more messages to this recipient than one page lists"):
        listed(Observed(whole=True, status=200, body=page.content, complete=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "token", "code", "status"),
    [
        ("summer", "open sesame", 21211, 400),
        (f"+{TO}", "guess", 20003, 401),
        ("+447700901610", "open sesame", 21610, 400),
        ("+447700900429", "open sesame", 20429, 429),
    ],
)
def test_twilios_library_raises_what_the_service_would(
    library: Any, to: str, token: str, code: int, status: int
) -> None:
    account = SandboxAccount(user="AC" + "1" * 32, password=Secret("open sesame"))
    with Sandbox(accounts=[account]) as sandbox:
        client = library.Client("AC" + "1" * 32, token)
        client.api.base_url = sandbox.origin
        from twilio.base.exceptions import TwilioRestException

        with pytest.raises(TwilioRestException) as raised:
            client.messages.create(to=to, from_=f"+{FROM}", body="Hello")
        assert (raised.value.code, raised.value.status) == (code, status)
        assert sandbox.messages() == []


def test_a_message_that_is_older_than_the_request_is_not_taken_for_it() -> None:
    with Sandbox() as sandbox, Gateway(sandbox.origin, user="AC1", password="x", door=Twilio()) as gateway:
        sent = gateway.send(texts(), to=TO, sender=FROM)
        letter = gateway.letter(texts(), to=TO, sender=FROM)
        other = gateway.letter(pack([Part("a.txt", "text/plain", b"Another text")]), to=TO, sender=FROM)
        now = time.time()
        found = [gateway.inquire([letter], [since])[0] for since in (now - 60, now + 3600, float("inf"))]
        assert gateway.inquire([other], [now - 60])[0].fate is Fate.ABSENT
    assert [one.fate for one in found] == [Fate.ARRIVED, Fate.ABSENT, Fate.ABSENT]
    assert found[0].id == sent.id


@pytest.mark.parametrize(
    ("body", "text", "same"),
    [
        ("Hello", "Hello", True),
        ("Sent from your Twilio trial account - Hello", "Hello", True),
        ("Sent from your Twilio trial account - ", "", True),
        ("Sent from your Twilio trial account - \U0001f389", "\U0001f389", True),
        ("Up to 50% off at Marlowe's - today", "Up to 50% off at Marlowe’s – today", True),
        ("A new notice: Up to 50% off at Marlowe's", "Up to 50% off at Marlowe’s", True),
        ("Oh, Hello", "Hello", False),
        ("Hello, Bob", "Hello, Ann", False),
        ("Hello", "", False),
        ("", "Hello", False),
    ],
)
def test_a_text_is_found_as_twilio_lists_it(body: str, text: str, same: bool) -> None:
    assert is_same_text(body, text) is same


def test_a_text_that_is_not_utf_8_is_refused_and_a_byte_order_mark_left_out() -> None:
    with pytest.raises(ParameterError, match=r"a.txt: the text is not UTF-8 \(mmspack fix converts it\)"):
        asked(Twilio(), pack([Part("a.txt", "text/plain", "5 £".encode("latin-1"))]))
    marked = asked(Twilio(), pack([Part("a.txt", "text/plain", b"\xef\xbb\xbfHello")])).write({})
    assert b"Hello" in marked.body
    assert "\ufeff".encode() not in marked.body
    assert b"%EF%BB%BF" not in marked.body


def test_a_message_is_found_whatever_sender_the_account_has_since() -> None:
    with Sandbox() as sandbox, Gateway(sandbox.origin, user="AC1", password="x", door=Twilio()) as gateway:
        sent = gateway.send(texts(), to=TO, sender=FROM)
        letter = gateway.letter(texts(), to=TO, sender="72345")
        (found,) = gateway.inquire([letter], [time.time() - 60])
    assert (found.fate, found.id) == (Fate.ARRIVED, sent.id)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, ""),
        ({"ErrorCode": "30003", "ErrorMessage": "Unreachable\nhandset"}, "30003: Unreachable handset"),
    ],
)
def test_a_report_says_why(more: dict[str, str], reason: str) -> None:
    form = {"MessageSid": "MM" + "0" * 32, "MessageStatus": "undelivered", "From": FROM, "To": TO, **more}
    (event,) = read_push("/twilio/status", urlencode(form).encode()).events
    assert read_report(event.fields).reason == reason
