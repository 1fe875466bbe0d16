"""Twilio's error codes as far as they matter to a sender (its error dictionary, read in November 2026).

The door reads them, the sandbox answers them. A code that is not listed and comes with a 4xx was found in
the request before anything was sent, and refuses that recipient.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.outcome import Result


@dataclass(frozen=True, slots=True)
class Error:
    """One error code."""

    number: int
    status: int
    """HTTP."""
    meaning: str
    result: Result
    retry: bool = False
    pause: str = ""


_STOPPED, _PAUSED, _REJECTED = Result.ACCOUNT_STOPPED, Result.ACCOUNT_PAUSED, Result.REJECTED
ERRORS: dict[int, Error] = {
    error.number: error
    for error in (
        Error(20003, 401, "account SID or auth token incorrect", _STOPPED),
        Error(20005, 403, "the account is not active", _STOPPED),
        Error(20006, 403, "access denied", _STOPPED),
        Error(20008, 403, "not available with test credentials", _STOPPED),
        Error(20404, 404, "there is no such account or message", _STOPPED),
        Error(20429, 429, "too many requests at one time", Result.NOT_SENT, retry=True),
        Error(21211, 400, "the 'To' number is not valid", _REJECTED),
        Error(21212, 400, "the 'From' number is not valid", _STOPPED),
        Error(21408, 400, "no permission to send to this region", _REJECTED),
        Error(21602, 400, "a body or media is required", _REJECTED),
        Error(21603, 400, "a 'From' number is required", _STOPPED),
        Error(21606, 400, "the 'From' number cannot send messages", _STOPPED),
        Error(21608, 400, "a trial account sends to verified numbers alone", _REJECTED),
        Error(21610, 400, "the recipient has unsubscribed", _REJECTED),
        Error(21611, 429, "too many messages of this 'From' number are queued", Result.NOT_SENT, retry=True),
        Error(21612, 400, "this pair of 'To' and 'From' is not possible", _REJECTED),
        Error(21614, 400, "the 'To' number is not a mobile number", _REJECTED),
        Error(21617, 400, "the body is longer than 1,600 characters", _REJECTED),
        Error(21620, 400, "a media address is not valid", _REJECTED),
        Error(21623, 400, "too many media addresses", _REJECTED),
        Error(21659, 400, "the 'From' number is not one of the account's", _STOPPED),
        Error(21660, 400, "the 'From' number belongs to another account", _STOPPED),
        Error(21701, 400, "the messaging service does not exist", _STOPPED),
        Error(21703, 400, "the messaging service has no phone numbers", _STOPPED),
        Error(63038, 429, "the account's messages of a day are used up", _PAUSED, pause="next-day"),
    )
}
