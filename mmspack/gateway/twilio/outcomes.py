"""Reading an answer of Twilio: a sid in a 201, or an error code in JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from mmspack.errors import InputError
from mmspack.gateway.observed import Observed, Verdict, quoted
from mmspack.gateway.rows import (
    HELD,
    SAFE,
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
from mmspack.gateway.twilio.codes import ERRORS, Error
from mmspack.outcome import Result

SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
"""The id of a message (the API's specification)."""
_ASK = held_until("Twilio")
_TRIAL = "Sent from your Twilio trial account"
"""What a trial account's texts begin with (Twilio's page on trial accounts)."""
_TELLING = 16
"""Letters that hardly end another text by chance."""
_ADVICE = {
    Result.REJECTED: "Correct the request; as it is, it will be refused every time.",
    Result.NOT_SENT: SAFE,
    Result.ACCOUNT_STOPPED: "Check the account's settings; every request would be refused like this one.",
    Result.ACCOUNT_PAUSED: "Send again tomorrow, or ask for a higher limit.",
}


@dataclass(frozen=True, slots=True)
class TwilioAnswer:
    """What an answer says."""

    sid: str = ""
    code: int | None = None
    words: str = ""


def read_answer(seen: Observed) -> TwilioAnswer:
    """What an intact body says; nothing where it is not a JSON object."""
    try:
        found = json.loads(seen.body) if seen.complete else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return TwilioAnswer()
    sid, code, words = found.get("sid"), found.get("code"), found.get("message")
    return TwilioAnswer(
        sid=sid if isinstance(sid, str) and SID.fullmatch(sid) else "",
        code=code if type(code) is int and 0 < code < 1_000_000 else None,
        words=words if isinstance(words, str) else "",
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A message in the account's list."""

    sid: str
    body: str
    media: int
    created: float
    """Seconds since 1970."""


def listed(seen: Observed) -> list[Listed]:
    """The messages of a whole list. Raises `InputError` for what is none, or is one page of several."""
    try:
        found = json.loads(seen.body) if seen.complete else None
    except (ValueError, RecursionError):
        found = None
    if seen.status != 200 or not isinstance(found, dict) or not isinstance(found.get("messages"), list):
        why = seen.fault or f"HTTP {seen.status} {read_answer(seen).words}".strip()
        raise InputError(f"the messages cannot be listed: {why}", where="twilio")
    if found.get("next_page_uri"):
        raise InputError("more messages to this recipient than one page lists", where="twilio")
    return [_listed(one) for one in found["messages"] if isinstance(one, dict)]


def is_same_text(body: str, text: str) -> bool:
    """Whether a listed body may be `text` as Twilio sent it.

    Twilio puts words before the texts of a trial account, and its "smart encoding" writes quotes, dashes and
    blanks in plainer characters. A message that is wrongly taken for another is not sent again; one that is
    missed goes to its recipient twice. So letters and digits alone decide.
    """
    found, own = _letters(body), _letters(text)
    if not own:
        return body.strip() in (text.strip(), f"{_TRIAL} - {text.strip()}".strip(), f"{_TRIAL} -")
    return found in (own, _letters(_TRIAL) + own) or (len(own) >= _TELLING and found.endswith(own))


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def _listed(found: dict[str, object]) -> Listed:
    media, sid = found.get("num_media"), found.get("sid")
    try:
        created = parsedate_to_datetime(str(found.get("date_created") or "")).timestamp()
    except ValueError:
        created = 0.0
    return Listed(
        sid=sid if isinstance(sid, str) else "",
        body=str(found.get("body") or ""),
        media=int(media) if isinstance(media, str) and media.isdecimal() else 0,
        created=created,
    )


def _has_sid(seen: Observed) -> bool:
    return seen.whole and seen.status in (200, 201) and read_answer(seen).sid != ""


def _has_code(seen: Observed) -> bool:
    return seen.status is not None and 400 <= seen.status <= 499 and read_answer(seen).code is not None


def _accepted(seen: Observed) -> Verdict:
    sid = read_answer(seen).sid
    return Verdict(result=Result.ACCEPTED, summary=f"accepted with id {sid}", advice="", id=sid)


def _refused(seen: Observed) -> Verdict:
    answer = read_answer(seen)
    number = answer.code or 0
    error = ERRORS.get(number) or _unlisted(number, seen.status or 0)
    reason = quoted(seen, answer.words)
    said = f' (Twilio says "{reason}")' if reason else ""
    before = "not sent: " if error.result is Result.NOT_SENT else "refused with "
    return Verdict(
        result=error.result,
        summary=f"{before}code {number}: {error.meaning}{said}",
        advice=_ADVICE[error.result],
        retry=error.retry,
        pause=error.pause,
        code=number,
        reason=reason,
    )


def _unlisted(number: int, status: int) -> Error:
    """A code that we do not list: at 401 and 403 it is about the account, else about the request."""
    stops = status in (401, 403, 404)
    result = Result.ACCOUNT_STOPPED if stops else Result.REJECTED
    return Error(number, status, "not a code that mmspack lists", result)


def _wants_login(seen: Observed) -> bool:
    return seen.status == 401


def _no_login(_seen: Observed) -> Verdict:
    return Verdict(
        result=Result.ACCOUNT_STOPPED,
        summary=f"refused: Twilio answered HTTP 401: {ERRORS[20003].meaning}",
        advice=_ADVICE[Result.ACCOUNT_STOPPED],
    )


TABLE: tuple[Row, ...] = (
    Row("the request was never sent completely", never_went_out, not_out),
    Row("it was sent, but no answer arrived", stayed_silent, no_answer),
    Row("200 or 201 with a sid", _has_sid, _accepted),
    Row("3xx", redirects, redirected),
    Row("4xx with a code", _has_code, _refused),
    Row("401", _wants_login, _no_login),
    Row("429 or 5xx before the request was out", is_busy_early, early),
    Row("another 4xx", complains, lambda seen: complained(seen, "Twilio")),
    Row(
        "anything else",
        is_anything,
        lambda seen: odd(seen, f"Twilio answered HTTP {seen.status} without an id"),
    ),
)


def classify(seen: Observed) -> Verdict:
    """What `seen` means. A 5xx may have been accepted whatever it says (code 20500)."""
    verdict = judged(TABLE, seen)
    if verdict.result is Result.UNKNOWN and verdict.advice == HELD:
        return replace(verdict, advice=_ASK)
    return verdict
