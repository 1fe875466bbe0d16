"""What an answer means, without a network."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmspack.errors import (
    AccountPaused,
    AccountStopped,
    Misconfigured,
    MmspackError,
    NotSent,
    OutcomeUnknown,
    Rejected,
)
from mmspack.gateway.observed import MAX_ANSWER, Observed
from mmspack.gateway.outcomes import error_of, receipt_or_raise
from mmspack.gateway.secrets import Secret
from mmspack.gateway.sendmms.codes import CODES, UNDOCUMENTED, code_of
from mmspack.gateway.sendmms.outcomes import TABLE, classify, read_id, read_number, read_reason
from mmspack.outcome import Outcome, Result

ACCEPTED, REJECTED, NOT_SENT, UNKNOWN = Result.ACCEPTED, Result.REJECTED, Result.NOT_SENT, Result.UNKNOWN
STOPPED, PAUSED = Result.ACCOUNT_STOPPED, Result.ACCOUNT_PAUSED


def answered(status: int, body: bytes = b"", *, whole: bool = True, complete: bool = True) -> Observed:
    return Observed(whole=whole, status=status, body=body, complete=complete)


@pytest.mark.parametrize(
    ("number", "result", "hold", "retry", "pause"),
    [
        (1, STOPPED, True, False, ""),
        (2, NOT_SENT, False, True, ""),
        (3, NOT_SENT, False, True, ""),
        (4, REJECTED, False, False, ""),
        (5, REJECTED, False, False, ""),
        (6, STOPPED, True, False, ""),
        (7, STOPPED, True, False, ""),
        (8, STOPPED, False, False, ""),
        (9, PAUSED, False, False, "next-day"),
        (10, PAUSED, False, False, "next-month"),
        (11, STOPPED, False, False, ""),
        (12, STOPPED, False, False, ""),
        (13, STOPPED, True, False, ""),
        (14, REJECTED, False, False, ""),
        (15, PAUSED, False, False, "top-up"),
        (16, STOPPED, True, False, ""),
        (17, STOPPED, True, False, ""),
        (18, REJECTED, False, False, ""),
        (19, STOPPED, True, False, ""),
        (999999, STOPPED, True, False, ""),
    ],
)
def test_each_code_of_a_403(number: int, result: Result, hold: bool, retry: bool, pause: str) -> None:
    seen = answered(403, f"Some reason\n{number}".encode())
    verdict = classify(seen)
    assert (verdict.result, verdict.hold, verdict.retry, verdict.pause) == (result, hold, retry, pause)
    assert f"code {number}" in verdict.summary
    assert '"Some reason"' in verdict.summary
    assert verdict.advice


def test_the_documented_codes_and_no_others() -> None:
    assert list(CODES) == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 18]
    assert code_of(7) is code_of(None) is UNDOCUMENTED
    assert len({code.name for code in CODES.values()}) == len(CODES)


@pytest.mark.parametrize("number", sorted(CODES))
def test_a_refusal_tells_the_documented_meaning(number: int) -> None:
    assert CODES[number].meaning in classify(answered(403, f"x\n{number}\n".encode())).summary


def test_an_undocumented_code_is_told_as_such() -> None:
    assert "not a documented code" in classify(answered(403, b"x\n7")).summary


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b"Refused",
            b"Refused\n",
            b"Refused\nno",
            b"8",
            b"Refused\n-8",
            b"Refused\n8 8",
            b"Refused\n\n8",
        ),
        *("Refused\n\u0668".encode(), b"Refused\n1234567", b"Refused\n8.0", b"<html>\n<body>8</body>"),
    ],
)
def test_a_403_without_a_code_stops_the_account_and_holds(body: bytes) -> None:
    verdict = classify(answered(403, body))
    assert (verdict.result, verdict.hold, verdict.retry) == (STOPPED, True, False)
    assert "no code" in verdict.summary
    assert "documents" not in verdict.summary


@pytest.mark.parametrize(
    "body", [b"No\n8", b"No\r\n8", b"No\n8\n", b"No\r\n 8 \r\n", b"No\r8", b"\xef\xbb\xbfNo\n8", b"\n8"]
)
def test_a_code_is_read_however_its_lines_end(body: bytes) -> None:
    assert read_number(answered(403, body)) == 8
    assert read_reason(answered(403, body)) in ("No", "")


def test_a_403_that_was_cut_off_is_not_read() -> None:
    verdict = classify(answered(403, b"Prepay Credit limit exceeded\n1", complete=False))
    assert (verdict.result, verdict.hold) == (STOPPED, True)
    assert "no code" in verdict.summary


def test_a_403_counts_even_before_the_request_is_out() -> None:
    assert classify(answered(403, b"No\n8", whole=False)).result is STOPPED
    assert classify(answered(403, b"No\n8", whole=False)).hold is False


@pytest.mark.parametrize(
    "body", [b"1000001", b"Xid7", b"1000001\r\n", b" abc-1_2.3:4 \n", b"x" * 127 + b"1", b"a@b2", b"0"]
)
def test_a_plain_id_is_accepted(body: bytes) -> None:
    verdict = classify(answered(200, body))
    assert (verdict.result, verdict.hold, verdict.retry, verdict.advice) == (ACCEPTED, False, False, "")
    assert read_id(answered(200, body)) == body.decode().strip()
    assert body.decode().strip() in verdict.summary


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"<html>OK</html>",
        b"id: 5",
        b"OK",
        b"Error",
        b"accepted\n",
        b"x" * 128,
        b"1\n2",
        b"1" * 129,
        "12\u00b3".encode(),
        b"\xff\xfe1\x000\x00",
        b"-1",
        b"\0",
        b"\x0b1\x0c",
    ],
)
def test_a_200_without_a_plain_id_is_unknown(body: bytes) -> None:
    verdict = classify(answered(200, body))
    assert (verdict.result, verdict.hold, verdict.retry) == (UNKNOWN, True, False)
    assert "200 without an id" in verdict.summary


def test_a_200_that_was_cut_off_is_unknown_and_has_no_id() -> None:
    seen = Observed(whole=True, status=200, body=b"10000", complete=False, fault="connection reset by peer")
    assert read_id(seen) is None
    assert classify(seen).result is UNKNOWN
    assert "cut off (connection reset by peer)" in classify(seen).summary
    assert "(too long)" in classify(answered(200, b"1" * MAX_ANSWER, complete=False)).summary


def test_an_id_before_the_message_was_out_is_unknown() -> None:
    verdict = classify(answered(200, b"1000001", whole=False))
    assert (verdict.result, verdict.hold) == (UNKNOWN, True)
    assert "before it had received the whole message" in verdict.summary


@pytest.mark.parametrize(
    "status", [201, 202, 204, 206, 299, 429, 500, 502, 503, 504, 599, 100, 101, 600, 999]
)
def test_other_answers_are_unknown(status: int) -> None:
    verdict = classify(answered(status, b"1000001"))
    assert (verdict.result, verdict.hold, verdict.retry) == (UNKNOWN, True, False)
    assert f"HTTP {status}" in verdict.summary
    assert "Do not send it again" in verdict.advice
    if status not in (429, *range(500, 600)):
        assert classify(answered(status, b"1000001", whole=False)).result is UNKNOWN


@pytest.mark.parametrize("status", [429, 500, 503, 599])
def test_a_busy_gateway_that_answers_early_has_taken_nothing(status: int) -> None:
    verdict = classify(answered(status, b"busy", whole=False))
    assert (verdict.result, verdict.hold, verdict.retry) == (NOT_SENT, False, False)
    assert f"HTTP {status}" in verdict.summary
    assert "safe to try again" in verdict.advice


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 399])
def test_a_redirect_ends_a_run_and_holds_what_may_have_been_taken(status: int, whole: bool) -> None:
    seen = Observed(whole=whole, status=status, complete=True, location="https://elsewhere.example/SendMMS")
    verdict = classify(seen)
    taken = whole and status not in (307, 308)
    result = UNKNOWN if taken else Result.MISCONFIGURED
    assert (verdict.result, verdict.hold, verdict.retry, verdict.ends_run) == (result, taken, False, True)
    assert f"HTTP {status}" in verdict.summary
    assert "https://elsewhere.example/SendMMS" in verdict.summary
    assert classify(answered(status, whole=False)).hold is False
    assert "to https" not in classify(answered(status)).summary


@pytest.mark.parametrize("status", [400, 401, 402, 404, 405, 413, 428, 430, 499])
def test_another_4xx_stops_the_account(status: int) -> None:
    verdict = classify(answered(status))
    assert (verdict.result, verdict.hold, verdict.retry) == (STOPPED, True, False)
    assert f"HTTP {status}" in verdict.summary
    assert "not documented" in verdict.summary
    assert "This recipient may have received the message" in verdict.advice
    early = classify(answered(status, whole=False))
    assert early.hold is False
    assert "may have received" not in early.advice


def test_no_answer_depends_on_how_far_the_request_came() -> None:
    before = classify(Observed(whole=False, fault="connection refused"))
    assert (before.result, before.hold, before.retry) == (NOT_SENT, False, False)
    assert before.summary == "not sent: connection refused"
    assert "safe to try again" in before.advice
    after = classify(Observed(whole=True, fault="no answer within 120 s"))
    assert (after.result, after.hold, after.retry) == (UNKNOWN, True, False)
    assert "(no answer within 120 s)" in after.summary
    assert "Do not send it again" in after.advice
    assert "interrupted" in classify(Observed(whole=False)).summary
    assert "no answer arrived" in classify(Observed(whole=True)).summary


def test_a_reason_in_another_charset_is_still_read() -> None:
    assert read_reason(answered(403, b"Pr\xe9pay\n15")) == "Pr\ufffdpay"
    assert read_number(answered(403, b"Pr\xe9pay\n15")) == 15


def test_a_byte_order_mark_is_not_part_of_the_reason() -> None:
    verdict = classify(answered(403, b"\xef\xbb\xbfInsufficient credit.\n15"))
    assert (verdict.code, verdict.reason) == (15, "Insufficient credit.")
    assert "\ufeff" not in verdict.summary


def test_a_reason_in_another_charset_is_still_read_where_a_password_is_looked_for_in_it() -> None:
    body = "Paßwort falsch: open sesame\n13".encode("latin-1")
    verdict = classify(
        Observed(whole=True, status=403, body=body, complete=True, secret=Secret("open sesame"))
    )
    assert verdict.code == 13
    assert verdict.reason.startswith("Pa\ufffdwort falsch: ")
    assert "sesame" not in verdict.summary + verdict.reason


@pytest.mark.parametrize(
    "password", ["open sesame", "tigre-\u00e9\u00e0\u00fc", "a&b<c>d", "quux  two blanks"]
)
@pytest.mark.parametrize("before", [0, 185, 190, 195, 199])
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_password_that_is_echoed_is_blotted_out_before_the_reason_is_cut(
    password: str, before: int, charset: str
) -> None:
    for echoed in (password, html.escape(password), quote(password), quote_plus(password)):
        body = ("x" * before + " " + echoed + "\n8").encode(charset)
        seen = Observed(whole=True, status=403, body=body, complete=True, secret=Secret(password))
        assert len(read_reason(seen)) <= 200
        assert read_reason(seen).removesuffix("*").removesuffix("*").removesuffix("*").strip() == "x" * before
        assert echoed[:4] not in classify(seen).summary
        assert "x" * 5 + echoed[:3] not in repr(seen)
        assert read_number(seen) == 8


def test_half_a_password_at_the_end_of_an_answer_that_was_cut_off_is_not_shown() -> None:
    seen = Observed(whole=True, status=403, body=b"wrong: open ses", secret=Secret("open sesame"))
    assert read_reason(seen) == ""
    assert "ses" not in classify(seen).summary
    assert read_reason(replace(seen, body=b"Wrong\nopen ses")) == "Wrong"


def test_a_short_password_is_blotted_out_where_it_stands_alone() -> None:
    seen = Observed(
        whole=True, status=403, body=b"No: user 100, pass 0\n8", complete=True, secret=Secret("0")
    )
    assert read_reason(seen) == "No: user 100, pass ***"
    assert classify(seen).summary.startswith("refused with code 8: ")


def test_a_reason_is_cleaned_and_shortened() -> None:
    seen = answered(403, b"\x1b[31mRed\x00\x07 alert \xe2\x80\xae" + b"y" * 300 + b"\n5")
    assert read_reason(seen).startswith("[31mRed alert")
    assert len(read_reason(seen)) == 200
    assert read_number(seen) == 5


@given(
    st.builds(
        Observed,
        whole=st.booleans(),
        status=st.none() | st.integers(100, 999),
        body=st.binary(max_size=40) | st.sampled_from([b"1000001", b"x\n2", b"x\n8", b"x\n15"]),
        complete=st.booleans(),
        location=st.sampled_from(["", "https://elsewhere.example/"]),
        fault=st.sampled_from(["", "connection refused"]),
    )
)
def test_what_may_have_been_accepted_is_never_sent_again(seen: Observed) -> None:
    verdict = classify(seen)
    assert not (verdict.retry and verdict.hold)
    if verdict.retry:
        assert seen.status == 403
        assert seen.complete
        assert read_number(seen) in (2, 3)
    if verdict.result is ACCEPTED:
        assert seen.whole
        assert seen.complete
        assert seen.status == 200
        assert read_id(seen)
    if verdict.result is UNKNOWN:
        assert verdict.hold
    if verdict.result is NOT_SENT and seen.status != 403:
        assert not seen.whole
    assert verdict.summary
    assert "\n" not in verdict.summary
    assert bool(verdict.advice) is (verdict.result is not ACCEPTED)
    if verdict.hold:
        assert re.search(r"again\b.* until ", verdict.advice)


@pytest.mark.parametrize(
    ("seen", "summary"),
    [
        (Observed(whole=False), "not sent: interrupted"),
        (Observed(whole=False, fault="connection refused"), "not sent: connection refused"),
        (Observed(whole=True), "outcome unknown: the request was sent but no answer arrived"),
        (answered(200, b"1000001"), "accepted with id 1000001"),
        (
            answered(403, b"Too short\n5"),
            'refused with code 5: error in the request\'s parameters (the gateway says "Too short")',
        ),
        (answered(403, b"\n5"), "refused with code 5: error in the request's parameters"),
        (answered(403, b"Username or password incorrect.\n8"), f"refused with code 8: {CODES[8].meaning}"),
        (answered(403, b"\n7"), "refused with code 7: not a documented code"),
        (answered(403, b"No"), 'refused with no code (the gateway says "No")'),
        (answered(403, b""), "refused with no code"),
        (
            answered(302),
            "outcome unknown: the gateway redirected (HTTP 302), perhaps after it took the message",
        ),
        (answered(308), "not sent: the gateway redirects (HTTP 308), which mmspack does not follow"),
        (
            Observed(whole=True, status=302, complete=True, location="https://b.example/"),
            "outcome unknown: the gateway redirected (HTTP 302) to https://b.example/, "
            "perhaps after it took the message",
        ),
        (answered(400), "the gateway answered HTTP 400, which is not documented for SendMMS"),
        (
            answered(413),
            "the gateway answered HTTP 413, which is not documented for SendMMS: "
            "the bundle is too large for that server",
        ),
        (
            answered(503, whole=False),
            "not sent: the gateway answered HTTP 503 before it had received the whole message",
        ),
        (answered(503), "outcome unknown: the gateway answered HTTP 503"),
        (
            answered(200, b"1", whole=False),
            "outcome unknown: the gateway answered with an id before it had received the whole message",
        ),
        (answered(200, b"1", complete=False), "outcome unknown: the gateway's answer was cut off (too long)"),
        (
            Observed(whole=True, status=200, fault="reset"),
            "outcome unknown: the gateway's answer was cut off (reset)",
        ),
        (answered(200, b"OK then"), "outcome unknown: the gateway answered 200 without an id"),
    ],
)
def test_what_a_person_reads(seen: Observed, summary: str) -> None:
    assert classify(seen).summary == summary


def test_what_a_person_is_told_to_do() -> None:
    hold = (
        "Do not send it again until the operator's billing record or a delivery report shows "
        "that it did not arrive."
    )
    address = "Check the gateway's address in the configuration."
    advice = {
        answered(503): hold,
        answered(200): hold,
        Observed(whole=True): hold,
        Observed(whole=False): "Nothing was sent; it is safe to try again.",
        answered(503, whole=False): "Nothing was sent; it is safe to try again.",
        answered(404, whole=False): address,
        answered(307): address + " Following it would send the password elsewhere.",
        answered(403, b"x\n5"): CODES[5].advice,
    }
    assert {seen: classify(seen).advice for seen in advice} == advice


def test_the_table_ends_with_a_row_for_everything() -> None:
    assert TABLE[-1].applies(Observed(whole=True, status=700))
    assert len({row.name for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize(
    ("result", "kind", "exit_code"),
    [
        (REJECTED, Rejected, 1),
        (NOT_SENT, NotSent, 3),
        (STOPPED, AccountStopped, 4),
        (PAUSED, AccountPaused, 4),
        (UNKNOWN, OutcomeUnknown, 5),
        (Result.MISCONFIGURED, Misconfigured, 2),
    ],
)
def test_each_outcome_has_its_exception(result: Result, kind: type[MmspackError], exit_code: int) -> None:
    outcome = Outcome(result=result, summary="what", advice="do", to="447700900999")
    error = error_of(outcome)
    assert type(error) is kind
    assert (error.exit_code, error.outcome, str(error)) == (exit_code, outcome, "what (do)")
    with pytest.raises(kind):
        receipt_or_raise(outcome)
    with pytest.raises(kind):
        receipt_or_raise(replace(outcome, id="7"))


def test_an_accepted_outcome_has_its_receipt() -> None:
    outcome = Outcome(
        result=ACCEPTED, summary="", to="447700900999", gateway="mx", id="7", bundle_sha256="ab", sandbox=True
    )
    receipt = receipt_or_raise(outcome)
    assert (receipt.id, receipt.to, receipt.gateway, receipt.bundle_sha256, receipt.sandbox) == (
        "7",
        "447700900999",
        "mx",
        "ab",
        True,
    )
