"""The Infobip door: uploads, messages, what is made of each answer, and what its log proves."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import ConfigError, InputError, ParameterError, UsageError
from mmspack.gateway import AsyncGateway, Gateway, Retry, Secret
from mmspack.gateway.infobip.door import Infobip
from mmspack.gateway.infobip.outcomes import TABLE, classify
from mmspack.gateway.infobip.pushes import read_push
from mmspack.gateway.inquiring import Fate, Memory
from mmspack.gateway.listener.listening import Listener
from mmspack.gateway.observed import Observed
from mmspack.model import Part
from mmspack.outcome import Result
from mmspack.sandbox import MODES, Sandbox, SandboxAccount
from mmspack.sandbox.infobip.desk import InfobipDesk
from tests.gateway.raw_gateway import RawGateway, answer, in_a_loop, replies
from tests.gateway.rows import FROM, IMPATIENT, NETWORK, PASSWORD, PATIENT, SMIL, TO, Case, attempt, prove
from tests.waiting import until

JPEG = b"\xff\xd8\xff\xe0 not a real picture \xff\xd9"


def texts() -> Bundle:
    return pack([Part("message.smil", "application/smil", SMIL), Part("hello.txt", "text/plain", b"Hello\n")])


def mixed() -> Bundle:
    card = Part("shop.vcf", "text/x-vcard", b"BEGIN:VCARD\r\nEND:VCARD\r\n")
    return pack([*texts().parts, Part("a.jpg", "image/jpeg", JPEG), card], "Hi")


def told(group: str, name: str, number: int = 1, identifier: str = "m-1") -> bytes:
    status = {"groupId": 1, "groupName": group, "id": number, "name": name, "description": "Oh well"}
    return json.dumps(
        {"bulkId": "b", "messages": [{"messageId": identifier, "status": status, "destination": TO}]}
    ).encode()


def error(code: str) -> bytes:
    violation = {"property": "messages[0].sender", "violation": "must not be null"}
    return json.dumps(
        {"errorCode": code, "description": "No", "action": "x", "violations": [violation], "resources": []}
    ).encode()


OLD_ERROR = b'{"requestError": {"serviceException": {"messageId": "UNAUTHORIZED", "text": "Invalid login"}}}'
CASES = (
    *NETWORK,
    *(
        Case(group, replies("200 OK", told(group, f"{group}_X", 26)), Result.ACCEPTED)
        for group in ("ACCEPTED", "PENDING", "DELIVERED")
    ),
    *(
        Case(group, replies("200 OK", told(group, f"{group}_X", 6)), Result.REJECTED, code=6)
        for group in ("REJECTED", "UNDELIVERABLE", "EXPIRED")
    ),
    Case("an unknown group", replies("200 OK", told("MAYBE", "X", 99)), Result.UNKNOWN, True),
    *(
        Case(name, replies("200 OK", told("REJECTED", name, 12)), Result.ACCOUNT_PAUSED, code=12)
        for name in ("REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_PREPAID_PACKAGE_EXPIRED")
    ),
    *(
        Case(name, replies("200 OK", told("REJECTED", name, 13)), Result.ACCOUNT_STOPPED, code=13)
        for name in ("REJECTED_SENDER", "REJECTED_SOURCE")
    ),
    Case(
        "a duplicate id",
        replies("200 OK", told("REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID", 23)),
        Result.UNKNOWN,
        True,
    ),
    Case("no id", replies("200 OK", told("PENDING", "X", identifier="")), Result.UNKNOWN, True),
    Case("an id of 201", replies("200 OK", told("PENDING", "X", identifier="x" * 201)), Result.UNKNOWN, True),
    Case(
        "two messages",
        replies("200 OK", b'{"messages": [{"messageId": "a"}, {"messageId": "b"}]}'),
        Result.UNKNOWN,
        True,
    ),
    Case("no status", replies("200 OK", b'{"messages": [{"messageId": "a"}]}'), Result.UNKNOWN, True),
    Case("cut off", replies("200 OK", told("PENDING", "X"), length=9999), Result.UNKNOWN, True),
    Case("depth", replies("200 OK", b"[" * 20_000), Result.UNKNOWN, True),
    Case("400", replies("400 Bad", error("E400")), Result.REJECTED, code=400),
    Case("400 without an error", replies("400 Bad", b"{}"), Result.ACCOUNT_STOPPED, True),
    Case("401", replies("401 Who", error("E401")), Result.ACCOUNT_STOPPED, code=401),
    Case("401, older", replies("401 Who", OLD_ERROR), Result.ACCOUNT_STOPPED),
    Case("401 without an error", replies("401 Who", b""), Result.ACCOUNT_STOPPED),
    Case("403", replies("403 No", error("E403")), Result.ACCOUNT_STOPPED, code=403),
    Case("429", replies("429 Many", error("E429")), Result.UNKNOWN, True),
    Case("500 with an error", replies("500 Oh", error("E500")), Result.UNKNOWN, True),
)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["sync", "async"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_row_of_the_outcome_table(case: Case, style: str) -> None:
    with RawGateway([case.behave]) as raw:
        outcome = attempt(raw, Infobip(), style, texts())
    prove(case, raw, outcome)
    assert outcome.reference.startswith("mp")


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_is_ever_sent_again_by_itself(data: st.DataObject) -> None:
    bodies = [
        told("PENDING", "X"),
        told("REJECTED", "X", 6),
        error("E400"),
        error("E401"),
        b"",
        b"null",
        b"[",
    ]
    seen = Observed(
        whole=data.draw(st.booleans()),
        status=data.draw(st.sampled_from([None, 200, 202, 302, 400, 401, 403, 429, 500, 503])),
        body=data.draw(st.sampled_from(bodies)),
        complete=data.draw(st.booleans()),
    )
    verdict = classify(seen)
    assert not verdict.retry
    if verdict.result is Result.UNKNOWN:
        assert verdict.hold
    if verdict.result is Result.ACCEPTED:
        assert (verdict.id, seen.whole, seen.complete) == ("m-1", True, True)
    assert TABLE[-1].applies(seen)


# -- what goes out ---------------------------------------------------------------------------------


def asked(door: Infobip, bundle: Bundle, **options: Any) -> Any:
    gateway = Gateway("https://x.api.infobip.com", password="open sesame", door=door)
    return gateway.request(bundle, **{"to": TO, "sender": FROM, **options})


def test_the_json_of_a_message() -> None:
    door = Infobip(report_url="https://a.example/r", validity_minutes=90, window="08:00-20:30", campaign="c")
    request = asked(
        door, mixed(), subject="Hi £5", note="mp1:x", deliveryreport=True, fallback="No MMS? Call us"
    )
    places = {medium.sha256: medium.name.upper() for medium in request.media}
    made = request.write(places)
    assert made.url == "https://x.api.infobip.com/mms/2/messages"
    assert made.headers["Authorization"] == "App open sesame"
    (message,) = json.loads(made.body)["messages"]
    assert message["destinations"] == [{"to": TO, "messageId": "mp1:x"}]
    assert message["content"]["title"] == "Hi £5"
    assert message["content"]["messageSegments"] == [
        {
            "type": "SMIL",
            "smil": SMIL.decode(),
            "contentType": "application/smil",
            "contentId": "message.smil",
        },
        {"type": "TEXT", "text": "Hello\n", "contentId": "hello.txt"},
        {"type": "UPLOADED_REFERENCE", "uploadedContentId": "A.JPG", "contentId": "a.jpg"},
        {"type": "UPLOADED_REFERENCE", "uploadedContentId": "SHOP.VCF", "contentId": "shop.vcf"},
    ]
    options = message["options"]
    assert options["smsFailover"] == {"sender": FROM, "text": "No MMS? Call us"}
    assert options["validityPeriod"] == {"amount": 90, "timeUnit": "MINUTES"}
    assert options["deliveryTimeWindow"]["to"] == {"hour": 20, "minute": 30}
    assert message["webhooks"]["delivery"]["url"] == "https://a.example/r"
    assert "open sesame" not in str(request.preview()) + repr(request)


@pytest.mark.parametrize(
    ("parts", "options", "says"),
    [
        ([Part("a b.jpg", "image/jpeg", b"x")], {}, "a b.jpg: Infobip takes no blank"),
        ([Part("a.txt", "text/plain", b"x" * 4097)], {}, "4,097 characters"),
        ([Part("card.txt", "text/x-vcard", b"x")], {}, "ends in .vcf"),
        ([Part("a.txt", "text/plain", b"x")], {"subject": "s" * 67}, "subject: has 67 characters"),
        (
            [Part("a.txt", "text/plain", b"x")],
            {"readreport": True},
            "readreport: Infobip sends no read reports",
        ),
    ],
)
def test_what_infobip_would_refuse_is_said_first(parts: list[Part], options: Any, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        asked(Infobip(), pack(parts), **options)


def test_a_large_message_has_a_warning_and_wrong_hours_an_error() -> None:
    request = asked(Infobip(), pack([Part("a.jpg", "image/jpeg", bytes(400_000))]))
    assert any("size: 400,000 bytes" in line for line in request.parameters.warnings)
    with pytest.raises(ConfigError, match=r"infobip\.window: '8-20' is not hours"):
        Infobip(window="8-20")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"report_url": "mms.example.com/x"}, "infobip.report_url: 'mms.example.com/x' is not an http"),
        ({"validity_minutes": -1}, "infobip.validity_minutes: -1 is not between 0 and 2,880"),
        ({"validity_minutes": 2881}, "infobip.validity_minutes: 2881 is not"),
        ({"window": "08:00-08:30"}, "an hour at least"),
        ({"window": "08:00-08:00"}, "an hour at least"),
        ({"campaign": "c" * 256}, "infobip.campaign: has 256 characters"),
    ],
)
def test_settings_that_infobip_would_refuse_are_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Infobip(**options)
    assert says in str(caught.value)


def test_hours_over_midnight_are_hours() -> None:
    assert Infobip(window="22:00-06:00", validity_minutes=2880, campaign="c" * 255).window == "22:00-06:00"


def test_what_waits_for_its_window_has_a_day_to_be_in_the_log() -> None:
    """A message that is accepted at night is sent, and logged, in the morning."""
    sent = {"sent_after": 0.0, "sent_before": 0.0}
    always, by_day = Infobip().memory, Infobip(window="08:00-20:00").memory
    assert always.proves_absence(**sent, now=3600)
    assert not by_day.proves_absence(**sent, now=3600)
    assert by_day.proves_absence(**sent, now=25 * 3600)
    assert not by_day.proves_absence(**sent, now=47 * 3600)


# -- uploads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["sync", "async"])
def test_shared_media_are_uploaded_once(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads: list[str] = []
    kept = InfobipDesk._upload

    async def counted(self: Any, running: Any, request: Any) -> Any:
        uploads.append(request.headers["X-Content-Id"])
        return await kept(self, running, request)

    monkeypatch.setattr(InfobipDesk, "_upload", counted)
    options: Any = {"password": "k", "door": "infobip", "connections": 4}
    with Sandbox() as sandbox:
        if style == "sync":
            from concurrent.futures import ThreadPoolExecutor

            with Gateway(sandbox.origin, **options) as gateway, ThreadPoolExecutor(4) as threads:
                sends = [threads.submit(gateway.attempt, mixed(), to=TO, sender=FROM) for _ in range(12)]
                outcomes = [one.result() for one in sends]
        else:

            async def twelve() -> list[Any]:
                async with AsyncGateway(sandbox.origin, **options) as gateway:
                    many = (gateway.attempt(mixed(), to=TO, sender=FROM) for _ in range(12))
                    return list(await asyncio.gather(*many))

            outcomes = in_a_loop(twelve())
        messages = sandbox.messages()
    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    assert sorted(uploads) == ["a.jpg", "shop.vcf"]
    assert len({message.reference for message in messages}) == len(messages) == 12
    assert [(part.name, part.data) for part in messages[0].bundle.parts] == [
        (part.name, part.data) for part in mixed().parts
    ]


@pytest.mark.parametrize("style", ["sync", "async"])
@pytest.mark.parametrize(
    ("behave", "result"),
    [
        (replies("401 Who", error("E401")), Result.ACCOUNT_STOPPED),
        (replies("400 Bad", error("E400")), Result.NOT_SENT),
        (replies("500 Oh", b""), Result.NOT_SENT),
        (replies("200 OK", b"{}"), Result.NOT_SENT),
        (lambda connection: connection.request(), Result.NOT_SENT),
    ],
)
def test_an_upload_that_fails_sends_nothing(behave: Any, result: Result, style: str) -> None:
    with RawGateway([behave]) as raw:
        outcome = attempt(raw, Infobip(), style, mixed())
    assert (outcome.result, outcome.hold, outcome.attempts) == (result, False, 0)
    assert all(head.startswith("POST /mms/1/content") for head in raw.heads)
    assert PASSWORD not in repr(outcome)


def test_the_message_goes_once_after_its_uploads() -> None:
    def serve(connection: Any) -> None:
        head = connection.head()
        connection.body(head)
        upload = "/mms/1/content" in head
        body = b'{"uploadedContentId": "U"}' if upload else b""
        connection.say(answer("200 OK" if upload else "500 Oh", body))

    with RawGateway([serve]) as raw:
        outcome = attempt(raw, Infobip(), "sync", mixed())
    assert (outcome.result, outcome.hold) == (Result.UNKNOWN, True)
    assert [head.split()[1] for head in raw.heads] == ["/mms/1/content"] * 2 + ["/mms/2/messages"]


# -- asking ----------------------------------------------------------------------------------------


def test_the_log_tells_which_messages_arrived() -> None:
    with Sandbox() as sandbox, Gateway(sandbox.origin, password="k", door="infobip") as gateway:
        gateway.send(texts(), to=TO, sender=FROM, note="mine")
        letters = [gateway.letter(texts(), to=TO, sender=FROM, note=note) for note in ("mine", "other")]
        found = gateway.inquire(letters)
    assert [one.fate for one in found] == [Fate.ARRIVED, Fate.ABSENT]
    assert found[0].id == "mine"

    async def again() -> Any:
        async with AsyncGateway(sandbox.origin, password="k", door="infobip") as gateway:
            return await gateway.inquire(letters)

    with pytest.raises(InputError, match="the logs cannot be read: connection refused"):
        in_a_loop(again())
    with pytest.raises(UsageError, match="SendMMS cannot be asked"):
        Gateway("http://127.0.0.1:1").inquire(letters)


@pytest.mark.parametrize("reply", [replies("429 Many", error("E429")), replies("200 OK", b'{"results": {}}')])
def test_a_log_that_cannot_be_read_proves_nothing(reply: Any) -> None:
    with RawGateway([reply]) as raw:
        gateway = Gateway(raw.url.replace("/SendMMS", "/"), password="k", door="infobip")
        with pytest.raises(InputError, match="the logs cannot be read"):
            gateway.inquire([gateway.letter(texts(), to=TO, sender=FROM, note="n")])


@pytest.mark.parametrize(
    ("after", "before", "proves"),
    [
        (0, 0, False),
        (-1000, -900, True),
        (-1000, -899, False),
        (-170_000, -1000, False),
        (-169_000, -1000, True),
    ],
)
def test_when_absence_proves_something(after: int, before: int, proves: bool) -> None:
    now = 1_000_000.0
    memory = Infobip().memory
    assert memory.proves_absence(sent_after=now + after, sent_before=now + before, now=now) is proves
    assert not Memory().proves_absence(sent_after=0, sent_before=0, now=now)


# -- what is pushed in -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "name", "delivered"),
    [
        ("PENDING", "buffered", None),
        ("DELIVERED", "delivered", True),
        ("EXPIRED", "expired", False),
        ("REJECTED", "rejected", False),
        ("UNDELIVERABLE", "rejected", False),
        ("ELSEWHERE", "undocumented", None),
    ],
)
def test_each_group_of_a_report(group: str, name: str, delivered: bool | None) -> None:
    one = {
        "messageId": "m-1",
        "to": TO,
        "sender": FROM,
        "doneAt": "2026-07-07T06:32:15.101+0000",
        "status": {"groupName": group, "name": f"{group}_X"},
    }
    with Listener() as listener:
        for _ in range(2):
            answered = httpx2.post(f"{listener.origin}/infobip/report", json={"results": [one, one]})
            assert answered.status_code == 200
        (event,) = listener.mailbox.events()
        data = event.as_data()
    assert (data["door"], data["status"], data["delivered"], data["request_id"]) == (
        "infobip",
        name,
        delivered,
        "m-1",
    )
    assert (data["recipient"], data["date"][:19]) == (TO, "2026-07-07T06:32:15")


@pytest.mark.slow
def test_a_message_from_a_phone_is_read_in_both_forms() -> None:
    parts = [{"contentType": "text/plain; charset=utf-8", "value": "Hi £5"}, {"url": "https://m.example/1"}]
    forms = [json.dumps({"mms_parts": parts, "subject": "Lunch"}), parts]
    results = [
        {"messageId": f"i-{n}", "to": "25256", "from": TO, "message": form} for n, form in enumerate(forms)
    ]
    with Listener() as listener:
        assert httpx2.post(f"{listener.origin}/infobip/inbound", json={"results": results}).status_code == 200
        for wrong in ({}, {"results": 5}, {"results": [{}]}, []):
            assert httpx2.post(f"{listener.origin}/infobip/inbound", json=wrong).status_code == 400
        events = listener.mailbox.events()
        datas = [event.as_data() for event in events]
    assert [data["media"] for data in datas] == [["https://m.example/1"]] * 2
    assert [data["subject"] for data in datas] == ["Lunch", ""]
    assert [event.inbound.bundle.parts[0].data.decode() for event in events] == ["Hi £5"] * 2


@given(st.binary(max_size=200))
def test_random_pushes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        read_push("/infobip/report", body)


# -- the sandbox's side ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MODES))
def test_each_mode_of_chaos(name: str) -> None:
    limit = IMPATIENT if name == "stall" else PATIENT
    with (
        Sandbox(chaos={name: 1.0}, slow_seconds=0.1) as sandbox,
        Gateway(sandbox.origin, password="k", door="infobip", timeouts=limit) as gateway,
    ):
        outcome = gateway.attempt(texts(), to=TO, sender=FROM)
        assert len(sandbox.messages()) == (1 if MODES[name].accepts else 0)
    if MODES[name].accepts:
        assert outcome.hold or outcome.result is Result.ACCEPTED
    else:
        assert outcome.result is not Result.ACCEPTED


@pytest.mark.slow
@pytest.mark.parametrize("magic", InfobipDesk.magic, ids=lambda magic: magic.ending)
def test_a_magic_recipient_has_its_code(magic: Any) -> None:
    with (
        Sandbox() as sandbox,
        Gateway(sandbox.origin, password="k", door="infobip", retry=Retry(times=0)) as gateway,
    ):
        outcome = gateway.attempt(texts(), to=f"44770090{magic.ending}", sender=FROM)
        assert outcome.code == magic.code
        assert sandbox.messages() == []


def test_a_key_is_asked_for_and_an_id_is_taken_once() -> None:
    account = SandboxAccount(user="App", password=Secret("right"))
    with Sandbox(accounts=[account]) as sandbox:
        with Gateway(sandbox.origin, password="wrong", door="infobip") as gateway:
            assert gateway.attempt(texts(), to=TO, sender=FROM).code == 401
            assert gateway.attempt(mixed(), to=TO, sender=FROM).result is Result.ACCOUNT_STOPPED
        with Gateway(sandbox.origin, password="right", door="infobip") as gateway:
            assert gateway.attempt(mixed(), to=TO, sender=FROM, note="n").result is Result.ACCEPTED
            again = gateway.attempt(mixed(), to=TO, sender=FROM, note="n")
        assert (again.result, again.hold, len(sandbox.messages())) == (Result.UNKNOWN, True, 1)


@pytest.mark.parametrize(
    ("sender", "taken"), [("Shop Ltd", True), ("InfoMMS", True), ("0", False), ("<b>", False)]
)
def test_a_name_may_send_to_the_sandbox(sender: str, taken: bool) -> None:
    content = {"messageSegments": [{"type": "TEXT", "text": "Hi"}]}
    message = {"sender": sender, "destinations": [{"to": TO}], "content": content}
    with Sandbox() as sandbox:
        headers = {"Authorization": "App k"}
        answer = httpx2.post(
            f"{sandbox.origin}/mms/2/messages", json={"messages": [message]}, headers=headers
        )
        assert (answer.json()["messages"][0]["status"]["groupName"] == "PENDING") is taken
        assert len(sandbox.messages()) == taken


@pytest.mark.slow
def test_reports_are_pushed_and_can_be_polled_once() -> None:
    with Listener() as listener:
        url = f"{listener.origin}/infobip/report"
        with (
            # It is the message that says where its report goes.
            Sandbox(push_delay=0.01) as sandbox,
            Gateway(sandbox.origin, password="k", door=Infobip(report_url=url)) as gateway,
        ):
            gateway.send(texts(), to=TO, sender=FROM, note="n", deliveryreport=True)
            until(lambda: bool(listener.mailbox.events()))
            headers = {"Authorization": "App k"}
            polled = [httpx2.get(f"{sandbox.origin}/mms/2/reports", headers=headers).json() for _ in range(2)]
        (event,) = listener.mailbox.events()
    assert (event.report.status.name, event.report.request_id) == ("delivered", "n")
    assert [len(one["results"]) for one in polled] == [1, 0]


def test_a_text_that_is_not_utf_8_is_refused_and_a_byte_order_mark_left_out() -> None:
    with pytest.raises(ParameterError, match=r"a.txt: the text is not UTF-8 \(mmspack fix converts it\)"):
        asked(Infobip(), pack([Part("a.txt", "text/plain", "5 £".encode("latin-1"))]))
    marked = asked(Infobip(), pack([Part("a.txt", "text/plain", b"\xef\xbb\xbfHello")])).write({})
    assert b"Hello" in marked.body
    assert "\ufeff".encode() not in marked.body
    assert b"%EF%BB%BF" not in marked.body


@pytest.mark.parametrize(
    ("group", "name", "error", "reason"),
    [
        ("DELIVERED", "DELIVERED_TO_HANDSET", {"groupName": "OK", "name": "NO_ERROR"}, ""),
        (
            "UNDELIVERABLE",
            "UNDELIVERABLE_NOT_DELIVERED",
            {"groupName": "HANDSET_ERRORS", "name": "EC_ABSENT", "description": "Absent"},
            "UNDELIVERABLE_NOT_DELIVERED: EC_ABSENT: Absent",
        ),
        ("EXPIRED", "EXPIRED_EXPIRED", None, "EXPIRED_EXPIRED"),
    ],
)
def test_a_report_says_why(group: str, name: str, error: Any, reason: str) -> None:
    result = {"messageId": "m", "to": TO, "status": {"groupName": group, "name": name}, "error": error}
    (event,) = read_push("/infobip/report", json.dumps({"results": [result]}).encode()).events
    assert Infobip().read_report(event.fields).reason == reason


def test_two_sandboxes_of_one_process_know_nothing_of_each_other() -> None:
    heads = {"Authorization": "App k", "X-Content-Id": "a.jpg", "X-Media-Type": "image/jpeg"}
    with Listener() as listener, Sandbox(push_delay=0.01) as one, Sandbox(push_delay=0.01) as other:
        told = Infobip(report_url=f"{listener.origin}/infobip/report")
        with Gateway(one.origin, password="k", door=told) as gateway:
            gateway.send(texts(), to=TO, sender=FROM, note="n", deliveryreport=True)
        until(lambda: bool(listener.mailbox.events()))
        (theirs,) = httpx2.get(f"{one.origin}/mms/2/reports", headers=heads).json()["results"][:1]
        with Gateway(one.origin, password="k", door=told) as gateway:
            gateway.send(texts(), to=TO, sender=FROM, note="m", deliveryreport=True)
        until(lambda: len(listener.mailbox.events()) == 2)
        with Gateway(other.origin, password="k", door="infobip") as gateway:
            gateway.send(texts(), to=TO, sender=FROM, note="o", deliveryreport=True)
        assert not other.pusher.recent
        polled = httpx2.get(f"{other.origin}/mms/2/reports", headers=heads).json()["results"]
        kept = httpx2.post(f"{one.origin}/mms/1/content", headers=heads, content=JPEG).json()
        segment = {"type": "UPLOADED_REFERENCE", "contentId": "a.jpg", **kept}
        message = {
            "sender": FROM,
            "destinations": [{"to": TO}],
            "content": {"title": "", "messageSegments": [segment]},
        }
        sent = [
            httpx2.post(f"{at.origin}/mms/2/messages", headers=heads, json={"messages": [message]})
            for at in (one, other)
        ]
    assert theirs["messageId"] == "n"
    assert [report["messageId"] for report in polled] == ["o"]
    assert [answer.status_code for answer in sent] == [200, 400]
