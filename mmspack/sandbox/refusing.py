"""Why the sandbox refuses a request, in words that each door has codes of its own for."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Reasons that are the same at every door."""

    LOGIN = "user or password incorrect"
    ADDRESS = "this address may not send"
    NO_MMS = "MMS is not allowed for this user"
    DAY = "the account's messages of a day are used up"
    MONTH = "the account's messages of a month are used up"
    CREDIT = "the account's credit is used up"
    CONTENT = "the message cannot be taken"


class Refused(Exception):
    """`why` is a common reason, or a number of the door's own; `reason` is what the answer says of it."""

    def __init__(self, why: Why | int, reason: str = "") -> None:
        self.why = why
        self.reason = reason
        super().__init__(f"{why}: {reason}" if reason else str(why))
