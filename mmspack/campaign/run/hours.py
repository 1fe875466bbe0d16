"""When it is quiet where a recipient is, and between which times a campaign runs. Pure."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from mmspack.errors import UsageError
from mmspack.words import either

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of each day in which nothing is sent; they may extend past midnight."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """`20:00-09:00`; None for an empty text. Raises `UsageError`."""
        if not text.strip():
            return None
        match = _HOURS.fullmatch(text.strip())
        if match:
            hours = [int(number) for number in match.groups()]
            if max(hours[0], hours[2]) < 24 and max(hours[1], hours[3]) < 60 and hours[:2] != hours[2:]:
                return cls(time(hours[0], hours[1]), time(hours[2], hours[3]))
        raise UsageError(
            "not a time range",
            where=f"{either('--quiet-hours', 'quiet')} {text!r}",
            hint="such as 20:00-09:00",
        )

    def covers(self, local: time) -> bool:
        """Whether it is quiet at a local time."""
        if self.begin < self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end


def is_quiet(quiet: QuietHours | None, zones: str, now: datetime) -> bool:
    """Whether it is quiet in any of the zones (names with blanks between). Without a zone: by UTC."""
    if quiet is None:
        return False
    names = zones.split() or ["UTC"]
    return any(quiet.covers(now.astimezone(zoneinfo.ZoneInfo(name)).time()) for name in names)


def open_zones(quiet: QuietHours | None, zones: Mapping[int, str], now: datetime) -> list[int]:
    """The numbers of the zone sets in which it is not quiet."""
    return [zone for zone, names in zones.items() if not is_quiet(quiet, names, now)]


def next_opening(quiet: QuietHours | None, zones: Iterable[str], now: datetime) -> datetime | None:
    """When the quiet ends first in one of the zone sets, to the minute; None where that is two days off."""
    sets = list(zones)
    minute = now.replace(second=0, microsecond=0)
    for step in range(1, 2 * 24 * 60):
        then = minute + timedelta(minutes=step)
        if any(not is_quiet(quiet, names, then) for names in sets):
            return then
    return None


def parse_moment(name: str, text: str) -> datetime | None:
    """An ISO 8601 time; without a zone, of this machine's. None for an empty text. Raises `UsageError`."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{either(f'--{name}', name)} {text!r}: not a time", hint="such as 2026-12-01T09:00"
        ) from None
    return moment.astimezone(UTC)


def parse_span(start: str, end: str) -> tuple[datetime | None, datetime | None]:
    """Start and end of a campaign, by `parse_moment`. Raises `UsageError` where nothing is between them."""
    first, last = parse_moment("start", start), parse_moment("end", end)
    if first is not None and last is not None and last <= first:
        raise UsageError(
            f"not after {either('--start', 'start')} {start!r}", where=f"{either('--end', 'end')} {end!r}"
        )
    return first, last
