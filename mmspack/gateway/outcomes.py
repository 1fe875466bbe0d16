"""Outcomes as receipts and as errors."""

from __future__ import annotations

from mmspack.errors import (
    AccountPaused,
    AccountStopped,
    Misconfigured,
    NotSent,
    OutcomeUnknown,
    Rejected,
    SendError,
)
from mmspack.outcome import Outcome, Receipt, Result

_ERRORS: dict[Result, type[SendError]] = {
    Result.REJECTED: Rejected,
    Result.NOT_SENT: NotSent,
    Result.ACCOUNT_STOPPED: AccountStopped,
    Result.ACCOUNT_PAUSED: AccountPaused,
    Result.UNKNOWN: OutcomeUnknown,
    Result.MISCONFIGURED: Misconfigured,
}


def receipt_or_raise(outcome: Outcome) -> Receipt:
    """The receipt of an accepted message; the `SendError` of every other outcome is raised."""
    if outcome.result is Result.ACCEPTED and outcome.id is not None:
        return Receipt(
            id=outcome.id,
            to=outcome.to,
            gateway=outcome.gateway,
            bundle_sha256=outcome.bundle_sha256,
            warnings=outcome.warnings,
            sandbox=outcome.sandbox,
        )
    raise error_of(outcome)


def outcome_of(error: BaseException) -> Outcome | None:
    """What is known of the message that was being sent when `error` ended it; None for any other error.

    It may be a `SendError`, `SendInterrupted` (Ctrl-C), the `CancelledError` of a cancelled task, or what
    was raised from one of them, such as the `TimeoutError` of `asyncio.timeout`.
    """
    cause: BaseException | None = error
    while cause is not None:
        found = getattr(cause, "outcome", None)
        if isinstance(found, Outcome):
            return found
        cause = cause.__cause__ or cause.__context__
    return None


def error_of(outcome: Outcome) -> SendError:
    """The exception that stands for an outcome other than ACCEPTED."""
    return _ERRORS[outcome.result](outcome)
