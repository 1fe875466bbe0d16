"""The numeric codes of a 403, declared once: the uploader reads them, the sandbox answers with them.

The meanings are the gateway's own (the SendMMS document, "Response to requests"). Codes 7, 16, 17 and
everything above 18 are undocumented and may arrive all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.outcome import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What one numeric code of a 403 means, and what follows from it."""

    number: int
    name: str
    """Short name for configuration, such as `bad-login`."""
    meaning: str
    """The documented meaning."""
    result: Result
    advice: str
    """What a person does next."""
    retry: bool = False
    """The gateway asks for another try."""
    hold: bool = False
    """Whether it was accepted is not certain: the recipient is not sent to again."""
    pause: str = ""
    """What lifts the pause: `next-day`, `next-month`, `top-up`."""


_REPORT = "Report it to the gateway's operator; do not send to this recipient again until they have answered."
_FIX = "Correct the request before sending it again; unchanged, it will be refused every time."

CODES: dict[int, Code] = {
    code.number: code
    for code in (
        Code(
            number=1,
            name="configuration",
            meaning="a configuration error has occurred",
            result=Result.ACCOUNT_STOPPED,
            advice=_REPORT,
            hold=True,
        ),
        Code(
            number=2,
            name="try-again",
            meaning="an error occurred while processing the request",
            result=Result.NOT_SENT,
            advice="It is safe to try again later.",
            retry=True,
        ),
        Code(
            number=3,
            name="no-contact",
            meaning="the gateway could not contact its server",
            result=Result.NOT_SENT,
            advice="It is safe to try again later.",
            retry=True,
        ),
        Code(
            number=4,
            name="missing-parameter",
            meaning="a parameter is missing from the request",
            result=Result.REJECTED,
            advice=_FIX,
        ),
        Code(
            number=5,
            name="bad-parameter",
            meaning="error in the request's parameters",
            result=Result.REJECTED,
            advice=_FIX,
        ),
        Code(
            number=6,
            name="database",
            meaning="a database error (SQLException) has occurred",
            result=Result.ACCOUNT_STOPPED,
            advice=_REPORT,
            hold=True,
        ),
        Code(
            number=8,
            name="bad-login",
            meaning="username or password incorrect",
            result=Result.ACCOUNT_STOPPED,
            advice="Correct the account's user or password; every request would be refused like this one.",
        ),
        Code(
            number=9,
            name="day-limit",
            meaning="the account's maximum of requests per day is reached",
            result=Result.ACCOUNT_PAUSED,
            advice="Send again tomorrow, or ask the operator for a higher limit.",
            pause="next-day",
        ),
        Code(
            number=10,
            name="month-limit",
            meaning="the account's maximum of requests per month is reached",
            result=Result.ACCOUNT_PAUSED,
            advice="Send again next month, or ask the operator for a higher limit.",
            pause="next-month",
        ),
        Code(
            number=11,
            name="mms-not-allowed",
            meaning="MMS is not allowed for this user",
            result=Result.ACCOUNT_STOPPED,
            advice="Ask the operator to enable MMS for the account.",
        ),
        Code(
            number=12,
            name="ip-not-allowed",
            meaning="this IP address is not allowed",
            result=Result.ACCOUNT_STOPPED,
            advice="Ask the operator to allow the address that this machine sends from.",
        ),
        Code(
            number=13,
            name="internal",
            meaning="an internal error has occurred",
            result=Result.ACCOUNT_STOPPED,
            advice=_REPORT,
            hold=True,
        ),
        Code(
            number=14,
            name="duplicates",
            meaning="the destination fields contain duplicates",
            result=Result.REJECTED,
            advice=_FIX,
        ),
        Code(
            number=15,
            name="credit",
            meaning="the prepay credit limit is exceeded",
            result=Result.ACCOUNT_PAUSED,
            advice="Top up the account, then send again.",
            pause="top-up",
        ),
        Code(
            number=18,
            name="bad-from",
            meaning="the from field has an invalid format",
            result=Result.REJECTED,
            advice="Give the sender as a phone number in international format, such as 447700900999.",
        ),
    )
}

UNDOCUMENTED = Code(
    number=0,
    name="undocumented",
    meaning="a code that the gateway does not document",
    result=Result.ACCOUNT_STOPPED,
    advice=_REPORT,
    hold=True,
)
"""Stands for every code that is not in `CODES`, and for a 403 without one."""


def code_of(number: int | None) -> Code:
    """The code of that number; `UNDOCUMENTED` for None and for numbers that no page explains."""
    return CODES.get(number, UNDOCUMENTED) if number is not None else UNDOCUMENTED
