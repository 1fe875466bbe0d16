"""Reports as the operator pushes them: an HTTP GET with one report.

    report = read_report(request.query_params.multi_items())
    if report.delivered: ...

The answer must be 200 with a body that is not empty, within 10 seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from mmspack.errors import InputError
from mmspack.gateway.reports import STATUSES, DeliveryReport, ReportKind, Status
from mmspack.gateway.sendmms.dates import read_date, write_date

Fields = Mapping[str, str] | Iterable[tuple[str, str]]
"""A query as names and values."""
_KINDS = {"1": ReportKind.DELIVERY, "2": ReportKind.READ, "3": ReportKind.DELIVERY, "4": ReportKind.READ}
"""3 and 4 on the operator's later page, 1 and 2 on an older copy."""
_NUMBERS = {ReportKind.DELIVERY: "3", ReportKind.READ: "4"}


def write_report(report: DeliveryReport) -> str:
    """The report as a query string, in the form of the operator's later page."""
    fields = {
        "id": report.id,
        "requestid": report.request_id,
        "to": report.to,
        "from": report.sender,
        "date": write_date(report.date) if report.date else "",
        "type": _NUMBERS.get(report.kind, report.type),
        "status": str(report.status.number),
        "useragent": report.useragent,
    }
    return urlencode({name: value for name, value in fields.items() if value})


def read_report(fields: Fields) -> DeliveryReport:
    """The report that a query holds; of a name that is given twice, the first value.

    Raises `InputError` that names what is missing or wrong.
    """
    pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
    values = dict(reversed(pairs))
    missing = [name for name in ("id", "requestid", "type", "status") if not values.get(name, "").strip()]
    if missing:
        raise InputError(f"no {' and no '.join(missing)}", where="report")
    number = values["type"].strip()
    kind = _KINDS.get(number, ReportKind.UNDOCUMENTED)
    return DeliveryReport(
        id=values["id"].strip(),
        request_id=values["requestid"].strip(),
        to=values.get("to", "").strip(),
        sender=values.get("from", "").strip(),
        kind=kind,
        status=_status(values["status"].strip()),
        date=read_date(values.get("date", "")),
        useragent=values.get("useragent", ""),
        type="" if number in _KINDS else number,
    )


def _status(text: str) -> Status:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InputError(f"status {text[:20]!r} is not a number", where="report")
    number = int(text)
    return STATUSES.get(number) or Status(number, "undocumented", final=False, delivered=None)
