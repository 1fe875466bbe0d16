"""The receiver: who may push, what is kept, and how it is handed on."""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mmspack.bundle.bundle import pack
from mmspack.errors import BundleError, ConfigError, InputError, ParameterError, Rejected, UsageError
from mmspack.gateway import AsyncGateway, Gateway, Secret
from mmspack.gateway.door import PushedEvent
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.listener.handing import MOST_TRIES, Dispatcher, HandlingFailed, command, webhook
from mmspack.gateway.listener.listening import Listener, Sources, create_listener
from mmspack.gateway.listener.mailbox import Mailbox
from mmspack.model import Part
from mmspack.sandbox import Sandbox
from tests.gateway.raw_gateway import Connection, RawGateway, answer, in_a_loop, replies
from tests.waiting import until

TO, FROM = "447700900999", "447700900111"
REPORT = f"?id=77&requestid=1000001&to={FROM}&from={TO}&date=2008-03-01+12%3A00%3A00&type=3&status=3"
INBOUND = [("id", "5"), ("from", TO), ("to", FROM), ("type", "2"), ("subject", "Hi")]


def form(data: bytes | None) -> list[Any]:
    parts: list[Any] = [(name, (None, value)) for name, value in INBOUND]
    return parts if data is None else [*parts, ("mms.zip", ("mms.zip", data))]


@pytest.mark.slow
def test_a_report_is_answered_with_a_body_kept_once_and_handed_on() -> None:
    taken: list[Mapping[str, Any]] = []
    with Listener(handler=taken.append) as listener:
        for _ in range(2):
            answer = httpx2.get(listener.origin + "/report" + REPORT)
            assert (answer.status_code, answer.text) == (200, "OK\n")
        until(lambda: taken)
        (event,) = listener.mailbox.events()
        assert event.report.request_id == "1000001"
        until(lambda: listener.mailbox.counts() == {"done": 1})
        assert httpx2.get(listener.origin + "/livez").status_code == 200
    (given,) = taken
    assert given["event"] == "report"
    assert (given["recipient"], given["sender"], given["status"], given["delivered"]) == (
        TO,
        FROM,
        "delivered",
        True,
    )
    assert given["date"] == "2008-03-01T12:00:00"
    json.dumps(given)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_inbound_message_by_get_and_by_post(method: str) -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hi")])
    taken: list[Mapping[str, Any]] = []
    with Listener(handler=taken.append) as listener:
        address = listener.origin + "/inbound"
        if method == "GET":
            answer = httpx2.get(address, params=INBOUND)
        else:
            answer = httpx2.post(address, files=form(bundle.data))
        assert (answer.status_code, answer.text) == (200, "OK\n")
        until(lambda: taken)
    (given,) = taken
    assert (given["from"], given["to"], given["subject"]) == (TO, [FROM], "Hi")
    if method == "POST":
        assert base64.b64decode(given["zip"]) == bundle.data
        assert given["parts"] == [{"name": "hello.txt", "type": "text/plain", "bytes": 2}]
    else:
        assert (given["zip"], given["parts"], given["problem"]) == (None, [], "")


def test_a_zip_that_cannot_be_read_is_kept_and_told_and_never_opened_otherwise() -> None:
    with Listener() as listener:
        assert httpx2.post(listener.origin + "/inbound", files=form(b"no zip")).status_code == 200
        (event,) = listener.mailbox.waiting()
        assert event.as_data()["problem"]
        assert event.as_data()["parts"] == []
        assert event.data == b"no zip"


@pytest.mark.parametrize(
    "path", ["/report", "/report?id=1", "/report" + REPORT.replace("status=3", "status=x"), "/inbound?id=1"]
)
def test_what_is_no_event_is_a_400(path: str) -> None:
    with Listener() as listener:
        assert httpx2.get(listener.origin + path).status_code == 400
        assert listener.mailbox.events() == []


@pytest.mark.slow
def test_what_no_page_explains_is_kept_and_handed_on() -> None:
    taken: list[Mapping[str, Any]] = []
    with Listener(handler=taken.append) as listener:
        for path in ("/report" + REPORT.replace("type=3", "type=9"), f"/inbound?id=5&from={TO}&type=7"):
            answer = httpx2.get(listener.origin + path)
            assert (answer.status_code, answer.text) == (200, "OK\n")
        until(lambda: len(taken) == 2)
    assert [(one["kind"], one["type"]) for one in taken] == [("undocumented", "9"), ("undocumented", "7")]
    json.dumps(taken)


def test_a_folder_is_named_by_a_text_too(tmp_path: Path) -> None:
    with Listener(str(tmp_path / "box")) as listener:
        httpx2.get(listener.origin + "/report" + REPORT)
    mailbox = Mailbox(tmp_path / "box")
    assert [event.report.id for event in mailbox.events()] == ["77"]
    mailbox.close()


@pytest.mark.slow
def test_sources_outside_the_list_are_refused() -> None:
    with Listener(allow=["83.166.68.0/23"]) as listener:
        address = listener.origin + "/report" + REPORT
        assert httpx2.get(address).status_code == 403
        assert httpx2.get(address, headers={"X-Forwarded-For": "83.166.68.1"}).status_code == 403
        assert listener.mailbox.events() == []
    with Listener(allow=["83.166.68.0/23"], proxies=["127.0.0.1"]) as listener:
        address = listener.origin + "/report" + REPORT
        assert httpx2.get(address).status_code == 403
        assert httpx2.get(address, headers={"X-Forwarded-For": "83.166.68.1, 1.2.3.4"}).status_code == 403
        twice = [("X-Forwarded-For", "83.166.68.1"), ("X-Forwarded-For", "1.2.3.4")]
        assert httpx2.get(address, headers=twice).status_code == 403
        assert httpx2.get(address, headers={"X-Forwarded-For": "1.2.3.4, 83.166.68.1"}).status_code == 200


def test_addresses_are_compared_as_networks() -> None:
    sources = Sources(["83.166.68.0/23", "2001:db8::/32"])
    assert sources.allows("83.166.69.255", "")
    assert sources.allows("::ffff:83.166.68.1", "")
    assert sources.allows("2001:db8::1", "")
    assert not sources.allows("83.166.70.0", "")
    assert not sources.allows("", "83.166.68.1")
    with pytest.raises(ConfigError, match="not a network"):
        Sources(["83.166.68.1/23"])


@pytest.mark.slow
def test_events_survive_and_are_handed_on_after_a_restart(tmp_path: Path) -> None:
    with Listener(tmp_path) as listener:
        httpx2.get(listener.origin + "/report" + REPORT)
    taken: list[Mapping[str, Any]] = []
    with Listener(tmp_path, handler=taken.append) as listener:
        until(lambda: taken)
    with Listener(tmp_path, handler=taken.append, pause=0.01) as listener:
        time.sleep(0.05)
        assert listener.mailbox.counts() == {"done": 1}
    assert len(taken) == 1


def a_report(identifier: str) -> PushedEvent:
    fields = [("id", identifier), ("requestid", "9"), ("type", "3"), ("status", "3")]
    return PushedEvent(kind="report", id=identifier, fields=fields)


def test_a_failing_handler_is_asked_again_and_holds_nobody_up() -> None:
    mailbox = Mailbox()
    for number in ("1", "2"):
        mailbox.add("sendmms", a_report(number), datetime.now(UTC))
    taken: list[str] = []

    def handle(event: Mapping[str, Any]) -> None:
        taken.append(event["id"])
        if event["id"] == "1":
            raise HandlingFailed("not now")

    dispatcher = Dispatcher(mailbox, handle, pause=0.0)
    for _ in range(MOST_TRIES + 3):
        dispatcher.hand_on()
    assert taken.count("1") == MOST_TRIES
    assert taken.count("2") == 1
    assert mailbox.counts() == {"done": 1, "failed": 1}
    mailbox.close()


def test_a_command_reads_the_event_as_json(tmp_path: Path) -> None:
    script = (
        "import json, pathlib, sys; e = json.load(sys.stdin); pathlib.Path(sys.argv[1]).write_text(e['id'])"
    )
    command([sys.executable, "-c", script, str(tmp_path / "seen")])({"id": "77"})
    assert (tmp_path / "seen").read_text() == "77"
    with pytest.raises(HandlingFailed, match="exit code 3"):
        command([sys.executable, "-c", "raise SystemExit(3)"])({})
    with pytest.raises(HandlingFailed, match=r"not finished within 0\.2 s"):
        command([sys.executable, "-c", "import time; time.sleep(5)"], seconds=0.2)({})
    for wrong in ([], [""], [" "], ["/no/such/program"], ["nosuchprog", "x"], [str(tmp_path)]):
        with pytest.raises(UsageError):
            command(wrong)
    goes = tmp_path / "goes"
    goes.write_text("#!/bin/sh\n")
    goes.chmod(0o700)
    handle = command([str(goes)])
    goes.unlink()
    with pytest.raises(HandlingFailed, match="no such file"):
        handle({})


def test_what_a_failing_command_says_is_told_without_a_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = (
        "import sys; print('begin\\nno: open sesame \\x1b[1m pass=hunter2&x password=q', file=sys.stderr)"
        "; sys.exit(3)"
    )
    handler = command([sys.executable, "-c", script], secret=Secret("open sesame"))
    mailbox = Mailbox()
    mailbox.add("sendmms", a_report("77"), datetime.now(UTC))
    dispatcher = Dispatcher(mailbox, handler, pause=0.0)
    for _ in range(MOST_TRIES):
        dispatcher.hand_on()
    mailbox.close()
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == MOST_TRIES
    why = f"report 77 was not handled: {sys.executable}: exit code 3: no: *** [1m pass=***&x password=***"
    assert lines[0] == f"{why}; retrying in 0 s"
    assert lines[-1] == f"{why}; gave up after 10 attempts"


def test_a_mailbox_that_fails_is_told_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    mailbox = Mailbox()
    mailbox.close()
    dispatcher = Dispatcher(mailbox, lambda event: None, pause=0.01)
    dispatcher.start()
    until(lambda: caplog.records)
    dispatcher.stop()
    assert "the mailbox cannot be read" in caplog.records[0].getMessage()
    assert caplog.records[0].exc_info is None


def test_a_webhook_gets_the_event_as_json() -> None:
    def take(connection: Connection) -> None:
        connection.request()
        connection.say(answer("204 No Content", b""))

    def refuse(connection: Connection) -> None:
        connection.request()
        connection.say(answer("500 Error", b""))

    with RawGateway([take, refuse]) as raw:
        webhook(raw.url)({"id": "77"})
        with pytest.raises(HandlingFailed, match="HTTP 500"):
            webhook(raw.url)({"id": "78"})
    assert [json.loads(body) for body in raw.received] == [{"id": "77"}, {"id": "78"}]
    with pytest.raises(HandlingFailed, match="ConnectError"):
        webhook(raw.url)({})
    with pytest.raises(ParameterError):
        webhook("ftp://x")


@pytest.mark.slow
def test_the_sandbox_and_the_listener_talk_to_each_other() -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hi")])
    with Listener() as listener:
        places = {"report_url": listener.origin + "/report", "inbound_url": listener.origin + "/inbound"}
        with Sandbox(**places, push_delay=0.01) as sandbox, Gateway(sandbox.url) as gateway:  # type: ignore[arg-type]
            receipt = gateway.send(bundle, to=TO, sender=FROM, deliveryreport=True)
            sandbox.push_inbound(InboundMessage(id="", sender=TO, to=(FROM,), data=bundle.data))
            until(lambda: len(listener.mailbox.events()) == 2)
            report, inbound = sorted(listener.mailbox.events(), key=lambda event: event.kind, reverse=True)
            assert report.report.request_id == receipt.id
            assert gateway.retrieve(inbound.inbound.id).data == inbound.inbound.bundle.data == bundle.data


def test_a_message_is_fetched_from_an_event_loop_too() -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hi")])

    async def fetch(url: str, identifier: str) -> bytes:
        async with AsyncGateway(url) as gateway:
            return (await gateway.retrieve(identifier)).data

    with Sandbox() as sandbox:
        own = sandbox.push_inbound(InboundMessage(id="", sender=TO, to=(FROM,), data=bundle.data))
        assert own["pushed"] is False
        assert in_a_loop(fetch(sandbox.url, own["id"])) == bundle.data
        with pytest.raises(Rejected, match="no such message"):
            in_a_loop(fetch(sandbox.url, "999"))
        for wrong in ("", " ", "a\nb"):
            with pytest.raises(ParameterError):
                in_a_loop(fetch(sandbox.url, wrong))
    with pytest.raises(InputError, match="refused"):
        in_a_loop(fetch(sandbox.url, "1"))


@pytest.mark.parametrize(("status", "says"), [("500 Error", "HTTP 500"), ("302 Found", "HTTP 302")])
def test_an_answer_that_is_no_zip_is_told(status: str, says: str) -> None:
    with (
        RawGateway([replies(status)]) as raw,
        Gateway(raw.url) as gateway,
        pytest.raises(InputError, match=says),
    ):
        gateway.retrieve("5")
    assert "/RetrieveMMS?user=sandbox&pass=sandbox&id=5 " in raw.heads[0]
    with RawGateway([replies("200 OK", b"no zip")]) as raw, pytest.raises(BundleError):
        Gateway(raw.url).retrieve("5")


def test_the_application_is_mountable_in_a_teams_own_server() -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from mmspack.gateway.listener.serving import Served

    woken = threading.Event()
    mailbox = Mailbox()
    app = Starlette(routes=[Mount("/mms", create_listener(mailbox, arrived=woken.set))])
    served = Served(app, what="team", host="127.0.0.1", port=0)
    served.start()
    assert httpx2.get(served.origin + "/mms/report" + REPORT).text == "OK\n"
    assert woken.is_set()
    served.stop()
    assert len(mailbox.events()) == 1
    mailbox.close()


def test_a_listener_that_does_not_run_says_so() -> None:
    for ask in (lambda listener: listener.mailbox, lambda listener: listener.origin):
        with pytest.raises(ConfigError, match="not running"):
            ask(Listener())
    with pytest.raises(ConfigError, match="not a network"), Listener(allow=["x"]):
        pass
