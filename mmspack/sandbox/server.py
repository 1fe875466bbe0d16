"""The sandbox as a running server: in a thread of this process, on 127.0.0.1."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from mmspack.errors import UsageError
from mmspack.gateway import doors
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.listener.serving import Served
from mmspack.sandbox.accounts import Accounts, SandboxAccount
from mmspack.sandbox.chaos import Chaos
from mmspack.sandbox.hosts import HOSTS, checked_hosts
from mmspack.sandbox.inbox import Inbox, StoredMessage

if TYPE_CHECKING:
    from mmspack.sandbox.pushing import Pusher
    from mmspack.sandbox.understudy import Understudy


class SandboxOptions(TypedDict, total=False):
    """What a sandbox does beyond accepting every message."""

    accounts: Sequence[SandboxAccount]
    """Who may send; without any, every user and password is welcome."""
    chaos: Mapping[str, float]
    """Probabilities by mode (`mmspack.sandbox.chaos.MODES`)."""
    seed: int | None
    """The seed of chaos."""
    magic: bool
    """Recipients such as `…0008` are refused (at SendMMS with code 8); True."""
    fetch: Sequence[str]
    """Hosts that `url` may name, as `name` or `name:port`; none: `url` is refused."""
    profile: str | None
    """Check each bundle on arrival by this profile; None: do not."""
    strict: bool
    """Refuse (at SendMMS with code 5) a bundle in which the check finds an error."""
    report_url: str
    """Where delivery and read reports are sent."""
    inbound_url: str
    """Where messages from phones are sent."""
    push_delay: float
    """Seconds before a report or a message is sent there; 0.1."""
    slow_seconds: float
    """How late the answer of the mode `slow` is; 2."""


class Sandbox:
    """A gateway on this machine that speaks every door, as a context manager.

        with Sandbox() as sandbox, Gateway(sandbox.url) as gateway:
            gateway.send(bundle, to="447700900999", sender="447700900111")
            sandbox.messages()[0].bundle

    Without `inbox` the messages are kept in memory; a folder keeps them (`inbox_path()` is the user's own).
    `port` 0 picks a free one. Raises `UsageError` for a port that is in use or not allowed and for a profile
    that there is not, `OutputError` for an inbox that cannot be written.
    """

    def __init__(
        self,
        *,
        inbox: str | os.PathLike[str] | Inbox | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        **options: Unpack[SandboxOptions],
    ) -> None:
        if host not in HOSTS:
            raise UsageError(
                f"{host} is not an address of this machine",
                where="sandbox",
                hint="use 127.0.0.1 or localhost",
            )
        if not 0 <= port <= 65535:
            raise UsageError(
                f"{port} is not a port", where="sandbox", hint="use 0 to 65535; 0 picks a free one"
            )
        if options.get("profile"):
            _prove_profile(str(options["profile"]))
        self._host = host
        self._port = port
        self._inbox_source = inbox
        self._options = options
        self.chaos = Chaos(options.get("chaos"), seed=options.get("seed"), magic=options.get("magic", True))
        """How it misbehaves; `chaos.set({"drop": 0.1})` changes it while it runs."""
        self._understudy: Understudy | None = None
        self._served: Served | None = None

    @property
    def origin(self) -> str:
        """Address of the inbox page, such as `http://127.0.0.1:8025`."""
        return f"http://{self._host}:{self._port}"

    @property
    def url(self) -> str:
        """Address for `Gateway` as it is by default."""
        return self.url_of(doors.DEFAULT)

    def url_of(self, door: str) -> str:
        """Address for `Gateway(…, door=door)`. Raises `ConfigError`."""
        return self.origin + doors.get(door).path

    @property
    def port(self) -> int:
        """The port that is served."""
        return self._port

    @property
    def inbox(self) -> Inbox:
        """The inbox of the running sandbox."""
        return self._running.inbox

    @property
    def pusher(self) -> Pusher:
        """The sender of reports."""
        return self._running.pusher

    @property
    def _running(self) -> Understudy:
        if self._understudy is None:
            raise UsageError("the sandbox is not running", hint="use it in a with statement")
        return self._understudy

    def messages(self) -> list[StoredMessage]:
        """The received messages, oldest first."""
        return self.inbox.messages()

    def push_inbound(self, message: InboundMessage) -> dict[str, Any]:
        """Act as a phone: store a message for `RetrieveMMS`, and push it to `inbound_url`."""
        from mmspack.sandbox.api import push_inbound

        return push_inbound(self._running, message)

    def start(self) -> Self:
        """Start serving; returns when requests are accepted."""
        from mmspack.sandbox.app import create_app
        from mmspack.sandbox.misbehaving import protocol_for

        self._understudy = self._build()
        try:
            app = create_app(self._understudy)
            self._served = Served(app, what="sandbox", host=self._host, port=self._port)
            self._port = self._served.port
            self._understudy.pusher.start()
            self._served.start(protocol_for(self.chaos))
        except BaseException:
            self.stop()
            raise
        return self

    def _build(self) -> Understudy:
        from mmspack.sandbox.pushing import Pusher
        from mmspack.sandbox.understudy import Understudy

        options = self._options
        pusher = Pusher(
            report_url=options.get("report_url", ""),
            inbound_url=options.get("inbound_url", ""),
            delay=options.get("push_delay", 0.1),
        )
        hosts = checked_hosts(options.get("fetch", ()))
        source = self._inbox_source
        return Understudy(
            inbox=source if isinstance(source, Inbox) else Inbox(Path(source) if source else None),
            accounts=Accounts.of(options.get("accounts", ())),
            chaos=self.chaos,
            fetch_hosts=hosts,
            profile=options.get("profile"),
            strict=options.get("strict", False),
            slow_seconds=options.get("slow_seconds", 2.0),
            pusher=pusher,
        )

    def wait(self) -> None:
        """Serve until the process is interrupted."""
        if self._served is not None:
            self._served.wait()

    def stop(self) -> None:
        """End the server and close the inbox."""
        if self._served is not None:
            self._served.stop()
        if self._understudy is not None:
            self._understudy.pusher.stop()
            self._understudy.checker.close()
            if not isinstance(self._inbox_source, Inbox):
                self._understudy.inbox.close()
        self._served = self._understudy = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _prove_profile(name: str) -> None:
    """Raises `ConfigError` now, and not when the first message arrives."""
    from mmspack.profiles import get

    get(name)
