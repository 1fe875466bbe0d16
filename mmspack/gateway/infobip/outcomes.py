"""Reading an answer of Infobip: a status of the message in a 200, or an `ApiError`."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmspack.gateway.observed import Observed, Verdict, quoted
from mmspack.gateway.rows import (
    RECIPIENT,
    Row,
    complained,
    complains,
    early,
    held_until,
    is_anything,
    is_busy_early,
    judged,
    never_went_out,
    no_answer,
    not_out,
    odd,
    redirected,
    redirects,
    stayed_silent,
)
from mmspack.outcome import Result

MAX_ID = 200
"""Characters of a `messageId` (the API's specification)."""
TAKEN = ("ACCEPTED", "PENDING", "DELIVERED")
REFUSED = ("REJECTED", "UNDELIVERABLE", "EXPIRED")
"""Groups of statuses."""
DUPLICATE = "REJECTED_DUPLICATE_MESSAGE_ID"
_BROKE = ("REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_PREPAID_PACKAGE_EXPIRED")
_SENDER = ("REJECTED_SENDER", "REJECTED_SOURCE")
_ERROR_CODE = re.compile(r"E?([0-9]{3})")
_ASK = held_until("Infobip")


@dataclass(frozen=True, slots=True)
class InfobipAnswer:
    """What an answer says."""

    id: str = ""
    group: str = ""
    status: str = ""
    number: int | None = None
    words: str = ""
    is_error: bool = False
    """It is an `ApiError`: the request was not taken."""


def read_answer(seen: Observed) -> InfobipAnswer:
    """What an intact body says; nothing where it is not a JSON object of the API."""
    return _read(seen.body) if seen.complete else InfobipAnswer()


@functools.lru_cache(maxsize=8)
def _read(body: bytes) -> InfobipAnswer:
    """Several rows of the table ask about one answer."""
    found = _object(body)
    messages = found.get("messages")
    if isinstance(messages, list) and len(messages) == 1 and isinstance(messages[0], dict):
        return _message(messages[0])
    if isinstance(found.get("errorCode"), str):
        match = _ERROR_CODE.fullmatch(found["errorCode"])
        return InfobipAnswer(number=int(match[1]) if match else None, words=_violations(found), is_error=True)
    inner = found.get("requestError")
    inner = inner.get("serviceException") if isinstance(inner, dict) else None
    if isinstance(inner, dict) and isinstance(inner.get("messageId"), str):
        return InfobipAnswer(words=f"{inner['messageId']}: {inner.get('text', '')}", is_error=True)
    return InfobipAnswer()


def read_object(seen: Observed) -> Mapping[str, Any]:
    """The JSON object of an intact body; an empty one where it is none."""
    return _object(seen.body) if seen.complete else {}


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _message(found: Mapping[str, Any]) -> InfobipAnswer:
    identifier, status = found.get("messageId"), found.get("status")
    status = status if isinstance(status, dict) else {}
    number = status.get("id")
    return InfobipAnswer(
        id=identifier if isinstance(identifier, str) and 0 < len(identifier) <= MAX_ID else "",
        group=str(status.get("groupName", "")),
        status=str(status.get("name", "")),
        number=number if type(number) is int and 0 <= number < 100_000 else None,
        words=str(status.get("description", "")),
    )


def _violations(found: Mapping[str, Any]) -> str:
    """The error's description, and the first of its violations."""
    words, violations = str(found.get("description", "")), found.get("violations")
    if isinstance(violations, list) and violations and isinstance(violations[0], dict):
        first = violations[0]
        words += f" {first.get('property', '')}: {first.get('violation', '')}"
    return words


def _is_taken(seen: Observed) -> bool:
    answer = read_answer(seen)
    return seen.whole and seen.status == 200 and answer.id != "" and answer.group in TAKEN


def _is_refused(seen: Observed) -> bool:
    answer = read_answer(seen)
    return seen.status == 200 and answer.group in REFUSED and answer.status != DUPLICATE


def _is_duplicate(seen: Observed) -> bool:
    return seen.status == 200 and read_answer(seen).status == DUPLICATE


def _is_error(seen: Observed) -> bool:
    return seen.status in (400, 401, 403) and read_answer(seen).is_error


def _wants_login(seen: Observed) -> bool:
    return seen.status == 401


def _accepted(seen: Observed) -> Verdict:
    answer = read_answer(seen)
    return Verdict(result=Result.ACCEPTED, summary=f"accepted with id {answer.id}", advice="", id=answer.id)


def _refused(seen: Observed) -> Verdict:
    answer = read_answer(seen)
    reason = quoted(seen, answer.words)
    result, advice, pause = (
        Result.REJECTED,
        "Correct the request; as it is, it will be refused every time.",
        "",
    )
    if answer.status in _BROKE:
        result, advice, pause = Result.ACCOUNT_PAUSED, "Top up the account, then send again.", "top-up"
    elif answer.status in _SENDER:
        result, advice = Result.ACCOUNT_STOPPED, "Correct the sender; every request would be refused."
    return Verdict(
        result=result,
        summary=f"refused with status {answer.number}: {quoted(seen, answer.status)} ({reason})",
        advice=advice,
        pause=pause,
        code=answer.number,
        reason=reason,
    )


def _duplicate(_seen: Observed) -> Verdict:
    """Proof that Infobip has a message of that name: this one is not sent again whatever it was."""
    return Verdict(
        result=Result.UNKNOWN,
        summary="outcome unknown: Infobip has a message of this id already",
        advice=_ASK,
        hold=True,
    )


def _erroneous(seen: Observed) -> Verdict:
    answer = read_answer(seen)
    reason = quoted(seen, answer.words)
    stops = seen.status in (401, 403)
    return Verdict(
        result=Result.ACCOUNT_STOPPED if stops else Result.REJECTED,
        summary=f"refused with HTTP {seen.status}" + (f' (Infobip says "{reason}")' if reason else ""),
        advice="Check the API key and what it may do." if stops else "Correct the request.",
        code=answer.number,
        reason=reason,
    )


def _no_login(_seen: Observed) -> Verdict:
    return Verdict(
        result=Result.ACCOUNT_STOPPED,
        summary="refused: Infobip answered HTTP 401: the API key is not valid",
        advice="Correct the account's password, which is the API key.",
    )


def _other(seen: Observed) -> Verdict:
    verdict = odd(seen, "Infobip answered 200 without a message and its status")
    return Verdict(result=verdict.result, summary=verdict.summary, advice=_ASK, hold=True)


def _silent(seen: Observed) -> Verdict:
    verdict = no_answer(seen)
    return Verdict(result=verdict.result, summary=verdict.summary, advice=_ASK + RECIPIENT, hold=True)


TABLE: tuple[Row, ...] = (
    Row("the request was never sent completely", never_went_out, not_out),
    Row("it was sent, but no answer arrived", stayed_silent, _silent),
    Row("200 with an id and a status that takes it", _is_taken, _accepted),
    Row("200 with a status that refuses it", _is_refused, _refused),
    Row("200 with a duplicate id", _is_duplicate, _duplicate),
    Row("3xx", redirects, redirected),
    Row("400, 401 or 403 with an error of the API", _is_error, _erroneous),
    Row("401", _wants_login, _no_login),
    Row("429 or 5xx before the request was out", is_busy_early, early),
    Row("another 4xx", complains, lambda seen: complained(seen, "Infobip")),
    Row("anything else", is_anything, _other),
)


def classify(seen: Observed) -> Verdict:
    """What `seen` means."""
    return judged(TABLE, seen)
