"""The gateway on this machine: the contract it speaks, the inbox it keeps, the pages it shows."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import OutputError, UsageError
from mmspack.gateway import Gateway
from mmspack.gateway.parameters import Parameters
from mmspack.model import Part
from mmspack.outcome import Result
from mmspack.sandbox import Inbox, Sandbox, inbox_path
from mmspack.sandbox.inbox_file import FILE

TO, FROM = "447700900999", "447700900111"
SMIL = b'<smil><head/><body><par dur="5000ms"><text src="hello.txt"/></par></body></smil>'
FIELDS = {"user": "acme", "pass": "open sesame", "to": TO, "from": FROM}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return pack(
        [
            Part("message.smil", "application/smil", SMIL),
            Part("hello.txt", "text/plain", "<script>alert(1)</script> £5 שלום".encode()),
            Part("pixel.gif", "image/gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
            Part("card.vcf", "text/x-vCard", b"BEGIN:VCARD\r\nEND:VCARD\r\n"),
        ]
    )


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """A sandbox with an empty inbox."""
    running.inbox.clear()
    return running


def post(
    sandbox: Sandbox, fields: dict[str, Any], data: bytes | None, **options: Any
) -> tuple[int, list[str]]:
    files = [(name, (None, value)) for name, value in fields.items() if not isinstance(value, list)]
    files += [
        (name, (None, item)) for name, value in fields.items() if isinstance(value, list) for item in value
    ]
    if data is not None:
        files.append(("mms.zip", ("mms.zip", data, "application/zip")))  # type: ignore[arg-type]
    answer = httpx2.post(sandbox.url, files=files, **options)
    return answer.status_code, answer.text.splitlines()


def test_a_message_arrives_and_can_be_read_back(sandbox: Sandbox, bundle: Bundle) -> None:
    with Gateway(sandbox.url, sandbox=True) as gateway:
        receipt = gateway.send(
            bundle,
            to=TO,
            sender=FROM,
            subject="Fish & chips 🐟",
            note="n",
            subaccount="s",
            deliveryreport=True,
        )
    (message,) = sandbox.messages()
    assert receipt.sandbox
    assert message.id == receipt.id
    assert message.id.isdigit()
    assert (message.to, message.sender, message.subject) == (TO, FROM, "Fish & chips 🐟")
    assert (message.note, message.subaccount, message.user, message.method) == ("n", "s", "sandbox", "POST")
    assert (message.deliveryreport, message.readreport) == (True, False)
    assert message.data == bundle.data
    assert message.sha256 == receipt.bundle_sha256 == bundle.sha256
    assert message.bundle.part("hello.txt").data == bundle.part("hello.txt").data
    assert abs((datetime.now(UTC) - message.received).total_seconds()) < 60


def test_a_200_is_the_id_alone_as_plain_text(sandbox: Sandbox, bundle: Bundle) -> None:
    files = [(name, (None, value)) for name, value in FIELDS.items()]
    answer = httpx2.post(sandbox.url, files=[*files, ("mms.zip", ("x.zip", bundle.data))])  # type: ignore[list-item]
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == sandbox.messages()[0].id


@pytest.mark.parametrize("name", ["user", "pass", "to", "from"])
def test_a_missing_parameter_is_code_4(sandbox: Sandbox, bundle: Bundle, name: str) -> None:
    fields = {key: value for key, value in FIELDS.items() if key != name}
    status, lines = post(sandbox, fields, bundle.data)
    assert (status, lines) == (403, [f"the parameter {name} is missing", "4"])
    assert post(sandbox, {**FIELDS, name: " "}, bundle.data)[1][1] == "4"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "summer"}, "5"),
        ({"to": "12"}, "5"),
        ({"to": [TO, TO]}, "14"),
        ({"to": [TO, "+44 7700 900999"]}, "14"),
        ({"to": [TO, "447700900998"]}, "5"),
        ({"from": "summer"}, "18"),
        ({"subject": "a\nb"}, "5"),
        ({"note": "n" * 161}, "5"),
        ({"subaccount": "s" * 11}, "5"),
        ({"deliveryreport": "yes"}, "5"),
        ({"url": "https://cdn.example.com/a.zip"}, "5"),
        ({"user": ["a", "b"]}, "5"),
    ],
)
def test_a_wrong_parameter_has_its_documented_code(
    sandbox: Sandbox, bundle: Bundle, change: dict[str, Any], code: str
) -> None:
    status, lines = post(sandbox, {**FIELDS, **change}, bundle.data)
    assert (status, len(lines), lines[1]) == (403, 2, code)
    assert sandbox.messages() == []


def test_a_zip_that_no_gateway_would_take_is_refused(sandbox: Sandbox) -> None:
    for data in (b"", b"not a zip", pack([Part("a.txt", "text/plain", b"x")]).data[:-30]):
        status, lines = post(sandbox, FIELDS, data)
        assert (status, lines[1]) == (403, "5")
        assert lines[0].startswith("mms.zip: ")
    assert post(sandbox, FIELDS, None)[1][1] == "4"


def test_hosted_zips_are_not_fetched(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/a.zip"
        with Gateway(sandbox.url) as gateway:
            for method in ("POST", "GET"):
                outcome = gateway.attempt(url=url, to=TO, sender=FROM, method=method)  # type: ignore[arg-type]
                assert (outcome.result, outcome.code) == (Result.REJECTED, 5)
                assert "does not fetch" in outcome.reason
        with pytest.raises(TimeoutError):
            trap.accept()


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "multipart/form-data"}, b"x"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--y\r\nrubbish"),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
        ),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"user=a&pass=b"),
        ({}, b""),
    ],
)
def test_a_body_that_is_no_form_is_refused_and_not_an_error(
    sandbox: Sandbox, headers: dict[str, str], content: bytes
) -> None:
    answer = httpx2.post(sandbox.url, headers=headers, content=content)
    assert answer.status_code == 403
    assert answer.text.splitlines()[1] in ("4", "5")


def test_a_huge_upload_is_refused_before_it_is_sent(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=60) as raw:
        raw.sendall(b"POST /SendMMS HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n")
        assert raw.recv(200).startswith(b"HTTP/1.1 413 ")


def test_an_endless_upload_is_cut_off(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=60) as raw:
        head = b"POST /SendMMS HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        raw.sendall(head + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n")
        start = b'--x\r\nContent-Disposition: form-data; name="mms.zip"; filename="a"\r\n\r\n'
        raw.sendall(b"%x\r\n%s\r\n" % (len(start), start))
        block = b"%x\r\n%s\r\n" % (1 << 20, bytes(1 << 20))
        with pytest.raises(OSError, match=r"[Bb]roken pipe|reset"):
            raw.sendall(block * 100)


# -- the pages ------------------------------------------------------------------------------------


def test_the_inbox_page_lists_what_arrived(sandbox: Sandbox, bundle: Bundle) -> None:
    assert "Waiting for the first message" in httpx2.get(sandbox.origin + "/").text
    with Gateway(sandbox.url, password="open sesame") as gateway:
        first = gateway.send(bundle, to=TO, sender=FROM, subject="<b>one</b>")
        second = gateway.send(bundle, to=TO, sender=FROM, subject="two")
    page = httpx2.get(sandbox.origin + "/")
    assert "&lt;b&gt;one&lt;/b&gt;" in page.text
    assert "<b>one" not in page.text
    assert page.text.index(f"/messages/{second.id}") < page.text.index(f"/messages/{first.id}")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    data = httpx2.get(sandbox.origin + "/api/messages").json()["messages"]
    assert [item["subject"] for item in data] == ["two", "<b>one</b>"]
    assert data[0]["sha256"] == bundle.sha256


@pytest.mark.slow
def test_a_message_page_shows_pictures_and_text(sandbox: Sandbox, bundle: Bundle) -> None:
    with Gateway(sandbox.url) as gateway:
        receipt = gateway.send(bundle, to=TO, sender=FROM, subject="Fish & chips")
    base = f"{sandbox.origin}/messages/{receipt.id}"
    page = httpx2.get(base).text
    assert "<h1><bdi>Fish &amp; chips</bdi></h1>" in page
    assert f'<a href="/messages/{receipt.id}/parts/pixel.gif"' in page
    preview = httpx2.get(base + "/preview")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; £5 שלום" in preview.text
    assert "data:image/gif;base64," in preview.text
    assert preview.headers["Content-Security-Policy"].startswith("sandbox allow-scripts;")
    picture = httpx2.get(base + "/parts/pixel.gif")
    assert (picture.content, picture.headers["Content-Type"]) == (bundle.part("pixel.gif").data, "image/gif")
    text = httpx2.get(base + "/parts/hello.txt")
    assert text.headers["Content-Disposition"].startswith("attachment")
    assert text.headers["Content-Type"] == "application/octet-stream"
    for answer in (picture, text):
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert httpx2.get(base + "/mms.zip").content == bundle.data
    assert httpx2.get(sandbox.origin + "/assets/inbox.css").headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    "path", ["/messages/1", "/messages/x", "/messages/1000001/parts/x", "/nothing", "/messages/%F0%9F%90%9F"]
)
def test_what_is_not_there_is_a_404(sandbox: Sandbox, path: str) -> None:
    answer = httpx2.get(sandbox.origin + path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.evil.example.com", "192.168.0.1"])
def test_another_host_name_is_refused(sandbox: Sandbox, host: str) -> None:
    assert httpx2.get(sandbox.origin + "/", headers={"Host": host}).status_code == 400


# -- the inbox ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_kept_inbox_is_there_again_and_holds_no_password(tmp_path: Path, bundle: Bundle) -> None:
    folder = tmp_path / "inbox"
    for turn in (1, 2):
        with (
            Sandbox(inbox=folder) as sandbox,
            Gateway(sandbox.url, password="open sesame", user="acme") as gateway,
        ):
            gateway.send(bundle, to=TO, sender=FROM)
            assert len(sandbox.messages()) == turn
    ids = [message.id for message in Inbox(folder).messages()]
    assert ids == ["1000001", "1000002"]
    found = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"acme" in found
    assert b"sesame" not in found
    assert folder.stat().st_mode & 0o077 == 0


def parameters(subject: str = "") -> Parameters:
    return Parameters(to=TO, sender=FROM, subject=subject)


def test_the_oldest_messages_go_first() -> None:
    inbox = Inbox(max_messages=3, max_bytes=1000)
    for turn in range(5):
        inbox.add(parameters(str(turn)), b"x" * 10, user="a", method="POST", now=datetime.now(UTC))
    assert [message.subject for message in inbox.messages()] == ["2", "3", "4"]
    assert [message.subject for message in inbox.messages(limit=1)] == ["4"]
    inbox.add(parameters("large"), b"x" * 985, user="a", method="POST", now=datetime.now(UTC))
    assert [message.subject for message in inbox.messages()] == ["4", "large"]
    assert inbox.clear() == 2
    assert len(inbox) == 0
    again = inbox.add(parameters(), b"", user="a", method="POST", now=datetime.now(UTC))
    assert again.id == "1000007"
    assert inbox.get("1000007") == again
    inbox.close()


def test_two_processes_may_share_an_inbox(tmp_path: Path) -> None:
    one, two = Inbox(tmp_path), Inbox(tmp_path)
    one.add(parameters("one"), b"1", user="a", method="POST", now=datetime.now(UTC))
    two.add(parameters("two"), b"2", user="a", method="POST", now=datetime.now(UTC))
    assert [message.data for message in one.messages()] == [b"1", b"2"]
    one.close()
    two.close()


def test_a_place_that_cannot_hold_an_inbox_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot open the inbox"):
        Inbox(tmp_path / "file")
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with pytest.raises(OutputError, match="cannot open the inbox"), Sandbox(inbox=tmp_path):
        pass


def test_where_the_inbox_lies(tmp_path: Path) -> None:
    assert inbox_path({"MMSPACK_INBOX": str(tmp_path)}) == tmp_path
    assert inbox_path({}).name == "inbox"


# -- the server -----------------------------------------------------------------------------------


def test_a_port_in_use_is_one_clear_line(sandbox: Sandbox) -> None:
    with pytest.raises(
        UsageError, match=f"port {sandbox.port} on 127.0.0.1: address already in use.*--port 0"
    ):
        Sandbox(port=sandbox.port).start()


@pytest.mark.parametrize(
    ("host", "port"),
    [("0.0.0.0", 0), ("::1", 0), ("example.com", 0), ("127.0.0.1", 70000), ("127.0.0.1", -1)],
)
def test_it_serves_this_machine_alone(host: str, port: int) -> None:
    with pytest.raises(UsageError):
        Sandbox(host=host, port=port)


def test_a_sandbox_that_does_not_run_says_so() -> None:
    sandbox = Sandbox()
    with pytest.raises(UsageError, match="not running"):
        sandbox.messages()
    with sandbox:
        assert sandbox.messages() == []
        port = sandbox.port
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=2)
