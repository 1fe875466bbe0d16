"""Reading an answer of MM7: a status in a SOAP body, whatever the HTTP status it comes with."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from mmspack.errors import InputError
from mmspack.gateway.mime import parse_type, read_multipart
from mmspack.gateway.mm7.codes import status_of
from mmspack.gateway.mm7.soap import read_soap
from mmspack.gateway.observed import Observed, Verdict, quoted
from mmspack.gateway.rows import (
    ADDRESS,
    HELD,
    SAFE,
    Row,
    complained,
    complains,
    early,
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

_LONGEST_ID = 256
_BEFORE = {Result.UNKNOWN: "outcome unknown: ", Result.NOT_SENT: "not sent: "}
_ADVICE = {
    Result.REJECTED: "Correct the message or the settings; as it is, it will be refused every time.",
    Result.UNKNOWN: HELD,
    Result.NOT_SENT: SAFE,
    Result.ACCOUNT_STOPPED: "Check login, VASPID and VASID; every request would be refused.",
}


@dataclass(frozen=True, slots=True)
class MM7Answer:
    """What an answer says."""

    kind: str
    number: int | None
    words: str
    id: str
    fault: str
    """The code of a SOAP fault without its prefix: `Client`, `Client.Authentication`; else empty."""


def read_answer(seen: Observed) -> MM7Answer | None:
    """The answer of MM7 that an intact body holds, or None."""
    return _read(seen.body, seen.type) if seen.complete else None


@functools.lru_cache(maxsize=8)
def _read(body: bytes, type_: str) -> MM7Answer | None:
    try:
        # Pages made of a template begin with blank lines, before which XML allows no declaration.
        soap = read_soap(_envelope(body, type_).lstrip())
    except InputError:
        return None
    number = soap.text("StatusCode")
    fault = soap.text("faultcode").rpartition(":")[2] if soap.kind == "Fault" else ""
    words = [soap.text("StatusText") or soap.text("faultstring"), soap.text("Details")]
    identifier = soap.text("MessageID")
    return MM7Answer(
        kind=soap.kind,
        number=int(number) if number.isascii() and number.isdigit() and len(number) == 4 else None,
        words=": ".join(word for word in words if word),
        id=identifier if 0 < len(identifier) <= _LONGEST_ID and identifier.isprintable() else "",
        fault=fault,
    )


def _envelope(body: bytes, type_: str) -> bytes:
    """The envelope alone: some answer with attachments where there are none."""
    if not type_.lstrip().lower().startswith("multipart/"):
        return body
    _, options = parse_type(type_)
    if "boundary" not in options:
        return body
    pieces = read_multipart(body, options["boundary"])
    return pieces[0].data if pieces else b""


def _has_status(seen: Observed) -> bool:
    answer = read_answer(seen)
    return answer is not None and answer.number is not None and status_of(answer.number) is not None


def _is_client_fault(seen: Observed) -> bool:
    answer = read_answer(seen)
    # What is after a dot is more of the same (SOAP 1.1, 4.4.1).
    general = answer.fault.partition(".")[0] if answer is not None else ""
    return general in ("Client", "VersionMismatch", "MustUnderstand")


def _is_login_fault(seen: Observed) -> bool:
    answer = read_answer(seen)
    return answer is not None and answer.fault == "Client.Authentication"


def _wants_login(seen: Observed) -> bool:
    return seen.status == 401


def _by_status(seen: Observed) -> Verdict:
    answer = read_answer(seen)
    assert answer is not None and answer.number is not None  # noqa: PT018, S101 - the row's own condition
    status = status_of(answer.number)
    assert status is not None  # noqa: S101
    if status.result is Result.ACCEPTED:
        return _success(seen, answer)
    reason = quoted(seen, answer.words)
    what = f"status {answer.number}: {status.name}"
    said = f' (the gateway says "{reason}")' if reason and reason.lower() != status.name else ""
    before = _BEFORE.get(status.result, "refused with ")
    return Verdict(
        result=status.result,
        summary=f"{before}{what}{said}",
        advice=_ADVICE[status.result],
        retry=status.retry,
        hold=status.hold,
        code=answer.number,
        reason=reason,
    )


def _success(seen: Observed, answer: MM7Answer) -> Verdict:
    if answer.id and seen.whole and answer.kind == "SubmitRsp":
        return Verdict(
            result=Result.ACCEPTED, summary=f"accepted with id {answer.id}", advice="", id=answer.id
        )
    why = "before it had received the whole message" if not seen.whole else "without a message id"
    return Verdict(
        result=Result.UNKNOWN,
        summary=f"outcome unknown: the gateway answered success {why}",
        advice=HELD,
        hold=True,
    )


def _said(reason: str) -> str:
    return f' (the gateway says "{reason}")' if reason else ""


def _unknown_login(seen: Observed) -> Verdict:
    answer = read_answer(seen)
    reason = quoted(seen, answer.words if answer else "")
    return Verdict(
        result=Result.ACCOUNT_STOPPED,
        summary=f"refused: the gateway did not take the login{_said(reason)}",
        advice=_ADVICE[Result.ACCOUNT_STOPPED],
        reason=reason,
    )


def _faulty(seen: Observed) -> Verdict:
    answer = read_answer(seen)
    reason = quoted(seen, answer.words if answer else "")
    return Verdict(
        result=Result.REJECTED,
        summary=f"refused: the gateway found the request faulty{_said(reason)}",
        advice="Check version, namespace and prefix in the account's settings.",
        reason=reason,
    )


def _no_login(_seen: Observed) -> Verdict:
    return Verdict(
        result=Result.ACCOUNT_STOPPED,
        summary="refused: the gateway answered HTTP 401: user or password incorrect",
        advice="Correct the account's user or password; every request would be refused like this one.",
    )


TABLE: tuple[Row, ...] = (
    Row("the request was never sent completely", never_went_out, not_out),
    Row("it was sent, but no answer arrived", stayed_silent, no_answer),
    Row("3xx", redirects, redirected),
    Row("a status of MM7, with any HTTP status", _has_status, _by_status),
    Row("a fault of the login, without a status", _is_login_fault, _unknown_login),
    Row("a fault of ours, without a status", _is_client_fault, _faulty),
    Row("401", _wants_login, _no_login),
    Row("429 or 5xx before the request was out", is_busy_early, early),
    Row("another 4xx", complains, lambda seen: complained(seen, "MM7")),
    Row(
        "anything else",
        is_anything,
        lambda seen: odd(seen, f"the gateway answered HTTP {seen.status} without a status of MM7. {ADDRESS}"),
    ),
)


def classify(seen: Observed) -> Verdict:
    """What `seen` means."""
    return judged(TABLE, seen)
