"""Clients that go away in the middle of a request, as those that are killed do: nothing to report."""

from __future__ import annotations

import logging
import socket

import pytest

from mmspack.sandbox import Sandbox
from tests.waiting import until

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: App key\r\nX-Content-Id: a.jpg\r\n"
    "X-Media-Type: image/jpeg\r\nContent-Type: {type}\r\nContent-Length: 100000\r\n\r\n"
)
PATHS = {
    "/SendMMS": "multipart/form-data; boundary=x",
    "/mm7": "multipart/related; boundary=x",
    "/mms/1/content": "application/octet-stream",
    "/mms/2/messages": "application/json",
    "/2010-04-01/Accounts/AC1/Messages.json": "application/x-www-form-urlencoded",
}


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_a_client_that_goes_away_is_not_a_failure_of_the_sandbox(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[logging.LogRecord] = caplog.records
    with caplog.at_level(logging.DEBUG), Sandbox() as sandbox:
        port = int(sandbox.url.split(":")[2].split("/")[0])
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
                client.sendall(HEAD.format(path=path, type=PATHS[path]).encode() + b"half")
                client.shutdown(socket.SHUT_WR)
                until(lambda client=client: client.recv(4096) or True)  # the server is done with it
        assert sandbox.messages() == []
    assert [record.getMessage() for record in begun if record.levelno >= logging.ERROR] == []
