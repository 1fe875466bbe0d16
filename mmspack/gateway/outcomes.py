"""Reading a gateway's answer: what was observed in, what it means out. Pure, and one table.

There is no idempotency key, so the table errs to one side only: whatever may have been accepted is
`hold` and never `retry`. The first row of `TABLE` that applies decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mmspack.errors import (
    AccountPaused,
    AccountStopped,
    NotSent,
    OutcomeUnknown,
    Rejected,
    SendError,
)
from mmspack.gateway.codes import CODES, Code, code_of
from mmspack.model import Outcome, Receipt, Result

MAX_ANSWER = 64 * 1024
"""Bytes of an answer that are read; a longer one holds no id."""

_MAX_REASON = 200
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+/=-]{0,127}")
_CODE = re.compile(r"[0-9]{1,6}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All that the uploader saw of one request."""

    whole: bool
    """The request went out to its last byte, so that the gateway may have acted on it."""
    status: int | None = None
    """HTTP status, or None when no answer began."""
    body: bytes = b""
    complete: bool = False
    """The answer's body arrived to its end."""
    location: str = ""
    """Where a redirect pointed, without query."""
    fault: str = ""
    """What broke the exchange off, as a phrase for a person; empty when nothing did."""

    @property
    def id(self) -> str | None:
        """The id that an intact 200 carries, or None where the body is no plain id."""
        if self.status != 200 or not self.complete:
            return None
        text = self.body.decode("ascii", "replace").strip(" \t\r\n")
        return text if _ID.fullmatch(text) else None

    @property
    def lines(self) -> list[str]:
        """The answer's lines, cleaned for display."""
        text = self.body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
        return [" ".join(_UNSAFE.sub(" ", line).split()) for line in re.split(r"[\r\n]", text)]

    @property
    def reason(self) -> str:
        """Line 1 of the answer, at most 200 characters."""
        return self.lines[0][:_MAX_REASON]

    @property
    def number(self) -> int | None:
        """The code in line 2 of an intact 403, or None. A cut-off answer is never read: 15 becomes 1."""
        if self.status != 403 or not self.complete or len(self.lines) < 2:
            return None
        return int(self.lines[1]) if _CODE.fullmatch(self.lines[1]) else None

    @property
    def code(self) -> Code:
        """What the 403 means."""
        return code_of(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an answer means for the recipient and for the account."""

    result: Result
    summary: str
    advice: str
    retry: bool = False
    hold: bool = False
    pause: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outcome table."""

    name: str
    applies: Callable[[Observed], bool]
    judge: Callable[[Observed], Verdict]


_SAFE = "Nothing was sent; it is safe to run it again."
_HELD = (
    "Do not send it again before the operator's billing record or a delivery report shows "
    "that it did not arrive."
)
_ADDRESS = "Check the gateway's address in the configuration."


def _between(low: int, high: int) -> Callable[[Observed], bool]:
    return lambda seen: seen.status is not None and low <= seen.status <= high


def _accepted(seen: Observed) -> Verdict:
    return Verdict(result=Result.ACCEPTED, summary=f"accepted with id {seen.id}", advice="")


def _not_out(seen: Observed) -> Verdict:
    return Verdict(result=Result.NOT_SENT, summary=f"not sent: {seen.fault or 'interrupted'}", advice=_SAFE)


def _no_answer(seen: Observed) -> Verdict:
    summary = f"unknown: the message went out whole, and then: {seen.fault or 'no answer came'}"
    return Verdict(result=Result.UNKNOWN, summary=summary, advice=_HELD, hold=True)


def _refused(seen: Observed) -> Verdict:
    code = seen.code
    number = f"code {seen.number}" if seen.number is not None else "no code"
    documented = seen.number is None or seen.number in CODES
    meaning = code.meaning if documented else "not a code that the gateway documents"
    said = f"refused with {number}"
    if seen.number is not None:
        said += f": {meaning}"
    if seen.reason:
        said += f' (the gateway says "{seen.reason}")'
    return Verdict(
        result=code.result,
        summary=said,
        advice=code.advice,
        retry=code.retry,
        hold=code.hold,
        pause=code.pause,
    )


def _redirected(seen: Observed) -> Verdict:
    to = f" to {seen.location}" if seen.location else ""
    return Verdict(
        result=Result.ACCOUNT_STOPPED,
        summary=f"the gateway answered with a redirect (HTTP {seen.status}){to}, which is not followed",
        advice=_ADDRESS + " A redirect would post the password to wherever it points.",
        hold=seen.whole and seen.status not in (307, 308),
    )


def _bad_request(seen: Observed) -> Verdict:
    return Verdict(
        result=Result.ACCOUNT_STOPPED,
        summary=f"the gateway answered HTTP {seen.status}, which SendMMS does not document",
        advice=_ADDRESS,
        hold=seen.whole,
    )


def _early(seen: Observed) -> Verdict:
    summary = f"not sent: the gateway answered HTTP {seen.status} before it had the whole message"
    return Verdict(result=Result.NOT_SENT, summary=summary, advice=_SAFE)


def _odd(seen: Observed) -> Verdict:
    if seen.status != 200:
        what = f"the gateway answered HTTP {seen.status}"
    elif seen.id is not None:
        what = "the gateway answered with an id before it had the whole message"
    elif not seen.complete:
        what = f"the gateway's answer was cut off ({seen.fault or 'too long'})"
    else:
        what = "the gateway answered 200 without an id"
    return Verdict(result=Result.UNKNOWN, summary=f"unknown: {what}", advice=_HELD, hold=True)


TABLE: tuple[Row, ...] = (
    Row("the request never went out whole", lambda seen: seen.status is None and not seen.whole, _not_out),
    Row("it went out, and no answer came", lambda seen: seen.status is None, _no_answer),
    Row("200 with a plain id", lambda seen: seen.whole and seen.id is not None, _accepted),
    Row("403", _between(403, 403), _refused),
    Row("3xx", _between(300, 399), _redirected),
    Row("429 or 5xx before the request was out", lambda seen: not seen.whole and _is_busy(seen), _early),
    Row("another 4xx", lambda seen: _between(400, 499)(seen) and not _is_busy(seen), _bad_request),
    Row("anything else", lambda _: True, _odd),
)


def _is_busy(seen: Observed) -> bool:
    return seen.status is not None and (seen.status == 429 or 500 <= seen.status <= 599)


def classify(seen: Observed) -> Verdict:
    """What `seen` means."""
    return next(row for row in TABLE if row.applies(seen)).judge(seen)


_ERRORS: dict[Result, type[SendError]] = {
    Result.REJECTED: Rejected,
    Result.NOT_SENT: NotSent,
    Result.ACCOUNT_STOPPED: AccountStopped,
    Result.ACCOUNT_PAUSED: AccountPaused,
    Result.UNKNOWN: OutcomeUnknown,
}


def receipt_or_raise(outcome: Outcome) -> Receipt:
    """The receipt of an accepted message; the `SendError` of every other outcome is raised."""
    if outcome.result is Result.ACCEPTED and outcome.id is not None:
        return Receipt(
            id=outcome.id,
            to=outcome.to,
            gateway=outcome.gateway,
            bundle_sha256=outcome.bundle_sha256,
            sandbox=outcome.sandbox,
        )
    raise error_of(outcome)


def error_of(outcome: Outcome) -> SendError:
    """The exception that stands for an outcome other than ACCEPTED."""
    return _ERRORS[outcome.result](outcome)
