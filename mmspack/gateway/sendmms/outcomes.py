"""Reading a gateway's answer: what was observed in, what it means out. Pure, and one table.

There is no idempotency key, so the table errs on the safe side: whatever may have been accepted is
`hold` and never `retry`. The first row of `TABLE` that applies decides.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mmspack.gateway.observed import MAX_REASON, Observed, Verdict
from mmspack.gateway.rows import (
    ADDRESS,
    COMPLAINTS,
    HELD,
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
    redirected,
    redirects,
    stayed_silent,
)
from mmspack.gateway.sendmms.codes import CODES, code_of
from mmspack.outcome import Result
from mmspack.words import cleaned

_ID = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._:@+/=-]{0,127}")
"""A word with a digit in it: `OK` and `Error` are not ids, though a server may answer 200 with them."""
_CODE = re.compile(r"[0-9]{1,6}")


def read_id(seen: Observed) -> str | None:
    """The id that an intact 200 carries, or None where the body is not a plain id."""
    if seen.status != 200 or not seen.complete:
        return None
    text = seen.body.decode("ascii", "replace").strip(" \t\r\n")
    return text if _ID.fullmatch(text) else None


def read_reason(seen: Observed) -> str:
    """Line 1 of the answer without the password, at most 200 characters.

    The password goes before anything is cut: half of one would not be recognised.

    So a line that was cut off by the network is not shown at all.
    """
    if not seen.complete and not re.search(rb"[\r\n]", seen.body):
        return ""
    if seen.secret is None:
        return _lines(seen.body.decode("utf-8", "replace"))[0][:MAX_REASON]
    blot = seen.secret.blot
    # The echo may come in either charset, and cleaned lines may show what raw ones hid.
    body = blot(seen.body.decode("latin-1")).encode("latin-1")
    return blot(_lines(blot(body.decode("utf-8", "replace")))[0])[:MAX_REASON]


def read_number(seen: Observed) -> int | None:
    """The code in line 2 of an intact 403, or None.

    A cut-off answer is never read: of 15 it may show the 1.
    """
    if seen.status != 403 or not seen.complete:
        return None
    lines = _lines(seen.body.decode("utf-8", "replace"))
    return int(lines[1]) if len(lines) > 1 and _CODE.fullmatch(lines[1]) else None


def _lines(text: str) -> list[str]:
    """The answer's lines, cleaned for display."""
    text = text.replace("\r\n", "\n")
    return [cleaned(line) for line in re.split(r"[\r\n]", text)]


_COMPLAINTS = {
    **COMPLAINTS,
    401: ("it asks for its own login", ADDRESS + " SendMMS expects user name and password as parameters."),
}


def _gave_an_id(seen: Observed) -> bool:
    return seen.whole and read_id(seen) is not None


def _refuses(seen: Observed) -> bool:
    return seen.status == 403


def _accepted(seen: Observed) -> Verdict:
    return Verdict(result=Result.ACCEPTED, summary=f"accepted with id {read_id(seen)}", advice="")


def _refused(seen: Observed) -> Verdict:
    number, reason = read_number(seen), read_reason(seen)
    code = code_of(number)
    documented = number is None or number in CODES
    meaning = code.meaning if documented else "not a documented code"
    said = f"refused with {f'code {number}' if number is not None else 'no code'}"
    if number is not None:
        said += f": {meaning}"
    if reason and reason.lower().rstrip(".") != meaning:
        said += f' (the gateway says "{reason}")'
    return Verdict(
        result=code.result,
        summary=said,
        advice=code.advice,
        retry=code.retry,
        hold=code.hold,
        pause=code.pause,
        code=number,
        reason=reason,
    )


def _odd(seen: Observed) -> Verdict:
    if seen.status != 200:
        what = f"the gateway answered HTTP {seen.status}"
    elif read_id(seen) is not None:
        what = "the gateway answered with an id before it had received the whole message"
    elif not seen.complete:
        what = f"the gateway's answer was cut off ({seen.fault or 'too long'})"
    else:
        what = "the gateway answered 200 without an id"
    return Verdict(result=Result.UNKNOWN, summary=f"outcome unknown: {what}", advice=HELD, hold=True)


TABLE: tuple[Row, ...] = (
    Row("the request was never sent completely", never_went_out, not_out),
    Row("it was sent, but no answer arrived", stayed_silent, no_answer),
    Row("200 with a plain id", _gave_an_id, _accepted),
    Row("403", _refuses, _refused),
    Row("3xx", redirects, redirected),
    Row("429 or 5xx before the request was out", is_busy_early, early),
    Row("another 4xx", complains, lambda seen: complained(seen, "SendMMS", _COMPLAINTS)),
    Row("anything else", is_anything, _odd),
)


def classify(seen: Observed) -> Verdict:
    """What `seen` means."""
    return replace(judged(TABLE, seen), id=read_id(seen) if seen.whole else None)
