"""A campaign sent: reserved on the disk, handed to a few connections, each outcome written down.

One thread keeps the ledger and makes the messages; the others do nothing but send. Nothing is on a
connection that is not RESERVED on the disk, and what ends without an outcome is HELD by whoever opens the
ledger next.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

from mmspack.arguments import mistyped
from mmspack.campaign.build.dask import pictures_of
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Press
from mmspack.campaign.ledger.lease import Lease
from mmspack.campaign.ledger.ledger import BATCH, Ledger
from mmspack.campaign.ledger.states import Recipient, Settled, State, StateEvent, after
from mmspack.campaign.ledger.witness import remember_name, state_folder
from mmspack.campaign.planning.order import Rules, prove_rules
from mmspack.campaign.report.asking import account_name
from mmspack.campaign.report.settling import places_of
from mmspack.campaign.run.endings import Delivery, Ending
from mmspack.campaign.run.hours import QuietHours, next_opening, open_zones, parse_span
from mmspack.campaign.run.note_token import note_token
from mmspack.campaign.run.pacing import Breaker, Bucket, account_file, load_allowance, save_allowance
from mmspack.errors import ConfigError, InputError, UsageError
from mmspack.gateway import Gateway
from mmspack.outcome import Outcome, Result
from mmspack.problem import Place, Problem

MAX_TRIES = 4
"""Of one recipient whom the gateway refuses for now: the first and three more (the outcome table)."""
_RETRY_SECONDS = 5.0
_LONGEST_PAUSE = 60.0
_FURTHEST_WAIT = 3600
_TICK = 0.2


@dataclass(kw_only=True)
class Run:
    """Sends a campaign. Iterate over it: each step is a `Delivery`; `ending` and `reason` say why it ended.

    `stop` may be set from anywhere, even a signal handler: requests in progress end, the rest goes back.
    Closing the iterator does the same.
    """

    ledger: Ledger
    gateway: Gateway
    rules: Rules
    connections: int = 4
    past_test: bool = False
    """Continue after a test group that was not fully accepted."""
    stop: threading.Event = field(default_factory=threading.Event)
    breaker: Breaker = field(default_factory=Breaker)
    patience: float = 900.0
    """Seconds without any connection after which it gives up."""
    backoff: float = 0.5
    """Seconds of the first pause without a connection; each further one is twice as long, to a minute."""
    clock: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    state_folder: Path | None = None
    account: str = ""
    """By what the account's rate and counts are kept; empty: by the gateway's address."""
    heard: Callable[[str], None] | None = None
    """Called with what the run waits for when that changes; with an empty text when it continues."""
    ending: Ending | None = None
    reason: str = ""
    waiting_for: str = ""
    """What a run that does not send waits for, for a person."""

    def __post_init__(self) -> None:
        """Raises `UsageError` for what cannot send."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        problems = mistyped(given, {"ledger": Ledger, "gateway": Gateway, "rules": Rules, "connections": int})
        if not problems and self.connections < 1:
            problems = [Problem(f"{self.connections} is less than 1", Place(key="connections"))]
        if problems:
            raise UsageError(problems=problems)

    def __iter__(self) -> Iterator[Delivery]:
        """Send. Raises `UsageError` where the account is in use, `OutputError` for a full disk."""
        self._prepare()
        with ExitStack() as stack:
            account = account_file(self.account or self.gateway.url, self.gateway.user, self.state_folder)
            lease = Lease.take(account, what=f"the account on {self.gateway.name}")
            stack.callback(lease.release)
            self._open_allowance(account)
            stack.enter_context(self.gateway.kept_open())
            pool = stack.enter_context(ThreadPoolExecutor(self.connections, "mmspack-send"))
            late: list[Delivery] = []
            try:
                yield from self._loop(pool)
            finally:
                # Whatever ends the run: what has not begun goes back, what has begun is awaited.
                for future in list(self._under_way):
                    if future.cancel():
                        self._unsent.append(self._under_way.pop(future))
                self._return_unsent()
                while self._under_way:
                    late += self._collect(None)
                self._save()
                self._tell_wait("", goes_on=False)
            # Only where the loop ended by itself: whoever has left the iterator is handed nothing more.
            yield from late
        waiting = self.ledger.counts()[State.BUILT]
        if self.ending is Ending.TIME_OVER and waiting:
            self.reason += f", and {waiting:,} are still waiting"

    # -- preparation ------------------------------------------------------------------------------

    def _prepare(self) -> None:
        prove_rules(self.rules)
        if not (self.rules.sender or self.gateway.sender or self.gateway.door.picks_sender):
            raise ConfigError(
                "the recipients would not know who the message is from",
                where="no sender",
                hint="Gateway(…, sender=…) or Rules(sender=…)",
            )
        self._press = Press(Base.from_blobs(self.ledger.base()))
        self._campaign, self._key = self.ledger.setting("campaign"), self.ledger.setting("key")
        place = self.state_folder or state_folder()
        remember_name(self._campaign, self.ledger.setting("name", ""), place)
        self._drawn = pictures_of(self.ledger.setting("store", ""))
        self._places = places_of(self.ledger)
        self._test_rows: int = self.ledger.setting("test_rows", 0)
        self._zones = self.ledger.zones()
        self._quiet = QuietHours.parse(self.rules.quiet)
        self._start, self._end = parse_span(self.rules.start, self.rules.end)
        self._pause_file = self.ledger.path.with_name(f"{self.ledger.path.name}.pause")
        self._pause_file.unlink(missing_ok=True)
        self._under_way: dict[Future[Outcome], Recipient] = {}
        self._unsent: list[Recipient] = []
        self._failures = 0
        self._failing_since = 0.0
        self._not_before = 0.0
        self._testing = self._test_rows > 0
        self._told_wait = ""
        started = [int(self.clock()), account_name(self.ledger, self.gateway)]
        self.ledger.set(runs=[*self.ledger.setting("runs", []), started])
        self.ledger.undo_future(int(self.clock()) + _FURTHEST_WAIT)

    def _open_allowance(self, path: Path) -> None:
        self._allowance_file, self._allowance = path, load_allowance(path)
        now = self.steady()
        self._bucket = Bucket(self.rules.rate, self._allowance.tokens, now)
        self._bucket.refill(now + max(0.0, self.clock() - self._allowance.at) if self._allowance.at else now)
        self._bucket.at = now

    def _save(self) -> None:
        self._allowance.tokens, self._allowance.at = self._bucket.tokens, self.clock()
        save_allowance(self._allowance_file, self._allowance)

    # -- the loop ---------------------------------------------------------------------------------

    def _loop(self, pool: ThreadPoolExecutor) -> Iterator[Delivery]:
        while self.ending is None:
            self._look_around()
            if self.ending is not None:
                return
            handed = self._hand_out(pool)
            pause = 0.0 if handed else self._pause()
            if self._under_way:
                yield from self._collect(min(pause, _TICK) if pause else _TICK)
            elif not handed and self.ending is None:
                self._tell_wait(self.waiting_for)
                self.stop.wait(min(max(pause, 0.001), _TICK))
            if handed and not self._failures:
                self._tell_wait("")

    def _tell_wait(self, what: str, *, goes_on: bool = True) -> None:
        """Report a wait once, and record it in the ledger for `status`."""
        if what != self._told_wait:
            self._told_wait = what
            self.ledger.set(waiting_for=what)
            if goes_on and self.heard is not None:
                self.heard(what)

    def _look_around(self) -> None:
        """End the run where somebody or the time says so."""
        if self.stop.is_set():
            self._finish(Ending.STOPPED, "stopped")
        elif self._pause_file.exists():
            self._finish(Ending.PAUSED, "paused by `mmspack campaign pause`")
        elif self._end is not None and self._now() >= self._end:
            self._finish(Ending.TIME_OVER, "the campaign's end time has passed")
        elif self._failures and self.steady() - self._failing_since > self.patience:
            self._finish(Ending.NO_CONNECTION, f"no connection for {self.patience:.0f} s")

    def _finish(self, ending: Ending, reason: str) -> None:
        if self.ending is None:
            self.ending, self.reason = ending, reason

    def _hand_out(self, pool: ThreadPoolExecutor) -> int:
        """Reserve what may be sent now, and give it to the senders; returns how many."""
        most = self._room()
        if most <= 0:
            return 0
        zones = open_zones(self._quiet, self._zones, self._now())
        tokens = self._bucket.take(self.steady(), most) if zones else 0
        if not tokens:
            return 0
        last_row = self._test_rows if self._testing else None
        taken = self.ledger.reserve(tokens, now=int(self.clock()), zones=zones, last_row=last_row)
        self._bucket.give_back(tokens - len(taken))
        self._unsent += taken
        if taken:
            self._allowance.count(self.clock(), len(taken))
            self._save()
        while self._unsent:
            recipient = self._unsent[0]
            future = pool.submit(self._send_one(recipient))
            self._under_way[future] = self._unsent.pop(0)
        return len(taken)

    def _room(self) -> int:
        """How many more may be reserved now, by connections, failures, start and the day's limit."""
        if self.steady() < self._not_before or (self._start is not None and self._now() < self._start):
            return 0
        room = (1 if self._failures else 2 * self.connections) - len(self._under_way)
        return min(room, BATCH, self._left())

    def _left(self) -> int:
        """How many the day's and the month's limits leave."""
        now, left = self.clock(), BATCH
        if self.rules.per_day:
            left = min(left, self.rules.per_day - self._allowance.today(now))
        if self.rules.per_month:
            left = min(left, self.rules.per_month - self._allowance.month(now))
        return left

    def _send_one(self, recipient: Recipient) -> Callable[[], Outcome]:
        """A call that sends the recipient's message. Raises where it is not the one that was checked."""
        pictures = self._pictures(recipient.row)
        merged = self._press.merge(recipient.fields, pictures)
        if pictures and merged.digest != recipient.digest:
            merged = self._press.merge(recipient.fields)  # the store is not trusted, only asked first
        if merged.digest != recipient.digest:
            raise InputError(
                "the message differs from the one that was checked during planning",
                where=f"row {recipient.row}",
                hint="plan the campaign again; nothing was sent to this recipient",
            )
        request = self.gateway.request(
            merged.bundle,
            to=str(recipient.msisdn),
            sender=self.rules.sender or None,
            subject=merged.bundle.subject,
            note=note_token(self._campaign, self._key, recipient.msisdn),
            deliveryreport=self.rules.deliveryreport,
        )
        return lambda: self.gateway.deliver(request)

    def _pictures(self, row: int) -> dict[int, bytes] | None:
        """What a cluster has drawn for the row; None where it is to be drawn here."""
        media = self.ledger.media_of(row) if self._drawn is not None else ""
        return self._drawn.of(media, row) if self._drawn is not None and media else None

    # -- outcomes ---------------------------------------------------------------------------------

    def _collect(self, timeout: float | None) -> list[Delivery]:
        """Write down what has come back, all at once."""
        done, _ = wait(self._under_way, timeout=timeout, return_when=FIRST_COMPLETED)
        if not done:
            return []
        found = [(self._under_way.pop(future), future.result()) for future in done]
        settled = [self._judge(recipient, outcome) for recipient, outcome in found]
        self.ledger.settle(settled)
        return [
            Delivery(
                row=recipient.row,
                table=self._places(recipient.row)[0],
                line=self._places(recipient.row)[1],
                to=recipient.msisdn,
                state=after(State.RESERVED, done.event),
                outcome=outcome,
            )
            for (recipient, outcome), done in zip(found, settled, strict=True)
        ]

    def _judge(self, recipient: Recipient, outcome: Outcome) -> Settled:
        """The outcome table, for a campaign."""
        event = _EVENTS.get(outcome.result) or (StateEvent.HOLD if outcome.hold else StateEvent.RETURN)
        tries, due = recipient.tries, 0
        if event is StateEvent.RETURN and outcome.retry:
            tries += 1
            due = int(self.clock() + _RETRY_SECONDS * 2 ** (tries - 1) * (0.5 + self.jitter()))
            event = StateEvent.REJECT if tries >= MAX_TRIES else event
        self._heed(outcome, event)
        if event is StateEvent.RETURN:
            self._allowance.count(self.clock(), -1)
        return Settled(
            row=recipient.row,
            event=event,
            id=outcome.id if event is StateEvent.ACCEPT else None,
            code=outcome.code,
            sha256=outcome.bundle_sha256,
            why="" if event is StateEvent.ACCEPT else outcome.summary[:200],
            due=due,
            tries=tries,
        )

    def _heed(self, outcome: Outcome, event: StateEvent) -> None:
        """What an outcome means for the run."""
        if outcome.ends_run:
            self._finish(Ending.REDIRECTED, f"{outcome.summary}. {outcome.advice}")
        elif outcome.result is Result.ACCOUNT_STOPPED:
            self._finish(Ending.ACCOUNT_STOPPED, f"{outcome.summary}. {outcome.advice}")
        elif outcome.result is Result.ACCOUNT_PAUSED:
            self._finish(Ending.ACCOUNT_PAUSED, f"{outcome.summary}. {outcome.advice}")
        elif outcome.result is Result.NOT_SENT and not outcome.retry:
            now = self.steady()
            if not self._failures:
                self._failing_since = now
            # What was in progress together fails together: it is one failure, and doubles the pause once.
            if not self._failures or now >= self._not_before:
                self._failures += 1
                pause = self.backoff * 2 ** min(self._failures - 1, 12)
                self._not_before = now + min(_LONGEST_PAUSE, pause)
            self.waiting_for = f"a connection ({outcome.summary})"
            return
        self._failures, self.waiting_for = 0, ""
        if self.ending is None and (why := self.breaker.see(event)):
            self._finish(Ending.BREAKER, why)

    def _return_unsent(self) -> None:
        """What was reserved and never given to a connection goes back into the queue."""
        back = [Settled(one.row, StateEvent.RETURN, tries=one.tries) for one in self._unsent]
        self._unsent.clear()
        self._allowance.count(self.clock(), -len(back))
        self.ledger.settle(back)

    # -- waiting ----------------------------------------------------------------------------------

    def _pause(self) -> float:
        """Seconds until something may be sent again; ends the run where no recipient is waiting."""
        now, steady = self._now(), self.steady()
        if self._start is not None and now < self._start:
            return self._wait_for(
                f"its start ({self._start:%Y-%m-%d %H:%M} UTC)", (self._start - now).total_seconds()
            )
        if steady < self._not_before:
            return self._not_before - steady
        if self._left() <= 0:
            return self._wait_for("the next day or month (limit reached)", _LONGEST_PAUSE)
        waiting = self._waiting()
        if not waiting:
            if not self._under_way:
                self._phase_over()
            return _TICK
        zones = [zone for zone in open_zones(self._quiet, self._zones, now) if zone in waiting]
        if not zones:
            opening = next_opening(self._quiet, [self._zones[zone] for zone in waiting], now)
            return self._wait_for(
                f"the end of quiet hours ({opening:%H:%M} UTC)" if opening else "quiet hours", _TICK
            )
        due = min(waiting[zone] for zone in zones)
        if due > self.clock() + _FURTHEST_WAIT:  # no retry waits so long: the clock has been set back
            self.ledger.undo_future(int(self.clock()) + _FURTHEST_WAIT)
            due = 0
        self.waiting_for = ""
        return max(due - self.clock(), self._bucket.wait(steady), 0.0)

    def _wait_for(self, what: str, seconds: float) -> float:
        self.waiting_for = what
        return seconds

    def _waiting(self) -> dict[int, int]:
        """When the first waiting recipient of each zone set is due."""
        last_row = self._test_rows if self._testing else None
        found = ((zone, self.ledger.next_due([zone], last_row=last_row)) for zone in self._zones)
        return {zone: due for zone, due in found if due is not None}

    def _phase_over(self) -> None:
        if not self._testing:
            self._finish(Ending.DONE, "all recipients have been processed")
            return
        counts = self.ledger.counts(last_row=self._test_rows)
        bad = counts[State.REJECTED] + counts[State.HELD]
        self._testing = False
        if bad and not self.past_test:
            self._finish(Ending.TEST_GROUP, f"{bad} of the test group were not accepted")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


_EVENTS = {
    Result.ACCEPTED: StateEvent.ACCEPT,
    Result.REJECTED: StateEvent.REJECT,
    Result.UNKNOWN: StateEvent.HOLD,
}
