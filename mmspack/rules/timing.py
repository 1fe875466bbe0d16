"""MMS34x: how long slides stand. Each form of time is read differently somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.opened import Opened, ShownSlide
from mmspack.facts.places import misspelt
from mmspack.facts.times import (
    _MANY_MINUTES_MS,
    android_ms,
    form_of,
    lengths_ms,
    meant_as_milliseconds,
    shrinks,
)
from mmspack.model import Severity
from mmspack.rules.declaring import Hit, Needs, Remains, rule
from mmspack.rules.sources import ANDROID, EDITORS, SMIL_CHAPTER, TIZEN
from mmspack.rules.structure import at
from mmspack.smil.tree import LONGEST_MS, clock_ms

_MILLISECONDS = "Write whole milliseconds: dur='5000ms'."
_OFFSETS = ("ms", "s", "bare")
"""Forms of begin and end that phones read."""


def _durations(opened: Opened, *forms: str) -> Iterator[tuple[ShownSlide, str]]:
    for slide in opened.slides:
        value = slide.node.attributes.get("dur")
        if slide.node.name == "par" and value is not None and form_of(value) in forms:
            yield slide, value


@rule(
    "MMS341",
    title="Slide has no duration",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android shows it for 0 milliseconds: it flashes by. Other readers use their own durations.",
    fix=_MILLISECONDS,
    bad="<par>",
    good='<par dur="5000ms">',
    needs=Needs.SMIL,
)
def _no_duration(opened: Opened) -> Iterator[Hit]:
    for slide, words in _untimed(opened):
        # A dur that cannot be read is another rule's.
        unread = form_of(slide.node.attributes.get("dur", "0")) == "none"
        if not unread and not lengths_ms(slide):
            yield at(opened, slide.node, words)


@rule(
    "MMS351",
    title="Slide has no duration except that of its media",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="Old Android shows it for as long as a sound or video in it plays, or until a medium with an end "
    "of its own is over. Other readers use their own durations.",
    fix=_MILLISECONDS,
    bad="<par><img .../><audio .../></par>",
    good='<par dur="5000ms"><img .../><audio .../></par>',
    needs=Needs.SMIL,
)
def _duration_of_media(opened: Opened) -> Iterator[Hit]:
    for slide, words in _untimed(opened):
        if lengths_ms(slide):
            kept = android_ms(slide)
            yield at(
                opened, slide.node, words + (f"; the media in it last {kept / 1000:g} s" if kept else "")
            )


def _untimed(opened: Opened) -> Iterator[tuple[ShownSlide, str]]:
    """The slides that have no time that counts, and that in words."""
    for slide in opened.slides:
        value = slide.node.attributes.get("dur")
        if value is None:
            capitals = misspelt(slide.node, "dur")
            words = f", only {capitals}: names must be in lower case" if capitals else ""
            yield slide, f"slide {slide.number} has no dur{words}"
        elif form_of(value) != "none" and clock_ms(value) == 0:
            yield slide, f"slide {slide.number} has dur={value!r}"
        elif form_of(value) == "none" and slide.node.name == "par":
            yield slide, f"slide {slide.number} has dur={value!r}, which counts as missing"


@rule(
    "MMS342",
    title="Duration in minutes and seconds",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android multiplies the seconds by 60: it shows a slide of '00:05' for five minutes. Tizen "
    "reads 0.",
    fix=_MILLISECONDS,
    bad='<par dur="00:05">',
    good='<par dur="5000ms">',
    needs=Needs.SMIL,
)
def _clock(opened: Opened) -> Iterator[Hit]:
    for slide, value in _durations(opened, "clock"):
        if clock_ms(value) != 0:
            yield at(opened, slide.node, f"slide {slide.number} has dur={value!r}")


@rule(
    "MMS343",
    title="Milliseconds without a unit",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="A bare number means seconds: old Android shows a slide of '5000' for 83 minutes.",
    fix=_MILLISECONDS,
    bad='<par dur="5000">',
    good='<par dur="5000ms">',
    needs=Needs.SMIL,
)
def _bare(opened: Opened) -> Iterator[Hit]:
    for slide, value in _durations(opened, "bare", "partial"):
        if meant_as_milliseconds(value):
            seconds = (clock_ms(value) or 0) / 1000
            yield at(opened, slide.node, f"slide {slide.number} has dur={value!r}: {seconds:,.0f} seconds")


@rule(
    "MMS344",
    title="Duration that phones cannot read",
    severity=Severity.ERROR,
    source=ANDROID,
    reason="Old Android or Tizen reads 0: without a sound or video, the slide flashes by. "
    "Units are ms, s, min and h, in lower case; the digits are 0 to 9 and come first; beyond "
    f"{LONGEST_MS:,} ms, an integer overflows.",
    fix=_MILLISECONDS,
    bad='<par dur="5S">',
    good='<par dur="5000ms">',
    needs=Needs.SMIL,
)
def _unreadable(opened: Opened) -> Iterator[Hit]:
    for slide, value in _durations(opened, "none"):
        # A medium with a length of its own keeps the slide: MMS351 reports that.
        if not lengths_ms(slide):
            yield at(opened, slide.node, f"slide {slide.number} has dur={value!r}")


@rule(
    "MMS345",
    title="Duration that Tizen shortens",
    severity=Severity.WARNING,
    source=TIZEN,
    reason="Tizen reads the leading digits as seconds: '5.5s' and '5.5' become 5 seconds, '0.5s' "
    "becomes 0, '1min' becomes one second.",
    fix=_MILLISECONDS,
    bad='<par dur="1min">',
    good='<par dur="60000ms">',
    needs=Needs.SMIL,
)
def _partial(opened: Opened) -> Iterator[Hit]:
    for slide, value in _durations(opened, "partial"):
        if clock_ms(value) != 0 and not meant_as_milliseconds(value):
            yield at(opened, slide.node, f"slide {slide.number} has dur={value!r}")


@rule(
    "MMS346",
    title="Duration is not in milliseconds",
    severity=Severity.INFO,
    source=SMIL_CHAPTER,
    reason="The conformance document requires whole milliseconds. Seconds are common, and phones "
    "accept them.",
    fix=_MILLISECONDS,
    bad='<par dur="5s">',
    good='<par dur="5000ms">',
    needs=Needs.SMIL,
    by_class=True,
)
def _seconds(opened: Opened) -> Iterator[Hit]:
    for slide, value in _durations(opened, "ms", "s", "bare"):
        plain = form_of(value) == "ms" and not value.endswith(" ")
        if not plain and 0 < (clock_ms(value) or 0) < _MANY_MINUTES_MS:
            yield at(opened, slide.node, f"slide {slide.number} has dur={value!r}")


@rule(
    "MMS347",
    title="Slide of exactly 5000 ms with a shorter medium",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="Old Android mistakes 5000 ms for its own default and shortens the slide to the length of a sound "
    "or video, or of a picture or text that has a dur or an end.",
    fix="Write 5001ms.",
    bad='<par dur="5000ms"><img .../><audio .../></par>',
    good='<par dur="5001ms"><img .../><audio .../></par>',
    needs=Needs.SMIL,
)
def _default_time(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        if slide.node.name == "par" and shrinks(slide):
            yield at(opened, slide.node, f"slide {slide.number} lasts exactly 5000 ms")


@rule(
    "MMS348",
    title="Medium starts or ends outside its slide",
    severity=Severity.WARNING,
    source=EDITORS,
    reason="A medium that starts after the end of the slide is never shown; an end before the "
    "begin shows nothing.",
    fix="Keep begin and end within the slide's dur, or remove them.",
    bad='<par dur="5000ms"><text src="text1.txt" begin="6000ms"/></par>',
    good='<par dur="5000ms"><text src="text1.txt" begin="1000ms"/></par>',
    needs=Needs.SMIL,
)
def _outside(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        last = clock_ms(slide.node.attributes.get("dur"))
        for medium in slide.media:
            begin = _offset(medium.node.attributes.get("begin", "0ms"))
            end = _offset(medium.node.attributes.get("end", ""))
            if begin is None or not last:
                continue
            if begin >= last or (end is not None and (end <= begin or end > last)):
                until = f" to {end} ms" if end is not None else " ms"
                yield at(
                    opened,
                    medium.node,
                    f"{medium.src!r} is shown from {begin}{until}, the slide lasts {last} ms",
                )


def _offset(value: str) -> int | None:
    """A begin or end in milliseconds; None for what is reported as unreadable."""
    return clock_ms(value) if form_of(value) in _OFFSETS else None


@rule(
    "MMS349",
    title="Unreadable begin or end",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="Phones accept whole milliseconds or seconds here and ignore anything else.",
    fix=_MILLISECONDS.replace("dur", "begin"),
    bad='<text src="text1.txt" begin="text0.end"/>',
    good='<text src="text1.txt" begin="1000ms"/>',
    needs=Needs.SMIL,
)
def _unreadable_begin(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        for medium in slide.media:
            for name in ("begin", "end"):
                value = medium.node.attributes.get(name)
                if value is not None and form_of(value) not in _OFFSETS:
                    yield at(opened, medium.node, f"{name}={value!r}")


@rule(
    "MMS350",
    title="Slide lasts many minutes",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="Old Android shows it for the whole time: '5000s' is 83 minutes, and the next slide "
    "does not appear. It is displayed as written, so this is not an error.",
    fix="Write the intended duration in milliseconds: dur='5000ms'.",
    bad='<par dur="5000s">',
    good='<par dur="5000ms">',
    remains=Remains.LOOK,
    needs=Needs.SMIL,
)
def _endless(opened: Opened) -> Iterator[Hit]:
    for slide, value in _durations(opened, "ms", "s"):
        written = clock_ms(value) or 0
        longest = max((length or 0 for length in lengths_ms(slide)), default=0)
        if written >= _MANY_MINUTES_MS and longest < written // 2:
            yield at(
                opened,
                slide.node,
                f"slide {slide.number} has dur={value!r}: {written / 60_000:,.0f} minutes",
            )
