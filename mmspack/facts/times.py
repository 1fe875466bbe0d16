"""How long slides last, as phones read it."""

from __future__ import annotations

import re

from mmspack.bundle.opened import ShownSlide
from mmspack.model import Kind
from mmspack.smil.tree import LONGEST_MS, clock_ms

_MANY_MINUTES_MS = 500_000
"""No slide is shown for eight minutes: a bare number that large was meant as milliseconds."""


ANDROID_DEFAULT_MS = 5000
"""What old Android takes for its own default, and not for the author's wish."""


_FORMS = (
    ("ms", re.compile(r"\d+ms", re.ASCII)),
    ("s", re.compile(r"\d+s", re.ASCII)),
    ("bare", re.compile(r"\d+", re.ASCII)),
    ("clock", re.compile(r"(\d+:)?\d+:\d+(\.\d+)?", re.ASCII)),
    ("partial", re.compile(r"\d+\.\d+(m?s)?|\d+(\.\d+)?(min|h)", re.ASCII)),
)


_CLOCK = re.compile(r"(?:(\d{1,6}):)?([0-5]?\d):([0-5]?\d(?:\.\d+)?)", re.ASCII)


def form_of(value: str) -> str:
    """`ms`, `s`, `bare`, `clock`, `partial` (decimals, min, h), or `none`.

    A blank at the end is read past by all, one at the beginning is not.
    """
    written = value.rstrip(" ")
    found = next((name for name, pattern in _FORMS if pattern.fullmatch(written)), "none")
    return found if found == "clock" or clock_ms(written) is not None else "none"


def meant_as_milliseconds(value: str) -> bool:
    """True for a number without its unit that is too large for seconds: `5000`."""
    unitless = re.fullmatch(r"\d+(\.\d+)?", value.rstrip(" "), re.ASCII)
    return bool(unitless) and (clock_ms(value) or 0) >= _MANY_MINUTES_MS


def android_ms(slide: ShownSlide) -> int:
    """How long old Android shows a slide, in milliseconds, media that last longer included."""
    written = _read_by_android(slide.node.attributes.get("dur", ""))
    longest = max((length or 0 for length in played_ms(slide)), default=0)
    return longest if written == ANDROID_DEFAULT_MS and longest else max(written, longest)


def _read_by_android(value: str) -> int:
    """A `dur` in milliseconds; the seconds of `mm:ss` count for minutes, and what cannot be read for 0."""
    if form_of(value) != "clock":
        return clock_ms(value) or 0
    clock = _CLOCK.fullmatch(value.strip())
    hours, minutes, seconds = (float(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    return min(LONGEST_MS, int((hours * 60 + minutes + seconds) * 60_000))


def played_ms(slide: ShownSlide) -> list[int | None]:
    """How long each sound and film of a slide plays, in milliseconds; None where it is unknown."""
    timed = (*slide.of(Kind.AUDIO), *slide.of(Kind.VIDEO))
    return [
        shown.part.probe.facts.duration_ms if shown.part and shown.part.probe.facts else None
        for shown in timed
    ]
