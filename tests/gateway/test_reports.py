"""Reports and inbound messages, in every variant that the operator documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl

import pytest

from mmspack.bundle.bundle import pack
from mmspack.errors import BundleError, InputError
from mmspack.gateway.inbound import InboundKind, InboundMessage
from mmspack.gateway.reports import STATUSES, ReportKind
from mmspack.gateway.sendmms.dates import read_date
from mmspack.gateway.sendmms.inbound import read_inbound, write_inbound
from mmspack.gateway.sendmms.reports import read_report, write_report
from mmspack.model import Part

REPORT = {
    "id": "77",
    "requestid": "1000001",
    "to": "447700900111",
    "from": "447700900999",
    "type": "3",
    "status": "3",
}
HOUR = timezone(timedelta(hours=1))
HALF = timezone(-timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2008-03-01 12:00:00", datetime(2008, 3, 1, 12)),
        ("2008-03-01 12:00:00+0100", datetime(2008, 3, 1, 12, tzinfo=HOUR)),
        ("2008-03-01 12:00:00 +0100", datetime(2008, 3, 1, 12, tzinfo=HOUR)),
        ("2008-03-01 12:00:00 0100", datetime(2008, 3, 1, 12, tzinfo=HOUR)),
        (
            "2008-03-01 12:00:00-0530",
            datetime(2008, 3, 1, 12, tzinfo=HALF),
        ),
        ("2008-03-01 12:00:00 +01:00", datetime(2008, 3, 1, 12, tzinfo=HOUR)),
        ("2008-03-01 12:00:00 GMT", datetime(2008, 3, 1, 12, tzinfo=UTC)),
        ("2008-03-01 12:00:00 BST", datetime(2008, 3, 1, 12, tzinfo=HOUR)),
        (" 2008-03-01 12:00:00 ", datetime(2008, 3, 1, 12)),
        ("2008-03-01 12:00:00 XYZ", datetime(2008, 3, 1, 12)),
        ("2008-02-30 12:00:00", None),
        ("2008-03-01 12:00:00+9900", None),
        ("2008-03-01", None),
        ("", None),
        ("yesterday", None),
    ],
)
def test_dates_in_the_documented_forms(text: str, date: datetime | None) -> None:
    found = read_date(text)
    assert found == date
    assert (found and found.tzinfo) == (date and date.tzinfo)


@pytest.mark.parametrize(
    ("number", "name", "delivered", "final"),
    [
        (1, "buffered", None, False),
        (2, "indeterminate", None, True),
        (3, "delivered", True, True),
        (4, "expired", False, True),
        (5, "rejected", False, True),
        (6, "forwarded", None, True),
        (7, "read", True, True),
        (8, "deleted", True, True),
        (9, "indeterminate-read", None, True),
        (10, "expired-read", None, True),
        (11, "undocumented", None, False),
    ],
)
def test_each_status(number: int, name: str, delivered: bool | None, final: bool) -> None:
    report = read_report({**REPORT, "status": str(number)})
    assert (report.status.number, report.status.name) == (number, name)
    assert (report.delivered, report.status.final) == (delivered, final)
    assert len(STATUSES) == 10


@pytest.mark.parametrize(
    ("number", "kind"),
    [("1", ReportKind.DELIVERY), ("2", ReportKind.READ), ("3", ReportKind.DELIVERY), ("4", ReportKind.READ)],
)
def test_types_of_both_pages(number: str, kind: ReportKind) -> None:
    assert read_report({**REPORT, "type": number}).kind is kind


def test_a_report_goes_back_to_the_sender() -> None:
    report = read_report({**REPORT, "date": "2008-03-01 12:00:00+0100", "useragent": "Nokia"})
    assert (report.id, report.request_id, report.to, report.recipient) == (
        "77",
        "1000001",
        "447700900111",
        "447700900999",
    )
    assert read_report(parse_qsl(write_report(report))) == report


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": ""}, "no id"),
        ({"requestid": " ", "type": ""}, "no requestid and no type"),
        ({"status": "x"}, "not a number"),
        ({"status": "٣"}, "not a number"),
        ({"status": "1234567"}, "not a number"),
    ],
)
def test_what_is_no_report_says_why(change: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_report({**REPORT, **change})


def test_an_inbound_message_with_all_its_fields() -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hi")])
    fields = [
        ("id", "5"),
        ("from", "447700900999"),
        ("to", "447700900111"),
        ("to", "447700900112"),
        ("cc", "447700900113"),
        ("date", "2008-03-01 12:00:00"),
        ("type", "2"),
        ("network", "ORANGEUK"),
        ("subject", "Hello"),
        ("expiry", "2008-03-02 12:00:00"),
    ]
    message = read_inbound(fields, bundle.data)
    assert message == InboundMessage(
        id="5",
        sender="447700900999",
        to=("447700900111", "447700900112"),
        cc=("447700900113",),
        date=datetime(2008, 3, 1, 12),
        network="ORANGEUK",
        subject="Hello",
        expiry="2008-03-02 12:00:00",
        data=bundle.data,
    )
    assert message.bundle.part("hello.txt").data == b"Hi"
    assert sorted(write_inbound(message)) == sorted(fields)


def test_an_inbound_message_without_its_zip_and_with_a_broken_one() -> None:
    fields = [("id", "5"), ("from", "447700900999"), ("type", "6")]
    assert read_inbound(fields).kind is InboundKind.SMS
    with pytest.raises(InputError, match="without its zip"):
        read_inbound(fields).bundle  # noqa: B018
    with pytest.raises(BundleError):
        read_inbound(fields, b"no zip").bundle  # noqa: B018
    with pytest.raises(InputError, match="no from"):
        read_inbound([("id", "5")])


@pytest.mark.parametrize("number", ["9", "0", "x", "delivery"])
def test_a_report_of_a_type_that_no_page_explains_is_kept(number: str) -> None:
    report = read_report({**REPORT, "type": f" {number}"})
    assert (report.kind, report.type, report.status.name) == (ReportKind.UNDOCUMENTED, number, "delivered")
    assert read_report(parse_qsl(write_report(report))) == report
    assert read_report(REPORT).type == ""


def test_a_message_of_a_type_that_no_page_explains_is_kept() -> None:
    fields = [("id", "5"), ("from", "447700900999"), ("type", "7")]
    message = read_inbound(fields)
    assert (message.kind, message.type) == (InboundKind.UNDOCUMENTED, "7")
    assert read_inbound(write_inbound(message)) == message
    assert read_inbound(fields[:2]).kind is InboundKind.MMS


def test_of_a_parameter_that_is_given_twice_the_first_counts() -> None:
    report = read_report([*REPORT.items(), ("status", "4"), ("id", "78")])
    assert (report.id, report.status.name) == ("77", "delivered")
    fields = [("id", "5"), ("id", "6"), ("from", "447700900999"), ("from", "447700900998")]
    assert (read_inbound(fields).id, read_inbound(fields).sender) == ("5", "447700900999")
