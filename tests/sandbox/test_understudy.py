"""The sandbox as the gateway's understudy: accounts, limits, chaos, reports, phones."""

from __future__ import annotations

import http.server
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import AccountStopped, InputError, MmspackError, UsageError
from mmspack.gateway import Gateway, InboundMessage, Secret, Timeouts
from mmspack.gateway.reports import ReportKind
from mmspack.gateway.sendmms.codes import CODES
from mmspack.gateway.sendmms.reports import read_report
from mmspack.model import Part
from mmspack.outcome import Outcome, Result
from mmspack.sandbox import MODES, Chaos, Sandbox, SandboxAccount, parse_chaos, read_accounts
from tests.waiting import until

TO, FROM = "447700900999", "447700900111"
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parents[2]), *sys.path]),
}
PATIENT, IMPATIENT = Timeouts(read=30), Timeouts(connect=5, write=5, read=1.0, answer=2)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return pack([Part("hello.txt", "text/plain", b"Hello")])


def account(**options: Any) -> SandboxAccount:
    return SandboxAccount(user="acme", password=Secret("open sesame"), **options)


def attempt(
    sandbox: Sandbox, bundle: Bundle | None, to: str = TO, password: str = "open sesame", **options: Any
) -> Outcome:
    stalls = sandbox.chaos.chances.get("stall") or to.endswith(MODES["stall"].magic)
    timeouts = IMPATIENT if stalls else PATIENT
    with Gateway(sandbox.url, user="acme", password=password, timeouts=timeouts) as gateway:
        return gateway.attempt(bundle, to=to, sender=FROM, **options)


# -- accounts and limits --------------------------------------------------------------------------


def test_a_wrong_user_or_password_is_code_8(bundle: Bundle) -> None:
    with Sandbox(accounts=[account()]) as sandbox:
        assert attempt(sandbox, bundle).result is Result.ACCEPTED
        assert attempt(sandbox, bundle, password="guess").code == 8
        with (
            Gateway(sandbox.url, user="other", password="open sesame") as gateway,
            pytest.raises(AccountStopped),
        ):
            gateway.send(bundle, to=TO, sender=FROM)
        assert len(sandbox.messages()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "good", "code", "result"),
    [
        ({"per_day": 2}, 2, 9, Result.ACCOUNT_PAUSED),
        ({"per_month": 3}, 3, 10, Result.ACCOUNT_PAUSED),
        ({"credit": 1}, 1, 15, Result.ACCOUNT_PAUSED),
        ({"mms": False}, 0, 11, Result.ACCOUNT_STOPPED),
        ({"ips": ("10.0.0.1",)}, 0, 12, Result.ACCOUNT_STOPPED),
        ({"ips": ("127.0.0.1",), "per_day": 1}, 1, 9, Result.ACCOUNT_PAUSED),
    ],
)
def test_an_account_has_limits(
    options: dict[str, Any], good: int, code: int, result: Result, bundle: Bundle
) -> None:
    with Sandbox(accounts=[account(**options)]) as sandbox:
        for _ in range(good):
            assert attempt(sandbox, bundle).result is Result.ACCEPTED
        outcome = attempt(sandbox, bundle)
        assert (outcome.result, outcome.code, outcome.hold) == (result, code, False)
        assert len(sandbox.messages()) == good


@pytest.mark.slow
def test_limits_survive_a_restart_and_an_emptied_inbox(tmp_path: Any, bundle: Bundle) -> None:
    options: Any = {"inbox": tmp_path, "accounts": [account(credit=2)]}
    with Sandbox(**options) as sandbox:
        assert attempt(sandbox, bundle).result is Result.ACCEPTED
        sandbox.inbox.clear()
    with Sandbox(**options) as sandbox:
        assert attempt(sandbox, bundle).result is Result.ACCEPTED
        assert attempt(sandbox, bundle).code == 15


def test_limits_hold_against_requests_at_one_time(bundle: Bundle) -> None:
    with Sandbox(accounts=[account(per_day=5)]) as sandbox:
        with (
            Gateway(sandbox.url, user="acme", password="open sesame", connections=10) as gateway,
            ThreadPoolExecutor(10) as threads,
        ):
            outcomes = threads.map(lambda _: gateway.attempt(bundle, to=TO, sender=FROM), range(20))
            codes = [outcome.code or 0 for outcome in outcomes]
        assert sorted(codes) == [0] * 5 + [9] * 15
        assert len(sandbox.messages()) == 5


def test_accounts_from_a_file(tmp_path: Any) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text(
        '[acme]\npassword = "x"\nper_day = 3\nips = ["127.0.0.1"]\n[beta]\npassword = "y"\nmms = false\n'
    )
    acme, beta = read_accounts(path)
    assert (acme.user, acme.per_day, acme.ips, acme.mms, beta.mms) == ("acme", 3, ("127.0.0.1",), True, False)
    assert "x" not in repr(acme).replace("Sandbox", "")
    path.write_text('beta = 1\n[acme]\nper_day = "3"\nper_dya = 3\n')
    with pytest.raises(UsageError) as error:
        read_accounts(path)
    assert len(error.value.problems) == 4


# -- chaos ----------------------------------------------------------------------------------------

EXPECTED: dict[str, set[Result]] = {
    "refuse": {Result.NOT_SENT, Result.UNKNOWN},
    "reset-head": {Result.NOT_SENT, Result.UNKNOWN},
    "reset-body": {Result.NOT_SENT, Result.UNKNOWN},
    "drop": {Result.UNKNOWN},
    "stall": {Result.UNKNOWN},
    "slow": {Result.ACCEPTED},
    "error": {Result.UNKNOWN},
    "busy": {Result.UNKNOWN},
    "redirect": {Result.MISCONFIGURED},
    "empty": {Result.UNKNOWN},
    "html": {Result.UNKNOWN},
    "charset": {Result.UNKNOWN},
    "truncated": {Result.UNKNOWN},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MODES))
def test_each_mode_on_request(name: str, bundle: Bundle) -> None:
    with Sandbox(chaos={name: 1.0}, slow_seconds=0.2) as sandbox:
        outcome = attempt(sandbox, bundle)
        assert outcome.result in EXPECTED[name]
        assert len(sandbox.messages()) == (1 if MODES[name].accepts else 0)
        sandbox.chaos.set({})
        assert attempt(sandbox, bundle).result is Result.ACCEPTED
        metrics = httpx2.get(sandbox.origin + "/metrics").text
    assert "redirect-followed" not in metrics
    if name != "refuse":
        assert f'mmspack_sandbox_chaos_total{{mode="{name}"}} 1' in metrics


@pytest.mark.slow
def test_refused_connections_spare_the_pages_and_what_ends_the_chaos(bundle: Bundle) -> None:
    with Sandbox(chaos={"refuse": 1.0}) as sandbox:
        for path in ("/", "/livez", "/readyz", "/metrics", "/api/messages", "/api/chaos", "/behaviour"):
            assert httpx2.get(sandbox.origin + path, follow_redirects=True).status_code == 200
        with httpx2.Client() as client:  # on one connection, after a request that was spared
            assert client.get(sandbox.origin + "/livez").status_code == 200
            with pytest.raises(httpx2.TransportError):
                client.get(sandbox.url, params={"user": "a"})
        with socket.create_connection(("127.0.0.1", sandbox.port)) as raw:
            for block in (b"GE", b"T /api/chaos HT", b"TP/1.1\r\nHost: 127.0.0.1\r", b"\n\r\n"):
                raw.sendall(block)
                time.sleep(0.02)
            assert raw.recv(64).startswith(b"HTTP/1.1 200")
        with socket.create_connection(("127.0.0.1", sandbox.port)) as raw:  # three at one time
            spared = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            raw.sendall(spared + spared + spared[:30])
            raw.sendall(spared[30:].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            with raw.makefile("rb") as answers:
                assert answers.read().count(b"200 OK") == 3
        with socket.create_connection(("127.0.0.1", sandbox.port)) as raw:
            raw.sendall(b"POST /SendMMS HTTP/1.1\r\n")
            with pytest.raises(ConnectionResetError):
                raw.recv(64)
        assert attempt(sandbox, bundle).result in EXPECTED["refuse"]
        assert httpx2.put(sandbox.origin + "/api/chaos", json={}).status_code == 200
        assert attempt(sandbox, bundle).result is Result.ACCEPTED


def test_a_profile_that_there_is_not_is_told_before_it_serves() -> None:
    with pytest.raises(UsageError, match="no profile 'nope'"):
        Sandbox(profile="nope")


def test_a_fault_within_is_told_without_a_traceback(
    bundle: Bundle, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as sandbox:
        monkeypatch.setattr(sandbox.inbox, "add", lambda *_, **__: 1 / 0)
        outcome = attempt(sandbox, bundle)
    assert (outcome.result, outcome.http_status) == (Result.UNKNOWN, 500)
    told = [record for record in caplog.records if record.levelname != "DEBUG"]
    assert [record.getMessage() for record in told] == ["the sandbox failed at /SendMMS: ZeroDivisionError"]
    assert not any(record.exc_info for record in told)


@pytest.mark.slow
def test_an_inbox_is_named_by_a_text_too(tmp_path: Path, bundle: Bundle) -> None:
    with Sandbox(inbox=str(tmp_path)) as sandbox:
        assert attempt(sandbox, bundle).result is Result.ACCEPTED
    with Sandbox(inbox=tmp_path) as sandbox:
        assert len(sandbox.messages()) == 1


@pytest.mark.slow
def test_a_large_body_is_reset_in_its_midst() -> None:
    large = pack([Part("a.jpg", "image/jpeg", bytes(31_000_000))])  # more than the kernel's buffers hold
    for name in ("reset-head", "reset-body"):
        with Sandbox(chaos={name: 1.0}) as sandbox:
            assert attempt(sandbox, large).result is Result.NOT_SENT
            assert sandbox.messages() == []


@pytest.mark.slow
def test_a_magic_recipient_has_its_code(bundle: Bundle) -> None:
    with Sandbox() as sandbox, httpx2.Client() as client:
        for code, meaning in CODES.items():
            fields = {"user": "a", "pass": "b", "from": FROM, "to": f"44770090{code:04d}"}
            answer = client.post(sandbox.url, data=fields, files={"mms.zip": bundle.data})
            assert answer.status_code == 403
            assert answer.text == f"{meaning.meaning}\n{code}\n"
        assert sandbox.messages() == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", [mode for mode in MODES.values() if mode.magic], ids=lambda mode: mode.name)
def test_a_magic_recipient_has_its_mode(mode: Any, bundle: Bundle) -> None:
    with Sandbox(slow_seconds=0.1) as sandbox:
        assert attempt(sandbox, bundle, to=f"44770090{mode.magic}").result in EXPECTED[mode.name]
        assert len(sandbox.messages()) == (1 if mode.accepts else 0)
    with Sandbox(magic=False) as sandbox:
        assert attempt(sandbox, bundle, to=f"44770090{mode.magic}").result is Result.ACCEPTED


def test_the_same_seed_draws_the_same_chaos() -> None:
    chances = {"drop": 0.3, "error": 0.2, "refuse": 0.1}
    one, two = Chaos(chances, seed=7), Chaos(chances, seed=7)
    drawn = [one.on_request() for _ in range(2000)]
    assert drawn == [two.on_request() for _ in range(2000)]
    assert 500 < sum(mode is MODES["drop"] for mode in drawn) < 700
    assert 320 < sum(mode is MODES["error"] for mode in drawn) < 480
    assert MODES["refuse"] not in drawn
    assert 120 < sum(one.on_connect() for _ in range(2000)) < 280


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["drpo=0.1"], "did you mean 'drop'"),
        (["drop"], "not have the form"),
        (["drop=x"], "not have the form"),
        (["drop=2"], "not a probability"),
        (["drop=-1"], "not a probability"),
        (["drop=nan"], "not a probability"),
        (["drop=0.6", "slow=0.6"], "more than 1"),
    ],
)
def test_wrong_chaos_is_one_clear_line(options: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_chaos(options)
    assert parse_chaos(["drop=0.25", " slow =1e-1"]) == {"drop": 0.25, "slow": 0.1}


@pytest.mark.slow
def test_chaos_is_changed_at_run_time(bundle: Bundle) -> None:
    with Sandbox() as sandbox:
        address = sandbox.origin + "/api/chaos"
        answer = httpx2.put(address, json={"error": 1, "seed": 3})
        assert (answer.status_code, answer.json()["chances"], answer.json()["seed"]) == (
            200,
            {"error": 1.0},
            3,
        )
        assert attempt(sandbox, bundle).http_status == 500
        for wrong in ({"eror": 1}, {"error": "1"}, {"error": True}, {"seed": 1.5}, [1], {"error": 10**400}):
            assert httpx2.put(address, json=wrong).status_code == 400
        assert (
            httpx2.put(address, content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
        )
        assert httpx2.put(address, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 400
        assert httpx2.get(address).json()["chances"] == {"error": 1.0}
        assert set(httpx2.get(address).json()["modes"]) == set(MODES)


# -- hosted bundles -------------------------------------------------------------------------------


class Recorder(http.server.BaseHTTPRequestHandler):
    """Serves what a test puts into `served`, and records what it is sent."""

    seen: list[tuple[str, str, bytes]]
    served: dict[str, tuple[int, dict[str, str], bytes]]

    def do_GET(self) -> None:
        self.seen.append(("GET", self.path, b""))
        status, headers, body = self.served.get(urlsplit(self.path).path, (200, {}, b"OK"))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.seen.append(("POST", self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"OK")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def customer() -> Iterator[tuple[str, type[Recorder]]]:
    handler = type("Handler", (Recorder,), {"seen": [], "served": {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_a_hosted_bundle_is_fetched_from_listed_hosts_alone(
    customer: tuple[str, type[Recorder]], bundle: Bundle
) -> None:
    origin, recorder = customer
    recorder.served["/a.zip"] = (200, {}, bundle.data)
    recorder.served["/moved.zip"] = (302, {"Location": "/a.zip"}, b"")
    recorder.served["/text.zip"] = (200, {}, b"no zip")
    with Sandbox(fetch=[origin.removeprefix("http://")]) as sandbox:
        good = [attempt(sandbox, None, url=f"{origin}/a.zip", method=method) for method in ("POST", "GET")]
        assert [outcome.result for outcome in good] == [Result.ACCEPTED] * 2
        assert [message.data for message in sandbox.messages()] == [bundle.data] * 2
        assert [message.method for message in sandbox.messages()] == ["POST", "GET"]
        assert sandbox.messages()[0].url == f"{origin}/a.zip"
        query = {"user": "a", "pass": "b", "to": TO, "from": FROM, "url": f"{origin}/a.zip"}
        assert httpx2.head(sandbox.url, params=query).status_code == 405
        for url in (
            f"{origin}/moved.zip",
            f"{origin}/text.zip",
            origin.replace("127.0.0.1", "localhost") + "/a.zip",
        ):
            assert attempt(sandbox, None, url=url).code == 5
        assert len(sandbox.messages()) == 2
    for wrong in ("http://a", "a/b", "*", ""):
        with pytest.raises(UsageError), Sandbox(fetch=[wrong]):
            pass


# -- check on arrival -----------------------------------------------------------------------------


@pytest.mark.slow
def test_each_bundle_is_checked_on_arrival() -> None:
    bad = pack([Part("hello.txt", "text/plain", "Grüße".encode("latin-1"))])
    with Sandbox(profile="uk") as sandbox:
        outcome = attempt(sandbox, bad)
        (message,) = sandbox.messages()
        assert outcome.result is Result.ACCEPTED
        assert message.findings is not None
        assert any(finding["severity"] == "error" for finding in message.findings)
        page = httpx2.get(f"{sandbox.origin}/messages/{outcome.id}/preview").text
        assert str(message.findings[0]["id"]) in page
    with Sandbox() as sandbox:
        outcome = attempt(sandbox, bad)
        assert sandbox.messages()[0].findings is None
        assert (
            str(message.findings[0]["id"])
            in httpx2.get(f"{sandbox.origin}/messages/{outcome.id}/preview").text
        )
    with Sandbox(profile="uk", strict=True) as sandbox:
        outcome = attempt(sandbox, bad)
        assert outcome.code == 5
        assert "MMS" in outcome.reason
        assert sandbox.messages() == []


# -- reports and phones ---------------------------------------------------------------------------


@pytest.mark.slow
def test_reports_are_pushed_when_they_are_asked_for(
    customer: tuple[str, type[Recorder]], bundle: Bundle
) -> None:
    origin, recorder = customer
    with Sandbox(report_url=f"{origin}/report?team=1", push_delay=0.01) as sandbox:
        quiet = attempt(sandbox, bundle)
        asked = attempt(sandbox, bundle, deliveryreport=True, readreport=True)
        until(lambda: len(recorder.seen) == 2)
        assert httpx2.post(
            sandbox.origin + "/api/reports", json={"id": asked.id, "status": 4, "kind": "delivery"}
        ).json() == {"pushed": True}
        until(lambda: len(recorder.seen) == 3)
        until(lambda: all(push.done for push in sandbox.pusher.recent))
    queries = [dict(parse_qsl(urlsplit(path).query)) for _, path, _ in recorder.seen]
    assert {query["team"] for query in queries} == {"1"}
    delivery, read, expired = (read_report(query) for query in queries)
    assert (delivery.kind, delivery.delivered, delivery.request_id) == (ReportKind.DELIVERY, True, asked.id)
    assert (delivery.to, delivery.recipient) == (FROM, TO)
    assert delivery.date is not None
    assert (read.kind, read.status.name) == (ReportKind.READ, "read")
    assert expired.delivered is False
    assert quiet.id not in {query["requestid"] for query in queries}


@pytest.mark.slow
def test_a_report_that_finds_nobody_is_tried_three_times(bundle: Bundle) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Sandbox(report_url=f"http://127.0.0.1:{port}/", push_delay=0.01) as sandbox:
        attempt(sandbox, bundle, deliveryreport=True)
        until(lambda: [push.tries for push in sandbox.pusher.recent if push.done] == [3])
        pushes = httpx2.get(sandbox.origin + "/api/pushes").json()["pushes"]
        assert pushes[0]["answer"] == "ConnectError"


@pytest.mark.slow
def test_a_wrong_wish_for_a_report_is_a_400(bundle: Bundle) -> None:
    good = {"id": "1000001"}
    wishes = [{}, {"id": "5"}, {**good, "status": 11}, {**good, "status": "3"}, {**good, "kind": "x"}]
    with Sandbox(report_url="http://127.0.0.1:9/") as sandbox:
        attempt(sandbox, bundle)
        for wish in wishes:
            assert httpx2.post(sandbox.origin + "/api/reports", json=wish).status_code == 400


@pytest.mark.slow
def test_a_phone_sends_a_message(customer: tuple[str, type[Recorder]], bundle: Bundle) -> None:
    origin, recorder = customer
    with Sandbox(inbound_url=f"{origin}/inbound", push_delay=0.01, accounts=[account()]) as sandbox:
        files = [
            ("from", (None, TO)),
            ("to", (None, FROM)),
            ("subject", (None, "Hi")),
            ("mms.zip", ("mms.zip", bundle.data)),
        ]
        answer = httpx2.post(sandbox.origin + "/api/inbound", files=files)
        assert (answer.status_code, answer.json()["pushed"]) == (202, True)
        until(lambda: recorder.seen)
        assert bundle.data in recorder.seen[0][2]
        own = sandbox.push_inbound(InboundMessage(id="", sender=TO, to=(FROM,), data=bundle.data))
        with Gateway(sandbox.url, user="acme", password="open sesame") as gateway:
            for identifier in (answer.json()["id"], own["id"]):
                assert gateway.retrieve(identifier).data == bundle.data
            with pytest.raises(MmspackError, match="no such message") as error:
                gateway.retrieve("999")
            assert "sesame" not in str(error.value)
        with (
            Gateway(sandbox.url, user="acme", password="x") as gateway,
            pytest.raises(AccountStopped, match="code 8"),
        ):
            gateway.retrieve("1")
        for wrong in (files[:3], [("mms.zip", ("mms.zip", b"x"))], [*files[1:], ("from", (None, "summer"))]):
            assert httpx2.post(sandbox.origin + "/api/inbound", files=wrong).status_code == 400
    with pytest.raises(InputError, match="refused"):
        Gateway(sandbox.url, user="acme", password="open sesame").retrieve("1")


# -- its own interface ----------------------------------------------------------------------------


@pytest.mark.slow
def test_health_metrics_and_description(bundle: Bundle) -> None:
    with Sandbox() as sandbox:
        attempt(sandbox, bundle)
        attempt(sandbox, bundle, to="447700900008")
        assert httpx2.get(sandbox.origin + "/livez").text == "ok\n"
        assert httpx2.get(sandbox.origin + "/readyz").text == "ok\n"
        lines = httpx2.get(sandbox.origin + "/metrics").text.splitlines()
        assert 'mmspack_sandbox_requests_total{result="accepted"} 1' in lines
        assert 'mmspack_sandbox_refused_total{code="8"} 1' in lines
        assert f"mmspack_sandbox_bytes_total {len(bundle.data)}" in lines
        assert "mmspack_sandbox_messages 1" in lines
        described = httpx2.get(sandbox.origin + "/openapi.json").json()
        assert described["openapi"].startswith("3.1")
        assert {"/SendMMS", "/RetrieveMMS", "/api/chaos"} <= set(described["paths"])
        (message,) = sandbox.messages()
        assert httpx2.get(f"{sandbox.origin}/api/messages/{message.id}").json()["to"] == TO
        assert httpx2.get(f"{sandbox.origin}/api/messages/5").status_code == 404
        assert httpx2.request("DELETE", sandbox.origin + "/api/messages").json() == {"deleted": 1}
        assert sandbox.messages() == []


@pytest.mark.slow
def test_a_web_page_from_elsewhere_changes_nothing(bundle: Bundle) -> None:
    foreign = [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    with Sandbox() as sandbox:
        attempt(sandbox, bundle)
        for headers in foreign:
            for method, path in (("DELETE", "/api/messages"), ("PUT", "/api/chaos"), ("POST", "/SendMMS")):
                assert httpx2.request(method, sandbox.origin + path, headers=headers).status_code == 403
            query = f"?user=a&pass=b&to={TO}&from={FROM}&url=http://127.0.0.1:1/"
            refused = httpx2.get(sandbox.url + query, headers=headers)
            assert (refused.status_code, refused.text) == (403, "request from another site\n")
        assert len(sandbox.messages()) == 1
        own = {"Origin": sandbox.origin, "Sec-Fetch-Site": "same-origin"}
        assert httpx2.request("DELETE", sandbox.origin + "/api/messages", headers=own).status_code == 200


@pytest.mark.slow
def test_random_requests_never_break_it(bundle: Bundle) -> None:
    draw = random.Random(11)
    names = [
        "user",
        "pass",
        "to",
        "from",
        "subject",
        "url",
        "note",
        "mms.zip",
        "deliveryreport",
        "",
        "\0",
        "é",
    ]
    values = ["", "a", TO, FROM, "true", "\r\n", "é" * 300, "http://127.0.0.1:1/", "\0", "%00", "9" * 400]
    paths = [
        "/SendMMS",
        "/RetrieveMMS",
        "/",
        "/api/chaos",
        "/api/inbound",
        "/api/reports",
        "/messages/1/parts/a",
    ]
    with Sandbox() as sandbox, httpx2.Client() as client:
        for _ in range(300):
            method = draw.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
            fields = [(draw.choice(names), draw.choice(values)) for _ in range(draw.randrange(6))]
            address = sandbox.origin + draw.choice(paths)
            kind = draw.randrange(4)
            if kind == 0:
                answer = client.request(method, address, params=fields)
            elif kind == 1:
                parts = [(name, (draw.choice([None, "x"]), value.encode())) for name, value in fields]
                answer = client.request(method, address, files=parts)
            elif kind == 2:
                answer = client.request(
                    method, address, json=draw.choice([{}, [], {"drop": 0.0}, 1, "x", dict(fields)])
                )
            else:
                data = bytearray(bundle.data)
                data[draw.randrange(len(data))] = draw.randrange(256)
                parts = [
                    *((name, (None, value.encode())) for name, value in fields),
                    ("mms.zip", ("x", bytes(data))),
                ]
                answer = client.request(method, address, files=parts)
            assert answer.status_code < 500, (method, address, fields, kind)
            assert "Traceback" not in answer.text
        assert client.get(sandbox.origin + "/readyz").status_code == 200
        assert json.loads(client.get(sandbox.origin + "/api/chaos").text)["chances"] == {}


def test_an_address_cannot_be_claimed_in_a_header(bundle: Bundle) -> None:
    with Sandbox(accounts=[account(ips=("10.0.0.1",))]) as sandbox:
        fields = {"user": "acme", "pass": "open sesame", "to": TO, "from": FROM}
        answer = httpx2.post(
            sandbox.url, data=fields, files={"mms.zip": bundle.data}, headers={"X-Forwarded-For": "10.0.0.1"}
        )
        assert answer.text.splitlines()[1] == "12"


@pytest.mark.slow
def test_a_kill_loses_nothing_that_was_accepted(tmp_path: Path, bundle: Bundle) -> None:
    serve = (
        "import sys, pathlib; from mmspack.sandbox import Sandbox\n"
        "with Sandbox(inbox=pathlib.Path(sys.argv[1])) as s: print(s.url, flush=True); s.wait()"
    )
    ids = []
    for _ in range(2):
        server = subprocess.Popen(
            [sys.executable, "-c", serve, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
        )
        assert server.stdout is not None
        with server.stdout, Gateway(server.stdout.readline().strip()) as gateway:
            ids += [gateway.send(bundle, to=TO, sender=FROM).id for _ in range(3)]
            server.kill()
            server.wait()
    with Sandbox(inbox=tmp_path) as sandbox:
        assert [message.id for message in sandbox.messages()] == ids
        assert {message.data for message in sandbox.messages()} == {bundle.data}


def test_a_list_of_messages_does_not_read_their_bytes() -> None:
    large = pack([Part("a.jpg", "image/jpeg", bytes(3_000_000))])
    with Sandbox() as sandbox:
        assert attempt(sandbox, large).result is Result.ACCEPTED
        (envelope,) = sandbox.inbox.envelopes(limit=10)
        assert (envelope.size, envelope.sha256) == (len(large.data), large.sha256)
        assert not hasattr(envelope, "data")
