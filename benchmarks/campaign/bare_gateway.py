"""A gateway of bare sockets for the crash schedules: what it takes is in a file before it answers.

It speaks as much of SendMMS as its own client needs, and misbehaves like the sandbox, in the ways that are
named in CHAOS. The sandbox does all that it does and more, for four times the processor time a message and a
start of 50 ms, which is most of what a schedule takes.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
import struct
import threading
import time
from pathlib import Path

FILE = "taken"
CHAOS = {
    "refuse": 0.02, "reset-head": 0.02, "reset-body": 0.02, "drop": 0.03, "error": 0.02, "busy": 0.02,
    "empty": 0.01, "html": 0.01, "truncated": 0.01, "stall": 0.01,
}  # fmt: skip
"""How often it does what, by the sandbox's names."""
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_TO = re.compile(rb'name="to"\r\n\r\n([0-9]+)\r\n')
_STALLED = 5.0
"""Seconds without an answer: longer than any sender of a schedule waits."""
_ACCEPTING = frozenset({"", "drop", "empty", "html", "truncated", "stall"})


class BareGateway:
    """Serves a port, with a thread a connection, until its process ends."""

    def __init__(self, folder: Path, port: int, seed: int) -> None:
        # One write to a file opened to append is whole, whoever else writes, and survives SIGKILL.
        self._taken = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._lock = threading.Lock()
        self._last = 0
        self.reseed(seed)
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self._serve, daemon=True).start()

    def reseed(self, seed: int) -> None:
        """Draw from another seed."""
        self._chance = random.Random(seed)

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):  # the sender was killed
            while self._answer(client):
                pass

    def _answer(self, client: socket.socket) -> bool:
        """One request; False where the connection has ended."""
        got = client.recv(65_536)
        if not got:
            return False
        with self._lock:
            mode = self._chance.choices((*CHAOS, ""), (*CHAOS.values(), 1 - sum(CHAOS.values())))[0]
        if mode == "refuse":
            return _reset(client)
        while (end := got.find(b"\r\n\r\n")) < 0:
            if not (more := client.recv(65_536)):
                return False
            got += more
        if mode == "reset-head":
            return _reset(client)
        found = _LENGTH.search(got, 0, end + 2)
        length = int(found[1]) if found else 0
        body = got[end + 4 :]
        if mode == "reset-body":
            return _reset(client)
        while len(body) < length:
            if not (more := client.recv(65_536)):
                return False
            body += more
        return self._reply(client, mode, body)

    def _reply(self, client: socket.socket, mode: str, body: bytes) -> bool:
        identifier = self._take(body) if mode in _ACCEPTING else b""
        match mode:
            case "drop":
                return False
            case "stall":
                time.sleep(_STALLED)
                return False
            case "error":
                client.sendall(_response(b"500 Internal Server Error", b"Internal Server Error\n"))
            case "busy":
                client.sendall(_response(b"429 Too Many Requests", b"", b"Retry-After: 1\r\n"))
            case "empty":
                client.sendall(_response(b"200 OK", b""))
            case "html":
                client.sendall(_response(b"200 OK", b"<!doctype html><p>Welcome to the hotel's network"))
            case "truncated":
                client.sendall(_response(b"200 OK", identifier)[:-4])
                return False
            case _:
                client.sendall(_response(b"200 OK", identifier))
        return True

    def _take(self, body: bytes) -> bytes:
        found = _TO.search(body)
        if found is None:
            raise SystemExit("a request without a recipient")
        with self._lock:
            # The clock of the machine since its start: an id is not used again by the next process.
            self._last = max(self._last + 1, time.monotonic_ns())
            identifier = b"%d" % self._last
            os.write(self._taken, b"%b %b\n" % (found[1], identifier))
        return identifier


def taken(folder: Path) -> list[tuple[str, str]]:
    """Recipient and id of each message that was taken."""
    lines = (folder / FILE).read_text("ascii").splitlines()
    return [(to, identifier) for to, _, identifier in (line.partition(" ") for line in lines)]


def _response(status: bytes, body: bytes, more: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n%b\r\n%b"
        % (status, len(body), more, body)
    )  # fmt: skip


def _reset(client: socket.socket) -> bool:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False
