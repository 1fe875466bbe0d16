"""The documented limits of each parameter."""

from __future__ import annotations

from typing import Any

import pytest

from mmspack.errors import ParameterError
from mmspack.gateway.parameters import checked, msisdn
from mmspack.gateway.sendmms.door import SendMMS
from mmspack.gateway.sendmms.requests import fields_of

GOOD: dict[str, Any] = {"to": "447700900999", "sender": "447700900111", "has_bundle": True}


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("447700900999", "447700900999"),
        ("+447700900999", "447700900999"),
        ("+44 7700 900999", "447700900999"),
        ("+44 (7700) 900-999", "447700900999"),
        ("+1 415.555.2671", "14155552671"),
        ("390612345678", "390612345678"),
    ],
)
def test_a_number_is_sent_as_its_digits(written: str, sent: str) -> None:
    assert msisdn("to", written) == sent


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("summer", "is not a phone number"),
        ("44770O900999", "is not a phone number"),
        ("0044 7700 900999", "country code"),
        ("07700900999", "country code"),
        ("44", "is too short"),
        ("447700", "too short"),
        ("44770090099912345", "is too long"),
        ("44 0 7700 900999", "is not in international format"),
        ("٤٤٧٧٠٠٩٠٠٩٩٩", "is not a phone number"),
        ("447700900999,447700900111", "is not a phone number"),
        ("++447700900999", "is not a phone number"),
        ("447700900999\n", None),
        ("9" * 500, "country code|too long|international"),
    ],
)
def test_what_is_no_number_is_refused_by_name(written: str, says: str | None) -> None:
    if says is None:
        assert msisdn("to", written) == "447700900999"
        return
    with pytest.raises(ParameterError, match=says) as error:
        msisdn("to", written)
    assert error.value.message.startswith("to: ")
    assert len(error.value.message) < 120
    assert "447700900999" in error.value.hint


def test_a_possible_number_that_nobody_has_is_sent_with_a_warning() -> None:
    found = checked(**GOOD)
    assert found.to == "447700900999"
    assert any(line.startswith("to: 447700900999") for line in found.doubts)
    assert checked(**{**GOOD, "to": "447911123456"}).doubts == (
        "sender: 447700900111 has a valid length but is not known to be in use",
    )


@pytest.mark.parametrize("name", ["subject", "note", "subaccount"])
@pytest.mark.parametrize("bad", ["a\r\nb", "a\nb", "a\rb", "a\u2028b"])
def test_line_breaks_are_refused(name: str, bad: str) -> None:
    with pytest.raises(ParameterError, match=f"{name}: contains a line break at character 2"):
        checked(**GOOD, **{name: bad})


def test_control_characters_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"subject: contains U\+0000 at character 3"):
        checked(**GOOD, subject="ab\0")


@pytest.mark.parametrize(("name", "longest"), [("note", 160), ("subaccount", 10)])
def test_lengths_are_counted_in_characters(name: str, longest: int) -> None:
    document = {"longest": SendMMS.longest}
    found = checked(**GOOD, **{name: "ü" * longest}, **document)
    assert dict(fields_of(found))[name] == "ü" * longest
    with pytest.raises(ParameterError, match=f"{name}: has {longest + 1} characters; at most {longest}"):
        checked(**GOOD, **{name: "ü" * (longest + 1)}, **document)


def test_exactly_one_of_bundle_and_url() -> None:
    with pytest.raises(ParameterError, match=r"either a bundle .* found neither"):
        checked(**{**GOOD, "has_bundle": False})
    with pytest.raises(ParameterError, match=r"either a bundle .* found both"):
        checked(**GOOD, url="https://cdn.example.com/a.zip")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://cdn.example.com/a.zip",
        "file:///etc/passwd",
        "cdn.example.com/a.zip",
        "https:///a.zip",
        "https://u:p@cdn.example.com/a.zip",
        "https://cdn.example.com/a b.zip",
        "https://cdn.example.com/ä.zip",
        "https://cdn.example.com/a.zip#part",
        "https://cdn.example.com:99999/a.zip",
        "https://cdn.example.com/" + "a" * 2100,
        "https://[::1/a.zip",
    ],
)
def test_an_address_that_no_gateway_could_fetch_is_refused(url: str) -> None:
    with pytest.raises(ParameterError, match=r"^url: "):
        checked(**{**GOOD, "has_bundle": False}, url=url)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as error:
        checked(
            to="x", sender="", subject="a\nb", note="n" * 161, subaccount="s" * 11, longest=SendMMS.longest
        )
    assert [problem.where.key for problem in error.value.problems[:5]] == [
        "to",
        "sender",
        "subject",
        "note",
        "subaccount",
    ]
    assert len(error.value.problems) == 6
