"""What can become of a recipient: the states, the events, and the one table of transitions. Pure.

The promise rests on this table: RESERVED is on the disk before a connection is used, what was reserved
and has no outcome becomes HELD, and only an operator's act or a proof leaves HELD.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import NamedTuple

from mmspack.errors import UsageError


class State(IntEnum):
    """The state of a recipient. The numbers are stored in the ledger's file.

    They begin at 2: SQLite keeps 0 and 1 in no byte at all, so that a row would grow when its state changes.
    """

    PLANNED = 2
    """Read and normalised; its message has not been built yet."""
    BUILT = 3
    """Its message was built and checked: it waits to be sent."""
    RESERVED = 4
    """A sender has it, on the disk, before a connection is used."""
    ACCEPTED = 5
    """The gateway gave it an id."""
    REJECTED = 6
    """The gateway refused it for good."""
    HELD = 7
    """It may have been accepted: it is not sent again until an operator has cleared it."""
    DROPPED = 8
    """An operator gave up on it."""
    SUPPRESSED = 9
    """It was found on the suppression list when it was about to be sent."""
    UNFIT = 10
    """Its message could not be built, or broke a rule."""


class StateEvent(Enum):
    """What happens to a recipient."""

    BUILD = "build"
    SPOIL = "spoil"
    RESERVE = "reserve"
    SUPPRESS = "suppress"
    ACCEPT = "accept"
    REJECT = "reject"
    HOLD = "hold"
    RETURN = "return"
    """Certainly not sent: back into the queue."""
    CRASH = "crash"
    """The sender ended without an outcome."""
    RESEND = "resend"
    DROP = "drop"
    PROVE_ACCEPTED = "prove-accepted"
    PROVE_NOT_SENT = "prove-not-sent"


TRANSITIONS: dict[tuple[State, StateEvent], State] = {
    (State.PLANNED, StateEvent.BUILD): State.BUILT,
    (State.PLANNED, StateEvent.SPOIL): State.UNFIT,
    (State.BUILT, StateEvent.RESERVE): State.RESERVED,
    (State.BUILT, StateEvent.SUPPRESS): State.SUPPRESSED,
    (State.RESERVED, StateEvent.ACCEPT): State.ACCEPTED,
    (State.RESERVED, StateEvent.REJECT): State.REJECTED,
    (State.RESERVED, StateEvent.HOLD): State.HELD,
    (State.RESERVED, StateEvent.RETURN): State.BUILT,
    (State.RESERVED, StateEvent.CRASH): State.HELD,
    (State.HELD, StateEvent.RESEND): State.BUILT,
    (State.HELD, StateEvent.DROP): State.DROPPED,
    (State.HELD, StateEvent.PROVE_ACCEPTED): State.ACCEPTED,
    (State.HELD, StateEvent.PROVE_NOT_SENT): State.BUILT,
    (State.REJECTED, StateEvent.RESEND): State.BUILT,
}

OPEN = (State.PLANNED, State.BUILT, State.RESERVED)
"""The states that a run still has to end."""


ANSWERED = (State.RESERVED, State.ACCEPTED, State.REJECTED, State.HELD, State.DROPPED)
"""The states behind which there is a request that the count of those sent back for another try leaves out."""


def after(state: State, event: StateEvent) -> State:
    """The state that `event` leads to. Raises `UsageError` where it may not happen."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise UsageError(f"a recipient that is {state.name.lower()} cannot {event.value}") from None


def sources(event: StateEvent) -> tuple[State, ...]:
    """The states in which `event` may happen."""
    return tuple(state for state, known in TRANSITIONS if known is event)


class Recipient(NamedTuple):
    """One recipient as a sender needs it."""

    row: int
    msisdn: int
    digest: bytes
    fields: tuple[object, ...]
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """An event with what is known of it, for one reserved or held recipient."""

    row: int
    event: StateEvent
    id: str | None = None
    code: int | None = None
    sha256: str = ""
    why: str = ""
    due: int = 0
    """Not before this time (seconds since 1970), for what goes back into the queue."""
    tries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRecord:
    """What is known about one recipient."""

    row: int
    msisdn: int
    state: State
    at: int | None = None
    """Seconds since 1970."""
    code: int | None = None
    id: str | None = None
    sha256: str = ""
    why: str = ""
    tries: int = 0
    """Requests that were answered, or may have been, since it last was put into the queue."""

    is_sendable: bool = True
    """False where the message that was checked was lost in a damaged file."""

    @property
    def is_known(self) -> bool:
        """Whether there is a number: one that damage has changed is not kept, and nothing is sent to it."""
        return self.msisdn > 0
