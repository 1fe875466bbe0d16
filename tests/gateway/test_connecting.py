"""Connections: whom they trust, through which proxy they go, and transports of the caller's own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme

import mmspack
from mmspack.errors import ConfigError, InputError
from mmspack.gateway import AsyncGateway, Gateway, Timeouts, find_account, show_config
from mmspack.gateway.connecting import Line
from mmspack.gateway.hosting import verify_hosted
from mmspack.outcome import Outcome, Result
from tests.gateway.raw_gateway import Connection, RawGateway, in_a_loop, replies
from tests.gateway.rows import FROM, IMPATIENT, PATIENT, TO, a_bundle, drip_the_head, slow_continues

STYLES = pytest.mark.parametrize("style", ["sync", "async"])
ID = replies("200 OK", b"1000001")


def attempt(url: str, style: str = "sync", **options: Any) -> Outcome:
    settings: Any = {"user": "acme", "password": "secret", "timeouts": PATIENT, **options}
    if style == "sync":
        with Gateway(url, **settings) as gateway:
            return gateway.attempt(a_bundle(), to=TO, sender=FROM)

    async def attempt_async() -> Outcome:
        async with AsyncGateway(url, **settings) as gateway:
            return await gateway.attempt(a_bundle(), to=TO, sender=FROM)

    outcome: Outcome = in_a_loop(attempt_async())
    return outcome


def test_the_version_is_in_the_user_agent() -> None:
    with RawGateway([ID]) as raw:
        attempt(raw.url)
    assert f"User-Agent: mmspack/{mmspack.__version__}" in raw.heads[0].split("\r\n")


@STYLES
def test_the_head_of_a_request_does_not_go_out_by_itself(style: str) -> None:
    """Each write costs as much as all else that mmspack does for a request."""
    first: list[bytes] = []

    def look(connection: Connection) -> None:
        first.append(connection.raw.recv(65536))
        connection.rest = first[0]
        ID(connection)

    with RawGateway([look]) as raw:
        assert attempt(raw.url, style).result is Result.ACCEPTED
    assert b'name="mms.zip"' in first[0]


@STYLES
def test_a_proxy_is_asked_for_the_whole_address(style: str) -> None:
    with RawGateway([ID]) as proxy:
        line = Line(proxy=proxy.url.removesuffix("/SendMMS").replace("//", "//me:geheim@"))
        outcome = attempt("http://mms.example.com/SendMMS", style, allow_http=True, line=line)
    assert outcome.result is Result.ACCEPTED
    assert proxy.heads[0].startswith("POST http://mms.example.com/SendMMS HTTP/1.1")
    assert "Proxy-Authorization: Basic" in proxy.heads[0]


@STYLES
@pytest.mark.parametrize("status", ["407 Who", "502 Bad Gateway"])
def test_a_tunnel_that_a_proxy_refuses_has_sent_nothing(style: str, status: str) -> None:
    def refuse(connection: Connection) -> None:
        connection.head()
        connection.say(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    with RawGateway([refuse]) as proxy:
        address = proxy.url.removesuffix("/SendMMS").replace("//", "//me:geheim@")
        outcome = attempt("https://mms.example.com/SendMMS", style, line=Line(proxy=address))
    assert (outcome.result, outcome.hold) == (Result.NOT_SENT, False)
    assert proxy.heads[0].startswith("CONNECT mms.example.com:443")
    assert "geheim" not in repr(outcome)


class Secured:
    """A gateway behind TLS that demands a certificate of the client."""

    def __init__(self, folder: Path) -> None:
        self.authority, others = trustme.CA(), trustme.CA()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("127.0.0.1").configure_cert(self.context)
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.authority.configure_trust(self.context)
        self.ca, self.cert = folder / "ca.pem", folder / "client.pem"
        self.authority.cert_pem.write_to_path(str(self.ca))
        self.authority.issue_cert("client").private_key_and_cert_chain_pem.write_to_path(str(self.cert))
        self.stranger = folder / "stranger.pem"
        others.issue_cert("client").private_key_and_cert_chain_pem.write_to_path(str(self.stranger))

    def behave(self, connection: Connection) -> None:
        connection.raw.settimeout(60)
        with contextlib.suppress(ssl.SSLError):
            connection.raw = self.context.wrap_socket(connection.raw, server_side=True)
            ID(connection)
            connection.raw.close()


@pytest.fixture
def secured(tmp_path: Path) -> Secured:
    return Secured(tmp_path)


@STYLES
def test_a_certificate_of_the_clients_own_opens_a_gateway_that_demands_one(
    secured: Secured, style: str
) -> None:
    with RawGateway([secured.behave]) as raw:
        url = raw.url.replace("http:", "https:")
        good = attempt(url, style, line=Line(ca=secured.ca, cert=secured.cert))
        without = attempt(url, style, line=Line(ca=secured.ca))
        stranger = attempt(url, style, line=Line(ca=secured.ca, cert=secured.stranger))
        distrusted = attempt(url, style, line=Line(cert=secured.cert))
    assert good.result is Result.ACCEPTED
    assert Result.ACCEPTED not in (without.result, stranger.result)
    assert distrusted.result is Result.NOT_SENT
    assert len(raw.received) == 1


@STYLES
def test_a_tunnel_through_a_proxy_ends_at_the_gateway(secured: Secured, style: str) -> None:
    with RawGateway([secured.behave]) as raw:

        def tunnel(connection: Connection) -> None:
            asked = connection.head().split()[1].rpartition(":")
            with socket.create_connection((asked[0], int(asked[2]))) as other:
                connection.say(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_copy, args=(other, connection.raw), daemon=True)
                back.start()
                _copy(connection.raw, other)
                back.join(10)

        with RawGateway([tunnel]) as proxy:
            line = Line(ca=secured.ca, cert=secured.cert, proxy=proxy.url.removesuffix("/SendMMS"))
            outcome = attempt(raw.url.replace("http:", "https:"), style, line=line)
    assert outcome.result is Result.ACCEPTED
    assert len(raw.received) == 1


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)


def test_what_cannot_be_used_is_named_without_its_password(tmp_path: Path) -> None:
    text = tmp_path / "note.pem"
    text.write_text("not a certificate")
    url = "https://mms.example.com/SendMMS"
    for line, says in (
        (Line(cert=tmp_path / "none.pem"), "none.pem: cannot be used: No such file"),
        (Line(cert=text), "note.pem: cannot be used"),
        (Line(ca=text), "note.pem: cannot be used"),
        (Line(key=text), "there is a key and no certificate"),
        (Line(proxy="me:geheim@proxy"), "is not the address of a proxy"),
        (Line(proxy="socks5://me:geheim@proxy:1080"), "is not the address of a proxy"),
        (Line(proxy="http://me:geheim@proxy:99999"), "is not the address of a proxy"),
        (Line(proxy="http://me:geheim@proxy:1/path"), "is not the address of a proxy"),
    ):
        with pytest.raises(ConfigError, match=says) as error:
            Gateway(url, user="acme", password="x", line=line)
        assert "geheim" not in str(error.value)


def test_an_encrypted_key_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    made = trustme.CA().issue_cert("client")
    key = serialization.load_pem_private_key(made.private_key_pem.bytes(), None)
    locked = serialization.BestAvailableEncryption(b"geheim")
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    (tmp_path / "cert.pem").write_bytes(made.cert_chain_pems[0].bytes())
    line = Line(cert=tmp_path / "cert.pem", key=tmp_path / "key.pem")
    with pytest.raises(ConfigError, match="the key is encrypted"):
        Gateway("https://mms.example.com/SendMMS", user="acme", password="x", line=line)


def test_the_proxy_of_the_environment_is_used_only_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with RawGateway([ID]) as proxy, RawGateway([ID]) as raw:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/SendMMS"))
        monkeypatch.delenv("no_proxy", raising=False)
        attempt(raw.url)
        assert (len(raw.heads), len(proxy.heads)) == (1, 0)
        attempt(raw.url, line=Line(proxy="environment"))
        assert (len(raw.heads), len(proxy.heads)) == (1, 1)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        attempt(raw.url, line=Line(proxy="environment"))
        assert (len(raw.heads), len(proxy.heads)) == (2, 1)


def test_an_account_has_its_line_from_the_file_and_from_the_environment(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[gateways.mx]\nurl = "https://mms.example.com/SendMMS"\nuser = "acme"\n'
        'proxy = "http://me:geheim@proxy:3128"\nca = "ca.pem"\ncert = "client.pem"\n'
    )
    config.chmod(0o644)
    with pytest.raises(ConfigError, match="readable by other users"):
        find_account(environ={"MMSPACK_PASSWORD": "x"}, config=config)
    config.chmod(0o600)
    environ = {"MMSPACK_PASSWORD": "x", "MMSPACK_KEY": "other.key"}
    account = find_account(environ=environ, config=config)
    assert account is not None
    assert account.line == Line(
        proxy="http://me:geheim@proxy:3128", ca=Path("ca.pem"), cert=Path("client.pem"), key=Path("other.key")
    )
    shown = {one.name: (one.value, one.source) for one in show_config(environ=environ, config=config)}
    assert shown["proxy"] == ("http://***@proxy:3128", str(config))
    assert shown["key"] == ("other.key", "MMSPACK_KEY")
    assert "geheim" not in repr(account)


def fails(request: httpx2.Request) -> httpx2.Response:
    raise RuntimeError("a fault of the transport")


def answers(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b"1000001")


class Refusing(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Takes nothing of a request."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no")

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no")


@STYLES
def test_a_transport_of_the_callers_own_errs_to_the_safe_side(style: str) -> None:
    """It reports no events, so what it has taken counts as sent."""
    rows: tuple[tuple[Callable[[], Any], Result], ...] = (
        (lambda: httpx2.MockTransport(answers), Result.ACCEPTED),
        (lambda: httpx2.MockTransport(fails), Result.UNKNOWN),
        (Refusing, Result.NOT_SENT),
    )
    for make, result in rows:
        outcome = attempt("https://mms.example.com/SendMMS", style, transport=make())
        assert (outcome.result, outcome.hold) == (result, result is Result.UNKNOWN), outcome


@pytest.fixture
def slow_server() -> Iterator[RawGateway]:
    with RawGateway([drip_the_head, slow_continues]) as raw:
        yield raw


@pytest.mark.slow
def test_checking_a_hosted_bundle_ends_however_slowly_its_server_speaks(slow_server: RawGateway) -> None:
    for _ in range(2):
        with pytest.raises(InputError, match="the answer took too long"):
            verify_hosted(slow_server.url, a_bundle(), whole=0.5)


@pytest.mark.slow
@STYLES
def test_fetching_a_message_ends_however_slowly_the_gateway_speaks(
    slow_server: RawGateway, style: str
) -> None:
    settings: Any = {"user": "acme", "password": "x", "timeouts": IMPATIENT}

    def retrieve() -> None:
        if style == "sync":
            Gateway(slow_server.url, **settings).retrieve("7")
        else:
            in_a_loop(AsyncGateway(slow_server.url, **settings).retrieve("7"))

    for _ in range(2):
        with pytest.raises(InputError, match="the answer took too long"):
            retrieve()


@pytest.mark.slow
def test_a_request_that_is_taken_too_slowly_was_not_sent() -> None:
    from mmspack.bundle.bundle import pack
    from mmspack.model import Part

    def take_slowly(connection: Connection) -> None:
        connection.head()
        while not connection.gateway.released.wait(0.02):
            connection.raw.recv(65536)

    large = pack([Part("a.jpg", "image/jpeg", bytes(20_000_000))])
    timeouts = Timeouts(connect=5, write=5, request=0.5)
    with (
        RawGateway([take_slowly]) as raw,
        Gateway(raw.url, user="acme", password="x", timeouts=timeouts) as gateway,
    ):
        outcome = gateway.attempt(large, to=TO, sender=FROM)
    assert (outcome.result, outcome.hold) == (Result.NOT_SENT, False)
    assert "the request took too long" in outcome.summary
