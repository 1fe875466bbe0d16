"""Servers under peers that stay silent, speak slowly, do not listen, or speak with two lengths."""

from __future__ import annotations

import contextlib
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mmspack.gateway.listener.listening import EACH_PEER, Listener, Sources
from mmspack.gateway.listener.lobby import Lobby, Patience
from mmspack.gateway.listener.serving import Served
from mmspack.sandbox import Sandbox
from tests.waiting import until

pytestmark = pytest.mark.slow

SHORT = Patience(head=0.3, body=0.3, answer=0.3)
REPORT = "/report?id=77&requestid=1000001&to=447700900111&from=447700900999&type=3&status=3"


async def length(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())}")


async def large(_request: Request) -> Response:
    return Response(bytes(50_000_000))


@contextmanager
def serving(lobby: Lobby) -> Iterator[Served]:
    app = Starlette(routes=[Route("/", length, methods=["GET", "POST"]), Route("/large", large)])
    served = Served(app, what="test", host="127.0.0.1", port=0, lobby=lobby)
    served.start()
    try:
        yield served
    finally:
        served.stop()


def connect(served: Served | Listener | Sandbox, source: str = "127.0.0.1") -> socket.socket:
    host, _, port = served.origin.rpartition("//")[2].partition(":")
    return socket.create_connection((host, int(port)), timeout=30, source_address=(source, 0))


def is_cut(peer: socket.socket) -> bool:
    """The server has closed it; waits for that."""
    try:
        return peer.recv(65536) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: a\r\nX",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
    ],
)
def test_a_request_that_is_never_finished_is_cut_off(begun: bytes) -> None:
    with serving(Lobby(patience=SHORT)) as served, connect(served) as peer:
        peer.sendall(begun)
        answered = b""
        with contextlib.suppress(ConnectionError):
            while block := peer.recv(65536):
                answered += block
        assert (b"200 OK" in answered) is begun.startswith(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")


@pytest.mark.parametrize("drip", [b"X", b"1"])
def test_a_request_that_drips_is_cut_off_although_it_is_never_silent(drip: bytes) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\n"
    head += b"Content-Length: 100000\r\n\r\n" if drip == b"1" else b"X-Slow: "
    with serving(Lobby(patience=SHORT)) as served, connect(served) as peer:
        peer.sendall(head)

        def dropped() -> bool:
            try:
                peer.sendall(drip)
            except OSError:
                return True
            return False

        until(dropped)


def test_a_peer_that_does_not_take_its_answer_is_cut_off() -> None:
    lobby = Lobby(patience=SHORT)
    with serving(lobby) as served, connect(served) as peer:
        peer.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: len(lobby) == 1)
        until(lambda: len(lobby) == 0)


def test_a_slow_answer_is_waited_for_and_a_connection_is_used_again() -> None:
    with serving(Lobby(patience=SHORT)) as served, httpx2.Client() as client:
        for _ in range(5):
            assert client.post(served.origin, content=b"abc").text == "3"


def test_silent_peers_make_room_for_those_who_speak() -> None:
    with serving(Lobby(most=8)) as served, ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connect(served))
        for _ in range(20):
            assert httpx2.post(served.origin, content=b"abc").text == "3"


def test_one_address_cannot_take_the_places_of_others() -> None:
    lobby = Lobby(each=lambda _peer: 4)
    begun = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"
    with serving(lobby) as served, ExitStack() as stack:
        busy = [stack.enter_context(connect(served, "127.0.0.2")) for _ in range(4)]
        for one in busy:
            one.sendall(begun)
        until(lambda: len(lobby) == 4)
        stack.enter_context(httpx2.Client()).post(served.origin, content=b"abc").raise_for_status()
        assert all(is_cut(stack.enter_context(connect(served, "127.0.0.2"))) for _ in range(3))
        busy[0].sendall(b"123456789")
        assert busy[0].recv(65536).startswith(b"HTTP/1.1 200")


def test_two_lengths_are_refused() -> None:
    smuggled = (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    with serving(Lobby()) as served, connect(served) as peer:
        peer.sendall(smuggled)
        answered = b""
        while block := peer.recv(65536):
            answered += block
    assert answered.startswith(b"HTTP/1.1 400")
    assert answered.count(b"HTTP/1.1") == 1


def test_who_is_not_admitted_is_cut_off_when_it_connects() -> None:
    with serving(Lobby(admits=lambda peer: peer != "127.0.0.1")) as served:
        with connect(served) as peer:
            assert is_cut(peer)
        with connect(served, "127.0.0.2") as peer:
            peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert peer.recv(100).startswith(b"HTTP/1.1 200")


def test_this_machine_may_ask_whether_a_listener_is_alive() -> None:
    with Listener(allow=["83.166.68.0/23"]) as listener:
        assert httpx2.get(listener.origin + "/livez").status_code == 200
        assert httpx2.get(listener.origin + "/readyz").status_code == 200
        assert httpx2.get(listener.origin + REPORT).status_code == 403


def test_a_listener_judges_an_address_when_it_connects() -> None:
    sources = Sources(["83.166.68.0/23"], proxies=["10.0.0.0/8"])
    assert [sources.connects(one) for one in ("83.166.69.1", "10.1.1.1", "127.0.0.1", "::1")] == [True] * 4
    assert not any(sources.connects(one) for one in ("83.166.70.1", "2001:db8::1", "", "unix"))


def test_what_is_dangerous_is_said_before_it_runs() -> None:
    assert Listener().warnings == ()
    assert "the whole internet" in Listener(allow=["0.0.0.0/0"]).warnings[0]
    assert "the whole internet" in Listener(allow=["::/0"]).warnings[0]
    assert "no TLS" in Listener(host="0.0.0.0").warnings[0]


@pytest.mark.slow
def test_reports_arrive_while_thousands_of_sockets_stay_silent() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    sources = [f"127.0.1.{number}" for number in range(1, 41)]
    with Listener() as listener, ExitStack() as stack:
        for number in range(2000):
            stack.enter_context(connect(listener, sources[number % len(sources)]))
        for number in range(20):
            address = listener.origin + REPORT.replace("id=77", f"id={number}", 1)
            assert httpx2.get(address, timeout=60).text == "OK\n"
        assert len(listener.mailbox.events()) == 20


def test_the_sandbox_serves_more_connections_of_one_program_than_a_stranger_gets() -> None:
    with Sandbox() as sandbox, ExitStack() as stack:
        peers = [stack.enter_context(connect(sandbox)) for _ in range(EACH_PEER + 20)]
        for peer in peers:
            peer.sendall(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert all(peer.recv(100).startswith(b"HTTP/1.1 200") for peer in peers)
