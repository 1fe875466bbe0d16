"""Dates as the operator writes them in reports and inbound messages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(.*)", re.ASCII)
_OFFSET = re.compile(r"([+-]?)(\d{2}):?(\d{2})", re.ASCII)
_NAMES = {"GMT": 0, "UTC": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
"""Zones by name, in hours: the operator's own and its neighbours'."""


def read_date(text: str) -> datetime | None:
    """The date, or None where it cannot be read. It has no zone where the text has none that is known.

    `yyyy-MM-dd HH:mm:ss` alone, with `+0100` attached, or with a blank and the zone (the report page of
    the operator). A `+` that was not percent-encoded arrives as a blank, so ` 0100` is read as `+0100`.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    try:
        date = datetime.fromisoformat(f"{found[1]} {found[2]}")
        return date.replace(tzinfo=_zone(found[3].strip()))
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone | None:
    if offset := _OFFSET.fullmatch(text):
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
    hours = _NAMES.get(text.upper())
    return None if hours is None else timezone(timedelta(hours=hours))


def write_date(date: datetime) -> str:
    """A date as the operator writes it, with `+0000` attached."""
    return date.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+0000")
