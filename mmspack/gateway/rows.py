"""Rows of an outcome table that are the same at every door: what HTTP alone says of a request.

There is no idempotency key, so a table errs to one side only: whatever may have been accepted is `hold` and
never `retry`. A door puts its own rows between these, and the first that applies decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mmspack.gateway.observed import Observed, Verdict
from mmspack.outcome import Result


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an outcome table."""

    name: str
    applies: Callable[[Observed], bool]
    judge: Callable[[Observed], Verdict]


def judged(table: Sequence[Row], seen: Observed) -> Verdict:
    """The verdict of the first row that applies."""
    return next(row for row in table if row.applies(seen)).judge(seen)


SAFE = "Nothing was sent; it is safe to try again."
HELD = (
    "Do not send it again until the operator's billing record or a delivery report shows "
    "that it did not arrive."
)


def held_until(provider: str) -> str:
    """As `HELD`, of a provider whose log of messages can be asked."""
    return (
        f"Do not send it again until {provider}'s message log shows that it did not arrive "
        "(for a campaign, mmspack campaign reconcile --ask looks)."
    )


ADDRESS = "Check the gateway's address in the configuration."
RECIPIENT = (
    " This recipient may have received the message: do not send it again until the operator's billing record "
    "or a delivery report shows that nothing arrived."
)
COMPLAINTS: Mapping[int, tuple[str, str]] = {
    404: ("nothing exists at this URL", ADDRESS),
    408: ("the request took too long", "Use a smaller bundle or a faster connection."),
    413: (
        "the bundle is too large for that server",
        "Make it smaller (`mmspack build --profile`), or ask the operator for a higher limit.",
    ),
}
"""What RFC 9110 says of a status that a door does not document, and what a person does next."""


def never_went_out(seen: Observed) -> bool:
    """No answer, and the gateway cannot have the whole request."""
    return seen.status is None and not seen.whole


def stayed_silent(seen: Observed) -> bool:
    """No answer to a request that went out whole."""
    return seen.status is None and seen.whole


def redirects(seen: Observed) -> bool:
    """3xx."""
    return seen.status is not None and 300 <= seen.status <= 399


def is_busy_early(seen: Observed) -> bool:
    """429 or 5xx before the gateway had the whole request."""
    return seen.status is not None and not seen.whole and (seen.status == 429 or 500 <= seen.status <= 599)


def complains(seen: Observed) -> bool:
    """4xx other than 429."""
    return seen.status is not None and 400 <= seen.status <= 499 and seen.status != 429


def is_anything(_seen: Observed) -> bool:
    """What no other row took."""
    return True


def not_out(seen: Observed) -> Verdict:
    """NOT SENT, safe to run again."""
    return Verdict(result=Result.NOT_SENT, summary=f"not sent: {seen.fault or 'interrupted'}", advice=SAFE)


def no_answer(seen: Observed) -> Verdict:
    """UNKNOWN."""
    why = f" ({seen.fault})" if seen.fault else ""
    summary = f"outcome unknown: the request was sent but no answer arrived{why}"
    return Verdict(result=Result.UNKNOWN, summary=summary, advice=HELD, hold=True)


def redirected(seen: Observed) -> Verdict:
    """The address is wrong, and a campaign ends.

    307 and 308 ask for the same request elsewhere (RFC 9110 15.4.8), so nothing was done with it. Of the
    others some servers answer like this after they acted on a form: 303 says so (15.4.4).
    """
    what = f"(HTTP {seen.status})" + (f" to {seen.location}" if seen.location else "")
    if seen.whole and seen.status not in (307, 308):
        return Verdict(
            result=Result.UNKNOWN,
            summary=f"outcome unknown: the gateway redirected {what}, perhaps after it took the message",
            advice=f"{HELD} {ADDRESS}",
            hold=True,
            ends_run=True,
        )
    return Verdict(
        result=Result.MISCONFIGURED,
        summary=f"not sent: the gateway redirects {what}, which mmspack does not follow",
        advice=ADDRESS + " Following it would send the password elsewhere.",
        ends_run=True,
    )


def early(seen: Observed) -> Verdict:
    """NOT SENT: it had not the whole message."""
    summary = f"not sent: the gateway answered HTTP {seen.status} before it had received the whole message"
    return Verdict(result=Result.NOT_SENT, summary=summary, advice=SAFE)


def complained(seen: Observed, door: str, meanings: Mapping[int, tuple[str, str]] = COMPLAINTS) -> Verdict:
    """The account stops at a status that the door does not document."""
    meaning, advice = meanings.get(seen.status or 0, ("", ADDRESS))
    summary = f"the gateway answered HTTP {seen.status}, which is not documented for {door}"
    return Verdict(
        result=Result.ACCOUNT_STOPPED,
        summary=f"{summary}: {meaning}" if meaning else summary,
        advice=advice + RECIPIENT * seen.whole,
        hold=seen.whole,
    )


def odd(seen: Observed, otherwise: str) -> Verdict:
    """UNKNOWN; `otherwise` is said of an answer that is intact and still no proper one."""
    if seen.status is not None and not 200 <= seen.status <= 299:
        what = f"the gateway answered HTTP {seen.status}"
    elif not seen.complete:
        what = f"the gateway's answer was cut off ({seen.fault or 'too long'})"
    else:
        what = otherwise
    return Verdict(result=Result.UNKNOWN, summary=f"outcome unknown: {what}", advice=HELD, hold=True)
