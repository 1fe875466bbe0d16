"""What became of a send: the ground on which errors and the model both stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mmspack.words import printable


class Result(StrEnum):
    """The outcomes of a send (`delivery.md`, the table)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not-sent"
    UNKNOWN = "unknown"
    ACCOUNT_STOPPED = "account-stopped"
    ACCOUNT_PAUSED = "account-paused"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that is known after a send. It never holds the password.

    What the gateway said is cleaned here, since every door makes one of these: terminals, ledgers, reports
    and pages get no control characters, nor those that change the direction of text.
    """

    result: Result
    summary: str
    """What happened, in one sentence."""
    advice: str = ""
    """What to do next."""
    to: str = ""
    gateway: str = ""
    """The gateway's name or address, without a query."""
    id: str | None = None
    """The id that the gateway gave to the accepted message."""
    reference: str = ""
    """What the account called the request, where the door takes such a name; else empty."""
    code: int | None = None
    """The gateway's own number for a refusal: of SendMMS, that of a 403."""
    retry: bool = False
    """The gateway did not take it and asks for another try, which is safe."""
    reason: str = ""
    """The gateway's own words, at most 200 characters, control characters removed."""
    hold: bool = False
    """The recipient may have been sent to: never send again before a person has cleared it."""
    ends_run: bool = False
    """The address is wrong, whatever became of this message: a campaign ends."""
    pause: str = ""
    """What lifts ACCOUNT_PAUSED: `next-day`, `next-month` or `top-up`; empty for the others."""
    http_status: int | None = None
    attempts: int = 1
    bundle_sha256: str = ""
    warnings: tuple[str, ...] = ()
    """What the door left out of the message or may not take, and what looks wrong about a number."""
    sandbox: bool = False
    """True when the embedded sandbox took it, and nothing left the machine."""

    def __post_init__(self) -> None:
        for name in ("summary", "advice", "id", "reason"):
            said = getattr(self, name)
            if said and not said.isprintable():
                object.__setattr__(self, name, printable(said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Evidence of an accepted message."""

    id: str
    to: str
    gateway: str
    bundle_sha256: str
    warnings: tuple[str, ...] = ()
    """As in `Outcome`."""
    sandbox: bool = False
