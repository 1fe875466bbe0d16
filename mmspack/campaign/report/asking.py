"""Held recipients settled by the provider's own log: proved accepted, or proved never to have arrived."""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mmspack.bundle.bundle import Bundle
from mmspack.campaign.build.dask import pictures_of
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Press
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.states import RecipientRecord, Settled, State, StateEvent
from mmspack.campaign.planning.order import Rules
from mmspack.campaign.run.note_token import note_token
from mmspack.errors import UsageError
from mmspack.gateway import Gateway
from mmspack.gateway.door import Letter
from mmspack.gateway.inquiring import Fate, Memory, Trace

_SENDING_SECONDS = 900
"""No request is in progress for longer (`Timeouts`): what was held then was sent at most so long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a provider's log proved."""

    asked: int
    accepted: int
    """Held recipients whose message is there."""
    returned: int
    """Held recipients whose message never arrived: back in the queue."""
    held: int
    """Recipients who are still held."""
    later: int
    """Of these: not in the log, which has not had the time yet in which it would tell; ask again later."""


def ask(
    ledger: Ledger,
    gateway: Gateway,
    rules: Rules,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Asked:
    """Ask what became of every held recipient's message, and settle those of whom the log proves it.

    What is not in the log is returned to the queue only where it must be there by now, and where the log goes
    back far enough. Raises `UsageError` for a door that cannot be asked, and what `Gateway.inquire` raises;
    what was settled before stays settled.
    """
    memory = gateway.door.memory
    if memory is None:
        raise UsageError(
            f"{gateway.door.title} cannot be asked what became of a message",
            hint="`reconcile BILLING` settles held recipients by a billing record",
        )
    writer = _LetterMaker(ledger, gateway, rules, memory)
    runs = Runs(ledger, gateway)
    every = list(ledger.accounts(State.HELD))
    # Damage may have taken a number, or the message by which it would be found.
    held = iter([one for one in every if one.is_known and (one.is_sendable or not memory.needs_message)])
    asked = accepted = returned = later = 0
    with gateway.kept_open():
        while batch := list(islice(held, memory.at_once)):
            if asked:
                sleep(memory.pause)
            now = clock()
            since = [runs.since(one) for one in batch]
            found = gateway.inquire([writer.letter(one) for one in batch], since)
            settled = list(_settled(batch, found, memory, runs, now))
            ledger.settle(settled)
            asked += len(batch)
            accepted += sum(one.event is StateEvent.PROVE_ACCEPTED for one in settled)
            returned += sum(one.event is StateEvent.PROVE_NOT_SENT for one in settled)
            later += sum(
                one.fate is Fate.ABSENT and memory.settles_after > now - (account.at or 0)
                for account, one in zip(batch, found, strict=True)
            )
    left = len(every) - accepted - returned
    return Asked(asked=asked, accepted=accepted, returned=returned, held=left, later=later)


def _settled(
    batch: Sequence[RecipientRecord], found: Sequence[Trace], memory: Memory, runs: Runs, now: float
) -> Iterator[Settled]:
    """The steps that the log proves."""
    for account, one in zip(batch, found, strict=True):
        sent_after, sent_before = runs.span(account)
        if one.fate is Fate.ARRIVED:
            yield Settled(account.row, StateEvent.PROVE_ACCEPTED, id=one.id or None)
        elif (
            account.is_sendable
            and runs.went_here(account)
            and memory.proves_absence(sent_after=sent_after, sent_before=sent_before, now=now)
        ):
            yield Settled(account.row, StateEvent.PROVE_NOT_SENT)


class Runs:
    """The runs of a campaign: when each began, and through which account it sent."""

    def __init__(self, ledger: Ledger, gateway: Gateway) -> None:
        self._starts: list[tuple[float, str]] = sorted(
            (float(start), str(account)) for start, account in ledger.setting("runs", [])
        )
        self._account = account_name(ledger, gateway)

    def span(self, account: RecipientRecord) -> tuple[float, float]:
        """Between which times (seconds since 1970) the recipient's request went out, if it did.

        A recipient with a hash was held when its request ended. One without was found without an outcome, by
        whoever opened the ledger after a crash or damage, perhaps days later: its request may be as old as
        the campaign's first run.
        """
        at = float(account.at or 0)
        if not account.sha256:
            return (self._starts[0][0] if self._starts else 0.0), at
        return max(self._run(at)[0], at - _SENDING_SECONDS), at

    def since(self, account: RecipientRecord) -> float:
        """Before when the recipient's request cannot have gone out; of a run that is not known, never."""
        return self.span(account)[0] if self._accounts(account) != {""} else math.inf

    def went_here(self, account: RecipientRecord) -> bool:
        """Whether it was the account that is asked now: another one's log proves nothing by its silence."""
        return self._accounts(account) == {self._account}

    def _accounts(self, account: RecipientRecord) -> set[str]:
        """The accounts that the recipient's request may have gone through."""
        if account.sha256:
            return {self._run(float(account.at or 0))[1]}
        return {name for _, name in self._starts} or {""}

    def _run(self, at: float) -> tuple[float, str]:
        """The run in which a recipient was held at a time: there is one run at a time, by the lease."""
        return next((run for run in reversed(self._starts) if run[0] <= at), (0.0, ""))


def account_name(ledger: Ledger, gateway: Gateway) -> str:
    """What tells an account from others in this ledger, and says nothing to whoever has not its address."""
    said = f"{gateway.door.name}\0{gateway.url}\0{gateway.identity}"
    return hmac.new(bytes.fromhex(ledger.setting("key")), said.encode(), hashlib.sha256).hexdigest()[:16]


class _LetterMaker:
    """Makes the letters again by which a message is found."""

    def __init__(self, ledger: Ledger, gateway: Gateway, rules: Rules, memory: Memory) -> None:
        self._ledger = ledger
        self._gateway = gateway
        self._sender = rules.sender or None
        self._whole = memory.needs_message
        self._campaign, self._key = ledger.setting("campaign"), ledger.setting("key")
        self._press = Press(Base.from_blobs(ledger.base())) if self._whole else None
        self._drawn = pictures_of(ledger.setting("store", "")) if self._whole else None

    def letter(self, account: RecipientRecord) -> Letter:
        """The recipient's letter; without the message where its reference is enough."""
        note = note_token(self._campaign, self._key, account.msisdn)
        to = str(account.msisdn)
        if self._press is None:
            return self._gateway.letter(Bundle((), b""), to=to, sender=self._sender, note=note)
        _, fields = self._ledger.row(account.row)
        media = self._ledger.media_of(account.row) if self._drawn is not None else ""
        pictures = self._drawn.of(media, account.row) if self._drawn is not None and media else None
        bundle = self._press.merge(fields, pictures).bundle
        return self._gateway.letter(bundle, to=to, sender=self._sender, note=note, subject=bundle.subject)
