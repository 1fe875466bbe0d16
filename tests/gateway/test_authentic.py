"""Pushes that are signed, and reports that are asked for: a listener that knows its accounts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from mmspack.bundle.bundle import pack
from mmspack.errors import ConfigError, InputError, UsageError
from mmspack.gateway import Account, Gateway, Secret
from mmspack.gateway.door import Door
from mmspack.gateway.infobip.door import Infobip
from mmspack.gateway.listener.listening import Listener, create_listener
from mmspack.gateway.listener.mailbox import Mailbox
from mmspack.gateway.sendmms.door import SendMMS
from mmspack.gateway.twilio.door import Twilio
from mmspack.gateway.twilio.signing import HEADER
from mmspack.model import Part
from mmspack.sandbox import Sandbox
from tests.gateway.raw_gateway import RawGateway, replies
from tests.gateway.rows import FROM, TO
from tests.waiting import until

SID = "MM" + "a" * 32
STATUS = {"MessageSid": SID, "MessageStatus": "delivered", "To": f"+{TO}", "From": f"+{FROM}"}
TOKEN = "the auth token"
Connect = Callable[..., httpx2.Client]
HOOKS = "https://hooks.example.com/mms"


def account(door: Door, url: str = "https://api.example.com", password: str = TOKEN) -> Account:
    return Account(name="mine", door=door, url=url, user="AC1", password=Secret(password))


@pytest.fixture
def client() -> Iterator[Callable[..., httpx2.Client]]:
    """Start a listener for these accounts, and connect to it."""
    with ExitStack() as stack:

        def connected(*accounts: Account, **options: Any) -> httpx2.Client:
            listener = stack.enter_context(Listener(accounts=accounts, **options))
            return stack.enter_context(httpx2.Client(base_url=listener.origin))

        yield connected


def signed(url: str, fields: dict[str, str], token: str = TOKEN) -> dict[str, str]:
    return {HEADER: RequestValidator(token).compute_signature(url, fields)}


@pytest.mark.parametrize("path", ["/twilio/status", "/twilio/inbound", "/twilio/status?a=1&b=%20c"])
def test_what_twilios_own_library_signs_is_taken(client: Connect, path: str) -> None:
    fields = {**STATUS, "Body": "Grüße & 世界", "Empty": ""}
    listening = client(account(Twilio(public_url=HOOKS)))
    headers = signed(HOOKS + path, fields)
    assert listening.post(path, data=fields, headers=headers).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "x"},
        {HEADER: "é".encode("latin-1").decode("latin-1")},
        signed(f"{HOOKS}/twilio/status", STATUS, "another token"),
        signed(f"{HOOKS}/twilio/inbound", STATUS),
        signed(f"{HOOKS}/twilio/status?x=1", STATUS),
        signed(f"{HOOKS}/twilio/status", {**STATUS, "MessageStatus": "failed"}),
        signed("http://hooks.example.com/mms/twilio/status", STATUS),
    ],
)
def test_a_forged_push_is_refused(
    client: Connect, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    listening = client(account(Twilio(public_url=HOOKS)))
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = listening.post("/twilio/status", data=STATUS, headers=raw)  # type: ignore[arg-type]
    assert (answer.status_code, answer.text) == (403, "not authentic\n")
    assert "was refused" in caplog.messages[0]
    assert TOKEN not in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("url", ["https://a.example:443/twilio/status", "https://a.example/twilio/status"])
def test_the_usual_port_may_be_written_or_not(client: Connect, url: str) -> None:
    for written in ("https://a.example", "https://a.example:443"):
        listening = client(account(Twilio(status_callback=f"{written}/twilio/status")))
        assert listening.post("/twilio/status", data=STATUS, headers=signed(url, STATUS)).status_code == 200


def test_an_api_key_needs_the_auth_token_to_verify(client: Connect) -> None:
    door = Twilio(account="AC1", auth_token=TOKEN, public_url=HOOKS)
    listening = client(account(door, password="the key's secret"))
    headers = signed(f"{HOOKS}/twilio/status", STATUS)
    assert listening.post("/twilio/status", data=STATUS, headers=headers).status_code == 200
    forged = signed(f"{HOOKS}/twilio/status", STATUS, "the key's secret")
    assert listening.post("/twilio/status", data=STATUS, headers=forged).status_code == 403
    assert "auth token" not in repr(door)


@pytest.mark.slow
def test_nothing_unsigned_is_taken_from_the_whole_internet(client: Connect) -> None:
    unknown = client(allow=["0.0.0.0/0"])
    assert unknown.post("/twilio/status", data=STATUS).status_code == 403
    assert client().post("/twilio/status", data=STATUS).status_code == 200
    keyed = client(account(Twilio(account="AC1", public_url=HOOKS)), allow=["0.0.0.0/0"])
    assert keyed.post("/twilio/status", data=STATUS).status_code == 403
    said = " ".join(Listener(allow=["0.0.0.0/0"]).warnings)
    assert "pushes of Twilio are refused" in said


def test_an_accounts_door_alone_is_served_and_each_once(client: Connect) -> None:
    listening = client(account(SendMMS()))
    assert listening.post("/twilio/status", data=STATUS).status_code == 404
    with pytest.raises(ConfigError, match="two accounts of the door 'sendmms'"):
        create_listener(Mailbox(), accounts=[account(SendMMS()), account(SendMMS())])


@pytest.mark.slow
def test_the_sandbox_signs_as_twilio_does() -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hello")])
    with Sandbox(push_delay=0.01) as sandbox:
        url = sandbox.url_of("twilio")
        with Listener(accounts=[account(Twilio(), url)]) as listener:
            door = Twilio(status_callback=f"{listener.origin}/twilio/status")
            with Gateway(url, user="AC1", password=TOKEN, door=door) as gateway:
                gateway.send(bundle, to=TO, sender=FROM, deliveryreport=True)
                until(lambda: len(listener.mailbox.events()) == 1)
            with Gateway(url, user="AC1", password="another", door=door) as gateway:
                gateway.send(bundle, to=TO, sender=FROM, deliveryreport=True)
                until(lambda: any("403" in one.answer for one in sandbox.pusher.recent))
            assert len(listener.mailbox.events()) == 1


@pytest.mark.slow
def test_reports_are_asked_for_where_they_are_not_pushed() -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hello")])
    taken: list[Any] = []
    with Sandbox() as sandbox:
        mine = account(Infobip(), sandbox.url_of("infobip"))
        with Gateway.from_account(mine) as gateway:
            ids = {gateway.send(bundle, to=TO, sender=FROM, deliveryreport=True).id for _ in range(60)}
        assert len(ids) == 60
        with Listener(accounts=[mine], handler=taken.append, poll_seconds=0.05) as listener:
            until(lambda: len(taken) >= 60)
            assert {one["request_id"] for one in taken} == ids
            assert {one["status"] for one in taken} == {"delivered"}
            assert listener.mailbox.counts() == {"done": 60}


def test_a_report_that_cannot_be_read_does_not_lose_the_others() -> None:
    good = '{"messageId": "7", "to": "447700900999", "status": {"groupName": "DELIVERED", "name": "D"}}'
    body = f'{{"results": [{{"messageId": ""}}, 5, {good}]}}'.encode()
    with RawGateway([replies("200 OK", body)]) as raw:
        (event,) = Gateway.from_account(account(Infobip(), raw.url)).poll()
    assert dict(event.fields)["requestid"] == "7"


def test_polling_goes_on_after_an_answer_that_is_none(caplog: pytest.LogCaptureFixture) -> None:
    empty = replies("200 OK", b'{"results": []}')
    with RawGateway([replies("500 No", b"busy"), replies("200 OK", b"<html>"), empty]) as raw:
        mine = account(Infobip(), raw.url)
        with caplog.at_level(logging.WARNING), Listener(accounts=[mine], poll_seconds=0.01):
            until(lambda: len(raw.heads) >= 4)
    assert "HTTP 500" in caplog.messages[0]
    assert TOKEN not in caplog.text


def test_a_door_that_pushes_is_not_asked() -> None:
    for door in (SendMMS(), Twilio(), Infobip(report_url="https://a.example/r")):
        with pytest.raises(UsageError, match="not asked for reports"):
            Gateway.from_account(account(door)).poll()
    with RawGateway([replies("401 No", b"{}")]) as raw, pytest.raises(InputError, match="HTTP 401"):
        Gateway.from_account(account(Infobip(), raw.url)).poll()


def test_a_configured_account_verifies_what_its_door_receives(tmp_path: Any) -> None:
    from mmspack.gateway import find_account

    config = tmp_path / "config.toml"
    config.write_text(
        '[gateways.tw]\ndoor = "twilio"\nuser = "AC1"\npassword = "x"\nfrom = "15005550006"\n'
        'public_url = "https://hooks.example.com"\nauth_token = "y"\n'
    )
    config.chmod(0o600)
    found = find_account("tw", environ={}, config=config)
    assert found is not None
    assert found.door == Twilio(public_url="https://hooks.example.com", auth_token="y")
    with Listener(accounts=[found]) as listener:
        fields = {**STATUS}
        headers = signed("https://hooks.example.com/twilio/status", fields, "y")
        assert httpx2.post(f"{listener.origin}/twilio/status", data=fields, headers=headers).is_success
