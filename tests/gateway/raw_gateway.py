"""A gateway made of bare sockets: it does with a request exactly what a test says, and counts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass
class Connection:
    """One accepted connection, read on request."""

    raw: socket.socket
    gateway: RawGateway
    rest: bytes = b""

    def head(self) -> str:
        """Read the request line and the headers."""
        while b"\r\n\r\n" not in self.rest:
            block = self.raw.recv(65536)
            if not block:
                raise ConnectionError("ended in the head")
            self.rest += block
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        self.gateway.heads.append(head.decode())
        return head.decode()

    def body(self, head: str) -> bytes:
        """Read the whole body, and count the request as received."""
        length = 0
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        while len(self.rest) < length:
            block = self.raw.recv(65536)
            if not block:
                raise ConnectionError("ended in the body")
            self.rest += block
        body, self.rest = self.rest[:length], self.rest[length:]
        self.gateway.received.append(body)
        return body

    def request(self) -> None:
        """Read one whole request."""
        self.body(self.head())

    def say(self, data: bytes) -> None:
        self.raw.sendall(data)

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.raw.close()


Behaviour = Callable[[Connection], None]


def answer(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """An HTTP answer that closes the connection."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def replies(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> Behaviour:
    """Reads the request whole and answers."""

    def behave(connection: Connection) -> None:
        connection.request()
        connection.say(answer(status, body, *headers, length=length))

    return behave


@dataclass
class RawGateway:
    """Serves `behaviours` in turn, one a connection; the last one goes on."""

    behaviours: list[Behaviour]
    heads: list[str] = field(default_factory=list)
    """Request heads that arrived, whole or broken off after."""
    received: list[bytes] = field(default_factory=list)
    """Bodies of the requests that arrived whole; empty for a GET."""
    released: threading.Event = field(default_factory=threading.Event)
    """Set at the end, so that a stalling behaviour can return."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._serve, daemon=True)
        self._main.start()
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/SendMMS"

    def _serve(self) -> None:
        turn = 0
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            behave = self.behaviours[min(turn, len(self.behaviours) - 1)]
            turn += 1
            thread = threading.Thread(target=self._run, args=(behave, Connection(raw, self)), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _run(self, behave: Behaviour, connection: Connection) -> None:
        with connection.raw, contextlib.suppress(OSError):
            behave(connection)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._main.join(5)
        for thread in self._threads:
            thread.join(5)


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end in a thread of its own: in this one a browser of other tests may have a loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
