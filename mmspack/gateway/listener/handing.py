"""Handing events on: to a command that reads JSON, or to a webhook that takes it."""

from __future__ import annotations

import json
import logging
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmspack.errors import UsageError
from mmspack.gateway.connecting import client_options, transport_for
from mmspack.gateway.deadlines import Deadline, ExchangeEnded
from mmspack.gateway.listener.mailbox import Event, Mailbox
from mmspack.gateway.parameters import hosted_url
from mmspack.gateway.secrets import BLOT, Secret
from mmspack.gateway.wire import Timeouts
from mmspack.words import cleaned, system_reason

Handler = Callable[[dict[str, Any]], None]
"""Takes one event as data (`Event.as_data`); whatever it raises means "try again later"."""

_log = logging.getLogger("mmspack.gateway")

MOST_TRIES = 10
_SECONDS = 60.0
_LONGEST = 200
_PASSWORD = re.compile(r"(?<=pass=)[^\s&]+|(?<=password=)[^\s&]+", re.IGNORECASE)


class HandlingFailed(Exception):
    """A command or a webhook did not take an event."""


def command(arguments: Sequence[str], *, seconds: float = _SECONDS, secret: Secret | None = None) -> Handler:
    """Runs a program for each event, which reads it as JSON from standard input; exit code 0: taken.

    If it fails, the last line of its standard error is reported, without `secret`. Raises `UsageError`
    where there is no such program.
    """
    if isinstance(arguments, str):
        hint = f"shlex.split({arguments[:40]!r}) makes one"
        raise UsageError("expected a list of words, found a text", where="listen", hint=hint)
    if not arguments or not arguments[0].strip():
        raise UsageError("the command is empty", where="listen")
    if shutil.which(arguments[0]) is None:
        raise UsageError(f"{arguments[0]}: no such program", where="listen", hint="or it is not executable")

    def handle(event: Mapping[str, Any]) -> None:
        try:
            done = subprocess.run(  # noqa: S603
                list(arguments),
                input=json.dumps(event).encode(),
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise HandlingFailed(f"{arguments[0]}: not finished within {seconds:g} s") from None
        except OSError as error:
            raise HandlingFailed(f"{arguments[0]}: {system_reason(error)}") from None
        if done.returncode != 0:
            said = _last_line(done.stderr, secret)
            raise HandlingFailed(
                f"{arguments[0]}: exit code {done.returncode}" + (f": {said}" if said else "")
            )

    return handle


def _last_line(output: bytes, secret: Secret | None) -> str:
    """The last line that says something, cleaned for display and without the password."""
    text = output.decode("utf-8", "replace")
    text = _PASSWORD.sub(BLOT, secret.blot(text) if secret else text)
    lines = [cleaned(line) for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), "")[:_LONGEST]


def webhook(url: str, *, seconds: float = _SECONDS) -> Handler:
    """Posts each event as JSON; an answer from 200 to 299 means taken. Raises `ParameterError`."""
    hosted_url(url)

    def handle(event: Mapping[str, Any]) -> None:
        import httpx2

        lines = transport_for(connections=1, verify=None, proxy="", asynchronous=False)
        options = client_options(Timeouts(connect=seconds, write=seconds, read=seconds))
        try:
            with (
                Deadline(time.monotonic, 2 * seconds, "the answer").kept(),
                httpx2.Client(transport=lines, **options) as client,
            ):
                answer = client.post(url, json=event)
        except httpx2.HTTPError as error:
            raise HandlingFailed(type(error).__name__) from None
        except ExchangeEnded as error:
            raise HandlingFailed(str(error)) from None
        if not answer.is_success:
            raise HandlingFailed(f"HTTP {answer.status_code}")

    return handle


class Dispatcher:
    """Hands waiting events to a handler, in order, from a thread of its own.

    Each at least once: a crash between handling and noting it hands the event on again. One that fails is
    tried again later, `MOST_TRIES` times, and does not hold up the others.
    """

    def __init__(
        self, mailbox: Mailbox, handler: Handler, *, pause: float = 1.0, longest: float = 300.0
    ) -> None:
        self._mailbox = mailbox
        self._handler = handler
        self._pause = pause
        self._longest = longest
        self._due: dict[int, float] = {}
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mmspack-dispatcher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look for events now."""
        self._wake.set()

    def stop(self) -> None:
        """End after the event that is being handled."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.hand_on()
            except sqlite3.Error as error:
                _log.warning("the mailbox cannot be read or written: %s", error)
            self._wake.wait(self._pause)

    def hand_on(self) -> None:
        """Hand on what is due."""
        for event in self._mailbox.waiting():
            if self._stop.is_set() or time.monotonic() < self._due.get(event.number, 0.0):
                continue
            try:
                self._handler(event.as_data())
                done = True
            except Exception as error:  # noqa: BLE001 - the team's own code
                done = False
                wait = min(self._longest, self._pause * 2**event.tries)
                self._due[event.number] = time.monotonic() + wait
                _log.warning("%s", _told(event, error, wait))
            self._mailbox.settle(event, done=done, most=MOST_TRIES)
            if done:
                self._due.pop(event.number, None)


def _told(event: Event, error: Exception, wait: float) -> str:
    """One line: which event was not taken, why, and what follows."""
    why = str(error) if isinstance(error, HandlingFailed) else f"{type(error).__name__}: {error}"
    tries = event.tries + 1
    then = f"retrying in {wait:.3g} s" if tries < MOST_TRIES else f"gave up after {tries} attempts"
    return cleaned(f"{event.kind} {dict(event.fields).get('id', '')} was not handled: {why}; {then}")
