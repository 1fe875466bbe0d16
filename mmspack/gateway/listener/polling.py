"""Asking a provider for reports where it does not push them: each is given once."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from mmspack.errors import MmspackError
from mmspack.gateway.accounts import Account
from mmspack.gateway.client import Gateway
from mmspack.gateway.door import Login
from mmspack.gateway.listener.mailbox import Mailbox

_log = logging.getLogger("mmspack.gateway")

POLL_SECONDS = 30.0
_LONGEST = 600.0
"""Seconds between two questions while the provider does not answer."""


def login_of(account: Account) -> Login:
    """An account's login, as its door wants it."""
    return Login(address=account.url, user=account.user, password=account.password)


class Poller:
    """Asks for the reports of one account, from a thread of its own."""

    def __init__(
        self, account: Account, mailbox: Mailbox, arrived: Callable[[], None], *, seconds: float
    ) -> None:
        self._account = account
        self._mailbox = mailbox
        self._arrived = arrived
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mmspack-poller", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the question that is being asked: what has been given must be kept."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(60)

    def _run(self) -> None:
        wait = 0.0
        with Gateway.from_account(self._account) as gateway:
            while not self._stop.wait(wait):
                try:
                    # A whole page means that there may be more.
                    wait = 0.0 if self.poll(gateway) else self._seconds
                except (MmspackError, sqlite3.Error) as error:
                    wait = min(_LONGEST, max(self._seconds, 2 * wait))
                    _log.warning("reports could not be fetched, next attempt in %.3g s: %s", wait, error)

    def poll(self, gateway: Gateway) -> int:
        """Ask once; the number of reports that came. Raises `InputError`, `OutputError`."""
        found = gateway.poll()
        now = datetime.now(UTC)
        fresh = [self._mailbox.add(self._account.door.name, event, now) for event in found]
        if any(fresh):
            self._arrived()
        return len(found)
