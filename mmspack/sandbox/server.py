"""The sandbox as a running server: in a thread of this process, on 127.0.0.1."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mmspack.errors import OutputError, UsageError
from mmspack.gateway.addresses import PATH, is_loopback
from mmspack.sandbox.inbox import Inbox, StoredMessage

if TYPE_CHECKING:
    import uvicorn

_START_SECONDS = 20.0
_STOP_SECONDS = 5.0


class Sandbox:
    """A SendMMS gateway on this machine, as a context manager.

        with Sandbox() as sandbox, Gateway(sandbox.url) as gateway:
            gateway.send(bundle, to="447700900999", sender="447700900111")
            sandbox.messages()[0].bundle

    Without `inbox` the messages are kept in memory; a folder keeps them (`inbox_path()` is the user's own).
    `port` 0 takes a free one. Raises `UsageError` for a port that is in use or not allowed, `OutputError` for
    an inbox that cannot be written.
    """

    def __init__(self, *, inbox: Path | Inbox | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        if not is_loopback(host):
            raise UsageError(
                f"sandbox: {host} is not this machine", hint="it binds 127.0.0.1 or localhost alone"
            )
        if not 0 <= port <= 65535:
            raise UsageError(f"sandbox: {port} is not a port", hint="0 to 65535, and 0 takes a free one")
        self._host = host
        self._port = port
        self._inbox_source = inbox
        self._inbox: Inbox | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def origin(self) -> str:
        """Address of the inbox page, such as `http://127.0.0.1:8025`."""
        return f"http://{self._host}:{self._port}"

    @property
    def url(self) -> str:
        """Address for `Gateway`."""
        return self.origin + PATH

    @property
    def port(self) -> int:
        """The port that is served."""
        return self._port

    @property
    def inbox(self) -> Inbox:
        """The inbox of the running sandbox."""
        if self._inbox is None:
            raise UsageError("the sandbox is not running", hint="use it in a with statement")
        return self._inbox

    def messages(self) -> list[StoredMessage]:
        """What has arrived, oldest first."""
        return self.inbox.messages()

    def start(self) -> Self:
        """Begin to serve; returns when requests are taken."""
        import uvicorn

        from mmspack.sandbox.app import create_app

        listener = _listen(self._host, self._port)
        try:
            source = self._inbox_source
            self._inbox = source if isinstance(source, Inbox) else Inbox(source)
            self._port = listener.getsockname()[1]
            config = uvicorn.Config(
                create_app(self._inbox),
                http="h11",
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,  # it would hold the password of every GET
                server_header=False,
                timeout_graceful_shutdown=1,
                timeout_keep_alive=10,
                h11_max_incomplete_event_size=64 * 1024,
            )
            self._server = uvicorn.Server(config)
            self._thread = threading.Thread(
                target=self._server.run, args=([listener],), name="mmspack-sandbox", daemon=True
            )
            self._thread.start()
            self._await_start()
        except BaseException:
            listener.close()
            self.stop()
            raise
        return self

    def _await_start(self) -> None:
        server, thread = self._server, self._thread
        pause = threading.Event()
        for _ in range(int(_START_SECONDS / 0.01)):
            if server is not None and server.started:
                return
            if thread is None or not thread.is_alive():
                break
            pause.wait(0.01)
        raise OutputError("the sandbox did not start")

    def wait(self) -> None:
        """Serve until the process is interrupted."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def stop(self) -> None:
        """End the server and close the inbox."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)
        if self._inbox is not None and not isinstance(self._inbox_source, Inbox):
            self._inbox.close()
        self._server = self._thread = self._inbox = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"sandbox: port {port} on {host}: {reason}", hint="--port 0 takes a free one"
        ) from None
    listener.setblocking(False)
    return listener
