"""The sandbox as a running server: in a thread of this process, on 127.0.0.1."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import NoneType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from mmspack.arguments import Kinds, mistyped, shown
from mmspack.errors import UsageError
from mmspack.gateway import doors
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.listener.packages import prove_server
from mmspack.gateway.listener.serving import Served
from mmspack.problem import Place, Problem
from mmspack.sandbox.accounts import Accounts, SandboxAccount
from mmspack.sandbox.chaos import Chaos
from mmspack.sandbox.hosts import HOSTS, checked_hosts
from mmspack.sandbox.inbox import Inbox, StoredMessage

if TYPE_CHECKING:
    from mmspack.sandbox.pushing import Pusher
    from mmspack.sandbox.understudy import Understudy


_KINDS: dict[str, Kinds] = {
    "host": str, "port": int, "accounts": Iterable, "fetch": (str, Iterable), "profile": (str, NoneType),
}  # fmt: skip


class Sandbox:
    """A gateway on this machine that speaks every door, as a context manager.

        with Sandbox() as sandbox, Gateway(sandbox.url) as gateway:
            gateway.send(bundle, to="447700900999", sender="447700900111")
            sandbox.messages()[0].bundle

    Without `inbox` the messages are kept in memory; a folder keeps them (`inbox_path()` is the user's own).
    `port` 0 picks a free one. Raises `UsageError` for a port that is in use or not allowed and for a profile
    that there is not, `OutputError` for an inbox that cannot be written.

    `accounts` are those that may send; without any, every user and password is welcome. `chaos` holds
    probabilities by mode (`mmspack.sandbox.chaos.MODES`), and `seed` makes it reproducible. `magic`:
    recipients such as `…0008` are refused (at SendMMS with code 8). `fetch` has the hosts that `url`
    may name, as `name` or `name:port`; without any, `url` is refused. `profile` checks each bundle on
    arrival; with `strict` one in which the check finds an error is refused (at SendMMS with code 5).
    `report_url` gets delivery and read reports, `inbound_url` messages from phones, each after
    `push_delay` seconds. `slow_seconds` is how late the answer of the mode `slow` is. `campaign_name` gives
    what a campaign is called by the id in its notes, for the inbox's page.
    """

    def __init__(
        self,
        *,
        inbox: str | os.PathLike[str] | Inbox | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        accounts: Sequence[SandboxAccount] = (),
        chaos: Mapping[str, float] | None = None,
        seed: int | None = None,
        magic: bool = True,
        fetch: Sequence[str] = (),
        profile: str | None = None,
        strict: bool = False,
        report_url: str = "",
        inbound_url: str = "",
        push_delay: float = 0.1,
        slow_seconds: float = 2.0,
        campaign_name: Callable[[str], str] | None = None,
    ) -> None:
        given = {"host": host, "port": port, "accounts": accounts, "fetch": fetch, "profile": profile}
        problems = mistyped(given, _KINDS)
        wrong = [one for one in accounts if not isinstance(one, SandboxAccount)] if not problems else []
        if wrong:
            what = f"expected SandboxAccount values, found {shown(wrong[0])}"
            problems = [Problem(what, Place(key="accounts"))]
        if problems:
            raise UsageError(problems=problems)
        fetch = (fetch,) if isinstance(fetch, str) else fetch
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
        if profile:
            _prove_profile(profile)
        self._host = host
        self._port = port
        self._inbox_source = inbox
        self._accounts, self._fetch, self._profile, self._strict = accounts, fetch, profile, strict
        self._report_url, self._inbound_url = report_url, inbound_url
        self._push_delay, self._slow_seconds = push_delay, slow_seconds
        self._campaign_name = campaign_name
        self.chaos = Chaos(chaos, seed=seed, magic=magic)
        """How it misbehaves; `chaos.set({"drop": 0.1})` changes it while it runs."""
        self._understudy: Understudy | None = None
        self._served: Served | None = None

    @property
    def origin(self) -> str:
        """Address of the inbox page, such as `http://127.0.0.1:8025`.

        Raises `UsageError` before a free port was picked.
        """
        if not self._port:
            raise UsageError("the sandbox is not running", hint="use it in a with statement")
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
        """Act as a phone: store a message for `RetrieveMMS`, and push it to `inbound_url`.

        Returns its `id`, which is the sandbox's own, whatever `message.id` says, and whether it was `pushed`.
        """
        from mmspack.sandbox.api import push_inbound

        return push_inbound(self._running, message)

    def start(self) -> Self:
        """Start serving; returns when requests are accepted. Raises `ConfigError` without its packages."""
        prove_server("the sandbox")
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
        from mmspack.sandbox import desks
        from mmspack.sandbox.pushing import Pusher
        from mmspack.sandbox.understudy import Understudy

        own = desks.opened()
        pusher = Pusher(
            own, report_url=self._report_url, inbound_url=self._inbound_url, delay=self._push_delay
        )
        hosts = checked_hosts(self._fetch)
        source = self._inbox_source
        return Understudy(
            inbox=source if isinstance(source, Inbox) else Inbox(Path(source) if source else None),
            desks=own,
            accounts=Accounts.of(self._accounts),
            chaos=self.chaos,
            fetch_hosts=hosts,
            profile=self._profile,
            strict=self._strict,
            slow_seconds=self._slow_seconds,
            pusher=pusher,
            campaign_name=self._campaign_name,
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
