"""Numbers as people write them, with a unit or a comma, as the numbers that TOML has."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})")
_AMOUNT = re.compile(r"(-?\d[\d_]*(?:[.,]\d+)?)\s*([^\W\d]*)")
_SECONDS = {"ms": 0.001, "msec": 0.001, "min": 60.0, "mins": 60.0, "minutes": 60.0, "h": 3600.0}
"""Units of time other than a second, in seconds."""


def plain_number(text: str) -> str:
    """The number that was meant, in seconds where it is a time; empty where `text` begins with none.

    >>> plain_number("500 ms"), plain_number("00:05"), plain_number("2,5 s"), plain_number("80%")
    ('0.5', '5', '2.5', '80')
    """
    clock = _CLOCK.fullmatch(text.strip())
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return str(3600 * hours + 60 * minutes + seconds)
    found = _AMOUNT.match(text.strip())
    if not found:
        return ""
    written = found[1].replace(",", ".").replace("_", "")
    times = _SECONDS.get(found[2].lower(), 1.0)
    leading = len(written.lstrip("-0")) < len(written.lstrip("-")) and not written.lstrip("-0").startswith(
        "."
    )
    return f"{float(written) * times:g}" if times != 1.0 or leading else written
