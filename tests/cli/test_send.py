"""`mmspack send`: what arrives at a server, what a person is told, and that the password is nowhere."""

from __future__ import annotations

import json
import threading
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

TO = ("--to", "447700900999", "--from", "447700900111")
PASSWORD = "hunter2-äöü"


@pytest.fixture
def plain_server():
    """An HTTP server that knows nothing of mmspack: it keeps what it got and answers as told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.got.append((self.headers, body))
            status, answer = server.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answer = [], (200, b"12345")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def bundle(tmp_path, scene, mmspack):
    (tmp_path / "a.jpg").write_bytes(scene())
    assert mmspack("build", "a.jpg", "-o", "a.zip", "--subject", "Fish & chips").code == 0
    return tmp_path / "a.zip"


@pytest.fixture
def account(plain_server, monkeypatch):
    monkeypatch.setenv("MMSPACK_GATEWAY", f"http://127.0.0.1:{plain_server.server_port}/SendMMS")
    monkeypatch.setenv("MMSPACK_USER", "acme")
    monkeypatch.setenv("MMSPACK_PASSWORD", PASSWORD)


def fields(headers, body):
    message = message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    return {part.get_param("name", header="content-disposition"): part for part in message.get_payload()}


def test_all_parameters_arrive_at_a_server_that_knows_nothing_of_us(bundle, account, plain_server, mmspack):
    ran = mmspack("send", bundle, *TO, "--note", "order 7", "--subaccount", "shop", "--delivery-report")
    assert ran.code == 0, ran.err
    assert "12345" in ran.out
    ((headers, body),) = plain_server.got
    found = fields(headers, body)
    upload = found.pop("mms.zip")
    assert upload.get_filename()
    assert upload.get_payload(decode=True) == bundle.read_bytes()
    text = {name: part.get_payload(decode=True).decode() for name, part in found.items()}
    assert text == {
        "user": "acme",
        "pass": PASSWORD,
        "to": "447700900999",
        "from": "447700900111",
        "subject": "Fish & chips",
        "note": "order 7",
        "subaccount": "shop",
        "deliveryreport": "true",
    }


def test_a_refusal_is_told_with_its_meaning_and_its_exit_code(bundle, account, plain_server, mmspack):
    plain_server.answer = (403, b"Username/Password incorrect\n8")
    ran = mmspack("send", bundle, *TO)
    assert ran.code == 4
    assert "8" in ran.err
    assert len(plain_server.got) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "code", "result"),
    [
        ((200, b"77"), 0, "accepted"),
        ((403, b"Error in request parameters\n5"), 1, "rejected"),
        ((403, b"Maximum requests per day\n9"), 4, "account-paused"),
        ((500, b"oops"), 5, "unknown"),
        ((200, b"<html>hello</html>"), 5, "unknown"),
        ((302, b""), None, None),
    ],
)
def test_every_outcome_is_data_with_json(bundle, account, plain_server, mmspack, answer, code, result):
    plain_server.answer = answer
    ran = mmspack("send", bundle, *TO, "--json")
    document = json.loads(ran.out)
    assert document["exit_code"] == ran.code
    assert len(plain_server.got) == 1
    if code is not None:
        assert (ran.code, document["outcome"]["result"]) == (code, result)


def test_what_has_no_value_is_null_with_json(bundle, account, plain_server, mmspack):
    accepted = json.loads(mmspack("send", bundle, *TO, "--json").out)["outcome"]
    assert [accepted[name] for name in ("reason", "advice", "pause", "code")] == [None] * 4
    assert (accepted["id"], len(accepted["bundle_sha256"])) == ("12345", 64)
    plain_server.answer = (500, b"oops")
    unknown = json.loads(mmspack("send", bundle, *TO, "--json").out)["outcome"]
    assert (unknown["id"], unknown["reason"], unknown["hold"]) == (None, None, True)
    hosted = ("--url", "http://127.0.0.1:9/a.zip", "--no-verify")
    assert json.loads(mmspack("send", *hosted, *TO, "--json").out)["outcome"]["bundle_sha256"] is None


def test_all_that_an_account_lacks_is_told_at_once(bundle, monkeypatch, mmspack):
    monkeypatch.setenv("MMSPACK_GATEWAY", "https://mms.example.com/SendMMS")
    ran = mmspack("send", bundle, "--to", "447700900999")
    assert ran.code == 2
    assert "no user name and no password and no sender's number" in ran.err
    for name in ("MMSPACK_USER", "MMSPACK_PASSWORD", "MMSPACK_FROM"):
        assert name in ran.err
    monkeypatch.setenv("MMSPACK_USER", "acme")
    monkeypatch.setenv("MMSPACK_PASSWORD", PASSWORD)
    ran = mmspack("send", bundle, "--to", "447700900999")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "no sender's number" in ran.err
    assert "--from" in ran.err


def test_a_dead_gateway_is_safe_to_run_again(bundle, monkeypatch, mmspack):
    monkeypatch.setenv("MMSPACK_GATEWAY", "http://127.0.0.1:9/SendMMS")
    monkeypatch.setenv("MMSPACK_USER", "acme")
    monkeypatch.setenv("MMSPACK_PASSWORD", PASSWORD)
    ran = mmspack("send", bundle, *TO)
    assert ran.code == 3
    assert PASSWORD not in ran.out + ran.err


@pytest.mark.slow
@pytest.mark.parametrize("extra", [(), ("--dry-run",), ("--json",), ("--dry-run", "--json")])
def test_the_password_is_in_no_output(bundle, account, mmspack, extra):
    ran = mmspack("send", bundle, *TO, *extra)
    assert ran.code == 0
    assert PASSWORD not in ran.out + ran.err
    assert "hunter2" not in ran.out + ran.err


def test_a_dry_run_sends_nothing(bundle, account, plain_server, mmspack):
    ran = mmspack("send", bundle, *TO, "--dry-run")
    assert ran.code == 0
    assert "Nothing was sent" in ran.out
    assert plain_server.got == []


@pytest.mark.slow
def test_without_a_gateway_the_sandbox_takes_it_and_says_so(bundle, mmspack):
    ran = mmspack("send", bundle, *TO)
    assert ran.code == 0, ran.err
    assert "nothing left this machine" in ran.out
    from mmspack.sandbox import Inbox, inbox_path

    inbox = Inbox(inbox_path())
    try:
        (stored,) = inbox.messages()
        assert stored.subject == "Fish & chips"
        assert stored.bundle.data == bundle.read_bytes()
    finally:
        inbox.close()


@pytest.mark.slow
def test_the_sandbox_takes_the_sender_from_the_environment_too(bundle, monkeypatch, mmspack):
    assert mmspack("send", bundle, "--to", "447700900999").code == 2
    monkeypatch.setenv("MMSPACK_FROM", "447700900111")
    assert mmspack("send", bundle, "--to", "447700900999").code == 0


def test_what_a_phone_would_lose_is_not_sent(tmp_path, account, plain_server, mmspack):
    import zipfile

    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("message.smil", "<smil><head/><body><seq/></body></smil>")
        archive.writestr("manifest", "message.smil=application/smil\n")
    ran = mmspack("send", "bad.zip", *TO)
    assert ran.code == 1
    assert "nothing was sent" in ran.err
    assert plain_server.got == []
    assert mmspack("send", "bad.zip", *TO, "--no-check").code == 0
    assert len(plain_server.got) == 1


def test_a_folder_is_built_and_sent(tmp_path, scene, account, plain_server, mmspack):
    (tmp_path / "message.toml").write_text('subject = "Hi {{ name }}"\n[[slides]]\ntext = "Hello"\n')
    assert mmspack("send", ".", *TO, "--set", "name=Ada").code == 0
    assert fields(*plain_server.got[0])["subject"].get_payload() == "Hi Ada"


@pytest.fixture
def web_server(bundle):
    """A web server that hosts whatever it is told to."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = server.serves
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.serves = (200, {"Content-Type": "application/zip"}, bundle.read_bytes())
    server.address = f"http://127.0.0.1:{server.server_port}/a.zip"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("named", [True, False])
def test_a_hosted_bundle_is_proved_and_sent_by_its_address(
    bundle, account, plain_server, web_server, mmspack, named
):
    ran = mmspack("send", *([bundle] if named else []), "--url", web_server.address, *TO)
    assert ran.code == 0, ran.err
    found = fields(*plain_server.got[0])
    assert found["url"].get_payload() == web_server.address
    assert found["subject"].get_payload() == "Fish & chips"
    assert "mms.zip" not in found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("serves", "said"),
    [
        ((200, {"Content-Type": "application/zip"}, b"PK other bytes"), "bytes instead of"),
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), "redirects elsewhere"),
        ((404, {}, b""), "responds with HTTP 404"),
        ((200, {"Content-Type": "text/html"}, b"<p>"), "content type 'text/html'"),
    ],
)
def test_an_address_that_serves_something_else_is_not_sent(
    bundle, account, plain_server, web_server, mmspack, serves, said
):
    web_server.serves = serves
    ran = mmspack("send", bundle, "--url", web_server.address, *TO)
    assert ran.code == 3
    assert said in ran.err
    assert plain_server.got == []
    assert mmspack("send", bundle, "--url", web_server.address, *TO, "--no-verify").code == 0
