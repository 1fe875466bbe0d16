"""What a run of a campaign hands over: each recipient's outcome, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mmspack.campaign.ledger.states import State
from mmspack.outcome import Outcome


class Ending(StrEnum):
    """Why a run ended."""

    DONE = "done"
    """All recipients have been processed."""
    STOPPED = "stopped"
    """The caller asked for it."""
    PAUSED = "paused"
    """`pause` asked for it."""
    BREAKER = "breaker"
    """Refusals or unknown outcomes climbed."""
    ACCOUNT_STOPPED = "account-stopped"
    ACCOUNT_PAUSED = "account-paused"
    REDIRECTED = "redirected"
    """The gateway's address is wrong."""
    NO_CONNECTION = "no-connection"
    TEST_GROUP = "test-group"
    """The test group was not accepted as a whole."""
    TIME_OVER = "time-over"
    """The campaign's end has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The outcome for one recipient."""

    row: int
    """Of the ledger."""
    table: str
    """The file's name, and the line in it, as the report has them."""
    line: int
    to: int
    state: State
    outcome: Outcome
