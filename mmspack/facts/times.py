"""How long slides last, as phones read it."""

from __future__ import annotations

import re

from mmspack.bundle.opened import Shown, ShownSlide
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
    longest = max((length or 0 for length in lengths_ms(slide)), default=0)
    return longest if written == ANDROID_DEFAULT_MS and longest else max(written, longest)


def _read_by_android(value: str) -> int:
    """A `dur` in milliseconds; the seconds of `mm:ss` count for minutes, and what cannot be read for 0."""
    if form_of(value) != "clock":
        return clock_ms(value) or 0
    clock = _CLOCK.fullmatch(value.strip())
    hours, minutes, seconds = (float(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    return min(LONGEST_MS, int((hours * 60 + minutes + seconds) * 60_000))


def lengths_ms(slide: ShownSlide) -> list[int | None]:
    """How long each medium of a slide lasts that has a length of its own, as old Android counts it.

    In milliseconds; None where it is unknown. A `dur` counts before what `end` and `begin` leave, and
    these before how long a sound or video plays. Pictures and texts without them have no length.
    """
    timed = {*slide.of(Kind.AUDIO), *slide.of(Kind.VIDEO)}
    found: list[int | None] = []
    for shown in slide.media:
        written = _written_ms(shown)
        if written > 0:
            found.append(written)
        elif shown in timed:
            facts = shown.part.probe.facts if shown.part else None
            found.append(facts.duration_ms if facts else None)
    return found


def _written_ms(shown: Shown) -> int:
    dur, begin, end = (
        _read_by_android(shown.node.attributes.get(name, "")) for name in ("dur", "begin", "end")
    )
    return dur or (end - begin if end else 0)


def shrinks(slide: ShownSlide) -> bool:
    """True where old Android shortens a slide of its own default time to its media, or may do so."""
    lengths = lengths_ms(slide)
    written = _read_by_android(slide.node.attributes.get("dur", ""))
    longest = max((length or 0 for length in lengths), default=0)
    return written == ANDROID_DEFAULT_MS and bool(lengths) and longest < ANDROID_DEFAULT_MS
